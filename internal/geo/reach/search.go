package reach

import (
	"github.com/xiadu/xiadu/internal/geo/road"
)

// Search is a bounded search outward from a place along the streets. It keeps
// its memory from run to run and allocates nothing once warm. It serves one
// goroutine at a time.
type Search struct {
	graph   *road.Graph
	from    []road.Snap
	budget  uint32
	dist    []uint32 // of each node; none where unreached
	touched []road.Node
	buckets [][]label
	settled []label // of one bucket
}

// label says that node can be reached at dist.
type label struct {
	dist uint32
	node road.Node
}

// NewSearch returns a search over g. Searching g.Reverse() instead gives the
// distances of the ways that lead to the place.
func NewSearch(g *road.Graph) *Search {
	s := &Search{graph: g, dist: make([]uint32, g.Nodes())}
	for n := range s.dist {
		s.dist[n] = none
	}
	return s
}

// Slack is how much nearer, in decimetres, a node may be than one that Run has
// visited before it: less than this.
const Slack = bucketWidth

// Run visits every node that can be reached from a place within budget
// decimetres, once, with its exact distance along the streets, until visit
// returns false. A nil visit runs to the end. The order is that of distance but
// for Slack, since sorting would cost half as much as searching. Distance and To
// answer about this run until the next.
func (s *Search) Run(from road.Snap, budget uint32, visit func(n road.Node, d uint32) bool) {
	s.reset(budget)
	s.from = append(s.from, from)
	s.run(visit)
}

// RunFrom is Run from several places at once: distances are from the nearest.
func (s *Search) RunFrom(from []road.Snap, budget uint32, visit func(n road.Node, d uint32) bool) {
	s.reset(budget)
	s.from = append(s.from, from...)
	s.run(visit)
}

func (s *Search) reset(budget uint32) {
	for _, n := range s.touched {
		s.dist[n] = none
	}
	s.touched, s.from = s.touched[:0], s.from[:0]
	for b := range s.buckets { // a run that was stopped leaves labels behind
		s.buckets[b] = s.buckets[b][:0]
	}
	s.budget = min(budget, MaxBudget)
	for len(s.buckets) <= int(s.budget/bucketWidth) {
		s.buckets = append(s.buckets, nil)
	}
}

func (s *Search) run(visit func(n road.Node, d uint32) bool) {
	for _, from := range s.from {
		exits, n := s.graph.Exits(from)
		for _, x := range exits[:n] {
			s.relax(x.Node, x.Length)
		}
	}
	for b := 0; b <= int(s.budget/bucketWidth); b++ {
		s.settle(b)
		if visit == nil {
			continue
		}
		for _, l := range s.settled {
			if s.dist[l.node] == l.dist && !visit(l.node, l.dist) { // else it was improved later
				return
			}
		}
	}
}

// settle empties bucket b. Lengths are positive, so that afterwards the
// distances of its nodes are final.
func (s *Search) settle(b int) {
	s.settled = s.settled[:0]
	for len(s.buckets[b]) > 0 {
		last := len(s.buckets[b]) - 1
		l := s.buckets[b][last]
		s.buckets[b] = s.buckets[b][:last]
		if l.dist != s.dist[l.node] {
			continue
		}
		s.settled = append(s.settled, l)
		for a, end := s.graph.Out(l.node); a < end; a++ {
			s.relax(s.graph.Head(a), l.dist+s.graph.Length(a))
		}
	}
}

func (s *Search) relax(n road.Node, d uint32) {
	known := s.dist[n]
	if d >= known || d > s.budget {
		return
	}
	if known == none {
		s.touched = append(s.touched, n)
	}
	s.dist[n] = d
	b := d / bucketWidth
	s.buckets[b] = append(s.buckets[b], label{d, n})
}

// Distance returns how far n is in the last run, and false if it is beyond the
// budget. After a run that visit stopped it holds only for what was visited.
func (s *Search) Distance(n road.Node) (dm uint32, ok bool) { return s.dist[n], s.dist[n] != none }

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
		if d := s.dist[x.Node]; d != none {
			best = min(best, d+x.Length)
		}
	}
	return best, best <= s.budget
}
