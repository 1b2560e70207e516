package tile

import (
	"cmp"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/osm"
)

// Build sorts an extract into the base map.
func Build(x *osm.Extract) *Base {
	b := builder{x: x, texts: map[string]uint32{"": 0}, base: &Base{textEnds: []uint32{0}, box: geo.Nothing}}
	b.names = append(b.names, [3]uint32{})
	b.lines()
	for _, rings := range seas(x, x.Box) {
		b.sea(rings)
	}
	for a := range x.Areas() {
		if c, ok := areaClass(a.Tags); ok {
			for _, p := range a.Polygons {
				b.area(c, p)
			}
		}
		if c, ok := labelClass(a.Tags); ok && len(a.Polygons) > 0 {
			b.dot(c, a.Tags, geo.BoxOf(x.Line(a.Polygons[0][0])...).Center())
		}
	}
	for _, p := range x.Points {
		if c, ok := labelClass(p.Tags); ok {
			b.dot(c, p.Tags, p.At)
		}
	}
	return b.finish()
}

// lines draws the ways that are lines. What a way is drawn as and called is
// decided once for all of the same tags.
func (b *builder) lines() {
	ways := &b.x.Ways
	type manner struct {
		class Class
		drawn bool
		area  bool // unless it is closed
		names uint32
	}
	manners := make([]manner, len(ways.Sets()))
	for i, t := range ways.Sets() {
		if c, ok := lineClass(t); ok {
			manners[i] = manner{class: c, drawn: true, area: t.Is("area", "yes"), names: b.namesOf(t)}
		}
	}
	n := 0
	for i := range ways.Len() {
		if manners[ways.SetOf(i)].drawn {
			n++
		}
	}
	b.drawn = make([]drawn, 0, n+n/8)
	for i := range ways.Len() {
		m := &manners[ways.SetOf(i)]
		if !m.drawn {
			continue
		}
		if m.area {
			if w := ways.At(i); w.Closed() {
				continue
			}
		}
		line, box := ways.Vertices(i), geo.Nothing
		for _, v := range line {
			box = box.Extend(b.x.At[v])
		}
		b.vertices += len(line)
		b.add(drawn{class: m.class, from: fromWay, item: uint32(i), names: m.names}, box)
	}
}

// area draws a surface without a name.
func (b *builder) area(c Class, p osm.Polygon) {
	box := geo.Nothing
	for _, ring := range p {
		for _, v := range ring {
			box = box.Extend(b.x.At[v])
		}
		b.vertices += len(ring)
	}
	b.polygons = append(b.polygons, p)
	b.add(drawn{class: c, from: fromPolygon, item: uint32(len(b.polygons) - 1)}, box)
}

// sea draws water that is made of coasts.
func (b *builder) sea(rings [][]geo.Fixed) {
	for _, ring := range rings {
		b.vertices += len(ring)
	}
	b.seas = append(b.seas, rings)
	b.add(drawn{class: WaterArea, from: fromSea, item: uint32(len(b.seas) - 1)}, geo.BoxOf(rings[0]...))
}

// dot draws a label.
func (b *builder) dot(c Class, t osm.Tags, at geo.Fixed) {
	b.dots = append(b.dots, at)
	b.vertices++
	b.add(drawn{class: c, from: fromDot, item: uint32(len(b.dots) - 1), names: b.namesOf(t)}, geo.BoxOf(at))
}

// builder collects features before they are put in order. What a feature is
// drawn of stays where it is until then: a city has millions of vertices.
type builder struct {
	x        *osm.Extract
	base     *Base
	texts    map[string]uint32
	names    [][3]uint32
	drawn    []drawn
	polygons []osm.Polygon
	dots     []geo.Fixed
	seas     [][][]geo.Fixed
	vertices int
	project  projector
}

type drawn struct {
	class Class
	zoom  byte
	from  source
	item  uint32 // of its source
	names uint32 // in the builder's
	box   geo.Box
}

// source is where a feature's vertices are.
type source uint8

const (
	fromWay     source = iota // in one of the extract's ways
	fromPolygon               // in one of the builder's polygons
	fromDot                   // in the builder's dots
	fromSea                   // in the builder's seas
)

// add takes a feature in a box on the earth. Mercator keeps boxes boxes, with
// north and south changing places.
func (b *builder) add(d drawn, box geo.Box) {
	a, o := b.project.fixed(geo.Fixed{Lon: box.West, Lat: box.North}), b.project.fixed(geo.Fixed{Lon: box.East, Lat: box.South})
	d.box = geo.Box{West: a.Lon, South: a.Lat, East: o.Lon, North: o.Lat}
	d.zoom = draw[d.class].zoom
	if draw[d.class].shape == area {
		d.zoom = max(d.zoom, visibleFrom(d.box))
	}
	b.base.box = b.base.box.Union(d.box)
	b.drawn = append(b.drawn, d)
}

// namesOf returns the number of a feature's name, name:zh and name:en.
func (b *builder) namesOf(t osm.Tags) uint32 {
	name := t.Get("name")
	var names [3]uint32
	names[0] = b.textOf(name)
	if zh := cmp.Or(t.Get("name:zh"), t.Get("name:zh-Hans")); zh != name {
		names[1] = b.textOf(zh)
	}
	if en := t.Get("name:en"); en != name {
		names[2] = b.textOf(en)
	}
	if names == [3]uint32{} {
		return 0
	}
	b.names = append(b.names, names)
	return uint32(len(b.names) - 1)
}

// visibleFrom returns the zoom at which a surface is at least 24 tile units
// across, which is 3 pixels; all show on the deepest tiles.
func visibleFrom(box geo.Box) byte {
	side := max(int64(box.East)-int64(box.West), int64(box.North)-int64(box.South))
	for z := range MaxZoom {
		if float64(side) >= 24*frameOf(z, 0, 0).unitsPerStep {
			return byte(z)
		}
	}
	return MaxZoom
}

func (b *builder) textOf(s string) uint32 {
	if i, ok := b.texts[s]; ok {
		return i
	}
	i := uint32(len(b.base.textEnds))
	b.texts[s] = i
	b.base.text = append(b.base.text, s...)
	b.base.textEnds = append(b.base.textEnds, uint32(len(b.base.text)))
	return i
}

// finish puts the features in order: by band, then along the Hilbert curve.
func (b *builder) finish() *Base {
	base, n := b.base, len(b.drawn)
	var orders [len(bandZooms)][]uint64 // of each band: place on the curve, feature
	for i := range b.drawn {
		d := &b.drawn[i]
		band := bandOf(int(d.zoom))
		orders[band] = append(orders[band], uint64(geo.Hilbert(d.box.Center(), base.box))<<32|uint64(i))
	}
	base.class, base.zoom, base.names = make([]byte, 0, n), make([]byte, 0, n), make([]uint32, 0, 3*n)
	base.rings, base.ends, base.vertices = make([]uint32, 0, n), make([]uint32, 0, n), make([]geo.Fixed, 0, b.vertices)
	var first uint32
	for i, order := range orders {
		order, _ = geo.SortKeys(order, nil)
		boxes := make([]geo.Box, 0, len(order)+len(order)/8+8) // room for the levels above
		for _, key := range order {
			d := &b.drawn[uint32(key)]
			boxes = append(boxes, d.box)
			b.lay(d)
		}
		base.bands[i] = band{first: first, tree: geo.PackRTree(boxes)}
		first += uint32(len(boxes))
	}
	return base
}

// lay appends a feature to the map.
func (b *builder) lay(d *drawn) {
	base := b.base
	base.class, base.zoom = append(base.class, byte(d.class)), append(base.zoom, d.zoom)
	base.names = append(base.names, b.names[d.names][:]...)
	switch d.from {
	case fromWay:
		b.ring(b.x.Ways.Vertices(int(d.item)))
	case fromPolygon:
		for _, ring := range b.polygons[d.item] {
			b.ring(ring)
		}
	case fromSea:
		for _, ring := range b.seas[d.item] {
			for _, p := range ring {
				base.vertices = append(base.vertices, b.project.fixed(p))
			}
			base.ends = append(base.ends, uint32(len(base.vertices)))
		}
	case fromDot:
		base.vertices = append(base.vertices, b.project.fixed(b.dots[d.item]))
		base.ends = append(base.ends, uint32(len(base.vertices)))
	}
	base.rings = append(base.rings, uint32(len(base.ends)))
}

// ring appends a line or an outline.
func (b *builder) ring(line []uint32) {
	for _, v := range line {
		b.base.vertices = append(b.base.vertices, b.project.fixed(b.x.At[v]))
	}
	b.base.ends = append(b.base.ends, uint32(len(b.base.vertices)))
}

func bandOf(zoom int) int {
	i := len(bandZooms) - 1
	for bandZooms[i] > zoom {
		i--
	}
	return i
}
