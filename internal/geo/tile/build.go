package tile

import (
	"cmp"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/osm"
)

// Build sorts an extract into the base map.
func Build(x *osm.Extract) *Base {
	b := builder{texts: map[string]uint32{"": 0}, base: &Base{textEnds: []uint32{0}, box: geo.Nothing}}
	b.lines(x)
	for a := range x.Areas() {
		if c, ok := areaClass(a.Tags); ok {
			for _, p := range a.Polygons {
				for _, ring := range p {
					if len(ring) > 3 { // it encloses something
						b.ring(x, ring)
					}
				}
				b.add(c, [3]uint32{})
			}
		}
		if c, ok := labelClass(a.Tags); ok && len(a.Polygons) > 0 && len(a.Polygons[0][0]) > 3 {
			b.point(geo.BoxOf(x.Line(a.Polygons[0][0])...).Center())
			b.add(c, b.namesOf(a.Tags))
		}
	}
	for _, p := range x.Points {
		if c, ok := labelClass(p.Tags); ok {
			b.point(p.At)
			b.add(c, b.namesOf(p.Tags))
		}
	}
	return b.finish()
}

// lines draws the ways that are lines. What a way is drawn as and called is
// decided once for all of the same tags.
func (b *builder) lines(x *osm.Extract) {
	type manner struct {
		class Class
		drawn bool
		area  bool // unless it is closed
		names [3]uint32
	}
	manners := make([]manner, len(x.Ways.Sets()))
	for i, t := range x.Ways.Sets() {
		if c, ok := lineClass(t); ok {
			manners[i] = manner{class: c, drawn: true, area: t.Is("area", "yes"), names: b.namesOf(t)}
		}
	}
	n, vertices := 0, 0
	for i := range x.Ways.Len() {
		if w := x.Ways.At(i); manners[w.Set].drawn {
			n, vertices = n+1, vertices+len(w.Vertices)
		}
	}
	b.drawn, b.ends, b.vertices = make([]drawn, 0, n+n/4), make([]uint32, 0, n+n/4), make([]geo.Fixed, 0, vertices+vertices/4)
	for i := range x.Ways.Len() {
		w := x.Ways.At(i)
		if m := &manners[w.Set]; m.drawn && (!m.area || !w.Closed()) {
			b.ring(x, w.Vertices)
			b.add(m.class, m.names)
		}
	}
}

// builder collects features before they are put in order.
type builder struct {
	base     *Base
	texts    map[string]uint32
	drawn    []drawn
	ends     []uint32    // of each ring, in vertices
	vertices []geo.Fixed // in Mercator units
	begun    int         // the first ring of the feature in the making
	project  projector
}

type drawn struct {
	class       Class
	zoom        byte
	names       [3]uint32
	box         geo.Box
	first, last uint32 // rings, last being one past
}

// ring appends a line or an outline to the feature in the making.
func (b *builder) ring(x *osm.Extract, line []uint32) {
	for _, v := range line {
		b.vertices = append(b.vertices, b.project.fixed(x.At[v]))
	}
	b.ends = append(b.ends, uint32(len(b.vertices)))
}

func (b *builder) point(at geo.Fixed) {
	b.vertices = append(b.vertices, b.project.fixed(at))
	b.ends = append(b.ends, uint32(len(b.vertices)))
}

// add ends the feature in the making, if it has any ring.
func (b *builder) add(c Class, names [3]uint32) {
	if b.begun == len(b.ends) {
		return
	}
	d := drawn{class: c, zoom: draw[c].zoom, names: names, first: uint32(b.begun), last: uint32(len(b.ends)), box: geo.Nothing}
	for _, at := range b.vertices[b.start(b.begun):] {
		d.box = d.box.Extend(at)
	}
	b.begun = len(b.ends)
	if draw[c].shape == area {
		d.zoom = max(d.zoom, visibleFrom(d.box))
	}
	b.base.box = b.base.box.Union(d.box)
	b.drawn = append(b.drawn, d)
}

// start returns where a ring begins in vertices.
func (b *builder) start(ring int) uint32 {
	if ring == 0 {
		return 0
	}
	return b.ends[ring-1]
}

// namesOf returns a feature's name, name:zh and name:en as texts.
func (b *builder) namesOf(t osm.Tags) (names [3]uint32) {
	name := t.Get("name")
	names[0] = b.textOf(name)
	if zh := cmp.Or(t.Get("name:zh"), t.Get("name:zh-Hans")); zh != name {
		names[1] = b.textOf(zh)
	}
	if en := t.Get("name:en"); en != name {
		names[2] = b.textOf(en)
	}
	return names
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
	base.rings, base.ends, base.vertices = make([]uint32, 0, n), make([]uint32, 0, len(b.ends)), make([]geo.Fixed, 0, len(b.vertices))
	var first uint32
	for i, order := range orders {
		order, _ = geo.SortKeys(order, nil)
		boxes := make([]geo.Box, 0, len(order))
		for _, key := range order {
			d := &b.drawn[uint32(key)]
			boxes = append(boxes, d.box)
			b.lay(d)
		}
		base.bands[i] = band{first: first, tree: geo.NewRTree(boxes)}
		first += uint32(len(boxes))
	}
	return base
}

// lay appends a feature to the map.
func (b *builder) lay(d *drawn) {
	base := b.base
	base.class, base.zoom = append(base.class, byte(d.class)), append(base.zoom, d.zoom)
	base.names = append(base.names, d.names[:]...)
	start := b.start(int(d.first))
	for _, end := range b.ends[d.first:d.last] {
		base.vertices = append(base.vertices, b.vertices[start:end]...)
		base.ends = append(base.ends, uint32(len(base.vertices)))
		start = end
	}
	base.rings = append(base.rings, uint32(len(base.ends)))
}

func bandOf(zoom int) int {
	i := len(bandZooms) - 1
	for bandZooms[i] > zoom {
		i--
	}
	return i
}
