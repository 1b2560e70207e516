package road

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/xiadu/xiadu/internal/geo"
)

// Street is one line of the map that the profile may travel.
type Street struct {
	Line              []uint32 // vertices, as indexes into the Builder's positions
	Name              string
	Forward, Backward bool
	Kind              Kind
	// LengthM replaces the length of the whole line when positive: a ferry's
	// duration at the profile's speed, a lift's wait.
	LengthM float64
}

// Builder collects streets and makes a Graph of them.
type Builder struct {
	at      []geo.Fixed
	streets []Street
	nameOf  map[string]uint32
}

// NewBuilder returns a builder over vertices at the given positions. Streets
// that share a vertex meet there; streets that only cross on the map do not.
func NewBuilder(at []geo.Fixed) *Builder { return &Builder{at: at, nameOf: map[string]uint32{}} }

// Add adds a street. Streets of fewer than two vertices, or that no direction
// may travel, are left out. Add keeps s.Line.
func (b *Builder) Add(s Street) {
	if len(s.Line) >= 2 && (s.Forward || s.Backward) {
		b.streets = append(b.streets, s)
	}
}

// piece is a run of one street between two junctions or street ends.
type piece struct {
	street     uint32
	start, end uint32 // indexes into the street's line, start < end
}

// chain is a sequence of pieces that meet at nothing but each other.
type chain []link

type link struct {
	piece  uint32
	turned bool // travelled from its end to its start
}

// Build contracts the streets to a graph. It returns ctx's error when cancelled.
func (b *Builder) Build(ctx context.Context) (*Graph, error) {
	junction := b.junctions()
	pieces := b.cut(junction)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("build the street graph: %w", err)
	}
	g := b.contract(pieces, b.chains(pieces, junction))
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("build the street graph: %w", err)
	}
	g.layArcs()
	g.boxEdges()
	g.findComponents()
	g.finish()
	return g, nil
}

// finish sets what is derived when first wanted.
func (g *Graph) finish() {
	g.reverse = sync.OnceValue(g.turnedRound)
	var total float64
	for _, c := range g.components {
		total += c.LengthM
	}
	g.leavableM = min(leavableM, leavableShare*total)
}

// junctions marks the vertices where an edge must end: where other than two
// street runs meet, or two that differ in name, kind or directions.
func (b *Builder) junctions() []bool {
	runs := make([]uint8, len(b.at))   // street runs that touch the vertex, at most 3
	first := make([]uint32, len(b.at)) // the first of them: street<<1, +1 when it arrives
	junction := make([]bool, len(b.at))
	touch := func(v, run uint32) {
		switch runs[v] {
		case 0:
			first[v] = run
		case 1:
			junction[v] = !b.continues(first[v], run)
		default:
			junction[v] = true
		}
		runs[v] = min(runs[v]+1, 3)
	}
	for s, street := range b.streets {
		last := len(street.Line) - 1
		for i, v := range street.Line {
			if i > 0 {
				touch(v, uint32(s)<<1|1)
			}
			if i < last {
				touch(v, uint32(s)<<1)
			}
		}
	}
	for v, n := range runs {
		junction[v] = junction[v] || n == 1
	}
	return junction
}

// continues reports whether two runs that meet at a vertex are one street.
func (b *Builder) continues(one, two uint32) bool {
	s, t := b.streets[one>>1], b.streets[two>>1]
	if one>>1 == two>>1 && one != two {
		return true // the middle of a line, or a ring's closing vertex
	}
	if s.LengthM > 0 || t.LengthM > 0 || s.Name != t.Name || s.Kind != t.Kind {
		return false
	}
	if one&1 != two&1 { // one arrives where the other leaves
		return s.Forward == t.Forward && s.Backward == t.Backward
	}
	return s.Forward == t.Backward && s.Backward == t.Forward
}

// cut divides the streets at junctions.
func (b *Builder) cut(junction []bool) []piece {
	var pieces []piece
	for s, street := range b.streets {
		last := uint32(len(street.Line) - 1)
		start := uint32(0)
		for i := uint32(1); i <= last; i++ {
			if junction[street.Line[i]] || i == last {
				pieces = append(pieces, piece{uint32(s), start, i})
				start = i
			}
		}
	}
	return pieces
}

// chains joins the pieces that meet at a vertex that is no junction.
func (b *Builder) chains(pieces []piece, junction []bool) []chain {
	joints := map[uint32][]uint32{} // vertex → pieces that end there
	end := func(p uint32, turned bool) uint32 {
		line, pc := b.streets[pieces[p].street].Line, pieces[p]
		if turned {
			return line[pc.start]
		}
		return line[pc.end]
	}
	for p := range pieces {
		for _, turned := range []bool{false, true} {
			if v := end(uint32(p), turned); !junction[v] {
				joints[v] = append(joints[v], uint32(p))
			}
		}
	}
	used := make([]bool, len(pieces))
	var out []chain
	follow := func(p uint32, turned bool) {
		var c chain
		for !used[p] {
			used[p] = true
			c = append(c, link{piece: p, turned: turned})
			v := end(p, turned)
			if junction[v] {
				break
			}
			if next := joints[v]; next[0] == p {
				p = next[1]
			} else {
				p = next[0]
			}
			turned = end(p, false) == v
		}
		out = append(out, c)
	}
	for p := range pieces { // from junctions first, so that only rings are left
		for _, turned := range []bool{false, true} {
			if !used[p] && junction[end(uint32(p), !turned)] {
				follow(uint32(p), turned)
			}
		}
	}
	for p := range pieces {
		if !used[p] {
			follow(uint32(p), false)
		}
	}
	return out
}

// draft is an edge before nodes have their final numbers.
type draft struct {
	line   []uint32
	length uint32
	flags  byte
	name   uint32
}

// contract makes nodes and edges of the chains.
func (b *Builder) contract(pieces []piece, chains []chain) *Graph {
	drafts := make([]draft, 0, len(chains))
	for _, c := range chains {
		drafts = append(drafts, b.draft(pieces, c)...)
	}
	g := &Graph{}
	number := b.numberNodes(g, drafts)
	slices.SortStableFunc(drafts, func(x, y draft) int {
		return cmp.Compare(min(number[x.line[0]], number[x.line[len(x.line)-1]]), min(number[y.line[0]], number[y.line[len(y.line)-1]]))
	})
	g.firstShape = append(g.firstShape, 0)
	for _, d := range drafts {
		g.ends = append(g.ends, number[d.line[0]], number[d.line[len(d.line)-1]])
		g.edgeLength = append(g.edgeLength, d.length)
		g.flags = append(g.flags, d.flags)
		g.name = append(g.name, d.name)
		for _, v := range d.line {
			g.shape = append(g.shape, b.at[v])
		}
		g.firstShape = append(g.firstShape, uint32(len(g.shape)))
	}
	names := make([]string, len(b.nameOf))
	for name, i := range b.nameOf {
		names[i] = name
	}
	g.firstName = append(g.firstName, 0)
	for _, name := range names {
		g.names = append(g.names, name...)
		g.firstName = append(g.firstName, uint32(len(g.names)))
	}
	return g
}

// draft joins a chain's pieces into one line with its length. A line that ends
// where it began is cut in two, so that no edge has the same node twice.
func (b *Builder) draft(pieces []piece, c chain) []draft {
	head := b.streets[pieces[c[0].piece].street]
	if c[0].turned {
		head.Forward, head.Backward = head.Backward, head.Forward
	}
	if _, ok := b.nameOf[head.Name]; !ok {
		b.nameOf[head.Name] = uint32(len(b.nameOf))
	}
	d := draft{flags: head.flags(), name: b.nameOf[head.Name]}
	var metres float64
	for _, l := range c {
		p := pieces[l.piece]
		s := b.streets[p.street]
		line := slices.Clone(s.Line[p.start : p.end+1])
		m := b.metres(line)
		if s.LengthM > 0 {
			m *= s.LengthM / max(b.metres(s.Line), 1e-3)
		}
		metres += m
		if l.turned {
			slices.Reverse(line)
		}
		if len(d.line) > 0 {
			line = line[1:]
		}
		d.line = append(d.line, line...)
	}
	d.length = decimetres(metres)
	if last := len(d.line) - 1; d.line[0] != d.line[last] {
		return []draft{d}
	} else if last < 2 {
		return nil // a line from a vertex to itself leads nowhere
	}
	middle := len(d.line) / 2
	one, two := d, d
	one.line, two.line = d.line[:middle+1], d.line[middle:]
	share := b.metres(one.line) / max(b.metres(d.line), 1e-3)
	one.length, two.length = decimetres(metres*share), decimetres(metres*(1-share))
	return []draft{one, two}
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

// numberNodes puts the ends of the drafts into Hilbert order and returns the
// node of each vertex.
func (b *Builder) numberNodes(g *Graph, drafts []draft) map[uint32]Node {
	number := map[uint32]Node{}
	var vertices []uint32
	box := geo.Nothing
	for _, d := range drafts {
		for _, v := range []uint32{d.line[0], d.line[len(d.line)-1]} {
			if _, seen := number[v]; !seen {
				number[v] = 0
				vertices = append(vertices, v)
				box = box.Extend(b.at[v])
			}
		}
	}
	key := func(v uint32) uint32 { return geo.Hilbert(b.at[v], box) }
	slices.SortFunc(vertices, func(x, y uint32) int { return cmp.Or(cmp.Compare(key(x), key(y)), cmp.Compare(x, y)) })
	for n, v := range vertices {
		number[v] = Node(n)
		g.at = append(g.at, b.at[v])
	}
	return number
}

func (g *Graph) boxEdges() {
	boxes := make([]geo.Box, g.Edges())
	for e := range boxes {
		boxes[e] = geo.BoxOf(g.Shape(Edge(e))...)
	}
	g.tree = geo.NewRTree(boxes)
}
