package osm

import (
	"math"
	"math/bits"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/xiadu/xiadu/internal/fault"
)

// unpacker turns packed ways and relations into the Extract's, whose nodes are
// at first all that the file has.
type unpacker struct {
	x     *Extract
	c     *collector
	index *idIndex
	same  map[int64]int64 // nodes without an id of their own that are others
}

// used marks nodes that something refers to.
type used []uint64

func (u used) mark(v uint32)     { u[v>>6] |= 1 << (v & 63) }
func (u used) has(v uint32) bool { return u[v>>6]&(1<<(v&63)) != 0 }

// unpack makes x's ways, relations and borders, and drops the nodes that none of
// them uses.
func (u *unpacker) unpack() error {
	x, c := u.x, u.c
	total := 0
	for i := range c.ways {
		if c.ways[i].set != untagged {
			total += int(c.ways[i].count)
		}
	}
	if total > math.MaxUint32 || len(x.At) >= math.MaxUint32 {
		return flawAt(0, "文件太大：节点或引用超过四十亿个。请用 osmium extract 截取所需的范围",
			"the file is too large: more than four thousand million nodes or references. Cut out what is needed with osmium extract")
	}
	x.Ways.vertices, x.Ways.sets = make([]uint32, total), c.waySets.list
	in := make(used, len(x.At)/64+1)
	if err := u.ways(in); err != nil {
		return err
	}
	own := stretch{unpacker: u, used: in, flaws: &c.flaws}
	own.relations(c.relations)
	c.ways, c.refs, c.relations = nil, nil, nil
	u.points(in)
	return x.keep(in)
}

// points finds the vertices of the points.
func (u *unpacker) points(in used) {
	guess := uint32(0)
	for i := range u.x.Points {
		p := &u.x.Points[i]
		v, ok := u.index.find(p.ID, guess)
		if p.Vertex = NoVertex; ok && in.has(v) {
			p.Vertex = v
		}
		guess = v + 1
	}
}

// ways unpacks the ways that matter, on all processors, each a stretch of them.
func (u *unpacker) ways(in used) error {
	ways := u.c.ways
	procs := runtime.GOMAXPROCS(0)
	stretches := make([]stretch, procs)
	var all errgroup.Group
	share, begun := (len(u.x.Ways.vertices)+procs-1)/procs, 0
	for p, i := 0, 0; p < procs; p++ {
		from, at := i, begun
		for ; i < len(ways) && (begun < (p+1)*share || p == procs-1); i++ {
			if ways[i].set != untagged {
				begun += int(ways[i].count)
			}
		}
		s := &stretches[p]
		*s = stretch{unpacker: u, used: make(used, len(in)), flaws: new(tally), vertices: u.x.Ways.vertices[at:at:begun], base: uint32(at)}
		to := i
		all.Go(fault.Safely(func() error { s.ways(ways[from:to]); return nil }))
	}
	if err := all.Wait(); err != nil {
		return err
	}
	n := 0
	for i := range stretches {
		n += len(stretches[i].rows)
	}
	u.x.Ways.rows = make([]wayRow, 0, n)
	for i := range stretches {
		s := &stretches[i]
		u.x.Ways.rows = append(u.x.Ways.rows, s.rows...)
		u.c.flaws.merge(s.flaws)
		for k, word := range s.used {
			in[k] |= word
		}
	}
	return nil
}

// stretch unpacks some of the ways.
type stretch struct {
	*unpacker
	used     used
	flaws    *tally
	rows     []wayRow
	vertices []uint32 // what the rows' are cut from
	base     uint32   // where vertices begin among those of all ways
	ends     []int    // of the pieces of one way
}

func (s *stretch) ways(ways []packedWay) {
	n := 0
	for i := range ways {
		if ways[i].set != untagged {
			n++
		}
	}
	s.rows = make([]wayRow, 0, n)
	for i := range ways {
		if w := &ways[i]; w.set != untagged {
			s.way(w)
		}
	}
}

func (s *stretch) way(w *packedWay) {
	from, before := len(s.vertices), s.flaws[MissingNodes]
	s.pieces(w)
	if tags := s.x.Ways.sets[w.set]; s.flaws[MissingNodes] != before && len(s.vertices)-from > 2 && tags.area() && !tags.walked() && w.closed(s.c) {
		// What is drawn of a surface whose outline lost nodes is only cut off at the gap:
		// half a lake is better than none. There is room for the end: a node is missing.
		if s.vertices[from] != s.vertices[len(s.vertices)-1] {
			s.vertices = append(s.vertices, s.vertices[from])
		}
		s.ends = append(s.ends[:0], len(s.vertices))
		s.flaws[MissingNodes] = before
		s.flaws.add(GappedAreas, w.id)
	}
	if len(s.ends) == 0 {
		s.flaws.add(ShortWays, w.id)
	}
	for _, end := range s.ends {
		s.rows = append(s.rows, wayRow{id: w.id, set: uint32(w.set), first: s.base + uint32(from), last: s.base + uint32(end)})
		from = end
	}
}

// closed reports whether a way's references end where they begin.
func (w *packedWay) closed(c *collector) bool {
	var first, last int64
	refs := wire{b: c.refs[w.chunk][w.from:w.to]}
	for n := 0; len(refs.b) > 0; n++ {
		if last += refs.svarint(); n == 0 {
			first = last
		}
	}
	return first == last
}

// pieces appends the vertices of a way, cut where nodes are missing: to join
// the ends over the gap would invent a street that nobody has seen. It leaves
// where each piece ends in s.ends.
func (s *stretch) pieces(w *packedWay) {
	s.ends = s.ends[:0]
	from, guess, id := len(s.vertices), uint32(0), int64(0)
	cut := func() {
		if len(s.vertices)-from > 1 {
			s.ends = append(s.ends, len(s.vertices))
		} else {
			s.vertices = s.vertices[:from]
		}
		from = len(s.vertices)
	}
	for refs := (wire{b: s.c.refs[w.chunk][w.from:w.to]}); len(refs.b) > 0; {
		id += refs.svarint()
		named := id
		if id < lastCourseNode {
			named = s.named(id)
		}
		v, ok := s.index.find(named, guess)
		if !ok {
			s.flaws.add(MissingNodes, id)
			cut()
			continue
		}
		if guess = v + 1; len(s.vertices) > from && s.vertices[len(s.vertices)-1] == v {
			continue // the same node twice in a row is no segment
		}
		if s.used != nil {
			s.used.mark(v)
		}
		s.vertices = append(s.vertices, v)
	}
	cut()
}

// named returns the id of the node that a node without one is, if any.
func (s *stretch) named(id int64) int64 {
	if other, ok := s.same[id]; ok {
		return other
	}
	return id
}

// relations puts the multipolygons and the borders together. A border that does
// not close all round, because the extract was cut across it, is left out.
func (s *stretch) relations(relations []relation) {
	x := s.x
	for _, r := range relations {
		if r.border {
			lost := tally{}
			alone := stretch{unpacker: s.unpacker, flaws: &lost} // what is left out uses no nodes
			if polygons, open := alone.polygons(r); !open && lost == (tally{}) && len(polygons) > 0 {
				x.Borders = append(x.Borders, Area{ID: r.id, Relation: true, Tags: r.tags, Polygons: polygons})
			}
			continue
		}
		polygons, open := s.polygons(r)
		if open {
			s.flaws.add(OpenRings, r.id)
		}
		if len(polygons) > 0 {
			x.Relations = append(x.Relations, Area{ID: r.id, Relation: true, Tags: r.tags, Polygons: polygons})
		}
	}
	eachRing(x.Borders, func(ring []uint32) {
		for _, v := range ring {
			s.used.mark(v)
		}
	})
}

func eachRing(areas []Area, visit func(ring []uint32)) {
	for _, a := range areas {
		for _, polygon := range a.Polygons {
			for _, ring := range polygon {
				visit(ring)
			}
		}
	}
}

// polygons joins the members of r, and reports whether any line was left over.
func (s *stretch) polygons(r relation) (polygons []Polygon, open bool) {
	var outer, inner [][]uint32
	for _, m := range r.members {
		i, ok := wayIndex(s.c.ways, m.way)
		if !ok {
			continue
		}
		s.vertices = make([]uint32, 0, s.c.ways[i].count)
		s.pieces(&s.c.ways[i])
		from := 0
		for _, end := range s.ends {
			piece := s.vertices[from:end:end]
			if from = end; m.inner {
				inner = append(inner, piece)
			} else {
				outer = append(outer, piece)
			}
		}
	}
	shells, open := rings(outer)
	holes, openHoles := rings(inner)
	if len(shells) > 0 {
		polygons = s.x.nest(shells, holes)
	}
	return polygons, open || openHoles
}

// keep drops the nodes that are not in use and renumbers the rest.
func (x *Extract) keep(in used) error {
	before := make([]uint32, len(in)) // how many are kept before each word
	n := uint32(0)
	for i, word := range in {
		before[i] = n
		n += uint32(bits.OnesCount64(word))
	}
	if int(n) == len(x.At) {
		return nil
	}
	rank := func(v uint32) uint32 { return before[v>>6] + uint32(bits.OnesCount64(in[v>>6]&(1<<(v&63)-1))) }
	number := func(vertices []uint32) {
		for i, v := range vertices {
			vertices[i] = rank(v)
		}
	}
	var all errgroup.Group
	share := len(x.Ways.vertices)/runtime.GOMAXPROCS(0) + 1
	for rest := x.Ways.vertices; len(rest) > 0; rest = rest[min(share, len(rest)):] {
		part := rest[:min(share, len(rest))]
		all.Go(fault.Safely(func() error { number(part); return nil }))
	}
	if err := all.Wait(); err != nil {
		return err
	}
	eachRing(x.Relations, number)
	eachRing(x.Borders, number)
	for i := range x.Points {
		if p := &x.Points[i]; p.Vertex != NoVertex {
			p.Vertex = rank(p.Vertex)
		}
	}
	k := 0
	for i, word := range in {
		for ; word != 0; word &= word - 1 {
			v := i<<6 + bits.TrailingZeros64(word)
			x.At[k] = x.At[v]
			k++
		}
	}
	x.At = x.At[:k:k]
	return nil
}
