package station

import (
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
)

// firstChecked is the first day on which a station can have been seen: there were none
// before. A year of two digits, or none, is a slip of the hand.
var firstChecked = calendar.On(2000, time.January, 1)

// checked reads the day on which a station was seen.
func (r *rowReader) checked(n int, text string) calendar.Date {
	if text == "" {
		return calendar.Date{}
	}
	day, ok := r.day(n, text)
	if ok && day.Before(firstChecked) {
		r.issue(n, FieldChecked, "%s 太早了：请填 2000 年以后有人到场看过的日期，不知道就空着", "%s is too early: write the day after 1999 on which somebody went and looked, or leave it empty", day)
	}
	return day
}

// unseen is what is wrong with a station that was seen on a day that has not come yet.
func (s Station) unseen(now time.Time) (Flaw, bool) {
	today := calendar.DateOf(now.In(calendar.China))
	return Flaw{FieldChecked, lang.Text{
		ZH: s.Checked.String() + " 还没有到：请填有人到场看过的日期，最晚是今天 " + today.String(),
		EN: s.Checked.String() + " has not come yet: write the day on which somebody went and looked, at the latest today, " + today.String(),
	}}, today.Before(s.Checked)
}

// unseen adds what is wrong with the days that have not come yet.
func (b Batch) unseen(now time.Time) error {
	b.Issues = Issues{}
	for i, s := range b.Stations {
		if flaw, wrong := s.unseen(now); wrong {
			row := i + 1 // of a batch that was not read from rows
			if i < len(b.rows) {
				row = b.rows[i]
			}
			b.Issues.add(row, flaw.Field, flaw.Text)
		}
	}
	return b.Err()
}

// day reads a date. Many sheets have the time beside it, which does not matter.
func (r *rowReader) day(n int, text string) (calendar.Date, bool) {
	if serial, err := strconv.ParseFloat(text, 64); err == nil && serial > 20000 && serial < 80000 {
		return calendar.On(1899, time.December, 30).Add(int(serial)), true // as spreadsheets store dates
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return calendar.DateOf(at.In(calendar.China)), true
	}
	d, err := calendar.ParseDate(dayOf(text))
	if err != nil {
		r.fault(n, FieldChecked, err)
	}
	return d, err == nil
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
