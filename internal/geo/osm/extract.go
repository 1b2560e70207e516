// Package osm reads an OpenStreetMap extract, PBF or XML (plain, .gz or .bz2,
// told apart by content and never by name), into a compact Extract that holds
// only what the product uses: streets, ferries and platforms, buildings, water
// and green, administrative borders, and the named or numbered things that
// people look for.
//
// The file is read once. Its blocks are parsed in parallel into batches that
// keep every node's position, 16 bytes each, and every way's references packed
// as they came. Once the relations at the end of the file have told which ways
// they need, the references of those are looked up among the nodes, again in
// parallel, and the nodes that nothing refers to are dropped. So the order of
// the file does not matter and nothing is inflated twice. Ways of the same tags
// share them, and whoever decides something by tags alone decides it once for
// each set.
//
// A file may come from anyone. Whatever is wrong inside it that leaves a usable
// map is counted as a Warning; whatever does not is a fault.Invalid that names
// the file and the place. The PBF parser is our own for that reason: the Go
// libraries for it panic on hostile input inside goroutines of theirs, where no
// caller can recover. Every length in the file is checked against the bytes
// that are there before memory is taken for it.
package osm

import (
	"iter"
	"slices"
	"sort"
	"time"

	"github.com/xiadu/xiadu/internal/geo"
)

// Extract is what was read from one file. It is immutable once Read returns.
type Extract struct {
	Source Source
	Box    geo.Box // the extract's bounds as its header states them, else the box of all streets

	At []geo.Fixed // every node in use, in the order of their ids; a vertex is an index into it

	Ways      Ways    // by id
	Relations []Area  // multipolygons put together from their member ways, by id
	Borders   []Area  // administrative divisions that lie in the extract as a whole, by id
	Points    []Point // tagged nodes, by id

	Warnings []Warning // what was wrong in the file but left it usable
}

// Source says where an extract comes from.
type Source struct {
	File      string    // base name
	Format    string    // "pbf" or "xml"
	Bytes     int64     // size of the file
	Program   string    // the program that wrote it
	Date      time.Time // the state of the data; zero when the file does not say
	Schematic bool      // invented for a demonstration, not surveyed
}

// Area is a surface: one closed way or a multipolygon relation.
type Area struct {
	ID       int64
	Relation bool // whether ID is a relation's or a way's
	Tags     Tags
	Polygons []Polygon
}

// Polygon is an outer ring followed by its holes. Each ring ends at the vertex
// where it begins.
type Polygon [][]uint32

// Point is a tagged node.
type Point struct {
	ID     int64
	Tags   Tags
	At     geo.Fixed
	Vertex uint32 // in Extract.At, or NoVertex
}

// NoVertex is the vertex of a point that no way uses.
const NoVertex = ^uint32(0)

// Areas goes through all surfaces: the closed ways whose tags mean a surface,
// then the multipolygons.
func (x *Extract) Areas() iter.Seq[Area] {
	return func(yield func(Area) bool) {
		for i := range x.Ways.Len() {
			w := x.Ways.At(i)
			if w.Closed() && w.Tags.area() && !yield(Area{ID: w.ID, Tags: w.Tags, Polygons: []Polygon{{w.Vertices}}}) {
				return
			}
		}
		for _, a := range x.Relations {
			if !yield(a) {
				return
			}
		}
	}
}

// Line returns the positions of vertices.
func (x *Extract) Line(vertices []uint32) []geo.Fixed {
	line := make([]geo.Fixed, len(vertices))
	for i, v := range vertices {
		line[i] = x.At[v]
	}
	return line
}

// Tag is one key and value.
type Tag struct{ Key, Value string }

// Tags are sorted by key and have each key once.
type Tags []Tag

// Get returns the value of key, or "".
func (t Tags) Get(key string) string {
	i := sort.Search(len(t), func(i int) bool { return t[i].Key >= key })
	if i < len(t) && t[i].Key == key {
		return t[i].Value
	}
	return ""
}

// Is reports whether key has one of values.
func (t Tags) Is(key string, values ...string) bool {
	v := t.Get(key)
	return v != "" && slices.Contains(values, v)
}
