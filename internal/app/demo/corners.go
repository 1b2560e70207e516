package demo

import "slices"

// corners are the ends and junctions of streets, by cells as wide as nearCorner.
type corners map[point][]point

func cellOf(p point) point { return point{divide(p.X, nearCorner), divide(p.Y, nearCorner)} }

func (c corners) add(p point) {
	if !c.has(p) {
		c[cellOf(p)] = append(c[cellOf(p)], p)
	}
}

func (c corners) has(p point) bool { return slices.Contains(c[cellOf(p)], p) }

// on returns the corner on the edge a–b that is nearest to p, if one is near.
func (c corners) on(a, b, p point) (best point, found bool) {
	least := nearCorner
	home := cellOf(p)
	for x := home.X - 1; x <= home.X+1; x++ {
		for y := home.Y - 1; y <= home.Y+1; y++ {
			for _, q := range c[point{x, y}] {
				if d := q.minus(p).length(); d < least && q != a && q != b && nearest(q, a, b).minus(q).length() <= touch {
					best, least, found = q, d, true
				}
			}
		}
	}
	return best, found
}
