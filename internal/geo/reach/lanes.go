package reach

import (
	"math"

	"github.com/xiadu/xiadu/internal/geo/road"
)

const (
	// laneCount is how many searches run in step, in the lanes of one vector.
	laneCount = 16
	// maxLaneBudget is what 16 bits count, but for 0.
	maxLaneBudget = math.MaxUint16 - 1
	// laneShift is the width of a bucket, 51 m. A node improved in one lane is
	// often improved in the next within a few metres: the wider, the fewer turns.
	laneShift = 9
)

// lanes is up to 16 bounded searches under way at once. They meet the same nodes
// when they start near each other, and then one turn of the machine does for all.
// It is frontier with a row of 16 for each node, and differs from it in three
// things: buckets are numbered by what is left, so that 0 says of a node that it
// lies in none; a node lies in a bucket once; and dead ends are always put aside.
type lanes struct {
	graph  *road.Graph
	stars  []road.Star
	rows   []row
	queued []uint16    // of each node: the highest bucket that it lies in
	slots  []road.Node // bucket b has those from base(b) on
	end    []uint32    // of each bucket: one past its last node
	depth  uint32      // nodes in a bucket that is full, a power of two
	total  uint32      // the budget, and 1
	at     uint32      // the bucket that is being emptied
	next   uint32      // its slot to look at
	over   func() bool // nobody wants what is found any more; nil: that never comes
}

// row is what is left at a node in each lane: 0 where it is unreached.
type row [laneCount]uint16

// The buckets that are not emptied, and the first that is.
const (
	voidBucket  = iota // what improved nothing is written there in vain
	asideBucket        // dead ends
	firstBucket
)

func newLanes(g *road.Graph) *lanes {
	return &lanes{graph: g, stars: g.Stars(), rows: make([]row, g.Nodes()), queued: make([]uint16, g.Nodes()), depth: firstDepth}
}

// begin starts searches of at most maxLaneBudget.
func (l *lanes) begin(budget uint32) {
	l.total = budget + 1
	l.end = l.end[:0]
	for b := range l.total>>laneShift + firstBucket + 1 {
		l.end = append(l.end, l.base(b))
	}
	if need := l.base(uint32(len(l.end))); uint32(len(l.slots)) < need {
		l.slots = make([]road.Node, need)
	}
}

func (l *lanes) base(b uint32) uint32 { return b * 2 * l.depth }

// bucket returns the nodes that were put into bucket b, some of them in others, too.
func (l *lanes) bucket(b int) []road.Node { return l.slots[l.base(uint32(b)):l.end[b]] }

// offer says that n can be reached in a lane with so much left.
func (l *lanes) offer(lane int, n road.Node, left uint32) {
	if left <= uint32(l.rows[n][lane]) {
		return
	}
	l.rows[n][lane] = uint16(left)
	b := left>>laneShift + firstBucket
	l.slots[l.end[b]] = n
	l.end[b]++
	if l.end[b]&l.depth != 0 {
		l.deepen()
	}
}

func (l *lanes) deepen() {
	slots, from := l.slots, l.depth*2
	l.depth *= 2
	l.slots = make([]road.Node, l.base(uint32(len(l.end))))
	l.next += l.base(l.at) - l.at*from
	for b, end := range l.end {
		base := l.base(uint32(b))
		l.end[b] = base + uint32(copy(l.slots[base:], slots[uint32(b)*from:end]))
	}
}

// run empties all buckets, the nearest first. Afterwards rows are final, unless it
// was over before.
func (l *lanes) run() {
	for b := len(l.end) - 1; b >= firstBucket; b-- {
		if l.over != nil && l.over() {
			return
		}
		l.at, l.next = uint32(b), l.base(uint32(b))
		for done := false; !done; {
			switch spreadLanes(l) {
			case emptied:
				done = true
			case full:
				l.deepen()
			case sprawling:
				l.sprawl(l.slots[l.next-1])
			}
		}
	}
}

func (l *lanes) sprawl(n road.Node) {
	l.queued[n] = 0
	for a, last := l.graph.Out(n); a < last; a++ {
		if length := l.graph.Length(a); length < l.total {
			if relaxLanes(l, n, l.graph.Head(a), length) {
				l.deepen()
			}
		}
	}
}
