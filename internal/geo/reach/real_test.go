package reach_test

import (
	"cmp"
	"encoding/csv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/osm"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// realFile returns a file of real data, or skips the test.
func realFile(tb testing.TB, name string) string {
	tb.Helper()
	dir := cmp.Or(os.Getenv("XIADU_DATA"), filepath.Join("..", "..", "..", "..", "shared", "data"))
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		tb.Skipf("real data is not here (set XIADU_DATA to its folder): %v", err)
	}
	return path
}

// Porto Alegre: its banks, post offices, toilets, taps and shelters as stations,
// its hexagons as demand.
func TestPortoAlegre(t *testing.T) {
	extract, err := osm.Read(t.Context(), realFile(t, "poa_osm.pbf"), nil)
	if err != nil {
		t.Fatal(err)
	}
	walking := road.Walking(4.8)
	g, err := road.FromExtract(t.Context(), extract, walking)
	if err != nil {
		t.Fatal(err)
	}
	var stations []road.Snap
	for _, p := range extract.Points {
		if p.Tags.Is("amenity", "bank", "post_office", "toilets", "drinking_water", "shelter") {
			if s, ok := g.Snap(p.At.Point(), 500); ok {
				stations = append(stations, s)
			}
		}
	}
	cells, budget := hexagons(t, g), walking.Budget(15*time.Minute)
	near := nearestTo(g, stations, 4, budget)

	c := reach.Cover(near, cells)
	t.Logf("%d stations; %v people, once %v (%.1f %%), twice %v (%.1f %%), no street %v, isolated %v", len(stations), c.Total(),
		c.Once(), 100*c.Once().Share(c.Total()), c.Twice(), 100*c.Twice().Share(c.Total()), c.Unreachable, c.Isolated)
	if c.Total().Float() != 812_935 {
		t.Errorf("%v people in all, want 812,935", c.Total())
	}
	if c.Once() <= c.Twice() || c.Twice() <= c.Covered(3) || c.Covered(3) == 0 || c.Once()+c.Unreachable > c.Total() {
		t.Errorf("coverage %v, without a street %v", c.AtLeast, c.Unreachable)
	}
	gaps := reach.Gaps(cells, c, 1, len(cells))
	var uncovered reach.Weight
	for _, gap := range gaps {
		uncovered += gap.Weight
	}
	if len(gaps) < 2 || uncovered != c.Total()-c.Once() {
		t.Errorf("%d gaps of %v people, want %v", len(gaps), uncovered, c.Total()-c.Once())
	}

	search, random := reach.NewSearch(g), rand.New(rand.NewPCG(5, 6))
	for range 200 {
		from, _ := g.SnapNode(road.Node(random.IntN(g.Nodes())))
		want := []reach.Hit{}
		search.Run(from, budget, nil)
		for i, s := range stations {
			d, ok := search.To(s)
			if d += s.Off(); ok && d <= budget {
				want = append(want, reach.Hit{Source: int32(i), Length: d})
			}
		}
		slices.SortFunc(want, func(a, b reach.Hit) int {
			return cmp.Or(cmp.Compare(a.Length, b.Length), cmp.Compare(a.Source, b.Source))
		})
		if d := diff.Diff(want[:min(4, len(want))], append([]reach.Hit{}, near.To(from)...)); d != "" {
			t.Fatalf("from %+v: %s", from, d)
		}
	}
	checkDrawing(t, g, stations[:20], budget)
}

// checkDrawing compares a drawn area with what is reached, node by node.
func checkDrawing(t *testing.T, g *road.Graph, stations []road.Snap, budget uint32) {
	t.Helper()
	area := areasOf(g, stations, []uint32{budget})[0]
	near, reached := nearestTo(g, stations, 1, budget), 0
	for n := range road.Node(g.Nodes()) {
		if len(near.At(n)) == 0 {
			continue
		}
		reached++
		if !area.Contains(g.At(n).Point()) {
			t.Errorf("node %d is reached and outside the area", n)
		}
	}
	points := 0
	for _, polygon := range area {
		for _, ring := range polygon {
			points += len(ring)
		}
	}
	t.Logf("%d nodes reached, drawn with %d points in %d parts", reached, points, len(area))
}

// hexagons reads the population grid.
func hexagons(t *testing.T, g *road.Graph) []reach.Cell {
	t.Helper()
	f, err := os.Open(realFile(t, "poa_hexgrid.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	number := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	var cells []reach.Cell
	for _, row := range rows[1:] {
		c := reach.Cell{At: geo.Point{Lon: number(row[1]), Lat: number(row[2])}}
		if c.Weight, err = reach.NewWeight(number(row[3])); err != nil {
			t.Fatal(err)
		}
		c.Snap, c.OnStreet = g.Snap(c.At, 500)
		cells = append(cells, c)
	}
	return cells
}
