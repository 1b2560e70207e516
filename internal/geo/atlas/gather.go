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
	seen   map[streetCell]bool
}

// streetCell is a name in a square of the map. A street is kept once in each,
// so that the search can answer with the part that is near.
type streetCell struct {
	name     string
	lon, lat int32
}

const cellSize = 200000 // 0.02 degrees: about 2 km

// placesOf gathers the places of an extract.
func placesOf(x *osm.Extract) *Places {
	g := &gatherer{x: x, places: &Places{}, texts: map[string]uint32{}, seen: map[streetCell]bool{}}
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
	for i := range x.Ways {
		g.street(&x.Ways[i])
	}
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

// street takes a named street, once in each cell of the map.
func (g *gatherer) street(w *osm.Way) {
	name := nameOf(w.Tags)
	if name == "" || w.Tags.Get("highway") == "" {
		return
	}
	at := g.x.At[w.Vertices[len(w.Vertices)/2]]
	cell := streetCell{name, at.Lon / cellSize, at.Lat / cellSize}
	if g.seen[cell] {
		return
	}
	g.seen[cell] = true
	g.add(idOf(way, w.ID), at, Street, name, w.Tags)
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
