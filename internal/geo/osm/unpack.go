package osm

// unpacker turns packed ways and relations into the Extract's.
type unpacker struct {
	x     *Extract
	flaws *tally
	index *idIndex

	vertices []uint32 // what the ways' vertices are cut from
}

// slab is how many vertices are taken at once.
const slab = 1 << 16

// ways unpacks the ways that matter.
func (u *unpacker) ways(ways []packedWay) {
	n := 0
	for i := range ways {
		if ways[i].tags != nil {
			n++
		}
	}
	u.x.Ways = make([]Way, 0, n)
	for i := range ways {
		if w := &ways[i]; w.tags != nil {
			pieces := u.pieces(w)
			if len(pieces) > 1 && w.tags.area() {
				pieces = [][]uint32{mend(pieces)}
			}
			if len(pieces) == 0 {
				u.flaws.add(ShortWays, w.id)
			}
			for _, p := range pieces {
				u.x.Ways = append(u.x.Ways, Way{ID: w.id, Tags: w.tags, Vertices: p})
			}
		}
	}
}

// pieces returns the vertices of a way, cut where nodes are missing: to join
// the ends over the gap would invent a street that nobody has seen.
func (u *unpacker) pieces(w *packedWay) [][]uint32 {
	var pieces [][]uint32
	from, guess := len(u.vertices), uint32(0)
	cut := func() {
		if len(u.vertices)-from > 1 {
			pieces = append(pieces, u.vertices[from:len(u.vertices):len(u.vertices)])
		} else {
			u.vertices = u.vertices[:from]
		}
		from = len(u.vertices)
	}
	w.each(func(id int64) {
		v, ok := u.index.find(id, guess)
		if !ok {
			u.flaws.add(MissingNodes, id)
			cut()
			return
		}
		if guess = v + 1; len(u.vertices) > from && u.vertices[len(u.vertices)-1] == v {
			return // the same node twice in a row is no segment
		}
		if len(u.vertices) == cap(u.vertices) {
			fresh := make([]uint32, len(u.vertices)-from, slab+len(u.vertices)-from)
			copy(fresh, u.vertices[from:])
			u.vertices, from = fresh, 0
		}
		u.vertices = append(u.vertices, v)
	})
	cut()
	return pieces
}

// mend joins the pieces of a surface's outline that lost nodes and closes it:
// what is drawn is then only cut off at the gap.
func mend(pieces [][]uint32) []uint32 {
	var ring []uint32
	for _, p := range pieces {
		ring = append(ring, p...)
	}
	if ring[0] != ring[len(ring)-1] {
		ring = append(ring, ring[0])
	}
	return ring
}

// relations puts the multipolygons and the borders together. A border that does
// not close all round, because the extract was cut across it, is left out.
func (u *unpacker) relations(ways []packedWay, relations []relation) {
	for _, r := range relations {
		if r.border {
			lost := tally{}
			cut := unpacker{x: u.x, flaws: &lost, index: u.index}
			if polygons, open := cut.polygons(ways, r); !open && lost == (tally{}) && len(polygons) > 0 {
				u.x.Borders = append(u.x.Borders, Area{ID: r.id, Relation: true, Tags: r.tags, Polygons: polygons})
			}
			continue
		}
		polygons, open := u.polygons(ways, r)
		if open {
			u.flaws.add(OpenRings, r.id)
		}
		if len(polygons) > 0 {
			u.x.Relations = append(u.x.Relations, Area{ID: r.id, Relation: true, Tags: r.tags, Polygons: polygons})
		}
	}
}

// polygons joins the members of r, and reports whether any line was left over.
func (u *unpacker) polygons(ways []packedWay, r relation) (polygons []Polygon, open bool) {
	var outer, inner [][]uint32
	for _, m := range r.members {
		i, ok := wayIndex(ways, m.way)
		if !ok {
			continue
		}
		if m.inner {
			inner = append(inner, u.pieces(&ways[i])...)
		} else {
			outer = append(outer, u.pieces(&ways[i])...)
		}
	}
	shells, open := rings(outer)
	holes, openHoles := rings(inner)
	if len(shells) > 0 {
		polygons = u.x.nest(shells, holes)
	}
	return polygons, open || openHoles
}
