package road

import (
	"math"

	"github.com/xiadu/xiadu/internal/geo"
)

// snapping is the nearest piece of street so far to one place. Of several that are
// equally near the one that leads towards the place counts, then one that goes both
// ways, then a street before a square, then the shorter: whoever stands nearest to a locked gate is on their own
// side of it, and not on that which happens to be numbered first.
type snapping struct {
	graph       *Graph
	from        geo.Fixed
	east, north float64 // metres of a unit
	span        *span   // nil if there is none yet
	rival       *span   // one that is equally near, and not yet compared: see best
	least2      float64 // its square metres
	sure2       float64 // what is nearer than this is nearer beyond doubt
	bound2      float64 // what is farther is out of the question
	leads       float64 // towards of span, once it was wanted
	led         bool
	own         span // a copy of what span points to, where that is not in memory
}

func newSnapping(g *Graph, pl geo.Plane, from geo.Fixed, boundM float64) snapping {
	s := snapping{graph: g, from: from, least2: math.Inf(1), bound2: boundM * boundM}
	s.sure2 = s.bound2
	s.east, s.north = pl.Vector(geo.Fixed{}, geo.Fixed{Lon: 1, Lat: 1})
	return s
}

// look measures some pieces, which stay where they are.
func (s *snapping) look(spans []span) {
	from, east, north, bound2 := s.from, s.east, s.north, s.bound2
	for i := range spans {
		piece := &spans[i]
		ax, ay := float64(piece.a.Lon-from.Lon)*east, float64(piece.a.Lat-from.Lat)*north
		bx, by := float64(piece.b.Lon-from.Lon)*east, float64(piece.b.Lat-from.Lat)*north
		if d2 := toSpan2(ax, ay, bx, by); d2 <= bound2 {
			s.take(piece, d2)
			bound2 = s.bound2
		}
	}
}

// take takes a piece that is no farther than the best so far, unless that is as near
// and better.
func (s *snapping) take(piece *span, d2 float64) {
	if d2 < s.sure2 {
		s.span, s.rival, s.led = piece, nil, false
		s.narrow(d2)
		return
	}
	s.span, s.rival = s.best(), piece
	s.narrow(min(d2, s.least2))
}

// best returns the best of what was looked at. Two pieces that meet are equally
// near wherever their corner is what is nearest, and most such pairs are soon
// behind a third that is nearer: so they are compared when it comes to that.
func (s *snapping) best() *span {
	if s.span == nil || s.rival != nil && s.better(s.rival) {
		return s.rival
	}
	return s.span
}

// lookAt measures one piece, of which it keeps a copy.
func (s *snapping) lookAt(piece span) {
	ax, ay := s.vector(piece.a)
	bx, by := s.vector(piece.b)
	d2 := toSpan2(ax, ay, bx, by)
	switch {
	case d2 < s.sure2:
		s.led = false
		s.narrow(d2)
	case d2 <= s.bound2 && (s.span == nil || s.better(&piece)):
		s.narrow(min(d2, s.least2))
	default:
		return
	}
	s.own = piece
	s.span = &s.own
}

// vector returns how far p lies east and north of the place.
func (s *snapping) vector(p geo.Fixed) (east, north float64) {
	return float64(int64(p.Lon)-int64(s.from.Lon)) * s.east, float64(int64(p.Lat)-int64(s.from.Lat)) * s.north
}

// narrow sets the square distance of the best so far. Two that differ by a part in a
// billion, or by less than a thousandth of a millimetre, are the same, for what
// computing them adds.
func (s *snapping) narrow(d2 float64) {
	hair := d2*1e-9 + 1e-12
	s.least2, s.sure2, s.bound2 = d2, d2-hair, min(s.bound2, d2+hair)
}

// better reports whether piece is better than the best so far, which is equally
// near.
func (s *snapping) better(piece *span) bool {
	const hair = 1e-9
	if !s.led {
		s.leads, s.led = s.towards(s.span), true
	}
	leads, other := s.towards(piece), s.span
	if d := leads - s.leads; d > hair || d < -hair {
		if d > 0 {
			s.leads = leads
		}
		return d > 0
	}
	const both = forwardBit | backwardBit
	one, two := s.graph.flags[piece.edge], s.graph.flags[other.edge]
	if (one&both == both) != (two&both == both) {
		return one&both == both
	}
	if (Kind(one>>kindShift) == Square) != (Kind(two>>kindShift) == Square) {
		return Kind(one>>kindShift) != Square
	}
	if d := int64(piece.to-piece.from) - int64(other.to-other.from); d != 0 {
		return d < 0
	}
	return piece.edge < other.edge
}

// towards returns the cosine of the angle between the way from the nearest point of
// a piece to the place, and from there along the piece: 0 in its middle, and less
// at an end of it.
func (s *snapping) towards(piece *span) float64 {
	ax, ay := s.vector(piece.a)
	bx, by := s.vector(piece.b)
	dx, dy := bx-ax, by-ay
	length2, along := dx*dx+dy*dy, -(ax*dx + ay*dy)
	switch {
	case length2 == 0:
		return -2
	case along <= 0:
		return along / max(math.Sqrt(length2*(ax*ax+ay*ay)), math.SmallestNonzeroFloat32)
	case along >= length2:
		return (bx*dx + by*dy) / max(math.Sqrt(length2*(bx*bx+by*by)), math.SmallestNonzeroFloat32)
	}
	return 0
}

// toSpan2 is the square of the distance from the origin to the line a–b. It does
// not branch: which part of a street is nearest cannot be guessed.
func toSpan2(ax, ay, bx, by float64) float64 {
	dx, dy := bx-ax, by-ay
	share := -(ax*dx + ay*dy) / max(dx*dx+dy*dy, math.SmallestNonzeroFloat32)
	share = min(max(share, 0), 1)
	offX, offY := ax+share*dx, ay+share*dy
	return offX*offX + offY*offY
}
