// Package opening is when a place is open: hours as people and map makers write
// them, in Chinese and in the OpenStreetMap syntax, and what they come to at an
// instant, on a day and through a week.
//
// Parse reads what people write and ParseOSM what a map extract carries; Hours
// answers OpenAt, Until and Week, and writes itself in one canonical form (String),
// for a reader (Text) and for search engines (SchemaOrg). What is not understood is
// refused, never guessed: somebody walks there because of the answer. Nothing here
// knows what the place is, and nothing is stored.
//
// testdata/*.test is a language of its own in which an office clerk can write down
// what some hours must come to.
package opening

import (
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
)

// Hours says when a place is open: several intervals a day, by weekday, across
// midnight, other hours on holidays and 调休 workdays, by season, and for dated
// exceptions.
//
// The hours of a day are those of the day's first match in this order:
//
//  1. a dated exception, the last written first ("2026 Nov 23-2026 Nov 30 07:00-22:00");
//  2. on a public holiday the holiday hours, if there are any, be it for all ("PH
//     off") or for those that fall on some weekdays ("PH Sa,Su 09:00-12:00");
//  3. on a 调休 workday the hours written for those days, if any ("MW 09:00-12:00");
//  4. a season, the last written first ("Nov 15-Mar 15 Mo-Fr 09:00-17:00");
//  5. the weekday. A 调休 workday counts as a Monday, because hosts work it as
//     they work the week.
//
// An interval belongs to the day on which it begins, wherever it ends. Times
// are wall-clock times at the place; the caller gives instants in its zone.
//
// Hours are immutable. The zero Hours are unknown, which is not open.
type Hours struct{ *rules }

type rules struct {
	week    [7][]Interval // by time.Weekday
	holiday holidays
	makeup  *[]Interval
	dated   []datedRule
}

// Interval is a span of opening, in minutes after midnight: 0 ≤ From < 1440,
// From < To ≤ From+1440. A To past 1440 is on the next day.
type Interval struct{ From, To int }

// MinutesPerDay is the length of a day on the clock.
const MinutesPerDay = 24 * 60

const (
	// untilDays bounds how far ahead Until looks: past a week and a day every
	// ordinary week has come round.
	untilDays = 8
)

// State is what is known about a place at one instant.
type State uint8

// The states. A place whose hours are unknown is never called open.
const (
	Unknown State = iota
	Closed
	Open
)

// Known reports whether anything is known about the hours.
func (h Hours) Known() bool { return h.rules != nil }

// At returns the state at t.
func (h Hours) At(t time.Time) State {
	switch {
	case h.rules == nil:
		return Unknown
	case h.OpenAt(t):
		return Open
	}
	return Closed
}

// OpenAt reports whether the place is known to be open at t. The minute in
// which it closes is closed.
func (h Hours) OpenAt(t time.Time) bool {
	day, minute := wall(t)
	return h.rules != nil && h.end(day, minute) > minute
}

// OpenThroughout reports whether the place is known to be open from the one
// instant to the other without a break.
func (h Hours) OpenThroughout(from, to time.Time) bool {
	day, minute := wall(from)
	if h.rules == nil || h.end(day, minute) <= minute {
		return false
	}
	last, lastMinute := wall(to)
	return h.endBy(day, minute, last.Sub(day)*MinutesPerDay+lastMinute)
}

// Until returns when the state at t changes: the closing time if it is open,
// the next opening if it is closed. It looks eight days ahead and says false if
// nothing changes until then, or if the hours are unknown.
func (h Hours) Until(t time.Time) (time.Time, bool) {
	if h.rules == nil {
		return time.Time{}, false
	}
	day, minute := wall(t)
	at, ok := h.next(day, minute, untilDays)
	if !ok {
		return time.Time{}, false
	}
	return clock(t, day, at), true
}

// Day returns the intervals that begin on a day, in order.
func (h Hours) Day(day calendar.Date) []Interval {
	if h.rules == nil {
		return nil
	}
	return slices.Clone(h.on(day))
}

// Always reports whether the place never closes.
func (h Hours) Always() bool {
	if h.rules == nil || h.makeup != nil && !wholeDay(*h.makeup) {
		return false
	}
	for _, open := range h.week {
		if !wholeDay(open) {
			return false
		}
	}
	for _, open := range h.holiday {
		if open != nil && !wholeDay(*open) {
			return false
		}
	}
	return !slices.ContainsFunc(h.dated, func(r datedRule) bool { return !wholeDay(r.open) })
}

func wholeDay(open []Interval) bool { return len(open) == 1 && open[0] == Interval{0, MinutesPerDay} }

// Week returns the open spans of an ordinary week, one without holidays,
// exceptions or seasons: in minutes since Monday 00:00, in order, joined where
// they touch, cut at the end of Sunday.
func (h Hours) Week() []Interval {
	if h.rules == nil {
		return nil
	}
	const week = 7 * MinutesPerDay
	var spans []Interval
	for n := range 7 {
		for _, i := range h.week[(n+1)%7] {
			from, to := i.From+n*MinutesPerDay, i.To+n*MinutesPerDay
			spans = append(spans, Interval{from, min(to, week)})
			if to > week {
				spans = append(spans, Interval{0, to - week})
			}
		}
	}
	return Joined(spans)
}

// on returns the intervals that begin on a day.
func (r *rules) on(day calendar.Date) []Interval {
	kind, weekday := day.Kind(), day.Weekday()
	if kind == calendar.MakeupWorkday {
		weekday = time.Monday
	}
	if d := r.lastDated(day, weekday, false); d != nil {
		return d.open
	}
	if open := r.holiday[weekday]; kind == calendar.Holiday && open != nil {
		return *open
	}
	if kind == calendar.MakeupWorkday && r.makeup != nil {
		return *r.makeup
	}
	if d := r.lastDated(day, weekday, true); d != nil {
		return d.open
	}
	return r.week[weekday]
}

// end returns the latest end of the intervals open at the minute of day, or -1.
func (r *rules) end(day calendar.Date, minute int) int {
	day, shift := day.Add(minute/MinutesPerDay), minute/MinutesPerDay*MinutesPerDay
	last := -1
	for _, i := range r.on(day) {
		if i.From+shift <= minute && minute < i.To+shift {
			last = max(last, i.To+shift)
		}
	}
	for _, i := range r.on(day.Add(-1)) {
		if to := i.To - MinutesPerDay + shift; minute < to {
			last = max(last, to)
		}
	}
	return last
}

// next returns the minute of day at which what is at the given minute changes,
// and false if that is more than some days ahead.
func (r *rules) next(day calendar.Date, minute, days int) (int, bool) {
	if r.end(day, minute) > minute {
		for at := minute; at <= minute+days*MinutesPerDay; {
			next := r.end(day, at)
			if next <= at {
				return at, true
			}
			at = next
		}
		return 0, false
	}
	day, shift := day.Add(minute/MinutesPerDay), minute/MinutesPerDay*MinutesPerDay
	for n := range days + 1 {
		first := -1
		for _, i := range r.on(day.Add(n)) {
			if from := i.From + n*MinutesPerDay + shift; from > minute && (first < 0 || from < first) {
				first = from
			}
		}
		if first >= 0 {
			return first, first <= minute+days*MinutesPerDay
		}
	}
	return 0, false
}

// endBy reports whether it stays open from the minute of day, where it is
// open, to the later minute.
func (r *rules) endBy(day calendar.Date, minute, later int) bool {
	for minute < later {
		next := r.end(day, minute)
		if next <= minute {
			return false
		}
		minute = next
	}
	return true
}

func wall(t time.Time) (calendar.Date, int) {
	return calendar.DateOf(t), t.Hour()*60 + t.Minute()
}

func clock(t time.Time, day calendar.Date, minute int) time.Time {
	y, m, d := day.Civil()
	return time.Date(y, m, d, 0, minute, 0, 0, t.Location())
}

// Joined sorts spans and joins those that touch or overlap.
func Joined(spans []Interval) []Interval {
	slices.SortFunc(spans, func(a, b Interval) int { return a.From - b.From })
	var out []Interval
	for _, s := range spans {
		if n := len(out); n > 0 && s.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, s.To)
			continue
		}
		out = append(out, s)
	}
	return out
}
