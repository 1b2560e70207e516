package demo

// house is a footprint of four corners.
type house struct {
	ring   ring
	street string // its address, where it has one
	number int
}

// mostHouses bounds the drawing: the map shows them, nothing counts them.
const mostHouses = 9000

// build puts houses along the longest street of each block, more of them in
// the old town.
func (c *city) build() {
	streets := c.lookup()
	for _, b := range c.blocks {
		away := b.within().minus(heart).length() / metre
		if at(b.ring[0], 41).percent(max(9, 62-away/60)) {
			c.houses = append(c.houses, b.houses()...)
		}
	}
	c.houses = c.houses[:min(mostHouses, len(c.houses))]
	for i := range c.houses {
		if h := &c.houses[i]; at(h.ring[0], 47).percent(30) {
			h.street, h.number = streets.address(h.ring[0])
		}
	}
}

// houses stands rows of houses on the block, parallel to its longest edge.
func (b block) houses() []house {
	i := b.edges()[0]
	from, to := b.ring[i], b.ring[(i+1)%len(b.ring)]
	along, up := to.minus(from), to.minus(from).left()
	length := along.length()
	var list []house
	for row := range 2 {
		deep := (14 + 42*row) * metre
		for x := 14 * metre; x < length; {
			luck := at(from.plus(point{x, row}), 43)
			wide, depth := luck.between(18, 52)*metre, luck.again().between(12, 18)*metre
			base := from.plus(along.scaled(x)).plus(up.scaled(deep))
			h := house{ring: ring{
				base, base.plus(along.scaled(wide)),
				base.plus(along.scaled(wide)).plus(up.scaled(depth)), base.plus(up.scaled(depth)),
			}}
			if b.holds(h.ring) && luck.again().again().percent(80) {
				list = append(list, h)
			}
			x += wide + luck.between(8, 30)*metre
		}
	}
	return list
}

// holds tells whether a footprint stands on the block, clear of its edges.
func (b block) holds(footprint ring) bool {
	for _, p := range footprint {
		if !b.ring.contains(p) || gap(p, b.ring.closed()) < 7*metre {
			return false
		}
	}
	return true
}
