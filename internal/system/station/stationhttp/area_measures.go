package stationhttp

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/system/station/area"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
)

// cityMeasures is all areas of a city held against their targets, and its
// divisions and zones added up.
type cityMeasures struct {
	question  coverage.AreaQuestion
	dates     opening.Dates
	areas     []coverage.Measure // by code
	divisions []partMeasure      // from the province down
	zones     []partMeasure
	outside   partMeasure // what no division has
}

// partMeasure is one line of the roll-up. Without a target of its own it is
// shown at its lowest between seven in the morning and nine in the evening.
type partMeasure struct {
	division gb.Division
	area     *area.Area // nil: known by the divisions below
	cells    int
	clock    *coverage.Clock // nil: nobody is there
}

// measureCity measures all areas and adds the divisions up.
func measureCity(ctx context.Context, c *City, q coverage.AreaQuestion) (*cityMeasures, error) {
	m := &cityMeasures{question: q, dates: c.Survey.Timetable().UsualDates(q.From)}
	var err error
	if m.areas, err = c.Areas.Measure(ctx, q); err != nil {
		return nil, fmt.Errorf("measure the areas: %w", err)
	}
	divisions, zones, outside := c.Areas.RollUp(q.Demand)
	if len(divisions)+len(zones) == 0 {
		return m, nil
	}
	lists := [][]int32{outside}
	for _, p := range append(divisions, zones...) {
		lists = append(lists, p.Cells)
	}
	clocks, err := partClocks(ctx, c, q, m.dates, lists)
	if err != nil {
		return nil, fmt.Errorf("add the divisions up: %w", err)
	}
	part := func(i int, p coverage.Part) partMeasure {
		out := partMeasure{division: p.Division, cells: len(p.Cells), clock: clocks[i]}
		if p.Area >= 0 {
			out.area = &c.Areas.Areas[p.Area]
		}
		return out
	}
	m.outside = partMeasure{cells: len(outside), clock: clocks[0]}
	for i, p := range divisions {
		m.divisions = append(m.divisions, part(1+i, p))
	}
	for i, p := range zones {
		m.zones = append(m.zones, part(1+len(divisions)+i, p))
	}
	return m, nil
}

func partClocks(ctx context.Context, c *City, q coverage.AreaQuestion, dates opening.Dates, parts [][]int32) ([]*coverage.Clock, error) {
	cover := coverage.Question{Mode: q.Mode, Demand: q.Demand, Within: minutesOf(q.Minutes)}
	if q.Day != nil {
		return c.Survey.Days(ctx, cover, *q.Day, parts)
	}
	return c.Survey.WeeksOn(ctx, cover, dates, parts)
}

// lowest are the spans of a line with the lowest share between seven and nine in
// the evening, for one station and for two.
func (p partMeasure) lowest() (out [2]coverage.Span) {
	for k := range out {
		out[k], _ = extremes(p.clock, k+1, workFrom, workTo)
	}
	return out
}

// demandBy is the demand of a clock by day and by night.
func demandBy(c *coverage.Clock) (day, night reach.Weight) {
	if c == nil {
		return 0, 0
	}
	for _, s := range c.Spans {
		if s.Night {
			night = s.Covered[0]
		} else {
			day = s.Covered[0]
		}
	}
	return day, night
}

// areaSurvey is what somebody asks of areas, in the query:
//
//	mode      walk or ebike
//	minutes   how far is near; by default each area's own
//	demand    the kind of demand; by default each area's own
//	day       a date; by default a usual week
func (p *pages) areaSurvey(q url.Values) (out coverage.AreaQuestion, err error) {
	s, err := parseSurvey(q, p.now())
	if err != nil {
		return out, err
	}
	out = coverage.AreaQuestion{Mode: s.Mode, Demand: s.Demand, From: calendar.DateOf(s.At)}
	if q.Get("minutes") != "" {
		out.Minutes = s.minutes()
	}
	out.Day, err = parseDay(q)
	return out, err
}

// measured is what a request asks of areas.
func (p *pages) measured(r *http.Request) (*City, *cityMeasures, error) {
	city := p.City()
	q, err := p.areaSurvey(r.URL.Query())
	if err != nil {
		return city, nil, err
	}
	m, err := p.runs.measure(r.Context(), city, q)
	return city, m, err
}

func (r *runs) measure(ctx context.Context, c *City, q coverage.AreaQuestion) (*cityMeasures, error) {
	key := c.Revision + " areas " + q.Mode.String() + " " + strconv.Itoa(q.Minutes) + " " + q.Demand + " " + q.From.String()
	if q.Day != nil {
		key += " on " + q.Day.String()
	}
	return r.measures.get(ctx, key, func(ctx context.Context) (*cityMeasures, error) { return measureCity(ctx, c, q) })
}
