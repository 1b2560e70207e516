package demo

import "slices"

// joinStreets gives all streets their common corners, and puts them on bridges
// over rivers and in passages under the railway.
func (c *city) joinStreets() {
	for _, f := range c.rivers {
		c.carry(f.line, halfBridge, func(s *street) { s.bridge = true })
	}
	for _, f := range c.rails {
		c.carry(f.line, halfPassage, func(s *street) { s.tunnel = true })
	}
	lines := make([][]point, len(c.streets))
	for i, s := range c.streets {
		lines[i] = s.line
	}
	for i, line := range joined(lines) {
		c.streets[i].line = line
	}
}

// carry cuts streets where they cross the obstacle and marks the middle piece.
func (c *city) carry(obstacle []point, half int, mark func(*street)) {
	for i := 0; i < len(c.streets); i++ {
		s := c.streets[i]
		if s.bridge || s.tunnel || s.square {
			continue
		}
		for j := range len(s.line) - 1 {
			p, ok := crossing(s.line[j], s.line[j+1], obstacle)
			if !ok {
				continue
			}
			from := p.plus(s.line[j].minus(p).scaled(min(half, s.line[j].minus(p).length())))
			to := p.plus(s.line[j+1].minus(p).scaled(min(half, s.line[j+1].minus(p).length())))
			middle, rest := s, s
			middle.line = []point{from, to}
			rest.line = slices.Compact(append([]point{to}, s.line[j+1:]...))
			c.streets[i].line = slices.Compact(append(slices.Clone(s.line[:j+1]), from))
			mark(&middle)
			c.streets = append(c.streets, middle)
			if len(rest.line) > 1 {
				c.streets = append(c.streets, rest)
			}
			break // what is left is cut when the loop comes to it
		}
	}
	c.streets = slices.DeleteFunc(c.streets, func(s street) bool { return len(s.line) < 2 })
}

func crossing(a, b point, line []point) (point, bool) {
	for i := range len(line) - 1 {
		if p, ok := meet(a, b, line[i], line[i+1]); ok {
			return p, true
		}
	}
	return point{}, false
}
