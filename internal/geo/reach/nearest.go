package reach

import (
	"cmp"
	"context"
	"slices"

	"github.com/xiadu/xiadu/internal/geo/road"
)

// MaxNearest is the most stations that Nearest keeps for a node. What is stored
// grows with it, and a choice of more is a list, not a choice.
const MaxNearest = 32

// Hit is a station within reach.
type Hit struct {
	Source int32  // index into the sources given to Nearest
	Length uint32 // dm from door to door
}

// Nearby knows the k nearest sources of every place on the streets.
type Nearby struct {
	graph   *road.Graph
	sources []road.Snap
	byEdge  []int32 // sources in order of their edges
	k       int
	budget  uint32
	hits    []Hit // k for each node, nearest first; noHit fills up
}

var noHit = Hit{Source: -1, Length: none}

// Nearest finds, for every node, the k nearest sources that someone there can
// travel to within budget decimetres, in one sweep from all sources at once: a
// node passes a source on only while that is among its own k nearest, so that
// the work hardly grows with the number of sources. k is held between 1 and
// MaxNearest.
//
// That loses nothing: if k others are nearer to a node on the way, they are
// nearer beyond it too, and a tie is decided by number in both places alike.
//
// The only error is ctx's, soon after its end.
func Nearest(ctx context.Context, g *road.Graph, sources []road.Snap, k int, budget uint32) (*Nearby, error) {
	s := newSweep(g, sources, k, budget)
	if err := s.run(ctx, g.Reverse()); err != nil {
		return nil, err
	}
	return s.Nearby, nil
}

func newSweep(g *road.Graph, sources []road.Snap, k int, budget uint32) *sweep {
	k = min(max(k, 1), MaxNearest)
	y := &Nearby{graph: g, sources: slices.Clone(sources), k: k, budget: min(budget, MaxBudget)}
	y.byEdge = make([]int32, len(sources))
	for i := range y.byEdge {
		y.byEdge[i] = int32(i)
	}
	slices.SortFunc(y.byEdge, func(a, b int32) int {
		return cmp.Or(cmp.Compare(sources[a].Edge, sources[b].Edge), cmp.Compare(a, b))
	})
	y.hits = make([]Hit, k*g.Nodes())
	for i := range y.hits {
		y.hits[i] = noHit
	}
	return &sweep{Nearby: y, buckets: make([][]arrival, y.budget/bucketWidth+1)}
}

// sweep is a Nearby in the making.
type sweep struct {
	*Nearby
	buckets [][]arrival
}

// arrival is a hit that a node has yet to pass on.
type arrival struct {
	node road.Node
	hit  Hit
}

// askEvery is after how many arrivals a sweep asks whether it is still wanted:
// about every tenth of a millisecond, which costs nothing that can be measured.
const askEvery = 4096

func (s *sweep) run(ctx context.Context, g *road.Graph) error {
	for i, source := range s.sources {
		exits, n := g.Exits(source)
		for _, x := range exits[:n] {
			s.offer(x.Node, Hit{int32(i), door(source) + x.Length})
		}
	}
	since := 0
	for b := range s.buckets {
		for len(s.buckets[b]) > 0 {
			if since++; since == askEvery {
				if since = 0; ctx.Err() != nil {
					return ctx.Err()
				}
			}
			last := len(s.buckets[b]) - 1
			t := s.buckets[b][last]
			s.buckets[b] = s.buckets[b][:last]
			if !slices.Contains(s.at(t.node), t.hit) {
				continue // a nearer source or a shorter way has taken its place
			}
			for a, end := g.Out(t.node); a < end; a++ {
				s.offer(g.Head(a), Hit{t.hit.Source, t.hit.Length + g.Length(a)})
			}
		}
		s.buckets[b] = nil
	}
	return nil
}

// offer gives n a hit, and queues it to be passed on if n keeps it.
func (s *sweep) offer(n road.Node, h Hit) {
	if h.Length <= s.budget && keep(s.at(n), h) {
		b := h.Length / bucketWidth
		s.buckets[b] = append(s.buckets[b], arrival{n, h})
	}
}

// at returns the k places of node n.
func (y *Nearby) at(n road.Node) []Hit { return y.hits[int(n)*y.k : (int(n)+1)*y.k] }

// keep puts h where it belongs in the ordered list, whose last entry falls out,
// and reports whether it did: not if the list is full of better ones or has a way
// to the same source that is no longer.
func keep(list []Hit, h Hit) bool {
	at := len(list)
	for at > 0 && h.before(list[at-1]) {
		at--
	}
	if at == len(list) {
		return false
	}
	for _, better := range list[:at] {
		if better.Source == h.Source {
			return false
		}
	}
	gone := at
	for gone < len(list)-1 && list[gone].Source != h.Source {
		gone++
	}
	copy(list[at+1:gone+1], list[at:gone])
	list[at] = h
	return true
}

// before is the order of hits: by length, then by source.
func (h Hit) before(i Hit) bool {
	return h.Length < i.Length || h.Length == i.Length && uint32(h.Source) < uint32(i.Source)
}

// K returns how many sources are kept for each place.
func (y *Nearby) K() int { return y.k }

// Budget returns how far was looked, in dm.
func (y *Nearby) Budget() uint32 { return y.budget }

// At returns the nearest sources of node n, nearest first: at most k, all within
// the budget. It is y's own memory.
func (y *Nearby) At(n road.Node) []Hit { return filled(y.at(n)) }

func filled(list []Hit) []Hit {
	n := len(list)
	for n > 0 && list[n-1] == noHit {
		n--
	}
	return list[:n]
}

// To returns the nearest sources that someone at place p can travel to, nearest
// first: at most k, all within the budget.
func (y *Nearby) To(p road.Snap) []Hit { return y.AppendTo(nil, p) }

// AppendTo appends what To returns to dst, which spares an allocation.
func (y *Nearby) AppendTo(dst []Hit, p road.Snap) []Hit {
	start := len(dst)
	for range y.k {
		dst = append(dst, noHit)
	}
	best, off := dst[start:], door(p)
	offer := func(source int32, length uint32) {
		if length <= y.budget {
			keep(best, Hit{source, length})
		}
	}
	exits, n := y.graph.Exits(p)
	for _, x := range exits[:n] {
		for _, h := range y.At(x.Node) {
			offer(h.Source, h.Length+x.Length+off)
		}
	}
	first, _ := slices.BinarySearchFunc(y.byEdge, p.Edge, func(i int32, e road.Edge) int {
		return cmp.Compare(y.sources[i].Edge, e)
	})
	for _, i := range y.byEdge[first:] {
		if y.sources[i].Edge != p.Edge {
			break
		}
		if l, ok := y.graph.Straight(p, y.sources[i]); ok {
			offer(i, off+l+door(y.sources[i]))
		}
	}
	return dst[:start+len(filled(best))]
}
