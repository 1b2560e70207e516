package sheet

import (
	"encoding/json"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
)

// MaxVertices bounds a shape, so that a file cannot fill the memory.
const MaxVertices = 200_000

// Shape returns the polygons of a feature in WGS-84, checked: closed, on earth,
// no larger than a continent, of some area, with at most MaxVertices and a
// boundary that does not cross itself. What is wrong is a fault.Invalid that says
// what to do; it names no feature.
func (f *Feature) Shape(datum geo.Datum) (geo.Shape, error) {
	if f.Form == "" {
		return nil, fault.New(fault.Invalid, "没有边界：请画出多边形", "it has no boundary: draw a polygon")
	}
	var parts [][][][]float64
	var err error
	switch f.Form {
	case "Polygon":
		parts = make([][][][]float64, 1)
		err = json.Unmarshal(f.coordinates, &parts[0])
	case "MultiPolygon":
		err = json.Unmarshal(f.coordinates, &parts)
	default:
		return nil, fault.New(fault.Invalid, "几何类型“%s”不是面：请导出为 Polygon 或 MultiPolygon", "the geometry “%s” is no area: export it as Polygon or MultiPolygon", lang.Short(f.Form))
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "坐标读不懂：应是 RFC 7946 的 Polygon 或 MultiPolygon", "its coordinates cannot be read: they should be a Polygon or MultiPolygon of RFC 7946").Because(err)
	}
	var s geo.Shape
	for _, part := range parts {
		var polygon []geo.Ring
		for _, line := range part {
			ring, err := ringOf(line, datum)
			if err != nil {
				return nil, err
			}
			polygon = append(polygon, ring)
		}
		if len(polygon) > 0 {
			s = append(s, polygon)
		}
	}
	return s, whole(s)
}

// ringOf reads one closed line.
func ringOf(line [][]float64, datum geo.Datum) (geo.Ring, error) {
	var out geo.Ring
	for i, at := range line {
		if len(at) < 2 {
			return nil, fault.New(fault.Invalid, "第 %d 个顶点没有经纬度", "vertex %d has no longitude and latitude", i+1)
		}
		p := geo.Point{Lon: at[0], Lat: at[1]}
		if !p.Valid() && (geo.Point{Lon: p.Lat, Lat: p.Lon}).Valid() {
			return nil, Swapped(p)
		}
		if !p.Valid() {
			return nil, fault.New(fault.Invalid, "第 %d 个顶点 %g,%g 不在地球上：坐标应是经纬度，不是投影坐标", "vertex %d, %g,%g, is not on earth: coordinates should be degrees and not projected", i+1, p.Lon, p.Lat)
		}
		out = append(out, datum.ToWGS84(p).Fixed())
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

// Swapped is the fault that coordinates are the wrong way round.
func Swapped(p geo.Point) error {
	return fault.New(fault.Invalid, "经度和纬度写反了（%[1]g,%[2]g）：GeoJSON 先写经度", "longitude and latitude are swapped (%[1]g,%[2]g): GeoJSON has the longitude first", p.Lon, p.Lat)
}

// whole checks a shape in which each ring is well formed.
func whole(s geo.Shape) error {
	if n := s.Vertices(); n > MaxVertices {
		return fault.New(fault.Invalid, "边界有 %[1]d 个顶点，最多 %[2]d 个：请先简化", "the boundary has %[1]d vertices and %[2]d are the most: simplify it first", n, MaxVertices)
	}
	box := s.Box()
	if box.Empty() {
		return fault.New(fault.Invalid, "没有边界：请画出多边形", "it has no boundary: draw a polygon")
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
