package atlas

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/osm"
)

// kindKeys are the tags that say what a place is, the most telling first.
var kindKeys = []string{
	"amenity", "healthcare", "shop", "tourism", "office", "craft", "leisure", "historic", "railway", "aeroway",
	"public_transport", "place", "man_made", "natural", "landuse", "building",
}

// nameless are the kinds of which a place is worth keeping without a name:
// what people need is there all the same.
func nameless(key, value string) bool {
	switch key {
	case "amenity":
		return !slices.Contains([]string{"parking", "parking_space", "parking_entrance", "bicycle_parking", "grave_yard", "recycling", "vending_machine"}, value)
	case "shop", "office", "healthcare":
		return value != "vacant"
	}
	return false
}

// gatherer collects places into columns.
type gatherer struct {
	x      *osm.Extract
	places *Places
	texts  map[string]uint32
}

// streetCell is a name in a square of the map, packed: its text + 1, and columns
// and rows of the square. A street is kept once in each, so that the search can
// answer with the part that is near.
type streetCell uint64

func streetCellOf(name uint32, at geo.Fixed) streetCell {
	return streetCell(name)<<32 | streetCell(uint16(at.Lon/cellSize))<<16 | streetCell(uint16(at.Lat/cellSize))
}

const cellSize = 200000 // 0.02 degrees: about 2 km

// placesOf gathers the places of an extract.
func placesOf(x *osm.Extract) *Places {
	g := &gatherer{x: x, places: &Places{}, texts: map[string]uint32{}}
	for _, p := range x.Points {
		g.thing(idOf(node, p.ID), p.Tags, func() geo.Fixed { return p.At })
	}
	for a := range x.Areas() {
		object := way
		if a.Relation {
			object = relation
		}
		g.thing(idOf(object, a.ID), a.Tags, func() geo.Fixed { return inside(x, a.Polygons) })
	}
	g.streets()
	return g.places
}

// thing takes a tagged node or surface, as what it is and as its address.
func (g *gatherer) thing(id int64, t osm.Tags, at func() geo.Fixed) {
	name := nameOf(t)
	for _, key := range kindKeys {
		value := t.Get(key)
		if value == "" || value == "no" || key == "railway" && value == "level_crossing" {
			continue
		}
		if name != "" || nameless(key, value) {
			g.add(id, at(), key+"="+value, name, t)
		}
		break
	}
	if address := addressOf(t); address != "" {
		g.add(id, at(), Address, address, nil)
	}
}

// streets takes the named streets, each once in each cell of the map. What a
// place of it says depends on its tags alone, and is copied from the first place
// that has the same.
func (g *gatherer) streets() {
	type named struct {
		name  uint32
		first int        // the place + 1 that has it already
		last  streetCell // where that of these tags was taken last
	}
	const nobody = 0
	sets := g.x.Ways.Sets()
	of := make([]named, len(sets))
	for i, t := range sets {
		if name := nameOf(t); name != "" && t.Get("highway") != "" {
			of[i].name = g.text(name) + 1
		}
	}
	seen := map[streetCell]bool{}
	for i := range g.x.Ways.Len() {
		n := &of[g.x.Ways.SetOf(i)]
		if n.name == nobody {
			continue
		}
		line := g.x.Ways.Vertices(i)
		at := g.x.At[line[len(line)/2]]
		cell := streetCellOf(n.name, at)
		if n.last == cell || seen[cell] {
			continue
		}
		n.last, seen[cell] = cell, true
		w := g.x.Ways.At(i)
		if n.first > 0 {
			g.again(idOf(way, w.ID), at, n.first-1)
			continue
		}
		g.add(idOf(way, w.ID), at, Street, nameOf(w.Tags), w.Tags)
		n.first = len(g.places.id)
	}
}

// again adds a place that is like place i but for where it is.
func (g *gatherer) again(id int64, at geo.Fixed, i int) {
	ps := g.places
	ps.id, ps.at = append(ps.id, id), append(ps.at, at)
	ps.kind, ps.name = append(ps.kind, ps.kind[i]), append(ps.name, ps.name[i])
	from := func(ends []uint32) uint32 {
		if i == 0 {
			return 0
		}
		return ends[i-1]
	}
	ps.tags = append(ps.tags, ps.tags[from(ps.tagEnd):ps.tagEnd[i]]...)
	ps.index = append(ps.index, ps.index[from(ps.indexEnd):ps.indexEnd[i]]...)
	ps.tagEnd = append(ps.tagEnd, uint32(len(ps.tags)))
	ps.indexEnd = append(ps.indexEnd, uint32(len(ps.index)))
}

// placeTags are the tags that a place keeps. Telephone numbers and the like
// are personal data and never get this far.
func placeTag(key string) bool {
	switch key {
	case "name", "name:en", "name:zh", "alt_name", "short_name", "official_name", "opening_hours", "operator", "brand", "wheelchair",
		"access", "fee", "level", "shelter_type", "religion", "sport", "entrance":
		return true
	}
	return strings.HasPrefix(key, "addr:") || slices.Contains(kindKeys, key)
}

func (g *gatherer) add(id int64, at geo.Fixed, kind, name string, t osm.Tags) {
	ps := g.places
	ps.id, ps.at = append(ps.id, id), append(ps.at, at)
	ps.kind, ps.name = append(ps.kind, g.text(kind)), append(ps.name, g.text(name))
	for _, tag := range t {
		if placeTag(tag.Key) {
			ps.tags = append(ps.tags, g.text(tag.Key), g.text(tag.Value))
		}
	}
	ps.tagEnd = append(ps.tagEnd, uint32(len(ps.tags)))
	ps.index = appendIndex(ps.index, name, t)
	ps.indexEnd = append(ps.indexEnd, uint32(len(ps.index)))
}

func (g *gatherer) text(s string) uint32 {
	i, ok := g.texts[s]
	if !ok {
		i = uint32(len(g.places.textEnd))
		g.texts[s] = i
		g.places.text = append(g.places.text, s...)
		g.places.textEnd = append(g.places.textEnd, uint32(len(g.places.text)))
	}
	return i
}

func nameOf(t osm.Tags) string {
	for _, key := range []string{"name", "name:zh", "name:en", "brand"} {
		if v := t.Get(key); v != "" {
			return v
		}
	}
	return ""
}

// addressOf writes an address as the people of the place do: 莫家街12号, but
// Rua da Praia 12.
func addressOf(t osm.Tags) string {
	street, number := t.Get("addr:street"), t.Get("addr:housenumber")
	if street == "" {
		street = t.Get("addr:place")
	}
	if street == "" || number == "" {
		return ""
	}
	if !strings.ContainsFunc(street, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return street + " " + number
	}
	if last := number[len(number)-1]; last >= '0' && last <= '9' {
		number += "号"
	}
	return street + number
}

// idOf puts what an OpenStreetMap object is below its number: the three sorts
// of object are numbered apart.
func idOf(o object, number int64) int64 { return number<<2 | int64(o) }

func refOf(id int64) string { return string("nwr?"[id&3]) + strconv.FormatInt(id>>2, 10) }
