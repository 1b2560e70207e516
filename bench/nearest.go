package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/quadtree"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

// nearestEntries measure the finder's question in process, on one goroutine:
// the nearest stations by walking time that will be open on arrival and have a
// service. The peer answers a much easier one over the same stations: the nearest
// in a straight line, whatever the streets, the hours and the services. So the
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
				Peer: "orb's quadtree, any station in a straight line", Must: 2, Stretch: 3,
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
	network *network.Network
	tree    *quadtree.Quadtree
	judge   *exhaustive
	from    []geo.Point
}

func newFinding(a *atlas.Atlas, stations int) (*finding, error) {
	all, err := scatter(a.Walk, stations)
	if err != nil {
		return nil, err
	}
	n := network.New(streetsOf(a), all)
	n.Prepare(question(geo.Point{}, 1))
	tree, err := treeOf(n.Stations)
	if err != nil {
		return nil, err
	}
	return &finding{network: n, tree: tree, judge: newExhaustive(a, n), from: askers(a.Walk, questions)}, nil
}

// streetsOf is what a is for people on foot.
func streetsOf(a *atlas.Atlas) network.Streets {
	return network.Streets{Walk: a.Walk, WalkProfile: a.WalkProfile}
}

func (x *finding) measure(ctx context.Context, limit int) (Figures, error) {
	if err := x.judge.check(x.from[:proven], limit); err != nil {
		return Figures{}, err
	}
	var a network.Answer
	ours := func() (float64, error) {
		return perSecond(processor, nearestSpan, func(i int) error {
			return x.network.FindInto(&a, question(x.from[i%questions], limit))
		})
	}
	f, err := interleave(ctx, 5, ours, func() (float64, error) { return perSecond(processor, nearestSpan, x.plain(limit)) })
	f.Note = fmt.Sprintf("%d stations, limit %d; %d answers equal to an exhaustive search", len(x.network.Stations), limit, proven)
	return f, err
}

// plain asks the peer for any station, by the quicker of its two functions.
func (x *finding) plain(limit int) func(i int) error {
	if limit == 1 {
		return func(i int) error { x.tree.Find(pointOf(x.from[i%questions])); return nil }
	}
	var buffer []orb.Pointer
	return func(i int) error {
		buffer = x.tree.KNearest(buffer, pointOf(x.from[i%questions]), limit)
		return nil
	}
}

// indexed is a station in the quadtree.
type indexed struct {
	at  orb.Point
	is  geo.Point
	has bool // what is needed
}

// Point is what the quadtree asks for.
func (x *indexed) Point() orb.Point { return x.at }

// pointOf puts p on the plane of the city's middle, since the quadtree compares
// degrees as if they were equally long.
func pointOf(p geo.Point) orb.Point { return orb.Point{p.Lon * eastward, p.Lat} }

// eastward is how much shorter a degree of longitude is than one of latitude in
// Porto Alegre and in the metropolis.
var eastward = math.Cos(30 * math.Pi / 180)

func hasNeeded(p orb.Pointer) bool {
	x, ok := p.(*indexed)
	return ok && x.has
}

func treeOf(stations []station.Station) (*quadtree.Quadtree, error) {
	bound := orb.Bound{Min: pointOf(stations[0].At), Max: pointOf(stations[0].At)}
	for _, s := range stations {
		bound = bound.Extend(pointOf(s.At))
	}
	tree := quadtree.New(bound)
	for _, s := range stations {
		if err := tree.Add(&indexed{pointOf(s.At), s.At, s.Services.Has(station.ServicesOf(needed))}); err != nil {
			return nil, err
		}
	}
	return tree, nil
}
