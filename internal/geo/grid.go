package geo

import "math"

// Grid finds the nearest of many points in a straight line, those only that have
// some properties. It is immutable: points sorted by cells of equal size, with
// what the points of a cell have between them, so that whole cells are passed over.
type Grid struct {
	west, south  float64
	cols, rows   int
	perLon       float64 // cells a unit
	perLat       float64
	width, north float64 // units of a cell
	cells        []gridCell
	points       []gridPoint
}

type gridCell struct {
	first uint32
	has   uint64 // what some point of it has
}

type gridPoint struct {
	at   Fixed
	item uint32
	has  uint64
}

// Near is a point that Grid.Nearest found.
type Near struct {
	Metres2 float64 // square metres on the plane of the place asked from
	Item    uint32
}

// pointsPerCell is how full a cell is: with fewer points too many cells are
// looked at, with more too many points.
const pointsPerCell = 2

// NewGrid sorts points into a grid; point i is at[i] and has the properties has[i].
func NewGrid(at []Fixed, has []uint64) *Grid {
	box := BoxOf(at...)
	g := &Grid{west: float64(box.West), south: float64(box.South)}
	if len(at) == 0 {
		return g
	}
	pl := PlaneAt(box.Center().Point().Lat)
	// A street or a single point has no area, but cells need some.
	east := max(float64(int64(box.East)-int64(box.West))*pl.east, 1)
	north := max(float64(int64(box.North)-int64(box.South))*pl.north, 1)
	side := max(math.Sqrt(east*north*pointsPerCell/float64(len(at))), max(east, north)/(1<<15))
	g.width, g.north = side/pl.east, side/pl.north
	g.perLon, g.perLat = 1/g.width, 1/g.north
	g.cols, g.rows = int(east/side)+2, int(north/side)+2
	g.cells = make([]gridCell, g.cols*g.rows+1)
	for _, p := range at {
		g.cells[g.cellOf(p)+1].first++
	}
	for i := 1; i < len(g.cells); i++ {
		g.cells[i].first += g.cells[i-1].first
	}
	g.points = make([]gridPoint, len(at))
	next := make([]uint32, len(g.cells))
	for i := range next {
		next[i] = g.cells[i].first
	}
	for i, p := range at {
		c := g.cellOf(p)
		g.points[next[c]] = gridPoint{p, uint32(i), has[i]}
		g.cells[c].has |= has[i]
		next[c]++
	}
	return g
}

func (g *Grid) cellOf(p Fixed) int {
	x, y := g.column(p)
	return y*g.cols + x
}

// column returns the column and row of p, or of the cell nearest to it.
func (g *Grid) column(p Fixed) (x, y int) {
	x, y = int((float64(p.Lon)-g.west)*g.perLon), int((float64(p.Lat)-g.south)*g.perLat)
	return min(max(x, 0), g.cols-1), min(max(y, 0), g.rows-1)
}

// Nearest appends to dst the k points nearest to p that have all of the given
// properties, nearest first; of equally near ones the first come first.
func (g *Grid) Nearest(dst []Near, p Fixed, k int, all uint64) []Near {
	if len(g.points) == 0 || k <= 0 {
		return dst
	}
	s := seeking{Grid: g, plane: PlaneAt(p.Point().Lat), from: p, k: k, all: all, best: dst, start: len(dst), limit2: math.Inf(1)}
	x, y := g.column(p)
	// How far p is from the sides of its cell; negative beyond the grid.
	left := (float64(p.Lon) - g.west - float64(x)*g.width) * s.plane.east
	below := (float64(p.Lat) - g.south - float64(y)*g.north) * s.plane.north
	width, north := g.width*s.plane.east, g.north*s.plane.north
	gap := min(left, width-left, below, north-below)
	step := min(width, north)
	s.row(y, x, x)
	for r := 1; r < max(g.cols, g.rows); r++ {
		if reach := gap + float64(r-1)*step; reach > 0 && reach*reach > s.limit2 {
			break
		}
		s.row(y-r, x-r, x+r)
		s.row(y+r, x-r, x+r)
		for side := y - r + 1; side < y+r; side++ {
			s.row(side, x-r, x-r)
			s.row(side, x+r, x+r)
		}
	}
	return s.best
}

// seeking is one question of a Grid.
type seeking struct {
	*Grid
	plane  Plane
	from   Fixed
	k      int
	all    uint64
	best   []Near
	start  int     // of what was found in best
	limit2 float64 // how far the k-th is
}

// row looks at the cells from one column to another.
func (s *seeking) row(y, from, to int) {
	if y < 0 || y >= s.rows {
		return
	}
	for c, last := y*s.cols+max(from, 0), y*s.cols+min(to, s.cols-1); c <= last; c++ {
		cell := &s.cells[c]
		if cell.has&s.all != s.all {
			continue
		}
		points := s.points[cell.first:s.cells[c+1].first]
		for i := range points {
			p := &points[i]
			east, north := float64(int64(p.at.Lon)-int64(s.from.Lon))*s.plane.east, float64(int64(p.at.Lat)-int64(s.from.Lat))*s.plane.north
			if d := east*east + north*north; d <= s.limit2 && p.has&s.all == s.all {
				s.keep(Near{d, p.item})
			}
		}
	}
}

// keep puts n where it belongs among the best.
func (s *seeking) keep(n Near) {
	if len(s.best)-s.start < s.k {
		s.best = append(s.best, n)
	} else if last := s.best[len(s.best)-1]; n.Metres2 == last.Metres2 && n.Item > last.Item {
		return
	}
	best := s.best[s.start:]
	i := len(best) - 1
	for ; i > 0 && (best[i-1].Metres2 > n.Metres2 || best[i-1].Metres2 == n.Metres2 && best[i-1].Item > n.Item); i-- {
		best[i] = best[i-1]
	}
	best[i] = n
	if len(best) == s.k {
		s.limit2 = best[s.k-1].Metres2
	}
}
