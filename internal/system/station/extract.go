package station

import (
	"cmp"
	"iter"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
)

// Place is a feature of a map extract that may be or become a station.
type Place struct {
	ID       string // its OpenStreetMap id: n123, w123 or r123
	Kind     string // such as bank; see PlaceKinds
	Name     string
	Operator string
	Address  string
	Hours    string // opening_hours as it is in the extract
	At       geo.Point
	Tags     map[string]string // further tags, for wheelchair, fee and the like
}

// placeKind says what a kind of place offers until somebody has looked.
type placeKind struct {
	option
	services Services
	access   Access
}

// placeKinds is what hosts of the kind offer as a rule in the union's network;
// it is a default and no fact, and the source of each station says so.
var placeKinds = []placeKind{
	{kind("bank", "银行网点", "bank branch"), ServicesOf(Rest, HotWater, Charging, Heating), AskStaff},
	{kind("post_office", "邮政网点", "post office"), ServicesOf(Rest, HotWater, Charging), AskStaff},
	{kind("toilets", "公共厕所", "public toilet"), ServicesOf(Toilet), WalkIn},
	{kind("drinking_water", "饮水点", "drinking-water point"), ServicesOf(DrinkingWater), WalkIn},
	{kind("shelter", "避雨亭", "shelter"), ServicesOf(Rest), WalkIn},
	{kind("fuel", "加油站", "petrol station"), ServicesOf(Toilet, HotWater, Rest), AskStaff},
	{kind("library", "图书馆", "library"), ServicesOf(Rest, Toilet, Books, Heating), WalkIn},
	{kind("community_centre", "社区中心", "community centre"), ServicesOf(Rest, Toilet, HotWater), AskStaff},
	{kind("townhall", "办事大厅", "town hall"), ServicesOf(Rest, Toilet, HotWater), AskStaff},
	{kind("pharmacy", "药店", "pharmacy"), ServicesOf(Medicine, FirstAid), AskStaff},
	{kind("social_facility", "社会服务站", "social facility"), ServicesOf(Rest, HotWater), AskStaff},
}

func kind(key, zh, en string) option {
	o := option{key: key}
	o.name.ZH, o.name.EN = zh, en
	return o
}

// PlaceKinds lists the kinds of place that stations can be made from, as
// OpenStreetMap's amenity names them.
func PlaceKinds() []string {
	keys := make([]string, len(placeKinds))
	for i, k := range placeKinds {
		keys[i] = k.key
	}
	return keys
}

// PlaceReading says how to make stations of places.
type PlaceReading struct {
	Kinds    []string    // which kinds; none means all
	Division gb.Division // that the extract lies in
	Status   Status      // Candidate, or Operating to try things out
	Source   string      // as OpenStreetMap 2026-11
}

// FromPlaces makes stations of an extract's features. The same extract gives
// the same codes (OSM-n123), so importing it again changes only what changed.
// Opening hours that cannot be read exactly are left unknown.
func FromPlaces(places iter.Seq[Place], how PlaceReading) (Batch, error) {
	wanted := map[string]placeKind{}
	for _, k := range placeKinds {
		if len(how.Kinds) == 0 {
			wanted[k.key] = k
		}
	}
	for _, key := range how.Kinds {
		options := make([]option, len(placeKinds))
		for i, k := range placeKinds {
			options[i] = k.option
		}
		i, ok := find(options, key)
		if !ok {
			return Batch{}, fault.New(fault.Invalid, "不认识场所种类“%s”：请从 %s 中选", "unknown kind of place %q: choose from %s", key, strings.Join(PlaceKinds(), ", "))
		}
		wanted[placeKinds[i].key] = placeKinds[i]
	}
	b := Batch{}
	for f := range b.given {
		b.given[f] = true
	}
	for p := range places {
		if k, ok := wanted[p.Kind]; ok {
			b.addPlace(p, k, how)
		}
	}
	return b, nil
}

func (b *Batch) addPlace(p Place, k placeKind, how PlaceReading) {
	n := len(b.rows) + 1
	s := Station{
		Code: "OSM-" + p.ID, Name: clean(cmp.Or(p.Name, p.Operator, k.name.ZH), maxName), Host: clean(p.Operator, maxHost),
		Size: Micro, Division: how.Division, Address: clean(p.Address, maxAddress), At: p.At.Fixed().Point(), Access: k.access,
		Services: k.services, Status: how.Status, Source: clean(how.Source, maxSource),
	}
	hours, err := ParseOSMHours(p.Hours)
	if err != nil {
		var flaws rowReader
		flaws.fault(n, FieldHours, err)
		b.Warnings.add(n, FieldHours, flaws.batch.Issues.List[0].Text)
	}
	s.Hours = hours
	if w, ok := ParseWheelchair(p.Tags["wheelchair"]); ok {
		s.Wheelchair = w
	}
	for tag, need := range map[string]Need{"toilets": Toilet, "drinking_water": DrinkingWater, "internet_access": Wifi} {
		if v := p.Tags[tag]; v == "yes" || v == "wlan" {
			s.Services |= ServicesOf(need)
		}
	}
	for _, f := range s.Check() {
		b.Issues.add(n, f.Field, f.Text)
	}
	b.Stations, b.rows = append(b.Stations, s), append(b.rows, n)
}

// clean makes a text of a map fit for a station: the map's volunteers may write
// longer and odder ones than an office.
func clean(s string, limit int) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unprintable(r) {
			return -1
		}
		return r
	}, s))
	if r := []rune(s); len(r) > limit {
		return string(r[:limit-1]) + "…"
	}
	return s
}
