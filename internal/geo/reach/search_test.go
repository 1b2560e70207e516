package reach_test

import (
	"cmp"
	"slices"
	"testing"

	diff "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// lists returns what the search finds, in order: by Within, by Run, and by
// either without vectors.
func lists(g *road.Graph, from road.Snap, budget uint32) [4][]reach.Reached {
	var out [4][]reach.Reached
	for i, search := range []*reach.Search{reach.NewSearch(g), reach.NewSearch(g).Plainly()} {
		for range 2 { // whatever the search was used for before
			out[2*i] = slices.Clone(search.Within(from, budget))
			out[2*i+1] = nil
			search.Run(from, budget, func(n road.Node, d uint32) bool {
				out[2*i+1] = append(out[2*i+1], reach.Reached{Node: n, Length: d})
				return true
			})
		}
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b reach.Reached) int {
			return cmp.Or(cmp.Compare(a.Length, b.Length), cmp.Compare(a.Node, b.Node))
		})
	}
	return out
}

func sameLists(tb failer, got [4][]reach.Reached) {
	for i, name := range []string{"Run", "Within without vectors", "Run without vectors"} {
		if !slices.Equal(got[0], got[i+1]) {
			tb.Fatalf("Within and %s differ (-Within):\n%s", name, diff.Diff(got[0], got[i+1]))
		}
	}
}

func TestSearchIsTheSameEveryWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, true)
		sameLists(t, lists(w.Graph, w.drawSnaps(t, 1, 1, "from")[0], budgets.Draw(t, "budget")))
	})
	g := lattice(t, 60)
	for _, from := range scatter(g, 20) {
		sameLists(t, lists(g, from, 12_000))
	}
}

const arms, armLength = 9, 250

// crowd is two thousand junctions within a few metres, which are more than a
// bucket has room for at first, and one of eighteen streets, more than a star has.
func crowd(tb testing.TB) *road.Graph {
	tb.Helper()
	vertices := []geo.Fixed{at(0, 0)}
	for arm := range arms {
		for i := range armLength {
			vertices = append(vertices, at(float64(arm), float64(i+1)/100))
		}
	}
	b := road.NewBuilder(vertices)
	for v := 1; v < len(vertices); v++ {
		before := uint32(v - 1)
		if v%armLength == 1 {
			before = 0
		}
		for _, name := range []string{"一", "二"} { // two streets each, so that every vertex is a junction
			b.Add(road.Street{Line: []uint32{before, uint32(v)}, Name: name, Forward: true, Backward: true})
		}
	}
	g, err := b.Build(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

func TestSearchOfACrowd(t *testing.T) {
	g := crowd(t)
	from, _ := g.SnapNode(0)
	got := lists(g, from, 12_000)
	sameLists(t, got)
	if len(got[0]) != arms*armLength+1 {
		t.Errorf("%d nodes are reached of %d", len(got[0]), arms*armLength+1)
	}
}
