package road

import (
	"context"
	"fmt"
	"sync"

	"github.com/xiadu/xiadu/internal/fault"
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
	streets []street
	lengthM map[uint32]float64 // of the streets that have a length of their own
	names   []string
	nameOf  map[string]uint32
}

// street is a Street with its name by number, as small as can be: a city has a
// million.
type street struct {
	line  []uint32
	name  uint32
	flags byte // as an edge's
	own   bool // it has a length of its own
}

// NewBuilder returns a builder over vertices at the given positions. Streets
// that share a vertex meet there; streets that only cross on the map do not.
func NewBuilder(at []geo.Fixed) *Builder {
	return &Builder{at: at, nameOf: map[string]uint32{}, lengthM: map[uint32]float64{}}
}

// Add adds a street. Streets of fewer than two vertices, or that no direction
// may travel, are left out. Add keeps s.Line.
func (b *Builder) Add(s Street) {
	if len(s.Line) < 2 || !s.Forward && !s.Backward {
		return
	}
	if s.LengthM > 0 {
		b.lengthM[uint32(len(b.streets))] = s.LengthM
	}
	b.streets = append(b.streets, street{line: s.Line, name: b.name(s.Name), flags: s.flags(), own: s.LengthM > 0})
}

// name returns the number of a name.
func (b *Builder) name(name string) uint32 {
	i, ok := b.nameOf[name]
	if !ok {
		i = uint32(len(b.names))
		b.nameOf[name] = i
		b.names = append(b.names, name)
	}
	return i
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

// turned returns the flags of a street that is gone along from its end.
func turned(flags byte) byte {
	return flags&^(forwardBit|backwardBit) | flags&forwardBit<<1 | flags&backwardBit>>1
}

// Build contracts the streets to a graph. It returns ctx's error when cancelled.
func (b *Builder) Build(ctx context.Context) (*Graph, error) {
	d := b.draft()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("build the street graph: %w", err)
	}
	g := d.graph()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("build the street graph: %w", err)
	}
	var beside fault.Group
	beside.Go(g.boxEdges)
	g.layArcs()
	g.findComponents()
	beside.Wait()
	g.finish()
	return g, nil
}

// finish sets what is derived when first wanted.
func (g *Graph) finish() {
	g.reverse, g.stars = sync.OnceValue(g.turnedRound), sync.OnceValue(g.packStars)
	var total float64
	for _, c := range g.components {
		total += c.LengthM
	}
	g.leavableM = min(leavableM, leavableShare*total)
}

// A run is one end of a street: street<<1, +1 for the end of its line.
type run = uint32

const nowhere = ^run(0)

// joints says how the streets meet.
type joints struct {
	runs  []uint8 // of each vertex: the street runs that touch it, at most 3
	mates []run   // of each run: the one that goes on with it at its vertex, or nowhere
}

// meet finds where an edge must end, which is where other than two street runs
// touch a vertex, or two that differ in name, kind or directions.
func (b *Builder) meet() joints {
	j := joints{runs: make([]uint8, len(b.at)), mates: make([]run, 2*len(b.streets))}
	for i := range j.mates {
		j.mates[i] = nowhere
	}
	first := make([]run, len(b.at)) // the run that ends at the vertex, where one does
	touch := func(v uint32, r run) {
		switch j.runs[v] {
		case 0:
			first[v] = r
		case 1:
			if b.continues(first[v], r) {
				j.mates[first[v]], j.mates[r] = r, first[v]
			}
		}
		j.runs[v] = min(j.runs[v]+1, 3)
	}
	for s := range b.streets {
		line := b.streets[s].line
		last := len(line) - 1
		for _, v := range line[1:last] {
			j.runs[v] = min(j.runs[v]+2, 3)
		}
		touch(line[0], run(s)<<1)
		touch(line[last], run(s)<<1|1)
	}
	// A third run at a vertex, which may have come after two had joined, parts them.
	for r, mate := range j.mates {
		if mate != nowhere && j.runs[b.vertex(run(r))] != 2 {
			j.mates[r] = nowhere
		}
	}
	return j
}

// vertex returns where a run ends.
func (b *Builder) vertex(r run) uint32 {
	line := b.streets[r>>1].line
	if r&1 == 0 {
		return line[0]
	}
	return line[len(line)-1]
}

// continues reports whether two runs that end at a vertex are one street.
func (b *Builder) continues(one, two run) bool {
	if one>>1 == two>>1 {
		return true // a ring's closing vertex
	}
	s, t := &b.streets[one>>1], &b.streets[two>>1]
	flags := s.flags
	if one&1 == two&1 { // both leave, or both arrive
		flags = turned(flags)
	}
	return !s.own && !t.own && s.name == t.name && flags == t.flags
}
