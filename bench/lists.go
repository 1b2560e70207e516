package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// listEntries measure full lists: the exact distance to every junction within a
// quarter of an hour of each of a country's 160,000 stations, laid onto one city
// or one metropolis. The peer is the product's own search, one station after the
// other in the order in which they come.
func listEntries(in *inputs) []Entry {
	beside := func(name string, open func(context.Context) (*atlas.Atlas, error), must, stretch float64) Entry {
		return Entry{
			Name: name, Unit: "lists/s", Peer: "one search after another", Must: must, Stretch: stretch,
			Run: func(ctx context.Context) (Figures, error) {
				n, err := open(ctx)
				if err != nil {
					return Figures{}, err
				}
				return besideScalar(ctx, newFullLists(n, metropolisStations))
			},
		}
	}
	return []Entry{
		beside("lists-city", in.openCity, 4, 8),
		beside("lists-metropolis", in.openMetropolis, 2, 4),
		{
			Name: "lists-two-threads", Unit: "lists/s", Peer: "one thread", Must: 1.8, Stretch: 1.9,
			Run: func(ctx context.Context) (Figures, error) {
				n, err := in.openMetropolis(ctx)
				if err != nil {
					return Figures{}, err
				}
				return twoThreads(ctx, newFullLists(n, metropolisStations))
			},
		},
		{
			Name: "lists-growth", Unit: "exponent", Peer: "limit", Less: true, Must: 1, Stretch: 0.90 / 0.65,
			Run: func(ctx context.Context) (Figures, error) {
				n, err := in.openMetropolis(ctx)
				if err != nil {
					return Figures{}, err
				}
				return listGrowth(ctx, newFullLists(n, fewStations), newFullLists(n, metropolisStations))
			},
		},
	}
}

// fewStations is where growth is measured from.
const fewStations = 10_000

// fullLists is the lists of stations at random places on streets.
type fullLists struct {
	graph   *road.Graph
	budget  uint32
	sources []road.Snap
	found   checksum // by the last run
}

func newFullLists(n *atlas.Atlas, count int) *fullLists {
	return &fullLists{graph: n.Walk, budget: n.WalkProfile.Budget(15 * time.Minute), sources: onStreets(n.Walk, count)}
}

// onStreets returns random places on streets, the same for the same count.
func onStreets(g *road.Graph, count int) []road.Snap {
	random := rand.New(rand.NewPCG(4, uint64(count)))
	all := make([]road.Snap, count)
	for i := range all {
		e := road.Edge(random.IntN(g.Edges()))
		all[i] = road.Snap{Edge: e, Along: uint32(random.IntN(int(g.EdgeLength(e)) + 1))}
	}
	return all
}

// batch makes all lists and returns how long it took by the clock.
func (l *fullLists) batch(now clock, goroutines int) (float64, error) {
	var settled, sum atomic.Uint64
	took, err := seconds(now, func() error {
		reach.Lists(l.graph, l.sources, l.budget, goroutines, func(_ int32, list []reach.Reached) {
			settled.Add(uint64(len(list)))
			sum.Add(total(list))
		})
		return nil
	})
	l.found = checksum{int(settled.Load()), sum.Load()}
	return took, err
}

func total(list []reach.Reached) (dm uint64) {
	for _, r := range list {
		dm += uint64(r.Length)
	}
	return dm
}

func (l *fullLists) note() string {
	return fmt.Sprintf("%d stations on %d nodes; equal: %d settled a list, distances sum to %d dm",
		len(l.sources), l.graph.Nodes(), l.found.settled/len(l.sources), l.found.sum)
}

func besideScalar(ctx context.Context, l *fullLists) (Figures, error) {
	search := reach.NewSearch(l.graph)
	var peer checksum
	f, err := interleave(ctx, 3, func() (float64, error) {
		took, err := l.batch(processor, 1)
		return float64(len(l.sources)) / took, err
	}, func() (float64, error) {
		peer = checksum{}
		took, err := seconds(processor, func() error {
			for _, s := range l.sources {
				list := search.Within(s, l.budget)
				peer.settled += len(list)
				peer.sum += total(list)
			}
			return ctx.Err()
		})
		return float64(len(l.sources)) / took, err
	})
	if err == nil && l.found != peer {
		err = fmt.Errorf("the lists differ: the batch's %+v, one by one %+v", l.found, peer)
	}
	f.Note = l.note()
	return f, err
}

func twoThreads(ctx context.Context, l *fullLists) (Figures, error) {
	var found [2]checksum
	on := func(goroutines int) func() (float64, error) {
		return func() (float64, error) {
			took, err := l.batch(wall, goroutines)
			found[goroutines-1] = l.found
			return float64(len(l.sources)) / took, err
		}
	}
	f, err := interleave(ctx, 7, on(2), on(1))
	if err == nil && found[0] != found[1] {
		err = fmt.Errorf("the lists differ: on one thread %+v, on two %+v", found[0], found[1])
	}
	f.Note = l.note() + "; on the wall"
	return f, err
}

// listGrowth compares the exponent of time, from few stations to many, with what
// is promised.
func listGrowth(ctx context.Context, few, many *fullLists) (Figures, error) {
	f, err := interleave(ctx, 5,
		func() (float64, error) { return few.batch(processor, 1) },
		func() (float64, error) { return many.batch(processor, 1) })
	if err != nil {
		return f, err
	}
	growth := float64(len(many.sources)) / float64(len(few.sources))
	return Figures{
		Ours: math.Log(f.Peer/f.Ours) / math.Log(growth), Peer: 0.90,
		Note: fmt.Sprintf("%d stations %.3f s, %d stations %.3f s, on %d nodes",
			len(few.sources), f.Ours, len(many.sources), f.Peer, few.graph.Nodes()),
	}, nil
}
