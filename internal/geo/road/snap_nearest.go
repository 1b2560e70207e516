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
	span        span
	found       bool
	least2      float64 // square metres
	bound2      float64 // what is farther is out of the question
}

func newSnapping(g *Graph, pl geo.Plane, from geo.Fixed, boundM float64) snapping {
	s := snapping{graph: g, from: from, least2: math.Inf(1), bound2: boundM * boundM}
	s.east, s.north = pl.Vector(geo.Fixed{}, geo.Fixed{Lon: 1, Lat: 1})
	return s
}

// look measures some pieces.
func (s *snapping) look(spans []span) {
	for i := range spans {
		piece := &spans[i]
		ax, ay := float64(piece.a.Lon-s.from.Lon)*s.east, float64(piece.a.Lat-s.from.Lat)*s.north
		bx, by := float64(piece.b.Lon-s.from.Lon)*s.east, float64(piece.b.Lat-s.from.Lat)*s.north
		if d2 := toSpan2(ax, ay, bx, by); d2 <= s.bound2 {
			s.take(piece, d2)
		}
	}
}

func (s *snapping) lookAt(piece span) {
	ax, ay := s.vector(piece.a)
	bx, by := s.vector(piece.b)
	if d2 := toSpan2(ax, ay, bx, by); d2 <= s.bound2 {
		s.take(&piece, d2)
	}
}

// vector returns how far p lies east and north of the place.
func (s *snapping) vector(p geo.Fixed) (east, north float64) {
	return float64(int64(p.Lon)-int64(s.from.Lon)) * s.east, float64(int64(p.Lat)-int64(s.from.Lat)) * s.north
}

// same is how far two square distances may differ and be the same, for what
// computing them adds: a part in a billion, or a thousandth of a millimetre.
func same(d2 float64) float64 { return d2*1e-9 + 1e-12 }

// take takes a piece that is no farther than the best so far, unless that is as
// good.
func (s *snapping) take(piece *span, d2 float64) {
	if s.found && d2 >= s.least2-same(s.least2) && !s.better(piece, &s.span) {
		return
	}
	s.span, s.found = *piece, true
	if d2 < s.least2 {
		s.least2, s.bound2 = d2, min(s.bound2, d2+same(d2))
	}
}

// better reports whether piece is better than another that is equally near.
func (s *snapping) better(piece, other *span) bool {
	const hair = 1e-9
	if d := s.towards(piece) - s.towards(other); d > hair || d < -hair {
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
