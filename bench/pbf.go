package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"

	"github.com/klauspost/compress/zlib"
	"github.com/paulmach/osm"
)

// blockSize is how many elements share a block, as in the extracts that people
// download.
const blockSize = 8000

// shift moves a copy of a map to ids and a place of its own.
type shift struct {
	node, way, relation int64 // added to ids
	lon, lat            int64 // added to positions, in 1e-7 degrees
}

func (s shift) of(t osm.Type) int64 {
	switch t {
	case osm.TypeNode:
		return s.node
	case osm.TypeWay:
		return s.way
	case osm.TypeRelation:
		return s.relation
	case osm.TypeChangeset, osm.TypeNote, osm.TypeUser, osm.TypeBounds: // no members of relations
	}
	return 0
}

var memberKind = map[osm.Type]byte{osm.TypeNode: 0, osm.TypeWay: 1, osm.TypeRelation: 2}

// pbfWriter writes OpenStreetMap's PBF: dense nodes, ways and relations with
// their tags, without who changed them when.
type pbfWriter struct{ w io.Writer }

// message is a protocol buffer in the making.
type message []byte

func (m *message) number(field int, v uint64) {
	*m = binary.AppendUvarint(binary.AppendUvarint(*m, uint64(field)<<3), v)
}

func (m *message) bytes(field int, b []byte) {
	*m = binary.AppendUvarint(binary.AppendUvarint(*m, uint64(field)<<3|2), uint64(len(b)))
	*m = append(*m, b...)
}

// column is a packed field of differences.
type column struct {
	packed []byte
	last   int64
}

func (c *column) add(v int64) {
	c.packed = binary.AppendVarint(c.packed, v-c.last)
	c.last = v
}

// texts is a block's string table.
type texts struct {
	table message
	place map[string]uint64
}

func newTexts() *texts {
	t := &texts{place: map[string]uint64{}}
	t.index("") // 0 ends a dense node's tags, so no text may have it
	return t
}

func (t *texts) index(s string) uint64 {
	i, ok := t.place[s]
	if !ok {
		i = uint64(len(t.place))
		t.place[s] = i
		t.table.bytes(1, []byte(s))
	}
	return i
}

func (t *texts) put(m *message, tags osm.Tags) {
	var keys, values []byte
	for _, tag := range tags {
		keys = binary.AppendUvarint(keys, t.index(tag.Key))
		values = binary.AppendUvarint(values, t.index(tag.Value))
	}
	m.bytes(2, keys)
	m.bytes(3, values)
}

// header begins the file.
func (p pbfWriter) header() error {
	var m message
	m.bytes(4, []byte("OsmSchema-V0.6"))
	m.bytes(4, []byte("DenseNodes"))
	m.bytes(16, []byte("xiadu bench"))
	return p.blob("OSMHeader", m)
}

func (p pbfWriter) nodes(nodes []*osm.Node, s shift) error {
	t := newTexts()
	var ids, lats, lons column
	var tags []byte
	for _, n := range nodes {
		ids.add(int64(n.ID) + s.node)
		lats.add(fixed(n.Lat) + s.lat)
		lons.add(fixed(n.Lon) + s.lon)
		for _, tag := range n.Tags {
			tags = binary.AppendUvarint(tags, t.index(tag.Key))
			tags = binary.AppendUvarint(tags, t.index(tag.Value))
		}
		tags = append(tags, 0)
	}
	var dense, group message
	dense.bytes(1, ids.packed)
	dense.bytes(8, lats.packed)
	dense.bytes(9, lons.packed)
	dense.bytes(10, tags)
	group.bytes(2, dense)
	return p.block(t, group)
}

func fixed(degrees float64) int64 { return int64(math.Round(degrees * 1e7)) }

func (p pbfWriter) ways(ways []*osm.Way, s shift) error {
	t := newTexts()
	var group message
	for _, w := range ways {
		var m message
		m.number(1, uint64(int64(w.ID)+s.way))
		t.put(&m, w.Tags)
		var refs column
		for _, n := range w.Nodes {
			refs.add(int64(n.ID) + s.node)
		}
		m.bytes(8, refs.packed)
		group.bytes(3, m)
	}
	return p.block(t, group)
}

func (p pbfWriter) relations(relations []*osm.Relation, s shift) error {
	t := newTexts()
	var group message
	for _, r := range relations {
		var m message
		m.number(1, uint64(int64(r.ID)+s.relation))
		t.put(&m, r.Tags)
		var roles, kinds []byte
		var members column
		for _, member := range r.Members {
			roles = binary.AppendUvarint(roles, t.index(member.Role))
			members.add(member.Ref + s.of(member.Type))
			kinds = append(kinds, memberKind[member.Type])
		}
		m.bytes(8, roles)
		m.bytes(9, members.packed)
		m.bytes(10, kinds)
		group.bytes(4, m)
	}
	return p.block(t, group)
}

func (p pbfWriter) block(t *texts, group message) error {
	var m message
	m.bytes(1, t.table)
	m.bytes(2, group)
	return p.blob("OSMData", m)
}

// blob writes content squeezed and framed.
func (p pbfWriter) blob(kind string, content []byte) error {
	var squeezed bytes.Buffer
	z := zlib.NewWriter(&squeezed)
	if _, err := z.Write(content); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	var body, head message
	body.number(2, uint64(len(content)))
	body.bytes(3, squeezed.Bytes())
	head.bytes(1, []byte(kind))
	head.number(3, uint64(len(body)))
	framed := append(binary.BigEndian.AppendUint32(nil, uint32(len(head))), head...)
	_, err := p.w.Write(append(framed, body...))
	return err
}
