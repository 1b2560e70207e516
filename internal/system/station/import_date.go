package station

import (
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
)

// checked reads the day on which a station was seen. Many sheets have the time
// beside it, which does not matter.
func (r *rowReader) checked(n int, text string) calendar.Date {
	if text == "" {
		return calendar.Date{}
	}
	if serial, err := strconv.ParseFloat(text, 64); err == nil && serial > 20000 && serial < 80000 {
		return calendar.On(1899, time.December, 30).Add(int(serial)) // as spreadsheets store dates
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return calendar.DateOf(at.In(calendar.China))
	}
	d, err := calendar.ParseDate(dayOf(text))
	if err != nil {
		r.fault(n, FieldChecked, err)
	}
	return d
}

// dayOf returns the day of a date with a time, as 2026-11-03, or what cannot be
// one as it is.
func dayOf(text string) string {
	day, clock := text, ""
	if i := strings.IndexAny(text, "日 T\u3000"); i > 0 {
		day, clock = text[:i], strings.TrimLeft(text[i:], "日 T\u3000")
	}
	if clock != "" && (strings.Trim(clock, "0123456789:：.时点分秒 上下午晨晚APMapm") != "" || !strings.ContainsAny(clock, "0123456789")) {
		return text
	}
	parts := strings.Split(strings.NewReplacer("/", "-", ".", "-", "年", "-", "月", "-").Replace(day), "-")
	if len(parts) != 3 {
		return text
	}
	return parts[0] + "-" + two(parts[1]) + "-" + two(parts[2])
}

func two(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}
