package figures

import (
	"context"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
)

// Extras are what a coverage may have beside it.
type Extras struct {
	Clock   bool           // the clock of the question, of Day or else of a usual week
	Day     *calendar.Date // for Clock and Areas
	CircleM int            // the comparison with circles; 0: none
	Areas   bool           // all areas held against their targets
	Kind    string         // the kind of demand for Areas, if not each area's own
	Minutes int            // likewise
}

// Complete states a coverage with its extras.
func Complete(ctx context.Context, c *city.City, cov *coverage.Coverage, q coverage.Question, x Extras) (CoverageFigures, error) {
	f := OfCoverage(c, cov, q.At)
	if x.Clock {
		clock, err := ClockOf(ctx, c, q, x.Day)
		if err != nil {
			return f, err
		}
		figures := OfClock(c, clock)
		f.Clock = &figures
	}
	if x.CircleM > 0 {
		circle, err := c.Survey.Circle(ctx, cov, x.CircleM)
		if err != nil {
			return f, err
		}
		figures := OfCircle(c, cov, circle)
		f.Circle = &figures
	}
	if x.Areas {
		list, err := MeasureAreas(ctx, c, coverage.AreaQuestion{Mode: q.Mode, Demand: x.Kind, Minutes: x.Minutes, Day: x.Day, From: calendar.DateOf(q.At)})
		if err != nil {
			return f, err
		}
		f.Areas = &list
	}
	return f, nil
}

// ClockOf winds the clock of a question: of a day, or of a usual week from the
// question's hour on.
func ClockOf(ctx context.Context, c *city.City, q coverage.Question, day *calendar.Date) (*coverage.Clock, error) {
	if day != nil {
		return c.Survey.Day(ctx, q, *day, nil)
	}
	return c.Survey.WeekOn(ctx, q, c.Survey.Timetable().UsualDates(calendar.DateOf(q.At)))
}
