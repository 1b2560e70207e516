package osm

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/geo"
)

// batch is a stretch of the file as a parser hands it over: parsed, but still
// packed, because most of what it holds will turn out not to be needed.
type batch struct {
	nodes     packedNodes
	points    []Point
	ways      []packedWay
	relations []relation
	newest    time.Time // of its ways
	schematic bool
	flaws     tally
	refs      []byte // what the next ways' refs are cut from
}

// batchSize is about how many objects go into a batch, so that packing pays
// and a batch stays small.
const batchSize = 8000

// packedNodes are ids and positions as zigzag varint deltas: id, lon, lat of
// one node after the other.
type packedNodes struct {
	data         []byte
	id, lon, lat int64 // the last node's
}

func (p *packedNodes) add(id int64, at geo.Fixed) {
	p.data = binary.AppendVarint(p.data, id-p.id)
	p.data = binary.AppendVarint(p.data, int64(at.Lon)-p.lon)
	p.data = binary.AppendVarint(p.data, int64(at.Lat)-p.lat)
	p.id, p.lon, p.lat = id, int64(at.Lon), int64(at.Lat)
}

// each calls visit for every node in the order of the file.
func (p *packedNodes) each(visit func(id int64, at geo.Fixed)) {
	var id, lon, lat int64
	w := wire{b: p.data}
	for len(w.b) > 0 {
		id, lon, lat = id+w.svarint(), lon+w.svarint(), lat+w.svarint()
		visit(id, geo.Fixed{Lon: int32(lon), Lat: int32(lat)})
	}
}

// packedWay is a way whose node ids are zigzag varint deltas. A way without
// tags that matter has none: it is kept because a multipolygon may need it.
type packedWay struct {
	id   int64
	tags Tags
	refs []byte
}

// each calls visit with each node id of the way.
func (w *packedWay) each(visit func(id int64)) {
	var id int64
	for refs := (wire{b: w.refs}); len(refs.b) > 0; {
		id += refs.svarint()
		visit(id)
	}
}

// relation is a multipolygon that matters or a border, with its member ways.
type relation struct {
	id      int64
	tags    Tags
	members []member
	border  bool
}

type member struct {
	way   int64
	inner bool
}

// addNode takes a node as parsed. The tags are those with kept keys.
func (b *batch) addNode(id int64, p geo.Point, tags Tags) {
	if !p.Valid() {
		b.flaws.add(BadPositions, id)
		return
	}
	at := p.Fixed()
	if id < b.nodes.id && len(b.nodes.data) > 0 {
		b.flaws.add(Unsorted, id)
	}
	b.nodes.add(id, at)
	if tags.notable() {
		b.points = append(b.points, Point{ID: id, Tags: tags, At: at})
		b.schematic = b.schematic || tags.Get("xiadu:schematic") == "yes"
	}
}

// addWay takes a way as parsed, with its tags if they matter.
func (b *batch) addWay(id int64, tags Tags, refs []int64) {
	if len(refs) < 2 {
		b.flaws.add(ShortWays, id)
		return
	}
	if n := len(b.ways); n > 0 && id < b.ways[n-1].id {
		b.flaws.add(Unsorted, id)
	}
	if most := binary.MaxVarintLen64 * len(refs); cap(b.refs)-len(b.refs) < most {
		b.refs = make([]byte, 0, max(most, refsChunk))
	}
	from, last := len(b.refs), int64(0)
	for _, ref := range refs {
		b.refs = binary.AppendVarint(b.refs, ref-last)
		last = ref
	}
	b.ways = append(b.ways, packedWay{id: id, tags: tags, refs: b.refs[from:len(b.refs):len(b.refs)]})
}

// refsChunk is how much is taken at once for the references of ways.
const refsChunk = 32 << 10

// addRelation takes a relation as parsed.
func (b *batch) addRelation(id int64, tags Tags, members []member) {
	if len(members) == 0 {
		return
	}
	if border := tags.border(); border || tags.Get("type") == "multipolygon" && tags.matters() {
		b.relations = append(b.relations, relation{id: id, tags: tags, members: members, border: border})
	}
}

// sorted puts tags as parsers collect them into the form of Tags.
func sorted(tags Tags) Tags {
	slices.SortStableFunc(tags, func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
	return slices.CompactFunc(tags, func(a, b Tag) bool { return a.Key == b.Key })
}
