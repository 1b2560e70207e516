package stationhttp

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/web"
)

// areaPage is one area with its verdict: the figure, the target, where it fails,
// the gaps, its clock and the method. The query is an areaSurvey, and times as of
// the clock.
type areaPage struct {
	web.Page
	query    url.Values
	city     *City
	question coverage.AreaQuestion
	measure  coverage.Measure
	times    int
	worst    time.Time // of the promise that fails, or is nearest to failing
	cov      *coverage.Coverage
	gaps     []GapFigures
}

// failsShown bounds the list of spans that miss the target; the file has all.
const failsShown = 24

func (p *pages) area(w http.ResponseWriter, r *http.Request) error {
	city, m, measure, err := p.oneArea(r)
	if err != nil {
		return err
	}
	v := areaPage{
		Page: p.Site.Page(r, lang.Text{ZH: measure.Area.Name, EN: measure.Area.Name}), query: r.URL.Query(),
		city: city, question: m.question, measure: measure,
	}
	v.Wide = true
	if v.times, err = parseTimes(v.query); err != nil {
		return err
	}
	if measure.Clock != nil {
		v.worst = v.moment(p.now(), v.leading().Worst.From)
		q := measure.Question
		q.At = v.worst
		if v.cov, err = p.runs.cover(r.Context(), city, q); err != nil {
			return err
		}
		gaps, err := city.Survey.GapsIn(r.Context(), v.cov, measure.Cells)
		if err != nil {
			return err
		}
		for _, g := range gaps {
			v.gaps = append(v.gaps, city.gapFigures(g))
		}
	}
	v.Describe = targetWords(v.Lang, city, measure)
	return v.Write(w, r, areaView(v))
}

// oneArea is the measure of the area that a path names.
func (p *pages) oneArea(r *http.Request) (*City, *cityMeasures, coverage.Measure, error) {
	city, m, err := p.measured(r)
	if err != nil {
		return city, m, coverage.Measure{}, err
	}
	code := r.PathValue("code")
	i, ok := city.Areas.Find(code)
	if !ok {
		return city, m, coverage.Measure{}, fault.New(fault.NotFound, "没有编号为 %s 的区域。可能已经移除，请到区域列表里看看。", "There is no area with the code %s. It may have been removed; see the list of areas.", lang.Short(code))
	}
	return city, m, m.areas[i], nil
}

func (p *pages) areaJSON(w http.ResponseWriter, r *http.Request) error {
	city, _, measure, err := p.oneArea(r)
	if err != nil {
		return err
	}
	return sendJSON(w, "application/json", figuresOfArea(city, measure))
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
	return v.dateOf(minute).Start(now.Location()).Add(time.Duration(minute%minutesPerDay) * time.Minute)
}

func (v areaPage) dateOf(minute int) calendar.Date {
	if v.measure.Clock.Minutes == minutesPerDay {
		return v.measure.Clock.Day
	}
	return v.measure.Clock.Dates[minute/minutesPerDay]
}

// at is the coverage page at a minute of the area's clock.
func (v areaPage) at(minute int) string {
	s := survey{Question: v.measure.Question, chosen: true}
	s.At = v.moment(v.worst, minute)
	return s.address("/coverage")
}

func (v areaPage) fails(times int) []coverage.Span {
	return v.measure.Held[times-1].Fails
}

// address is this page with one part of the query changed.
func (v areaPage) address(path, name, value string) string {
	return addressWith(path, v.query, []string{"demand", "day", "mode", "minutes", "times"}, name, value)
}

func (v areaPage) path() string { return "/areas/" + v.measure.Area.Code }

func (v areaPage) mapView() web.MapView {
	m := groundView(v.city)
	m.Label = v.F("%s的地图", "Map of %s", v.measure.Area.Name)
	m.Box = degreesOf(v.measure.Area.Shape.Box().Pad(aroundGapM))
	m.Outline = v.address("/map/outline", "code", v.measure.Area.Code)
	if v.measure.Clock != nil {
		s := survey{Question: v.measure.Question, chosen: true}
		s.At = v.worst
		m.Minutes = s.minutes()
		m.StationTiles = stationTilesAt(v.city, v.worst)
		box := v.measure.Area.Shape.Box().Pad(aroundGapM)
		d := degreesOf(box)
		m.Demand = s.fixed("/map/demand") + "&bbox=" + degrees(d[0]) + "," + degrees(d[1]) + "," + degrees(d[2]) + "," + degrees(d[3])
	}
	return m
}

// grid is the area's clock, a week or a day.
func (v areaPage) grid() grid {
	g := grid{l: v.Lang, id: "clock", title: v.T("它的时钟", "Its clock"), who: v.city.who(v.Lang, v.measure.Question.Demand), times: v.times}
	for begin := 0; begin < v.measure.Clock.Minutes; begin += minutesPerDay {
		name := dayOfWeek(v.Lang, begin/minutesPerDay)
		if v.measure.Clock.Minutes == minutesPerDay {
			name = monthDay(v.Lang, v.measure.Clock.Day)
		}
		g.rows = append(g.rows, gridRow{name, hourCells(v.measure.Clock, begin, v.times), func(minute int) string { return v.at(begin + minute) }, -1})
	}
	g.asked = v.measure.Targets()
	return g
}

// command computes all areas again. The hour says from which day on the usual
// week is looked for.
func (v areaPage) command() string {
	c := "xiadu coverage"
	if v.city.Inputs != "" {
		c += " " + v.city.Inputs
	}
	c += " --areas imported --mode " + v.question.Mode.String() + " --at " + v.question.From.String() + "T12:00"
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
