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
		if nearest, ok := c.nearest(pl, from); ok {
			if s := nearest.snap(pl, from); s.OffM <= boundM {
				return s, true
			}
		}
	}
	return g.snapByTree(pl, from, boundM)
}

func (g *Graph) snapByTree(pl geo.Plane, from geo.Fixed, boundM float64) (Snap, bool) {
	large, small := math.Inf(1), math.Inf(1)
	var best, fallback Edge
	g.tree.NearWithin(from, boundM, func(e uint32, boxM float64) float64 {
		leavable := g.leavable(e)
		if !leavable && boxM > small {
			return min(boundM, large)
		}
		switch off := g.offM(pl, from, e); {
		case off > boundM:
		case leavable && (off < large || off == large && e < best):
			best, large = e, off
		case !leavable && off < small:
			fallback, small = e, off
		}
		return min(boundM, large)
	})
	switch {
	case !math.IsInf(large, 1):
		return g.project(pl, from, best), true
	case !math.IsInf(small, 1):
		s := g.project(pl, from, fallback)
		s.Isolated = true
		return s, true
	}
	return Snap{}, false
}

// offM returns how far p is from e.
func (g *Graph) offM(pl geo.Plane, p geo.Fixed, e Edge) float64 {
	line, least2 := g.Shape(e), math.Inf(1)
	ax, ay := pl.Vector(p, line[0])
	for _, b := range line[1:] {
		bx, by := pl.Vector(p, b)
		least2 = min(least2, toSpan2(ax, ay, bx, by))
		ax, ay = bx, by
	}
	return math.Sqrt(least2)
}

// project returns the place on e nearest to p.
func (g *Graph) project(pl geo.Plane, p geo.Fixed, e Edge) Snap {
	var nearest span
	least2 := math.Inf(1)
	g.eachSpan(e, func(s span) {
		ax, ay := pl.Vector(p, s.a)
		bx, by := pl.Vector(p, s.b)
		if d := toSpan2(ax, ay, bx, by); d < least2 {
			nearest, least2 = s, d
		}
	})
	return nearest.snap(pl, p)
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
