package station

import (
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// mostPairs bounds what is kept of who reaches what: 400 MB. A walk of a quarter
// of an hour has four million pairs of a cell and a station in a country, but an
// hour by e-bike spans a city, and then everybody reaches everything.
const mostPairs = 100_000_000

// reachKey is what the cells that reach a station depend on.
type reachKey struct {
	mode   Mode
	budget uint32
	demand int
}

// reached is which cells of a demand reach which station.
type reached struct {
	places *reach.Places
	pairs  *reach.Incidence // nil: more than mostPairs
}

// A planner stays with one cutoff.
const mostReached = 4

// reachedBy returns which cells reach each station, searching once however
// many ask at a time.
func (n *Network) reachedBy(k reachKey) *reached {
	return n.reached.get(k, mostReached, func() *reached { return n.findReached(k) })
}

func (n *Network) findReached(k reachKey) *reached {
	g := n.grounds[k.mode]
	at, there := apart(g.demands[k.demand])
	r := &reached{places: reach.NewPlaces(g.graph, at, there)}
	stations, placed := apart(g.stations)
	if x, ok := reach.Incide(r.places, stations, placed, k.budget, n.mostPairs); ok {
		r.pairs = x
	}
	return r
}

// Two hours side by side, by walk and e-bike, for two kinds of demand.
const mostTallies = 8

// tallied returns the tally of all stations that count for q as they are: what
// changes is tried on a clone of it, at the cost of the change. Nobody changes it.
func (n *Network) tallied(q CoverQuestion, k reachKey, pairs *reach.Incidence) *reach.Tally {
	return n.tallies.get(n.Signature(q), mostTallies, func() *reach.Tally { return n.tally(q, k, pairs) })
}

func (n *Network) tally(q CoverQuestion, k reachKey, pairs *reach.Incidence) *reach.Tally {
	t := reach.NewTally(CoverTimes, n.Demands[k.demand].weights(night(q.At)))
	p := n.patterns()
	open := p.openAt(q)
	for i, each := range p.each {
		if open.has(i) {
			for _, station := range each.stations {
				t.Add(pairs.Of(int(station)))
			}
		}
	}
	return t
}

// apart returns the streets of some places, and whether they are on one.
func apart(places []place) (at []road.Snap, ok []bool) {
	at, ok = make([]road.Snap, len(places)), make([]bool, len(places))
	for i, p := range places {
		at[i], ok[i] = p.Snap, p.ok
	}
	return at, ok
}

// Reaching finds the cells of q's demand from which people would reach a station
// at each of the given places, whatever the hour, and says which of the places
// are near a street. More than mostPairs pairs are refused: ask for fewer minutes.
func (n *Network) Reaching(q CoverQuestion, at []geo.Point) (*reach.Incidence, []bool, error) {
	q, err := n.settle(q)
	if err != nil {
		return nil, nil, err
	}
	k, ok := n.demand(q.Demand)
	if !ok {
		return nil, nil, errNoDemand()
	}
	g := n.grounds[q.Mode]
	sites := make([]place, len(at))
	g.placeAll(sites, func(i int) geo.Point { return at[i] })
	cells, there := apart(g.demands[k])
	stations, placed := apart(sites)
	x, ok := reach.Incide(reach.NewPlaces(g.graph, cells, there), stations, placed, g.profile.Budget(q.Within), n.mostPairs)
	if !ok {
		return nil, nil, errTooMuch()
	}
	return x, placed, nil
}
