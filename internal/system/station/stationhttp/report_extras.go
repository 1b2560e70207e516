package stationhttp

import (
	"context"
	"strconv"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
)

// reportExtras are the clock, the circles and the areas of a report.
type reportExtras struct {
	clock  *coverage.Clock // nil: so many pairs that it cannot be wound
	circle *coverage.Circle
	areas  *cityMeasures
}

// extrasOf computes them. What cannot be computed for this question, such as the
// clock of an hour's ride, is left out.
func extrasOf(ctx context.Context, c *City, cov *coverage.Coverage, q coverage.Question) (x reportExtras, err error) {
	if x.clock, err = ClockOf(ctx, c, q, nil); err != nil {
		if ctx.Err() != nil {
			return x, err
		}
		x.clock = nil
	}
	if x.circle, err = c.Survey.Circle(ctx, cov, coverage.DefaultRadiusM); err != nil {
		return x, err
	}
	if len(c.Areas.Areas) > 0 && x.clock != nil {
		x.areas, err = measureCity(ctx, c, coverage.AreaQuestion{Mode: q.Mode, From: calendar.DateOf(q.At)})
	}
	return x, err
}

// The drawing of a clock: a minute is half a unit wide, a day 26 units high.
const (
	clockLeft   = 56
	clockTop    = 22
	clockRow    = 26
	clockHeight = clockTop + 7*clockRow
	clockWidth  = clockLeft + minutesPerDay/2 + 2
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
			day := from / minutesPerDay
			to := min(s.To, (day+1)*minutesPerDay)
			out = append(out, clockBar{
				x: clockLeft + float64(from%minutesPerDay)/2, y: float64(clockTop + day*clockRow), width: float64(to-from) / 2,
				class: levelClass(level(s, 1)), say: spanWords(v.lang, v.extras.clock, s) + " " + shareOf(s, 1) + "%",
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
		for hour, cell := range hourCells(v.extras.clock, day*minutesPerDay, 1) {
			dark := true
			for _, p := range cell.pieces {
				dark = dark && p.level >= 7
			}
			out = append(out, clockText{clockLeft + float64(hour)*30 + 15, float64(clockTop+day*clockRow) + 17, wholePercent(cell.worst, 1), dark})
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
		one.Minutes, one.Spans = minutesPerDay, nil
		for _, s := range v.extras.clock.Spans {
			s.From, s.To = max(s.From-day*minutesPerDay, 0), min(s.To-day*minutesPerDay, minutesPerDay)
			if s.From < s.To {
				one.Spans = append(one.Spans, s)
			}
		}
		d := dayLow{name: dayOfWeek(v.lang, day)}
		d.low1, _ = extremes(&one, 1, workFrom, workTo)
		d.low2, _ = extremes(&one, 2, workFrom, workTo)
		d.lowWords1, d.lowWords2 = spanWords(v.lang, &one, d.low1), spanWords(v.lang, &one, d.low2)
		out = append(out, d)
	}
	return out
}

// overWords says how much the circles claim too much.
func (v report) overWords() string {
	x := v.extras.circle
	return v.lang.F("同样这些开着的驿站，在地图上画 %[1]s 的圈会说 %[2]s%% 的%[7]s有驿站、%[3]s%% 交叉覆盖；沿道路实际是 %[4]s%% 和 %[5]s%%。圈里有、路上到不了的共 %[6]s。",
		"With the same open stations, circles of %[1]s on a map would say that %[2]s%% of the %[7]s are covered and %[3]s%% cross-covered; along the streets it is %[4]s%% and %[5]s%%. In a circle, yet without a way in time: %[6]s.",
		metres(v.lang, uint32(x.RadiusM*10)), lang.Percent(x.Covered[1].Float(), v.cov.Demand.Float()), lang.Percent(x.Covered[2].Float(), v.cov.Demand.Float()),
		lang.Percent(v.cov.Covered[1].Float(), v.cov.Demand.Float()), lang.Percent(v.cov.Covered[2].Float(), v.cov.Demand.Float()), people(x.Only.Float()), v.who())
}

// circleGaps is where only the circle says covered.
func (v report) circleGaps() []GapFigures {
	var out []GapFigures
	for _, g := range v.extras.circle.Gaps[:min(len(v.extras.circle.Gaps), gapsShown)] {
		out = append(out, v.city.gapFigures(g))
	}
	return out
}

// areasInReport bounds the areas of a report; the list has all.
const areasInReport = 200

func whole(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
