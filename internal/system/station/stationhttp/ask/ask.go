// Package ask reads what is asked from an address, and writes it back: the finder's
// question, a planner's survey, moments, boxes and choices. An address holds all of a
// question, so that a page can be sent on. All of it is read: what cannot be is a fault at
// its parameter (fault.At), stands at its default, and all faults come back joined, so that
// a form can show them (web.Form).
package ask

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/words"
)

// Ask is what a worker asks. It lives in the query, so that an answer can be
// kept as a bookmark and sent to a friend:
//
//	lat, lon, datum   where they are (datum: wgs84, gcj02 or bd09)
//	q                 or a landmark or an address near them
//	need              what must be there, repeated; open_late is one too
//	at                when they set out: 2026-11-23T22:00, or now
//	mode              walk or ebike
type Ask struct {
	Text   string
	Here   *geo.Point
	Needs  station.Services
	Late   bool
	At     time.Time
	Chosen bool // at was chosen; otherwise it is now
	Mode   network.Mode
}

// needLate is the one need that is not a service: that it stays open until
// lateHour at least.
const (
	NeedLate = "open_late"
	LateHour = 22
)

// MaxText is how much a place or a search may be.
const MaxText = 100 // characters of a landmark; more is not one

// ParseAsk reads the finder's question from an address.
func ParseAsk(q url.Values, now time.Time) (Ask, error) {
	a := Ask{Text: strings.TrimSpace(q.Get("q"))}
	var text, mode, at, here error
	if len([]rune(a.Text)) > MaxText {
		text = fault.New(fault.Invalid, "地名太长：最多 %d 个字。请只写附近的一个路口、店名或小区。",
			"The place is too long: %d characters at most. Write just one crossing, shop or estate nearby.", MaxText)
	}
	needs := a.readNeeds(q)
	a.Mode, mode = parseMode(q.Get("mode"))
	a.At, a.Chosen, at = ParseMoment(q.Get("at"), now)
	a.Here, here = ParseHere(q)
	return a, errors.Join(fault.At("q", text), fault.At("need", needs), mode, fault.At("at", at), here)
}

func (a *Ask) readNeeds(q url.Values) error {
	for _, word := range NeedWords(q) {
		if word == NeedLate {
			a.Late = true
		} else if need, ok := station.ParseNeed(word); ok {
			a.Needs |= station.ServicesOf(need)
		} else {
			return fault.New(fault.Invalid, "没有“%[1]s”这项服务。服务有：%[2]s", "There is no service “%[1]s”. The services are: %[2]s", lang.Short(word), strings.Join(needKeys(), ", "))
		}
	}
	return nil
}

// NeedWords are the needs of a query, which may repeat need or separate several
// by commas.
func NeedWords(q url.Values) []string {
	return strings.FieldsFunc(strings.Join(q["need"], ","), func(r rune) bool { return r == ',' || r == '，' })
}

func needKeys() []string {
	return append(allServices().Keys(), NeedLate)
}

func allServices() (all station.Services) {
	for n := range station.Needs() {
		all |= station.ServicesOf(n)
	}
	return all
}

func parseMode(s string) (network.Mode, error) {
	if s == "" {
		return network.Walk, nil
	}
	mode, ok := network.ParseMode(s)
	if !ok {
		return network.Walk, fault.At("mode", fault.New(fault.Invalid, "没有“%s”这种出行方式：请用 walk（步行）或 ebike（电动车）。",
			"There is no way of travelling “%s”: use walk or ebike.", lang.Short(s)))
	}
	return mode, nil
}

// ParseHere reads the position, which may be missing.
func ParseHere(q url.Values) (*geo.Point, error) {
	if q.Get("lat") == "" && q.Get("lon") == "" {
		return nil, nil //nolint:nilnil // no position is no error
	}
	lat, errLat := strconv.ParseFloat(strings.TrimSpace(q.Get("lat")), 64)
	lon, errLon := strconv.ParseFloat(strings.TrimSpace(q.Get("lon")), 64)
	if errLat != nil || errLon != nil {
		field := "lat"
		if errLat == nil {
			field = "lon"
		}
		return nil, fault.At(field, fault.New(fault.Invalid, "位置读不懂：lat 是纬度，lon 是经度，都写成小数，如 lat=36.617&lon=101.778。",
			"The position cannot be read: lat is the latitude and lon the longitude, both decimal, as lat=36.617&lon=101.778."))
	}
	datum := geo.WGS84
	if s := q.Get("datum"); s != "" {
		var err error
		if datum, err = geo.ParseDatum(s); err != nil {
			return nil, fault.At("datum", err)
		}
	}
	here, err := position(lon, lat, datum)
	return here, fault.At("lat", err)
}

func position(lon, lat float64, datum geo.Datum) (*geo.Point, error) {
	given := geo.Point{Lon: lon, Lat: lat}
	if turned := (geo.Point{Lon: lat, Lat: lon}); !given.Valid() && turned.Valid() {
		return nil, fault.New(fault.Invalid, "纬度 %[1]v、经度 %[2]v 不在地球上：是不是把经度和纬度写反了？",
			"Latitude %[1]v, longitude %[2]v is not on the earth: are the two swapped?", lat, lon)
	}
	if !given.Valid() {
		return nil, fault.New(fault.Invalid, "纬度 %[1]v、经度 %[2]v 不在地球上：纬度在 -90 到 90 之间，经度在 -180 到 180 之间。",
			"Latitude %[1]v, longitude %[2]v is not on the earth: latitude is -90 to 90, longitude -180 to 180.", lat, lon)
	}
	here := datum.ToWGS84(given)
	return &here, nil
}

// values is the query of a, in WGS-84.
func (a Ask) values() url.Values {
	q := url.Values{}
	if a.Text != "" {
		q.Set("q", a.Text)
	}
	if a.Here != nil {
		q.Set("lat", words.Coordinate(a.Here.Lat))
		q.Set("lon", words.Coordinate(a.Here.Lon))
	}
	for n := range a.Needs.All() {
		q.Add("need", n.Key())
	}
	if a.Late {
		q.Add("need", NeedLate)
	}
	if a.Chosen {
		q.Set("at", a.At.Format(InputTime))
	}
	if a.Mode != network.Walk {
		q.Set("mode", a.Mode.String())
	}
	return q
}

// Address is path with the query of a.
func (a Ask) Address(path string) string {
	q := a.values().Encode()
	if q == "" {
		return path
	}
	return path + "?" + q
}

// OnMap is path for the map's data: it names the moment, so that the map shows
// what the page says even when it loads a minute later.
func (a Ask) OnMap(path string) string {
	a.Chosen, a.Text = true, ""
	return a.Address(path)
}

// Question is what the network is asked.
func (a Ask) Question(limit int) network.Question {
	return network.Question{From: *a.Here, Mode: a.Mode, At: a.At, Needs: a.Needs, Limit: limit}
}

// OnStation is the page of a station that shows the way from here.
func (a Ask) OnStation(code string) string {
	a.Needs, a.Late = 0, false
	return a.Address("/stations/" + code)
}

const (
	// DaysShown is how many days of hours a station's page has.
	DaysShown = 7
	// EventsShown is how many changes a page lists.
	EventsShown = 20
	maxWayReach = 2 * time.Hour // the longest way that is looked for
)

// WayQuestion asks for the way to one station, however far.
func (a Ask) WayQuestion() network.Question {
	return network.Question{From: *a.Here, Mode: a.Mode, At: a.At, Reach: maxWayReach}
}
