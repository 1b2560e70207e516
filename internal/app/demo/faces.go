package demo

import (
	"cmp"
	"slices"
)

// block is a piece of ground with lines all round it.
type block struct {
	ring   ring
	street []bool // whether the edge from corner i to the next is a street
}

// net is the drawing as corners with their neighbours, each once.
type net struct {
	corners    []point
	neighbours map[point][]point
	street     map[[2]point]bool
}

func (n *net) add(a, b point, isStreet bool) {
	for _, e := range [][2]point{{a, b}, {b, a}} {
		if n.neighbours[e[0]] == nil {
			n.corners = append(n.corners, e[0])
		}
		if !slices.Contains(n.neighbours[e[0]], e[1]) {
			n.neighbours[e[0]] = append(n.neighbours[e[0]], e[1])
		}
		n.street[e] = n.street[e] || isStreet
	}
}

// faces returns the blocks between the streets, rivers, railways and the foot
// of the slopes.
func (c *city) faces() []block {
	lines := make([][]point, 0, len(c.streets)+10)
	for _, s := range c.streets {
		lines = append(lines, s.line)
	}
	for _, f := range slices.Concat(c.rivers, c.rails) {
		lines = append(lines, f.line)
	}
	for _, f := range c.floors {
		lines = append(lines, ring(f.line).closed())
	}
	n := net{neighbours: map[point][]point{}, street: map[[2]point]bool{}}
	for i, line := range joined(lines) {
		for j := range len(line) - 1 {
			n.add(line[j], line[j+1], i < len(c.streets))
		}
	}
	n.prune()
	n.turn()
	return n.walk()
}

// prune removes dead ends, which have the same block on both sides.
func (n *net) prune() {
	for _, p := range n.corners {
		for len(n.neighbours[p]) == 1 {
			q := n.neighbours[p][0]
			delete(n.neighbours, p)
			n.neighbours[q] = slices.DeleteFunc(n.neighbours[q], func(r point) bool { return r == p })
			p = q
		}
	}
}

// turn sorts the neighbours of each corner counter-clockwise.
func (n *net) turn() {
	for p, list := range n.neighbours {
		slices.SortFunc(list, func(a, b point) int {
			a, b = a.minus(p), b.minus(p)
			return cmp.Or(cmp.Compare(half(a), half(b)), -cmp.Compare(a.cross(b), 0))
		})
	}
}

// half is 0 for directions from east to just before west, by the north.
func half(p point) int {
	if p.Y > 0 || p.Y == 0 && p.X > 0 {
		return 0
	}
	return 1
}

// walk goes round every block with the block on its left.
func (n *net) walk() []block {
	var blocks []block
	seen := map[[2]point]bool{}
	for _, p := range n.corners {
		for _, q := range n.neighbours[p] {
			if seen[[2]point{p, q}] {
				continue
			}
			var b block
			for a, z := p, q; !seen[[2]point{a, z}]; {
				seen[[2]point{a, z}] = true
				b.ring = append(b.ring, a)
				b.street = append(b.street, n.street[[2]point{a, z}])
				list := n.neighbours[z]
				back := slices.Index(list, a)
				a, z = z, list[(back+len(list)-1)%len(list)]
			}
			if b.ring.area2() > 0 { // the one round the outside is clockwise
				blocks = append(blocks, b)
			}
		}
	}
	return blocks
}
