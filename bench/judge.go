package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

// minStay is how long a station must stay open after arrival, and farWay how far
// one may be to come first, by the finder's own rules.
const (
	minStay = 10 * time.Minute
	farWay  = 30 * time.Minute
)

// answer is a station and how far it is from door to door, in dm.
type answer struct {
	code string
	dm   uint32
}

// exhaustive answers the finder's question the slow way: a plain search over
// all that can be walked to in an hour, and a look at every station there is.
type exhaustive struct {
	atlas   *atlas.Atlas
	network *network.Network
	search  *dijkstra
	snaps   []road.Snap // of the stations
	placed  []bool
}

func newExhaustive(a *atlas.Atlas, n *network.Network) *exhaustive {
	x := &exhaustive{atlas: a, network: n, search: newDijkstra(a.Walk)}
	x.snaps, x.placed = make([]road.Snap, len(n.Stations)), make([]bool, len(n.Stations))
	for i, s := range n.Stations {
		x.snaps[i], x.placed[i] = a.Walk.Snap(s.At, network.SnapBoundM)
	}
	return x
}

// open returns the stations that are not far, open on arrival and have what is
// needed, the nearest first, at most limit.
func (x *exhaustive) open(from geo.Point, limit int) []answer {
	g := x.atlas.Walk
	at, ok := g.Snap(from, network.SnapBoundM)
	if !ok {
		return nil
	}
	budget := x.atlas.WalkProfile.Budget(time.Hour)
	exits, n := g.Exits(at)
	x.search.run(budget, exits[:n]...)
	var all []answer
	for i, s := range x.network.Stations {
		if !x.placed[i] || !s.Services.Has(station.ServicesOf(needed)) {
			continue
		}
		dm := x.way(at, x.snaps[i])
		if dm == unreached {
			continue
		}
		dm += at.Off() + x.snaps[i].Off()
		arrive := setOut.Add(x.atlas.WalkProfile.Time(dm))
		if arrive.Sub(setOut) <= farWay && s.Hours.OpenThroughout(arrive, arrive.Add(minStay)) {
			all = append(all, answer{s.Code, dm})
		}
	}
	slices.SortFunc(all, func(a, b answer) int { return cmp.Or(cmp.Compare(a.dm, b.dm), cmp.Compare(a.code, b.code)) })
	return all[:min(len(all), limit)]
}

// way is the shortest way along the streets after a search from one place.
func (x *exhaustive) way(from, to road.Snap) uint32 {
	g := x.atlas.Walk
	best := unreached
	if dm, ok := g.Straight(from, to); ok {
		best = dm
	}
	tail, head := g.Ends(to.Edge)
	forward, backward := g.Directions(to.Edge)
	if d := x.search.dist[tail]; forward && d != unreached {
		best = min(best, d+to.Along)
	}
	if d := x.search.dist[head]; backward && d != unreached {
		best = min(best, d+g.EdgeLength(to.Edge)-to.Along)
	}
	return best
}

// check proves that the finder's open stations that are not far are those of an exhaustive
// search, in the same order and at the same distance.
func (x *exhaustive) check(from []geo.Point, limit int) error {
	some := 0
	for _, p := range from {
		found, err := x.network.Find(question(p, limit))
		if err != nil {
			return err
		}
		var got []answer
		for _, f := range found.Found {
			if f.Standing == network.OpenOnArrival && !f.Far {
				got = append(got, answer{f.Station.Code, f.Length})
			}
		}
		want := x.open(p, limit)
		if !slices.Equal(got, want) {
			return fmt.Errorf("from %v the finder says %v, an exhaustive search %v", p, got, want)
		}
		some += len(want)
	}
	if some == 0 {
		return fmt.Errorf("no station was found from any of %d places", len(from))
	}
	return nil
}
