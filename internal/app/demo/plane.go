package demo

import "math"

// metre is the number of units in a metre: lengths are decimetres.
const metre = 10

// point is a place in decimetres east and north of the city's centre. All
// geometry is in integers, which round alike on every processor.
type point struct{ X, Y int }

func (p point) plus(q point) point  { return point{p.X + q.X, p.Y + q.Y} }
func (p point) minus(q point) point { return point{p.X - q.X, p.Y - q.Y} }
func (p point) left() point         { return point{-p.Y, p.X} }
func (p point) cross(q point) int   { return p.X*q.Y - p.Y*q.X }
func (p point) dot(q point) int     { return p.X*q.X + p.Y*q.Y }

// length is exact to the unit: IEEE square roots are correctly rounded.
func (p point) length() int { return int(math.Sqrt(float64(p.dot(p)))) }

// scaled returns p stretched or shortened to a length.
func (p point) scaled(length int) point {
	n := max(p.length(), 1)
	return point{divide(p.X*length, n), divide(p.Y*length, n)}
}

// toward returns the point num/den of the way to q.
func (p point) toward(q point, num, den int) point {
	return point{p.X + divide((q.X-p.X)*num, den), p.Y + divide((q.Y-p.Y)*num, den)}
}

// divide rounds to the nearest integer, halves away from zero.
func divide(a, b int) int {
	if b < 0 {
		a, b = -a, -b
	}
	if a < 0 {
		return -((-a + b/2) / b)
	}
	return (a + b/2) / b
}

// nearest returns the point of the segment a–b that is nearest to p.
func nearest(p, a, b point) point {
	d := b.minus(a)
	along, whole := p.minus(a).dot(d), d.dot(d)
	switch {
	case along <= 0 || whole == 0:
		return a
	case along >= whole:
		return b
	}
	return a.plus(part(d, along, whole))
}

// gap returns the distance from p to a line.
func gap(p point, line []point) int {
	least := math.MaxInt
	for i := range len(line) - 1 {
		least = min(least, nearest(p, line[i], line[i+1]).minus(p).length())
	}
	return least
}

// meet returns where the segments a–b and c–d cross or touch.
func meet(a, b, c, d point) (point, bool) {
	r, s := b.minus(a), d.minus(c)
	den := r.cross(s)
	if den == 0 {
		return point{}, false
	}
	t, u := c.minus(a).cross(s), c.minus(a).cross(r)
	if den < 0 {
		den, t, u = -den, -t, -u
	}
	if t < 0 || t > den || u < 0 || u > den {
		return point{}, false
	}
	return a.plus(part(r, t, den)), true
}

// part returns r·num/den, in floating point that cannot overflow: one division
// and one product, each correctly rounded, so that machines agree.
func part(r point, num, den int) point {
	f := float64(num) / float64(den)
	x, y := float64(r.X)*f, float64(r.Y)*f
	return point{int(math.Round(x)), int(math.Round(y))}
}

// ring is a simple polygon, not closed, counter-clockwise where it matters.
type ring []point

// area2 is twice the signed area.
func (r ring) area2() int {
	sum := 0
	for i, p := range r {
		sum += p.cross(r[(i+1)%len(r)])
	}
	return sum
}

// squareMetres is the area.
func (r ring) squareMetres() int { return r.area2() / (2 * metre * metre) }

// contains tells whether p is inside, by counting crossings to the east.
func (r ring) contains(p point) bool {
	in := false
	for i, a := range r {
		b := r[(i+1)%len(r)]
		if (a.Y > p.Y) == (b.Y > p.Y) {
			continue
		}
		// The edge crosses p's latitude: is that east of p?
		if (b.minus(a).cross(p.minus(a)) > 0) == (b.Y > a.Y) {
			in = !in
		}
	}
	return in
}

// closed repeats the first point at the end.
func (r ring) closed() []point { return append(append([]point{}, r...), r[0]) }

// middle is the mean of the corners.
func (r ring) middle() point {
	var sum point
	for _, p := range r {
		sum = sum.plus(p)
	}
	return point{divide(sum.X, len(r)), divide(sum.Y, len(r))}
}
