// Package road is a city's streets as one traveller sees them: an immutable
// graph, made from OpenStreetMap by the rules of a Profile.
//
// In the field's terms: nodes are junctions and dead ends, an edge is the street
// between two of them, and an arc is an edge in a direction that may be
// travelled. Everything between junctions is contracted into the edge; its
// geometry is kept apart (Shape), so that searches touch only nodes and arcs.
// Nodes are numbered along a Hilbert curve and edges after their nodes, so what
// is near in the city is near in memory.
//
// Lengths are decimetres in a uint32: exact to add and compare, and off by less
// than 0.1 m, to either side, for each street that a way goes along (see
// setMilestones). Streets are measured on local planes, see ruler. A 15-minute
// walk is 12,000 dm, which also fits the 16-bit lanes that fast sweeps want.
//
// A Graph is made by a Builder, saved to and loaded from a flat file, and shared
// freely between goroutines.
package road

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/xiadu/xiadu/internal/geo"
)

// Node is a junction or a dead end.
type Node = uint32

// Arc is an edge in one direction.
type Arc = uint32

// Edge is the street between two nodes.
type Edge = uint32

// Kind says what is special about travelling an edge.
type Kind uint8

// The kinds.
const (
	Plain  Kind = iota
	Steps       // highway=steps
	Ferry       // route=ferry; its length is its duration at the profile's speed
	Square      // across an open square
	Lift        // highway=elevator
)

// Flag bits of an edge; its Kind is in the bits above.
const (
	forwardBit  = 1
	backwardBit = 2
	kindShift   = 2
)

// Graph is a street network for one profile. The zero Graph is empty.
type Graph struct {
	at       []geo.Fixed
	firstOut []uint32 // of each node, and one past the last
	head     []Node
	length   []uint32 // dm
	edgeOf   []uint32 // edge<<1, +1 when the arc runs against the edge

	ends       []Node // tail and head of each edge
	edgeLength []uint32
	flags      []byte
	name       []uint32 // index into firstName
	firstShape []uint32
	shape      []geo.Fixed
	upTo       []uint32 // of each vertex in shape: dm from the tail of its edge
	firstName  []uint32
	names      []byte

	tree       geo.RTree // over edges
	component  []uint32  // of each node
	components []Component
	leavableM  float64 // what a piece must measure to be worth snapping to
	thinned    int     // not saved

	reverse func() *Graph
	stars   func() []Star
	scratch sync.Pool // of *routeScratch
	quicken sync.Once
	cells   atomic.Pointer[snapCells] // nil until QuickenSnaps
}

// Nodes returns the number of nodes.
func (g *Graph) Nodes() int { return len(g.at) }

// Arcs returns the number of arcs.
func (g *Graph) Arcs() int { return len(g.head) }

// Edges returns the number of edges.
func (g *Graph) Edges() int { return len(g.flags) }

// At returns where n is.
func (g *Graph) At(n Node) geo.Fixed { return g.at[n] }

// Out returns the arcs that leave n: first to last-1.
func (g *Graph) Out(n Node) (first, last Arc) { return g.firstOut[n], g.firstOut[n+1] }

// Head returns the node that a leads to.
func (g *Graph) Head(a Arc) Node { return g.head[a] }

// Length returns the length of a in decimetres.
func (g *Graph) Length(a Arc) uint32 { return g.length[a] }

// EdgeOf returns the edge of a, and whether a runs along it from tail to head.
func (g *Graph) EdgeOf(a Arc) (e Edge, forward bool) { return g.edgeOf[a] >> 1, g.edgeOf[a]&1 == 0 }

// Ends returns the two nodes of e.
func (g *Graph) Ends(e Edge) (tail, head Node) { return g.ends[2*e], g.ends[2*e+1] }

// EdgeLength returns the length of e in decimetres.
func (g *Graph) EdgeLength(e Edge) uint32 { return g.edgeLength[e] }

// Directions says which ways e may be travelled.
func (g *Graph) Directions(e Edge) (forward, backward bool) {
	return g.flags[e]&forwardBit != 0, g.flags[e]&backwardBit != 0
}

// Kind returns what is special about e.
func (g *Graph) Kind(e Edge) Kind { return Kind(g.flags[e] >> kindShift) }

// Name returns the name of e's street, or "".
func (g *Graph) Name(e Edge) string {
	n := g.name[e]
	return string(g.names[g.firstName[n]:g.firstName[n+1]])
}

// Shape returns the course of e from tail to head, both included. It is the
// graph's own memory.
func (g *Graph) Shape(e Edge) []geo.Fixed { return g.shape[g.firstShape[e]:g.firstShape[e+1]] }

// milestonesOf returns how far each vertex of e's shape is from the tail, in dm.
func (g *Graph) milestonesOf(e Edge) []uint32 { return g.upTo[g.firstShape[e]:g.firstShape[e+1]] }

// Course appends to line the course of e from one place to another that is not
// before it, both in dm from the tail.
func (g *Graph) Course(line []geo.Fixed, e Edge, from, to uint32) []geo.Fixed {
	shape, upTo := g.Shape(e), g.milestonesOf(e)
	place := func(dm uint32) geo.Fixed {
		i, _ := slices.BinarySearch(upTo[1:], dm)
		i = min(i, len(upTo)-2)
		return geo.Between(shape[i], shape[i+1], float64(dm-upTo[i])/float64(upTo[i+1]-upTo[i]))
	}
	line = append(line, place(from))
	for i, dm := range upTo {
		if from < dm && dm < to {
			line = append(line, shape[i])
		}
	}
	return append(line, place(to))
}

// Box returns the box around all streets.
func (g *Graph) Box() geo.Box {
	if len(g.tree.Boxes) == 0 {
		return geo.Nothing
	}
	return g.tree.Boxes[len(g.tree.Boxes)-1]
}

// LengthM returns the length of all streets in metres, each edge once.
func (g *Graph) LengthM() float64 {
	var dm uint64
	for _, l := range g.edgeLength {
		dm += uint64(l)
	}
	return float64(dm) / 10
}

// ThinnedSquares returns how many squares have so many entrances that ways across
// join only some of them. A loaded graph does not know.
func (g *Graph) ThinnedSquares() int { return g.thinned }

// Symmetric reports whether every edge may be travelled both ways.
func (g *Graph) Symmetric() bool { return len(g.head) == 2*len(g.flags) }

// Reverse returns the graph with every direction turned round, in which the way
// from a station is the way to it. Its edges, nodes and snaps are g's own; a
// symmetric graph is its own reverse.
func (g *Graph) Reverse() *Graph { return g.reverse() }

func (g *Graph) turnedRound() *Graph {
	if g.Symmetric() {
		return g
	}
	r := &Graph{
		at: g.at, ends: g.ends, edgeLength: g.edgeLength, name: g.name,
		firstShape: g.firstShape, shape: g.shape, upTo: g.upTo, firstName: g.firstName, names: g.names,
		tree: g.tree, component: g.component, components: g.components, leavableM: g.leavableM,
	}
	r.flags = make([]byte, len(g.flags))
	for e, f := range g.flags {
		r.flags[e] = f&^(forwardBit|backwardBit) | f&forwardBit<<1 | f&backwardBit>>1
	}
	r.layArcs()
	r.reverse, r.stars = func() *Graph { return g }, sync.OnceValue(r.packStars)
	return r
}

// layArcs makes the arcs from the edges and their flags, in node order.
func (g *Graph) layArcs() {
	g.firstOut = make([]uint32, len(g.at)+1)
	each := func(visit func(from, to Node, e Edge, back uint32)) {
		for e, f := range g.flags {
			tail, head := g.ends[2*e], g.ends[2*e+1]
			if f&forwardBit != 0 {
				visit(tail, head, Edge(e), 0)
			}
			if f&backwardBit != 0 {
				visit(head, tail, Edge(e), 1)
			}
		}
	}
	each(func(from, _ Node, _ Edge, _ uint32) { g.firstOut[from+1]++ })
	for n := range g.at {
		g.firstOut[n+1] += g.firstOut[n]
	}
	arcs := g.firstOut[len(g.at)]
	g.head, g.length, g.edgeOf = make([]Node, arcs), make([]uint32, arcs), make([]uint32, arcs)
	next := append([]uint32(nil), g.firstOut[:len(g.at)]...)
	each(func(from, to Node, e Edge, back uint32) {
		a := next[from]
		next[from]++
		g.head[a], g.length[a], g.edgeOf[a] = to, g.edgeLength[e], e<<1|back
	})
}
