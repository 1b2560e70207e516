// Package coverage holds the stations of a network against demand: whom they reach
// (Survey.Cover), through a week or a day (Clock), within areas and their targets
// (Zoning, Measure), as circles would have it (Circle), and what changes would do
// (Scenario, Effect). Who reaches which station is searched once for a mode and a
// cutoff; after that an hour costs milliseconds, and a change one bounded search.
package coverage

import (
	"cmp"
	"slices"
	"sync"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/shared"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/timetable"
)

// Survey is a network of stations held against demand: whom they reach, at an hour
// and through the week, and what changes would do. Like the network it is immutable
// and answers any number of readers at once.
type Survey struct {
	*network.Network
	Demands []demand.Demand // people first

	placed    [len(network.ModeNames)][][]network.Place // of each mode: the cells of each demand on its streets
	timetable func() timetable.Timetable
	chains    func() []Chain
	mostPairs int // that are kept: mostPairs, fewer in tests
	reached   shared.Memo[reachKey, *reached]
	tallies   shared.Memo[string, *reach.Tally]
	weeks     shared.Memo[weekKey, *Clock]
}

// New places demand on the streets of a network. The demands must be unique
// by kind; they and their cells are sorted in place.
func New(n *network.Network, demands []demand.Demand) *Survey {
	slices.SortFunc(demands, demand.Demand.Compare)
	for _, d := range demands {
		slices.SortFunc(d.Cells, func(a, b demand.Cell) int { return cmp.Compare(a.ID, b.ID) })
	}
	v := &Survey{Network: n, Demands: demands, mostPairs: mostPairs}
	v.timetable = sync.OnceValue(func() timetable.Timetable { return timetable.Of(n.Stations) })
	v.chains = sync.OnceValue(v.findChains)
	for mode, g := range n.Grounds {
		for _, d := range demands {
			places := make([]network.Place, len(d.Cells))
			if g.Graph != nil {
				g.PlaceAll(places, func(i int) geo.Point { return d.Cells[i].At })
			}
			v.placed[mode] = append(v.placed[mode], places)
		}
	}
	return v
}

// Timetable is when the operating stations are open.
func (v *Survey) Timetable() timetable.Timetable { return v.timetable() }
