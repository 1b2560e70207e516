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

func sameLists(tb interface{ Fatalf(string, ...any) }, got [4][]reach.Reached) {
	for i, name := range []string{"Run", "Within without vectors", "Run without vectors"} {
		if d := diff.Diff(append([]reach.Reached{}, got[0]...), append([]reach.Reached{}, got[i+1]...)); d != "" {
			tb.Fatalf("Within and %s differ (-Within):\n%s", name, d)
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

// Two thousand junctions within a few metres are more than a bucket has room for
// at first, and a junction of nine streets more than a star has.
func TestSearchOfACrowd(t *testing.T) {
	vertices := []geo.Fixed{at(0, 0)}
	const arms, length = 9, 250
	for arm := range arms {
		for i := range length {
			vertices = append(vertices, at(float64(arm), float64(i+1)/100))
		}
	}
	b := road.NewBuilder(vertices)
	for v := 1; v < len(vertices); v++ {
		before := uint32(v - 1)
		if v%length == 1 {
			before = 0
		}
		for _, name := range []string{"一", "二"} { // two streets each, so that every vertex is a junction
			b.Add(road.Street{Line: []uint32{before, uint32(v)}, Name: name, Forward: true, Backward: true})
		}
	}
	g, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	from, _ := g.SnapNode(0)
	got := lists(g, from, 12_000)
	sameLists(t, got)
	if len(got[0]) != arms*length+1 {
		t.Errorf("%d nodes are reached of %d", len(got[0]), arms*length+1)
	}
}
