package geo

import (
	"math"
	"slices"
)

// Ring is a closed line around an area: its last point is its first.
type Ring []Fixed

// Shape is an area in any number of parts: polygons, each an outer ring and its
// holes. No edge may span more than 90 degrees, so that products of two
// differences fit into 64 bits and every answer below is exact.
type Shape [][]Ring

// rings calls visit for each ring.
func (s Shape) rings(visit func(r Ring)) {
	for _, polygon := range s {
		for _, r := range polygon {
			visit(r)
		}
	}
}

// Box returns the smallest box around s.
func (s Shape) Box() Box {
	box := Nothing
	s.rings(func(r Ring) {
		for _, p := range r {
			box = box.Extend(p)
		}
	})
	return box
}

// Vertices returns how many points the rings of s have.
func (s Shape) Vertices() int {
	n := 0
	s.rings(func(r Ring) { n += len(r) })
	return n
}

// SquareMetres is the area of s, holes left out.
func (s Shape) SquareMetres() float64 {
	total := 0.0
	for _, polygon := range s {
		for i, r := range polygon {
			if area := r.squareMetres(); i == 0 {
				total += area
			} else {
				total -= area
			}
		}
	}
	return total
}

func (r Ring) squareMetres() float64 {
	if len(r) == 0 {
		return 0
	}
	plane, twice := PlaneAt(BoxOf(r...).Center().Point().Lat), 0.0
	for i := 1; i < len(r); i++ {
		ax, ay := plane.Vector(r[0], r[i-1])
		bx, by := plane.Vector(r[0], r[i])
		twice += ax*by - bx*ay
	}
	return math.Abs(twice) / 2
}

// Inside returns a point of s: its balance point if that is inside, or else the
// middle of the longest stretch of s at the latitude of its middle.
func (s Shape) Inside() Fixed {
	box, fence := s.Box(), NewFence(s)
	if c := s.balance(); fence.Contains(c) {
		return c
	}
	best, longest := box.Center(), int64(-1)
	for share := int64(1); share < 16; share++ { // a latitude may run along an edge: try others
		lat := int32(int64(box.South) + (int64(box.North)-int64(box.South))*((share*7)%16)/16)
		for _, stretch := range s.stretches(lat) {
			middle := Fixed{Lon: int32((int64(stretch[0]) + int64(stretch[1])) / 2), Lat: lat}
			if wide := int64(stretch[1]) - int64(stretch[0]); wide > longest && fence.Contains(middle) {
				best, longest = middle, wide
			}
		}
		if longest >= 0 {
			return best
		}
	}
	return best
}

// balance is the centre of gravity of the largest polygon's outer ring.
func (s Shape) balance() Fixed {
	var outer Ring
	for _, polygon := range s {
		if len(polygon) > 0 && (outer == nil || polygon[0].squareMetres() > outer.squareMetres()) {
			outer = polygon[0]
		}
	}
	if len(outer) == 0 {
		return Fixed{}
	}
	var x, y, twice float64
	o := outer[0]
	for i := 1; i < len(outer); i++ {
		ax, ay := float64(outer[i-1].Lon)-float64(o.Lon), float64(outer[i-1].Lat)-float64(o.Lat)
		bx, by := float64(outer[i].Lon)-float64(o.Lon), float64(outer[i].Lat)-float64(o.Lat)
		cross := ax*by - bx*ay
		x, y, twice = x+(ax+bx)*cross, y+(ay+by)*cross, twice+cross
	}
	if twice == 0 {
		return o
	}
	return Fixed{Lon: o.Lon + int32(math.Round(x/(3*twice))), Lat: o.Lat + int32(math.Round(y/(3*twice)))}
}

// stretches returns the west and east ends of what a line at lat has inside.
func (s Shape) stretches(lat int32) [][2]int32 {
	var at []int32
	s.rings(func(r Ring) {
		for i := 1; i < len(r); i++ {
			a, b := r[i-1], r[i]
			if (a.Lat > lat) != (b.Lat > lat) {
				t := (float64(lat) - float64(a.Lat)) / (float64(b.Lat) - float64(a.Lat))
				at = append(at, a.Lon+int32(math.Round(t*(float64(b.Lon)-float64(a.Lon)))))
			}
		}
	})
	slices.Sort(at)
	var out [][2]int32
	for i := 1; i < len(at); i += 2 {
		out = append(out, [2]int32{at[i-1], at[i]})
	}
	return out
}

// turn is positive if c lies to the left of the line from a to b, negative to
// the right, and zero on it.
func turn(a, b, c Fixed) int64 {
	return (int64(b.Lon)-int64(a.Lon))*(int64(c.Lat)-int64(a.Lat)) - (int64(b.Lat)-int64(a.Lat))*(int64(c.Lon)-int64(a.Lon))
}
