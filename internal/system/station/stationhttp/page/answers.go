package page

import (
	"context"
	"net/http"
	"strconv"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/shared"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/onepage"
)

func (r *runs) Measure(ctx context.Context, c *city.City, q coverage.AreaQuestion) (*figures.CityMeasures, error) {
	key := c.Revision + " areas " + q.Mode.String() + " " + strconv.Itoa(q.Minutes) + " " + q.Demand + " " + q.From.String()
	if q.Day != nil {
		key += " on " + q.Day.String()
	}
	return r.measures.Get(ctx, key, func(ctx context.Context) (*figures.CityMeasures, error) { return figures.MeasureCity(ctx, c, q) })
}

func (r *runs) Circle(ctx context.Context, c *city.City, cov *coverage.Coverage, radius int) (*coverage.Circle, error) {
	key := c.Revision + "circle" + strconv.Itoa(radius) + c.Survey.Signature(cov.Question)
	return r.circles.Get(ctx, key, func(ctx context.Context) (*coverage.Circle, error) { return c.Survey.Circle(ctx, cov, radius) })
}

// runs are the coverages and areas computed lately.
type runs struct {
	Queue     *shared.Queue
	coverages *Memo[*coverage.Coverage]
	Areas     *Memo[[]reach.MultiPolygon]
	clocks    *Memo[*coverage.Clock]
	measures  *Memo[*figures.CityMeasures]
	circles   *Memo[*coverage.Circle]
	maps      *Memo[[]onepage.Map]
}

// Two days' hours of one city fit, and a coverage of 50,000 cells is half a
// megabyte.
const runsKept = 48

func newRuns() *runs {
	q := newTurns()
	return &runs{
		Queue:     q,
		coverages: NewMemo[*coverage.Coverage](q, runsKept), Areas: NewMemo[[]reach.MultiPolygon](q, runsKept), clocks: NewMemo[*coverage.Clock](q, runsKept),
		measures: NewMemo[*figures.CityMeasures](q, runsKept), circles: NewMemo[*coverage.Circle](q, runsKept), maps: NewMemo[[]onepage.Map](q, runsKept),
	}
}

func (r *runs) Cover(ctx context.Context, c *city.City, q coverage.Question) (*coverage.Coverage, error) {
	return r.coverages.Get(ctx, c.Revision+c.Survey.Signature(q), func(ctx context.Context) (*coverage.Coverage, error) { return c.Survey.Cover(ctx, q) })
}

const (
	// GapsShown is how many gaps a page lists; the report has them all.
	GapsShown = 10 // the report has them all
	// AroundGapM is how much of the map is shown around a gap.
	AroundGapM = 400 // of the map around a gap, to see what is there
)

// Covered computes what a request asks of the coverage.
func (p *Pages) Covered(r *http.Request) (ask.Survey, *city.City, *coverage.Coverage, error) {
	city := p.City()
	s, err := ask.ParseSurvey(r.URL.Query(), p.Now())
	if err != nil {
		return s, city, nil, err
	}
	cov, err := p.Runs.Cover(r.Context(), city, s.Question)
	return s, city, cov, err
}

// MinuteOptions are the cutoffs to choose from.
func MinuteOptions(l lang.Lang, chosen int) []Option {
	var out []Option
	for _, m := range []int{5, 10, 15, 20, 30} {
		out = append(out, Option{Value: strconv.Itoa(m), Text: l.F("%d 分钟", "%d minutes", m), On: m == chosen})
	}
	for _, o := range out {
		if o.On {
			return out
		}
	}
	return append(out, Option{Value: strconv.Itoa(chosen), Text: l.F("%d 分钟", "%d minutes", chosen), On: true})
}

// TimesOptions are how many stations a clock may count.
func TimesOptions(l lang.Lang, chosen int) []Option {
	var out []Option
	for k := 1; k <= coverage.CoverTimes; k++ {
		label := l.F("%d 个以上", "%d or more", k)
		if k == 2 {
			label = l.T("2 个以上（交叉覆盖）", "2 or more (cross-covered)")
		}
		out = append(out, Option{Value: strconv.Itoa(k), Text: label, On: k == chosen})
	}
	return out
}

// DemandOptions are the kinds of demand to choose from.
func DemandOptions(c *city.City, l lang.Lang, chosen string) []Option {
	out := DemandsBut(c, l, chosen)
	if chosen == "" && len(out) > 0 {
		out[0].On = true
	}
	return out
}

// DemandsBut are the kinds of demand of a list that begins with none of them.
func DemandsBut(c *city.City, l lang.Lang, chosen string) []Option {
	var out []Option
	for _, d := range c.Survey.Demands {
		out = append(out, Option{Value: d.Kind, Text: d.Name().In(l), On: d.Kind == chosen})
	}
	return out
}

// week and day keep the clocks that were wound lately; the hour that a question
// names does not matter to them.
func (r *runs) Week(ctx context.Context, c *city.City, q coverage.Question, from calendar.Date) (*coverage.Clock, error) {
	return r.clocks.Get(ctx, c.Revision+"week from "+from.String()+clockKey(q), func(ctx context.Context) (*coverage.Clock, error) {
		return c.Survey.WeekOn(ctx, q, c.Survey.Timetable().UsualDates(from))
	})
}

func (r *runs) Day(ctx context.Context, c *city.City, q coverage.Question, day calendar.Date) (*coverage.Clock, error) {
	return r.clocks.Get(ctx, c.Revision+day.String()+clockKey(q), func(ctx context.Context) (*coverage.Clock, error) { return c.Survey.Day(ctx, q, day, nil) })
}

func clockKey(q coverage.Question) string {
	return " " + q.Mode.String() + " " + q.Within.String() + " " + q.Demand + " " + strconv.FormatBool(q.AnyHour)
}
