package road

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/osm"
)

// FromExtract builds the graph of the streets that p may travel. It returns
// ctx's error when cancelled.
//
// A node that p cannot pass (a locked gate, a wall) cuts every street that runs
// through it. A ferry is as long as p would get in its duration, and as its
// course when the map gives none; a lift is as long as p would get while
// waiting for it. A square is walked around and across: see square.go.
func FromExtract(ctx context.Context, x *osm.Extract, p Profile) (*Graph, error) {
	s := newStreets(x, p)
	for i := range x.Ways.Len() {
		s.way(x.Ways.At(i))
	}
	for _, a := range x.Relations {
		if forward, backward := p.travels(a.Tags); forward || backward {
			for _, polygon := range a.Polygons {
				s.square(polygon, a.Tags)
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("build the %s graph: %w", p.Name, err)
	}
	s.acrossSquares()
	s.into.at = s.at
	g, err := s.into.Build(ctx)
	if err != nil {
		return nil, err
	}
	g.thinned = s.thinned
	return g, nil
}

// liftWait is what a lift costs: the usual planning figure for an average wait
// and ride in a public building.
const liftWait = 45 * time.Second

// streets collects what p may travel.
type streets struct {
	x      *osm.Extract
	p      Profile
	says   []verdict   // of each set of tags
	at     []geo.Fixed // the extract's positions, and copies of closed ones
	into   *Builder
	closed marks // vertices that cannot be passed
	open   []square

	thinned int // squares with more than maxEntrances
}

// verdict is what the rules say of a set of tags.
type verdict struct {
	street  street // but for its line
	lengthM float64
	surface bool // of a closed way
}

// marks are a bit for each of the extract's vertices.
type marks []uint64

func (m marks) has(v uint32) bool { return int(v>>6) < len(m) && m[v>>6]&(1<<(v&63)) != 0 }
func (m marks) set(v uint32)      { m[v>>6] |= 1 << (v & 63) }

// newStreets decides about each set of tags, once, and about each barrier.
func newStreets(x *osm.Extract, p Profile) *streets {
	s := &streets{x: x, p: p, at: x.At, into: NewBuilder(nil), closed: make(marks, len(x.At)/64+1)}
	for _, pt := range x.Points {
		if pt.Vertex != osm.NoVertex && !p.passes(pt.Tags) {
			s.closed.set(pt.Vertex)
		}
	}
	s.says = make([]verdict, len(x.Ways.Sets()))
	for i, t := range x.Ways.Sets() {
		s.says[i] = s.about(t)
	}
	s.into.streets = make([]street, 0, x.Ways.Len())
	return s
}

// about says what the rules make of a way with tags t.
func (s *streets) about(t osm.Tags) verdict {
	forward, backward := s.p.travels(t)
	if !forward && !backward {
		return verdict{}
	}
	like := Street{Forward: forward, Backward: backward}
	switch {
	case t.Is("highway", "steps"):
		like.Kind = Steps
	case t.Is("highway", "elevator"):
		like.Kind, like.LengthM = Lift, s.p.metresIn(liftWait)
	case t.Is("route", "ferry"):
		like.Kind, like.LengthM = Ferry, s.p.metresIn(duration(t.Get("duration")))
	}
	return verdict{
		street:  street{name: s.into.name(nameOf(t)), flags: like.flags(), own: like.LengthM > 0},
		lengthM: like.LengthM, surface: surface(t),
	}
}

func (s *streets) way(w osm.Way) {
	v := &s.says[w.Set]
	if v.street.flags == 0 {
		return
	}
	if v.surface && w.Closed() {
		s.square(osm.Polygon{w.Vertices}, w.Tags)
		return
	}
	st := v.street
	st.line = w.Vertices
	s.add(st, v.lengthM)
}

// surface reports whether a closed way that may be travelled is an open space
// and not a ring of street.
func surface(t osm.Tags) bool {
	if a := t.Get("area"); a != "" {
		return a == "yes"
	}
	return t.Get("highway") == "" && (t.Is("railway", "platform") || t.Is("public_transport", "platform") || t.Is("place", "square"))
}

func nameOf(t osm.Tags) string {
	if name := t.Get("name"); name != "" {
		return name
	}
	return t.Get("ref")
}

// add takes a street, cut at the vertices that cannot be passed. On each side
// of such a vertex the street ends at a vertex of its own, so that nothing
// meets there.
func (s *streets) add(st street, lengthM float64) {
	rest := st.line
	for i := 0; i < len(rest); i++ {
		if !s.closed.has(rest[i]) {
			continue
		}
		v := rest[i]
		if i > 0 {
			piece := st
			piece.line = append(slices.Clone(rest[:i]), s.copyOf(v))
			s.take(piece, lengthM)
		}
		rest = slices.Clone(rest[i:])
		rest[0], i = s.copyOf(v), 0
	}
	if st.line = rest; len(rest) > 1 {
		s.take(st, lengthM)
	}
}

// copyOf adds a vertex where v is.
func (s *streets) copyOf(v uint32) uint32 {
	if len(s.at) == len(s.x.At) {
		s.at = append(make([]geo.Fixed, 0, len(s.at)+len(s.at)/8), s.at...) // the extract's own array stays as it is
	}
	s.at = append(s.at, s.at[v])
	return uint32(len(s.at) - 1)
}

func (s *streets) take(st street, lengthM float64) {
	if st.own {
		s.into.lengthM[uint32(len(s.into.streets))] = lengthM
	}
	s.into.streets = append(s.into.streets, st)
}

// duration reads a ferry's duration: 20 (minutes), 0:20, 0:20:00 or PT20M. What
// it cannot read, or takes more than a day, is none.
func duration(s string) time.Duration {
	const longest = 24 * time.Hour
	var d time.Duration
	if iso, ok := strings.CutPrefix(s, "PT"); ok {
		d, _ = time.ParseDuration(strings.ToLower(iso)) // zero if malformed
	} else {
		parts := strings.Split(s, ":")
		units := []time.Duration{time.Hour, time.Minute, time.Second}
		if len(parts) == 1 {
			units = units[1:]
		}
		if len(parts) > len(units) {
			return 0
		}
		for i, p := range parts {
			n, err := strconv.ParseUint(p, 10, 16)
			if err != nil {
				return 0
			}
			d += time.Duration(n) * units[i]
		}
	}
	if d < 0 || d > longest {
		return 0
	}
	return d
}
