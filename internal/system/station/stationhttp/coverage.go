package stationhttp

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/web"
)

// survey is what a planner asks, in the query:
//
//	mode      walk or ebike
//	minutes   how far is near: 15
//	at        the hour: 2026-11-23T22:00, or now
//	any       1 counts every operating station, open or not
//	demand    the kind of demand: couriers; by default the first, people
type survey struct {
	coverage.Question
	chosen bool
}

// The minutes that may be asked for. Beyond half an hour nobody goes for a rest.
const (
	leastMinutes, mostMinutes = 1, 60
	usualMinutes              = 15
)

func parseSurvey(q url.Values, now time.Time) (s survey, err error) {
	if s.Mode, err = parseMode(q.Get("mode")); err != nil {
		return s, err
	}
	if s.At, s.chosen, err = parseMoment(q.Get("at"), now); err != nil {
		return s, err
	}
	minutes := usualMinutes
	if text := q.Get("minutes"); text != "" {
		if minutes, err = strconv.Atoi(text); err != nil || minutes < leastMinutes || minutes > mostMinutes {
			return s, fault.New(fault.Invalid, "“%[1]s”分钟不行：请写 %[2]d 到 %[3]d 之间的整数。",
				"“%[1]s” minutes will not do: write a whole number from %[2]d to %[3]d.", lang.Short(text), leastMinutes, mostMinutes)
		}
	}
	s.Within = time.Duration(minutes) * time.Minute
	s.AnyHour = q.Get("any") == "1"
	if s.Demand = q.Get("demand"); s.Demand != "" && !demand.ValidKind(s.Demand) {
		return s, fault.New(fault.Invalid, "没有“%s”这种需求。请从页面上的下拉框选。", "There is no demand of the kind “%s”. Choose from the list on the page.", lang.Short(s.Demand))
	}
	return s, nil
}

func (s survey) minutes() int { return int(s.Within.Minutes()) }

// address is path with this survey as its query.
func (s survey) address(path string) string {
	q := url.Values{"minutes": {strconv.Itoa(cmp.Or(s.minutes(), usualMinutes))}}
	if s.Mode != network.Walk {
		q.Set("mode", s.Mode.String())
	}
	if s.chosen {
		q.Set("at", s.At.Format(inputTime))
	}
	if s.AnyHour {
		q.Set("any", "1")
	}
	if s.Demand != "" && s.Demand != demand.People {
		q.Set("demand", s.Demand)
	}
	return path + "?" + q.Encode()
}

// fixed is path with the moment named, for what must show the same as the page.
func (s survey) fixed(path string) string {
	s.chosen = true
	return s.address(path)
}

// runs are the coverages and areas computed lately.
type runs struct {
	coverages *memo[*coverage.Coverage]
	areas     *memo[[]reach.MultiPolygon]
	clocks    *memo[*coverage.Clock]
	trials    *memo[*tried]
	measures  *memo[*cityMeasures]
	circles   *memo[*coverage.Circle]
}

// Two days' hours of one city fit, and a coverage of 50,000 cells is half a
// megabyte.
const runsKept = 48

func newRuns() *runs {
	q := newTurns()
	return &runs{
		coverages: newMemo[*coverage.Coverage](q, runsKept), areas: newMemo[[]reach.MultiPolygon](q, runsKept), clocks: newMemo[*coverage.Clock](q, runsKept),
		trials: newMemo[*tried](q, trialsKept), measures: newMemo[*cityMeasures](q, runsKept), circles: newMemo[*coverage.Circle](q, runsKept),
	}
}

func (r *runs) cover(ctx context.Context, c *City, q coverage.Question) (*coverage.Coverage, error) {
	return r.coverages.get(ctx, c.Revision+c.Survey.Signature(q), func(ctx context.Context) (*coverage.Coverage, error) { return c.Survey.Cover(ctx, q) })
}

// coveragePage answers the planner: whom do the stations reach at this hour?
type coveragePage struct {
	web.Page
	reading
	other *comparison
	gap   int // the rank of the gap that the map opens on, or 0
}

const (
	gapsShown  = 10  // the report has them all
	aroundGapM = 400 // of the map around a gap, to see what is there
)

// comparison is the same question at another hour of the day.
type comparison struct {
	at   time.Time
	cov  *coverage.Coverage
	href string
}

func (p *pages) coverage(w http.ResponseWriter, r *http.Request) error {
	s, err := parseSurvey(r.URL.Query(), p.now())
	if err != nil {
		return err
	}
	city := p.City()
	cov, other, err := p.bothHours(r.Context(), city, s)
	if err != nil {
		return err
	}
	v := coveragePage{other: other, Page: p.Site.Page(r, lang.Text{ZH: "十五分钟服务圈", EN: "Fifteen-minute circle"})}
	v.reading = read(v.Lang, s, city, cov)
	v.Wide = true
	if v.gap, err = strconv.Atoi(r.URL.Query().Get("gap")); err != nil || v.gap < 1 || v.gap > len(cov.Gaps) {
		v.gap = 0 // the list has changed since the link was made
	}
	v.Describe = v.T("走十五分钟以内有驿站可去的人占多少：按真实道路、按那一刻开着的驿站计算。", "What share of the people have a rest station within fifteen minutes on foot, on real streets and counting only those open at the hour.")
	return v.Write(w, r, coverageView(v))
}

func (p *pages) covered(r *http.Request) (survey, *City, *coverage.Coverage, error) {
	s, err := parseSurvey(r.URL.Query(), p.now())
	if err != nil {
		return s, nil, nil, err
	}
	city := p.City()
	cov, err := p.runs.cover(r.Context(), city, s.Question)
	return s, city, cov, err
}

// The hours that are held against each other: the day's work and the late one.
const dayHour, nightHour = 12, 22

// bothHours asks at the hour and, unless the hour does not matter, at the other
// end of the day, side by side.
func (p *pages) bothHours(ctx context.Context, city *City, s survey) (cov *coverage.Coverage, other *comparison, err error) {
	var both errgroup.Group
	both.Go(fault.Safely(func() (err error) {
		cov, err = p.runs.cover(ctx, city, s.Question)
		return err
	}))
	if !s.AnyHour {
		there := s.otherEnd()
		other = &comparison{at: there.At, href: there.address("/coverage")}
		both.Go(fault.Safely(func() (err error) {
			other.cov, err = p.runs.cover(ctx, city, there.Question)
			return err
		}))
	}
	return cov, other, both.Wait()
}

// otherEnd is the same question at the other end of the day.
func (s survey) otherEnd() survey {
	hour := nightHour
	if s.At.Hour() >= 18 || s.At.Hour() < 6 {
		hour = dayHour
	}
	s.At, s.chosen = calendar.DateOf(s.At).Start(s.At.Location()).Add(time.Duration(hour)*time.Hour), true
	return s
}

// quickHours are the hours that a planner looks at in turn.
func (v coveragePage) quickHours() []web.Choice {
	var out []web.Choice
	for _, hour := range []int{3, 8, 12, 18, 22} {
		s := v.survey
		s.At, s.chosen, s.AnyHour = calendar.DateOf(s.At).Start(s.At.Location()).Add(time.Duration(hour)*time.Hour), true, false
		out = append(out, web.Choice{Label: s.At.Format("15:04"), Value: s.address("/coverage"), On: s.At.Equal(v.survey.At) && !v.survey.AnyHour})
	}
	return out
}

func (v coveragePage) command() string { return Command(v.city, v.survey.Question) }

// Command is the command line that computes the same coverage again.
func Command(city *City, q coverage.Question) string {
	c := "xiadu coverage"
	if city.Inputs != "" {
		c += " " + city.Inputs
	}
	return c + questionFlags(q)
}

// questionFlags are the flags of xiadu coverage that say what is asked.
func questionFlags(q coverage.Question) string {
	flags := " --mode " + q.Mode.String() + " --minutes " + strconv.Itoa(int(q.Within.Minutes()))
	if q.Demand != "" {
		flags += " --kind " + q.Demand
	}
	if q.AnyHour {
		return flags + " --any-hour"
	}
	return flags + " --at " + q.At.Format(inputTime)
}

func (v coveragePage) minuteOptions() []option { return minuteOptions(v.Lang, v.survey.minutes()) }

func minuteOptions(l lang.Lang, chosen int) []option {
	var out []option
	for _, m := range []int{5, 10, 15, 20, 30} {
		out = append(out, option{strconv.Itoa(m), l.F("%d 分钟", "%d minutes", m), m == chosen})
	}
	for _, o := range out {
		if o.on {
			return out
		}
	}
	return append(out, option{strconv.Itoa(chosen), l.F("%d 分钟", "%d minutes", chosen), true})
}

// demandOptions are the kinds of demand to choose from.
func (c *City) demandOptions(l lang.Lang, chosen string) []option {
	var out []option
	for i, d := range c.Survey.Demands {
		out = append(out, option{d.Kind, d.Name().In(l), d.Kind == chosen || chosen == "" && i == 0})
	}
	return out
}

func (v coveragePage) mapView() web.MapView {
	m := groundView(v.city)
	m.Label, m.Tall = v.T("覆盖地图", "Map of the coverage"), true
	m.StationTiles = stationTilesAt(v.city, v.survey.At)
	if v.gap > 0 {
		m.Box = degreesOf(v.cov.Gaps[v.gap-1].Box.Pad(aroundGapM))
	}
	m.Minutes = v.survey.minutes()
	m.Areas, m.Demand = v.survey.fixed("/map/areas"), v.survey.fixed("/map/demand")
	return m
}
