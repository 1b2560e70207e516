package reach

import (
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// MaxTimes is the most stations that coverage counts for a cell.
const MaxTimes = 8

// Cell is a place where people are.
type Cell struct {
	At       geo.Point
	Weight   Weight
	Snap     road.Snap
	OnStreet bool // Snap is set: there is a street near enough to walk to
}

// Coverage is how many stations the people of each cell can choose from.
type Coverage struct {
	Times  int     // how far was counted, at most MaxTimes
	Budget uint32  // dm
	Counts []uint8 // of each cell: the stations within the budget, at most Times
	// AtLeast[j] is the demand with j stations or more within the budget;
	// AtLeast[0] is all demand.
	AtLeast []Weight
	// Unreachable is the demand that no street comes near. It is part of the
	// total and covered by nothing.
	Unreachable Weight
	// Isolated is the demand on pieces of the network too small to leave. It
	// is covered only by stations on the same piece.
	Isolated Weight
}

// Cover counts, for each cell, the stations that people there reach within the
// budget that near was made with, up to near.K() of them or MaxTimes.
func Cover(near *Nearby, cells []Cell) Coverage {
	times := min(near.K(), MaxTimes)
	c := Coverage{Times: times, Budget: near.Budget(), Counts: make([]uint8, len(cells)), AtLeast: make([]Weight, times+1)}
	hits := make([]Hit, 0, near.K())
	for i, cell := range cells {
		count := 0
		if cell.OnStreet {
			hits = near.AppendTo(hits[:0], cell.Snap)
			count = min(len(hits), times)
		} else {
			c.Unreachable += cell.Weight
		}
		if cell.OnStreet && cell.Snap.Isolated {
			c.Isolated += cell.Weight
		}
		c.Counts[i] = uint8(count)
		for j := range count + 1 {
			c.AtLeast[j] += cell.Weight
		}
	}
	return c
}

// Total returns all demand.
func (c Coverage) Total() Weight { return c.AtLeast[0] }

// Covered returns the demand with at least the given number of stations within
// the budget; beyond c.Times it is not known and counts as none.
func (c Coverage) Covered(times int) Weight {
	if times < 0 || times >= len(c.AtLeast) {
		return 0
	}
	return c.AtLeast[times]
}

// Once returns the demand with a station within the budget.
func (c Coverage) Once() Weight { return c.Covered(1) }

// Twice returns the demand with a choice of stations, 交叉覆盖.
func (c Coverage) Twice() Weight { return c.Covered(2) }
