package station

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
)

// AreaReading says how to read what a file of areas leaves open.
type AreaReading struct {
	Home   gb.Division // where names such as 城中区 are looked for, and the division of areas without one
	Kind   AreaKind    // of areas without one
	Datum  geo.Datum
	Source string
	Within geo.Box // the city: an area outside is refused. Empty: anywhere
}

// areaFields are the properties of a feature, with the names that each goes by.
var areaFields = map[string][]string{
	"code":     {"code", "编号", "代码", "区划代码", "adcode", "id"},
	"name":     {"name", "名称", "name:zh", "区域名称"},
	"kind":     {"kind", "类型", "类别", "type"},
	"division": {"division", "区划", "行政区划", "所属区县", "district"},
	"once":     {"once", "一次覆盖", "一个以上", "target", "目标"},
	"twice":    {"twice", "两次覆盖", "两个以上", "交叉覆盖"},
	"hours":    {"hours", "时段", "考核时段", "target_hours"},
	"minutes":  {"minutes", "分钟"},
	"demand":   {"demand", "需求", "需求类型"},
	"source":   {"source", "来源", "数据来源"},
}

// ReadAreas reads areas from GeoJSON with Polygon or MultiPolygon features. A
// file with anything wrong in it is refused whole, with a fault that names the
// features and their remedies.
func ReadAreas(ctx context.Context, file io.Reader, how AreaReading) ([]Area, error) {
	data, err := readBounded(file)
	if err != nil {
		return nil, err
	}
	if formatOf(data) != geoJSON {
		return nil, fault.New(fault.Invalid, "区域文件应是 GeoJSON（多边形）：请从地图软件导出 GeoJSON", "a file of areas should be GeoJSON with polygons: export GeoJSON from your map program")
	}
	r := areaReader{AreaReading: how, seen: map[string]int{}}
	if err := eachFeature(ctx, data, r.feature); err != nil {
		return nil, err
	}
	if r.count == 0 {
		return nil, fault.New(fault.Invalid, "文件里没有区域", "there are no areas in the file")
	}
	return r.areas, r.err()
}

type areaReader struct {
	AreaReading
	areas  []Area
	seen   map[string]int // code → feature
	flaws  []lang.Text
	count  int
	flawed int
}

// err is the fault that names what is wrong, or nil.
func (r *areaReader) err() error {
	if r.flawed == 0 {
		return nil
	}
	text := lang.Text{
		ZH: fmt.Sprintf("有 %d 处错误，一个区域也没有导入。请改正后重新导入：", r.flawed),
		EN: fmt.Sprintf("There are errors (%d), so no area was imported. Correct them and import again:", r.flawed),
	}
	for _, f := range r.flaws {
		text.ZH, text.EN = text.ZH+"\n"+f.ZH, text.EN+"\n"+f.EN
	}
	if more := r.flawed - len(r.flaws); more > 0 {
		text.ZH, text.EN = text.ZH+fmt.Sprintf("\n……另有 %d 处", more), text.EN+fmt.Sprintf("\n… and %d more", more)
	}
	return &fault.Error{Kind: fault.Invalid, Text: text}
}

func (r *areaReader) feature(n int, f feature) error {
	if r.count = n; n > maxAreas {
		return fault.New(fault.Invalid, "超过 %d 个区域：请分成几个城市导入", "there are more than %d areas: import them city by city", maxAreas)
	}
	get := func(field string) string {
		for _, name := range areaFields[field] {
			if v, ok := f.Properties[name]; ok && v != nil {
				return strings.TrimSpace(plain(v))
			}
		}
		return ""
	}
	before := r.flawed
	code := get("code")
	if code == "" {
		code = strings.Trim(string(f.ID), `"`)
	}
	complain := func(zh, en string, args ...any) {
		if r.flawed++; len(r.flaws) < shownIssues {
			r.flaws = append(r.flaws, lang.Text{
				ZH: fmt.Sprintf("第 %d 个区域（%s）：", n, lang.Short(code)) + fmt.Sprintf(zh, args...),
				EN: fmt.Sprintf("area %d (%s): ", n, lang.Short(code)) + fmt.Sprintf(en, args...),
			})
		}
	}
	a := r.area(code, get, complain)
	var err error
	if a.Shape, err = r.shape(f); err != nil {
		complainOf(err, complain)
	}
	for _, t := range a.flaws() {
		complain("%[1]s", "%[2]s", t.ZH, t.EN)
	}
	if first, again := r.seen[a.Code]; again {
		complain("编号与第 %d 个重复", "its code is that of area %d already", first)
	}
	r.seen[a.Code] = n
	if r.flawed == before {
		r.areas = append(r.areas, a)
	}
	return nil
}

// complainOf passes on what a fault says.
func complainOf(err error, complain func(zh, en string, args ...any)) {
	zh, _ := fault.In(lang.ZH, err)
	en, _ := fault.In(lang.EN, err)
	complain("%[1]s", "%[2]s", zh, en)
}

// area reads all but the shape.
func (r *areaReader) area(code string, get func(string) string, complain func(zh, en string, args ...any)) Area {
	a := Area{Code: code, Name: get("name"), Kind: r.Kind, Division: r.Home, Source: get("source")}
	if a.Source == "" {
		a.Source = r.Source
	}
	if text := get("kind"); text != "" {
		var ok bool
		if a.Kind, ok = ParseAreaKind(text); !ok {
			complain("类型“%[1]s”没有：请写 %[2]s", "there is no kind “%[1]s”: write %[3]s", lang.Short(text), lang.ChoiceNames(areaKinds).ZH, "key, division or zone")
		}
	}
	division := get("division")
	if division == "" && a.Kind != KeyArea {
		division = a.Code
	}
	if division != "" {
		d, err := gb.Resolve(division, r.Home)
		if err != nil {
			complainOf(err, complain)
			d = gb.Provinces()[0] // only so that it is not called missing as well
		}
		a.Division = d
	}
	if a.Kind == DivisionArea {
		if a.Division.Valid() && a.Code == "" {
			a.Code = a.Division.Code()
		}
		if a.Name == "" {
			a.Name = a.Division.Name().ZH
		}
	}
	r.target(&a.Target, get, complain)
	return a
}

func (r *areaReader) target(t *Target, get func(string) string, complain func(zh, en string, args ...any)) {
	var err error
	if t.Once, err = ParsePermille(get("once")); err != nil {
		complainOf(err, complain)
	}
	if t.Twice, err = ParsePermille(get("twice")); err != nil {
		complainOf(err, complain)
	}
	hours := get("hours")
	if hours == "" && t.Set() {
		hours = UsualTargetHours
	}
	if t.Hours, err = opening.Parse(hours); err != nil {
		complainOf(err, complain)
	}
	if text := get("minutes"); text != "" {
		if t.Minutes, err = strconv.Atoi(text); err != nil || t.Minutes == 0 {
			complain("minutes “%s”不是分钟数：请填 1 到 60", "the minutes “%s” are no number: write 1 to 60", lang.Short(text))
		}
	}
	if t.Demand = get("demand"); t.Demand != "" && !ValidKind(t.Demand) {
		complain("需求类型“%s”不合格：请写导入时的 --kind，如 couriers", "the kind of demand “%s” will not do: write the --kind of its import, as couriers", lang.Short(t.Demand))
	}
}

// shape reads and checks a feature's polygons.
func (r *areaReader) shape(f feature) (geo.Shape, error) {
	if f.Geometry == nil {
		return nil, fault.New(fault.Invalid, "没有边界：请画出多边形", "it has no boundary: draw a polygon")
	}
	var parts [][][][]float64
	var err error
	switch f.Geometry.Type {
	case "Polygon":
		parts = make([][][][]float64, 1)
		err = json.Unmarshal(f.Geometry.Coordinates, &parts[0])
	case "MultiPolygon":
		err = json.Unmarshal(f.Geometry.Coordinates, &parts)
	default:
		return nil, fault.New(fault.Invalid, "几何类型“%s”不是面：请导出为 Polygon 或 MultiPolygon", "the geometry “%s” is no area: export it as Polygon or MultiPolygon", lang.Short(f.Geometry.Type))
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "坐标读不懂：应是 RFC 7946 的 Polygon 或 MultiPolygon", "its coordinates cannot be read: they should be a Polygon or MultiPolygon of RFC 7946").Because(err)
	}
	var s geo.Shape
	for _, part := range parts {
		var polygon []geo.Ring
		for _, line := range part {
			ring, err := r.ring(line)
			if err != nil {
				return nil, err
			}
			polygon = append(polygon, ring)
		}
		if len(polygon) > 0 {
			s = append(s, polygon)
		}
	}
	return s, r.whole(s)
}

// ring reads one closed line.
func (r *areaReader) ring(line [][]float64) (geo.Ring, error) {
	var out geo.Ring
	for i, at := range line {
		if len(at) < 2 {
			return nil, fault.New(fault.Invalid, "第 %d 个顶点没有经纬度", "vertex %d has no longitude and latitude", i+1)
		}
		p := geo.Point{Lon: at[0], Lat: at[1]}
		if !p.Valid() && (geo.Point{Lon: p.Lat, Lat: p.Lon}).Valid() {
			return nil, swapped(p)
		}
		if !p.Valid() {
			return nil, fault.New(fault.Invalid, "第 %d 个顶点 %g,%g 不在地球上：坐标应是经纬度，不是投影坐标", "vertex %d, %g,%g, is not on earth: coordinates should be degrees and not projected", i+1, p.Lon, p.Lat)
		}
		out = append(out, r.Datum.ToWGS84(p).Fixed())
	}
	if len(out) < 4 {
		return nil, fault.New(fault.Invalid, "边界只有 %d 个顶点：闭合的边界至少 4 个（首尾相同）", "the boundary has %d vertices: a closed one has at least 4, the last the same as the first", len(out))
	}
	if first, last := line[0], line[len(line)-1]; first[0] != last[0] || first[1] != last[1] {
		return nil, fault.New(fault.Invalid, "边界没有闭合：最后一个顶点应与第一个（%[1]g,%[2]g）相同", "the boundary is not closed: its last vertex should be its first, %[1]g,%[2]g", first[0], first[1])
	}
	kept := out[:1]
	for _, p := range out[1:] {
		if p != kept[len(kept)-1] {
			kept = append(kept, p)
		}
	}
	return kept, nil
}

func swapped(p geo.Point) error {
	return fault.New(fault.Invalid, "经度和纬度写反了（%[1]g,%[2]g）：GeoJSON 先写经度", "longitude and latitude are swapped (%[1]g,%[2]g): GeoJSON has the longitude first", p.Lon, p.Lat)
}

// outsideM is how far from the city's streets an area may lie and still touch it.
const outsideM = 2000

// whole checks a shape in which each ring is well formed.
func (r *areaReader) whole(s geo.Shape) error {
	if n := s.Vertices(); n > maxAreaVertices {
		return fault.New(fault.Invalid, "边界有 %[1]d 个顶点，最多 %[2]d 个：请先简化", "the boundary has %[1]d vertices and %[2]d are the most: simplify it first", n, maxAreaVertices)
	}
	box := s.Box()
	if box.Empty() {
		return fault.New(fault.Invalid, "没有边界：请画出多边形", "it has no boundary: draw a polygon")
	}
	if !r.Within.Empty() && !box.Intersects(r.Within.Pad(outsideM)) {
		turned := geo.Point{Lon: box.Center().Point().Lat, Lat: box.Center().Point().Lon}
		if turned.Valid() && r.Within.Pad(outsideM).Contains(turned.Fixed()) {
			return swapped(box.Center().Point())
		}
		c, city := box.Center().Point(), r.Within.Center().Point()
		return fault.New(fault.Invalid, "在城市之外：它的中部是 %.4[1]f,%.4[2]f，街道的中部是 %.4[3]f,%.4[4]f。请检查坐标和坐标系（--datum）",
			"it lies outside the city: its middle is %.4[1]f,%.4[2]f and that of the streets %.4[3]f,%.4[4]f. Check the coordinates and their datum (--datum)", c.Lon, c.Lat, city.Lon, city.Lat)
	}
	if box.East/2-box.West/2 > 450_000_000 || box.North/2-box.South/2 > 450_000_000 {
		return fault.New(fault.Invalid, "大过 90 度：这不是一个区域", "it spans more than 90 degrees, which is no area")
	}
	if at, crosses := geo.NewFence(s).Crossing(); crosses {
		p := at.Point()
		return fault.New(fault.Invalid, "边界在 %.5[1]f,%.5[2]f 处自相交：请在地图软件里改好（如 QGIS 的“修正几何图形”）",
			"the boundary crosses itself at %.5[1]f,%.5[2]f: mend it in your map program (“Fix geometries” in QGIS)", p.Lon, p.Lat)
	}
	if s.SquareMetres() < 1 {
		return fault.New(fault.Invalid, "面积是零：请检查顶点", "it has no area: check its vertices")
	}
	return nil
}
