package words

import (
	"strconv"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
)

// WholePercent is a share in whole per cent, short enough for a cell: what is not all
// is never 100.
func WholePercent(s coverage.Span, times int) string {
	return lang.PercentDown(int64(s.Covered[times]), int64(s.Covered[0]), 0)
}

// ShareOf is the share of a span that reaches so many stations.
func ShareOf(s coverage.Span, times int) string {
	return lang.Percent(s.Covered[times].Float(), s.Covered[0].Float())
}

// minuteWords says a minute of a clock: 周一 07:30, or 07:30 on a named day. The
// last is 24:00, not the morning after.
func minuteWords(l lang.Lang, c *coverage.Clock, minute int, end bool) string {
	day, rest := minute/coverage.MinutesPerDay, minute%coverage.MinutesPerDay
	if end && rest == 0 && minute > 0 {
		day, rest = day-1, coverage.MinutesPerDay
	}
	clock := HourWords(rest)
	if c.Minutes <= coverage.MinutesPerDay {
		return clock
	}
	return DayOfWeek(l, day) + " " + clock
}

// HourWords names an hour of the day.
func HourWords(minute int) string {
	return two(minute/60) + ":" + two(minute%60)
}

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// DayOfWeek names the days of a clock's week, from Monday.
func DayOfWeek(l lang.Lang, day int) string {
	name := Weekdays[(day+1)%7].In(l)
	if l == lang.EN {
		return name[:3]
	}
	return name
}

// SpanWords says a span: 周一 07:30–08:00.
func SpanWords(l lang.Lang, c *coverage.Clock, s coverage.Span) string {
	from, to := minuteWords(l, c, s.From, false), minuteWords(l, c, s.To, true)
	if c.Minutes > coverage.MinutesPerDay && s.From/coverage.MinutesPerDay == (s.To-1)/coverage.MinutesPerDay {
		to = HourWords((s.To-1)%coverage.MinutesPerDay + 1)
	}
	return from + "–" + to
}

// WeekdayIndex is the place of a date in a clock's week.
func WeekdayIndex(d calendar.Date) int { return (int(d.Weekday()) + 6) % 7 }
