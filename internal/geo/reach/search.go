package reach

import (
	"slices"

	"github.com/xiadu/xiadu/internal/geo/road"
)

// Search is a bounded search outward from a place along the streets. It keeps
// its memory from run to run and allocates nothing once warm. It serves one
// goroutine at a time.
type Search struct {
	frontier
	from   []road.Snap
	budget uint32
	found  []Reached
}

// Reached is a node and how far it is, in dm.
type Reached struct {
	Node   road.Node
	Length uint32
}

// NewSearch returns a search over g. Searching g.Reverse() instead gives the
// distances of the ways that lead to the place.
func NewSearch(g *road.Graph) *Search { return &Search{frontier: newFrontier(g)} }

// Slack is how much nearer, in decimetres, a node may be than one that Run has
// visited before it: less than this.
const Slack = bucketWidth

// Run visits every node that can be reached from a place within budget
// decimetres, once, with its exact distance along the streets, until visit
// returns false. A nil visit runs to the end. The order is that of distance but
// for Slack, since sorting would cost half as much as searching. Distance and To
// answer about this run until the next.
func (s *Search) Run(from road.Snap, budget uint32, visit func(n road.Node, d uint32) bool) {
	s.from = append(s.from[:0], from)
	s.run(budget, visit)
}

// RunFrom is Run from several places at once: distances are from the nearest.
func (s *Search) RunFrom(from []road.Snap, budget uint32, visit func(n road.Node, d uint32) bool) {
	s.from = append(s.from[:0], from...)
	s.run(budget, visit)
}

// Within returns the nodes that Run would visit, in no order, which is faster.
// It is s's own memory until the next run.
func (s *Search) Within(from road.Snap, budget uint32) []Reached {
	s.Run(from, budget, nil)
	var noted int
	for b := range s.end {
		noted += len(s.bucket(b))
	}
	s.found = slices.Grow(s.found[:0], noted)[:noted]
	count, left, found := 0, s.left, s.found
	for b := range s.end {
		for _, n := range s.bucket(b) {
			here := left[n]
			left[n] = here | final
			found[count] = Reached{n, s.total - here}
			count += int(here>>31 ^ 1) // once each: what is told of again is overwritten
		}
	}
	return found[:count]
}

func (s *Search) run(budget uint32, visit func(n road.Node, d uint32) bool) {
	s.budget = min(budget, MaxBudget)
	s.begin(s.budget, visit == nil)
	for _, from := range s.from {
		exits, n := s.graph.Exits(from)
		for _, x := range exits[:n] {
			if x.Length <= s.budget {
				s.offer(x.Node, s.total-x.Length)
			}
		}
	}
	for b := range s.buckets() {
		s.settle(b)
		if visit != nil && !s.tell(b, visit) {
			return
		}
	}
}

// tell visits the nodes of a settled bucket that have not been visited in an
// earlier one.
func (s *Search) tell(b int, visit func(n road.Node, d uint32) bool) bool {
	for _, n := range s.bucket(b) {
		if left := s.left[n]; left&final == 0 {
			s.left[n] = left | final
			if !visit(n, s.total-left) {
				return false
			}
		}
	}
	return true
}

// Distance returns how far n is in the last run, and false if it is beyond the
// budget. After a run that visit stopped it holds only for what was visited.
func (s *Search) Distance(n road.Node) (dm uint32, ok bool) {
	left := s.left[n] &^ final
	return s.total - left, left > 0
}

// To returns how far place p is in the last run, and false if it is beyond the
// budget or the run was stopped before it was known.
func (s *Search) To(p road.Snap) (dm uint32, ok bool) {
	best := none
	for _, from := range s.from {
		if l, ok := s.graph.Straight(from, p); ok {
			best = min(best, l)
		}
	}
	// The exits of the reverse graph are the entrances to the edge of p.
	entrances, n := s.graph.Reverse().Exits(p)
	for _, x := range entrances[:n] {
		if d, ok := s.Distance(x.Node); ok {
			best = min(best, d+x.Length)
		}
	}
	return best, best <= s.budget
}
