package reach_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// A shortlist is what measuring to each of the chosen sources gives, and says
// rightly what it may lack.
func TestShortlistsAreBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, true)
		sources := w.drawSnaps(t, 0, 40, "sources")
		budget := min(budgets.Draw(t, "budget"), reach.MaxShortlistBudget)
		var numbers []int32
		var some []road.Snap
		for i, s := range sources {
			if rapid.Bool().Draw(t, "chosen") {
				numbers, some = append(numbers, int32(i)), append(some, s)
			}
		}
		lists := reach.NewShortlists(w.Graph, sources, numbers, budget)
		for n := range road.Node(w.Nodes()) {
			list := lists.At(n)
			all := w.nearestOf(n, some, len(some)+1, lists.Budget())
			var got []reach.Hit
			for i := range int(list.Len) {
				got = append(got, reach.Hit{Source: list.Source[i], Length: uint32(list.DM[i])})
			}
			for i := range all {
				all[i].Source = numbers[all[i].Source]
			}
			if !slices.Equal(got, all[:min(len(all), reach.ShortlistLength)]) {
				t.Fatalf("at node %d: %v, want the first of %v", n, got, all)
			}
			for _, h := range all[len(got):] {
				if h.Length < list.Beyond(lists.Budget()) {
					t.Fatalf("at node %d: %v is nearer than %d", n, h, list.Beyond(lists.Budget()))
				}
			}
			if list.Len < reach.ShortlistLength && list.Beyond(lists.Budget()) != lists.Budget()+1 {
				t.Fatalf("at node %d: the list is whole, but knows nothing beyond %d", n, list.Beyond(lists.Budget()))
			}
		}
	})
}
