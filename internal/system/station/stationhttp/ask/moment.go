package ask

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
)

// InputTime is the form of a datetime-local field, and of ?at.
const InputTime = "2006-01-02T15:04"

// The years that ?at may ask about: longer ago or ahead nothing is known.
const firstYear, lastYear = 2020, 2100

// ParseMoment reads ?at: empty or "now", an hour in the city's zone, or an
// instant with its zone.
func ParseMoment(s string, now time.Time) (t time.Time, chosen bool, err error) {
	s = strings.TrimSpace(s)
	if s == "" || s == "now" {
		return now, false, nil
	}
	for _, layout := range []string{InputTime, "2006-01-02T15:04:05", "2006-01-02 15:04", time.RFC3339} {
		if t, err = time.ParseInLocation(layout, s, now.Location()); err == nil {
			break
		}
	}
	if err != nil {
		return now, false, fault.New(fault.Invalid,
			"时间“%s”读不懂。请写成 2026-11-23T22:00 这样的日期和时刻，或留空表示现在。",
			"The time “%s” cannot be read. Write a date and an hour as 2026-11-23T22:00, or leave it empty for now.", lang.Short(s))
	}
	if t = t.In(now.Location()).Truncate(time.Minute); t.Year() < firstYear || t.Year() > lastYear {
		return now, false, fault.New(fault.Invalid, "时间 %[1]s 太远了：只能问 %[2]d 年到 %[3]d 年。",
			"%[1]s is too far away: ask about the years %[2]d to %[3]d.", t.Format(time.DateOnly), firstYear, lastYear)
	}
	return t, true, nil
}

// ParseTimes reads for how many stations a clock is: once or twice.
func ParseTimes(q url.Values) (int, error) {
	text := q.Get("times")
	if text == "" {
		return 1, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > coverage.CoverTimes {
		return 1, fault.At("times", fault.New(fault.Invalid, "“%[1]s”个驿站不行：请选 1 到 %[2]d。", "“%[1]s” stations will not do: choose 1 to %[2]d.", lang.Short(text), coverage.CoverTimes))
	}
	return n, nil
}

// ParseDay reads ?day; nil is none.
func ParseDay(q url.Values) (*calendar.Date, error) {
	text := q.Get("day")
	if text == "" {
		return nil, nil //nolint:nilnil // no day is no error
	}
	d, err := calendar.ParseDate(text)
	if err != nil {
		return nil, fault.At("day", err)
	}
	if year, _, _ := d.Civil(); year < firstYear || year > lastYear {
		return nil, fault.At("day", fault.New(fault.Invalid, "日期 %[1]s 太远了：只能问 %[2]d 年到 %[3]d 年。", "%[1]s is too far away: ask about the years %[2]d to %[3]d.", text, firstYear, lastYear))
	}
	return &d, nil
}
