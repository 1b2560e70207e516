package reach_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// An area holds every reached node, and no point farther from the reached
// stretches than the band, a filled yard and the drawing's tolerance.
func TestAreasHoldWhatIsReached(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, true)
		stations := w.drawSnaps(t, 1, 3, "stations")
		steps := []uint32{12_000, 3000, 6000}
		areas := areasOf(w.Graph, stations, steps)
		walked := rapid.IntRange(0, 2).Draw(t, "walked")
		for i, area := range areas {
			checkRings(t, area)
			near := nearestTo(w.Graph, stations, 1, steps[i])
			for n := range road.Node(w.Nodes()) {
				p := w.At(n)
				if len(near.At(n)) > 0 && !area.Contains(p.Point()) {
					t.Fatalf("budget %d: node %d is reached and outside", steps[i], n)
				}
			}
			if i == walked { // the others would only take time
				checkPlaces(t, w, stations, near, area)
			}
		}
	})
}

// checkPlaces walks all streets in steps of 25 m: what is within the budget is in
// the area, and what is in the area is near what is within the budget.
func checkPlaces(t *rapid.T, w world, stations []road.Snap, near *reach.Nearby, area reach.MultiPolygon) {
	type spot struct {
		at   geo.Fixed
		hits int
	}
	var spots []spot
	add := func(s road.Snap) { spots = append(spots, spot{s.At, len(near.To(s))}) }
	for e := range road.Edge(w.Edges()) {
		for along := uint32(0); along <= w.EdgeLength(e); along += 250 {
			add(road.Snap{Edge: e, Along: along, At: w.on(e, along)})
		}
	}
	for _, s := range stations {
		s.OffM = 0
		add(s)
	}
	for _, s := range spots {
		inside := area.Contains(s.at.Point())
		if s.hits > 0 && !inside {
			t.Fatalf("%v is within %d and outside the area", s.at, near.Budget())
		}
		if s.hits > 0 || !inside {
			continue
		}
		closest := math.Inf(1)
		for _, r := range spots {
			if r.hits > 0 {
				closest = min(closest, geo.Distance(s.at.Point(), r.at.Point()))
			}
		}
		if closest > 35+30+4+25 { // band, filled yard, simplification, step
			t.Fatalf("%v is in the area, %.0f m from what is within %d", s.at, closest, near.Budget())
		}
	}
}

func checkRings(t *rapid.T, area reach.MultiPolygon) {
	for _, polygon := range area {
		for i, ring := range polygon {
			if len(ring) < 4 || ring[0] != ring[len(ring)-1] {
				t.Fatalf("a ring of %d points is not closed", len(ring))
			}
			var sum float64
			for j := 1; j < len(ring); j++ {
				sum += ring[j-1].Lon*ring[j].Lat - ring[j].Lon*ring[j-1].Lat
			}
			if (sum > 0) != (i == 0) {
				t.Fatalf("ring %d of a polygon runs the wrong way round", i)
			}
		}
	}
}

// A ring road of 400 m by 400 m leaves a hole; a block of 80 m does not.
func TestAreaHoles(t *testing.T) {
	for side, holes := range map[float64]int{400: 1, 80: 0} {
		b := road.NewBuilder([]geo.Fixed{at(0, 0), at(side, 0), at(side, side), at(0, side)})
		b.Add(road.Street{Line: []uint32{0, 1, 2, 3, 0}, Forward: true, Backward: true})
		g, err := b.Build(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s, _ := g.SnapNode(0)
		area := areasOf(g, []road.Snap{s}, []uint32{12_000})[0]
		if len(area) != 1 || len(area[0]) != 1+holes {
			t.Errorf("a ring of %v m has parts %v, want one with %d holes", side, len(area), holes)
		}
		if got := area.Contains(at(side/2, side/2).Point()); got != (holes == 0) {
			t.Errorf("the middle of %v m: inside %v", side, got)
		}
		if c := area.Coordinates(); len(c[0][0]) != len(area[0][0]) {
			t.Errorf("%d coordinates of %d", len(c[0][0]), len(area[0][0]))
		}
	}
}

func TestAreaOfNothing(t *testing.T) {
	if got := areasOf(lattice(t, 2), nil, []uint32{100, 200}); len(got) != 2 || got[0] != nil {
		t.Errorf("no stations have the area %v", got)
	}
}
