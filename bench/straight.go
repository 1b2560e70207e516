package main

import (
	"context"
	"fmt"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/quadtree"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/station"
)

// straightEntries measure the nearest of 160,000 stations in a straight line that
// have a service, which is where the finder looks where there are no streets, and
// ask the same of the peer.
func straightEntries(in *inputs) []Entry {
	var all []Entry
	var both *straight
	for _, limit := range []int{1, 5} {
		all = append(all, Entry{
			Name: fmt.Sprintf("straight-metropolis-%d", limit), Unit: "answers/s",
			Peer: "orb's quadtree, with the service too", Must: 3.5, Stretch: 5,
			Run: func(ctx context.Context) (f Figures, err error) {
				if both == nil {
					if both, err = newStraight(ctx, in); err != nil {
						return f, err
					}
				}
				return both.measure(ctx, limit)
			},
		})
	}
	return all
}

// straight is the same stations in our grid and in the peer's quadtree.
type straight struct {
	stations []station.Station
	grid     *geo.Grid
	tree     *quadtree.Quadtree
	from     []geo.Point
}

func newStraight(ctx context.Context, in *inputs) (*straight, error) {
	a, err := in.openMetropolis(ctx)
	if err != nil {
		return nil, err
	}
	x := &straight{from: askers(a.Walk, questions)}
	if x.stations, err = scatter(a.Walk, metropolisStations); err != nil {
		return nil, err
	}
	at, has := make([]geo.Fixed, len(x.stations)), make([]uint64, len(x.stations))
	for i, s := range x.stations {
		at[i], has[i] = s.At.Fixed(), uint64(s.Services)
	}
	x.grid = geo.NewGrid(at, has)
	x.tree, err = treeOf(x.stations)
	return x, err
}

func (x *straight) measure(ctx context.Context, limit int) (Figures, error) {
	if err := x.check(limit); err != nil {
		return Figures{}, err
	}
	all := uint64(station.ServicesOf(needed))
	var near []geo.Near
	ours := func() (float64, error) {
		return perSecond(processor, nearestSpan, func(i int) error {
			near = x.grid.Nearest(near[:0], x.from[i%questions].Fixed(), limit, all)
			return nil
		})
	}
	var buffer []orb.Pointer
	peer := func() (float64, error) {
		return perSecond(processor, nearestSpan, func(i int) error {
			buffer = x.tree.KNearestMatching(buffer, pointOf(x.from[i%questions]), limit, hasNeeded)
			return nil
		})
	}
	f, err := interleave(ctx, 5, ours, peer)
	f.Note = fmt.Sprintf("%d stations, a third with the service, limit %d; %d answers equal", len(x.stations), limit, proven)
	return f, err
}

// check proves that both find stations as near. They may be others: ours are
// measured on the plane of the asker, the peer's on that of the middle of the city.
func (x *straight) check(limit int) error {
	for _, p := range x.from[:proven] {
		near := x.grid.Nearest(nil, p.Fixed(), limit, uint64(station.ServicesOf(needed)))
		peer := x.tree.KNearestMatching(nil, pointOf(p), limit, hasNeeded)
		if len(near) != limit || len(peer) != limit {
			return fmt.Errorf("from %v %d and %d stations were found", p, len(near), len(peer))
		}
		for i, n := range near {
			theirs, ok := peer[i].(*indexed)
			if !ok {
				return fmt.Errorf("the quadtree holds %T", peer[i])
			}
			ours, wanted := geo.Distance(p, x.stations[n.Item].At), geo.Distance(p, theirs.is)
			if math.Abs(ours-math.Sqrt(n.Metres2)) > 0.1+ours/1000 || math.Abs(ours-wanted) > 0.1+wanted/100 {
				return fmt.Errorf("from %v number %d is %.2f m away (%.2f m by the grid), the quadtree's %.2f m", p, i+1, ours, math.Sqrt(n.Metres2), wanted)
			}
		}
	}
	return nil
}
