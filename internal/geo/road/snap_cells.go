package road

import (
	"math"

	"github.com/xiadu/xiadu/internal/geo"
)

// snapCells is the quick way to the nearest street. The city is cut into cells of
// some 45 m, and each lists the pieces of street that pass through it: a question
// looks into its own cell and those that begin nearer than the best so far, two
// to four in a town, where the tree's queue jumps about. Only streets worth
// snapping to are in it. Where none is near, or only a courtyard, the tree is
// asked as before.
type snapCells struct {
	west, south int64
	cols, rows  int64 // of blocks
	blocks      []block
	after       [][blockCells]uint16 // of each cell of a block with streets: its last span and one, from the block's first
	spans       []span               // cell by cell
	endings     []ending             // of each edge
}

// span is one straight piece of a street. It has all that a snap needs, since to
// look it up among the shapes would be a wait for memory more.
type span struct {
	a, b     geo.Fixed
	edge     Edge
	from, to uint32 // dm along the edge
}

// block is a square of cells.
type block struct {
	cells int32  // index into after; -1 if there are no streets in it
	first uint32 // of its spans
}

// ending is all that Exits needs of an edge, in one place.
type ending struct {
	tail, head Node
	length     uint32
	flags      byte
}

const (
	cellShift  = 12 // a cell is 4096 units of 1e-7 degrees, 45.5 m from south to north
	blockShift = 4  // and a block 16 cells wide: where there are no streets, it costs nothing
	blockCells = 1 << (2 * blockShift)
	cellUnits  = 1 << cellShift
	blockUnits = cellUnits << blockShift
	// emptyBlocks is how many blocks may have nothing in them beyond one for each
	// street: a few towns in the box of a continent are left to the tree.
	emptyBlocks = 1 << 21
	// cellRings is how many rings of cells are looked at round the first; whoever
	// is farther from any street asks the tree.
	cellRings = 3
)

// QuickenSnaps makes Snap several times faster, with the same answers. For a
// million streets it takes a fifth of a second and 120 MB, which is worth it for
// who will ask often. It may run while others ask.
func (g *Graph) QuickenSnaps() {
	g.quicken.Do(func() {
		box := g.Box()
		if box.Empty() {
			return
		}
		c := &snapCells{west: int64(box.West), south: int64(box.South)}
		c.cols, c.rows = (int64(box.East)-c.west)/blockUnits+1, (int64(box.North)-c.south)/blockUnits+1
		if c.cols*c.rows <= emptyBlocks+int64(g.Edges()) && g.fillCells(c) {
			g.cells.Store(c)
		}
	})
}

// fillCells puts all streets into c, whose box is known. It reports false if a
// block has more of them than can be counted.
func (g *Graph) fillCells(c *snapCells) bool {
	c.blocks = make([]block, c.cols*c.rows)
	g.eachPass(c, func(x, y int64, _ span) { c.blockOf(x, y).first++ })
	cells, first := int32(0), uint32(0)
	for i := range c.blocks {
		b := &c.blocks[i]
		here := b.first
		if b.cells, b.first = -1, first; here > 0 {
			b.cells = cells
			cells++
		}
		if here > math.MaxUint16 {
			return false
		}
		first += here
	}
	c.after, c.spans = make([][blockCells]uint16, cells), make([]span, first)
	next := make([][blockCells]uint16, cells)
	g.eachPass(c, func(x, y int64, _ span) { c.after[c.blockOf(x, y).cells][cellIn(x, y)]++ })
	for i := range c.after {
		for k := 1; k < blockCells; k++ {
			next[i][k] = c.after[i][k-1]
			c.after[i][k] += c.after[i][k-1]
		}
	}
	g.eachPass(c, func(x, y int64, s span) {
		b := c.blockOf(x, y)
		at := &next[b.cells][cellIn(x, y)]
		c.spans[b.first+uint32(*at)] = s
		*at++
	})
	c.endings = make([]ending, g.Edges())
	for e := range c.endings {
		tail, head := g.Ends(Edge(e))
		c.endings[e] = ending{tail, head, g.edgeLength[e], g.flags[e]}
	}
	return true
}

func (c *snapCells) blockOf(x, y int64) *block {
	return &c.blocks[y>>blockShift*c.cols+x>>blockShift]
}

// cellIn returns the number of a cell in its block.
func cellIn(x, y int64) uint8 {
	const within = 1<<blockShift - 1
	return uint8((y&within)<<blockShift + x&within)
}

// eachPass calls visit for each cell that a piece of a street worth snapping to
// passes through, and perhaps for some beside it.
func (g *Graph) eachPass(c *snapCells, visit func(x, y int64, s span)) {
	for e := range Edge(g.Edges()) {
		if !g.leavable(e) {
			continue
		}
		g.eachSpan(e, func(s span) { c.pass(s.a, s.b, func(x, y int64) { visit(x, y, s) }) })
	}
}

// eachSpan calls visit for the straight pieces of e, from its tail on.
func (g *Graph) eachSpan(e Edge, visit func(span)) {
	line, upTo := g.Shape(e), g.milestonesOf(e)
	for i := 1; i < len(line); i++ {
		visit(span{line[i-1], line[i], e, upTo[i-1], upTo[i]})
	}
}

// snap returns the place on s nearest to p.
func (s *span) snap(pl geo.Plane, p geo.Fixed) Snap {
	ax, ay := pl.Vector(p, s.a)
	bx, by := pl.Vector(p, s.b)
	dx, dy := bx-ax, by-ay
	share, length2 := 0.0, dx*dx+dy*dy
	if length2 > 0 {
		share = min(1, max(0, -(ax*dx+ay*dy)/length2))
	}
	offX, offY := ax+share*dx, ay+share*dy
	from, to := float64(s.from), float64(s.to)
	return Snap{
		Edge: s.edge, Along: uint32(math.Round(from + share*(to-from))),
		OffM: math.Sqrt(offX*offX + offY*offY), At: geo.Between(s.a, s.b, share),
	}
}

// pass calls visit for the cells between a and b, row by row.
func (c *snapCells) pass(a, b geo.Fixed, visit func(x, y int64)) {
	if a.Lat > b.Lat {
		a, b = b, a
	}
	ax, ay, bx, by := int64(a.Lon)-c.west, int64(a.Lat)-c.south, int64(b.Lon)-c.west, int64(b.Lat)-c.south
	for y := ay >> cellShift; y <= by>>cellShift; y++ {
		from, to := ax, bx
		if rise := float64(by - ay); rise > 0 {
			run := float64(bx-ax) / rise
			if low := y << cellShift; low > ay {
				from = ax + int64(math.Floor(run*float64(low-ay)))
			}
			if high := (y + 1) << cellShift; high < by {
				to = ax + int64(math.Ceil(run*float64(high-ay)))
			}
		}
		if from > to {
			from, to = to, from
		}
		// A unit more on either side, for what rounding takes away.
		from, to = max(from-1, min(ax, bx)), min(to+1, max(ax, bx))
		for x := from >> cellShift; x <= to>>cellShift; x++ {
			visit(x, y)
		}
	}
}

// nearest returns the piece of a street nearest to the place that s asks for, and
// false if there is none in the cells around.
func (c *snapCells) nearest(s snapping) (*span, bool) {
	left, below := int64(s.from.Lon)-c.west, int64(s.from.Lat)-c.south
	x, y := left>>cellShift, below>>cellShift
	width, height := cellUnits*s.east, cellUnits*s.north
	// How far p is from the sides of its cell.
	toWest, toSouth := float64(left-x<<cellShift)*s.east, float64(below-y<<cellShift)*s.north
	toEast, toNorth := width-toWest, height-toSouth
	if c.lookBeside(&s, x, y, toWest, toEast, toSouth, toNorth) {
		return s.best(), true
	}
	for r := int64(1); r <= cellRings; r++ {
		beyond := float64(r - 1)
		gap := min(toWest+beyond*width, toEast+beyond*width, toSouth+beyond*height, toNorth+beyond*height)
		if gap*gap > s.bound2 {
			return s.best(), true
		}
		for dy := -r; dy <= r; dy++ {
			gapY := gapTo(dy, toSouth, toNorth, height)
			if gapY*gapY > s.bound2 {
				continue
			}
			step := 2 * r
			if dy == -r || dy == r {
				step = 1
			}
			for dx := -r; dx <= r; dx += step {
				if gapX := gapTo(dx, toWest, toEast, width); gapX*gapX+gapY*gapY <= s.bound2 {
					s.look(c.spansOf(x+dx, y+dy))
				}
			}
		}
	}
	gap := min(toWest, toEast, toSouth, toNorth) + cellRings*min(width, height)
	return s.best(), gap*gap > s.bound2
}

// lookBeside looks into the cell of the place and the three that its corner
// touches, and reports whether all others begin farther away than the best so
// far, which in a town they do.
func (c *snapCells) lookBeside(s *snapping, x, y int64, toWest, toEast, toSouth, toNorth float64) bool {
	dx, gapX, farX := int64(-1), toWest, toEast
	if toEast < toWest {
		dx, gapX, farX = 1, toEast, toWest
	}
	dy, gapY, farY := int64(-1), toSouth, toNorth
	if toNorth < toSouth {
		dy, gapY, farY = 1, toNorth, toSouth
	}
	// All are found first, so that they are on their way from memory together.
	own, across, along, beyond := c.spansOf(x, y), c.spansOf(x+dx, y), c.spansOf(x, y+dy), c.spansOf(x+dx, y+dy)
	s.look(own)
	if gapX*gapX <= s.bound2 {
		s.look(across)
	}
	if gapY*gapY <= s.bound2 {
		s.look(along)
	}
	if gapX*gapX+gapY*gapY <= s.bound2 {
		s.look(beyond)
	}
	far := min(farX, farY)
	return far*far > s.bound2
}

// gapTo is how far the cells d columns or rows away begin.
func gapTo(d int64, before, after, size float64) float64 {
	switch {
	case d < 0:
		return before + float64(-d-1)*size
	case d > 0:
		return after + float64(d-1)*size
	}
	return 0
}

// spansOf returns the pieces of a cell.
func (c *snapCells) spansOf(x, y int64) []span {
	if x < 0 || y < 0 || x>>blockShift >= c.cols || y>>blockShift >= c.rows {
		return nil
	}
	b := c.blockOf(x, y)
	if b.cells < 0 {
		return nil
	}
	after, cell := &c.after[b.cells], cellIn(x, y)
	first := uint16(0)
	if cell > 0 {
		first = after[cell-1]
	}
	return c.spans[b.first+uint32(first) : b.first+uint32(after[cell])]
}
