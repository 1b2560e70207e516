package road_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/osm"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/lang"
)

// tagged reads "key=value key=value".
func tagged(s string) osm.Tags {
	var t osm.Tags
	for part := range strings.FieldsSeq(s) {
		k, v, _ := strings.Cut(part, "=")
		t = append(t, osm.Tag{Key: k, Value: v})
	}
	slices.SortFunc(t, func(a, b osm.Tag) int { return strings.Compare(a.Key, b.Key) })
	return t
}

// grid is an extract with vertices 100 m apart, ten to a row.
func grid(ways ...osm.Way) *osm.Extract {
	x := &osm.Extract{}
	for _, w := range ways {
		x.Ways.Add(w.ID, w.Tags, w.Vertices...)
	}
	for v := range 100 {
		x.At = append(x.At, geo.Fixed{Lon: 1017000000 + int32(v%10)*11200, Lat: 366000000 + int32(v/10)*8993})
	}
	return x
}

func way(tags string, vertices ...uint32) osm.Way {
	return osm.Way{ID: 1, Tags: tagged(tags), Vertices: vertices}
}

func network(t *testing.T, x *osm.Extract, p road.Profile) *road.Graph {
	t.Helper()
	g, err := road.FromExtract(t.Context(), x, p)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestRules(t *testing.T) {
	for _, c := range []struct{ tags, walk, ebike string }{
		{"highway=residential", "both", "both"},
		{"highway=construction", "none", "none"},
		{"highway=residential foot=no", "none", "both"},
		{"highway=residential foot=use_sidepath", "none", "both"},
		{"highway=service access=private", "none", "none"},
		{"highway=service access=private foot=yes", "both", "none"},
		{"highway=service access=private bicycle=yes", "none", "both"},
		{"highway=motorway", "none", "none"},
		{"highway=primary motorroad=yes", "none", "none"},
		{"highway=trunk", "both", "both"},
		{"highway=trunk sidewalk=no", "none", "both"},
		{"highway=trunk sidewalk=both", "both", "both"},
		{"highway=trunk tunnel=yes", "none", "both"},
		{"highway=trunk tunnel=yes sidewalk=right", "both", "both"},
		{"highway=steps", "both", "none"},
		{"highway=steps bicycle=yes", "both", "none"},
		{"highway=footway", "both", "none"},
		{"highway=footway footway=crossing", "both", "none"},
		{"highway=footway bicycle=designated", "both", "both"},
		{"highway=pedestrian", "both", "none"},
		{"highway=cycleway", "both", "both"},
		{"highway=path", "both", "both"},
		{"highway=elevator", "both", "none"},
		{"route=ferry", "both", "both"},
		{"railway=platform", "both", "none"},
		{"public_transport=platform", "both", "none"},
		{"railway=rail", "none", "none"},
		{"building=yes", "none", "none"},
		{"highway=primary oneway=yes", "both", "along"},
		{"highway=primary oneway=-1", "both", "against"},
		{"highway=primary oneway=yes oneway:bicycle=no", "both", "both"},
		{"highway=primary oneway=yes oneway:moped=no", "both", "both"},
		{"highway=primary oneway=yes cycleway=opposite_lane", "both", "both"},
		{"highway=primary oneway=yes cycleway:left=opposite_track", "both", "both"},
		{"highway=primary junction=roundabout", "both", "along"},
		{"highway=footway oneway:foot=yes", "along", "none"},
		{"highway=steps conveying=forward", "both", "none"},
		{"highway=primary electric_bicycle=no", "both", "none"},
		{"highway=primary vehicle=no", "both", "none"},
	} {
		for p, want := range map[string]string{"walk": c.walk, "ebike": c.ebike} {
			profile := road.Walking(0)
			if p == "ebike" {
				profile = road.Ebike(0)
			}
			g := network(t, grid(way(c.tags, 0, 1, 2)), profile)
			if got := directions(g); got != want {
				t.Errorf("%s, %s: %s, want %s", c.tags, p, got, want)
			}
		}
	}
}

// directions says how the only edge of g, drawn eastward, may be travelled.
func directions(g *road.Graph) string {
	if g.Edges() == 0 {
		return "none"
	}
	forward, backward := g.Directions(0)
	if tail, head := g.Ends(0); g.At(tail).Lon > g.At(head).Lon {
		forward, backward = backward, forward
	}
	switch {
	case forward && backward:
		return "both"
	case forward:
		return "along"
	}
	return "against"
}

func TestBarriers(t *testing.T) {
	for _, c := range []struct {
		tags        string
		walk, ebike bool
	}{
		{"barrier=gate", true, true},
		{"barrier=gate locked=yes", false, false},
		{"barrier=gate access=private", false, false},
		{"barrier=gate access=private foot=yes", true, false},
		{"barrier=wall", false, false},
		{"barrier=bollard", true, true},
		{"barrier=turnstile", true, false},
		{"barrier=gate bicycle=no", true, false},
		{"highway=crossing", true, true},
	} {
		for p, want := range map[bool]bool{false: c.walk, true: c.ebike} {
			x := grid(way("highway=residential", 0, 1, 2), way("highway=residential", 1, 11))
			x.Points = []osm.Point{{ID: 2, Tags: tagged(c.tags), At: x.At[1], Vertex: 1}}
			profile := road.Walking(0)
			if p {
				profile = road.Ebike(0)
			}
			if got := len(network(t, x, profile).Components()); (got == 1) != want {
				t.Errorf("%s, %s: %d pieces, want it passable: %v", c.tags, profile.Name, got, want)
			}
		}
	}
}

func TestFerriesAndLiftsAreAsLongAsTheyLast(t *testing.T) {
	walk := road.Walking(0)
	for _, c := range []struct {
		tags string
		want uint32
	}{
		{"route=ferry duration=00:10", walk.Budget(10 * time.Minute)},
		{"route=ferry duration=10", walk.Budget(10 * time.Minute)},
		{"route=ferry duration=PT10M", walk.Budget(10 * time.Minute)},
		{"route=ferry duration=ten", 1000},
		{"route=ferry", 1000},
		{"highway=elevator", walk.Budget(45 * time.Second)},
	} {
		g := network(t, grid(way(c.tags, 0, 1)), walk)
		if got := g.EdgeLength(0); got < c.want-2 || got > c.want+2 {
			t.Errorf("%s: %d dm, want %d", c.tags, got, c.want)
		}
	}
}

// A square of 300 m with streets at two opposite corners is crossed straight,
// unless a hole is in the way.
func TestSquareIsCrossed(t *testing.T) {
	outline := []uint32{11, 12, 13, 14, 24, 34, 44, 43, 42, 41, 31, 21, 11}
	hole := []uint32{22, 23, 33, 32, 22}
	streets := []osm.Way{way("highway=residential", 0, 11), way("highway=residential", 44, 55)}
	length := func(x *osm.Extract) uint32 {
		g := network(t, x, road.Walking(0))
		from, ok := g.Snap(x.At[0].Point(), 1)
		to, ok2 := g.Snap(x.At[55].Point(), 1)
		path, ok3 := g.Route(from, to, 1<<30)
		if !ok || !ok2 || !ok3 {
			t.Fatal("no way across")
		}
		return path.Length
	}
	around, across := uint32(2*1414+6000), uint32(5*1414)
	near := func(got, want uint32) bool { return got > want-40 && got < want+40 }
	if got := length(grid(append(streets, way("highway=pedestrian", outline...))...)); !near(got, around) {
		t.Errorf("ring street: %d dm, want %d", got, around)
	}
	if got := length(grid(append(streets, way("highway=pedestrian area=yes", outline...))...)); !near(got, across) {
		t.Errorf("square: %d dm, want %d", got, across)
	}
	x := grid(streets...)
	x.Relations = []osm.Area{{ID: 1, Relation: true, Tags: tagged("type=multipolygon highway=pedestrian"), Polygons: []osm.Polygon{{outline, hole}}}}
	if got := length(x); !near(got, around) {
		t.Errorf("square with a hole on the way: %d dm, want %d", got, around)
	}
}

func TestProfileTimes(t *testing.T) {
	if got := road.Walking(0).Budget(15 * time.Minute); got != 12000 {
		t.Errorf("a quarter of an hour on foot is %d dm, want 12000", got)
	}
	if got := road.Ebike(0).Time(2500).Round(time.Second); got != time.Minute {
		t.Errorf("250 m by e-bike take %v, want a minute", got)
	}
	if got := road.Walking(3.6).Time(36).Round(time.Millisecond); got != 3600*time.Millisecond {
		t.Errorf("3.6 m at 3.6 km/h take %v", got)
	}
}

func TestRulesPrintAsATable(t *testing.T) {
	for _, p := range []road.Profile{road.Walking(0), road.Ebike(0)} {
		for _, l := range []lang.Lang{lang.ZH, lang.EN} {
			table := road.Rules(p, l)
			if strings.Count(table, "\n|") < 20 || strings.Contains(table, "|  |") {
				t.Errorf("%s: incomplete table\n%s", p.Name, table)
			}
		}
	}
}

// Measured by others, Porto Alegre has about 19,000 junctions, 51,000 arcs and
// 2,007 km of which 98.8 % hang together. They walk through access=private,
// which is 121 km there; we do not.
func TestRealCities(t *testing.T) {
	for _, c := range []struct {
		file                 string
		nodes, km            [2]float64
		largestLow, largeTop float64
	}{
		{"poa_osm.pbf", [2]float64{17500, 19500}, [2]float64{1840, 1900}, 0.98, 0.99},
		{"nanjing-xinjiekou.osm", [2]float64{500, 700}, [2]float64{80, 95}, 0.8, 0.96},
		{"monaco.osm.pbf", [2]float64{3000, 4500}, [2]float64{400, 550}, 0.95, 1},
	} {
		x, err := osm.Read(t.Context(), realFile(t, c.file), nil)
		if err != nil {
			t.Fatal(err)
		}
		g, e := network(t, x, road.Walking(0)), network(t, x, road.Ebike(0))
		km, largest := g.LengthM()/1000, g.Components()[0].LengthM/g.LengthM()
		t.Logf("%s: %d nodes, %d arcs, %.0f km, %.1f %% in the largest of %d pieces; e-bike %d nodes, %d arcs, %.0f km",
			c.file, g.Nodes(), g.Arcs(), km, 100*largest, len(g.Components()), e.Nodes(), e.Arcs(), e.LengthM()/1000)
		if n := float64(g.Nodes()); n < c.nodes[0] || n > c.nodes[1] || km < c.km[0] || km > c.km[1] {
			t.Errorf("%s: %d nodes, %.0f km, want %v and %v", c.file, g.Nodes(), km, c.nodes, c.km)
		}
		if largest < c.largestLow || largest > c.largeTop {
			t.Errorf("%s: %.1f %% in the largest piece", c.file, 100*largest)
		}
		if e.Edges() == 0 || e.Symmetric() {
			t.Errorf("%s: the e-bike graph has %d edges and no one-way street", c.file, e.Edges())
		}
	}
}

// realFile returns a file of real data, or skips the test.
func realFile(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("XIADU_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("real data is not here (set XIADU_DATA to its folder): %v", err)
	}
	return path
}
