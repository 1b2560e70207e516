package tile

import (
	"cmp"
	"slices"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/osm"
)

// Build sorts an extract into the base map.
func Build(x *osm.Extract) *Base {
	b := builder{texts: map[string]uint32{"": 0}, base: &Base{textEnds: []uint32{0}, box: geo.Nothing}}
	for i := range x.Ways {
		w := &x.Ways[i]
		if c, ok := lineClass(w.Tags); ok && (!w.Closed() || !w.Tags.Is("area", "yes")) {
			b.add(c, w.Tags, [][]geo.Fixed{x.Line(w.Vertices)})
		}
	}
	for a := range x.Areas() {
		if c, ok := areaClass(a.Tags); ok {
			for _, p := range a.Polygons {
				b.add(c, osm.Tags{}, lines(x, p))
			}
		}
		if c, ok := labelClass(a.Tags); ok && len(a.Polygons) > 0 {
			if rings := lines(x, a.Polygons[0]); len(rings) > 0 {
				b.add(c, a.Tags, [][]geo.Fixed{{geo.BoxOf(rings[0]...).Center()}})
			}
		}
	}
	for _, p := range x.Points {
		if c, ok := labelClass(p.Tags); ok {
			b.add(c, p.Tags, [][]geo.Fixed{{p.At}})
		}
	}
	return b.finish()
}

// lines returns the rings of p that enclose something.
func lines(x *osm.Extract, p osm.Polygon) [][]geo.Fixed {
	var rings [][]geo.Fixed
	for _, ring := range p {
		if len(ring) > 3 {
			rings = append(rings, x.Line(ring))
		}
	}
	return rings
}

// builder collects features before they are put in order.
type builder struct {
	base  *Base
	texts map[string]uint32
	drawn []drawn
}

type drawn struct {
	class Class
	zoom  byte
	names [3]uint32
	box   geo.Box
	rings [][]geo.Fixed
}

func (b *builder) add(c Class, t osm.Tags, rings [][]geo.Fixed) {
	d := drawn{class: c, zoom: draw[c].zoom, rings: rings, box: geo.Nothing}
	for _, ring := range rings {
		for i, at := range ring {
			ring[i] = project(at.Point())
			d.box = d.box.Extend(ring[i])
		}
	}
	if d.box.Empty() {
		return
	}
	if draw[c].shape == area {
		d.zoom = max(d.zoom, visibleFrom(d.box))
	}
	name := t.Get("name")
	d.names[0] = b.textOf(name)
	if zh := cmp.Or(t.Get("name:zh"), t.Get("name:zh-Hans")); zh != name {
		d.names[1] = b.textOf(zh)
	}
	if en := t.Get("name:en"); en != name {
		d.names[2] = b.textOf(en)
	}
	b.base.box = b.base.box.Union(d.box)
	b.drawn = append(b.drawn, d)
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

func (b *builder) finish() *Base {
	base := b.base
	type place struct {
		band    int
		hilbert uint32
		index   int
	}
	order := make([]place, len(b.drawn))
	for i, d := range b.drawn {
		order[i] = place{bandOf(int(d.zoom)), geo.Hilbert(d.box.Center(), base.box), i}
	}
	slices.SortFunc(order, func(p, q place) int {
		return cmp.Or(cmp.Compare(p.band, q.band), cmp.Compare(p.hilbert, q.hilbert), cmp.Compare(p.index, q.index))
	})
	var boxes [len(bandZooms)][]geo.Box
	for _, o := range order {
		d := b.drawn[o.index]
		boxes[o.band] = append(boxes[o.band], d.box)
		base.class = append(base.class, byte(d.class))
		base.zoom = append(base.zoom, d.zoom)
		base.names = append(base.names, d.names[:]...)
		for _, ring := range d.rings {
			base.vertices = append(base.vertices, ring...)
			base.ends = append(base.ends, uint32(len(base.vertices)))
		}
		base.rings = append(base.rings, uint32(len(base.ends)))
	}
	var first uint32
	for i := range boxes {
		base.bands[i] = band{first: first, tree: geo.NewRTree(boxes[i])}
		first += uint32(len(boxes[i]))
	}
	return base
}

func bandOf(zoom int) int {
	i := len(bandZooms) - 1
	for bandZooms[i] > zoom {
		i--
	}
	return i
}
