package geo

import (
	"math"
	"sync"
)

// fanout is how many boxes share a parent. Sixteen boxes of 16 bytes are four
// cache lines, which a scan crosses faster than a deeper tree branches.
const fanout = 16

// RTree is an immutable packed Hilbert R-tree: items sorted along the Hilbert
// curve, groups of 16 boxed together, level upon level up to one root. It is
// two flat arrays, so it can be stored and used as it is.
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
	order := make([]uint64, n)
	for i, b := range boxes {
		order[i] = uint64(Hilbert(b.Center(), all))<<32 | uint64(i)
	}
	order, _ = SortKeys(order, nil)
	t := RTree{Boxes: make([]Box, 0, treeSize(n)), Items: make([]uint32, n)}
	for i, o := range order {
		t.Items[i] = uint32(o)
		t.Boxes = append(t.Boxes, boxes[uint32(o)])
	}
	t.pack()
	return t
}

// PackRTree packs boxes that are in Hilbert order already, or nearly; item i is
// boxes[i], which becomes the tree's.
func PackRTree(boxes []Box) RTree {
	t := RTree{Boxes: boxes, Items: make([]uint32, len(boxes))}
	if len(boxes) == 0 {
		return RTree{}
	}
	for i := range t.Items {
		t.Items[i] = uint32(i)
	}
	t.pack()
	return t
}

// pack boxes the boxes of the first level, level upon level.
func (t *RTree) pack() {
	n := len(t.Items)
	for start, end := 0, n; end-start > 1; start, end = end, len(t.Boxes) {
		for i := start; i < end; i += fanout {
			parent := Nothing
			for _, b := range t.Boxes[i:min(i+fanout, end)] {
				parent = parent.Union(b)
			}
			t.Boxes = append(t.Boxes, parent)
		}
	}
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
	t.NearWithin(p, math.Inf(1), func(item uint32, metres float64) float64 {
		if visit(item, metres) {
			return math.Inf(1)
		}
		return -1
	})
}

// NearWithin is Near no farther than boundM. Visit returns the bound from then
// on, so that who looks for the nearest item looks no farther than the best yet;
// a negative one ends it.
func (t RTree) NearWithin(p Fixed, boundM float64, visit func(item uint32, metres float64) (boundM float64)) {
	if len(t.Boxes) == 0 {
		return
	}
	pl := PlaneAt(p.Point().Lat)
	queue, _ := queues.Get().(*Queue[float64, span])
	defer queues.Put(queue)
	queue.Reset()
	root := t.root()
	queue.Push(pl.toBox2(p, t.Boxes[root.box]), root)
	for queue.Len() > 0 {
		metres2, s := queue.Pop()
		if boundM < 0 || metres2 > boundM*boundM {
			return
		}
		first, last, level, leaf := t.children(s)
		if leaf {
			boundM = visit(t.Items[s.box], math.Sqrt(metres2))
			continue
		}
		for b := first; b < last; b++ {
			if m := pl.toBox2(p, t.Boxes[b]); m <= boundM*boundM {
				queue.Push(m, span{b, level})
			}
		}
	}
}

// queues are those of NearWithin, by square metres: a city asks for its nearest
// street a million times.
var queues = sync.Pool{New: func() any { return new(Queue[float64, span]) }}

// toBox2 is the square of the distance, which orders alike and spares the root.
func (pl Plane) toBox2(p Fixed, b Box) float64 {
	x := max(int64(b.West)-int64(p.Lon), int64(p.Lon)-int64(b.East), 0)
	y := max(int64(b.South)-int64(p.Lat), int64(p.Lat)-int64(b.North), 0)
	east, north := float64(x)*pl.east, float64(y)*pl.north
	return east*east + north*north
}
