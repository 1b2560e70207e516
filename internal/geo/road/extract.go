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
	s := streets{x: x, p: p, at: x.At, meets: make([]uint8, len(x.At)), closed: make(map[uint32]bool)}
	for _, pt := range x.Points {
		if v, ok := x.Vertex(pt.ID); ok && !p.passes(pt.Tags) {
			s.closed[v] = true
		}
	}
	for i := range x.Ways {
		s.way(&x.Ways[i])
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
	b := NewBuilder(s.at)
	b.streets = s.list // every one of them may be travelled and has two vertices
	return b.Build(ctx)
}

// liftWait is what a lift costs: the usual planning figure for an average wait
// and ride in a public building.
const liftWait = 45 * time.Second

// streets collects what p may travel.
type streets struct {
	x      *osm.Extract
	p      Profile
	at     []geo.Fixed // the extract's positions, and copies of closed ones
	list   []Street
	meets  []uint8 // how many street runs touch a vertex, at most 2
	closed map[uint32]bool
	open   []square
}

func (s *streets) way(w *osm.Way) {
	forward, backward := s.p.travels(w.Tags)
	if !forward && !backward {
		return
	}
	if w.Closed() && surface(w.Tags) {
		s.square(osm.Polygon{w.Vertices}, w.Tags)
		return
	}
	street := Street{Line: w.Vertices, Name: nameOf(w.Tags), Forward: forward, Backward: backward}
	switch {
	case w.Tags.Is("highway", "steps"):
		street.Kind = Steps
	case w.Tags.Is("highway", "elevator"):
		street.Kind, street.LengthM = Lift, s.p.metresIn(liftWait)
	case w.Tags.Is("route", "ferry"):
		street.Kind, street.LengthM = Ferry, s.p.metresIn(duration(w.Tags.Get("duration")))
	}
	s.add(street)
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
func (s *streets) add(street Street) {
	rest := street.Line
	for i := 0; i < len(rest); i++ {
		if !s.closed[rest[i]] {
			continue
		}
		v := rest[i]
		if i > 0 {
			piece := street
			piece.Line = append(slices.Clone(rest[:i]), s.copyOf(v))
			s.take(piece)
		}
		rest = slices.Clone(rest[i:])
		rest[0], i = s.copyOf(v), 0
	}
	if street.Line = rest; len(rest) > 1 {
		s.take(street)
	}
}

// copyOf adds a vertex where v is.
func (s *streets) copyOf(v uint32) uint32 {
	if len(s.at) == len(s.x.At) {
		s.at = append(make([]geo.Fixed, 0, len(s.at)+len(s.at)/8), s.at...) // the extract's own array stays as it is
	}
	s.at = append(s.at, s.at[v])
	s.meets = append(s.meets, 0)
	return uint32(len(s.at) - 1)
}

func (s *streets) take(street Street) {
	for _, v := range street.Line {
		s.meets[v] = min(s.meets[v]+1, 2)
	}
	s.list = append(s.list, street)
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
