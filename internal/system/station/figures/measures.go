package figures

import (
	"context"
	"fmt"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/system/station/area"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
)

// CityMeasures is all areas of a city held against their targets, and its
// divisions and zones added up.
type CityMeasures struct {
	Question  coverage.AreaQuestion
	dates     opening.Dates
	Areas     []coverage.Measure // by code
	Divisions []PartMeasure      // from the province down
	Zones     []PartMeasure
	Outside   PartMeasure // what no division has
}

// PartMeasure is one line of the roll-up. Without a target of its own it is
// shown at its lowest between seven in the morning and nine in the evening.
type PartMeasure struct {
	Division gb.Division
	Area     *area.Area // nil: known by the divisions below
	Cells    int
	Clock    *coverage.Clock // nil: nobody is there
}

// MeasureCity measures all areas and adds the divisions up.
func MeasureCity(ctx context.Context, c *city.City, q coverage.AreaQuestion) (*CityMeasures, error) {
	m := &CityMeasures{Question: q, dates: c.Survey.Timetable().UsualDates(q.From)}
	var err error
	if m.Areas, err = c.Areas.Measure(ctx, q); err != nil {
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
	part := func(i int, p coverage.Part) PartMeasure {
		out := PartMeasure{Division: p.Division, Cells: len(p.Cells), Clock: clocks[i]}
		if p.Area >= 0 {
			out.Area = &c.Areas.Areas[p.Area]
		}
		return out
	}
	m.Outside = PartMeasure{Cells: len(outside), Clock: clocks[0]}
	for i, p := range divisions {
		m.Divisions = append(m.Divisions, part(1+i, p))
	}
	for i, p := range zones {
		m.Zones = append(m.Zones, part(1+len(divisions)+i, p))
	}
	return m, nil
}

func partClocks(ctx context.Context, c *city.City, q coverage.AreaQuestion, dates opening.Dates, parts [][]int32) ([]*coverage.Clock, error) {
	cover := coverage.Question{Mode: q.Mode, Demand: q.Demand, Within: minutesOf(q.Minutes)}
	if q.Day != nil {
		return c.Survey.Days(ctx, cover, *q.Day, parts)
	}
	return c.Survey.WeeksOn(ctx, cover, dates, parts)
}

// Lowest are the spans of a line with the lowest share between seven and nine in
// the evening, for one station and for two.
func (p PartMeasure) Lowest() (out [2]coverage.Span) {
	for k := range out {
		out[k], _ = coverage.Extremes(p.Clock, k+1, coverage.WorkFrom, coverage.WorkTo)
	}
	return out
}

// DemandBy is the demand of a clock by day and by night.
func DemandBy(c *coverage.Clock) (day, night reach.Weight) {
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
