package osm

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
)

// collector gathers the batches of a file and makes the Extract of them.
type collector struct {
	ids       [][]int64 // of nodes, as the batches brought them
	at        [][]geo.Fixed
	versions  [][]uint32 // each as long as its ids, or shorter
	points    []pointEdition
	located   []locatedNode
	gone      bool
	batches   [][]packedWay
	ways      []packedWay // those of all batches, once all are there
	refs      [][]byte    // of the ways, by their chunk
	relations []relation
	newest    time.Time
	schematic bool
	flaws     tally
	texts     texts
	waySets   interner
	others    interner // sets of tags of points and relations
}

// add takes a batch; batches come in the order of the file.
func (c *collector) add(b *batch) {
	if len(b.ids) > 0 {
		if n := len(c.ids); n > 0 && b.ids[0] < c.ids[n-1][len(c.ids[n-1])-1] {
			b.flaws.add(Unsorted, b.ids[0])
		}
		c.ids, c.at, c.versions = append(c.ids, b.ids), append(c.at, b.at), append(c.versions, b.versions)
	}
	c.located, c.gone = append(c.located, b.located...), c.gone || b.gone
	for _, p := range b.points {
		p.Tags = c.others.tags(&c.texts, p.Tags)
		c.points = append(c.points, p)
	}
	if len(b.ways) > 0 {
		number := make([]int32, len(b.sets)) // of the batch's sets, among all
		for i, t := range b.sets {
			number[i] = c.waySets.set(&c.texts, t)
		}
		chunk := uint32(len(c.refs))
		c.refs = append(c.refs, b.refs)
		for i := range b.ways {
			w := &b.ways[i]
			if w.chunk = chunk; w.set != untagged {
				w.set = number[w.set]
			}
		}
		c.batches = append(c.batches, b.ways)
	}
	for _, r := range b.relations {
		r.tags = c.others.tags(&c.texts, r.tags)
		c.relations = append(c.relations, r)
	}
	if b.newest.After(c.newest) {
		c.newest = b.newest
	}
	c.schematic = c.schematic || b.schematic
	c.flaws.merge(&b.flaws)
}

// extract makes the Extract and leaves the collector empty.
func (c *collector) extract(source Source, bounds geo.Box) (*Extract, error) {
	source.Schematic = source.Schematic || c.schematic
	if source.Date.IsZero() {
		source.Date = c.newest
	}
	c.texts, c.others = nil, interner{}
	c.waySets.numbers = nil
	x := &Extract{Source: source}
	u := unpacker{x: x, c: c}
	var again tally // of nodes
	var nodes errgroup.Group
	nodes.Go(fault.Safely(func() error {
		var ids []int64
		ids, x.At = c.nodes(&again)
		if c.gone {
			ids, x.At = c.dropGone(ids, x.At)
		}
		ids, x.At, u.same = locate(ids, x.At, c.located)
		u.index = newIDIndex(ids)
		return nil
	}))
	c.ways = mergeEach(slices.Concat(c.batches...), func(w *packedWay) int64 { return w.id }, mergeWays,
		func(id int64) { c.flaws.add(DuplicateWays, id) })
	c.relations = mergeEach(c.relations, func(r *relation) int64 { return r.id }, mergeRelations,
		func(id int64) { c.flaws.add(DuplicateRelations, id) })
	c.batches = nil
	c.dropEmpty()
	c.findMembers()
	if err := nodes.Wait(); err != nil {
		return nil, err
	}
	c.flaws.merge(&again)
	c.points = mergeEach(c.points, func(p *pointEdition) int64 { return p.ID }, later[pointEdition], func(int64) {})
	x.Points = make([]Point, len(c.points))
	for i := range c.points {
		x.Points[i] = c.points[i].Point
	}
	c.points, c.located = nil, nil
	if err := u.unpack(); err != nil {
		return nil, err
	}
	x.Box = bounds
	if x.Box.Empty() {
		x.Box = x.streetBox()
	}
	x.Warnings = c.flaws.list()
	return x, nil
}

// nodes returns all nodes of the file by id; of those that came twice the newest
// version, or the last of those that have none. Points of older ones are dropped.
func (c *collector) nodes(flaws *tally) ([]int64, []geo.Fixed) {
	n, ascending := 0, true
	last := int64(-1 << 63)
	for _, ids := range c.ids {
		n += len(ids)
		for _, id := range ids {
			ascending = ascending && id > last
			last = id
		}
	}
	if !ascending {
		return c.nodesInDisorder(n, flaws)
	}
	ids, at := make([]int64, 0, n), make([]geo.Fixed, 0, n)
	for i := range c.ids {
		ids, at = append(ids, c.ids[i]...), append(at, c.at[i]...)
		c.ids[i], c.at[i] = nil, nil
	}
	c.ids, c.at, c.versions = nil, nil, nil
	return ids, at
}

func (c *collector) nodesInDisorder(n int, flaws *tally) ([]int64, []geo.Fixed) {
	nodes := make([]nodeEdition, 0, n)
	for i, ids := range c.ids {
		for k, id := range ids {
			version := uint32(0)
			if k < len(c.versions[i]) {
				version = c.versions[i][k]
			}
			nodes = append(nodes, nodeEdition{id, c.at[i][k], version})
		}
		c.ids[i], c.at[i] = nil, nil
	}
	c.ids, c.at, c.versions = nil, nil, nil
	newest := map[int64]uint32{} // of those that came in several versions
	nodes = mergeEach(nodes, func(n *nodeEdition) int64 { return n.id }, func(a, b nodeEdition) (nodeEdition, bool) {
		one := mergeNodes(a, b)
		if one.version > 0 {
			newest[one.id] = one.version
		}
		return one, true
	}, func(id int64) { flaws.add(DuplicateNodes, id) })
	c.points = slices.DeleteFunc(c.points, func(p pointEdition) bool { return p.version > 0 && p.version < newest[p.ID] })
	ids, at := make([]int64, len(nodes)), make([]geo.Fixed, len(nodes))
	for i, n := range nodes {
		ids[i], at[i] = n.id, n.at
	}
	return ids, at
}

// dropGone removes the nodes that were deleted, and the points that they were.
func (c *collector) dropGone(ids []int64, at []geo.Fixed) ([]int64, []geo.Fixed) {
	gone, n := map[int64]bool{}, 0
	for i, id := range ids {
		if at[i] == nowhere {
			gone[id] = true
			continue
		}
		ids[n], at[n] = id, at[i]
		n++
	}
	c.points = slices.DeleteFunc(c.points, func(p pointEdition) bool { return gone[p.ID] })
	return ids[:n], at[:n]
}

// dropEmpty removes the ways and relations that were deleted, the ways that are
// too short, and the relations that do not matter.
func (c *collector) dropEmpty() {
	c.ways = slices.DeleteFunc(c.ways, func(w packedWay) bool {
		if w.count < 2 && !w.is(deleted) {
			c.flaws.add(ShortWays, w.id)
		}
		return w.count < 2 || w.is(deleted)
	})
	c.relations = slices.DeleteFunc(c.relations, func(r relation) bool {
		return len(r.tags) == 0 || len(r.members) == 0 || r.is(deleted)
	})
}

// findMembers drops the borders that the extract cuts through, and counts the
// members of multipolygons that are not in the file.
func (c *collector) findMembers() {
	c.relations = slices.DeleteFunc(c.relations, func(r relation) bool { return r.border && !c.whole(r) })
	for _, r := range c.relations {
		for _, m := range r.members {
			if _, ok := wayIndex(c.ways, m.way); !ok {
				c.flaws.add(MissingMembers, m.way)
			}
		}
	}
}

// whole reports whether every member of r is in the file. Extracts cut through
// most borders that they touch, which is no flaw of theirs.
func (c *collector) whole(r relation) bool {
	return !slices.ContainsFunc(r.members, func(m member) bool { _, ok := wayIndex(c.ways, m.way); return !ok })
}

func wayIndex(ways []packedWay, id int64) (int, bool) {
	return slices.BinarySearchFunc(ways, id, func(w packedWay, id int64) int { return cmp.Compare(w.id, id) })
}

// streetBox is the box of all streets, or of every vertex if there are none.
func (x *Extract) streetBox() geo.Box {
	box := geo.Nothing
	street := make([]bool, len(x.Ways.Sets()))
	for i, t := range x.Ways.Sets() {
		street[i] = t.Get("highway") != ""
	}
	for i := range x.Ways.Len() {
		if w := x.Ways.At(i); street[w.Set] {
			for _, v := range w.Vertices {
				box = box.Extend(x.At[v])
			}
		}
	}
	if box.Empty() {
		box = geo.BoxOf(x.At...)
	}
	return box
}

// interner keeps one copy of each set of tags: most buildings of a city share a
// handful.
type interner struct {
	numbers map[string]int32
	list    []Tags
	key     []byte
}

// texts keeps one copy of each string.
type texts map[string]string

// tags returns the copy of t.
func (in *interner) tags(all *texts, t Tags) Tags {
	if len(t) == 0 {
		return nil
	}
	return in.list[in.set(all, t)]
}

// set returns the number of t in the list.
func (in *interner) set(all *texts, t Tags) int32 {
	in.key = in.key[:0]
	for _, tag := range t {
		in.key = append(append(append(append(in.key, tag.Key...), 0), tag.Value...), 0)
	}
	if n, ok := in.numbers[string(in.key)]; ok {
		return n
	}
	if in.numbers == nil {
		in.numbers = make(map[string]int32)
	}
	if *all == nil {
		*all = make(texts)
	}
	set := make(Tags, len(t))
	for i, tag := range t {
		set[i] = Tag{all.of(tag.Key), all.of(tag.Value)}
	}
	n := int32(len(in.list))
	in.numbers[string(in.key)] = n
	in.list = append(in.list, set)
	return n
}

// of copies s, which may be a piece of a large block.
func (all texts) of(s string) string {
	if t, ok := all[s]; ok {
		return t
	}
	t := strings.Clone(s)
	all[t] = t
	return t
}
