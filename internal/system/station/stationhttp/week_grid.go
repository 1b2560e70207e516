package stationhttp

import (
	"strconv"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
)

// hourCell is one hour of a clock. Its figure is the lowest share in the hour,
// so that an hour in which the doors close at half past is not called covered;
// its pieces are drawn to the minute.
type hourCell struct {
	worst  coverage.Span
	from   int // the minute of the day at which the worst begins
	pieces []piece
}

// piece is a part of an hour with one share.
type piece struct {
	from, to int // minutes of the hour
	level    int
}

// hourCells cuts a day of a clock, which begins at a minute of it, into hours.
func hourCells(c *coverage.Clock, begin, times int) []hourCell {
	out := make([]hourCell, 0, 24)
	for hour := range 24 {
		from, to := begin+hour*60, begin+hour*60+60
		var cell hourCell
		first := true
		for at := from; at < to; {
			s := c.At(at)
			end := min(s.To, to)
			p := piece{at - from, end - from, level(s, times)}
			if n := len(cell.pieces); n > 0 && cell.pieces[n-1].level == p.level {
				cell.pieces[n-1].to = p.to
			} else {
				cell.pieces = append(cell.pieces, p)
			}
			if first || s.Share(times) < cell.worst.Share(times) {
				cell.worst, cell.from, first = s, at-begin, false
			}
			at = end
		}
		out = append(out, cell)
	}
	return out
}

// level is the share in tenths, rounded down: 10 is all. Nothing at all is -1,
// which is hatched.
func level(s coverage.Span, times int) int {
	if s.Covered[times] == 0 {
		return -1
	}
	return int(10 * s.Covered[times] / s.Covered[0])
}

// levelClass names the style of a level.
func levelClass(level int) string {
	if level < 0 {
		return "lv-none"
	}
	return "lv" + strconv.Itoa(level)
}

// class is the style of a cell: of its one level, or of one that is mixed.
func (h hourCell) class() string {
	if len(h.pieces) == 1 {
		return "ck " + levelClass(h.pieces[0].level)
	}
	return "ck ck-mixed"
}

// wholePercent is a share in whole per cent, short enough for a cell: what is not all
// is never 100.
func wholePercent(s coverage.Span, times int) string {
	return lang.PercentDown(int64(s.Covered[times]), int64(s.Covered[0]), 0)
}

func shareOf(s coverage.Span, times int) string {
	return lang.Percent(s.Covered[times].Float(), s.Covered[0].Float())
}

// extremes are the spans of a clock with the lowest and the highest share among
// those whose minute of the day lies between two; from is when the lowest begins.
func extremes(c *coverage.Clock, times, from, to int) (low, high coverage.Span) {
	first := true
	for day := 0; day < c.Minutes; day += minutesPerDay {
		for _, s := range c.Spans {
			cut := s
			cut.From, cut.To = max(s.From, day+from), min(s.To, day+to)
			if cut.From >= cut.To || s.Covered[0] == 0 {
				continue
			}
			if first || cut.Share(times) < low.Share(times) {
				low = cut
			}
			if first || cut.Share(times) > high.Share(times) {
				high = cut
			}
			first = false
		}
	}
	return low, high
}

// mean is the share over all minutes of a clock, each minute as long as another.
func mean(c *coverage.Clock, times int) float64 {
	sum, minutes := 0.0, 0
	for _, s := range c.Spans {
		if s.Covered[0] > 0 {
			sum += s.Share(times) * float64(s.To-s.From)
			minutes += s.To - s.From
		}
	}
	if minutes == 0 {
		return 0
	}
	return sum / float64(minutes)
}

// minuteWords says a minute of a clock: 周一 07:30, or 07:30 on a named day. The
// last is 24:00, not the morning after.
func minuteWords(l lang.Lang, c *coverage.Clock, minute int, end bool) string {
	day, rest := minute/minutesPerDay, minute%minutesPerDay
	if end && rest == 0 && minute > 0 {
		day, rest = day-1, minutesPerDay
	}
	clock := hourWords(rest)
	if c.Minutes <= minutesPerDay {
		return clock
	}
	return dayOfWeek(l, day) + " " + clock
}

func hourWords(minute int) string {
	return two(minute/60) + ":" + two(minute%60)
}

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// dayOfWeek names the days of a clock's week, from Monday.
func dayOfWeek(l lang.Lang, day int) string {
	name := weekdays[(day+1)%7].In(l)
	if l == lang.EN {
		return name[:3]
	}
	return name
}

// spanWords says a span: 周一 07:30–08:00.
func spanWords(l lang.Lang, c *coverage.Clock, s coverage.Span) string {
	from, to := minuteWords(l, c, s.From, false), minuteWords(l, c, s.To, true)
	if c.Minutes > minutesPerDay && s.From/minutesPerDay == (s.To-1)/minutesPerDay {
		to = hourWords((s.To-1)%minutesPerDay + 1)
	}
	return from + "–" + to
}

// weekdayIndex is the place of a date in a clock's week.
func weekdayIndex(d calendar.Date) int { return (int(d.Weekday()) + 6) % 7 }
