package reach

import (
	"math"

	"github.com/xiadu/xiadu/internal/geo"
)

// raster is a grid of points that know how far they are from what was drawn.
type raster struct {
	plane      geo.Plane
	origin     geo.Fixed // the south-west grid point
	cols, rows int
	cellM      float64
	bandM      float64
	metres2    []float32 // squared, row by row from the south; beyond what matters: far
}

const far = math.MaxFloat32

// newRaster lays a grid over box and a margin in which the area's edge must run.
func newRaster(box geo.Box) *raster {
	r := &raster{plane: geo.PlaneAt(box.Center().Point().Lat)}
	width, height := r.plane.Vector(geo.Fixed{Lon: box.West, Lat: box.South}, geo.Fixed{Lon: box.East, Lat: box.North})
	for r.cellM = cellM; ; r.cellM *= 1.25 {
		r.bandM = max(bandM, bandM*r.cellM/cellM)
		margin := r.bandM + 2*r.cellM
		r.cols = int((width+2*margin)/r.cellM) + 2
		r.rows = int((height+2*margin)/r.cellM) + 2
		if float64(r.cols)*float64(r.rows) <= maxGridPoints {
			break
		}
	}
	padded := box.Pad(r.bandM + 2*r.cellM)
	r.origin = geo.Fixed{Lon: padded.West, Lat: padded.South}
	r.metres2 = make([]float32, r.cols*r.rows)
	for i := range r.metres2 {
		r.metres2[i] = far
	}
	return r
}

// draw brings the grid points around a line up to date. A point within the band
// has its neighbours measured too, so that the edge between them can be placed.
func (r *raster) draw(line []geo.Fixed) {
	for i := 1; i < len(line); i++ {
		ax, ay := r.plane.Vector(r.origin, line[i-1])
		bx, by := r.plane.Vector(r.origin, line[i])
		r.segment(ax, ay, bx, by)
	}
}

func (r *raster) segment(ax, ay, bx, by float64) {
	margin := r.bandM + r.cellM
	column := func(x float64) int { return min(r.cols-1, max(0, int(x/r.cellM))) }
	row := func(y float64) int { return min(r.rows-1, max(0, int(y/r.cellM))) }
	dx, dy := bx-ax, by-ay
	square := dx*dx + dy*dy
	for j := row(min(ay, by) - margin); j <= row(max(ay, by)+margin); j++ {
		py := float64(j)*r.cellM - ay
		for i := column(min(ax, bx) - margin); i <= column(max(ax, bx)+margin); i++ {
			px := float64(i)*r.cellM - ax
			t := 0.0
			if square > 0 {
				t = min(1, max(0, (px*dx+py*dy)/square))
			}
			east, north := px-t*dx, py-t*dy
			at := &r.metres2[j*r.cols+i]
			*at = min(*at, float32(east*east+north*north))
		}
	}
}

// inside reports whether a grid point belongs to the area.
func (r *raster) inside(point int) bool { return float64(r.metres2[point]) < r.bandM*r.bandM }

// place returns where a position in grid steps is on the earth.
func (r *raster) place(x, y float64) geo.Point {
	const step = 1 << 20
	east, _ := r.plane.Vector(geo.Fixed{}, geo.Fixed{Lon: step})
	_, north := r.plane.Vector(geo.Fixed{}, geo.Fixed{Lat: step})
	return geo.Fixed{
		Lon: r.origin.Lon + int32(math.Round(x*r.cellM/east*step)),
		Lat: r.origin.Lat + int32(math.Round(y*r.cellM/north*step)),
	}.Point()
}
