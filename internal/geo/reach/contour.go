package reach

import (
	"math"
	"slices"
)

// simplifyShare is how far a simplified line may stray, in grid steps: 4 m.
const simplifyShare = 0.2

// loop is a closed line in grid steps, its first point not repeated. One that
// runs counterclockwise has a positive area.
type loop [][2]float64

// contour returns the outline of the drawn area.
func (r *raster) contour() MultiPolygon {
	var outers []outer
	var holes []loop
	for _, l := range r.loops() {
		switch area := l.area(); {
		case area > 0:
			outers = append(outers, outer{l, area, l.low(), l.high()})
		case area*r.cellM*r.cellM < -holeM2:
			holes = append(holes, l)
		}
	}
	area := make(MultiPolygon, len(outers))
	for i, o := range outers {
		area[i] = Polygon{r.ring(o.loop)}
	}
	for _, hole := range holes {
		if i := parent(outers, hole); i >= 0 {
			area[i] = append(area[i], r.ring(hole))
		}
	}
	return area
}

// outer is a loop around a part of the area, measured once: a country has
// hundreds of parts and thousands of holes, and each hole looks for its part.
type outer struct {
	loop
	area      float64
	low, high [2]float64 // the corners of its box
}

// parent returns the smallest of the outer loops around a hole.
func parent(outers []outer, hole loop) int {
	best, smallest := -1, math.Inf(1)
	p := hole[0]
	for i, o := range outers {
		within := p[0] >= o.low[0] && p[0] <= o.high[0] && p[1] >= o.low[1] && p[1] <= o.high[1]
		if within && o.area < smallest && o.surrounds(p) {
			best, smallest = i, o.area
		}
	}
	return best
}

func (r *raster) ring(l loop) Ring {
	l = l.simplified(simplifyShare)
	ring := make(Ring, 0, len(l)+1)
	for _, p := range l {
		ring = append(ring, r.place(p[0], p[1]))
	}
	return append(ring, ring[0])
}

// Where the outline crosses the grid: a crossing lies between a grid point and
// its neighbour to the east (even) or to the north (odd).
type crossing int

// loops follows the outline through the cells (marching squares), the inside on
// the left. Each crossing is left once and entered once, so that every outline
// closes; at a saddle the two inside corners are cut off from each other, so
// that no outline touches itself.
func (r *raster) loops() []loop {
	next := map[crossing]crossing{}
	var starts []crossing
	for j := range r.rows - 1 {
		for i := range r.cols - 1 {
			for _, s := range r.steps(j*r.cols + i) {
				next[s[0]] = s[1]
				starts = append(starts, s[0])
			}
		}
	}
	var out []loop
	for _, start := range starts {
		var l loop
		for at, to, ok := start, crossing(0), true; ok; at = to {
			if to, ok = next[at]; ok {
				delete(next, at)
				l = append(l, r.position(at))
			}
		}
		if len(l) > 2 {
			out = append(out, l)
		}
	}
	return out
}

// steps returns how the outline passes the cell north-east of a grid point.
func (r *raster) steps(point int) [][2]crossing {
	sw, se, nw, ne := r.inside(point), r.inside(point+1), r.inside(point+r.cols), r.inside(point+r.cols+1)
	if sw == se && se == nw && nw == ne {
		return nil
	}
	south, north := crossing(2*point), crossing(2*(point+r.cols))
	west, east := crossing(2*point+1), crossing(2*(point+1)+1)
	// Going round the cell counterclockwise, the outline leaves through a side
	// where the inside ends and has come in through the side where it began.
	sides := [4]struct {
		from, to bool
		at       crossing
	}{{sw, se, south}, {se, ne, east}, {ne, nw, north}, {nw, sw, west}}
	var out [][2]crossing
	for i, s := range sides {
		if !s.from || s.to {
			continue
		}
		for back := 1; back < 4; back++ { // the nearest beginning before this end
			if b := sides[(i+4-back)%4]; !b.from && b.to {
				out = append(out, [2]crossing{s.at, b.at})
				break
			}
		}
	}
	return out
}

// position places a crossing between its grid points, where the distance is the
// band's width, and never quite at either, so that crossings do not coincide.
func (r *raster) position(c crossing) [2]float64 {
	point := int(c / 2)
	other, dx, dy := point+1, 1.0, 0.0
	if c%2 == 1 {
		other, dx, dy = point+r.cols, 0, 1
	}
	a, b := math.Sqrt(float64(r.metres2[point])), math.Sqrt(float64(r.metres2[other]))
	t := min(0.98, max(0.02, (r.bandM-a)/(b-a)))
	return [2]float64{float64(point%r.cols) + t*dx, float64(point/r.cols) + t*dy}
}

// area is positive for a loop that runs counterclockwise.
func (l loop) area() float64 {
	var sum float64
	last := l[len(l)-1]
	for _, p := range l {
		sum += last[0]*p[1] - p[0]*last[1]
		last = p
	}
	return sum / 2
}

func (l loop) low() [2]float64 {
	at := l[0]
	for _, p := range l {
		at[0], at[1] = min(at[0], p[0]), min(at[1], p[1])
	}
	return at
}

func (l loop) high() [2]float64 {
	at := l[0]
	for _, p := range l {
		at[0], at[1] = max(at[0], p[0]), max(at[1], p[1])
	}
	return at
}

func (l loop) surrounds(p [2]float64) bool {
	inside := false
	a := l[len(l)-1]
	for _, b := range l {
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0]+(b[0]-a[0])*(p[1]-a[1])/(b[1]-a[1]) {
			inside = !inside
		}
		a = b
	}
	return inside
}

// simplified leaves out points while the line strays at most tolerance
// (Douglas–Peucker, on the two halves between the first point and the one
// farthest from it). A loop keeps at least four points.
func (l loop) simplified(tolerance float64) loop {
	if len(l) <= 4 {
		return l
	}
	split, most := 0, -1.0
	for i, p := range l {
		if d := math.Hypot(p[0]-l[0][0], p[1]-l[0][1]); d > most {
			split, most = i, d
		}
	}
	closed := append(slices.Clone(l), l[0])
	keep := make([]bool, len(closed))
	keep[0], keep[split] = true, true
	mark(closed, keep, 0, split, tolerance)
	mark(closed, keep, split, len(l), tolerance)
	var out loop
	for i, p := range l {
		if keep[i] {
			out = append(out, p)
		}
	}
	if len(out) < 4 {
		return l
	}
	return out
}

// mark sets the points between first and last that must stay.
func mark(l loop, keep []bool, first, last int, tolerance float64) {
	a, b := l[first], l[last]
	dx, dy := b[0]-a[0], b[1]-a[1]
	length := math.Hypot(dx, dy)
	split, most := 0, tolerance
	for i := first + 1; i < last; i++ {
		px, py := l[i][0]-a[0], l[i][1]-a[1]
		d := math.Hypot(px, py)
		if length > 0 {
			t := min(1, max(0, (px*dx+py*dy)/(length*length)))
			d = math.Hypot(px-t*dx, py-t*dy)
		}
		if d > most {
			split, most = i, d
		}
	}
	if split == 0 {
		return
	}
	keep[split] = true
	mark(l, keep, first, split, tolerance)
	mark(l, keep, split, last, tolerance)
}
