package tile

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/simplify"

	"github.com/xiadu/xiadu/internal/geo"
)

// What one tile may hold. A crowded city centre stays below both; only a tile
// made to hurt, or a zoom too far out for its classes, is cut short.
const (
	maxFeatures = 12_000
	maxVertices = 250_000
)

// Tile returns tile z/x/y gzipped, or nil if there is nothing in it or no such
// tile.
func (b *Base) Tile(z, x, y int) ([]byte, error) {
	if !Inside(z, x, y) {
		return nil, nil
	}
	f := frameOf(z, x, y)
	box := f.box()
	if !b.box.Intersects(box) {
		return nil, nil
	}
	byLayer := map[string][]*geojson.Feature{}
	for _, i := range b.chosen(z, box) {
		if g := f.cut(b.geometry(i, f)); g != nil {
			layer := draw[b.class[i]].layer
			byLayer[layer] = append(byLayer[layer], b.attributed(i, g))
		}
	}
	var out mvt.Layers
	for _, name := range layers {
		if len(byLayer[name]) > 0 {
			out = append(out, &mvt.Layer{Name: name, Version: 2, Extent: extent, Features: byLayer[name]})
		}
	}
	return marshal(out)
}

func marshal(ls mvt.Layers) ([]byte, error) {
	if len(ls) == 0 {
		return nil, nil
	}
	return mvt.MarshalGzipped(ls)
}

// chosen returns the features of a tile, the important ones first when there
// are more than a tile may hold.
func (b *Base) chosen(z int, box geo.Box) []uint32 {
	var found []uint32
	for i, band := range b.bands {
		if bandZooms[i] > z {
			break
		}
		band.tree.Search(box, func(item uint32) bool {
			if f := band.first + item; int(b.zoom[f]) <= z {
				found = append(found, f)
			}
			return true
		})
	}
	slices.SortFunc(found, func(p, q uint32) int {
		return cmp.Or(cmp.Compare(b.class[p], b.class[q]), cmp.Compare(b.zoom[p], b.zoom[q]), cmp.Compare(p, q))
	})
	var vertices uint32
	for n, i := range found {
		rings, first := b.feature(i)
		vertices += rings[len(rings)-1] - first
		if n == maxFeatures || vertices > maxVertices {
			return found[:n]
		}
	}
	return found
}

// geometry returns feature i in units of the tile.
func (b *Base) geometry(i uint32, f frame) orb.Geometry {
	rings, at := b.feature(i)
	switch draw[b.class[i]].shape {
	case dot:
		return point(f, b.vertices[at])
	case line:
		return orb.LineString(f.points(b.vertices[at:rings[0]]))
	case area:
	}
	p := make(orb.Polygon, 0, len(rings))
	for _, end := range rings {
		p = append(p, orb.Ring(f.points(b.vertices[at:end])))
		at = end
	}
	return p
}

func point(f frame, m geo.Fixed) orb.Point {
	x, y := f.at(m)
	return orb.Point{x, y}
}

// points projects vertices, leaving out those that fall on the one before.
func (f frame) points(vertices []geo.Fixed) []orb.Point {
	out := make([]orb.Point, 0, len(vertices))
	for _, v := range vertices {
		if p := point(f, v); len(out) == 0 || out[len(out)-1] != p {
			out = append(out, p)
		}
	}
	return out
}

func (b *Base) attributed(i uint32, g orb.Geometry) *geojson.Feature {
	d := draw[b.class[i]]
	p := geojson.Properties{"class": d.name}
	for k, key := range [...]string{"name", "name_zh", "name_en"} {
		if text := b.textAt(b.names[3*i+uint32(k)]); text != "" {
			p[key] = text
		}
	}
	if d.shape == dot {
		p["rank"] = int(d.zoom)
	}
	return &geojson.Feature{Geometry: g, Properties: p}
}

// cut simplifies a geometry to what the zoom can show and clips it to the tile
// with its buffer. It returns nil when nothing is left.
func (f frame) cut(g orb.Geometry) orb.Geometry {
	tolerance := 1.0 // a quarter of a pixel when enlarged twice
	if f.z < MaxZoom {
		tolerance = 4
	}
	bound := orb.Bound{Min: orb.Point{-buffer, -buffer}, Max: orb.Point{extent + buffer, extent + buffer}}
	switch g := g.(type) {
	case orb.Point:
		if bound.Contains(g) {
			return g
		}
	case orb.LineString:
		if len(g) < 2 {
			return nil
		}
		g = simplify.DouglasPeucker(tolerance).LineString(g)
		return drawableLines(clip.LineString(bound, g))
	case orb.Polygon:
		g = simplify.DouglasPeucker(tolerance).Polygon(g)
		return drawablePolygon(clip.Polygon(bound, g))
	}
	return nil
}

// drawableLines rounds clipped lines to whole units and drops those shorter
// than one.
func drawableLines(parts orb.MultiLineString) orb.Geometry {
	kept := parts[:0]
	for _, part := range parts {
		if l := whole(part); len(l) > 1 {
			kept = append(kept, l)
		}
	}
	switch len(kept) {
	case 0:
		return nil
	case 1:
		return kept[0]
	}
	return kept
}

// drawablePolygon rounds rings, drops those without a surface, and turns the
// outer one and the holes the way that MVT 2 wants them.
func drawablePolygon(p orb.Polygon) orb.Geometry {
	var kept orb.Polygon
	for i, ring := range p {
		r := orb.Ring(whole(orb.LineString(ring)))
		if len(r) < 4 || r.Orientation() == 0 {
			if i == 0 {
				return nil
			}
			continue
		}
		// The y axis points down here, so what orb calls counter-clockwise is
		// clockwise on the screen, as an outer ring must be.
		if want := map[bool]orb.Orientation{true: orb.CCW, false: orb.CW}[i == 0]; r.Orientation() != want {
			r.Reverse()
		}
		kept = append(kept, r)
	}
	if len(kept) == 0 {
		return nil
	}
	return kept
}

func whole(l orb.LineString) orb.LineString {
	out := make(orb.LineString, 0, len(l))
	for _, p := range l {
		q := orb.Point{float64(int32(p[0])), float64(int32(p[1]))}
		if len(out) == 0 || out[len(out)-1] != q {
			out = append(out, q)
		}
	}
	return out
}
