package station

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
)

// ordinaryAhead is how far ahead an ordinary day is looked for: the longest
// holidays and exceptions are over by then.
const ordinaryAhead = 8 * 7

// OrdinaryDay returns the first date from a day on that is such a weekday and on
// which all stations keep the hours of an ordinary week. Where every such date
// within eight weeks has other hours, as in a season that has its own, it is the
// first that is neither a holiday nor a 调休 workday, and false.
func (n *Network) OrdinaryDay(weekday time.Weekday, from calendar.Date) (calendar.Date, bool) {
	first := from.Add((int(weekday) - int(from.Weekday()) + 7) % 7)
	plain, found := first, false
	for d := first; d.Sub(from) <= ordinaryAhead; d = d.Add(7) {
		if k := d.Kind(); k == calendar.Holiday || k == calendar.MakeupWorkday {
			continue
		}
		if !found {
			plain, found = d, true
		}
		if n.ordinary(d) {
			return d, true
		}
	}
	return plain, false
}

// ordinary reports whether all stations keep the hours of an ordinary week.
func (n *Network) ordinary(d calendar.Date) bool {
	begin := (int(d.Weekday()) + 6) % 7 * minutesPerDay
	for _, p := range n.patterns().each {
		var usual []Interval
		for _, i := range p.hours.Week() {
			if from, to := max(i.From-begin, 0), min(i.To-begin, minutesPerDay); from < to {
				usual = append(usual, Interval{from, to})
			}
		}
		if !slices.Equal(usual, p.hours.through(d)) {
			return false
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
func (n *Network) Exceptions(from, to calendar.Date) []Exception {
	found := map[Exception]int{}
	for _, p := range n.patterns().each {
		if p.hours.rules == nil {
			continue
		}
		once := map[Exception]bool{} // a station may have a rule for weekdays and one for weekends
		for _, d := range p.hours.dated {
			if r := d.dates; !r.season && !r.last.Before(from) && !to.Before(r.first) {
				once[Exception{First: r.first, Last: r.last, Note: d.note}] = true
			}
		}
		for e := range once {
			found[e] += len(p.stations)
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
