package station

import (
	"cmp"
	"slices"
	"sync"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/shared"
)

// Survey is a network of stations held against demand: whom they reach, at an hour
// and through the week, and what changes would do. Like the network it is immutable
// and answers any number of readers at once.
type Survey struct {
	*Network
	Demands []Demand // people first

	placed    [len(modeNames)][][]place // of each mode: the cells of each demand on its streets
	timetable func() Timetable
	chains    func() []Chain
	mostPairs int // that are kept: mostPairs, fewer in tests
	reached   shared.Memo[reachKey, *reached]
	tallies   shared.Memo[string, *reach.Tally]
	weeks     shared.Memo[weekKey, *Clock]
}

// NewSurvey places demand on the streets of a network. The demands must be unique
// by kind; they and their cells are sorted in place.
func NewSurvey(n *Network, demands []Demand) *Survey {
	slices.SortFunc(demands, Demand.compare)
	for _, d := range demands {
		slices.SortFunc(d.Cells, func(a, b Cell) int { return cmp.Compare(a.ID, b.ID) })
	}
	v := &Survey{Network: n, Demands: demands, mostPairs: mostPairs}
	v.timetable = sync.OnceValue(func() Timetable { return TimetableOf(n.Stations) })
	v.chains = sync.OnceValue(v.findChains)
	for mode, g := range n.grounds {
		for _, d := range demands {
			places := make([]place, len(d.Cells))
			if g.graph != nil {
				g.placeAll(places, func(i int) geo.Point { return d.Cells[i].At })
			}
			v.placed[mode] = append(v.placed[mode], places)
		}
	}
	return v
}

// Timetable is when the operating stations are open.
func (v *Survey) Timetable() Timetable { return v.timetable() }
