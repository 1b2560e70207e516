package road

import (
	"slices"

	"github.com/xiadu/xiadu/internal/geo"
)

// Path is a way through the streets.
type Path struct {
	Length uint32      // dm
	Line   []geo.Fixed // from the one snap's place to the other's
	Legs   []Leg
}

// Leg is a stretch of a path along one street.
type Leg struct {
	Name   string // "" where the street has none
	Kind   Kind
	Length uint32 // dm
}

type routeScratch struct {
	dist  []uint32
	via   []Arc // the arc by which a node was reached; none for a start
	queue geo.Queue[uint32, Node]
	dirty []Node
}

const none = ^uint32(0)

// Route returns the shortest way from one place to another of at most limit
// decimetres, and false if there is none. The distance of the snaps from the
// places asked for is not in it.
func (g *Graph) Route(from, to Snap, limit uint32) (Path, bool) {
	best := none
	if l, ok := g.Straight(from, to); ok && l <= limit {
		best = l
	}
	s := g.borrow()
	defer g.giveBack(s)
	relax := func(n Node, d uint32, via Arc) {
		if d > limit || d >= min(s.dist[n], best) {
			return
		}
		if s.dist[n] == none {
			s.dirty = append(s.dirty, n)
		}
		s.dist[n], s.via[n] = d, via
		s.queue.Push(d, n)
	}
	starts, n := g.Exits(from)
	for _, x := range starts[:n] {
		relax(x.Node, x.Length, none)
	}
	// The exits of the reverse graph are the entrances to the edge of to.
	goals, m := g.Reverse().Exits(to)
	last := none
	for s.queue.Len() > 0 {
		d, v := s.queue.Pop()
		if d >= best {
			break
		}
		if d > s.dist[v] {
			continue
		}
		for _, goal := range goals[:m] {
			if goal.Node == v && d+goal.Length < best && d+goal.Length <= limit {
				best, last = d+goal.Length, v
			}
		}
		for a := g.firstOut[v]; a < g.firstOut[v+1]; a++ {
			relax(g.head[a], d+g.length[a], a)
		}
	}
	if best == none {
		return Path{}, false
	}
	return g.trace(s, from, to, last, best), true
}

// trace walks back from node last, the final junction before to (none when the
// path stays on one edge).
func (g *Graph) trace(s *routeScratch, from, to Snap, last Node, length uint32) Path {
	p := Path{Length: length}
	if last == none {
		p.add(g, from.Edge, g.part(from.Edge, from.Along, to.Along), length)
		return p
	}
	var arcs []Arc
	first := last
	for s.via[first] != none {
		a := s.via[first]
		arcs = append(arcs, a)
		e, forward := g.EdgeOf(a)
		tail, head := g.Ends(e)
		if first = tail; !forward {
			first = head
		}
	}
	slices.Reverse(arcs)
	p.add(g, from.Edge, g.part(from.Edge, from.Along, g.along(from.Edge, first)), s.dist[first])
	for _, a := range arcs {
		e, forward := g.EdgeOf(a)
		line := slices.Clone(g.Shape(e))
		if !forward {
			slices.Reverse(line)
		}
		p.add(g, e, line, g.length[a])
	}
	p.add(g, to.Edge, g.part(to.Edge, g.along(to.Edge, last), to.Along), length-s.dist[last])
	return p
}

// along returns where on e its end n lies, in dm from the tail.
func (g *Graph) along(e Edge, n Node) uint32 {
	if tail, _ := g.Ends(e); tail == n {
		return 0
	}
	return g.edgeLength[e]
}

// add appends a stretch of an edge, joining the legs of one street.
func (p *Path) add(g *Graph, e Edge, line []geo.Fixed, length uint32) {
	if len(p.Line) > 0 && len(line) > 0 && p.Line[len(p.Line)-1] == line[0] {
		line = line[1:]
	}
	p.Line = append(p.Line, line...)
	if length == 0 {
		return
	}
	leg := Leg{g.Name(e), g.Kind(e), length}
	if last := len(p.Legs) - 1; last >= 0 && p.Legs[last].Name == leg.Name && p.Legs[last].Kind == leg.Kind {
		p.Legs[last].Length += length
		return
	}
	p.Legs = append(p.Legs, leg)
}

// part returns the course of e from one place to another, in dm from its tail,
// either of which may be the farther.
func (g *Graph) part(e Edge, from, to uint32) []geo.Fixed {
	if from > to {
		line := g.part(e, to, from)
		slices.Reverse(line)
		return line
	}
	return g.Course(nil, e, from, to)
}

func (g *Graph) borrow() *routeScratch {
	if s, ok := g.scratch.Get().(*routeScratch); ok {
		return s
	}
	s := &routeScratch{dist: make([]uint32, len(g.at)), via: make([]Arc, len(g.at))}
	for i := range s.dist {
		s.dist[i] = none
	}
	return s
}

func (g *Graph) giveBack(s *routeScratch) {
	for _, n := range s.dirty {
		s.dist[n] = none
	}
	s.dirty = s.dirty[:0]
	s.queue.Reset()
	g.scratch.Put(s)
}
