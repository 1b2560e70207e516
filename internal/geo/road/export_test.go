package road

import (
	"math"

	"github.com/xiadu/xiadu/internal/geo"
)

// SnapByTree is Snap as it is before QuickenSnaps.
func (g *Graph) SnapByTree(p geo.Point, boundM float64) (Snap, bool) {
	return g.snapByTree(geo.PlaneAt(p.Lat), p.Fixed(), boundM)
}

// Project is the place on e nearest to p.
func (g *Graph) Project(p geo.Point, e Edge) Snap {
	pl := geo.PlaneAt(p.Lat)
	s := newSnapping(g, pl, p.Fixed(), math.Inf(1))
	g.eachSpan(e, s.lookAt)
	return s.span.snap(pl, p.Fixed())
}
