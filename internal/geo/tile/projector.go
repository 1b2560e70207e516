package tile

import (
	"math"

	"github.com/xiadu/xiadu/internal/geo"
)

// projector projects many points that lie near each other: Mercator's y is a
// smooth function, so that a few terms of its series around a latitude nearby
// give what project gives, at a fraction of the cost.
type projector struct {
	cell          int32 // the latitude that the series is around, in steps
	known         bool
	y, d1, d2, d3 float64
}

const (
	projectBits = 18 // of a geo.Fixed: three kilometres
	projectStep = 1 << projectBits
	projectMax  = 800_000_000
)

// fixed returns p in Mercator units, as project does.
func (pr *projector) fixed(p geo.Fixed) geo.Fixed {
	if p.Lat > projectMax || p.Lat < -projectMax {
		return project(p.Point()) // near the poles the series is no good, and nobody lives there
	}
	if cell := p.Lat >> projectBits; !pr.known || cell != pr.cell {
		pr.around(cell)
	}
	const unitsPerRadian = (1 << 32) / (2 * math.Pi)
	by := float64(p.Lat-(pr.cell<<projectBits+projectStep/2)) * (math.Pi / 180 / 1e7)
	y := pr.y + by*(pr.d1+by*(pr.d2+by*pr.d3))
	return geo.Fixed{Lon: unit(p.Point().Lon / 360), Lat: unit(-y * (unitsPerRadian / (1 << 32)))}
}

// around takes the series of asinh(tan φ) around the middle of a cell: its
// derivative is 1/cos φ.
func (pr *projector) around(cell int32) {
	lat := float64(cell<<projectBits+projectStep/2) * (math.Pi / 180 / 1e7)
	sin, cos := math.Sincos(lat)
	sec, tan := 1/cos, sin/cos
	pr.cell, pr.known = cell, true
	pr.y = math.Asinh(math.Tan(lat))
	pr.d1, pr.d2, pr.d3 = sec, sec*tan/2, sec*(sec*sec+tan*tan)/6
}
