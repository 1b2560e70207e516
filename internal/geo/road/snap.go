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
	large, small := math.Inf(1), math.Inf(1)
	var best, fallback Snap
	g.tree.NearWithin(from, boundM, func(e uint32, boxM float64) float64 {
		leavable := g.leavable(e)
		if !leavable && boxM > small {
			return min(boundM, large)
		}
		s := g.project(pl, from, e)
		switch {
		case s.OffM > boundM:
		case leavable && s.OffM < large:
			best, large = s, s.OffM
		case !leavable && s.OffM < small:
			s.Isolated = true
			fallback, small = s, s.OffM
		}
		return min(boundM, large)
	})
	if !math.IsInf(large, 1) {
		return best, true
	}
	return fallback, !math.IsInf(small, 1)
}

// project returns the place on e nearest to p.
func (g *Graph) project(pl geo.Plane, p geo.Fixed, e Edge) Snap {
	line := g.Shape(e)
	s := Snap{Edge: e, OffM: math.Inf(1)}
	var before, total float64 // metres along the line
	for i := 1; i < len(line); i++ {
		t, off := pl.Onto(p, line[i-1], line[i])
		east, north := pl.Vector(line[i-1], line[i])
		metres := math.Hypot(east, north)
		if off < s.OffM {
			s.OffM, s.At = off, geo.Between(line[i-1], line[i], t)
			before = total + t*metres
		}
		total += metres
	}
	if total > 0 {
		// By share, not by metres: an edge may be longer than its line.
		s.Along = uint32(math.Round(before / total * float64(g.edgeLength[e])))
	}
	return s
}

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
	tail, head := g.Ends(s.Edge)
	forward, backward := g.Directions(s.Edge)
	if rest := g.edgeLength[s.Edge] - s.Along; forward || rest == 0 {
		exits[n] = Exit{head, rest}
		n++
	}
	if backward || s.Along == 0 {
		exits[n] = Exit{tail, s.Along}
		n++
	}
	return exits, n
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
