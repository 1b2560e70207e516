package osm

// Ways are the ways of an extract, in columns without pointers: a city has
// millions, which the garbage collector need not look at one by one. Use Len and
// At; Add is for extracts made by hand.
type Ways struct {
	rows     []wayRow
	vertices []uint32
	sets     []Tags
}

type wayRow struct {
	id          int64
	set         uint32
	first, last uint32 // in vertices, last being one past
}

// Way is a line or a closed outline. Its tags and vertices are shared: do not
// change them.
type Way struct {
	ID       int64
	Set      int // ways of the same tags have the same; below Sets
	Tags     Tags
	Vertices []uint32 // at least two
}

// Len returns the number of ways.
func (ws *Ways) Len() int { return len(ws.rows) }

// At returns way i.
func (ws *Ways) At(i int) Way {
	r := &ws.rows[i]
	return Way{ID: r.id, Set: int(r.set), Tags: ws.sets[r.set], Vertices: ws.vertices[r.first:r.last:r.last]}
}

// Vertices returns the vertices of way i.
func (ws *Ways) Vertices(i int) []uint32 {
	r := &ws.rows[i]
	return ws.vertices[r.first:r.last:r.last]
}

// SetOf returns the Set of way i.
func (ws *Ways) SetOf(i int) int { return int(ws.rows[i].set) }

// Sets returns every set of tags that a way may have, by Way.Set: what depends
// on nothing but the tags is best decided for each of these, once.
func (ws *Ways) Sets() []Tags { return ws.sets }

// Add adds a way with a set of its own and returns its number.
func (ws *Ways) Add(id int64, tags Tags, vertices ...uint32) int {
	first := uint32(len(ws.vertices))
	ws.vertices = append(ws.vertices, vertices...)
	ws.rows = append(ws.rows, wayRow{id: id, set: uint32(len(ws.sets)), first: first, last: uint32(len(ws.vertices))})
	ws.sets = append(ws.sets, tags)
	return len(ws.rows) - 1
}

// Closed reports whether w ends where it begins and encloses something.
func (w *Way) Closed() bool {
	return len(w.Vertices) > 3 && w.Vertices[0] == w.Vertices[len(w.Vertices)-1]
}
