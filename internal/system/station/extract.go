package station

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
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
	Premises
	services Services
	access   Access
}

// placeKinds is what hosts of the kind offer as a rule in the union's network;
// it is a default and no fact, and the source of each station says so.
var placeKinds = []placeKind{
	{Bank, ServicesOf(Rest, HotWater, Charging, Heating), AskStaff},
	{PostOffice, ServicesOf(Rest, HotWater, Charging), AskStaff},
	{TelecomShop, ServicesOf(Rest, HotWater, Charging, Wifi), AskStaff},
	{PublicToilet, ServicesOf(Toilet), WalkIn},
	{WaterPoint, ServicesOf(DrinkingWater), WalkIn},
	{Shelter, ServicesOf(Rest), WalkIn},
	{PetrolStation, ServicesOf(Toilet, HotWater, Rest), AskStaff},
	{Library, ServicesOf(Rest, Toilet, Books, Heating), WalkIn},
	{CommunityCentre, ServicesOf(Rest, Toilet, HotWater), AskStaff},
	{TownHall, ServicesOf(Rest, Toilet, HotWater), AskStaff},
	{Pharmacy, ServicesOf(Medicine, FirstAid), AskStaff},
	{SocialFacility, ServicesOf(Rest, HotWater), AskStaff},
}

// brandMarks are words in a partner's own name by which a candidate's future
// brand is known.
var brandMarks = []struct {
	brand string
	marks []string
}{
	{"ccb", []string{"中国建设银行", "建设银行", "China Construction Bank"}},
	{"icbc", []string{"中国工商银行", "工商银行", "ICBC"}},
	{"abc", []string{"中国农业银行", "农业银行", "Agricultural Bank of China"}},
	{"boc", []string{"中国银行", "Bank of China"}},
	{"post", []string{"中国邮政", "邮政储蓄", "China Post"}},
	{"telecom", []string{"中国电信", "China Telecom"}},
}

// brandOf returns the brand under which a partner would open a station there.
func brandOf(names ...string) Brand {
	for _, m := range brandMarks {
		for _, name := range names {
			if slices.ContainsFunc(m.marks, func(mark string) bool { return strings.Contains(name, mark) }) {
				b, _ := ParseBrand(m.brand)
				return b
			}
		}
	}
	return Brand(0)
}

func kind(key, zh, en string, also ...string) lang.Choice {
	o := lang.Choice{Key: key, Also: also}
	o.Name.ZH, o.Name.EN = zh, en
	return o
}

// PlaceKinds lists the kinds of place that stations can be made from, most of
// them as OpenStreetMap's amenity names them.
func PlaceKinds() []string {
	keys := make([]string, len(placeKinds))
	for i, k := range placeKinds {
		keys[i] = k.Key()
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
			wanted[k.Key()] = k
		}
	}
	for _, key := range how.Kinds {
		kind, known := ParsePremises(key)
		i := slices.IndexFunc(placeKinds, func(k placeKind) bool { return k.Premises == kind })
		if !known || i < 0 {
			return Batch{}, fault.New(fault.Invalid, "不认识场所种类“%s”：请从 %s 中选", "unknown kind of place %q: choose from %s", key, strings.Join(PlaceKinds(), ", "))
		}
		wanted[kind.Key()] = placeKinds[i]
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
		Code: "OSM-" + p.ID, Name: clean(cmp.Or(p.Name, p.Operator, k.Name().ZH), MaxName), Host: clean(p.Operator, maxHost),
		Size: Micro, Division: how.Division, Address: clean(p.Address, maxAddress), At: p.At.Fixed().Point(), Access: k.access,
		Services: k.services, Status: how.Status, Source: clean(how.Source, MaxSource), Premises: k.Premises,
	}
	if how.Status == Candidate {
		s.Brand = brandOf(p.Operator, p.Tags["brand"], p.Name)
	}
	hours, err := opening.ParseOSM(p.Hours)
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
		if lang.Unprintable(r) {
			return -1
		}
		return r
	}, s))
	if r := []rune(s); len(r) > limit {
		return string(r[:limit-1]) + "…"
	}
	return s
}
