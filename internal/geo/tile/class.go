package tile

import "github.com/xiadu/xiadu/internal/geo/osm"

// Class is what a feature is drawn as. The order is the order in which a full
// tile keeps them: what comes last is left out first.
type Class uint8

// The classes.
const (
	WaterArea Class = iota
	Motorway
	Primary
	Secondary
	City
	Town
	Suburb
	River
	Green
	Wood
	Tertiary
	Ferry
	Minor
	Square
	Service
	Stream
	Landmark
	Steps
	Path
	Building
	classes
)

type shape uint8

const (
	line shape = iota
	area
	dot
)

// draw says how a class is drawn: its layer, the value of its attribute class,
// its shape, and the zoom from which it shows.
var draw = [classes]struct {
	layer, name string
	shape       shape
	zoom        byte
}{
	WaterArea: {"water", "area", area, 4},
	River:     {"water", "river", line, 8},
	Stream:    {"water", "stream", line, 13},
	Green:     {"green", "park", area, 9},
	Wood:      {"green", "wood", area, 8},
	Square:    {"square", "square", area, 13},
	Building:  {"building", "building", area, 14},
	Motorway:  {"street", "motorway", line, 5},
	Primary:   {"street", "primary", line, 7},
	Secondary: {"street", "secondary", line, 9},
	Tertiary:  {"street", "tertiary", line, 11},
	Minor:     {"street", "minor", line, 12},
	Service:   {"street", "minor", line, 13},
	Path:      {"street", "path", line, 14},
	Steps:     {"street", "steps", line, 14},
	Ferry:     {"street", "ferry", line, 9},
	City:      {"label", "city", dot, 4},
	Town:      {"label", "town", dot, 8},
	Suburb:    {"label", "suburb", dot, 9},
	Landmark:  {"label", "landmark", dot, 14},
}

// layers are the layers in the order of drawing.
var layers = [...]string{"green", "water", "square", "building", "street", "label"}

var highways = map[string]Class{
	"motorway": Motorway, "motorway_link": Motorway,
	"trunk": Primary, "trunk_link": Primary, "primary": Primary, "primary_link": Primary,
	"secondary": Secondary, "secondary_link": Secondary,
	"tertiary": Tertiary, "tertiary_link": Tertiary,
	"residential": Minor, "unclassified": Minor, "living_street": Minor, "road": Minor, "service": Service, "pedestrian": Minor, "busway": Minor,
	"footway": Path, "path": Path, "cycleway": Path, "track": Path, "bridleway": Path, "corridor": Path,
	"steps": Steps,
}

// lineClass returns what a way is drawn as when it is a line.
func lineClass(t osm.Tags) (Class, bool) {
	if c, ok := highways[t.Get("highway")]; ok {
		return c, true
	}
	switch {
	case t.Is("route", "ferry"):
		return Ferry, true
	case t.Is("tunnel", "culvert", "yes"):
		return 0, false
	case t.Is("waterway", "river", "canal"):
		return River, true
	case t.Is("waterway", "stream", "ditch", "drain"):
		return Stream, true
	}
	return 0, false
}

// areaClass returns what a surface is drawn as.
func areaClass(t osm.Tags) (Class, bool) {
	switch {
	case t.Is("natural", "water", "bay", "strait") || t.Is("waterway", "riverbank", "dock", "basin") || t.Is("landuse", "reservoir", "basin"):
		return WaterArea, true
	case t.Is("leisure", "park", "garden", "pitch", "golf_course", "playground", "nature_reserve", "stadium", "track") ||
		t.Is("landuse", "grass", "recreation_ground", "cemetery", "meadow", "village_green", "flowerbed", "allotments", "orchard", "farmland"):
		return Green, true
	case t.Is("natural", "wood", "scrub", "grassland", "heath", "wetland") || t.Is("landuse", "forest"):
		return Wood, true
	case t.Get("building") != "" && !t.Is("building", "no"):
		return Building, true
	case t.Is("highway", "pedestrian", "footway", "living_street") || t.Is("place", "square"):
		return Square, true
	}
	return 0, false
}

// labelClass returns what a named place is labelled as. Labels are few: places
// to meet and large houses that people steer by, not shops.
func labelClass(t osm.Tags) (Class, bool) {
	if t.Get("name") == "" {
		return 0, false
	}
	switch {
	case t.Is("place", "city"):
		return City, true
	case t.Is("place", "town", "borough", "county", "district", "city_district"):
		return Town, true
	case t.Is("place", "suburb", "quarter", "neighbourhood", "village"):
		return Suburb, true
	case t.Is("amenity", "hospital", "university", "college", "school", "townhall", "library", "theatre", "bus_station", "marketplace", "police", "courthouse") ||
		t.Is("railway", "station", "halt") || t.Is("public_transport", "station") ||
		t.Is("tourism", "attraction", "museum", "gallery") || t.Is("shop", "mall", "department_store") ||
		t.Is("leisure", "park", "stadium") || t.Is("natural", "water") || t.Is("place", "square", "island") || t.Is("historic", "monument", "memorial"):
		return Landmark, true
	}
	return 0, false
}
