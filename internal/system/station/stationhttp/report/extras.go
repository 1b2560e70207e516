package report

import (
	"context"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/grid"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
)

// reportExtras are the clock, the circles and the areas of a report.
type reportExtras struct {
	clock  *coverage.Clock // nil: so many pairs that it cannot be wound
	circle *coverage.Circle
	areas  *figures.CityMeasures
}

// extrasOf computes them. What cannot be computed for this question, such as the
// clock of an hour's ride, is left out.
func extrasOf(ctx context.Context, c *city.City, cov *coverage.Coverage, q coverage.Question) (x reportExtras, err error) {
	if x.clock, err = figures.ClockOf(ctx, c, q, nil); err != nil {
		if ctx.Err() != nil {
			return x, err
		}
		x.clock = nil
	}
	if x.circle, err = c.Survey.Circle(ctx, cov, coverage.DefaultRadiusM); err != nil {
		return x, err
	}
	if len(c.Areas.Areas) > 0 && x.clock != nil {
		x.areas, err = figures.MeasureCity(ctx, c, coverage.AreaQuestion{Mode: q.Mode, From: calendar.DateOf(q.At)})
	}
	return x, err
}

// The drawing of a clock: a minute is half a unit wide, a day 26 units high.
const (
	clockLeft   = 56
	clockTop    = 22
	clockRow    = 26
	clockHeight = clockTop + 7*clockRow
	clockWidth  = clockLeft + coverage.MinutesPerDay/2 + 2
)

// clockBar is a span of a day as it is drawn, to the minute.
type clockBar struct {
	x, y, width float64
	class, say  string
}

// bars are the spans of a week, cut at midnight.
func (v report) bars() []clockBar {
	var out []clockBar
	for _, s := range v.extras.clock.Spans {
		for from := s.From; from < s.To; {
			day := from / coverage.MinutesPerDay
			to := min(s.To, (day+1)*coverage.MinutesPerDay)
			out = append(out, clockBar{
				x: clockLeft + float64(from%coverage.MinutesPerDay)/2, y: float64(clockTop + day*clockRow), width: float64(to-from) / 2,
				class: grid.LevelClass(grid.Level(s, 1)), say: words.SpanWords(v.L, v.extras.clock, s) + " " + words.ShareOf(s, 1) + "%",
			})
			from = to
		}
	}
	return out
}

// clockText is the figure of an hour of the drawing.
type clockText struct {
	x, y float64
	text string
	dark bool // on a dark ground
}

func (v report) clockTexts() []clockText {
	var out []clockText
	for day := range 7 {
		for hour, cell := range grid.Hours(v.extras.clock, day*coverage.MinutesPerDay, 1) {
			dark := true
			for _, p := range cell.Pieces {
				dark = dark && p.Level >= 7
			}
			out = append(out, clockText{clockLeft + float64(hour)*30 + 15, float64(clockTop+day*clockRow) + 17, words.WholePercent(cell.Worst, 1), dark})
		}
	}
	return out
}

// dayLow is the lowest of a weekday.
type dayLow struct {
	name                 string
	low1, low2           coverage.Span
	lowWords1, lowWords2 string
}

// lows are the lowest shares of each weekday between seven and nine in the
// evening, for those who cannot see the drawing.
func (v report) lows() []dayLow {
	var out []dayLow
	for day := range 7 {
		one := *v.extras.clock
		one.Minutes, one.Spans = coverage.MinutesPerDay, nil
		for _, s := range v.extras.clock.Spans {
			s.From, s.To = max(s.From-day*coverage.MinutesPerDay, 0), min(s.To-day*coverage.MinutesPerDay, coverage.MinutesPerDay)
			if s.From < s.To {
				one.Spans = append(one.Spans, s)
			}
		}
		d := dayLow{name: words.DayOfWeek(v.L, day)}
		d.low1, _ = coverage.Extremes(&one, 1, coverage.WorkFrom, coverage.WorkTo)
		d.low2, _ = coverage.Extremes(&one, 2, coverage.WorkFrom, coverage.WorkTo)
		d.lowWords1, d.lowWords2 = words.SpanWords(v.L, &one, d.low1), words.SpanWords(v.L, &one, d.low2)
		out = append(out, d)
	}
	return out
}

// overWords says how much the circles claim too much.
func (v report) overWords() string {
	x := v.extras.circle
	return v.L.F("同样这些开着的驿站，在地图上画 %[1]s 的圈会说 %[2]s%% 的%[7]s有驿站、%[3]s%% 交叉覆盖；沿道路实际是 %[4]s%% 和 %[5]s%%。圈里有、路上到不了的共 %[6]s。",
		"With the same open stations, circles of %[1]s on a map would say that %[2]s%% of the %[7]s are covered and %[3]s%% cross-covered; along the streets it is %[4]s%% and %[5]s%%. In a circle, yet without a way in time: %[6]s.",
		words.Metres(v.L, uint32(x.RadiusM*10)), lang.Percent(x.Covered[1].Float(), v.Cov.Demand.Float()), lang.Percent(x.Covered[2].Float(), v.Cov.Demand.Float()),
		lang.Percent(v.Cov.Covered[1].Float(), v.Cov.Demand.Float()), lang.Percent(v.Cov.Covered[2].Float(), v.Cov.Demand.Float()), words.People(x.Only.Float()), v.Who())
}

// circleGaps is where only the circle says covered.
func (v report) circleGaps() []figures.GapFigures {
	var out []figures.GapFigures
	for _, g := range v.extras.circle.Gaps[:min(len(v.extras.circle.Gaps), page.GapsShown)] {
		out = append(out, figures.OfGap(v.City, g))
	}
	return out
}

// areasInReport bounds the areas of a report; the list has all.
const areasInReport = 200
