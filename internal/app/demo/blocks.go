package demo

import "slices"

// The shape of blocks, in decimetres and square metres.
const (
	leastCut   = 70 * metre // ground narrower than this is not cut by a street
	nearCorner = 30 * metre // a street that comes this near to a corner goes into it
	setBack    = 18 * metre // a street stops this far short of a river or a slope
	leastBlock = 3500       // m²
)

// fillBlocks cuts the ground between the main streets by side streets until
// every block is small.
func (c *city) fillBlocks() {
	junctions := corners{}
	for _, s := range c.streets {
		for _, p := range s.line {
			junctions.add(p)
		}
	}
	for _, b := range c.faces() {
		if inside := b.within(); c.buildable(inside) {
			c.cutUp(b, junctions, 0)
		}
	}
}

// within is a place just inside the block.
func (b block) within() point {
	i := b.edges()[0]
	p, q := b.ring[i], b.ring[(i+1)%len(b.ring)]
	return p.toward(q, 1, 2).plus(q.minus(p).left().scaled(4 * metre))
}

func (c *city) buildable(p point) bool {
	_, floor := covering(c.floors, p)
	_, park := covering(c.parks, p)
	_, square := covering(c.squares, p)
	return floor && !park && !square
}

// target is how large a block may be, in m²: small in the old town, large at
// the ends of the valleys and in the industrial park.
func (c *city) target(p point) int {
	if floor, _ := covering(c.floors, p); floor.class == "industry" {
		return 130_000
	}
	switch d := p.minus(heart).length() / metre; {
	case d < 1800:
		return 15_000
	case d < 4500:
		return 22_000
	case d < 8000:
		return 30_000
	}
	return 55_000
}

// edges lists the block's edges, the longest first.
func (b block) edges() []int {
	order := make([]int, len(b.ring))
	length := make([]int, len(b.ring))
	for i, p := range b.ring {
		order[i], length[i] = i, b.ring[(i+1)%len(b.ring)].minus(p).length()
	}
	slices.SortStableFunc(order, func(i, j int) int { return length[j] - length[i] })
	return order
}

// cutUp cuts a block in two by a street, and goes on with the halves.
func (c *city) cutUp(b block, junctions corners, depth int) {
	inside := b.within()
	if b.ring.squareMetres() < c.target(inside)*at(inside, 3).between(85, 150)/100 || depth > 24 {
		c.keep(b)
		return
	}
	for try, i := range b.edges()[:min(12, len(b.ring))] {
		for k := range 3 {
			luck := at(b.ring[i], uint64(10*try+k)+100)
			if cut, ok := b.cutAt(i, luck, junctions); ok {
				c.laySide(b, cut, junctions)
				c.cutUp(cut.left, junctions, depth+1)
				c.cutUp(cut.right, junctions, depth+1)
				return
			}
		}
	}
	c.keep(b)
}

// keep takes a finished block: to build on, or as a green strip.
func (c *city) keep(b block) {
	around := lengthOf(b.ring.closed()) / metre
	if area := b.ring.squareMetres(); area < leastBlock || area*40 < around*around {
		c.green = append(c.green, b.ring)
		return
	}
	c.blocks = append(c.blocks, b)
}

// cut is a straight cut through a block.
type cut struct {
	from, to         point
	fromOpen, toOpen bool // the end is on a street
	left, right      block
}

// cutAt cuts from somewhere near the middle of edge i straight across.
func (b block) cutAt(i int, luck chance, junctions corners) (cut, bool) {
	p, q := b.ring[i], b.ring[(i+1)%len(b.ring)]
	if q.minus(p).length() < leastCut {
		return cut{}, false
	}
	var c cut
	c.from, c.fromOpen = p.toward(q, luck.between(36, 64), 100), b.street[i]
	if meeting, ok := junctions.on(p, q, c.from); ok { // go on with the street from the other side
		c.from = meeting
	}
	way := q.minus(p).left().scaled(1000)
	way = way.plus(q.minus(p).scaled(luck.again().between(-90, 90)))
	j, hit, ok := b.across(i, c.from, way)
	if !ok || hit.minus(c.from).length() < leastCut {
		return cut{}, false
	}
	c.to, c.toOpen = hit, b.street[j]
	if meeting, ok := junctions.on(b.ring[j], b.ring[(j+1)%len(b.ring)], hit); ok && b.clear(c.from, meeting, i) {
		c.to = meeting
	}
	for _, end := range []int{j, (j + 1) % len(b.ring)} {
		corner := b.ring[end]
		if corner.minus(hit).length() < nearCorner && end != i && end != (i+1)%len(b.ring) && b.clear(c.from, corner, i) {
			c.to, c.toOpen = corner, junctions.has(corner)
		}
	}
	if !c.fromOpen && !c.toOpen {
		return cut{}, false
	}
	c.left, c.right = b.halves(i, j, c.from, c.to)
	small := min(c.left.ring.squareMetres(), c.right.ring.squareMetres())
	return c, small > leastBlock && small*12 > b.ring.squareMetres()
}

// across finds the first edge that a ray from edge i hits.
func (b block) across(i int, from, way point) (edge int, hit point, ok bool) {
	far := from.plus(way.scaled(30_000 * metre))
	least := 0
	for j, p := range b.ring {
		if j == i {
			continue
		}
		at, meets := meet(from, far, p, b.ring[(j+1)%len(b.ring)])
		if d := at.minus(from).length(); meets && (!ok || d < least) {
			edge, hit, least, ok = j, at, d, true
		}
	}
	return edge, hit, ok
}

// clear tells whether the straight way from edge i to a corner touches no other edge.
func (b block) clear(from, corner point, i int) bool {
	for j, p := range b.ring {
		q := b.ring[(j+1)%len(b.ring)]
		if j == i || p == corner || q == corner {
			continue
		}
		if _, ok := meet(from, corner, p, q); ok {
			return false
		}
	}
	return true
}

// halves returns the two blocks that a cut from edge i to edge j leaves.
func (b block) halves(i, j int, from, to point) (left, right block) {
	side := func(p, q point, first, last int) block {
		// p lies on edge last, q on edge first: p → q, then round from first to last.
		h := block{ring: ring{p}, street: []bool{true}}
		if q != b.ring[(first+1)%len(b.ring)] {
			h.ring, h.street = append(h.ring, q), append(h.street, b.street[first])
		}
		for k := (first + 1) % len(b.ring); ; k = (k + 1) % len(b.ring) {
			if b.ring[k] != p {
				h.ring, h.street = append(h.ring, b.ring[k]), append(h.street, b.street[k])
			}
			if k == last {
				return h
			}
		}
	}
	return side(from, to, j, i), side(to, from, i, j)
}

// laySide lays the street of a cut. The last street into small blocks is
// sometimes a dead end, a path, or not there at all.
func (c *city) laySide(b block, cut cut, junctions corners) {
	luck := at(cut.from, 21)
	length := cut.to.minus(cut.from).length()
	area, whole := b.ring.squareMetres(), c.target(cut.from)
	s := street{class: "residential", line: []point{cut.from, cut.to}}
	last := area < 2*whole
	switch {
	case area > 10*whole:
		s.class = "tertiary"
	case last && luck.percent(8):
		return
	case last && luck.percent(30):
		s.class = pick(luck.again(), []string{"footway", "service", "service", "living_street"})
	}
	switch {
	case !cut.fromOpen:
		s.line[0] = cut.from.toward(cut.to, setBack, length)
	case !cut.toOpen:
		s.line[1] = cut.to.toward(cut.from, setBack, length)
	case last && luck.again().percent(14):
		s.line[1] = cut.from.toward(cut.to, luck.again().again().between(55, 75), 100)
	}
	if length > 180*metre && s.class != "footway" {
		s.name, s.english = sideName(cut.from)
	}
	if s.class == "residential" && luck.again().again().percent(9) {
		s.oneway = "yes"
	}
	for _, p := range s.line {
		junctions.add(p)
	}
	c.streets = append(c.streets, s)
}
