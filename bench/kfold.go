package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// kfoldEntries measure the sweep that knows the k nearest of 160,000 stations for
// every junction of the metropolis, on one thread. The peer is the textbook's
// search from all stations at once, which knows the distance to the nearest.
func kfoldEntries(in *inputs) []Entry {
	beside := func(k int, must, stretch float64) Entry {
		return Entry{
			Name: fmt.Sprintf("kfold-%d", k), Unit: "s", Peer: "one plain multi-source search", Less: true,
			Must: must, Stretch: stretch,
			Run: func(ctx context.Context) (Figures, error) {
				n, err := in.openMetropolis(ctx)
				if err != nil {
					return Figures{}, err
				}
				return kfold(ctx, n, k)
			},
		}
	}
	return []Entry{
		beside(1, 1.0/2, 1/1.5), beside(4, 1.0/10, 1.0/6),
		{
			Name: "kfold-growth", Unit: "×", Peer: "limit", Less: true, Must: 1, Stretch: 1.6 / 1.2,
			Run: func(ctx context.Context) (Figures, error) {
				n, err := in.openMetropolis(ctx)
				if err != nil {
					return Figures{}, err
				}
				return kfoldGrowth(ctx, n)
			},
		},
	}
}

func kfold(ctx context.Context, n *atlas.Atlas, k int) (Figures, error) {
	g, budget := n.Walk, n.WalkProfile.Budget(15*time.Minute)
	if !g.Symmetric() {
		return Figures{}, fmt.Errorf("%w: the walk is not the same both ways", errNotHere)
	}
	sources, plain := onStreets(g, metropolisStations), newDijkstra(g)
	var starts []road.Exit
	for _, s := range sources {
		exits, count := g.Exits(s)
		starts = append(starts, exits[:count]...)
	}
	var near *reach.Nearby
	var peer checksum
	f, err := interleave(ctx, 5, func() (float64, error) {
		return seconds(processor, func() (err error) { near, err = reach.Nearest(ctx, g, sources, k, budget); return err })
	}, func() (float64, error) {
		return seconds(processor, func() error { peer.settled, peer.sum = plain.run(budget, starts...); return nil })
	})
	if err != nil {
		return f, err
	}
	var nearest checksum
	for node := range road.Node(g.Nodes()) {
		if hits := near.At(node); len(hits) > 0 {
			nearest.settled++
			nearest.sum += uint64(hits[0].Length)
		}
	}
	if nearest != peer {
		return f, fmt.Errorf("the nearest differ: ours %+v, the peer's %+v", nearest, peer)
	}
	if err := asListed(near, sources, budget, g); err != nil {
		return f, err
	}
	f.Note = fmt.Sprintf("%d stations on %d nodes; equal: the nearest of %d nodes, %d dm in sum, and all %d of each to the full lists",
		len(sources), g.Nodes(), peer.settled, peer.sum, k)
	return f, nil
}

// asListed proves the sweep by the full lists: of all the stations that reach a
// node, the k first are those that the sweep knows.
func asListed(near *reach.Nearby, sources []road.Snap, budget uint32, g *road.Graph) error {
	k := near.K()
	best, count := make([]reach.Hit, k*g.Nodes()), make([]int, g.Nodes())
	var mu sync.Mutex
	reach.Lists(g, sources, budget, 1, func(source int32, list []reach.Reached) {
		mu.Lock()
		defer mu.Unlock()
		for _, r := range list {
			hits := best[k*int(r.Node):][:k]
			i := count[r.Node]
			for i > 0 && (r.Length < hits[i-1].Length || r.Length == hits[i-1].Length && source < hits[i-1].Source) {
				if i < k {
					hits[i] = hits[i-1]
				}
				i--
			}
			if i < k {
				hits[i] = reach.Hit{Source: source, Length: r.Length}
				count[r.Node] = min(count[r.Node]+1, k)
			}
		}
	})
	for n := range road.Node(g.Nodes()) {
		if want := best[k*int(n):][:count[n]]; !slices.Equal(near.At(n), want) {
			return fmt.Errorf("node %d: the sweep has %v, the lists %v", n, near.At(n), want)
		}
	}
	return nil
}

// kfoldGrowth compares how much longer the sweep for four takes from many stations
// than from few with what is promised.
func kfoldGrowth(ctx context.Context, n *atlas.Atlas) (Figures, error) {
	const k = 4
	budget := n.WalkProfile.Budget(15 * time.Minute)
	sweep := func(stations int) func() (float64, error) {
		sources := onStreets(n.Walk, stations)
		return func() (float64, error) {
			return seconds(processor, func() error { _, err := reach.Nearest(ctx, n.Walk, sources, k, budget); return err })
		}
	}
	f, err := interleave(ctx, 5, sweep(metropolisStations), sweep(fewStations))
	if err != nil {
		return f, err
	}
	return Figures{
		Ours: f.Ours / f.Peer, Peer: 1.6,
		Note: fmt.Sprintf("the %d nearest of %d stations %.3f s, of %d %.3f s", k, metropolisStations, f.Ours, fewStations, f.Peer),
	}, nil
}
