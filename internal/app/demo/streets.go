package demo

import "slices"

// street is a way: its OpenStreetMap class, its names and its line, with a
// corner at every junction once joinStreets has run.
type street struct {
	class, name, english string
	oneway               string // "", yes or -1
	line                 []point
	bridge, tunnel       bool
	square               bool // the line is the outline of an area
}

// The distances, in decimetres, that give streets their shape.
const (
	reachOfEnd  = 90 * metre  // an avenue's end is drawn to the street that it falls short of
	riverside   = 55 * metre  // from the middle of a river to the road on its bank
	leastBank   = 250 * metre // a shorter road on a bank is left out
	halfBridge  = 45 * metre  // from the middle of a river to the end of a bridge
	halfPassage = 20 * metre  // the same for a passage under the railway
)

// layMainStreets lays what the skeleton names, and a road on each river bank.
func (c *city) layMainStreets() {
	for _, f := range c.avenues {
		s := street{name: f.name, english: f.english, line: slices.Clone(f.line)}
		s.class, s.oneway = avenueClass(f.class)
		c.streets = append(c.streets, s)
	}
	for i := range c.streets {
		c.drawEnds(i)
	}
	for _, f := range c.rivers {
		for _, side := range []int{riverside, -riverside} {
			c.layBank(f, side)
		}
	}
	for _, f := range c.parks {
		c.streets = append(c.streets, street{class: "footway", name: f.name + "环路", english: f.english + " Loop", line: ring(f.line).closed()})
	}
	for _, f := range c.squares {
		c.streets = append(c.streets, street{class: "pedestrian", name: f.name, english: f.english, line: ring(f.line).closed(), square: true})
	}
	c.linkParks()
}

// avenueClass splits "secondary oneway" into the way's class and its direction.
func avenueClass(class string) (highway, oneway string) {
	switch class {
	case "secondary oneway":
		return "secondary", "yes"
	case "secondary oneback":
		return "secondary", "-1"
	}
	return class, ""
}

// drawEnds moves the ends of street i onto the streets that they nearly touch.
func (c *city) drawEnds(i int) {
	line := c.streets[i].line
	for _, end := range []int{0, len(line) - 1} {
		if p, ok := c.nearestStreet(line[end], reachOfEnd, i); ok {
			line[end] = p
		}
	}
}

// nearestStreet returns the nearest point on any street but one.
func (c *city) nearestStreet(p point, within, except int) (best point, found bool) {
	for i, s := range c.streets {
		if i == except {
			continue
		}
		for j := range len(s.line) - 1 {
			q := nearest(p, s.line[j], s.line[j+1])
			if d := q.minus(p).length(); d <= within {
				best, within, found = q, d, true
			}
		}
	}
	return best, found
}

// linkParks leads a path from each park and square to the nearest street, where
// none crosses its outline already.
func (c *city) linkParks() {
	for _, f := range slices.Concat(c.parks, c.squares) {
		own := slices.IndexFunc(c.streets, func(s street) bool { return s.line[0] == f.line[0] && len(s.line) == len(f.line)+1 })
		for _, corner := range f.line[:2] {
			if p, ok := c.nearestStreet(corner, 300*metre, own); ok && p != corner && !c.overWater(corner, p) {
				c.streets = append(c.streets, street{class: "footway", line: []point{corner, p}})
			}
		}
	}
}

// layClimbs lays the paths up the slopes: steps where it is steep.
func (c *city) layClimbs() {
	for _, f := range c.climbs {
		line := slices.Clone(f.line)
		if p, ok := c.nearestStreet(line[0], 2*reachOfEnd, -1); ok {
			line[0] = p
		}
		for i := range len(line) - 1 {
			class := f.class
			if i%2 == 1 {
				class = "path"
			}
			a, b := line[i], line[i+1]
			bow := a.toward(b, 1, 2).plus(b.minus(a).left().scaled(at(a, 11).between(-40, 40) * metre / 2))
			c.streets = append(c.streets, street{class: class, name: f.name, english: f.english, line: []point{a, bow, b}})
		}
	}
}

// stepped walks along a line in equal steps.
func stepped(line []point, step int) []point {
	out := []point{line[0]}
	for i := range len(line) - 1 {
		a, b := line[i], line[i+1]
		n := max(1, divide(b.minus(a).length(), step))
		for k := 1; k <= n; k++ {
			out = append(out, a.toward(b, k, n))
		}
	}
	return slices.Compact(out)
}

func lengthOf(line []point) int {
	sum := 0
	for i := range len(line) - 1 {
		sum += line[i+1].minus(line[i]).length()
	}
	return sum
}
