package osm

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/geo"
)

// collector gathers the batches of a file and makes the Extract of them.
type collector struct {
	nodes     []packedNodes
	points    []Point
	ways      []packedWay
	relations []relation
	newest    time.Time
	schematic bool
	flaws     tally
	sets      interner
}

// add takes a batch; batches come in the order of the file.
func (c *collector) add(b *batch) {
	if len(b.nodes.data) > 0 {
		if n := len(c.nodes); n > 0 {
			if first, _ := binary.Varint(b.nodes.data); first < c.nodes[n-1].id {
				b.flaws.add(Unsorted, first)
			}
		}
		c.nodes = append(c.nodes, b.nodes)
	}
	for _, p := range b.points {
		p.Tags = c.sets.tags(p.Tags)
		c.points = append(c.points, p)
	}
	known := map[*Tag]Tags{} // the ways of a batch share sets already
	for _, w := range b.ways {
		if first := w.tags.first(); first != nil {
			t, ok := known[first]
			if !ok {
				t = c.sets.tags(w.tags)
				known[first] = t
			}
			w.tags = t
		}
		c.ways = append(c.ways, w)
	}
	for _, r := range b.relations {
		r.tags = c.sets.tags(r.tags)
		c.relations = append(c.relations, r)
	}
	if b.newest.After(c.newest) {
		c.newest = b.newest
	}
	c.schematic = c.schematic || b.schematic
	c.flaws.merge(&b.flaws)
}

// extract makes the Extract and leaves the collector empty.
func (c *collector) extract(source Source, bounds geo.Box) *Extract {
	source.Schematic = source.Schematic || c.schematic
	if source.Date.IsZero() {
		source.Date = c.newest
	}
	c.sets = interner{}
	c.points = lastOfEach(c.points, func(p Point) int64 { return p.ID }, func(int64) {})
	c.ways = lastOfEach(c.ways, func(w packedWay) int64 { return w.id }, func(id int64) { c.flaws.add(DuplicateWays, id) })
	c.relations = lastOfEach(c.relations, func(r relation) int64 { return r.id },
		func(id int64) { c.flaws.add(DuplicateRelations, id) })
	needed := c.neededWays()
	x := &Extract{Source: source, Points: c.points}
	x.IDs, x.At = c.positions(c.neededNodes(needed))
	c.nodes = nil
	u := unpacker{x: x, flaws: &c.flaws, index: newIDIndex(x.IDs)}
	u.ways(c.ways)
	u.relations(c.ways, c.relations)
	x.Box = bounds
	if x.Box.Empty() {
		x.Box = x.streetBox()
	}
	x.Warnings = c.flaws.list()
	return x
}

// first is where t lies, to tell shared sets by.
func (t Tags) first() *Tag {
	if len(t) == 0 {
		return nil
	}
	return &t[0]
}

// lastOfEach sorts items by id and keeps the last of those with the same id.
func lastOfEach[T any](items []T, id func(T) int64, again func(id int64)) []T {
	byID := func(a, b T) int { return cmp.Compare(id(a), id(b)) }
	if !slices.IsSortedFunc(items, byID) {
		slices.SortStableFunc(items, byID)
	}
	out := items[:0]
	for i, it := range items {
		if i+1 < len(items) && id(items[i+1]) == id(it) {
			again(id(it))
			continue
		}
		out = append(out, it)
	}
	clear(items[len(out):])
	return out
}

// neededWays tells which of c.ways, by index, are to be unpacked: those that
// matter themselves and the members of multipolygons and of whole borders.
func (c *collector) neededWays() []bool {
	needed := make([]bool, len(c.ways))
	for i := range c.ways {
		needed[i] = c.ways[i].tags != nil
	}
	c.relations = slices.DeleteFunc(c.relations, func(r relation) bool { return r.border && !c.whole(r) })
	for _, r := range c.relations {
		for _, m := range r.members {
			if i, ok := wayIndex(c.ways, m.way); ok {
				needed[i] = true
			} else {
				c.flaws.add(MissingMembers, m.way)
			}
		}
	}
	return needed
}

// whole reports whether every member of r is in the file. Extracts cut through
// most borders that they touch, which is no flaw of theirs.
func (c *collector) whole(r relation) bool {
	return !slices.ContainsFunc(r.members, func(m member) bool { _, ok := wayIndex(c.ways, m.way); return !ok })
}

func wayIndex(ways []packedWay, id int64) (int, bool) {
	return slices.BinarySearchFunc(ways, id, func(w packedWay, id int64) int { return cmp.Compare(w.id, id) })
}

// neededNodes returns the ids of all nodes of needed ways, ascending, once
// each.
func (c *collector) neededNodes(needed []bool) []int64 {
	total := 0
	for i := range c.ways {
		if needed[i] {
			c.ways[i].each(func(int64) { total++ })
		}
	}
	ids := make([]int64, 0, total)
	for i := range c.ways {
		if needed[i] {
			c.ways[i].each(func(id int64) { ids = append(ids, id) })
		}
	}
	return slices.Clip(slices.Compact(sortIDs(ids)))
}

// positions finds the nodes of ids, and returns those that are there.
func (c *collector) positions(ids []int64) ([]int64, []geo.Fixed) {
	at := make([]geo.Fixed, len(ids))
	found := make([]bool, len(ids))
	k, last := 0, int64(0)
	for i := range c.nodes {
		c.nodes[i].each(func(id int64, p geo.Fixed) {
			if id < last {
				k, _ = slices.BinarySearch(ids, id)
			}
			last = id
			for k < len(ids) && ids[k] < id {
				k++
			}
			if k == len(ids) || ids[k] != id {
				return
			}
			if found[k] {
				c.flaws.add(DuplicateNodes, id)
			}
			at[k], found[k] = p, true
		})
		c.nodes[i] = packedNodes{}
	}
	n := 0
	for i, ok := range found {
		if ok {
			ids[n], at[n] = ids[i], at[i]
			n++
		}
	}
	return ids[:n], at[:n]
}

// streetBox is the box of all streets, or of every vertex if there are none.
func (x *Extract) streetBox() geo.Box {
	box := geo.Nothing
	for i := range x.Ways {
		if x.Ways[i].Tags.Get("highway") != "" {
			for _, v := range x.Ways[i].Vertices {
				box = box.Extend(x.At[v])
			}
		}
	}
	if box.Empty() {
		box = geo.BoxOf(x.At...)
	}
	return box
}

// interner keeps one copy of each string and of each set of tags: most
// buildings of a city share a handful of sets.
type interner struct {
	texts map[string]string
	sets  map[string]Tags
	key   []byte
}

func (in *interner) tags(t Tags) Tags {
	if len(t) == 0 {
		return nil
	}
	in.key = in.key[:0]
	for _, tag := range t {
		in.key = append(append(append(append(in.key, tag.Key...), 0), tag.Value...), 0)
	}
	if set, ok := in.sets[string(in.key)]; ok {
		return set
	}
	if in.sets == nil {
		in.sets, in.texts = make(map[string]Tags), make(map[string]string)
	}
	set := make(Tags, len(t))
	for i, tag := range t {
		set[i] = Tag{in.text(tag.Key), in.text(tag.Value)}
	}
	in.sets[string(in.key)] = set
	return set
}

// text copies s, which may be a piece of a large block.
func (in *interner) text(s string) string {
	if t, ok := in.texts[s]; ok {
		return t
	}
	t := strings.Clone(s)
	in.texts[t] = t
	return t
}
