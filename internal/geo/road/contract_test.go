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
// every edge is as long as its line, rounded up.
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
			if dm := float64(g.EdgeLength(e)); dm < metres*10 || dm > metres*10+2 { // 2: a loop is cut in two parts
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

// The plane never makes a street shorter than the great circle, nor longer by
// what anybody could notice.
func TestStreetsAreMeasuredLong(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 50_000 {
		lat := random.Float64()*150 - 75
		a := geo.Point{Lon: random.Float64()*350 - 175, Lat: lat}.Fixed()
		reach := int32(math.Exp(random.Float64() * math.Log(100_000)))
		b := geo.Fixed{Lon: a.Lon + random.Int32N(2*reach+1) - reach, Lat: a.Lat + random.Int32N(2*reach+1) - reach}
		if a == b {
			continue
		}
		builder := road.NewBuilder([]geo.Fixed{a, b})
		builder.Add(road.Street{Line: []uint32{0, 1}, Forward: true, Backward: true})
		g, err := builder.Build(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		straight := geo.Distance(a.Point(), b.Point()) * 10
		if dm := float64(g.EdgeLength(0)); dm < straight-1e-6 || dm > straight*(1+2e-8)+1 {
			t.Fatalf("%v to %v is %.9f dm and measured %v", a, b, straight, dm)
		}
	}
}
