package timetable

import (
	"cmp"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
)

// usualAhead is how far ahead a usual day is looked for: the longest holidays
// and exceptions are over by then.
const usualAhead = 8 * 7

// UsualDates returns, for each weekday, the first date from a day on that is
// neither a holiday nor a 调休 workday, nor has hours of its own at any station,
// and neither has the day before, whose hours may run past midnight. They are the
// usual week of the season; where there is no such date for eight weeks it is the
// first date of that weekday.
func (t Timetable) UsualDates(from calendar.Date) opening.Dates {
	var out opening.Dates
	var found [7]bool
	for d := from; d.Sub(from) < usualAhead; d = d.Add(1) {
		i := (int(d.Weekday()) + 6) % 7
		if !found[i] && (out[i] == calendar.Date{} || t.usual(d)) {
			out[i], found[i] = d, t.usual(d)
		}
	}
	return out
}

// usual reports whether neither a day nor the day before is out of the ordinary.
func (t Timetable) usual(d calendar.Date) bool {
	for _, d := range []calendar.Date{d, d.Add(-1)} {
		if k := d.Kind(); k == calendar.Holiday || k == calendar.MakeupWorkday {
			return false
		}
		for _, p := range t.Each {
			if p.Hours.Excepted(d) {
				return false
			}
		}
	}
	return true
}

// Exception is a stretch of dates on which some stations keep other hours than
// usual, such as longer ones in a cold wave.
type Exception struct {
	First, Last calendar.Date
	Note        string // why, as somebody wrote it: 寒潮延长
	Stations    int
}

// Exceptions returns the dated exceptions that touch the days from one to
// another, the first to begin first.
func (t Timetable) Exceptions(from, to calendar.Date) []Exception {
	found := map[Exception]int{}
	for _, p := range t.Each {
		once := map[Exception]bool{} // a station may have a rule for weekdays and one for weekends
		for _, d := range p.Hours.Exceptions() {
			if !d.Last.Before(from) && !to.Before(d.First) {
				once[Exception{First: d.First, Last: d.Last, Note: d.Note}] = true
			}
		}
		for e := range once {
			found[e] += len(p.Stations)
		}
	}
	var out []Exception
	for e, stations := range found {
		e.Stations = stations
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b Exception) int {
		return cmp.Or(a.First.Sub(b.First), a.Last.Sub(b.Last), strings.Compare(a.Note, b.Note))
	})
	return out
}
