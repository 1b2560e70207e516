package opening

import (
	"fmt"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
)

// weekdays is a set of days of the week; bit n is time.Weekday(n).
type weekdays uint8

const everyDay weekdays = 1<<7 - 1

func (w weekdays) has(d time.Weekday) bool { return w>>d&1 == 1 }

// datedRule gives the hours of the chosen weekdays in a range of dates.
type datedRule struct {
	dates dateRange
	days  weekdays
	open  []Interval
	note  string // why, as 寒潮延长; may not hold quotes or brackets
}

// dateRange is either a range of dates or a season, which comes every year.
type dateRange struct {
	first, last calendar.Date // a range of dates, unless they are…
	season      bool          // …a season, and then only from and to count
	from, to    yearDay
}

// yearDay is a day of any year.
type yearDay struct {
	month time.Month
	day   int
}

func (a yearDay) after(b yearDay) bool {
	return a.month > b.month || a.month == b.month && a.day > b.day
}

func (r dateRange) contains(d calendar.Date) bool {
	if !r.season {
		return !d.Before(r.first) && !r.last.Before(d)
	}
	_, month, day := d.Civil()
	at := yearDay{month, day}
	if r.from.after(r.to) { // over the new year
		return !r.from.after(at) || !at.after(r.to)
	}
	return !r.from.after(at) && !at.after(r.to)
}

// lastDated returns the last written rule for a day among the seasons or among
// the exceptions.
func (r *rules) lastDated(day calendar.Date, weekday time.Weekday, season bool) *datedRule {
	for i := len(r.dated) - 1; i >= 0; i-- {
		d := &r.dated[i]
		if d.dates.season == season && d.days.has(weekday) && d.dates.contains(day) {
			return d
		}
	}
	return nil
}

func (r dateRange) osm() string {
	if r.season {
		if r.from == r.to {
			return r.from.osm()
		}
		return r.from.osm() + "-" + r.to.osm()
	}
	if r.first == r.last {
		return osmDate(r.first)
	}
	return osmDate(r.first) + "-" + osmDate(r.last)
}

func (a yearDay) osm() string { return fmt.Sprintf("%s %02d", a.month.String()[:3], a.day) }

func osmDate(d calendar.Date) string {
	y, m, day := d.Civil()
	return fmt.Sprintf("%d %s", y, yearDay{m, day}.osm())
}

func (r dateRange) in(l lang.Lang) string {
	a, b := r.from.in(l), r.to.in(l)
	if !r.season {
		a, b = dateIn(l, r.first), dateIn(l, r.last)
	}
	if a == b {
		return a
	}
	return a + l.T("至", "–") + b
}

func (a yearDay) in(l lang.Lang) string {
	return l.F("%[2]d月%[3]d日", "%[3]d %[1]s", a.month.String()[:3], int(a.month), a.day)
}

func dateIn(l lang.Lang, d calendar.Date) string {
	y, m, day := d.Civil()
	s := yearDay{m, day}.in(l)
	return l.F("%[1]d年%[2]s", "%[2]s %[1]d", y, s)
}

// Exception is a stretch of dates with hours of their own, such as longer ones in
// a cold wave.
type Exception struct {
	First, Last calendar.Date
	Note        string // why, as somebody wrote it: 寒潮延长
}

// Exceptions returns the dated exceptions, as they were written. A stretch with
// other hours at the weekend comes twice.
func (h Hours) Exceptions() []Exception {
	if h.rules == nil {
		return nil
	}
	var out []Exception
	for _, d := range h.dated {
		if !d.dates.season {
			out = append(out, Exception{d.dates.first, d.dates.last, d.note})
		}
	}
	return out
}

// Excepted reports whether a day has hours by a dated exception.
func (h Hours) Excepted(day calendar.Date) bool {
	return h.rules != nil && h.lastDated(day, day.Weekday(), false) != nil
}
