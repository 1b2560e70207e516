package station

import (
	"slices"
	"sync"

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

// reachedMemo keeps the last few, since a planner stays with one cutoff.
type reachedMemo struct {
	mu   sync.Mutex
	last []*reachedOnce // the newest first
	most int            // pairs that are kept: mostPairs
}

type reachedOnce struct {
	reachKey
	find func() *reached
}

const mostReached = 4

// reachedBy returns which cells reach each station, searching once however
// many ask at a time.
func (n *Network) reachedBy(k reachKey) *reached {
	m := &n.reached
	m.mu.Lock()
	at := slices.IndexFunc(m.last, func(o *reachedOnce) bool { return o.reachKey == k })
	var once *reachedOnce
	if at >= 0 {
		once = m.last[at]
		m.last = slices.Delete(m.last, at, at+1)
	} else {
		once = &reachedOnce{k, sync.OnceValue(func() *reached { return n.findReached(k) })}
	}
	m.last = slices.Insert(m.last, 0, once)
	m.last = m.last[:min(len(m.last), mostReached)]
	m.mu.Unlock()
	return once.find()
}

func (n *Network) findReached(k reachKey) *reached {
	g := n.grounds[k.mode]
	at, there := apart(g.demands[k.demand])
	r := &reached{places: reach.NewPlaces(g.graph, at, there)}
	stations, placed := apart(g.stations)
	if x, ok := reach.Incide(r.places, stations, placed, k.budget, n.reached.most); ok {
		r.pairs = x
	}
	return r
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
	x, ok := reach.Incide(reach.NewPlaces(g.graph, cells, there), stations, placed, g.profile.Budget(q.Within), n.reached.most)
	if !ok {
		return nil, nil, errTooMuch()
	}
	return x, placed, nil
}
