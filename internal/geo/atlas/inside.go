package atlas

import (
	"math"
	"slices"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/osm"
)

// inside returns a point within a surface, near its middle: where one would
// put its name. The middle of an L-shaped or ring-shaped building is not in it.
func inside(x *osm.Extract, polygons []osm.Polygon) geo.Fixed {
	polygon := polygons[0]
	for _, p := range polygons[1:] { // the one of the largest extent stands for all
		if extent(x, p) > extent(x, polygon) {
			polygon = p
		}
	}
	box := geo.BoxOf(x.Line(polygon[0])...)
	best, width := x.At[polygon[0][0]], 0.0
	height := int64(box.North) - int64(box.South)
	for _, share := range []float64{0.5, 0.35, 0.65, 0.2, 0.8} {
		lat := int32(int64(box.South) + int64(float64(height)*share))
		if p, w := widest(x, polygon, lat); w > width*1.2 { // nearer the middle unless clearly wider
			best, width = p, w
		}
	}
	return best
}

func extent(x *osm.Extract, p osm.Polygon) float64 {
	b := geo.BoxOf(x.Line(p[0])...)
	return (float64(b.East) - float64(b.West)) * (float64(b.North) - float64(b.South))
}

// widest returns the middle of the longest stretch of a parallel that lies in
// the polygon, and the stretch's width.
func widest(x *osm.Extract, polygon osm.Polygon, lat int32) (geo.Fixed, float64) {
	cuts := cutsOf(x, polygon, lat)
	middle, width := 0.0, 0.0
	for i := 1; i < len(cuts); i += 2 {
		if w := cuts[i] - cuts[i-1]; w > width {
			middle, width = (cuts[i]+cuts[i-1])/2, w
		}
	}
	return geo.Fixed{Lon: int32(math.Round(middle)), Lat: lat}, width
}

// cutsOf returns where a parallel enters and leaves the polygon in turn, from
// west to east.
func cutsOf(x *osm.Extract, polygon osm.Polygon, lat int32) []float64 {
	var cuts []float64
	for _, ring := range polygon {
		for i := 1; i < len(ring); i++ {
			a, b := x.At[ring[i-1]], x.At[ring[i]]
			if (a.Lat > lat) != (b.Lat > lat) {
				t := (float64(lat) - float64(a.Lat)) / (float64(b.Lat) - float64(a.Lat))
				cuts = append(cuts, float64(a.Lon)+t*(float64(b.Lon)-float64(a.Lon)))
			}
		}
	}
	slices.Sort(cuts)
	return cuts
}
