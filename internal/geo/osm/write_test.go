package osm

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/klauspost/compress/zlib"
)

// drawing is a small map, to be written in either format.
type drawing struct {
	nodes     []drawnNode
	ways      []drawnWay
	relations []drawnRelation
	waysFirst bool
}

type drawnNode struct {
	id       int64
	lon, lat float64
	tags     map[string]string
}

type drawnWay struct {
	id   int64
	refs []int64
	tags map[string]string
}

type drawnRelation struct {
	id    int64
	outer []int64
	inner []int64
	tags  map[string]string
}

func (d drawing) xml() []byte {
	var b strings.Builder
	tags := func(t map[string]string) {
		for _, k := range slices.Sorted(maps.Keys(t)) {
			fmt.Fprintf(&b, "<tag k=%q v=%q/>", k, t[k])
		}
	}
	nodes := func() {
		for _, n := range d.nodes {
			fmt.Fprintf(&b, `<node id="%d" lon="%.7f" lat="%.7f">`, n.id, n.lon, n.lat)
			tags(n.tags)
			b.WriteString("</node>\n")
		}
	}
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<osm version="0.6" generator="hand"><meta osm_base="2021-06-12T07:41:41Z"/>` + "\n")
	if !d.waysFirst {
		nodes()
	}
	for _, w := range d.ways {
		fmt.Fprintf(&b, `<way id="%d">`, w.id)
		for _, r := range w.refs {
			fmt.Fprintf(&b, `<nd ref="%d"/>`, r)
		}
		tags(w.tags)
		b.WriteString("</way>\n")
	}
	for _, r := range d.relations {
		fmt.Fprintf(&b, `<relation id="%d">`, r.id)
		for _, m := range r.outer {
			fmt.Fprintf(&b, `<member type="way" ref="%d" role="outer"/>`, m)
		}
		for _, m := range r.inner {
			fmt.Fprintf(&b, `<member type="way" ref="%d" role="inner"/>`, m)
		}
		tags(r.tags)
		b.WriteString("</relation>\n")
	}
	if d.waysFirst {
		nodes()
	}
	b.WriteString("</osm>\n")
	return []byte(b.String())
}

// message writes protocol buffer fields.
type message struct{ buf []byte }

func (m *message) Bytes() []byte { return m.buf }

func (m *message) uvarint(field int, v uint64) {
	m.buf = binary.AppendUvarint(binary.AppendUvarint(m.buf, uint64(field)<<3), v)
}

func (m *message) bytes(field int, b []byte) {
	m.buf = binary.AppendUvarint(binary.AppendUvarint(m.buf, uint64(field)<<3|2), uint64(len(b)))
	m.buf = append(m.buf, b...)
}

// deltas packs values as zigzag varints of their differences.
func deltas(values ...int64) []byte {
	var b []byte
	last := int64(0)
	for _, v := range values {
		b = binary.AppendVarint(b, v-last)
		last = v
	}
	return b
}

// blobBytes frames contents as one block of a PBF.
func blobBytes(kind string, contents []byte) []byte {
	var squeezed bytes.Buffer
	z := zlib.NewWriter(&squeezed)
	_, _ = z.Write(contents)
	_ = z.Close()
	var body, head message
	body.uvarint(2, uint64(len(contents)))
	body.bytes(3, squeezed.Bytes())
	head.bytes(1, []byte(kind))
	head.uvarint(3, uint64(len(body.buf)))
	out := binary.BigEndian.AppendUint32(nil, uint32(len(head.buf)))
	return append(append(out, head.Bytes()...), body.Bytes()...)
}

// pbfWriter collects the string table of one block.
type pbfWriter struct {
	texts []string
	place map[string]uint64
}

func (w *pbfWriter) text(s string) uint64 {
	if i, ok := w.place[s]; ok {
		return i
	}
	w.texts = append(w.texts, s)
	w.place[s] = uint64(len(w.texts) - 1)
	return w.place[s]
}

func (w *pbfWriter) tags(m *message, tags map[string]string) {
	var keys, values []byte
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		keys = binary.AppendUvarint(keys, w.text(k))
		values = binary.AppendUvarint(values, w.text(tags[k]))
	}
	m.bytes(2, keys)
	m.bytes(3, values)
}

func (d drawing) pbf() []byte {
	var header message
	header.bytes(4, []byte("OsmSchema-V0.6"))
	header.bytes(4, []byte("DenseNodes"))
	header.bytes(16, []byte("hand"))
	header.uvarint(32, 1623483701)
	out := blobBytes("OSMHeader", header.Bytes())
	if d.waysFirst {
		return append(append(out, d.pbfOthers()...), d.pbfNodes()...)
	}
	return append(append(out, d.pbfNodes()...), d.pbfOthers()...)
}

func (w *pbfWriter) block(group *message) []byte {
	var table, all message
	for _, t := range w.texts {
		table.bytes(1, []byte(t))
	}
	all.bytes(1, table.Bytes())
	all.bytes(2, group.Bytes())
	return blobBytes("OSMData", all.Bytes())
}

func newPBFWriter() *pbfWriter {
	return &pbfWriter{texts: []string{""}, place: map[string]uint64{"": 0}}
}

func (d drawing) pbfNodes() []byte {
	w := newPBFWriter()
	var ids, lons, lats []int64
	var keyvals []byte
	for _, n := range d.nodes {
		ids, lons, lats = append(ids, n.id), append(lons, int64(n.lon*1e7+.5)), append(lats, int64(n.lat*1e7+.5))
		for _, k := range slices.Sorted(maps.Keys(n.tags)) {
			keyvals = binary.AppendUvarint(keyvals, w.text(k))
			keyvals = binary.AppendUvarint(keyvals, w.text(n.tags[k]))
		}
		keyvals = append(keyvals, 0)
	}
	var dense, group message
	dense.bytes(1, deltas(ids...))
	dense.bytes(8, deltas(lats...))
	dense.bytes(9, deltas(lons...))
	dense.bytes(10, keyvals)
	group.bytes(2, dense.Bytes())
	return w.block(&group)
}

func (d drawing) pbfOthers() []byte {
	w := newPBFWriter()
	var group message
	for _, way := range d.ways {
		var m message
		m.uvarint(1, uint64(way.id))
		w.tags(&m, way.tags)
		m.bytes(8, deltas(way.refs...))
		group.bytes(3, m.Bytes())
	}
	for _, r := range d.relations {
		var m message
		m.uvarint(1, uint64(r.id))
		w.tags(&m, r.tags)
		var roles, kinds []byte
		for range r.outer {
			roles, kinds = binary.AppendUvarint(roles, w.text("outer")), append(kinds, 1)
		}
		for range r.inner {
			roles, kinds = binary.AppendUvarint(roles, w.text("inner")), append(kinds, 1)
		}
		m.bytes(8, roles)
		m.bytes(9, deltas(append(slices.Clone(r.outer), r.inner...)...))
		m.bytes(10, kinds)
		group.bytes(4, m.Bytes())
	}
	return w.block(&group)
}

func newReader(b []byte) *bufio.Reader { return bufio.NewReader(bytes.NewReader(b)) }
