package road

import (
	"slices"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/osm"
)

// square is an open space. People walk around it, along its outline and its
// holes, and straight across it: between any two of its entrances that see each
// other, an entrance being a vertex of the outline where a street arrives. A
// path that stops inside without a common node is not joined: to guess it would
// invent ways through walls.
type square struct {
	polygon  osm.Polygon
	name     string
	entrance []uint32
}

// maxEntrances bounds the ways across a square to 276. The few that have more
// entrances get ways between as many of them, taken evenly in the order of their
// node ids, and are counted.
const maxEntrances = 24

// square takes an open space. Its outline is a street; the ways across wait
// until it is known where streets arrive.
func (s *streets) square(polygon osm.Polygon, t osm.Tags) {
	for _, ring := range polygon {
		s.into.Add(Street{Line: ring, Name: nameOf(t), Forward: true, Backward: true, Kind: Square})
	}
	s.open = append(s.open, square{polygon: polygon, name: nameOf(t)})
}

// acrossSquares adds the ways across all squares.
func (s *streets) acrossSquares() {
	if len(s.open) == 0 {
		return
	}
	corner, meets := make(marks, len(s.x.At)/64+1), map[uint32]int{} // by corner: what touches it
	for _, sq := range s.open {                                      // squares that touch are entrances to each other
		for _, v := range corners(sq.polygon) {
			corner.set(v)
			meets[v]++
		}
	}
	for i := range s.into.streets {
		st := &s.into.streets[i]
		if Kind(st.flags>>kindShift) == Square {
			continue // an outline
		}
		for _, v := range st.line {
			if corner.has(v) {
				meets[v]++
			}
		}
	}
	for _, sq := range s.open {
		for _, v := range corners(sq.polygon) {
			if meets[v] > 1 && !s.closed.has(v) {
				sq.entrance = append(sq.entrance, v)
			}
		}
		s.across(sq)
	}
}

// corners returns the vertices of a polygon, each once.
func corners(p osm.Polygon) []uint32 {
	var all []uint32
	for _, ring := range p {
		all = append(all, ring[1:]...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (s *streets) across(sq square) {
	if n := len(sq.entrance); n > maxEntrances {
		s.thinned++
		kept := make([]uint32, maxEntrances)
		for i := range kept {
			kept[i] = sq.entrance[i*n/maxEntrances]
		}
		sq.entrance = kept
	}
	rings := make([][]geo.Fixed, len(sq.polygon))
	for i, ring := range sq.polygon {
		rings[i] = s.x.Line(ring)
	}
	for i, a := range sq.entrance {
		for _, b := range sq.entrance[i+1:] {
			if !neighbours(sq.polygon, a, b) && sees(rings, s.at[a], s.at[b]) {
				s.into.Add(Street{Line: []uint32{a, b}, Name: sq.name, Forward: true, Backward: true, Kind: Square})
			}
		}
	}
}

// neighbours reports whether the outline itself joins a and b directly.
func neighbours(p osm.Polygon, a, b uint32) bool {
	for _, ring := range p {
		for i := 1; i < len(ring); i++ {
			if u, v := ring[i-1], ring[i]; u == a && v == b || u == b && v == a {
				return true
			}
		}
	}
	return false
}

// sees reports whether the straight line between two corners of a polygon runs
// inside it.
func sees(rings [][]geo.Fixed, a, b geo.Fixed) bool {
	for _, ring := range rings {
		for i := 1; i < len(ring); i++ {
			if crosses(a, b, ring[i-1], ring[i]) {
				return false
			}
		}
	}
	middle := geo.Between(a, b, 0.5)
	if !osm.Inside(middle, rings[0]) {
		return false
	}
	return !slices.ContainsFunc(rings[1:], func(hole []geo.Fixed) bool { return osm.Inside(middle, hole) })
}

// crosses reports whether two segments cross at a point inside both.
func crosses(a, b, c, d geo.Fixed) bool {
	return side(a, b, c)*side(a, b, d) < 0 && side(c, d, a)*side(c, d, b) < 0
}

// side is on which side of the line through a and b the point p lies: 1, 0, -1.
func side(a, b, p geo.Fixed) int {
	abx, aby := float64(int64(b.Lon)-int64(a.Lon)), float64(int64(b.Lat)-int64(a.Lat))
	apx, apy := float64(int64(p.Lon)-int64(a.Lon)), float64(int64(p.Lat)-int64(a.Lat))
	switch cross := abx*apy - aby*apx; {
	case cross > 0:
		return 1
	case cross < 0:
		return -1
	}
	return 0
}
