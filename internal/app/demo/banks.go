package demo

// layBank lays a road along one side of a river, wherever there is valley
// floor for it. It never crosses water: only avenues have bridges.
func (c *city) layBank(river feature, side int) {
	var run []point
	finish := func() {
		if len(run) > 1 && lengthOf(run) > leastBank {
			for _, end := range []int{0, len(run) - 1} {
				if p, ok := c.nearestStreet(run[end], 2*reachOfEnd, -1); ok && !c.overWater(run[end], p) {
					run[end] = p
				}
			}
			c.streets = append(c.streets, street{class: "tertiary", name: "滨河路", english: "Riverside Road", line: run})
		}
		run = nil
	}
	line := stepped(river.line, 80*metre)
	for i := range len(line) - 1 {
		p := line[i].plus(line[i+1].minus(line[i]).left().scaled(side))
		if side < 0 {
			p = line[i].minus(line[i+1].minus(line[i]).left().scaled(-side))
		}
		_, built := covering(c.floors, p)
		if !built || c.fromWater(p) < riverside*4/5 || len(run) > 0 && c.overWater(run[len(run)-1], p) {
			finish()
			continue
		}
		run = append(run, p)
	}
	finish()
}

// fromWater is the distance to the nearest river.
func (c *city) fromWater(p point) int {
	least := gap(p, c.rivers[0].line)
	for _, f := range c.rivers[1:] {
		least = min(least, gap(p, f.line))
	}
	return least
}

// overWater tells whether the straight way from p to q crosses a river.
func (c *city) overWater(p, q point) bool {
	for _, f := range c.rivers {
		for i := range len(f.line) - 1 {
			if _, ok := meet(p, q, f.line[i], f.line[i+1]); ok {
				return true
			}
		}
	}
	return false
}
