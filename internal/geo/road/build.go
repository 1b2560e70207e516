package road

import (
	"context"
	"fmt"
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

// chains are sequences of pieces that meet at nothing but each other.
type chains struct {
	links []link
	first []uint32 // of each chain, and one past the last
}

func (c chains) count() int { return len(c.first) - 1 }

func (c chains) at(i int) []link { return c.links[c.first[i]:c.first[i+1]] }

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
	g := b.contract(pieces, b.join(pieces, junction))
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

// join chains the pieces that meet at a vertex that is no junction.
func (b *Builder) join(pieces []piece, junction []bool) chains {
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
	out := chains{links: make([]link, 0, len(pieces)), first: make([]uint32, 1, len(pieces)+1)}
	follow := func(p uint32, turned bool) {
		for !used[p] {
			used[p] = true
			out.links = append(out.links, link{piece: p, turned: turned})
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
		out.first = append(out.first, uint32(len(out.links)))
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
