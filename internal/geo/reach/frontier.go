package reach

import "github.com/xiadu/xiadu/internal/geo/road"

// frontier is a bounded search under way: what is left of the budget at each
// node, and in buckets the nodes that have yet to pass it on.
//
// The cost of searching streets is the processor guessing wrong: whether an arc
// improves its head, how many arcs there are. So nothing here asks. All four arcs
// of a node are relaxed, and each head is written to its bucket, whose end moves
// only if it was improved. Counting what is left, not what was travelled, makes
// one comparison of two: 0 is both unreached and beyond reach.
//
// A node may lie in a bucket that it has been improved out of, or twice in one.
// Then it passes on again what it has, which improves nothing.
type frontier struct {
	graph   *road.Graph
	stars   []road.Star
	left    []uint32    // of each node: the budget there, and 1; with final
	slots   []road.Node // bucket b has those from base(b) on
	end     []uint32    // of each bucket: one past its last node
	depth   uint32      // nodes in a bucket that is full, a power of two
	total   uint32      // the budget, and 1
	at      uint32      // the bucket that is being emptied
	next    uint32      // its slot to look at
	aside   uint32      // road.DeadEnd to put dead ends into the last bucket, 0 not to
	vectors bool        // spreadAVX2 does the work
}

const (
	// final is set in what is left at a node that has been told of.
	final = 1 << 31
	// firstDepth is some times what a bucket holds in a city.
	firstDepth = 64
	sprawls    = road.Sprawling
)

func newFrontier(g *road.Graph) frontier {
	return frontier{graph: g, stars: g.Stars(), left: make([]uint32, g.Nodes()), depth: firstDepth, vectors: hasAVX2}
}

// begin forgets the last search and starts one with the given budget. With aside,
// dead ends are kept apart, since they have nothing to pass on.
func (f *frontier) begin(budget uint32, aside bool) {
	for b := range f.end {
		for _, n := range f.bucket(b) {
			f.left[n] = 0
		}
	}
	f.total, f.aside = budget+1, 0
	if aside {
		f.aside = road.DeadEnd
	}
	f.end = f.end[:0]
	for b := range budget/bucketWidth + 2 { // the last is never emptied
		f.end = append(f.end, f.base(b))
	}
	if need := f.base(uint32(len(f.end))); uint32(len(f.slots)) < need {
		f.slots = make([]road.Node, need)
	}
}

// base is the first slot of bucket b. A bucket has room for twice its depth: it
// may overflow by the arcs of one node before anybody looks.
func (f *frontier) base(b uint32) uint32 { return b * 2 * f.depth }

// bucket returns the nodes that were put into bucket b.
func (f *frontier) bucket(b int) []road.Node { return f.slots[f.base(uint32(b)):f.end[b]] }

// buckets returns how many are to be emptied.
func (f *frontier) buckets() int { return len(f.end) - 1 }

// offer says that n can be reached with so much left.
func (f *frontier) offer(n road.Node, left uint32) {
	if left <= f.left[n] {
		return
	}
	f.left[n] = left
	b := (f.total - left) / bucketWidth
	f.slots[f.end[b]] = n
	f.end[b]++
	if f.end[b]&f.depth != 0 {
		f.deepen()
	}
}

// deepen doubles the depth of the buckets.
func (f *frontier) deepen() {
	slots, from := f.slots, f.depth*2
	f.depth *= 2
	f.slots = make([]road.Node, f.base(uint32(len(f.end))))
	f.next += f.base(f.at) - f.at*from
	for b, end := range f.end {
		base := f.base(uint32(b))
		f.end[b] = base + uint32(copy(f.slots[base:], slots[uint32(b)*from:end]))
	}
}

// settle empties bucket b. Lengths are positive, so that afterwards what is left
// at its nodes is final.
func (f *frontier) settle(b int) {
	f.at, f.next = uint32(b), f.base(uint32(b))
	for {
		switch f.spread() {
		case emptied:
			return
		case full:
			f.deepen()
		case sprawling:
			n := f.slots[f.next-1]
			left := f.left[n] &^ final
			for a, last := f.graph.Out(n); a < last; a++ {
				if length := f.graph.Length(a); length < left {
					f.offer(f.graph.Head(a), left-length)
				}
			}
		}
	}
}

// halt says why spread came back.
type halt uint32

const (
	emptied   halt = iota
	full           // a bucket is
	sprawling      // the node before next is
)

// spread passes on what is left at the nodes of a bucket until it is empty or
// something rare comes up.
func (f *frontier) spread() halt {
	if f.vectors {
		return spreadAVX2(f)
	}
	return f.spreadPlain()
}

func (f *frontier) spreadPlain() halt {
	left, slots, end, total := f.left, f.slots, f.end, f.total
	last := uint32(len(end) - 1)
	for f.next < end[f.at] {
		n := slots[f.next]
		f.next++
		here, star := int32(left[n]&^final), &f.stars[n]
		if star.Length[0] == sprawls {
			return sprawling
		}
		var ends uint32
		for i, length := range star.Length {
			head := uint32(int32(n) + int32(star.Ahead[i]))
			rest := uint32(max(here-int32(length&^road.DeadEnd), 0))
			known := left[head]
			b := (total - rest) / bucketWidth
			if uint32(length)&f.aside != 0 {
				b = last
			}
			slot, better := end[b], uint32(0)
			if rest > known {
				better = 1
			}
			slots[slot] = head
			left[head] = max(rest, known)
			end[b] = slot + better
			ends |= slot + better
		}
		if ends&f.depth != 0 {
			return full
		}
	}
	return emptied
}
