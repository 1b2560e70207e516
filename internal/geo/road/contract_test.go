package road_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// segment is a piece of street between two neighbouring vertices, seen from the
// lower of them.
type segment struct {
	a, b              geo.Fixed
	name              string
	forward, backward bool
	kind              road.Kind
}

func segmentOf(a, b geo.Fixed, name string, forward, backward bool, kind road.Kind) segment {
	if a.Lon > b.Lon || a.Lon == b.Lon && a.Lat > b.Lat {
		a, b, forward, backward = b, a, backward, forward
	}
	return segment{a, b, name, forward, backward, kind}
}

func (s segment) compare(o segment) int {
	flags := func(s segment) int {
		n := int(s.kind) << 2
		if s.forward {
			n |= 1
		}
		if s.backward {
			n |= 2
		}
		return n
	}
	return cmp.Or(cmp.Compare(s.a.Lon, o.a.Lon), cmp.Compare(s.a.Lat, o.a.Lat), cmp.Compare(s.b.Lon, o.b.Lon), cmp.Compare(s.b.Lat, o.b.Lat),
		cmp.Compare(s.name, o.name), cmp.Compare(flags(s), flags(o)))
}

// However streets meet, every piece of them is in one edge, once, with its name,
// kind and directions; nodes are where edges end and nowhere inside them; and
// every edge is as long as its line, but for less than a decimetre a street.
func TestContractionLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 14).Draw(t, "places") // few, so that streets meet, cross and close
		at := make([]geo.Fixed, n)
		for i := range at {
			at[i] = geo.Fixed{Lon: 1017000000 + int32(i*i*977), Lat: 366000000 + int32(i*7919%9973)}
		}
		b := road.NewBuilder(at)
		var want []segment
		for range rapid.IntRange(1, 9).Draw(t, "streets") {
			line := rapid.SliceOfN(rapid.Uint32Range(0, uint32(n-1)), 2, 6).Draw(t, "line")
			line = slices.Compact(line)
			way := rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "way")
			s := road.Street{
				Line: line, Name: rapid.SampledFrom([]string{"", "", "长街"}).Draw(t, "name"), Forward: way != 1, Backward: way != 2,
				Kind: rapid.SampledFrom([]road.Kind{road.Plain, road.Plain, road.Steps}).Draw(t, "kind"),
			}
			b.Add(s)
			for i := 1; i < len(line); i++ {
				want = append(want, segmentOf(at[line[i-1]], at[line[i]], s.Name, s.Forward, s.Backward, s.Kind))
			}
		}
		g, err := b.Build(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var got []segment
		for e := range road.Edge(g.Edges()) {
			line := g.Shape(e)
			forward, backward := g.Directions(e)
			metres := 0.0
			for i := 1; i < len(line); i++ {
				got = append(got, segmentOf(line[i-1], line[i], g.Name(e), forward, backward, g.Kind(e)))
				metres += geo.Distance(line[i-1].Point(), line[i].Point())
			}
			tail, head := g.Ends(e)
			if tail == head || line[0] != g.At(tail) || line[len(line)-1] != g.At(head) {
				t.Fatalf("edge %d from %d to %d has the line %v", e, tail, head, line)
			}
			if dm := float64(g.EdgeLength(e)); math.Abs(dm-metres*10) > float64(len(line)-1)+1e-3 { // a piece may be all of its street
				t.Fatalf("edge %d of %.3f m is %v dm", e, metres, dm)
			}
			for _, inner := range line[1 : len(line)-1] {
				for node := range road.Node(g.Nodes()) {
					// A line that turns back on itself ends at a node that it also runs over.
					if g.At(node) == inner && inner != line[0] && inner != line[len(line)-1] && !closes(g, node) {
						t.Fatalf("node %d lies inside edge %d", node, e)
					}
				}
			}
		}
		slices.SortFunc(want, segment.compare)
		slices.SortFunc(got, segment.compare)
		if !slices.Equal(want, got) {
			t.Fatalf("the edges are not the streets:\n%v\nwant\n%v", got, want)
		}
	})
}

// closes reports whether a node is where a loop was cut in two.
func closes(g *road.Graph, n road.Node) bool {
	ends := 0
	for e := range road.Edge(g.Edges()) {
		tail, head := g.Ends(e)
		if tail == n {
			ends++
		}
		if head == n {
			ends++
		}
	}
	return ends == 2
}

// A street of one piece is as long as the great circle, to the nearest decimetre.
func TestStreetsAreMeasuredAsTheGreatCircle(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 50_000 {
		lat := random.Float64()*150 - 75
		a := geo.Point{Lon: random.Float64()*350 - 175, Lat: lat}.Fixed()
		reach := int32(math.Exp(random.Float64() * math.Log(100_000)))
		b := geo.Fixed{Lon: a.Lon + random.Int32N(2*reach+1) - reach, Lat: a.Lat + random.Int32N(2*reach+1) - reach}
		if a == b {
			continue
		}
		g := build(t, []geo.Fixed{a, b}, both("", 0, 1))
		straight := geo.Distance(a.Point(), b.Point()) * 10
		if dm := float64(g.EdgeLength(0)); math.Abs(dm-straight) > 0.5+straight*2e-8 && !(dm == 1 && straight < 1) {
			t.Fatalf("%v to %v is %.9f dm and measured %v", a, b, straight, dm)
		}
	}
}

// However many junctions a street passes, its length is rounded but once: 22 of them
// once made 1,201.0 m of 1,199.81 m.
func TestJunctionsDoNotAddUp(t *testing.T) {
	const pieces, each = 22, 54.5368 // metres
	var vertices []geo.Fixed
	street := road.Street{Name: "长街", Forward: true, Backward: true}
	var lanes []road.Street
	for i := range uint32(pieces + 1) {
		x := float64(i) * each
		vertices = append(vertices, at(x, 0), at(x, 30))
		street.Line = append(street.Line, 2*i)
		lanes = append(lanes, both("", 2*i, 2*i+1))
	}
	g := build(t, vertices, append(lanes, street)...)
	from, _ := g.Snap(at(0, 0).Point(), 1)
	for i := range pieces {
		x := float64(i+1) * each
		to, _ := g.Snap(at(x, 0).Point(), 1)
		p, ok := g.Route(from, to, 1<<20)
		if want := uint32(math.Round(x * 10)); !ok || p.Length != want {
			t.Errorf("%d pieces: %d dm, want %d", i+1, p.Length, want)
		}
	}
}

// A way along one street is off by at most a decimetre, wherever it is cut into
// edges and from whichever junction to whichever; and no piece of it is free.
func TestAWayAlongAStreetIsOffByADecimetre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "vertices")
		vertices, metres := []geo.Fixed{at(0, 0)}, []float64{0}
		street := both("长街", 0)
		var lanes []road.Street
		x, y := 0.0, 0.0
		for i := 1; i < n; i++ {
			x += rapid.Float64Range(0.3, 80).Draw(t, "x")
			y += rapid.Float64Range(-9, 9).Draw(t, "y")
			vertices = append(vertices, at(x, y))
			metres = append(metres, metres[i-1]+geo.Distance(vertices[i-1].Point(), vertices[i].Point()))
			street.Line = append(street.Line, uint32(i))
		}
		for i := range uint32(n) {
			if rapid.Bool().Draw(t, "junction") {
				lanes = append(lanes, both("", i, uint32(len(vertices))))
				vertices = append(vertices, at(float64(i), -900))
			}
		}
		g := build(t, vertices, append(lanes, street)...)
		node := func(i int) road.Snap {
			s, ok := g.Snap(vertices[i].Point(), 1)
			if !ok {
				t.Fatalf("no street at vertex %d", i)
			}
			return s
		}
		from, to := rapid.IntRange(0, n-1).Draw(t, "from"), rapid.IntRange(0, n-1).Draw(t, "to")
		p, ok := g.Route(node(from), node(to), 1<<24)
		want := 10 * math.Abs(metres[to]-metres[from])
		if !ok || math.Abs(float64(p.Length)-want) > 1+1e-3 {
			t.Fatalf("from %d to %d: %d dm, %v, want %.3f", from, to, p.Length, ok, want)
		}
	})
}

// No way within a budget leads farther than FarthestM says, however short the
// pieces that it is made of, and in a plain town that is hardly more than the budget.
func TestFarthest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 30).Draw(t, "places")
		side := rapid.SampledFrom([]float64{0.5, 2, 10, 300}).Draw(t, "side")
		vertices := make([]geo.Fixed, n)
		for i := range vertices {
			vertices[i] = at(rapid.Float64Range(0, side).Draw(t, "x"), rapid.Float64Range(0, side).Draw(t, "y"))
		}
		var streets []road.Street
		for range rapid.IntRange(1, 40).Draw(t, "streets") {
			s := both("", rapid.SliceOfN(rapid.Uint32Range(0, uint32(n-1)), 2, 5).Draw(t, "line")...)
			if rapid.IntRange(0, 5).Draw(t, "ferry") == 0 {
				s.Kind, s.LengthM = road.Ferry, rapid.Float64Range(0.1, side).Draw(t, "length")
			}
			streets = append(streets, s)
		}
		g := build(t, vertices, streets...)
		if g.Nodes() == 0 {
			return
		}
		i := rapid.IntRange(0, g.Nodes()-1).Draw(t, "from")
		for j, dm := range allPairs(g)[i] {
			straight := geo.Distance(g.At(road.Node(i)).Point(), g.At(road.Node(j)).Point())
			if far := g.FarthestM(uint32(dm)); dm < math.MaxUint32 && straight > far+1e-3 {
				t.Fatalf("%d dm lead %.3f m, more than %.3f", dm, straight, far)
			}
		}
	})
	g := build(t, []geo.Fixed{at(0, 0), at(1000, 0), at(1000, 700)}, both("", 0, 1), both("", 1, 2))
	if far := g.FarthestM(12_000); far < 1200 || far > 1201 {
		t.Errorf("1,200 m lead %.1f m", far)
	}
}
