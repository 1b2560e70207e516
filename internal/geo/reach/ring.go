package reach

import "github.com/xiadu/xiadu/internal/geo"

// Ring is a closed line: its last point is its first.
type Ring []geo.Point

// Polygon is an outer ring and its holes. The outer ring runs counterclockwise
// and holes clockwise, as RFC 7946 asks.
type Polygon []Ring

// MultiPolygon is an area in any number of parts.
type MultiPolygon []Polygon

// Contains reports whether p is in m.
func (m MultiPolygon) Contains(p geo.Point) bool {
	inside := false
	for _, polygon := range m {
		for _, ring := range polygon {
			if ring.surrounds(p) {
				inside = !inside
			}
		}
	}
	return inside
}

// Coordinates returns m as GeoJSON writes a MultiPolygon's coordinates.
func (m MultiPolygon) Coordinates() [][][][2]float64 {
	out := make([][][][2]float64, len(m))
	for i, polygon := range m {
		out[i] = make([][][2]float64, len(polygon))
		for j, ring := range polygon {
			for _, p := range ring {
				out[i][j] = append(out[i][j], [2]float64{p.Lon, p.Lat})
			}
		}
	}
	return out
}

// surrounds reports whether a line east from p crosses r an odd number of times.
func (r Ring) surrounds(p geo.Point) bool {
	inside := false
	for i := 1; i < len(r); i++ {
		a, b := r[i-1], r[i]
		if (a.Lat > p.Lat) != (b.Lat > p.Lat) && p.Lon < a.Lon+(b.Lon-a.Lon)*(p.Lat-a.Lat)/(b.Lat-a.Lat) {
			inside = !inside
		}
	}
	return inside
}
