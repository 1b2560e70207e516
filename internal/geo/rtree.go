package geo

import (
	"cmp"
	"math"
	"slices"
)

// fanout is how many boxes share a parent. Sixteen boxes of 16 bytes are four
// cache lines, which a scan crosses faster than a deeper tree branches.
const fanout = 16

// RTree is an immutable packed Hilbert R-tree: items sorted along the Hilbert
// curve, groups of 16 boxed together, level upon level up to one root. It is
// two flat arrays, so it can be stored and memory-mapped as it is.
type RTree struct {
	Boxes []Box    // the levels one after another, items first, root last
	Items []uint32 // the item that each box of the first level stands for
}

// NewRTree packs boxes; item i is boxes[i].
func NewRTree(boxes []Box) RTree {
	n := len(boxes)
	if n == 0 {
		return RTree{}
	}
	all := Nothing
	for _, b := range boxes {
		all = all.Union(b)
	}
	type place struct{ key, item uint32 }
	order := make([]place, n)
	for i, b := range boxes {
		order[i] = place{Hilbert(b.Center(), all), uint32(i)}
	}
	slices.SortFunc(order, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.item, b.item))
	})
	t := RTree{Boxes: make([]Box, 0, n+n/(fanout-1)+8), Items: make([]uint32, n)}
	for i, o := range order {
		t.Items[i] = o.item
		t.Boxes = append(t.Boxes, boxes[o.item])
	}
	for start, end := 0, n; end-start > 1; start, end = end, len(t.Boxes) {
		for i := start; i < end; i += fanout {
			parent := Nothing
			for _, b := range t.Boxes[i:min(i+fanout, end)] {
				parent = parent.Union(b)
			}
			t.Boxes = append(t.Boxes, parent)
		}
	}
	return t
}

// Valid reports whether the arrays have the shape that NewRTree gives to n
// items, so that a tree read from a file can be trusted not to index outside.
func (t RTree) Valid(n int) bool {
	if len(t.Items) != n || len(t.Boxes) != treeSize(n) {
		return false
	}
	for _, item := range t.Items {
		if int(item) >= n {
			return false
		}
	}
	return true
}

func treeSize(n int) int {
	size := n
	for n > 1 {
		n = (n + fanout - 1) / fanout
		size += n
	}
	return size
}

// span is a box of one level: where it is, and where its level starts.
type span struct{ box, level int }

func (t RTree) root() span {
	level := len(t.Boxes) - 1
	return span{box: level, level: level}
}

// children returns the boxes first..last-1 below s and where their level
// starts; for a box of the first level it says that it is an item itself.
func (t RTree) children(s span) (first, last, level int, leaf bool) {
	if s.level == 0 {
		return s.box, s.box, 0, true
	}
	n, start, end := len(t.Items), 0, len(t.Items)
	for end != s.level {
		n = (n + fanout - 1) / fanout
		start, end = end, end+n
	}
	first = start + (s.box-s.level)*fanout
	return first, min(first+fanout, end), start, false
}

// Search calls visit for every item whose box meets q, until visit returns false.
func (t RTree) Search(q Box, visit func(item uint32) bool) {
	if len(t.Boxes) == 0 {
		return
	}
	stack := make([]span, 0, 64)
	stack = append(stack, t.root())
	for len(stack) > 0 {
		s := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !t.Boxes[s.box].Intersects(q) {
			continue
		}
		first, last, level, leaf := t.children(s)
		if leaf {
			if !visit(t.Items[s.box]) {
				return
			}
			continue
		}
		for b := last - 1; b >= first; b-- {
			stack = append(stack, span{b, level})
		}
	}
}

// Near calls visit for items in the order of their boxes' distance from p, in
// metres, until visit returns false. An item may lie farther than its box.
func (t RTree) Near(p Fixed, visit func(item uint32, metres float64) bool) {
	if len(t.Boxes) == 0 {
		return
	}
	pl := PlaneAt(p.Point().Lat)
	var queue Queue[float64, span]
	root := t.root()
	queue.Push(pl.toBox(p, t.Boxes[root.box]), root)
	for queue.Len() > 0 {
		metres, s := queue.Pop()
		first, last, level, leaf := t.children(s)
		if leaf {
			if !visit(t.Items[s.box], metres) {
				return
			}
			continue
		}
		for b := first; b < last; b++ {
			queue.Push(pl.toBox(p, t.Boxes[b]), span{b, level})
		}
	}
}

func (pl Plane) toBox(p Fixed, b Box) float64 {
	x := max(int64(b.West)-int64(p.Lon), int64(p.Lon)-int64(b.East), 0)
	y := max(int64(b.South)-int64(p.Lat), int64(p.Lat)-int64(b.North), 0)
	return math.Hypot(float64(x)*pl.east, float64(y)*pl.north)
}
