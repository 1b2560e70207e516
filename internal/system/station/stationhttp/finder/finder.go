// Package finder asks a worker one question and answers with a list: where to rest now.
// Places are found by name (search.go), by what people paste and by where they tap. When
// nothing fits, the page offers what nearly does (offers.go). The API answers a plain
// question without allocating (quick.go).
package finder

import (
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/web"
)

// finderPage answers one question: where can I sit down now?
type finderPage struct {
	web.Page
	ask       ask.Ask
	form      web.Form
	city      *town
	place     string   // the name of where they are, if they gave one
	rough     string   // what they wrote, if place is only near it
	choices   []place  // where they may be, when what they wrote fits several
	nowhere   bool     // what they wrote fits no place
	away      float64  // metres outside the city
	answers   []answer // best first
	answer    *network.Answer
	nearer    *offer   // a near station that lacks one thing, when what fits is far or shut
	most      *offer   // the station that fits most, when none fits
	ways      []wayOut // when nothing was found
	landmarks []place  // to begin with
}

// answer is a station found, as the list shows it.
type answer struct {
	network.Found
	card web.StationCard
}

const (
	shownAnswers = 8   // on a phone nobody reads on
	lateAnswers  = 100 // looked through for those open late
)

// Path is the address of the worker's question.
const Path = "/find"

// Asked are the names of what the question holds in an address.
var Asked = []string{"lat", "lon", "datum", "q", "need", "at", "mode"}

// Finder answers GET /find, the worker's question.
func (p *Pages) Finder(w http.ResponseWriter, r *http.Request) error {
	a, err := ask.ParseAsk(r.URL.Query(), p.Now())
	v := finderPage{
		Page: p.Site.Page(r, lang.Text{ZH: "找驿站", EN: "Find a station"}), ask: a, city: p.town(),
	}
	v.Keep = web.KeepPage
	if a.Here != nil || a.Text != "" {
		v.Keep = web.KeepAnswer
	}
	v.Describe = v.T("附近哪里能坐下、喝口热水、上厕所，走几分钟，到的时候还开不开。", "Where to sit down, drink something hot and find a toilet: how many minutes on foot, and open when you get there.")
	if v.form, err = v.Filled(r.URL.Query(), err); err != nil {
		return err
	}
	if !v.form.Right() {
		v.landmarks = v.city.landmarks(v.Lang)
		return v.WriteStatus(w, r, v.form.Status(), finder(v))
	}
	v.locate()
	if err := v.find(); err != nil {
		return err
	}
	return v.Write(w, r, finder(v))
}

// sameSpotM is how near a place is to a position that was taken from it.
const sameSpotM = 60

// locate finds out where they are from what they wrote. A position beside it was
// taken from an earlier choice if the place is there, and is out of date if not.
func (v *finderPage) locate() {
	const choices = 8
	switch {
	case v.ask.Text == "":
		if v.ask.Here == nil {
			v.landmarks = v.city.landmarks(v.Lang)
		}
		return
	case v.ask.Here == nil || !v.isAt(*v.ask.Here):
		v.ask.Here = pasted(v.ask.Text)
	default:
		v.place = v.ask.Text
		return
	}
	if v.ask.Here != nil {
		v.ask.Text = ""
		return
	}
	found := v.city.search(v.Lang, v.ask.Text, v.city.Center(), choices)
	switch {
	case len(found) == 0:
		v.nowhere, v.landmarks = true, v.city.landmarks(v.Lang)
	case len(found) == 1 || found[0].whole && !found[1].whole:
		if found[0].rough {
			v.rough = v.ask.Text
		}
		v.ask.Here, v.ask.Text, v.place = &found[0].at, found[0].name, found[0].name
	default:
		v.choices = found
	}
}

func (v *finderPage) isAt(here geo.Point) bool {
	for _, near := range v.city.search(v.Lang, v.ask.Text, here, 3) {
		if geo.Distance(near.at, here) < sameSpotM {
			return true
		}
	}
	return false
}

var coordinates = regexp.MustCompile(`^\s*(-?\d{1,3}\.\d+)\s*[,，;\s]\s*(-?\d{1,3}\.\d+)\s*$`)

// pasted reads a position that was copied from a map, in either order where only
// one is in China's neighbourhood: latitudes there are below 60, longitudes above.
func pasted(text string) *geo.Point {
	m := coordinates.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	a, errA := strconv.ParseFloat(m[1], 64)
	b, errB := strconv.ParseFloat(m[2], 64)
	if errA != nil || errB != nil {
		return nil
	}
	if a > 60 && b < 60 {
		a, b = b, a
	}
	here := geo.Point{Lat: a, Lon: b}
	if !here.Valid() {
		return nil
	}
	return &here
}

// landmarkNames are looked up when somebody has yet to say where they are: what
// every city has, so that one tap shows how this works.
var landmarkNames = []string{"火车站", "汽车站", "人民医院", "人民公园", "大十字", "中心广场"}

func (c *town) landmarks(l lang.Lang) []place { return c.marks[l]() }

func (c *town) searchLandmarks(l lang.Lang) []place {
	const most = 4
	var out []place
	for _, name := range landmarkNames {
		if found := c.places(l, name, c.Center(), 1); len(found) > 0 && len(out) < most {
			out = append(out, found[0])
		}
	}
	return out
}

func (v *finderPage) find() error {
	if v.ask.Here == nil {
		return nil
	}
	if v.away = v.city.AwayM(*v.ask.Here); v.away > 0 {
		return nil
	}
	found, err := look(v.city.City, v.ask, shownAnswers)
	if err != nil {
		return err
	}
	v.answer = &found
	for i, f := range found.Found {
		v.answers = append(v.answers, answer{f, v.cardOf(i+1, f)})
	}
	if len(v.answers) == 0 {
		return v.lookElsewhere()
	}
	return v.lookNearer()
}

// look asks the network, and keeps those open late where that was asked for.
func look(c *city.City, a ask.Ask, limit int) (network.Answer, error) {
	if !a.Late {
		return c.Network.Find(a.Question(limit))
	}
	found, err := c.Network.Find(a.Question(lateAnswers))
	if err != nil {
		return found, err
	}
	late := found.Found[:0]
	for _, f := range found.Found {
		if opensLate(f.Station, f.Arrive) && len(late) < limit {
			late = append(late, f)
		}
	}
	found.Found = late
	return found, nil
}

// opensLate reports whether s is open on the evening of t until lateHour.
func opensLate(s *station.Station, t time.Time) bool {
	year, month, day := t.Date()
	late := time.Date(year, month, day, ask.LateHour, 0, 0, 0, t.Location())
	return s.Status == station.Operating && s.Hours.OpenAt(late.Add(-time.Minute))
}

func (v *finderPage) cardOf(rank int, f network.Found) web.StationCard {
	s := f.Station
	icon, access := page.AccessWords(v.Lang, s.Access)
	c := web.StationCard{
		ID: s.Code, Rank: rank, Name: s.Name, Brand: page.Under(v.Lang, s), Kind: page.KindOf(s.Size), Opening: page.OpeningOf(f.Standing),
		Href: v.ask.OnStation(s.Code), Answer: page.AnswerWords(v.Lang, v.ask, f), Hours: page.StandingWords(v.Lang, f.Standing),
		Services: append([]web.Service{{Icon: icon, Text: access}}, v.servicesOn(rank, s.Services)...),
		Why:      page.OrderWords(v.Lang, rank, f), Address: s.Address, Selected: rank == 1,
	}
	if v.hasSteps(f) {
		c.Services = append(c.Services, web.Service{Icon: web.IconWarning, Text: v.T("路上有台阶", "There are steps on the way")})
	}
	if rank == 1 && f.Standing != network.NotOperating {
		c.RouteTo = v.ask.OnStation(s.Code)
	}
	return c
}

// servicesOn lists what a card shows: everything on the first, and on the others
// what was asked for and what most come for.
func (v finderPage) servicesOn(rank int, has station.Services) []web.Service {
	if rank == 1 {
		return page.Services(v.Lang, has)
	}
	shown := page.Services(v.Lang, has&(askedOften|v.ask.Needs))
	if more := len(has.Keys()) - len(shown); more > 0 {
		shown = append(shown, web.Service{Icon: web.IconMore, Text: v.F("还有 %d 项", "%d more", more)})
	}
	return shown
}

// hasSteps reports whether the way has steps, which a bicycle, a trolley or a bad
// knee wants to know.
func (v *finderPage) hasSteps(f network.Found) bool {
	path, ok := v.city.Network.Path(v.ask.Question(shownAnswers), *v.answer, f)
	if !ok {
		return false
	}
	for _, leg := range path.Legs {
		if leg.Kind == road.Steps {
			return true
		}
	}
	return false
}

// askedOften are the needs that have a chip at once; the others wait behind one.
var askedOften = station.ServicesOf(station.HotWater, station.Toilet, station.Rest, station.Microwave, station.Charging, station.Heating, station.Medicine)

func (v finderPage) chips(often bool) []web.Choice {
	var out []web.Choice
	for n := range station.Needs() {
		one := station.ServicesOf(n)
		if askedOften.Has(one) == often {
			out = append(out, web.Choice{Name: "need", Value: n.Key(), Label: n.Name().In(v.Lang), Icon: web.Icon(n.Icon()), On: v.ask.Needs.Has(one)})
		}
	}
	if often {
		out = append(out, web.Choice{Name: "need", Value: ask.NeedLate, Label: v.F("开到 %d 点后", "Open past %d:00", ask.LateHour), Icon: web.IconNight, On: v.ask.Late})
	}
	return out
}

func (v finderPage) modes() []web.Choice { return page.ModeChoices(v.Page, v.ask.Mode) }

func (v finderPage) mapView() web.MapView {
	m := page.GroundView(v.city.City)
	m.Label, m.Pick, m.Tall = v.T("驿站地图：点一下地图，就从那里找起", "Map of stations: tap it to look from there"), "find", true
	m.StationTiles = page.StationTilesAt(v.city.City, v.ask.At)
	if v.ask.Here != nil && v.away == 0 {
		m.Here = &[2]float64{v.ask.Here.Lon, v.ask.Here.Lat}
	}
	if len(v.answers) > 0 {
		best := v.answers[0].Station.Code
		m.Selected, m.Stations = best, v.ask.OnMap("/map/near")
		if !v.answer.Estimated {
			m.Path = v.ask.OnMap("/map/way/" + best)
		}
	}
	return m
}
