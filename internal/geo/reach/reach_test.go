package reach_test

import (
	"cmp"
	"context"
	"math"
	"slices"
	"testing"

	diff "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// metre is one metre of latitude in units of geo.Fixed. Drawn graphs lie on
// the equator, where it is one metre of longitude too.
const metre = 89.93216

func at(x, y float64) geo.Fixed {
	return geo.Fixed{Lon: int32(math.Round(x * metre)), Lat: int32(math.Round(y * metre))}
}

// world is a random city with its distances by brute force.
type world struct {
	*road.Graph
	between [][]uint32 // from node to node
}

const never = math.MaxUint32 / 4

// drawWorld draws up to 40 streets between up to 25 places, one-way or not.
func drawWorld(t *rapid.T, oneway bool) world {
	coord := rapid.Float64Range(0, 1500)
	vertices := make([]geo.Fixed, rapid.IntRange(2, 25).Draw(t, "places"))
	for i := range vertices {
		vertices[i] = at(coord.Draw(t, "x"), coord.Draw(t, "y"))
	}
	b := road.NewBuilder(vertices)
	place := rapid.Uint32Range(0, uint32(len(vertices)-1))
	for range rapid.IntRange(1, 40).Draw(t, "streets") {
		way := 0
		if oneway {
			way = rapid.IntRange(0, 3).Draw(t, "way")
		}
		b.Add(road.Street{Line: rapid.SliceOfN(place, 2, 4).Draw(t, "line"), Forward: way != 1, Backward: way != 2})
	}
	g, err := b.Build(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if g.Edges() == 0 {
		t.Skip("no streets")
	}
	return world{g, allPairs(g)}
}

func allPairs(g *road.Graph) [][]uint32 {
	n := g.Nodes()
	d := make([][]uint32, n)
	for i := range d {
		d[i] = make([]uint32, n)
		for j := range d[i] {
			if i != j {
				d[i][j] = never
			}
		}
		for a, last := g.Out(uint32(i)); a < last; a++ {
			d[i][g.Head(a)] = min(d[i][g.Head(a)], g.Length(a))
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

// drawSnaps draws places along the streets, some of them off the street.
func (w world) drawSnaps(t *rapid.T, least, most int, name string) []road.Snap {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) road.Snap {
		e := rapid.Uint32Range(0, uint32(w.Edges()-1)).Draw(t, "edge")
		s := road.Snap{Edge: e, Along: rapid.Uint32Range(0, w.EdgeLength(e)).Draw(t, "along")}
		s.At = w.on(e, s.Along)
		s.OffM = float64(rapid.SampledFrom([]int{0, 0, 20, 90}).Draw(t, "off"))
		return s
	}), least, most).Draw(t, name)
}

// on returns where on e a place is.
func (w world) on(e road.Edge, along uint32) geo.Fixed {
	shape := w.Shape(e)
	var total, before float64
	for i := 1; i < len(shape); i++ {
		total += geo.Distance(shape[i-1].Point(), shape[i].Point())
	}
	want := total * float64(along) / float64(w.EdgeLength(e))
	for i := 1; i < len(shape); i++ {
		m := geo.Distance(shape[i-1].Point(), shape[i].Point())
		if before+m > want {
			return geo.Between(shape[i-1], shape[i], (want-before)/m)
		}
		before += m
	}
	return shape[len(shape)-1]
}

// ends lists the ways out of a place, written out apart from road.Exits.
func (w world) ends(s road.Snap, leaving bool) map[road.Node]uint32 {
	tail, head := w.Ends(s.Edge)
	forward, backward := w.Directions(s.Edge)
	out := map[road.Node]uint32{}
	if forward == backward || forward == leaving || s.Along == w.EdgeLength(s.Edge) {
		out[head] = w.EdgeLength(s.Edge) - s.Along
	}
	if forward == backward || backward == leaving || s.Along == 0 {
		out[tail] = s.Along
	}
	return out
}

// streets is the length of the way from a to b along the streets.
func (w world) streets(a, b road.Snap) uint32 {
	best := uint32(never)
	for out, x := range w.ends(a, true) {
		for in, y := range w.ends(b, false) {
			best = min(best, x+w.between[out][in]+y)
		}
	}
	forward, backward := w.Directions(a.Edge)
	if a.Edge == b.Edge {
		if a.Along <= b.Along && forward {
			best = min(best, b.Along-a.Along)
		}
		if a.Along >= b.Along && backward || a.Along == b.Along {
			best = min(best, a.Along-b.Along)
		}
	}
	return best
}

func doors(a, b road.Snap) uint32 { return uint32(a.OffM*10) + uint32(b.OffM*10) }

// nearest is what Nearby.To must return.
func (w world) nearest(p road.Snap, sources []road.Snap, k int, budget uint32) []reach.Hit {
	return best(sources, k, budget, func(s road.Snap) uint32 { return w.streets(p, s) + doors(p, s) })
}

// nearestOf is what Nearby.At must return.
func (w world) nearestOf(n road.Node, sources []road.Snap, k int, budget uint32) []reach.Hit {
	return best(sources, k, budget, func(s road.Snap) uint32 {
		l := uint32(never)
		for in, x := range w.ends(s, false) {
			l = min(l, w.between[n][in]+x)
		}
		return l + doors(s, road.Snap{})
	})
}

func best(sources []road.Snap, k int, budget uint32, length func(road.Snap) uint32) []reach.Hit {
	hits := []reach.Hit{}
	for i, s := range sources {
		if l := length(s); l <= budget {
			hits = append(hits, reach.Hit{Source: int32(i), Length: l})
		}
	}
	slices.SortFunc(hits, func(a, b reach.Hit) int {
		return cmp.Or(cmp.Compare(a.Length, b.Length), cmp.Compare(a.Source, b.Source))
	})
	return hits[:min(len(hits), k)]
}

type visit struct {
	Node road.Node
	Dist uint32
}

var budgets = rapid.SampledFrom([]uint32{0, 255, 256, 4000, 12_000, 100_000, math.MaxUint32})

// A search visits exactly the nodes in reach, in order but for the slack, however
// it was used before; one that is stopped has left out nothing much nearer.
func TestSearchIsBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, true)
		search := reach.NewSearch(w.Graph)
		for range 3 {
			from := w.drawSnaps(t, 1, 3, "from")
			budget := budgets.Draw(t, "budget")
			want := []visit{}
			for n := range road.Node(w.Nodes()) {
				d := uint32(never)
				for _, f := range from {
					for out, x := range w.ends(f, true) {
						d = min(d, x+w.between[out][n])
					}
				}
				if d < never && d <= budget {
					want = append(want, visit{n, d})
				}
			}
			inOrder := func(a, b visit) int { return cmp.Or(cmp.Compare(a.Dist, b.Dist), cmp.Compare(a.Node, b.Node)) }
			slices.SortFunc(want, inOrder)
			stop := rapid.IntRange(1, 60).Draw(t, "stop")
			got := []visit{}
			search.RunFrom(from, budget, func(n road.Node, d uint32) bool {
				got = append(got, visit{n, d})
				return len(got) < stop
			})
			farthest := uint32(0)
			for _, v := range got {
				if v.Dist+reach.Slack <= farthest {
					t.Fatalf("node %d at %d came after one at %d", v.Node, v.Dist, farthest)
				}
				farthest = max(farthest, v.Dist)
			}
			slices.SortFunc(got, inOrder)
			if len(got) < stop {
				if d := diff.Diff(want, got); d != "" {
					t.Fatal(d)
				}
			}
			for _, v := range want {
				if _, visited := slices.BinarySearchFunc(got, v, inOrder); !visited && v.Dist+reach.Slack <= farthest {
					t.Fatalf("node %d at %d was left out before one at %d", v.Node, v.Dist, farthest)
				}
			}
			for _, v := range got {
				if _, wanted := slices.BinarySearchFunc(want, v, inOrder); !wanted {
					t.Fatalf("node %d was visited at %d", v.Node, v.Dist)
				}
			}
			search.RunFrom(from, budget, nil)
			for _, p := range w.drawSnaps(t, 1, 4, "to") {
				want := uint32(never)
				for _, f := range from {
					want = min(want, w.streets(f, p))
				}
				got, ok := search.To(p)
				if ok != (want < never && want <= budget) || ok && got != want {
					t.Fatalf("to %+v: %d, %v; want %d within %d", p, got, ok, want, budget)
				}
			}
		}
	})
}

func TestNearestIsBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, true)
		sources := w.drawSnaps(t, 0, 12, "sources")
		budget := min(budgets.Draw(t, "budget"), reach.MaxBudget)
		k := rapid.IntRange(1, 5).Draw(t, "k")
		near, more := nearestTo(w.Graph, sources, k, budget), nearestTo(w.Graph, sources, k+1, budget)
		for _, p := range w.drawSnaps(t, 1, 20, "places") {
			want, got := w.nearest(p, sources, k, budget), near.To(p)
			if d := diff.Diff(want, append([]reach.Hit{}, got...)); d != "" {
				t.Fatalf("from %+v: %s", p, d)
			}
			longer := more.To(p)
			if !slices.Equal(longer[:min(len(longer), k)], got) {
				t.Fatalf("%d nearest %v, but %d nearest %v", k, got, k+1, longer)
			}
		}
		for n := range road.Node(w.Nodes()) {
			if d := diff.Diff(w.nearestOf(n, sources, k, budget), append([]reach.Hit{}, near.At(n)...)); d != "" {
				t.Fatalf("at node %d: %s", n, d)
			}
		}
	})
}

// Where every street goes both ways, there is as far as back; and nowhere does the
// way lead farther than its streets can.
func TestSymmetricAndNoFartherThanStreetsLead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, false)
		there, back := reach.NewSearch(w.Graph), reach.NewSearch(w.Graph)
		places := w.drawSnaps(t, 2, 2, "places")
		there.Run(places[0], reach.MaxBudget, func(n road.Node, d uint32) bool {
			s, _ := w.SnapNode(n)
			back.Run(s, reach.MaxBudget, nil)
			if b, ok := back.To(places[0]); !ok || b != d {
				t.Fatalf("node %d is %d away and %d back", n, d, b)
			}
			back.Run(s, reach.MaxBudget, func(m road.Node, e uint32) bool {
				if straight := geo.Distance(w.At(n).Point(), w.At(m).Point()); straight > w.FarthestM(e)+0.01 {
					t.Fatalf("%d to %d: %.1f m by street, %.1f m straight", n, m, float64(e)/10, straight)
				}
				return true
			})
			return true
		})
		there.Run(places[0], reach.MaxBudget, nil)
		back.Run(places[1], reach.MaxBudget, nil)
		a, okA := there.To(places[1])
		b, okB := back.To(places[0])
		if a != b || okA != okB {
			t.Fatalf("%d, %v there; %d, %v back", a, okA, b, okB)
		}
	})
}

// drawCells puts people at random places, some where there is no street.
func (w world) drawCells(t *rapid.T) []reach.Cell {
	var cells []reach.Cell
	for _, s := range w.drawSnaps(t, 0, 20, "cells") {
		weight, err := reach.NewWeight(rapid.Float64Range(0, 1e6).Draw(t, "people"))
		if err != nil {
			t.Fatal(err)
		}
		cells = append(cells, reach.Cell{At: s.At.Point(), Weight: weight, Snap: s, OnStreet: rapid.IntRange(0, 4).Draw(t, "street") > 0})
	}
	return cells
}

func TestCoverCountsAndNeverLosesByMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, true)
		stations, cells := w.drawSnaps(t, 0, 8, "stations"), w.drawCells(t)
		k := rapid.IntRange(1, 4).Draw(t, "k")
		all := reach.Cover(nearestTo(w.Graph, stations, k, 9000), cells)
		want := make([]reach.Weight, k+1)
		for i, c := range cells {
			count := 0
			if c.OnStreet {
				count = len(w.nearest(c.Snap, stations, k, 9000))
			}
			if int(all.Counts[i]) != count {
				t.Fatalf("cell %d counts %d stations, want %d", i, all.Counts[i], count)
			}
			for j := range count + 1 {
				want[j] += c.Weight
			}
		}
		if d := diff.Diff(want, all.AtLeast); d != "" {
			t.Fatal(d)
		}
		fewer := reach.Cover(nearestTo(w.Graph, stations[:len(stations)/2], k, 9000), cells)
		for j := range all.AtLeast {
			if fewer.AtLeast[j] > all.AtLeast[j] {
				t.Fatalf("fewer stations cover %v %d times, all of them %v", fewer.AtLeast[j], j, all.AtLeast[j])
			}
		}
		checkGaps(t, cells, all)
	})
}

// The gaps are exactly the uncovered cells, each once, the heaviest first.
func checkGaps(t *rapid.T, cells []reach.Cell, c reach.Coverage) {
	seen := map[int32]bool{}
	last := reach.Weight(math.MaxInt64)
	for _, g := range reach.Gaps(cells, c, 1, len(cells)) {
		var sum reach.Weight
		for _, i := range g.Cells {
			if seen[i] || c.Counts[i] > 0 {
				t.Fatalf("cell %d is in two gaps, or covered", i)
			}
			seen[i] = true
			sum += cells[i].Weight
		}
		if sum != g.Weight || g.Weight > last {
			t.Fatalf("gap of %v after %v holds %v", g.Weight, last, sum)
		}
		last = g.Weight
	}
	for i, cell := range cells {
		if c.Counts[i] == 0 && cell.Weight > 0 && !seen[int32(i)] {
			t.Fatalf("cell %d is in no gap", i)
		}
	}
}

func TestWeight(t *testing.T) {
	for _, v := range []float64{-1, math.NaN(), math.Inf(1), 1e12} {
		if _, err := reach.NewWeight(v); err == nil {
			t.Errorf("a weight of %v was accepted", v)
		}
	}
	if w, err := reach.NewWeight(12.3456); err != nil || w.String() != "12.346" || w.Float() != 12.346 {
		t.Errorf("12.3456 became %v, %v", w, err)
	}
}

func TestSearchDoesNotAllocate(t *testing.T) {
	g := lattice(t, 30)
	search, count := reach.NewSearch(g), 0
	from, _ := g.SnapNode(road.Node(g.Nodes() / 2))
	run := func() { search.Run(from, 12_000, func(road.Node, uint32) bool { count++; return true }) }
	run()
	if n := testing.AllocsPerRun(20, run); n > 0 {
		t.Errorf("a run allocates %v times", n)
	}
	if count == 0 {
		t.Error("nothing was visited")
	}
}
