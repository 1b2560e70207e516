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
	cols, rows  int64   // of blocks
	blocks      []int32 // of each block: where its cells begin in first; -1 if it has none
	first       []uint32
	spans       []span
	endings     []ending // of each edge
}

// span is one straight piece of a street. It has all that a snap needs, since to
// look it up among the shapes would be a wait for memory more.
type span struct {
	a, b     geo.Fixed
	edge     Edge
	from, to float32 // dm along the edge
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
		if c.cols*c.rows <= emptyBlocks+int64(g.Edges()) {
			g.fillCells(c)
			g.cells.Store(c)
		}
	})
}

// fillCells puts all streets into c, whose box is known.
func (g *Graph) fillCells(c *snapCells) {
	c.blocks = make([]int32, c.cols*c.rows)
	g.eachPass(c, func(x, y int64, _ span) { c.blocks[c.block(x, y)] = 1 })
	cells := 0
	for i, used := range c.blocks {
		c.blocks[i] = -1
		if used == 1 {
			c.blocks[i] = int32(cells)
			cells += blockCells
		}
	}
	c.first = make([]uint32, cells+1)
	g.eachPass(c, func(x, y int64, _ span) { c.first[c.cell(x, y)+1]++ })
	for i := range cells {
		c.first[i+1] += c.first[i]
	}
	c.spans = make([]span, c.first[cells])
	c.endings = make([]ending, g.Edges())
	for e := range c.endings {
		tail, head := g.Ends(Edge(e))
		c.endings[e] = ending{tail, head, g.edgeLength[e], g.flags[e]}
	}
	next := append([]uint32(nil), c.first[:cells]...)
	g.eachPass(c, func(x, y int64, s span) {
		at := &next[c.cell(x, y)]
		c.spans[*at] = s
		*at++
	})
}

func (c *snapCells) block(x, y int64) int64 { return y>>blockShift*c.cols + x>>blockShift }

// cell returns the number of a cell whose block is used.
func (c *snapCells) cell(x, y int64) int64 {
	const within = 1<<blockShift - 1
	return int64(c.blocks[c.block(x, y)]) + (y&within)<<blockShift + x&within
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

// eachSpan calls visit for the straight pieces of e, from its tail on. Where they
// lie along it is told by their share of its line, not by metres: an edge may be
// longer than its line. All is measured on the plane of its tail.
func (g *Graph) eachSpan(e Edge, visit func(span)) {
	line := g.Shape(e)
	pl := geo.PlaneAt(line[0].Point().Lat)
	total := 0.0
	for i := 1; i < len(line); i++ {
		east, north := pl.Vector(line[i-1], line[i])
		total += math.Sqrt(east*east + north*north)
	}
	scale, before := 0.0, 0.0
	if total > 0 {
		scale = float64(g.edgeLength[e]) / total
	}
	for i := 1; i < len(line); i++ {
		east, north := pl.Vector(line[i-1], line[i])
		after := before + math.Sqrt(east*east+north*north)
		visit(span{line[i-1], line[i], e, float32(before * scale), float32(after * scale)})
		before = after
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

// snapping is the best so far of one question.
type snapping struct {
	from        geo.Fixed
	east, north float64 // metres of a unit
	span        *span
	least2      float64 // square metres
}

// nearest returns the piece of a street nearest to p, that of the first edge among
// several, and false if there is none in the cells around.
func (c *snapCells) nearest(pl geo.Plane, p geo.Fixed) (*span, bool) {
	left, below := int64(p.Lon)-c.west, int64(p.Lat)-c.south
	x, y := left>>cellShift, below>>cellShift
	s := snapping{from: p, least2: math.Inf(1)}
	s.east, s.north = pl.Vector(geo.Fixed{}, geo.Fixed{Lon: 1, Lat: 1})
	width, height := cellUnits*s.east, cellUnits*s.north
	// How far p is from the sides of its cell.
	toWest, toSouth := float64(left-x<<cellShift)*s.east, float64(below-y<<cellShift)*s.north
	toEast, toNorth := width-toWest, height-toSouth
	c.look(&s, x, y)
	for r := int64(1); r <= cellRings; r++ {
		beyond := float64(r - 1)
		gap := min(toWest+beyond*width, toEast+beyond*width, toSouth+beyond*height, toNorth+beyond*height)
		if gap*gap > s.least2 {
			return s.span, true
		}
		for dy := -r; dy <= r; dy++ {
			gapY := gapTo(dy, toSouth, toNorth, height)
			if gapY*gapY > s.least2 {
				continue
			}
			step := 2 * r
			if dy == -r || dy == r {
				step = 1
			}
			for dx := -r; dx <= r; dx += step {
				if gapX := gapTo(dx, toWest, toEast, width); gapX*gapX+gapY*gapY <= s.least2 {
					c.look(&s, x+dx, y+dy)
				}
			}
		}
	}
	gap := min(toWest, toEast, toSouth, toNorth) + cellRings*min(width, height)
	return s.span, gap*gap > s.least2
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

// look measures the pieces of one cell.
func (c *snapCells) look(s *snapping, x, y int64) {
	if x < 0 || y < 0 || x>>blockShift >= c.cols || y>>blockShift >= c.rows || c.blocks[c.block(x, y)] < 0 {
		return
	}
	cell := c.cell(x, y)
	spans := c.spans[c.first[cell]:c.first[cell+1]]
	for i := range spans {
		piece := &spans[i]
		ax, ay := float64(int64(piece.a.Lon)-int64(s.from.Lon))*s.east, float64(int64(piece.a.Lat)-int64(s.from.Lat))*s.north
		bx, by := float64(int64(piece.b.Lon)-int64(s.from.Lon))*s.east, float64(int64(piece.b.Lat)-int64(s.from.Lat))*s.north
		if d := toSpan2(ax, ay, bx, by); d < s.least2 || d == s.least2 && piece.edge < s.span.edge {
			s.span, s.least2 = piece, d
		}
	}
}

// toSpan2 is the square of the distance from the origin to the line a–b.
func toSpan2(ax, ay, bx, by float64) float64 {
	dx, dy := bx-ax, by-ay
	along, length2 := -(ax*dx + ay*dy), dx*dx+dy*dy
	if along <= 0 || length2 == 0 {
		return ax*ax + ay*ay
	}
	if along >= length2 {
		return bx*bx + by*by
	}
	cross := ax*dy - ay*dx
	return cross * cross / length2
}
