package osm

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/geo"
)

// batch is a stretch of the file as a parser hands it over. The references of
// ways stay packed, because which nodes they name is not known before the whole
// file has been read.
type batch struct {
	ids       []int64 // of nodes
	at        []geo.Fixed
	version   uint32   // of the node to come, where the file says
	versions  []uint32 // of the nodes, up to the last that has one
	points    []pointEdition
	located   []locatedNode // positions that ways bring along
	gone      bool          // a node among ids was deleted
	sets      []Tags        // of the ways, each once
	ways      []packedWay
	refs      []byte
	relations []relation
	newest    time.Time // of its ways
	schematic bool
	flaws     tally
}

// batchSize is about how many objects go into a batch, so that sharing pays
// and a batch stays small.
const batchSize = 8000

// packedWay is a way whose node ids are zigzag varint deltas in refs.
type packedWay struct {
	id       int64
	set      int32  // in sets; untagged for one that a multipolygon may need
	chunk    uint32 // whose batch it came in
	from, to uint32 // in the batch's refs
	count    uint32 // of its references
	edition
}

// untagged is the set of a way without tags that matter.
const untagged = -1

// relation is a multipolygon that matters or a border, with its member ways.
type relation struct {
	id      int64
	tags    Tags
	members []member
	border  bool
	edition
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
	b.place(id, p.Fixed(), tags)
}

// place takes a node that is on the earth.
func (b *batch) place(id int64, at geo.Fixed, tags Tags) {
	b.order(id)
	b.ids, b.at = append(b.ids, id), append(b.at, at)
	b.note()
	if tags.notable() {
		b.points = append(b.points, pointEdition{Point{ID: id, Tags: tags, At: at}, b.version})
		b.schematic = b.schematic || tags.Get("xiadu:schematic") == "yes"
	}
}

// dropNode takes a node that was deleted.
func (b *batch) dropNode(id int64) {
	b.order(id)
	b.ids, b.at, b.gone = append(b.ids, id), append(b.at, nowhere), true
	b.note()
}

// note keeps the version of the last node.
func (b *batch) note() {
	if n := len(b.ids); b.version > 0 {
		b.versions = append(b.versions, make([]uint32, n-len(b.versions))...)
		b.versions[n-1] = b.version
	}
}

func (b *batch) order(id int64) {
	if n := len(b.ids); n > 0 && id < b.ids[n-1] {
		b.flaws.add(Unsorted, id)
	}
}

// addWay takes a way as parsed, with the set of its tags or untagged.
func (b *batch) addWay(id int64, set int32, refs []int64, e edition) {
	from, last := len(b.refs), int64(0)
	for _, ref := range refs {
		b.refs = binary.AppendVarint(b.refs, ref-last)
		last = ref
	}
	b.keepWay(id, set, from, len(refs), e)
}

// set adds a set of tags for ways and returns its number.
func (b *batch) set(tags Tags) int32 {
	if tags == nil {
		return untagged
	}
	b.sets = append(b.sets, tags)
	return int32(len(b.sets) - 1)
}

// keepWay takes a way whose references are those from a place in refs.
func (b *batch) keepWay(id int64, set int32, from, count int, e edition) {
	if n := len(b.ways); n > 0 && id < b.ways[n-1].id && !b.ways[n-1].is(borrowed) && !e.is(borrowed) {
		b.flaws.add(Unsorted, id)
	}
	b.ways = append(b.ways, packedWay{id: id, set: set, from: uint32(from), to: uint32(len(b.refs)), count: uint32(count), edition: e})
}

// addRelation takes a relation as parsed.
func (b *batch) addRelation(id int64, tags Tags, members []member, e edition) {
	border := tags.border()
	if matters := border || tags.Get("type") == "multipolygon" && tags.matters(); !matters {
		if tags, border = nil, false; e.is(tagged) {
			members = nil // else it may be a repetition of one that does
		}
	}
	b.relations = append(b.relations, relation{id: id, tags: tags, members: members, border: border, edition: e})
}

// sorted puts tags as parsers collect them into the form of Tags.
func sorted(tags Tags) Tags {
	slices.SortStableFunc(tags, func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
	return slices.CompactFunc(tags, func(a, b Tag) bool { return a.Key == b.Key })
}
