package dutyhttp

import (
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/web"
)

// endsDay reports whether something is due by the end of a day, which is the midnight after it.
func endsDay(due time.Time) bool {
	t := due.In(calendar.China)
	return t.Equal(calendar.DateOf(t).Start(calendar.China))
}

// lastDay is the day on which it can still be done in time.
func lastDay(due time.Time) calendar.Date {
	return calendar.DateOf(due.Add(-time.Nanosecond).In(calendar.China))
}

func onDay(p web.Page, d calendar.Date) string {
	return p.T(d.Format(), d.Weekday().String()[:3]+" "+d.String())
}

// dueOn is when something is due: a day, with the time where it is within the day.
func dueOn(p web.Page, due time.Time) string {
	d := lastDay(due)
	text := onDay(p, d)
	if endsDay(due) {
		return text
	}
	return text + due.In(calendar.China).Format(" 15:04")
}

// dueToday reports whether it can still be done in time today, and not later.
func dueToday(now, due time.Time) bool {
	return now.Before(due) && lastDay(due) == calendar.DateOf(now.In(calendar.China))
}

// left is how much time there is still, or since when there is none, as one says it.
func left(p web.Page, office clock.Office, now, due time.Time) string {
	today, last := calendar.DateOf(now.In(calendar.China)), lastDay(due)
	if !now.Before(due) {
		n := today.Sub(last)
		if n == 0 {
			return p.T("今天已到期", "fell due today")
		}
		return p.F("超期 %d 天", map[bool]string{true: "%d day late", false: "%d days late"}[n == 1], n)
	}
	if dueToday(now, due) {
		return p.T("今天到期", "due today")
	}
	n := 0
	for d := today.Add(1); !last.Before(d) && n < mostDays; d = d.Add(1) {
		if office.Kind(d).Worked() {
			n++
		}
	}
	switch n {
	case mostDays:
		return p.F("还有 %d 个工作日以上", "more than %d working days", mostDays)
	case 0:
		return p.F("还有 %d 天，都是休息日", "still %d days, all of them off", last.Sub(today))
	case 1:
		return p.T("还有 1 个工作日", "still 1 working day")
	}
	return p.F("还有 %d 个工作日", "still %d working days", n)
}

// mostDays bounds what is counted for a line.
const mostDays = 250
