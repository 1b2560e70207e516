package coverage

import (
	"context"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/geo/reach"
)

// WeekOn computes coverage through a week that is put together of seven dates,
// by the hours that hold on each; see UsualDates.
func (v *Survey) WeekOn(ctx context.Context, q Question, dates opening.Dates) (*Clock, error) {
	s := v.asItIs()
	return s.clock(ctx, q, &Clock{Dates: dates, Minutes: 7 * opening.MinutesPerDay}, nil, func(h opening.Hours) []opening.Interval { return h.OnDates(dates) })
}

// WeeksOn computes such a week of several parts of the demand at once, each given
// as indexes of cells: what is open and who reaches it is gone through once,
// however many parts there are.
func (v *Survey) WeeksOn(ctx context.Context, q Question, dates opening.Dates, parts [][]int32) ([]*Clock, error) {
	return v.asItIs().clocks(ctx, q, Clock{Dates: dates, Minutes: 7 * opening.MinutesPerDay}, parts, func(h opening.Hours) []opening.Interval { return h.OnDates(dates) })
}

// Days computes a named day of several parts of the demand at once.
func (v *Survey) Days(ctx context.Context, q Question, day calendar.Date, parts [][]int32) ([]*Clock, error) {
	return v.asItIs().clocks(ctx, q, Clock{Day: day, Minutes: opening.MinutesPerDay}, parts, func(h opening.Hours) []opening.Interval { return h.Through(day) })
}

// partFigures are the coverage of each part by one set of open stations, by day
// and by night.
type partFigures [][2][CoverTimes + 1]reach.Weight

func (s *Scenario) clocks(ctx context.Context, q Question, blank Clock, parts [][]int32, open func(opening.Hours) []opening.Interval) ([]*Clock, error) {
	w, err := s.winding(q, &blank, open)
	if err != nil {
		return nil, err
	}
	var sets []partFigures
	w.seen = func(counts []uint8) { sets = append(sets, w.sumUp(parts, counts)) }
	if err := w.run(ctx); err != nil {
		return nil, err
	}
	places := s.survey.placed[blank.Question.Mode][w.demand]
	out := make([]*Clock, len(parts))
	for p, cells := range parts {
		c := blank
		c.Unreachable = [2]reach.Weight{}
		c.Spans = make([]Span, len(blank.Spans))
		for i, span := range blank.Spans {
			span.Covered = sets[span.Set][p][0]
			if span.Night {
				span.Covered = sets[span.Set][p][1]
			}
			c.Spans[i] = span
		}
		for _, i := range cells {
			if !places[i].OK {
				c.Unreachable[0] += w.weights[0][i]
				c.Unreachable[1] += w.weights[1][i]
			}
		}
		out[p] = &c
	}
	return out, nil
}

// sumUp adds up what the cells of each part reach.
func (w *winding) sumUp(parts [][]int32, counts []uint8) partFigures {
	out := make(partFigures, len(parts))
	for p, cells := range parts {
		for _, i := range cells {
			for night := range w.weights {
				out[p][night][counts[i]] += w.weights[night][i]
			}
		}
		for night := range w.weights { // exactly so many becomes at least so many
			for k := CoverTimes; k > 0; k-- {
				out[p][night][k-1] += out[p][night][k]
			}
		}
	}
	return out
}
