package coverage

import (
	"context"
	"errors"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/shared"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/timetable"
)

// mostPairs bounds what is kept of who reaches what: 400 MB. A walk of a quarter
// of an hour has four million pairs of a cell and a station in a country, but an
// hour by e-bike spans a city, and then everybody reaches everything.
const mostPairs = 100_000_000

// reachKey is what the cells that reach a station depend on.
type reachKey struct {
	mode   network.Mode
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
	g := v.Grounds[k.mode]
	at, there := network.Apart(v.placed[k.mode][k.demand])
	r := &reached{places: reach.NewPlaces(g.Graph, at, there)}
	stations, placed := network.Apart(g.Stations)
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
func (v *Survey) tallied(ctx context.Context, q Question, k reachKey, pairs *reach.Incidence) (*reach.Tally, error) {
	return v.tallies.Get(ctx, shared.Asker{}, v.Signature(q), mostTallies, func(context.Context) (*reach.Tally, error) { return v.tally(q, k, pairs), nil })
}

func (v *Survey) tally(q Question, k reachKey, pairs *reach.Incidence) *reach.Tally {
	t := reach.NewTally(CoverTimes, v.Demands[k.demand].Weights(timetable.NightAt(q.At)))
	p := v.Timetable()
	open := p.OpenAt(q.At, q.AnyHour)
	for i, each := range p.Each {
		if open.Has(i) {
			for _, station := range each.Stations {
				t.Add(pairs.Of(int(station)))
			}
		}
	}
	return t
}

// Reaching finds the cells of q's demand from which people would reach a station
// at each of the given places, whatever the hour, and says which of the places
// are near a street. More than mostPairs pairs are refused: ask for fewer minutes.
func (v *Survey) Reaching(ctx context.Context, q Question, at []geo.Point) (*reach.Incidence, []bool, error) {
	q, err := v.Settle(q)
	if err != nil {
		return nil, nil, err
	}
	k, ok := v.demandIndex(q.Demand)
	if !ok {
		return nil, nil, ErrNoDemand()
	}
	g := v.Grounds[q.Mode]
	sites := make([]network.Place, len(at))
	g.PlaceAll(sites, func(i int) geo.Point { return at[i] })
	cells, there := network.Apart(v.placed[q.Mode][k])
	stations, placed := network.Apart(sites)
	x, err := reach.Incide(ctx, reach.NewPlaces(g.Graph, cells, there), stations, placed, g.Profile.Budget(q.Within), v.mostPairs)
	if errors.Is(err, reach.ErrTooMany) {
		return nil, nil, errTooMuch()
	}
	if err != nil {
		return nil, nil, err
	}
	return x, placed, nil
}

// CountsOf counts, for each cell of q's demand, how many of some stations it
// reaches, at most CoverTimes. The stations are indexes of those near a street.
func (v *Survey) CountsOf(ctx context.Context, q Question, stations []int32) ([]uint8, error) {
	g := v.Grounds[q.Mode]
	cutoff := g.Profile.Budget(q.Within)
	kind, _ := v.demandIndex(q.Demand)
	r, err := v.reachedBy(ctx, reachKey{q.Mode, cutoff, kind})
	if err != nil {
		return nil, err
	}
	if r.pairs == nil { // too many to keep: one sweep from all of them
		snaps := make([]road.Snap, len(stations))
		for i, at := range stations {
			snaps[i] = g.Stations[at].Snap
		}
		near, err := reach.Nearest(ctx, g.Graph, snaps, CoverTimes, cutoff)
		if err != nil {
			return nil, err
		}
		return reach.Cover(near, v.Cells(q)).Counts, nil
	}
	t := reach.NewTally(CoverTimes, v.Demands[kind].Weights(false))
	for _, at := range stations {
		t.Add(r.pairs.Of(int(at)))
	}
	return t.Counts(), ctx.Err()
}
