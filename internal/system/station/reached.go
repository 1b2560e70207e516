package station

import (
	"context"
	"errors"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/shared"
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
// many ask at a time, and no longer than one of them waits for it.
func (v *Survey) reachedBy(ctx context.Context, k reachKey) (*reached, error) {
	return v.reached.Get(ctx, shared.Asker{}, k, mostReached, func(ctx context.Context) (*reached, error) { return v.findReached(ctx, k) })
}

func (v *Survey) findReached(ctx context.Context, k reachKey) (*reached, error) {
	g := v.grounds[k.mode]
	at, there := apart(v.placed[k.mode][k.demand])
	r := &reached{places: reach.NewPlaces(g.graph, at, there)}
	stations, placed := apart(g.stations)
	x, err := reach.Incide(ctx, r.places, stations, placed, k.budget, v.mostPairs)
	if err != nil && !errors.Is(err, reach.ErrTooMany) {
		return nil, err
	}
	r.pairs = x
	return r, nil
}

// Two hours side by side, by walk and e-bike, for two kinds of demand.
const mostTallies = 8

// tallied returns the tally of all stations that count for q as they are: what
// changes is tried on a clone of it, at the cost of the change. Nobody changes it.
func (v *Survey) tallied(ctx context.Context, q CoverQuestion, k reachKey, pairs *reach.Incidence) (*reach.Tally, error) {
	return v.tallies.Get(ctx, shared.Asker{}, v.Signature(q), mostTallies, func(context.Context) (*reach.Tally, error) { return v.tally(q, k, pairs), nil })
}

func (v *Survey) tally(q CoverQuestion, k reachKey, pairs *reach.Incidence) *reach.Tally {
	t := reach.NewTally(CoverTimes, v.Demands[k.demand].weights(night(q.At)))
	p := v.Timetable()
	open := p.openAt(q.At, q.AnyHour)
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
func (v *Survey) Reaching(ctx context.Context, q CoverQuestion, at []geo.Point) (*reach.Incidence, []bool, error) {
	q, err := v.settle(q)
	if err != nil {
		return nil, nil, err
	}
	k, ok := v.demand(q.Demand)
	if !ok {
		return nil, nil, errNoDemand()
	}
	g := v.grounds[q.Mode]
	sites := make([]place, len(at))
	g.placeAll(sites, func(i int) geo.Point { return at[i] })
	cells, there := apart(v.placed[q.Mode][k])
	stations, placed := apart(sites)
	x, err := reach.Incide(ctx, reach.NewPlaces(g.graph, cells, there), stations, placed, g.profile.Budget(q.Within), v.mostPairs)
	if errors.Is(err, reach.ErrTooMany) {
		return nil, nil, errTooMuch()
	}
	if err != nil {
		return nil, nil, err
	}
	return x, placed, nil
}
