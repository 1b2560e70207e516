package osm

import (
	"slices"
	"strings"
)

// kept are the keys that something in the product reads. Everything else is
// dropped while reading: in many cities half the bytes are translations of
// place names and import bookkeeping. Telephone numbers, contact keys and the
// names of mappers are left out on purpose: they are personal data.
var kept = set(
	"access", "admin_level", "aeroway", "alt_name", "amenity", "area", "barrier", "bicycle", "boundary", "brand", "brand:en", "brand:zh",
	"bridge", "building", "building:levels", "building:part", "conveying", "covered", "craft", "crossing", "cycleway", "cycleway:both",
	"cycleway:left", "cycleway:left:oneway", "cycleway:right", "cycleway:right:oneway", "duration", "electric_bicycle",
	"emergency", "entrance", "fee", "foot", "ford", "golf", "healthcare", "height", "highway", "historic", "indoor",
	"intermittent", "junction", "landuse", "layer", "leisure", "level", "loc_name", "locked", "man_made", "military",
	"moped", "motor_vehicle", "motorcar", "motorroad", "name", "name:en", "name:zh", "name:zh-Hans", "name:zh_pinyin",
	"natural", "office", "official_name", "old_name", "oneway", "oneway:bicycle", "oneway:foot", "oneway:moped",
	"opening_hours", "operator", "place", "population", "public_transport", "railway", "ramp:bicycle", "ref", "religion",
	"route", "service", "shelter_type", "shop", "short_name", "sidewalk", "sidewalk:both", "sidewalk:left",
	"sidewalk:right", "sport", "step_count", "surface", "tourism", "tunnel", "type", "vehicle", "water", "waterway",
	"wetland", "wheelchair", "wood", "xiadu:schematic",
)

// wayKeys make a way worth keeping for itself.
var wayKeys = set(
	"aeroway", "amenity", "building", "craft", "healthcare", "highway", "historic", "landuse", "leisure", "man_made",
	"natural", "office", "place", "public_transport", "railway", "shop", "tourism", "waterway",
)

// wayTags make a way worth keeping that has none of those: someone took the
// trouble to say that people may go there.
var wayTags = set(
	"foot=yes", "foot=designated", "foot=permissive", "foot=official", "foot=destination", "foot=customers",
	"bicycle=yes", "bicycle=designated", "bicycle=permissive", "bicycle=official", "bicycle=destination",
	"electric_bicycle=yes", "electric_bicycle=designated", "electric_bicycle=permissive",
)

// pointKeys make a node worth keeping for itself.
var pointKeys = set(
	"addr:housenumber", "amenity", "barrier", "craft", "emergency", "entrance", "healthcare", "highway", "historic",
	"leisure", "natural", "office", "place", "public_transport", "railway", "shop", "tourism", "xiadu:schematic",
)

// furniture is the street furniture that nobody looks for, so common that it
// would fill the list of points.
var furniture = set(
	"natural=tree", "highway=street_lamp", "highway=turning_circle", "highway=turning_loop", "highway=give_way",
	"highway=stop", "highway=speed_camera", "highway=milestone", "emergency=fire_hydrant", "railway=switch",
	"railway=signal", "railway=buffer_stop", "amenity=bench", "amenity=waste_basket",
)

func set(values ...string) map[string]bool {
	m := make(map[string]bool, len(values))
	for _, v := range values {
		m[v] = true
	}
	return m
}

func keeps(key string) bool { return kept[key] || strings.HasPrefix(key, "addr:") }

// thatMatter returns t if a way with these tags is kept for itself, else none.
func (t Tags) thatMatter() Tags {
	if t.matters() {
		return t
	}
	return nil
}

// matters reports whether a way or multipolygon with these tags is kept.
func (t Tags) matters() bool {
	for _, tag := range t {
		if wayKeys[tag.Key] || tag == (Tag{"route", "ferry"}) {
			return true
		}
	}
	return t.admitted()
}

// border reports whether a relation with these tags is the outline of an
// administrative division.
func (t Tags) border() bool {
	return t.Is("boundary", "administrative") && t.Is("type", "boundary", "multipolygon") && t.Get("admin_level") != "" && !t.matters()
}

// notable reports whether a node with these tags is kept as a Point.
func (t Tags) notable() bool {
	for _, tag := range t {
		if pointKeys[tag.Key] && !furniture[tag.Key+"="+tag.Value] {
			return true
		}
	}
	return false
}

// walked reports whether people may walk along the outline of a surface with
// these tags: then it is a street, and a gap in it stays one.
func (t Tags) walked() bool {
	return t.Get("highway") != "" || t.Is("place", "square") || t.Is("railway", "platform") || t.Is("public_transport", "platform") || t.admitted()
}

// admitted reports whether a way with these tags expressly lets in people on
// foot or on bicycles, whatever else it is.
func (t Tags) admitted() bool {
	return slices.ContainsFunc(t, func(tag Tag) bool { return wayTags[tag.Key+"="+tag.Value] })
}

// area reports whether a closed way with these tags is a surface, by the
// convention that streets, barriers and waterways are lines unless area=yes.
func (t Tags) area() bool {
	if a := t.Get("area"); a != "" {
		return a != "no"
	}
	for _, tag := range t {
		switch tag.Key {
		case "highway", "route":
			return false
		}
	}
	for _, tag := range t {
		switch tag.Key {
		case "building", "landuse", "amenity", "shop", "office", "tourism", "historic", "place", "craft", "healthcare",
			"aeroway", "public_transport":
			return true
		case "leisure":
			return tag.Value != "track"
		case "natural":
			return tag.Value != "coastline" && tag.Value != "cliff" && tag.Value != "ridge" && tag.Value != "tree_row"
		case "waterway":
			return tag.Value == "riverbank" || tag.Value == "dock" || tag.Value == "basin"
		case "railway":
			return tag.Value == "platform" || tag.Value == "station"
		case "man_made":
			return tag.Value == "bridge" || tag.Value == "pier"
		}
	}
	return false
}
