package area

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/demand"
)

// Reading says how to read what a file of areas leaves open.
type Reading struct {
	Home   gb.Division // where names such as 城中区 are looked for, and the division of areas without one
	Kind   Kind        // of areas without one
	Datum  geo.Datum
	Source string
	Within geo.Box         // the city: an area outside is refused. Empty: anywhere
	Warn   func(lang.Text) // told what is odd, if not nil
}

// The properties of a feature, and the names that each goes by, the best first.
const (
	areaCode = iota
	areaName
	areaKind
	areaDivision
	areaOnce
	areaTwice
	areaHours
	areaMinutes
	areaDemand
	areaSource
)

var areaHeadings = sheet.NewHeadings(
	[]string{"code", "编号", "代码", "区划代码", "adcode", "id"},
	[]string{"name", "名称", "name:zh", "区域名称"},
	[]string{"kind", "类型", "类别", "type"},
	[]string{"division", "区划", "行政区划", "所属区县", "district"},
	[]string{"once", "一次覆盖", "一个以上", "target", "目标"},
	[]string{"twice", "两次覆盖", "两个以上", "交叉覆盖"},
	[]string{"hours", "时段", "考核时段", "target_hours"},
	[]string{"minutes", "分钟"},
	[]string{"demand", "需求", "需求类型"},
	[]string{"source", "来源", "数据来源"},
)

// Read reads areas from GeoJSON with Polygon or MultiPolygon features. A
// file with anything wrong in it is refused whole, with a fault that names the
// features and their remedies.
func Read(ctx context.Context, file io.Reader, how Reading) ([]Area, error) {
	f, err := sheet.Open(file)
	if err != nil {
		return nil, err
	}
	if f.Format != sheet.GeoJSON {
		return nil, fault.New(fault.Invalid, "区域文件应是 GeoJSON（多边形）：请从地图软件导出 GeoJSON", "a file of areas should be GeoJSON with polygons: export GeoJSON from your map program")
	}
	r := areaReader{Reading: how, seen: map[string]int{}, passed: station.Passing{Warn: how.Warn}}
	if err := f.EachFeature(ctx, r.feature); err != nil {
		return nil, err
	}
	if r.count == 0 {
		return nil, fault.New(fault.Invalid, "文件里没有区域", "there are no areas in the file")
	}
	return r.areas, r.err()
}

type areaReader struct {
	Reading
	areas  []Area
	seen   map[string]int // code → feature
	passed station.Passing
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

func (r *areaReader) feature(f *sheet.Feature) error {
	n := f.Number
	if r.count = n; n > maxAreas {
		return fault.New(fault.Invalid, "超过 %d 个区域：请分成几个城市导入", "there are more than %d areas: import them city by city", maxAreas)
	}
	at, passed := areaHeadings.Find(f.Properties)
	r.passed.Tell(f.Properties, passed)
	get := func(field int) string { return strings.TrimSpace(f.Text(at[field])) }
	before := r.flawed
	code := cmp.Or(get(areaCode), f.ID)
	complain := func(zh, en string, args ...any) {
		if r.flawed++; len(r.flaws) < station.ShownIssues {
			r.flaws = append(r.flaws, lang.Text{
				ZH: fmt.Sprintf("第 %d 个区域（%s）：", n, lang.Short(code)) + fmt.Sprintf(zh, args...),
				EN: fmt.Sprintf("area %d (%s): ", n, lang.Short(code)) + fmt.Sprintf(en, args...),
			})
		}
	}
	a := r.area(code, get, complain)
	var err error
	if a.Shape, err = f.Shape(r.Datum); err == nil {
		err = r.inside(a.Shape)
	}
	if err != nil {
		complainOf(err, complain)
	}
	for _, t := range a.flaws() {
		complain("%[1]s", "%[2]s", t.ZH, t.EN)
	}
	if first, again := r.seen[a.Code]; again {
		complain("编号与第 %d 个重复", "its code is that of area %d already", first)
	}
	if len(a.Code) <= station.MaxCode { // no other is a code
		r.seen[a.Code] = n
	}
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
func (r *areaReader) area(code string, get func(int) string, complain func(zh, en string, args ...any)) Area {
	a := Area{Code: code, Name: get(areaName), Kind: r.Kind, Division: r.Home, Source: get(areaSource)}
	if a.Source == "" {
		a.Source = r.Source
	}
	if text := get(areaKind); text != "" {
		var ok bool
		if a.Kind, ok = ParseKind(text); !ok {
			complain("类型“%[1]s”没有：请写 %[2]s", "there is no kind “%[1]s”: write %[3]s", lang.Short(text), lang.ChoiceNames(areaKinds).ZH, "key, division or zone")
		}
	}
	division := get(areaDivision)
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

func (r *areaReader) target(t *Target, get func(int) string, complain func(zh, en string, args ...any)) {
	var err error
	if t.Once, err = ParsePermille(get(areaOnce)); err != nil {
		complainOf(err, complain)
	}
	if t.Twice, err = ParsePermille(get(areaTwice)); err != nil {
		complainOf(err, complain)
	}
	hours := get(areaHours)
	if hours == "" && t.Set() {
		hours = UsualTargetHours
	}
	if t.Hours, err = opening.Parse(hours); err != nil {
		complainOf(err, complain)
	}
	if text := get(areaMinutes); text != "" {
		if t.Minutes, err = strconv.Atoi(text); err != nil || t.Minutes == 0 {
			complain("minutes “%s”不是分钟数：请填 1 到 60", "the minutes “%s” are no number: write 1 to 60", lang.Short(text))
		}
	}
	if t.Demand = get(areaDemand); t.Demand != "" && !demand.ValidKind(t.Demand) {
		complain("需求类型“%s”不合格：请写导入时的 --kind，如 couriers", "the kind of demand “%s” will not do: write the --kind of its import, as couriers", lang.Short(t.Demand))
	}
}

// outsideM is how far from the city's streets an area may lie and still touch it.
const outsideM = 2000

// inside refuses a shape that lies outside the city.
func (r *areaReader) inside(s geo.Shape) error {
	box := s.Box()
	if r.Within.Empty() || box.Intersects(r.Within.Pad(outsideM)) {
		return nil
	}
	turned := geo.Point{Lon: box.Center().Point().Lat, Lat: box.Center().Point().Lon}
	if turned.Valid() && r.Within.Pad(outsideM).Contains(turned.Fixed()) {
		return sheet.Swapped(box.Center().Point())
	}
	c, city := box.Center().Point(), r.Within.Center().Point()
	return fault.New(fault.Invalid, "在城市之外：它的中部是 %.4[1]f,%.4[2]f，街道的中部是 %.4[3]f,%.4[4]f。请检查坐标和坐标系（--datum）",
		"it lies outside the city: its middle is %.4[1]f,%.4[2]f and that of the streets %.4[3]f,%.4[4]f. Check the coordinates and their datum (--datum)", c.Lon, c.Lat, city.Lon, city.Lat)
}
