package geo

import (
	"cmp"
	"slices"
)

// Fence is a shape made ready for many questions: which of a city's cells are
// inside? Its edges are in an R-tree, so a boundary of a hundred thousand points
// answers as fast as a square.
type Fence struct {
	edges [][2]Fixed
	tree  RTree
	box   Box
}

// NewFence makes a shape ready. Edges longer than a Shape allows are an error of
// the caller.
func NewFence(s Shape) *Fence {
	f := &Fence{box: s.Box()}
	var boxes []Box
	s.rings(func(r Ring) {
		for i := 1; i < len(r); i++ {
			f.edges = append(f.edges, [2]Fixed{r[i-1], r[i]})
			boxes = append(boxes, BoxOf(r[i-1], r[i]))
		}
	})
	f.tree = NewRTree(boxes)
	return f
}

// Box returns the smallest box around the shape.
func (f *Fence) Box() Box { return f.box }

// Contains reports whether p is inside. It counts the edges that a line east
// from p crosses, with whole numbers; of two shapes that share an edge exactly
// one contains a point on it, so that neighbouring districts neither lose nor
// share anybody.
func (f *Fence) Contains(p Fixed) bool {
	if !f.box.Contains(p) {
		return false
	}
	inside := false
	f.tree.Search(Box{West: p.Lon, South: p.Lat, East: f.box.East, North: p.Lat}, func(i uint32) bool {
		low, high := f.edges[i][0], f.edges[i][1]
		if low.Lat > high.Lat { // two neighbours go along an edge in opposite directions
			low, high = high, low
		}
		if low.Lat <= p.Lat && p.Lat < high.Lat && turn(low, high, p) > 0 {
			inside = !inside
		}
		return true
	})
	return inside
}

// Crossing returns a point where two edges cross, or lie on one another, and
// whether there is one. Rings may touch in a point: old boundaries do.
func (f *Fence) Crossing() (at Fixed, crosses bool) {
	for i, e := range f.edges {
		f.tree.Search(BoxOf(e[0], e[1]), func(j uint32) bool {
			if int(j) > i {
				at, crosses = cross(e, f.edges[j])
			}
			return !crosses
		})
		if crosses {
			return at, true
		}
	}
	return Fixed{}, false
}

// cross returns where two edges cross properly, or overlap in more than a point.
func cross(e, f [2]Fixed) (Fixed, bool) {
	a, b, c, d := e[0], e[1], f[0], f[1]
	abc, abd, cda, cdb := turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)
	if abc == 0 && abd == 0 {
		return overlap(e, f)
	}
	if (abc > 0) == (abd > 0) || (cda > 0) == (cdb > 0) || abc == 0 || abd == 0 || cda == 0 || cdb == 0 {
		return Fixed{}, false
	}
	return Between(a, b, float64(cda)/(float64(cda)-float64(cdb))), true
}

// overlap returns the middle of what two edges on one line share.
func overlap(e, f [2]Fixed) (Fixed, bool) {
	order := func(a, b Fixed) int { return cmp.Or(cmp.Compare(a.Lon, b.Lon), cmp.Compare(a.Lat, b.Lat)) }
	low, high := slices.MaxFunc([]Fixed{slices.MinFunc(e[:], order), slices.MinFunc(f[:], order)}, order),
		slices.MinFunc([]Fixed{slices.MaxFunc(e[:], order), slices.MaxFunc(f[:], order)}, order)
	if order(low, high) >= 0 {
		return Fixed{}, false
	}
	return Between(low, high, 0.5), true
}
