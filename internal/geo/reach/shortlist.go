package reach

import (
	"context"
	"math"
	"unsafe"

	"github.com/xiadu/xiadu/internal/geo/road"
)

// ShortlistLength is how many sources a Shortlist holds: what fits two cache
// lines, so that a question costs two waits for memory and not one for each
// station.
const ShortlistLength = 21

// MaxShortlistBudget is how far Shortlists can look, in dm: an hour and twenty
// minutes on foot.
const MaxShortlistBudget = math.MaxUint16

// Shortlist is the nearest sources of a node, nearest first, packed.
type Shortlist struct {
	Len    uint16
	DM     [ShortlistLength]uint16 // from door to door but for the asker's, ascending
	Source [ShortlistLength]int32
}

// Beyond returns how far at least, in dm, every source is that is not in the list.
func (l *Shortlist) Beyond(budget uint32) uint32 {
	if l.Len == ShortlistLength {
		return uint32(l.DM[ShortlistLength-1])
	}
	return budget + 1
}

// Shortlists knows the nearest sources of every node, as Nearby does, in half the
// memory and with one list in one place.
type Shortlists struct {
	budget uint32
	lists  []Shortlist
}

// NewShortlists sweeps once from those of the sources whose numbers are given,
// ascending, and lists them under those numbers.
func NewShortlists(g *road.Graph, sources []road.Snap, numbers []int32, budget uint32) *Shortlists {
	some := make([]road.Snap, len(numbers))
	for i, n := range numbers {
		some[i] = sources[n]
	}
	x := &Shortlists{budget: min(budget, MaxShortlistBudget), lists: make([]Shortlist, g.Nodes())}
	near := newSweep(g, some, ShortlistLength, x.budget)
	_ = near.run(context.Background(), g.Reverse()) // which nothing ends
	for n := range x.lists {
		l := &x.lists[n]
		for i, h := range near.At(road.Node(n)) {
			l.DM[i], l.Source[i] = uint16(h.Length), numbers[h.Source]
			l.Len++
		}
	}
	return x
}

// At returns the list of node n, which is x's own memory.
func (x *Shortlists) At(n road.Node) *Shortlist { return &x.lists[n] }

// Budget returns how far was looked, in dm.
func (x *Shortlists) Budget() uint32 { return x.budget }

// ShortlistBytes returns the memory that the Shortlists of g take.
func ShortlistBytes(g *road.Graph) int { return g.Nodes() * int(unsafe.Sizeof(Shortlist{})) }
