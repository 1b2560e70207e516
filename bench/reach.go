package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// reachEntries measure the work under everything: who is within a quarter of
// an hour on foot, from a thousand random junctions, on one thread. The peer is
// the textbook's search on the same graph. Both give the same number of
// junctions and the same sum of distances.
func reachEntries(in *inputs) []Entry {
	entry := func(name string, open func(context.Context) (*atlas.Atlas, error)) Entry {
		return Entry{
			Name: name, Unit: "searches/s", Peer: "lazy binary heap", Must: 1, Stretch: 3,
			Run: func(ctx context.Context) (Figures, error) {
				n, err := open(ctx)
				if err != nil {
					return Figures{}, err
				}
				return reachSearch(ctx, n.Walk, n.WalkProfile.Budget(15*time.Minute))
			},
		}
	}
	return []Entry{entry("reach-search-city", in.openCity), entry("reach-search-metropolis", in.openMetropolis)}
}

const searches = 1000

func reachSearch(ctx context.Context, g *road.Graph, budget uint32) (Figures, error) {
	starts := randomNodes(g, searches)
	search, plain := reach.NewSearch(g), newDijkstra(g)
	var oursFound, peerFound checksum
	ours := func() (float64, error) {
		oursFound = checksum{}
		took, err := seconds(processor, func() error {
			for _, s := range starts {
				search.Run(s.snap, budget, func(_ road.Node, d uint32) bool {
					oursFound.settled++
					oursFound.sum += uint64(d)
					return true
				})
			}
			return ctx.Err()
		})
		return searches / took, err
	}
	peer := func() (float64, error) {
		peerFound = checksum{}
		took, err := seconds(processor, func() error {
			for _, s := range starts {
				settled, sum := plain.run(budget, road.Exit{Node: s.node})
				peerFound.settled += settled
				peerFound.sum += sum
			}
			return ctx.Err()
		})
		return searches / took, err
	}
	f, err := interleave(ctx, 7, ours, peer)
	if err != nil {
		return f, err
	}
	if oursFound != peerFound {
		return f, fmt.Errorf("the answers differ: ours %+v, the peer's %+v", oursFound, peerFound)
	}
	f.Note = fmt.Sprintf("%d nodes; equal: %d settled a search, distances sum to %d dm", g.Nodes(), oursFound.settled/searches, oursFound.sum)
	return f, nil
}

// checksum tells two searches' answers apart.
type checksum struct {
	settled int
	sum     uint64
}

type start struct {
	node road.Node
	snap road.Snap
}

// randomNodes picks junctions on streets that may be travelled both ways, so
// that standing on the street and at the junction is the same.
func randomNodes(g *road.Graph, count int) []start {
	random := rand.New(rand.NewPCG(1, 15))
	var all []start
	for len(all) < count {
		n := road.Node(random.IntN(g.Nodes()))
		snap, ok := g.SnapNode(n)
		if !ok {
			continue
		}
		if forward, backward := g.Directions(snap.Edge); forward && backward {
			all = append(all, start{n, snap})
		}
	}
	return all
}
