package road_test

import (
	"context"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/flat"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// metre is one metre of latitude in units of geo.Fixed. Drawn graphs lie on
// the equator, where it is one metre of longitude too.
const metre = 89.93216

func at(x, y float64) geo.Fixed {
	return geo.Fixed{Lon: int32(math.Round(x * metre)), Lat: int32(math.Round(y * metre))}
}

func build(t interface{ Fatal(...any) }, vertices []geo.Fixed, streets ...road.Street) *road.Graph {
	b := road.NewBuilder(vertices)
	for _, s := range streets {
		b.Add(s)
	}
	g, err := b.Build(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func both(name string, line ...uint32) road.Street {
	return road.Street{Line: line, Name: name, Forward: true, Backward: true}
}

// A T of two streets, the bar drawn in two ways that meet in the middle of
// nowhere, becomes one node of degree three and three dead ends.
func TestContractsToJunctions(t *testing.T) {
	vertices := []geo.Fixed{at(0, 0), at(100, 0), at(200, 0), at(300, 0), at(400, 0), at(200, 150)}
	g := build(t, vertices, both("长江路", 0, 1), both("长江路", 3, 2, 1), both("长江路", 3, 4), both("小巷", 2, 5))
	if g.Nodes() != 4 || g.Edges() != 3 || g.Arcs() != 6 {
		t.Fatalf("%d nodes, %d edges, %d arcs; want 4, 3, 6", g.Nodes(), g.Edges(), g.Arcs())
	}
	lengths := map[string]uint32{}
	for e := range road.Edge(g.Edges()) {
		lengths[g.Name(e)] += g.EdgeLength(e)
		tail, head := g.Ends(e)
		if shape := g.Shape(e); shape[0] != g.At(tail) || shape[len(shape)-1] != g.At(head) {
			t.Errorf("the shape of edge %d does not end at its ends", e)
		}
	}
	if lengths["长江路"] < 4000 || lengths["长江路"] > 4004 || lengths["小巷"] < 1500 || lengths["小巷"] > 1502 {
		t.Errorf("lengths %v", lengths)
	}
}

func TestKeepsWhatDiffersApart(t *testing.T) {
	vertices := []geo.Fixed{at(0, 0), at(100, 0), at(200, 0), at(300, 0)}
	oneway := road.Street{Line: []uint32{1, 2}, Name: "a", Forward: true}
	steps := road.Street{Line: []uint32{2, 3}, Name: "a", Forward: true, Backward: true, Kind: road.Steps}
	g := build(t, vertices, both("a", 0, 1), oneway, steps)
	if g.Edges() != 3 || g.Arcs() != 5 || g.Symmetric() {
		t.Fatalf("%d edges, %d arcs", g.Edges(), g.Arcs())
	}
	// A one-way street drawn in two ways, the second one backwards, is one edge.
	g = build(t, vertices, road.Street{Line: []uint32{0, 1}, Forward: true}, road.Street{Line: []uint32{2, 1}, Backward: true})
	if g.Edges() != 1 || g.Arcs() != 1 {
		t.Fatalf("%d edges, %d arcs; want 1, 1", g.Edges(), g.Arcs())
	}
}

func TestRingHasTwoNodes(t *testing.T) {
	vertices := []geo.Fixed{at(0, 0), at(100, 0), at(100, 100), at(0, 100)}
	g := build(t, vertices, both("环", 0, 1, 2, 3, 0))
	if g.Nodes() != 2 || g.Edges() != 2 {
		t.Fatalf("%d nodes, %d edges; want 2, 2", g.Nodes(), g.Edges())
	}
	if m := g.LengthM(); m < 400 || m > 400.5 {
		t.Errorf("the ring measures %.1f m", m)
	}
	if g := build(t, vertices, both("无", 1, 1)); g.Edges() != 0 {
		t.Error("a line from a vertex to itself became an edge")
	}
}

func TestSnapPrefersAPieceToLeave(t *testing.T) {
	vertices := []geo.Fixed{at(0, 0), at(6000, 0), at(100, 40), at(140, 40)}
	g := build(t, vertices, both("大街", 0, 1), both("院内", 2, 3))
	if n := len(g.Components()); n != 2 {
		t.Fatalf("%d pieces", n)
	}
	s, ok := g.Snap(at(120, 38).Point(), 100)
	if !ok || g.Name(s.Edge) != "大街" || s.Isolated || math.Abs(s.OffM-38) > 0.1 || s.Along != 1200 {
		t.Errorf("snapped to %s at %d dm, %.1f m off, %v", g.Name(s.Edge), s.Along, s.OffM, ok)
	}
	if s, ok = g.Snap(at(120, 38).Point(), 30); !ok || !s.Isolated {
		t.Errorf("with nothing else within 30 m: %+v, %v", s, ok)
	}
	if _, ok = g.Snap(at(120, -600).Point(), 500); ok {
		t.Error("snapped beyond the bound")
	}
}

func TestRouteOneWay(t *testing.T) {
	// A block: the south side is one-way east, the others are two-way.
	vertices := []geo.Fixed{at(0, 0), at(200, 0), at(200, 100), at(0, 100)}
	g := build(t, vertices, road.Street{Line: []uint32{0, 1}, Name: "南", Forward: true}, both("东", 1, 2), both("北", 2, 3), both("西", 3, 0))
	west, _ := g.Snap(at(50, 0).Point(), 10)
	east, _ := g.Snap(at(150, 0).Point(), 10)
	with, ok := g.Route(west, east, 1<<20)
	if !ok || with.Length != 1000 {
		t.Errorf("with the traffic: %d dm, %v", with.Length, ok)
	}
	against, ok := g.Route(east, west, 1<<20)
	var names []string
	for _, l := range against.Legs {
		names = append(names, l.Name)
	}
	if diff := cmp.Diff([]string{"南", "东", "北", "西", "南"}, names); !ok || diff != "" {
		t.Errorf("against the traffic: %v %s", against, diff)
	}
	if against.Length < 5000 || against.Length > 5005 {
		t.Errorf("against the traffic it is %d dm", against.Length)
	}
	if _, ok := g.Route(east, west, 4000); ok {
		t.Error("a route longer than its limit")
	}
}

// Who stands on a junction may take any of its streets, whichever of them the
// place was found on.
func TestExitsOfAJunction(t *testing.T) {
	vertices := []geo.Fixed{at(0, 0), at(200, 0), at(200, 100)}
	g := build(t, vertices, road.Street{Line: []uint32{0, 1}, Name: "单行", Forward: true}, both("东", 1, 2))
	end, _ := g.Snap(at(200, 0).Point(), 1)
	if g.Name(end.Edge) != "单行" {
		end.Edge, end.Along = 1-end.Edge, g.EdgeLength(1-end.Edge)
	}
	side, _ := g.Snap(at(200, 50).Point(), 1)
	if p, ok := g.Route(end, side, 1<<20); !ok || p.Length > 510 {
		t.Errorf("from the end of the one-way street: %d dm, %v", p.Length, ok)
	}
}

func TestSaveAndLoad(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		g := randomGraph(r)
		path := filepath.Join(t.TempDir(), "g.flat")
		w, err := flat.Create(path, "v")
		if err != nil {
			r.Fatal(err)
		}
		g.Save(w, "walk/")
		if err := w.Commit(); err != nil {
			r.Fatal(err)
		}
		f, err := flat.Open(path, "v")
		if err != nil {
			r.Fatal(err)
		}
		h, err := road.Load(f, "walk/")
		if err != nil {
			r.Fatal(err)
		}
		if h.Nodes() != g.Nodes() || h.Arcs() != g.Arcs() || !slices.Equal(h.Components(), g.Components()) {
			r.Fatalf("loaded another graph")
		}
		for e := range road.Edge(g.Edges()) {
			if h.Name(e) != g.Name(e) || !cmp.Equal(h.Shape(e), g.Shape(e)) || h.EdgeLength(e) != g.EdgeLength(e) {
				r.Fatalf("edge %d differs", e)
			}
		}
		if _, err := road.Load(f, "ebike/"); err == nil {
			r.Fatal("loaded a graph that is not there")
		}
	})
}

// randomGraph draws up to 60 streets between up to 40 places, one-way or not.
func randomGraph(t *rapid.T) *road.Graph {
	coord := rapid.Float64Range(0, 2000)
	n := rapid.IntRange(2, 40).Draw(t, "places")
	vertices := make([]geo.Fixed, n)
	for i := range vertices {
		vertices[i] = at(coord.Draw(t, "x"), coord.Draw(t, "y"))
	}
	place := rapid.Uint32Range(0, uint32(n-1))
	var streets []road.Street
	for range rapid.IntRange(1, 60).Draw(t, "streets") {
		s := road.Street{Line: rapid.SliceOfN(place, 2, 4).Draw(t, "line"), Name: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "name")}
		way := rapid.IntRange(0, 4).Draw(t, "way")
		s.Forward, s.Backward = way != 1, way != 2
		streets = append(streets, s)
	}
	return build(t, vertices, streets...)
}

// The route has the length that all-pairs relaxation gives, is drawn as long as
// it says, is shorter than the straight line by its rounding at most, and each way
// back in the reverse graph is as long as the way there.
func TestRouteIsShortest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := randomGraph(t)
		if g.Edges() == 0 {
			return
		}
		dist := allPairs(g)
		draw := func(name string) road.Snap {
			e := rapid.Uint32Range(0, uint32(g.Edges()-1)).Draw(t, name)
			along := rapid.Uint32Range(0, g.EdgeLength(e)).Draw(t, name+" along")
			line := g.Shape(e)
			return road.Snap{Edge: e, Along: along, At: line[0]}
		}
		from, to := draw("from"), draw("to")
		want, wantOK := uint64(math.MaxUint64), false
		if l, ok := g.Straight(from, to); ok {
			want, wantOK = uint64(l), true
		}
		starts, n := g.Exits(from)
		goals, m := g.Reverse().Exits(to)
		for _, s := range starts[:n] {
			for _, e := range goals[:m] {
				if d := dist[s.Node][e.Node]; d < math.MaxUint32 {
					want, wantOK = min(want, uint64(s.Length)+d+uint64(e.Length)), true
				}
			}
		}
		path, ok := g.Route(from, to, 1<<31)
		if ok != wantOK || ok && uint64(path.Length) != want {
			t.Fatalf("route %d, %v; want %d, %v", path.Length, ok, want, wantOK)
		}
		if !ok {
			return
		}
		back, _ := g.Reverse().Route(to, from, 1<<31)
		if back.Length != path.Length {
			t.Fatalf("there %d, back in the reverse graph %d", path.Length, back.Length)
		}
		checkDrawn(t, path)
	})
}

func checkDrawn(t *rapid.T, path road.Path) {
	var drawn float64
	for i := 1; i < len(path.Line); i++ {
		drawn += geo.Distance(path.Line[i-1].Point(), path.Line[i].Point())
	}
	said := float64(path.Length) / 10
	slack := 0.2*float64(len(path.Line)+1) + said*0.002
	if math.Abs(drawn-said) > slack {
		t.Fatalf("says %.1f m, drawn %.1f m", said, drawn)
	}
	straight := geo.Distance(path.Line[0].Point(), path.Line[len(path.Line)-1].Point())
	if said+slack < straight {
		t.Fatalf("%.1f m is shorter than the straight line, %.1f m", said, straight)
	}
	var legs uint32
	for _, l := range path.Legs {
		legs += l.Length
	}
	if legs != path.Length {
		t.Fatalf("legs sum to %d of %d", legs, path.Length)
	}
}

func allPairs(g *road.Graph) [][]uint64 {
	n := g.Nodes()
	d := make([][]uint64, n)
	for i := range d {
		d[i] = make([]uint64, n)
		for j := range d[i] {
			if i != j {
				d[i][j] = math.MaxUint32
			}
		}
		for a, last := g.Out(uint32(i)); a < last; a++ {
			d[i][g.Head(a)] = min(d[i][g.Head(a)], uint64(g.Length(a)))
		}
	}
	for k := range n {
		for i := range n {
			for j := range n {
				d[i][j] = min(d[i][j], d[i][k]+d[k][j])
			}
		}
	}
	return d
}

// Two nodes are in one piece exactly when each reaches the other.
func TestComponents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := randomGraph(t)
		d := allPairs(g)
		nodes := 0
		for _, c := range g.Components() {
			nodes += c.Nodes
		}
		if nodes != g.Nodes() {
			t.Fatalf("the pieces have %d nodes of %d", nodes, g.Nodes())
		}
		for i := range d {
			for j := range d {
				mutual := d[i][j] < math.MaxUint32 && d[j][i] < math.MaxUint32
				if mutual != (g.Component(uint32(i)) == g.Component(uint32(j))) {
					t.Fatalf("nodes %d and %d: mutual %v, pieces %d and %d", i, j, mutual, g.Component(uint32(i)), g.Component(uint32(j)))
				}
			}
		}
	})
}
