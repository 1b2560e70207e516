package osm

import (
	"slices"

	"github.com/xiadu/xiadu/internal/geo"
)

// rings joins lines end to end into closed rings, and reports whether a line
// was left over.
func rings(lines [][]uint32) (closed [][]uint32, open bool) {
	at := make(map[uint32][]int) // lines by their two ends
	used := make([]bool, len(lines))
	for i, l := range lines {
		at[l[0]] = append(at[l[0]], i)
		at[l[len(l)-1]] = append(at[l[len(l)-1]], i)
	}
	next := func(v uint32) (int, bool) {
		ends := at[v]
		for len(ends) > 0 && used[ends[len(ends)-1]] {
			ends = ends[:len(ends)-1]
		}
		at[v] = ends // used ones are never looked at again
		if len(ends) == 0 {
			return 0, false
		}
		return ends[len(ends)-1], true
	}
	for i, l := range lines {
		if used[i] {
			continue
		}
		used[i] = true
		ring := slices.Clone(l)
		for ring[0] != ring[len(ring)-1] {
			j, ok := next(ring[len(ring)-1])
			if !ok {
				break
			}
			used[j] = true
			more := slices.Clone(lines[j])
			if more[0] != ring[len(ring)-1] {
				slices.Reverse(more)
			}
			ring = append(ring, more[1:]...)
		}
		if ring[0] == ring[len(ring)-1] && len(ring) > 3 {
			closed = append(closed, ring)
		} else {
			open = true
		}
	}
	return closed, open
}

// nest gives each hole to the smallest shell around it. Holes outside every
// shell are dropped: there is nothing to cut them from.
func (x *Extract) nest(shells, holes [][]uint32) []Polygon {
	polygons := make([]Polygon, len(shells))
	boxes := make([]geo.Box, len(shells))
	for i, s := range shells {
		polygons[i] = Polygon{s}
		boxes[i] = geo.BoxOf(x.Line(s)...)
	}
	for _, hole := range holes {
		if i := x.shellOf(hole, shells, boxes); i >= 0 {
			polygons[i] = append(polygons[i], hole)
		}
	}
	return polygons
}

func (x *Extract) shellOf(hole []uint32, shells [][]uint32, boxes []geo.Box) int {
	box := geo.BoxOf(x.Line(hole)...)
	best, size := -1, 0.0
	for i, b := range boxes {
		if b.Union(box) != b {
			continue
		}
		s := float64(int64(b.East)-int64(b.West)) * float64(int64(b.North)-int64(b.South))
		if (best < 0 || s < size) && (len(shells) == 1 || x.within(hole, shells[i])) {
			best, size = i, s
		}
	}
	return best
}

// within reports whether ring lies in shell, going by its first vertex that
// is not one of the shell's own.
func (x *Extract) within(ring, shell []uint32) bool {
	const tries = 4 // rings that share more vertices than this touch all along
	for _, v := range ring[:min(tries, len(ring))] {
		if !slices.Contains(shell, v) {
			return Inside(x.At[v], x.Line(shell))
		}
	}
	return true
}

// Inside reports whether p is inside ring, by the even-odd rule.
func Inside(p geo.Fixed, ring []geo.Fixed) bool {
	in := false
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		if (a.Lat > p.Lat) == (b.Lat > p.Lat) {
			continue
		}
		t := (float64(p.Lat) - float64(a.Lat)) / (float64(b.Lat) - float64(a.Lat))
		if float64(p.Lon)-float64(a.Lon) < t*(float64(b.Lon)-float64(a.Lon)) {
			in = !in
		}
	}
	return in
}
