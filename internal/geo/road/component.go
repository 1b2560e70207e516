package road

import (
	"cmp"
	"slices"
)

// Component is a piece of the network in which every node can be reached from
// every other.
type Component struct {
	Nodes   int
	LengthM float64 // of the edges with both ends in it
}

// Components returns the pieces, the longest first.
func (g *Graph) Components() []Component { return g.components }

// Component returns the piece that n belongs to, as an index into Components.
func (g *Graph) Component(n Node) int { return int(g.component[n]) }

// A piece is worth snapping to when it is at least this long, or at least this
// share of all streets: someone who stands in it can get somewhere.
const (
	leavableM     = 5000
	leavableShare = 0.1
)

// findComponents finds the strongly connected components (Tarjan, without
// recursion: a long street is as deep as it has junctions).
func (g *Graph) findComponents() {
	const none = ^uint32(0)
	n := len(g.at)
	index, low := make([]uint32, n), make([]uint32, n)
	g.component = make([]uint32, n)
	for v := range n {
		index[v], g.component[v] = none, none
	}
	type frame struct{ node, arc uint32 }
	var open []Node
	var calls []frame
	var next, count uint32
	enter := func(v Node) {
		index[v], low[v] = next, next
		next++
		open = append(open, v)
		calls = append(calls, frame{v, g.firstOut[v]})
	}
	leave := func(v Node) {
		if low[v] != index[v] {
			return
		}
		for done := false; !done; {
			w := open[len(open)-1]
			open = open[:len(open)-1]
			g.component[w] = count
			done = w == v
		}
		count++
	}
	for root := range Node(n) {
		if index[root] != none {
			continue
		}
		enter(root)
		for len(calls) > 0 {
			f := &calls[len(calls)-1]
			if v := f.node; f.arc < g.firstOut[v+1] {
				w := g.head[f.arc]
				f.arc++
				if index[w] == none {
					enter(w)
				} else if g.component[w] == none {
					low[v] = min(low[v], index[w])
				}
				continue
			}
			v := f.node
			calls = calls[:len(calls)-1]
			leave(v)
			if len(calls) > 0 {
				u := calls[len(calls)-1].node
				low[u] = min(low[u], low[v])
			}
		}
	}
	g.rankComponents(int(count))
}

// rankComponents numbers the pieces from the longest down.
func (g *Graph) rankComponents(count int) {
	found := make([]Component, count)
	for _, c := range g.component {
		found[c].Nodes++
	}
	for e, dm := range g.edgeLength {
		if c := g.component[g.ends[2*e]]; c == g.component[g.ends[2*e+1]] {
			found[c].LengthM += float64(dm) / 10
		}
	}
	order := make([]uint32, count)
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortStableFunc(order, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(found[b].LengthM, found[a].LengthM), cmp.Compare(found[b].Nodes, found[a].Nodes))
	})
	rank := make([]uint32, count)
	g.components = make([]Component, count)
	for r, c := range order {
		rank[c] = uint32(r)
		g.components[r] = found[c]
	}
	for n, c := range g.component {
		g.component[n] = rank[c]
	}
}

// leavable reports whether e lies in a piece large enough to leave.
func (g *Graph) leavable(e Edge) bool {
	tail, head := g.Ends(e)
	if g.component[tail] != g.component[head] {
		return false
	}
	return g.components[g.component[tail]].LengthM >= g.leavableM
}
