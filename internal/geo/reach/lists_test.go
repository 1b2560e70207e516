package reach_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	diff "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// collect keeps the lists that it is called with, in order.
type collect struct {
	mu    sync.Mutex
	lists [][]reach.Reached
}

func newCollect(sources int) *collect { return &collect{lists: make([][]reach.Reached, sources)} }

func (c *collect) each(source int32, list []reach.Reached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lists[source] = append(c.lists[source], list...)
	slices.SortFunc(c.lists[source], func(a, b reach.Reached) int {
		return cmp.Or(cmp.Compare(a.Node, b.Node), cmp.Compare(a.Length, b.Length))
	})
}

// checkLists compares the batch with one search after another, and the lanes too.
func checkLists(tb failer, g *road.Graph, sources []road.Snap, budget uint32) {
	one, batch, lanes := newCollect(len(sources)), newCollect(len(sources)), newCollect(len(sources))
	search := reach.NewSearch(g).Plainly()
	for i, s := range sources {
		one.each(int32(i), search.Within(s, budget))
	}
	reach.Lists(g, sources, budget, 3, batch.each)
	sameCollect(tb, "the batch", one, batch)
	if reach.ListsInLanes(g, sources, budget, lanes.each) { // there is AVX2, and the budget fits
		sameCollect(tb, "the lanes", one, lanes)
	}
}

type failer interface {
	Fatalf(format string, args ...any)
}

func sameCollect(tb failer, name string, one, other *collect) {
	for i := range one.lists {
		if !slices.Equal(one.lists[i], other.lists[i]) {
			tb.Fatalf("%s: source %d (-one by one):\n%s", name, i, diff.Diff(one.lists[i], other.lists[i]))
		}
	}
}

func TestListsAreOneByOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, true)
		budget := rapid.SampledFrom([]uint32{0, 511, 512, 4000, 12_000, 65_534, 65_535}).Draw(t, "budget")
		checkLists(t, w.Graph, w.drawSnaps(t, 1, 40, "sources"), budget)
	})
	g := lattice(t, 60)
	checkLists(t, g, scatter(g, 1000), 12_000)
	g = crowd(t)
	checkLists(t, g, scatter(g, 100), 12_000)
}

// lists answers for all stations at once, in the directions people leave them.
func (s *scenario) lists(budget string) []string {
	found := newCollect(len(s.stations))
	reach.Lists(s.graph, s.stations, s.budget(budget), 2, found.each)
	var out []string
	for i, list := range found.lists {
		var places []string
		for _, r := range list {
			if s.names[r.Node] != "+" {
				places = append(places, fmt.Sprintf("%s %v", s.names[r.Node], float64(r.Length)/10))
			}
		}
		slices.Sort(places)
		out = append(out, strings.TrimSpace(s.called[i]+": "+strings.Join(places, ", ")))
	}
	return orNone(out)
}

// who answers for all stations at once which cells reach each.
func (s *scenario) who(budget string) []string {
	var at []road.Snap
	var onStreet []bool
	for _, c := range s.cells {
		at, onStreet = append(at, c.Snap), append(onStreet, c.OnStreet)
	}
	pairs, ok := incideAll(reach.NewPlaces(s.graph, at, onStreet), s.stations,
		slices.Repeat([]bool{true}, len(s.stations)), s.budget(budget), math.MaxInt32)
	if !ok {
		s.fatalf("there are more pairs than fit")
	}
	var out []string
	for i := range s.stations {
		var names []string
		for _, cell := range pairs.Of(i) {
			names = append(names, s.cellName[cell])
		}
		out = append(out, strings.TrimSpace(s.called[i]+": "+strings.Join(names, " ")))
	}
	return orNone(out)
}
