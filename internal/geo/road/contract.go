package road

import (
	"math"
	"slices"

	"github.com/xiadu/xiadu/internal/geo"
)

// draft is an edge before nodes have their final numbers. Its line lies in the
// drafting's, so that a million edges are a handful of arrays.
type draft struct {
	first, last uint32 // the edge's vertices are line[first:last+1]
	length      uint32
	name        uint32
	flags       byte
}

// drafting is the edges in the making.
type drafting struct {
	*Builder
	pieces []piece
	line   []uint32
	drafts []draft
}

// contract makes nodes and edges of the chains.
func (b *Builder) contract(pieces []piece, c chains) *Graph {
	d := drafting{Builder: b, pieces: pieces, drafts: make([]draft, 0, c.count())}
	for i := range c.count() {
		d.add(c.at(i))
	}
	g := &Graph{}
	number := d.numberNodes(g)
	edges := len(d.drafts)
	g.ends, g.edgeLength = make([]Node, 0, 2*edges), make([]uint32, 0, edges)
	g.flags, g.name = make([]byte, 0, edges), make([]uint32, 0, edges)
	g.firstShape, g.shape = make([]uint32, 1, edges+1), make([]geo.Fixed, 0, len(d.line))
	for _, i := range d.order(number) {
		e := d.drafts[i]
		g.ends = append(g.ends, number[d.line[e.first]], number[d.line[e.last]])
		g.edgeLength = append(g.edgeLength, e.length)
		g.flags = append(g.flags, e.flags)
		g.name = append(g.name, e.name)
		for _, v := range d.line[e.first : e.last+1] {
			g.shape = append(g.shape, b.at[v])
		}
		g.firstShape = append(g.firstShape, uint32(len(g.shape)))
	}
	b.putNames(g)
	return g
}

func (b *Builder) putNames(g *Graph) {
	names := make([]string, len(b.nameOf))
	for name, i := range b.nameOf {
		names[i] = name
	}
	g.firstName = append(g.firstName, 0)
	for _, name := range names {
		g.names = append(g.names, name...)
		g.firstName = append(g.firstName, uint32(len(g.names)))
	}
}

// add joins a chain's pieces into one line with its length. A line that ends
// where it began is cut in two, so that no edge has the same node twice.
func (d *drafting) add(links []link) {
	head := d.streets[d.pieces[links[0].piece].street]
	if links[0].turned {
		head.Forward, head.Backward = head.Backward, head.Forward
	}
	if _, ok := d.nameOf[head.Name]; !ok {
		d.nameOf[head.Name] = uint32(len(d.nameOf))
	}
	e := draft{first: uint32(len(d.line)), flags: head.flags(), name: d.nameOf[head.Name]}
	var metres float64
	for i, l := range links {
		metres += d.lay(l, i > 0)
	}
	e.last, e.length = uint32(len(d.line)-1), decimetres(metres)
	if d.line[e.first] != d.line[e.last] {
		d.drafts = append(d.drafts, e)
		return
	}
	if e.last-e.first < 2 {
		return // a line from a vertex to itself leads nowhere
	}
	one, two := e, e
	one.last = (e.first + e.last) / 2
	two.first = one.last
	share := d.metres(d.line[one.first:one.last+1]) / max(d.metres(d.line[e.first:e.last+1]), 1e-3)
	one.length, two.length = decimetres(metres*share), decimetres(metres*(1-share))
	d.drafts = append(d.drafts, one, two)
}

// lay appends a piece to the line and returns its length. If it joins a piece
// before, the vertex that they share is there already.
func (d *drafting) lay(l link, joins bool) (metres float64) {
	p := d.pieces[l.piece]
	s := d.streets[p.street]
	line := s.Line[p.start : p.end+1]
	metres = d.metres(line)
	if s.LengthM > 0 {
		metres *= s.LengthM / max(d.metres(s.Line), 1e-3)
	}
	start := len(d.line)
	d.line = append(d.line, line...)
	if l.turned {
		slices.Reverse(d.line[start:])
	}
	if joins {
		d.line = slices.Delete(d.line, start, start+1)
	}
	return metres
}

func (s Street) flags() byte {
	flags := byte(s.Kind) << kindShift
	if s.Forward {
		flags |= forwardBit
	}
	if s.Backward {
		flags |= backwardBit
	}
	return flags
}

// decimetres rounds up, so that no way is shorter than the straight line; and
// no edge is free or long enough for sums to overflow.
func decimetres(metres float64) uint32 {
	return uint32(min(math.MaxUint32/16, max(1, math.Ceil(metres*10))))
}

func (b *Builder) metres(line []uint32) float64 {
	var sum float64
	for i := 1; i < len(line); i++ {
		sum += geo.Distance(b.at[line[i-1]].Point(), b.at[line[i]].Point())
	}
	return sum
}

// numberNodes puts the ends of the edges into Hilbert order and returns the
// node of each vertex.
func (d *drafting) numberNodes(g *Graph) []Node {
	number := make([]Node, len(d.at))
	var order []uint64 // place on the curve, vertex
	box := geo.Nothing
	for _, e := range d.drafts {
		for _, v := range []uint32{d.line[e.first], d.line[e.last]} {
			if number[v] == 0 {
				number[v] = 1
				order = append(order, uint64(v))
				box = box.Extend(d.at[v])
			}
		}
	}
	for i, v := range order {
		order[i] = uint64(geo.Hilbert(d.at[v], box))<<32 | v
	}
	slices.Sort(order)
	g.at = make([]geo.Fixed, len(order))
	for n, key := range order {
		v := uint32(key)
		number[v] = Node(n)
		g.at[n] = d.at[v]
	}
	return number
}

// order returns the drafts in the order of their lower node.
func (d *drafting) order(number []Node) []uint32 {
	keys := make([]uint64, len(d.drafts))
	for i, e := range d.drafts {
		keys[i] = uint64(min(number[d.line[e.first]], number[d.line[e.last]]))<<32 | uint64(i)
	}
	slices.Sort(keys)
	order := make([]uint32, len(keys))
	for i, key := range keys {
		order[i] = uint32(key)
	}
	return order
}

func (g *Graph) boxEdges() {
	boxes := make([]geo.Box, g.Edges())
	for e := range boxes {
		boxes[e] = geo.BoxOf(g.Shape(Edge(e))...)
	}
	g.tree = geo.NewRTree(boxes)
}
