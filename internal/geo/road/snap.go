package road

import (
	"math"

	"github.com/xiadu/xiadu/internal/geo"
)

// Snap is a place on a street.
type Snap struct {
	Edge     Edge
	Along    uint32    // dm from the edge's tail
	OffM     float64   // metres from the place that was asked for
	At       geo.Fixed // where on the street
	Isolated bool      // on a piece of the network too small to get anywhere from
}

// Snap returns the nearest place on a street to p, at most boundM metres away.
// It prefers a piece of the network that is large enough to leave, even when a
// fenced-in courtyard is nearer, and takes the courtyard only when there is
// nothing else in reach. It reports false when there is no street within the bound.
func (g *Graph) Snap(p geo.Point, boundM float64) (Snap, bool) {
	from := p.Fixed()
	pl := geo.PlaneAt(p.Lat)
	if c := g.cells.Load(); c != nil {
		if nearest, ok := c.nearest(newSnapping(g, pl, from, math.Inf(1))); ok {
			if s := nearest.snap(pl, from); s.OffM <= boundM {
				return s, true
			}
		}
	}
	return g.snapByTree(pl, from, boundM)
}

func (g *Graph) snapByTree(pl geo.Plane, from geo.Fixed, boundM float64) (Snap, bool) {
	large, small := newSnapping(g, pl, from, boundM), newSnapping(g, pl, from, boundM)
	g.tree.NearWithin(from, boundM, func(e uint32, boxM float64) float64 {
		if g.leavable(e) {
			g.eachSpan(e, large.lookAt)
		} else if boxM <= math.Sqrt(small.bound2)+1e-3 {
			g.eachSpan(e, small.lookAt)
		}
		return math.Sqrt(large.bound2) + 1e-3 // boxes are measured a hair otherwise, and may hold one that is as near
	})
	switch {
	case large.span != nil:
		return large.span.snap(pl, from), true
	case small.span != nil:
		s := small.span.snap(pl, from)
		s.Isolated = true
		return s, true
	}
	return Snap{}, false
}

// Off returns OffM in whole decimetres, to nearest: the way between a place and
// its street, which counts as lengths of streets do.
func (s Snap) Off() uint32 { return uint32(math.Round(min(max(s.OffM, 0)*10, longest))) }

// SnapNode returns the place of node n, on one of its edges. It reports false
// for a node without any.
func (g *Graph) SnapNode(n Node) (Snap, bool) {
	for _, gr := range []*Graph{g, g.Reverse()} {
		if first, last := gr.Out(n); first < last {
			e, _ := gr.EdgeOf(first)
			s := Snap{Edge: e, At: g.at[n], Isolated: !g.leavable(e)}
			if tail, _ := g.Ends(e); tail != n {
				s.Along = g.edgeLength[e]
			}
			return s, true
		}
	}
	return Snap{}, false
}

// Exit is a node that a traveller standing on an edge gets to next.
type Exit struct {
	Node   Node
	Length uint32 // dm to it
}

// Exits returns the nodes that can be reached first from s: at most the two
// ends of its edge. Someone who stands at an end is at that node, whichever way
// the street runs.
func (g *Graph) Exits(s Snap) (exits [2]Exit, n int) {
	l := g.ending(s.Edge)
	if rest := l.length - s.Along; l.flags&forwardBit != 0 || rest == 0 {
		exits[n] = Exit{l.head, rest}
		n++
	}
	if l.flags&backwardBit != 0 || s.Along == 0 {
		exits[n] = Exit{l.tail, s.Along}
		n++
	}
	return exits, n
}

func (g *Graph) ending(e Edge) ending {
	if c := g.cells.Load(); c != nil {
		return c.endings[e]
	}
	tail, head := g.Ends(e)
	return ending{tail, head, g.edgeLength[e], g.flags[e]}
}

// Straight returns the length in dm of going from a to b along the edge that
// both lie on, and false if they do not share one or it is one-way against.
func (g *Graph) Straight(a, b Snap) (uint32, bool) {
	if a.Edge != b.Edge {
		return 0, false
	}
	forward, backward := g.Directions(a.Edge)
	if a.Along <= b.Along {
		return b.Along - a.Along, forward || a.Along == b.Along
	}
	return a.Along - b.Along, backward
}
