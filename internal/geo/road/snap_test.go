package road_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// However a place is looked up, it is put on the street that measuring to each
// of them finds, at whatever latitude the city lies.
func TestSnapIsWhatMeasuringToEveryStreetGives(t *testing.T) {
	const boundM = 500
	rapid.Check(t, func(t *rapid.T) {
		north := rapid.Int32Range(-80, 80).Draw(t, "latitude") * 10_000_000
		wide := rapid.SampledFrom([]int32{2_000, 40_000, 400_000}).Draw(t, "width")
		spot := rapid.Custom(func(t *rapid.T) geo.Fixed {
			return geo.Fixed{Lon: 1_017_000_000 + rapid.Int32Range(-wide, wide).Draw(t, "lon"), Lat: north + rapid.Int32Range(-wide, wide).Draw(t, "lat")}
		})
		vertices := rapid.SliceOfN(spot, 3, 40).Draw(t, "vertices")
		b := road.NewBuilder(vertices)
		vertex := rapid.Uint32Range(0, uint32(len(vertices)-1))
		for range rapid.IntRange(1, 20).Draw(t, "streets") {
			b.Add(road.Street{Line: rapid.SliceOfN(vertex, 2, 5).Draw(t, "line"), Forward: true, Backward: true})
		}
		g, err := b.Build(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		g.QuickenSnaps()
		for range 20 {
			p := spot.Draw(t, "place").Point()
			quick, ok := g.Snap(p, boundM)
			tree, okTree := g.SnapByTree(p, boundM)
			if ok != okTree || ok && (math.Abs(quick.OffM-tree.OffM) > 1e-6 || quick.Isolated != tree.Isolated) {
				t.Fatalf("from %v quickly %+v %v, by the tree %+v %v", p, quick, ok, tree, okTree)
			}
			if ok && (quick.Edge != tree.Edge || quick.Along != tree.Along) {
				t.Fatalf("from %v quickly %+v, by the tree %+v", p, quick, tree)
			}
			if !quick.Isolated {
				for e := range road.Edge(g.Edges()) {
					if s := g.Project(p, e); ok && s.OffM < quick.OffM-1e-6 && leavable(g, e) {
						t.Fatalf("from %v edge %d is %v m away, but %+v was taken", p, e, s.OffM, quick)
					}
				}
			}
		}
	})
}

// leavable asks by snapping to the middle of e with nothing else in reach.
func leavable(g *road.Graph, e road.Edge) bool {
	tail, _ := g.Ends(e)
	s, ok := g.SnapNode(tail)
	return ok && !s.Isolated
}
