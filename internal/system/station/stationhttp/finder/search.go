package finder

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
)

// place is a landmark, an address, a crossing or a station, as a reader chooses one.
type place struct {
	name   string
	detail string // what tells it from others of its name
	at     geo.Point
	whole  bool   // its name is all that was asked for
	rough  bool   // only near what was asked for: the map does not know the number of the house
	door   string // its address, if it is known by one
}

// search finds where somebody says that they are, those near a position first. The
// text is tried as it stands, then as two streets that cross, then without what
// people add to a name: 附近, 旁边, 口, the number of a house.
func (c *town) search(l lang.Lang, text string, near geo.Point, limit int) []place {
	if found := c.called(l, text, near, limit); len(found) > 0 {
		return found
	}
	if found := c.crossing(l, text, near); len(found) > 0 {
		return found
	}
	for _, name := range plainer(text) {
		found := c.called(l, name, near, limit)
		if street, number, ok := house(name); ok && len(found) == 0 {
			found = c.houses(l, street, number, near, limit)
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// called finds stations and places by a name: who writes a station's whole name or
// code means it, and who writes less rather means a place.
func (c *town) called(l lang.Lang, text string, near geo.Point, limit int) []place {
	stations := c.stationsNamed(l, text, near)
	if len(stations) > 0 && stations[0].whole {
		return stations[:1]
	}
	const fewStations = 3 // a bank's name is on many
	stations = stations[:min(len(stations), fewStations)]
	found := c.places(l, text, near, limit-len(stations))
	return append(found, stations...)
}

// places finds what the map names.
func (c *town) places(l lang.Lang, text string, near geo.Point, limit int) []place {
	if c.Atlas == nil || c.Atlas.Places == nil {
		return nil
	}
	found := c.Atlas.Places.Search(text, near, limit)
	out := make([]place, len(found))
	for i, f := range found {
		out[i] = place{name: f.Name, detail: city.DetailOf(l, f), at: f.At, whole: atlas.Fold(f.Name) == atlas.Fold(text)}
		if f.Kind == atlas.Address {
			out[i].door = f.Name
		}
	}
	return out
}

var (
	before = regexp.MustCompile(`^(?:我现在在|我在|我到了|在|从|到|near |next to |beside |opposite |at |by )\s*`)
	beside = regexp.MustCompile(`\s*(?:的?(?:附近|旁边|边上|旁|周围|周边|一带|这边|那边|这里|那里|门口|门前|斜对面|对面|楼下|跟前|nearby))$`)
	gate   = regexp.MustCompile(`(?:的?(?:大门|正门|侧门|后门|[东南西北]门))$`)
	corner = regexp.MustCompile(`(?:的?(?:交叉路口|十字路口|丁字路口|交叉口|交汇处|交口|路口|街口|巷口|口)|的拐角| (?:crossing|corner|junction))$`)
	number = regexp.MustCompile(`^(.*?\D)\s*(\d{1,5})(?:\s*[-–—之附]\s*\d+)*\s*(?:号|號|#)?(?:院|楼|门|大院)?$`)
)

// plainer returns what a text may name without what people add to a name, the
// likeliest first.
func plainer(text string) []string {
	name := before.ReplaceAllString(atlas.Fold(text), "")
	var out []string
	try := func(s string) {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for {
		shorter := beside.ReplaceAllString(name, "")
		if shorter == name || shorter == "" {
			break
		}
		name = shorter
	}
	try(name)
	try(strings.TrimSuffix(name, "口")) // 昆仑路口 is on 昆仑路
	try(corner.ReplaceAllString(name, ""))
	try(gate.ReplaceAllString(name, ""))
	if at := strings.IndexAny(name, "0123456789"); at > 0 { // 昆仑路128号工商银行
		if _, rest, ok := strings.Cut(name[at:], "号"); ok {
			try(name[:at] + strings.TrimSuffix(name[at:], rest))
		}
	}
	return out
}

// house splits an address into its street and the number of the house.
func house(text string) (street string, no int, ok bool) {
	m := number.FindStringSubmatch(text)
	if m == nil {
		return "", 0, false
	}
	no, err := strconv.Atoi(m[2])
	return strings.TrimSuffix(strings.TrimSpace(m[1]), " no."), no, err == nil
}

// houses finds a house by its number, or the nearest number of the street that the
// map knows, or else the street.
func (c *town) houses(l lang.Lang, street string, no int, near geo.Point, limit int) []place {
	const most, neighbours = 300, 30
	var best *place
	apart := neighbours + 1
	street = atlas.Fold(street)
	for _, p := range append(c.places(l, street, near, most), c.stationsNamed(l, street, near)...) {
		of, n, ok := house(atlas.Fold(p.door))
		if !ok || !strings.HasSuffix(of, street) {
			continue
		}
		d := max(n-no, no-n)
		if d%2 == 1 {
			d += 2 // across the street
		}
		if d < apart {
			apart, best = d, &p
		}
	}
	if best != nil {
		best.name, best.whole, best.rough = best.door, true, apart > 0
		return []place{*best}
	}
	found := c.called(l, street, near, limit)
	for i := range found {
		found[i].rough = true
	}
	return found
}

var joins = []string{"和", "与", "跟", "交", "、", "/", "&", "+", " and ", " x "}

// crossing finds where two streets meet: 昆仑路和黄河路口; or, if they do not, what
// the map has of the two.
func (c *town) crossing(l lang.Lang, text string, near geo.Point) []place {
	if c.Atlas == nil || c.Atlas.Walk == nil {
		return nil
	}
	var apart []place
	for _, pair := range pairs(text) {
		a, b := pair[0], pair[1]
		if spot, ok := c.Atlas.Walk.Crossing(a, b); ok {
			return []place{{name: l.F("%[1]s与%[2]s路口", "%[1]s and %[2]s", a, b), detail: l.T("路口", "crossing"), at: spot.Point(), whole: true}}
		}
		if len(apart) > 0 {
			continue
		}
		for _, name := range pair {
			if found := c.places(l, name, near, 1); len(found) > 0 && found[0].whole {
				found[0].whole, found[0].rough = false, true // neither is all that was asked for
				apart = append(apart, found[0])
			}
		}
	}
	return apart
}

// pairs are the two names that a text may join, such as 昆仑路 and 黄河路.
func pairs(text string) [][2]string {
	const most = 8 // no text that means two streets can be cut in more ways
	text = beside.ReplaceAllString(before.ReplaceAllString(strings.TrimSpace(text), ""), "")
	var out [][2]string
	for _, whole := range []string{text, strings.TrimSuffix(text, "口"), corner.ReplaceAllString(text, "")} {
		for _, join := range joins {
			for at := 0; ; at += len(join) {
				n := strings.Index(whole[at:], join)
				if n < 0 {
					break
				}
				at += n
				pair := [2]string{strings.TrimSpace(whole[:at]), strings.TrimSpace(whole[at+len(join):])}
				if pair[0] != "" && pair[1] != "" && !slices.Contains(out, pair) && len(out) < most {
					out = append(out, pair)
				}
			}
		}
	}
	return out
}

// stationNames are what stations are found by: code, name and address, folded, one
// after the other. Candidates are none.
type stationNames struct {
	text []byte
	ends []int // of each station in order, into text
	at   []int // in Network.Stations
}

const (
	nameEnd  = 1 // after each of the three
	entryEnd = 2
)

func namesOf(stations []station.Station) *stationNames {
	n := &stationNames{}
	for i := range stations {
		s := &stations[i]
		if s.Status == station.Candidate {
			continue
		}
		for _, text := range []string{s.Code, s.Name, s.Address} {
			n.text = append(append(n.text, atlas.Fold(text)...), nameEnd)
		}
		n.text = append(n.text, entryEnd)
		n.ends, n.at = append(n.ends, len(n.text)), append(n.at, i)
	}
	return n
}

// stationsNamed finds stations by a part of their name or address, or by their
// whole code; the nearest first, and alone the one whose name or code is all of text.
func (c *town) stationsNamed(l lang.Lang, text string, near geo.Point) []place {
	query := []byte(atlas.Fold(text))
	if len(query) == 0 || bytes.ContainsAny(query, "\x01\x02") {
		return nil
	}
	const most = 1000 // matches; beyond it the text says too little
	var out []place
	names := c.names()
	for from, i := 0, 0; len(out) < most; {
		n := bytes.Index(names.text[from:], query)
		if n < 0 {
			break
		}
		at := from + n
		for names.ends[i] <= at {
			i++
		}
		begin := 0
		if i > 0 {
			begin = names.ends[i-1]
		}
		from = names.ends[i]
		fields := bytes.Split(names.text[begin:from-1], []byte{nameEnd})
		isCode := bytes.Equal(fields[0], query)
		if !isCode && !bytes.Contains(fields[1], query) && !bytes.Contains(fields[2], query) {
			continue // a part of a code is no name
		}
		s := &c.Network.Stations[names.at[i]]
		p := place{name: s.Name, detail: stationDetail(l, s), at: s.At, door: s.Address, whole: isCode || bytes.Equal(fields[1], query)}
		if isCode {
			return []place{p}
		}
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b place) int {
		if a.whole != b.whole {
			return map[bool]int{true: -1, false: 1}[a.whole]
		}
		return cmp.Compare(geo.Distance(near, a.at), geo.Distance(near, b.at))
	})
	return out
}

func stationDetail(l lang.Lang, s *station.Station) string {
	words := l.T("驿站", "station")
	if s.Address != "" {
		words += l.T("，", ", ") + s.Address
	}
	return words
}
