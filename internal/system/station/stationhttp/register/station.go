package register

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stars"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/logpages"
)

// stationPage is one station's facts, its hours, and the way to it.
type stationPage struct {
	web.Page
	ask     ask.Ask
	city    *city.City
	station station.Station
	now     time.Time
	week    []dayHours
	way     *network.Way // nil: nobody said from where
	legs    []road.Leg
	history []page.Event
	away    bool   // the history cannot be read now
	done    string // what the reader has just done, in words
	star    stars.Star
	starred bool // it was reviewed, and that can be read now
}

// dayHours is a row of the hours' table.
type dayHours struct {
	date    calendar.Date
	kind    string // the holiday's name, 调休上班, or nothing
	hours   []string
	today   bool
	special bool
}

// Station answers GET /stations/{code}.
func (p *Pages) Station(w http.ResponseWriter, r *http.Request) error {
	a, err := ask.ParseAsk(r.URL.Query(), p.Now())
	if err != nil {
		return err
	}
	city := p.City()
	s, ok := city.Network.Station(r.PathValue("code"))
	if !ok {
		return page.NoStation(r.PathValue("code"))
	}
	if s.Status == station.Candidate {
		return p.candidate(w, r, s)
	}
	v := stationPage{Page: p.Site.Page(r, lang.Text{ZH: s.Name, EN: s.Name}), ask: a, city: city, station: s, now: p.Now()}
	v.Keep = web.KeepPage
	v.Describe = v.state() + v.T("。", ". ") + s.Services.Text(v.Lang)
	if v.JSONLD, err = linkedData(s, calendar.DateOf(v.now)); err != nil {
		return err
	}
	v.done = doneWords(v.Lang, r.URL.Query().Get("done"))
	v.week = weekHours(v.Lang, s.Hours, calendar.DateOf(v.now))
	if a.Here != nil && city.AwayM(*a.Here) == 0 {
		if err := v.findWay(); err != nil {
			return err
		}
	}
	v.star, v.starred, err = p.Stars.Of(r.Context(), s.Code)
	if err != nil && fault.KindOf(err) != fault.Unavailable {
		return err
	}
	v.Private = v.seesWho()
	v.history, err = p.historyOf(r, v, s)
	if v.away = fault.KindOf(err) == fault.Unavailable; v.away {
		p.Site.LogOutage(r.Context(), err) // the station is shown without its history
	} else if err != nil {
		return err
	}
	return v.Write(w, r, stationView(v))
}

// opening is how the page's first line looks: a door that shuts before somebody can
// be there, or soon after, is a warning.
func (v stationPage) opening() web.Opening {
	now := page.OpeningOf(network.StandingAt(&v.station, v.now))
	if now == web.Open && v.setsOutNow() && page.OpeningOf(v.way.Standing) != web.Open {
		return web.Closing
	}
	return now
}

// setsOutNow reports whether somebody is shown a way that they go now.
func (v stationPage) setsOutNow() bool { return v.way != nil && !v.ask.Chosen }

// state is what the page says first: whether it is open.
func (v stationPage) state() string {
	s := v.station
	until, changes := s.Hours.Until(v.now)
	open := s.Hours.OpenAt(v.now)
	switch {
	case s.Status == station.Paused:
		return v.T("暂停开放", "Not in service for now")
	case !s.Hours.Known():
		return v.T("没有人说过几点开门", "Nobody has said when it opens")
	case open && changes && v.setsOutNow() && v.way.Standing == network.OpensLater:
		return v.F("现在开着，但%s 关门，走过去就晚了", "Open now, but it closes at %s, before you get there", words.InSentence(v.Lang, words.Clock(v.Lang, v.now, until)))
	case open && changes && v.opening() == web.Closing:
		return v.F("快关门了，只开到%s", "Closing soon, at %s", words.InSentence(v.Lang, words.Clock(v.Lang, v.now, until)))
	case open && changes:
		return v.F("现在开着，营业到%s", "Open now, until %s", words.InSentence(v.Lang, words.Clock(v.Lang, v.now, until)))
	case open:
		return v.T("现在开着，昼夜都开", "Open now, day and night")
	case changes:
		return v.F("现在关着，%s 开", "Closed now, opens %s", words.Clock(v.Lang, v.now, until))
	}
	return v.T("现在关着，近日不开", "Closed now and for the days ahead")
}

// staleDays is how old a check may be before the page warns of it.
const staleDays = 180

// lateCheck reports whether a check is so old, or missing, that somebody should look.
func lateCheck(checked, today calendar.Date) bool {
	return checked == (calendar.Date{}) || today.Sub(checked) > staleDays
}

// checkAge says how long ago somebody looked, and whether that is worth a warning.
func checkAge(l lang.Lang, checked, today calendar.Date) (words string, stale bool) {
	return checkWords(l, checked, today), lateCheck(checked, today)
}

func checkWords(l lang.Lang, checked, today calendar.Date) string {
	if checked == (calendar.Date{}) {
		return l.T("还没有人来核实过", "nobody has checked it yet")
	}
	switch days := today.Sub(checked); {
	case days <= 0:
		return l.T("今天核实过", "checked today")
	case days == 1:
		return l.T("昨天核实过", "checked yesterday")
	case days < 60:
		return l.F("%d 天前核实过", "checked %d days ago", days)
	case days < 365:
		return l.F("%d 个月前核实过", "checked %d months ago", days/30)
	}
	return l.T("一年多没有人核实了", "not checked for more than a year")
}

// ageWords is how long ago somebody looked, for a column of a list.
func ageWords(l lang.Lang, checked, today calendar.Date) string {
	if checked == (calendar.Date{}) {
		return l.T("没核实过", "never checked")
	}
	switch days := max(today.Sub(checked), 0); days {
	case 0:
		return l.T("今天", "today")
	case 1:
		return l.T("1 天前", "1 day ago")
	default:
		return l.F("%d 天前", "%d days ago", days)
	}
}

func weekHours(l lang.Lang, h opening.Hours, today calendar.Date) []dayHours {
	if !h.Known() {
		return nil
	}
	week := make([]dayHours, ask.DaysShown)
	for n := range week {
		d := today.Add(n)
		week[n] = dayHours{date: d, kind: words.DayKind(l, d), hours: intervals(l, h.Day(d)), today: n == 0}
		week[n].special = week[n].kind != ""
	}
	return week
}

// intervals writes the open spans of one day.
func intervals(l lang.Lang, open []opening.Interval) []string {
	const day = 24 * 60
	if len(open) == 0 {
		return []string{l.T("不开", "closed")}
	}
	if len(open) == 1 && open[0].From == 0 && open[0].To == day {
		return []string{l.T("全天", "all day")}
	}
	words := make([]string, len(open))
	for i, o := range open {
		from, to := clockFace(o.From), clockFace(o.To)
		if o.To > day {
			to = l.F("次日 %s", "%s the next day", clockFace(o.To-day))
		}
		words[i] = from + "–" + to
	}
	return words
}

func clockFace(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

func (v *stationPage) findWay() error {
	way, ok, err := v.city.Network.Way(v.ask.WayQuestion(), v.station.Code)
	if ok {
		v.way, v.legs = &way, readable(way.Path.Legs)
	}
	return err
}

// readable joins what is too short to be told: a crossing of twelve metres
// between two stretches of one street is no turn.
func readable(legs []road.Leg) []road.Leg {
	const least = 150 // dm
	var out []road.Leg
	for _, leg := range legs {
		n := len(out)
		switch {
		case n > 0 && out[n-1].Name == leg.Name && out[n-1].Kind == leg.Kind:
			out[n-1].Length += leg.Length
		case n > 0 && leg.Length < least && leg.Kind == road.Plain:
			out[n-1].Length += leg.Length
		default:
			out = append(out, leg)
		}
	}
	return out
}

func (v stationPage) leg(leg road.Leg) string {
	length := words.Metres(v.Lang, leg.Length)
	switch leg.Kind {
	case road.Steps:
		return v.F("走台阶，%s", "Take the steps, %s", length)
	case road.Ferry:
		return v.F("坐渡船，%s", "Take the ferry, %s", length)
	case road.Lift:
		return v.T("坐电梯", "Take the lift")
	case road.Square:
		return v.F("穿过广场，%s", "Cross the square, %s", length)
	case road.Plain:
	}
	verb := v.T("走", "Go")
	if v.ask.Mode == network.Ebike {
		verb = v.T("骑", "Ride")
	}
	if leg.Name == "" {
		return v.F("%[1]s小路 %[2]s", "%[1]s %[2]s by an unnamed way", verb, length)
	}
	return v.F("沿%[2]s%[1]s %[3]s", "%[1]s %[3]s along %[2]s", verb, v.city.StreetName(v.Lang, leg.Name), length)
}

// seesWho reports whether the reader may be told who changed a station and why.
func (v stationPage) seesWho() bool { return v.May(station.KeepRegister) || v.May(right.Audit) }

func (p *Pages) historyOf(r *http.Request, v stationPage, s station.Station) ([]page.Event, error) {
	who := identity.Colleague{}
	if v.seesWho() {
		var err error
		if who, err = p.Who(r); err != nil {
			return nil, err
		}
	}
	items, err := p.Stations.HistoryFor(r.Context(), who, s, ask.EventsShown)
	if err != nil {
		return nil, fmt.Errorf("history of station %s: %w", s.Code, err)
	}
	events := make([]page.Event, len(items))
	for i, item := range items {
		events[i] = eventOf(v.Lang, v.now.Location(), item.Item)
		events[i].Who, events[i].Why = item.Who, item.Why
	}
	return events, nil
}

func eventOf(l lang.Lang, zone *time.Location, item record.Item) page.Event {
	e := page.Event{When: words.Moment(l, item.At.In(zone)), By: station.SignedBy(l, item.By), Receipt: logpages.ReceiptPath(item.ID)}
	if item.By == station.ByCommand {
		e.By = l.T("命令行", "command line")
	}
	switch item.Kind {
	case (station.Added{}).Kind():
		e.What = l.T("列入名册", "Entered in the register")
	case (station.Removed{}).Kind():
		e.What = l.T("移出名册", "Taken out of the register")
	case (station.Changed{}).Kind():
		var c station.Changed
		e.What = l.T("修改", "Changed")
		if json.Unmarshal([]byte(item.Public), &c) == nil {
			e.Facts = factsOf(l, c)
		}
	default:
		e.What = item.Kind
	}
	return e
}

// factsOf lists what changed, in the order of the sheet's columns.
func factsOf(l lang.Lang, c station.Changed) []page.Fact {
	var facts []page.Fact
	for f := station.FieldCode; f <= station.FieldChecked; f++ {
		if change, ok := c.Changes[f.Key()]; ok {
			facts = append(facts, page.Fact{Name: f.Name().In(l), Before: page.OrNothing(l, change.Before), After: page.OrNothing(l, change.After)})
		}
	}
	return facts
}

// linkedData describes a station to search engines in schema.org's words.
func linkedData(s station.Station, today calendar.Date) (string, error) {
	type object map[string]any
	var has []object
	for n := range s.Services.All() {
		has = append(has, object{"@type": "LocationFeatureSpecification", "name": n.Name().ZH, "value": true})
	}
	place := object{
		"@type": "Place", "name": s.Name, "amenityFeature": has, "publicAccess": s.Access == station.WalkIn,
		"address": object{"@type": "PostalAddress", "addressCountry": "CN", "addressRegion": s.Division.FullName().ZH, "streetAddress": s.Address},
		"geo":     object{"@type": "GeoCoordinates", "latitude": s.At.Lat, "longitude": s.At.Lon},
	}
	if hours := s.Hours.SchemaOrg(today); hours != nil {
		place["openingHoursSpecification"] = hours
	}
	b, err := json.Marshal(object{
		"@context": "https://schema.org", "@type": "GovernmentService", "identifier": s.Code, "name": s.Name,
		"serviceType": "户外劳动者驿站 Rest station for outdoor workers", "isAccessibleForFree": true,
		"provider":         object{"@type": "Organization", "name": s.Host},
		"availableChannel": object{"@type": "ServiceChannel", "serviceLocation": place},
		"audience":         object{"@type": "Audience", "audienceType": "户外劳动者 outdoor workers"},
	})
	if err != nil {
		return "", fmt.Errorf("linked data of station %s: %w", s.Code, err)
	}
	return string(b), nil
}

func (v stationPage) mapView() web.MapView {
	m := page.GroundView(v.city)
	m.Label, m.Stations, m.Selected = v.F("地图：%s", "Map: %s", v.station.Name), v.ask.OnMap("/map/station/"+v.station.Code), v.station.Code
	m.Here = &[2]float64{v.station.At.Lon, v.station.At.Lat}
	if v.way != nil {
		m.Here = &[2]float64{v.ask.Here.Lon, v.ask.Here.Lat}
		if !v.way.Estimated {
			m.Path = v.ask.OnMap("/map/way/" + v.station.Code)
		}
	}
	return m
}

// starLine says how many stars it has and until when.
func (v stationPage) starLine() string {
	now := v.star.Now(v.now)
	switch {
	case v.star.Lapsed(v.now):
		return v.T("星级已到期", "Its stars have ended")
	case now == 0:
		return v.T("评过星，还不够一星", "Reviewed; not one star yet")
	}
	f := stars.Rule()
	return v.F("%[1]s，有效到%[2]s", "%[1]s, until %[2]s", page.Capital(f.About.Name(strconv.Itoa(now)).In(v.Lang)), words.DateWords(v.Lang, calendar.DateOf(v.star.Until.In(calendar.China))))
}

// placeWords is a station's position as its own maps have it, for people to copy.
func placeWords(s station.Station) string {
	given := s.Datum.FromWGS84(s.At)
	return fmt.Sprintf("%.6f, %.6f", given.Lat, given.Lon)
}
