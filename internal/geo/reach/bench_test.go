package reach_test

import (
	"math/rand/v2"
	"testing"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// lattice is a city of n by n junctions about 80 m apart, a tenth of its
// streets missing: about as many nodes within 15 minutes as in a real one.
func lattice(tb testing.TB, n int) *road.Graph {
	tb.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	vertices := make([]geo.Fixed, 0, n*n)
	for y := range n {
		for x := range n {
			vertices = append(vertices, at(80*float64(x)+30*random.Float64(), 80*float64(y)+30*random.Float64()))
		}
	}
	b := road.NewBuilder(vertices)
	street := func(from, to int) {
		if random.IntN(10) > 0 {
			b.Add(road.Street{Line: []uint32{uint32(from), uint32(to)}, Forward: true, Backward: true})
		}
	}
	for y := range n {
		for x := range n {
			if x+1 < n {
				street(y*n+x, y*n+x+1)
			}
			if y+1 < n {
				street(y*n+x, (y+1)*n+x)
			}
		}
	}
	g, err := b.Build(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// scatter places stations at random, in node order as a batch would sort them.
func scatter(g *road.Graph, count int) []road.Snap {
	random := rand.New(rand.NewPCG(3, 4))
	snaps := make([]road.Snap, 0, count)
	for range count {
		e := road.Edge(random.IntN(g.Edges()))
		snaps = append(snaps, road.Snap{Edge: e, Along: uint32(random.IntN(int(g.EdgeLength(e))))})
	}
	return snaps
}

func BenchmarkSearch(b *testing.B) {
	g := lattice(b, 150)
	search, from, settled := reach.NewSearch(g), scatter(g, 1000), 0
	for i := 0; b.Loop(); i++ {
		search.Run(from[i%len(from)], 12_000, func(road.Node, uint32) bool { settled++; return true })
	}
	b.ReportMetric(float64(settled)/float64(b.N), "settled/op")
}

func BenchmarkNearest(b *testing.B) {
	g := lattice(b, 150)
	stations := scatter(g, 2000)
	for b.Loop() {
		nearestTo(g, stations, 4, 12_000)
	}
}

func BenchmarkAreas(b *testing.B) {
	g := lattice(b, 150)
	stations := scatter(g, 50)
	for i := 0; b.Loop(); i++ {
		areasOf(g, stations[i%50:i%50+1], []uint32{4000, 8000, 12_000})
	}
}
