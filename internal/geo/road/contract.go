package road

import (
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
	joints
	used   []uint64 // a bit of each run: the stretch of street from it has been taken
	firstM []uint32 // of each street: where its milestones begin
	stones []uint32 // dm from the start of its street to each vertex
	line   []uint32
	upTo   []uint32 // of each vertex in line: dm from where its edge begins
	drafts []draft
	loops  int // that were cut in two
}

// draft contracts the streets: it goes along each from one junction to the next,
// and on into the streets that continue it.
func (b *Builder) draft() *drafting {
	d := &drafting{Builder: b, joints: b.meet()}
	vertices, ends := 0, 0
	for s := range b.streets {
		vertices += len(b.streets[s].line)
	}
	for _, n := range d.runs {
		if n > 2 {
			ends++
		}
	}
	d.used = make([]uint64, len(d.mates)/64+1)
	d.setMilestones(vertices)
	d.line, d.upTo = make([]uint32, 0, vertices+ends), make([]uint32, 0, vertices+ends)
	d.drafts = make([]draft, 0, len(b.streets)+ends)
	for s := range b.streets { // from junctions first, so that only rings are left
		d.cut(uint32(s))
	}
	for s := range b.streets {
		if r := run(s) << 1; !d.taken(r) && d.mates[r] != nowhere {
			d.take(r)
			d.chain(r, 0)
		}
	}
	return d
}

func (d *drafting) taken(r run) bool { return d.used[r>>6]&(1<<(r&63)) != 0 }
func (d *drafting) take(r run)       { d.used[r>>6] |= 1 << (r & 63) }

// cut drafts the edges that begin or end on a street: its stretches between
// junctions, and the chains that it is an end of.
func (d *drafting) cut(s uint32) {
	line := d.streets[s].line
	last := len(line) - 1
	start := 0
	for i := 1; i <= last; i++ {
		if d.runs[line[i]] == 2 && i < last {
			continue
		}
		here, there := s<<1, s<<1|1
		opens, ends := start == 0 && d.mates[here] != nowhere, i == last && d.mates[there] != nowhere
		switch {
		case !opens && !ends:
			d.edge(s, start, i)
		case !opens && !d.taken(there):
			d.chain(here, start)
		case !ends && opens && !d.taken(here):
			d.chain(there, i)
		}
		start = i
	}
}

// edge drafts a stretch of one street between two junctions.
func (d *drafting) edge(s uint32, start, end int) {
	e := draft{first: uint32(len(d.line)), flags: d.streets[s].flags, name: d.streets[s].name}
	d.line = append(d.line, d.streets[s].line[start:end+1]...)
	stones := d.milestones(s)
	for _, stone := range stones[start : end+1] {
		d.upTo = append(d.upTo, stone-stones[start])
	}
	d.finish(e)
}

// chain drafts an edge that goes on over the ends of streets. It begins at
// vertex i of the street that r is an end of, away from r if that is the
// line's end and else towards it.
func (d *drafting) chain(r run, i int) {
	s := r >> 1
	e := draft{first: uint32(len(d.line)), flags: d.streets[s].flags, name: d.streets[s].name}
	back := r&1 != 0
	if back {
		e.flags = turned(e.flags)
	}
	d.line, d.upTo = append(d.line, d.streets[s].line[i]), append(d.upTo, 0)
	for {
		arrived := d.follow(s, i, back)
		if arrived == nowhere {
			break
		}
		next := d.mates[arrived]
		if next == nowhere || d.taken(next) {
			break
		}
		s, back, i = next>>1, next&1 != 0, 0
		if d.take(next); back {
			i = len(d.streets[s].line) - 1
		}
	}
	d.finish(e)
}

// follow appends the vertices of a street after vertex i, up to a junction. If it
// comes to the end of the street it returns that run, else nowhere.
func (d *drafting) follow(s uint32, i int, back bool) run {
	line, stones := d.streets[s].line, d.milestones(s)
	begun, from := d.upTo[len(d.upTo)-1], stones[i]
	if back {
		for i--; i >= 0; i-- {
			d.line, d.upTo = append(d.line, line[i]), append(d.upTo, begun+from-stones[i])
			if i > 0 && d.runs[line[i]] != 2 {
				return nowhere
			}
		}
		d.take(s << 1)
		return s << 1
	}
	for i++; i < len(line); i++ {
		d.line, d.upTo = append(d.line, line[i]), append(d.upTo, begun+stones[i]-from)
		if i < len(line)-1 && d.runs[line[i]] != 2 {
			return nowhere
		}
	}
	d.take(s<<1 | 1)
	return s<<1 | 1
}

// finish takes an edge whose line has been laid. A line that ends where it began
// is cut in two, so that no edge has the same node twice.
func (d *drafting) finish(e draft) {
	e.last, e.length = uint32(len(d.line)-1), d.upTo[len(d.upTo)-1]
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
	one.length = d.upTo[one.last]
	two.length = e.length - one.length
	d.drafts = append(d.drafts, one, two)
	d.loops++
}

// graph makes nodes and edges of the drafts.
func (d *drafting) graph() *Graph {
	d.joints, d.used, d.streets = joints{}, nil, nil // the memory is wanted
	d.firstM, d.stones = nil, nil
	g := &Graph{}
	number := d.numberNodes(g)
	edges := len(d.drafts)
	g.ends, g.edgeLength = make([]Node, 0, 2*edges), make([]uint32, 0, edges)
	g.flags, g.name = make([]byte, 0, edges), make([]uint32, 0, edges)
	g.firstShape, g.shape = make([]uint32, 1, edges+1), make([]geo.Fixed, 0, len(d.line)+d.loops)
	g.upTo = make([]uint32, 0, len(d.line)+d.loops)
	for _, key := range d.order(number) {
		e := d.drafts[uint32(key)]
		g.ends = append(g.ends, number[d.line[e.first]], number[d.line[e.last]])
		g.edgeLength = append(g.edgeLength, e.length)
		g.flags = append(g.flags, e.flags)
		g.name = append(g.name, e.name)
		for _, v := range d.line[e.first : e.last+1] {
			g.shape = append(g.shape, d.at[v])
		}
		before := len(g.upTo)
		g.upTo = append(g.upTo, d.upTo[e.first:e.last+1]...)
		if begun := d.upTo[e.first]; begun > 0 { // the second half of a loop
			for i := range g.upTo[before:] {
				g.upTo[before+i] -= begun
			}
		}
		g.firstShape = append(g.firstShape, uint32(len(g.shape)))
	}
	g.shape, g.upTo = slices.Clip(g.shape), slices.Clip(g.upTo)
	d.putNames(g)
	return g
}

// putNames gives g the names that its edges have, in the order of the drafts.
func (d *drafting) putNames(g *Graph) {
	number := make([]uint32, len(d.names)) // +1, of those met
	g.firstName = append(g.firstName, 0)
	for _, e := range d.drafts {
		if number[e.name] == 0 {
			g.names = append(g.names, d.names[e.name]...)
			g.firstName = append(g.firstName, uint32(len(g.names)))
			number[e.name] = uint32(len(g.firstName) - 1)
		}
	}
	for e, name := range g.name {
		g.name[e] = number[name] - 1
	}
}

// numberNodes puts the ends of the edges into Hilbert order and returns the
// node of each vertex.
func (d *drafting) numberNodes(g *Graph) []Node {
	number := make([]Node, len(d.at))
	count, box := 0, geo.Nothing
	for _, e := range d.drafts {
		for _, v := range [2]uint32{d.line[e.first], d.line[e.last]} {
			if number[v] == 0 {
				number[v] = 1
				count++
				box = box.Extend(d.at[v])
			}
		}
	}
	order := make([]uint64, 0, count) // place on the curve, vertex
	for v, end := range number {
		if end != 0 {
			order = append(order, uint64(geo.Hilbert(d.at[v], box))<<32|uint64(v))
		}
	}
	order, _ = geo.SortKeys(order, nil)
	g.at = make([]geo.Fixed, len(order))
	for n, key := range order {
		v := uint32(key)
		number[v] = Node(n)
		g.at[n] = d.at[v]
	}
	return number
}

// order returns the drafts in the order of their lower node, which is in the
// upper half of each key.
func (d *drafting) order(number []Node) []uint64 {
	keys := make([]uint64, len(d.drafts))
	for i, e := range d.drafts {
		keys[i] = uint64(min(number[d.line[e.first]], number[d.line[e.last]]))<<32 | uint64(i)
	}
	keys, _ = geo.SortKeys(keys, nil)
	return keys
}

// boxEdges indexes the edges by place. They are in the order of their lower node
// along the curve, which serves as well as one of their own.
func (g *Graph) boxEdges() {
	n := g.Edges()
	boxes := make([]geo.Box, n, n+n/15+8) // and the levels above
	for e := range boxes {
		box := geo.Nothing
		for _, p := range g.Shape(Edge(e)) {
			box = box.Extend(p)
		}
		boxes[e] = box
	}
	g.tree = geo.PackRTree(boxes)
}
