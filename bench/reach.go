package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// reachEntries measure the work under everything: who is within a quarter of
// an hour on foot, from a thousand random junctions, on one thread. One peer is
// the textbook's search with nodes numbered as the extract has them; the other
// is the same work in C. All give the same number of junctions and the same sum
// of distances.
func reachEntries(in *inputs) []Entry {
	var all []Entry
	for _, city := range []struct {
		name          string
		open          func(context.Context) (*atlas.Atlas, error)
		file          func(context.Context) (string, error)
		must, stretch float64
	}{
		{"city", in.openCity, func(context.Context) (string, error) { return cityFile() }, 3, 4},
		{"metropolis", in.openMetropolis, metropolisFile, 4, 5},
	} {
		all = append(all, Entry{
			Name: "reach-search-" + city.name, Unit: "searches/s", Peer: "lazy binary heap, source's order",
			Must: city.must, Stretch: city.stretch,
			Run: func(ctx context.Context) (Figures, error) {
				n, err := city.open(ctx)
				if err != nil {
					return Figures{}, err
				}
				path, err := city.file(ctx)
				if err != nil {
					return Figures{}, err
				}
				return besideHeap(ctx, newRandomSearches(n), path)
			},
		}, Entry{
			Name: "reach-limit-" + city.name, Unit: "searches/s", Peer: "limit.c", Must: 0.65, Stretch: 0.8,
			Run: func(ctx context.Context) (Figures, error) {
				n, err := city.open(ctx)
				if err != nil {
					return Figures{}, err
				}
				return besideLimit(ctx, newRandomSearches(n))
			},
		})
	}
	return all
}

const searches = 1000

// randomSearches are a thousand bounded searches in one batch.
type randomSearches struct {
	graph  *road.Graph
	budget uint32
	starts []start
	sorted []start // as the batch takes them
	search *reach.Search
	found  checksum // by the last run
}

func newRandomSearches(n *atlas.Atlas) *randomSearches {
	r := &randomSearches{
		graph: n.Walk, budget: n.WalkProfile.Budget(15 * time.Minute),
		starts: randomNodes(n.Walk, searches), search: reach.NewSearch(n.Walk),
	}
	r.sorted = make([]start, len(r.starts))
	return r
}

// run searches from every start. The batch puts its sources into the order of
// their nodes first, which counts.
func (r *randomSearches) run() {
	copy(r.sorted, r.starts)
	slices.SortFunc(r.sorted, func(a, b start) int { return cmp.Compare(a.node, b.node) })
	r.found = checksum{}
	for _, s := range r.sorted {
		list := r.search.Within(s.snap, r.budget)
		r.found.settled += len(list)
		for _, to := range list {
			r.found.sum += uint64(to.Length)
		}
	}
}

// perSecond runs them once and returns how many a second of processor time makes.
func (r *randomSearches) perSecond(ctx context.Context) (float64, error) {
	took, err := seconds(processor, func() error { r.run(); return ctx.Err() })
	return searches / took, err
}

// proven says what is equal, or that nothing is.
func (r *randomSearches) proven(f Figures, peer checksum) (Figures, error) {
	if r.found != peer {
		return f, fmt.Errorf("the answers differ: ours %+v, the peer's %+v", r.found, peer)
	}
	f.Note = fmt.Sprintf("%d nodes; equal: %d settled a search, distances sum to %d dm", r.graph.Nodes(), r.found.settled/searches, r.found.sum)
	return f, nil
}

func besideHeap(ctx context.Context, r *randomSearches, path string) (Figures, error) {
	order, err := sourceOrder(ctx, r.graph, path)
	if err != nil {
		return Figures{}, err
	}
	ours := newDijkstra(r.graph)
	plain, number := ours.inOrder(order)
	var peer checksum
	heap := func(d *dijkstra, nodeOf func(start) road.Node) func() (float64, error) {
		return func() (float64, error) {
			peer = checksum{}
			took, err := seconds(processor, func() error {
				for _, s := range r.starts {
					settled, sum := d.run(r.budget, road.Exit{Node: nodeOf(s)})
					peer.settled += settled
					peer.sum += sum
				}
				return ctx.Err()
			})
			return searches / took, err
		}
	}
	f, err := interleave(ctx, 9, func() (float64, error) { return r.perSecond(ctx) },
		heap(plain, func(s start) road.Node { return number[s.node] }))
	if err != nil {
		return f, err
	}
	if f, err = r.proven(f, peer); err != nil {
		return f, err
	}
	same, err := interleave(ctx, 3, func() (float64, error) { return r.perSecond(ctx) },
		heap(ours, func(s start) road.Node { return s.node }))
	f.Note += fmt.Sprintf("; on our order of nodes the heap makes %s/s, ratio %.2f", figure(same.Peer), same.Ours/same.Peer)
	return f, err
}

func besideLimit(ctx context.Context, r *randomSearches) (Figures, error) {
	r.run()
	var sources []road.Node
	for _, s := range r.sorted {
		sources = append(sources, s.node)
	}
	kernel, err := startLimit(ctx, r.graph, sources, r.budget)
	if err != nil {
		return Figures{}, err
	}
	var peer checksum
	f, err := interleave(ctx, 9, func() (float64, error) { return r.perSecond(ctx) }, func() (float64, error) {
		took, found, err := kernel.run()
		peer = found
		return searches / took, err
	})
	if err = errors.Join(err, kernel.stop()); err != nil {
		return f, err
	}
	return r.proven(f, peer)
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
