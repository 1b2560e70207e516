package main

import (
	"context"
	"fmt"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/quadtree"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/system/station"
)

// nearestEntries measure the finder's question in process, on one goroutine:
// the nearest stations by walking time that will be open on arrival and have a
// service. The peer answers an easier one over the same stations: the nearest in
// a straight line that have it, whatever the streets and the hours. So the
// answers cannot be equal; ours are proven by exhaustion instead (judge.go).
func nearestEntries(in *inputs) []Entry {
	var all []Entry
	for _, ground := range []struct {
		name     string
		open     func(context.Context) (*atlas.Atlas, error)
		stations int
	}{
		{"city", in.openCity, cityStations},
		{"metropolis", in.openMetropolis, metropolisStations},
	} {
		var both *finding // made once for the two limits
		for _, limit := range []int{1, 5} {
			all = append(all, Entry{
				Name: fmt.Sprintf("nearest-%s-%d", ground.name, limit), Unit: "answers/s",
				Peer: "orb's quadtree, straight line", Must: 0.05, Stretch: 0.5,
				Run: func(ctx context.Context) (Figures, error) {
					if both == nil {
						a, err := ground.open(ctx)
						if err != nil {
							return Figures{}, err
						}
						if both, err = newFinding(a, ground.stations); err != nil {
							return Figures{}, err
						}
					}
					return both.measure(ctx, limit)
				},
			})
		}
	}
	return all
}

const (
	questions   = 4096
	proven      = 100 // of them, before anything is timed
	nearestSpan = 600 * time.Millisecond
)

// finding is a network to ask, the peer's index of the same stations, and from
// where to ask.
type finding struct {
	network *station.Network
	tree    *quadtree.Quadtree
	judge   *exhaustive
	from    []geo.Point
}

func newFinding(a *atlas.Atlas, stations int) (*finding, error) {
	all, err := scatter(a.Walk, stations)
	if err != nil {
		return nil, err
	}
	n := station.NewNetwork(streetsOf(a), all, nil)
	tree, err := treeOf(n)
	if err != nil {
		return nil, err
	}
	return &finding{network: n, tree: tree, judge: newExhaustive(a, n), from: askers(a.Walk, questions)}, nil
}

// streetsOf is what a is for people on foot.
func streetsOf(a *atlas.Atlas) station.Streets {
	return station.Streets{Walk: a.Walk, WalkProfile: a.WalkProfile}
}

func (x *finding) measure(ctx context.Context, limit int) (Figures, error) {
	if err := x.judge.check(x.from[:proven], limit); err != nil {
		return Figures{}, err
	}
	ours := func() (float64, error) {
		return perSecond(processor, nearestSpan, func(i int) error {
			_, err := x.network.Find(question(x.from[i%questions], limit))
			return err
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
	f.Note = fmt.Sprintf("%d stations, limit %d; %d answers equal to an exhaustive search", len(x.network.Stations), limit, proven)
	return f, err
}

// indexed is a station in the quadtree.
type indexed struct {
	at  orb.Point
	has bool // what is needed
}

// Point is what the quadtree asks for.
func (x *indexed) Point() orb.Point { return x.at }

func pointOf(p geo.Point) orb.Point { return orb.Point{p.Lon, p.Lat} }

func hasNeeded(p orb.Pointer) bool {
	x, ok := p.(*indexed)
	return ok && x.has
}

func treeOf(n *station.Network) (*quadtree.Quadtree, error) {
	bound := orb.Bound{Min: pointOf(n.Stations[0].At), Max: pointOf(n.Stations[0].At)}
	for _, s := range n.Stations {
		bound = bound.Extend(pointOf(s.At))
	}
	tree := quadtree.New(bound)
	for _, s := range n.Stations {
		if err := tree.Add(&indexed{at: pointOf(s.At), has: s.Services.Has(station.ServicesOf(needed))}); err != nil {
			return nil, err
		}
	}
	return tree, nil
}
