// Package areas holds key areas, divisions and zones against their targets: a list with
// the divisions added up, and a page for each with its gaps and its clock.
package areas

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/grid"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
)

// areaPage is one area with its verdict: the figure, the target, where it fails,
// the gaps, its clock and the method. The query is an areaSurvey, and times as of
// the clock.
type areaPage struct {
	web.Page
	form     web.Form
	query    url.Values
	city     *city.City
	question coverage.AreaQuestion
	measure  coverage.Measure
	times    int
	worst    time.Time // of the promise that fails, or is nearest to failing
	cov      *coverage.Coverage
	gaps     []figures.GapFigures
}

// failsShown bounds the list of spans that miss the target; the file has all.
const failsShown = 24

// Area answers GET /areas/{code}.
func (p *Pages) Area(w http.ResponseWriter, r *http.Request) error {
	city, m, measure, err := p.oneArea(r)
	if m == nil {
		return err // there is no such area
	}
	v := areaPage{
		Page: p.Site.Page(r, lang.Text{ZH: measure.Area.Name, EN: measure.Area.Name}), query: r.URL.Query(),
		city: city, question: m.Question, measure: measure,
	}
	v.Wide, v.Keep = true, web.KeepPage
	var times error
	v.times, times = ask.ParseTimes(v.query)
	if v.form, err = v.Filled(v.query, errors.Join(err, times)); err != nil {
		return err
	}
	if !v.form.Right() {
		return v.WriteStatus(w, r, v.form.Status(), areaFormView(v))
	}
	if measure.Clock != nil {
		v.worst = v.moment(p.Now(), v.leading().Worst.From)
		q := measure.Question
		q.At = v.worst
		if v.cov, err = p.Runs.Cover(r.Context(), city, q); err != nil {
			return err
		}
		gaps, err := city.Survey.GapsIn(r.Context(), v.cov, measure.Cells)
		if err != nil {
			return err
		}
		for _, g := range gaps {
			v.gaps = append(v.gaps, figures.OfGap(city, g))
		}
	}
	v.Describe = targetWords(v.Lang, city, measure)
	return v.Write(w, r, areaView(v))
}

// oneArea is the measure of the area that a path names.
func (p *Pages) oneArea(r *http.Request) (*city.City, *figures.CityMeasures, coverage.Measure, error) {
	city, m, err := p.measured(r)
	code := r.PathValue("code")
	i, ok := city.Areas.Find(code)
	if !ok {
		return city, nil, coverage.Measure{}, fault.New(fault.NotFound, "没有编号为 %s 的区域。可能已经移除，请到区域列表里看看。", "There is no area with the code %s. It may have been removed; see the list of areas.", lang.Short(code))
	}
	if err != nil {
		return city, m, coverage.Measure{Area: &city.Areas.Areas[i]}, err
	}
	return city, m, m.Areas[i], nil
}

// AreaJSON answers GET /areas/{code}/figures.json.
func (p *Pages) AreaJSON(w http.ResponseWriter, r *http.Request) error {
	city, _, measure, err := p.oneArea(r)
	if err != nil {
		return err
	}
	return page.SendFigures(w, figures.OfArea(city, measure))
}

// leading is the promise to look at: the first that fails, or that for one
// station.
func (v areaPage) leading() coverage.Held {
	if h := v.measure.Held[1]; v.measure.Held[0].Met() && !h.Met() {
		return h
	}
	return v.measure.Held[0]
}

// moment is the instant of a minute of the area's clock.
func (v areaPage) moment(now time.Time, minute int) time.Time {
	return v.dateOf(minute).Start(now.Location()).Add(time.Duration(minute%coverage.MinutesPerDay) * time.Minute)
}

func (v areaPage) dateOf(minute int) calendar.Date {
	if v.measure.Clock.Minutes == coverage.MinutesPerDay {
		return v.measure.Clock.Day
	}
	return v.measure.Clock.Dates[minute/coverage.MinutesPerDay]
}

// at is the coverage page at a minute of the area's clock.
func (v areaPage) at(minute int) string {
	s := ask.Survey{Question: v.measure.Question, Chosen: true}
	s.At = v.moment(v.worst, minute)
	return s.Address("/coverage")
}

func (v areaPage) fails(times int) []coverage.Span {
	return v.measure.Held[times-1].Fails
}

// address is this page with one part of the query changed.
func (v areaPage) address(path, name, value string) string {
	return ask.AddressWith(path, v.query, []string{"demand", "day", "mode", "minutes", "times"}, name, value)
}

func (v areaPage) path() string { return "/areas/" + v.measure.Area.Code }

func (v areaPage) mapView() web.MapView {
	m := page.GroundView(v.city)
	m.Label = v.F("%s的地图", "Map of %s", v.measure.Area.Name)
	m.Box = v.measure.Area.Shape.Box().Pad(page.AroundGapM).Degrees()
	m.Outline = v.address("/map/outline", "code", v.measure.Area.Code)
	if v.measure.Clock != nil {
		s := ask.Survey{Question: v.measure.Question, Chosen: true}
		s.At = v.worst
		m.Minutes = s.Minutes()
		m.StationTiles = page.StationTilesAt(v.city, v.worst)
		box := v.measure.Area.Shape.Box().Pad(page.AroundGapM)
		d := box.Degrees()
		m.Demand = s.Fixed("/map/demand") + "&bbox=" + words.Degrees(d[0]) + "," + words.Degrees(d[1]) + "," + words.Degrees(d[2]) + "," + words.Degrees(d[3])
	}
	return m
}

// grid is the area's clock, a week or a day.
func (v areaPage) grid() grid.Grid {
	g := grid.Grid{L: v.Lang, ID: "clock", Title: v.T("它的时钟", "Its clock"), Who: v.city.Who(v.Lang, v.measure.Question.Demand), Times: v.times}
	for begin := 0; begin < v.measure.Clock.Minutes; begin += coverage.MinutesPerDay {
		name := words.DayOfWeek(v.Lang, begin/coverage.MinutesPerDay)
		if v.measure.Clock.Minutes == coverage.MinutesPerDay {
			name = words.MonthDay(v.Lang, v.measure.Clock.Day)
		}
		g.Rows = append(g.Rows, grid.Row{Name: name, Cells: grid.Hours(v.measure.Clock, begin, v.times), Href: func(minute int) string { return v.at(begin + minute) }, Now: -1})
	}
	g.Asked = v.measure.Targets()
	return g
}

// command computes all areas again. The hour says from which day on the usual
// week is looked for.
func (v areaPage) command() string {
	c := "xiadu coverage " + ask.Inputs(v.city) + " --areas " + ask.AreasFile + " --mode " + v.question.Mode.String() + " --at " + v.question.From.String() + "T12:00"
	if v.question.Minutes > 0 {
		c += " --minutes " + strconv.Itoa(v.question.Minutes)
	}
	if v.question.Demand != "" {
		c += " --kind " + v.question.Demand
	}
	if v.question.Day != nil {
		c += " --on " + v.question.Day.String()
	}
	return c + " --json"
}

func (v areaPage) hectares() string {
	km := v.measure.Area.Shape.SquareMetres() / 1e6
	return strconv.FormatFloat(km, 'f', 2, 64)
}
