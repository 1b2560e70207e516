package opening

import (
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
)

// Course is what some hours come to from a midnight on: closed or open, and then
// each minute at which that turns. Who asks about many places on one day works it
// out once for each of their hours, and a door then costs a few comparisons.
type Course struct {
	known bool
	open  bool   // at midnight
	turns []turn // those up to the horizon, and one more
}

// turn is when a course changes.
type turn struct {
	minute int // since the course's midnight
	at     time.Time
}

// Course returns the course of a day, good for any minute up to the horizon,
// which is counted from the day's midnight.
func (h Hours) Course(day calendar.Date, zone *time.Location, horizon time.Duration) *Course {
	c := &Course{known: h.Known()}
	if !c.known {
		return c
	}
	last, midnight := int(horizon/time.Minute), day.Start(zone)
	c.open = h.end(day, 0) > 0
	for minute, ok := 0, true; ok && minute <= last; {
		// Further than Until looks, since it may be asked up to the last minute.
		if minute, ok = h.next(day, minute, untilDays+3); ok {
			c.turns = append(c.turns, turn{minute, clock(midnight, day, minute)})
		}
	}
	return c
}

// Known reports whether anything is known about the hours.
func (c *Course) Known() bool { return c.known }

// At returns whether it is open at a minute.
func (c *Course) At(minute int) bool {
	open, _ := c.at(minute)
	return open
}

// OpenThrough reports whether it is open from the one minute to the other
// without a break.
func (c *Course) OpenThrough(from, to int) bool {
	open, n := c.at(from)
	return open && (n == len(c.turns) || c.turns[n].minute >= to)
}

// at also counts the turns up to a minute.
func (c *Course) at(minute int) (open bool, turns int) {
	for turns < len(c.turns) && c.turns[turns].minute <= minute {
		turns++
	}
	return c.open != (turns%2 == 1), turns
}

// Until is Hours.Until, as a zero time if it is false.
func (c *Course) Until(minute int) time.Time {
	if _, n := c.at(minute); n < len(c.turns) && c.turns[n].minute <= minute+untilDays*MinutesPerDay {
		return c.turns[n].at
	}
	return time.Time{}
}

// Dates are a date for each day of a week, from Monday.
type Dates [7]calendar.Date

// OnDates returns the open spans of seven dates as those of one week.
func (h Hours) OnDates(dates Dates) []Interval {
	var spans []Interval
	for day, d := range dates {
		for _, i := range h.Through(d) {
			spans = append(spans, Interval{i.From + day*MinutesPerDay, i.To + day*MinutesPerDay})
		}
	}
	return Joined(spans)
}

// Through returns when it is open on a day, in minutes after its
// midnight, what is left of the day before among them.
func (h Hours) Through(day calendar.Date) []Interval {
	if h.rules == nil {
		return nil
	}
	var spans []Interval
	for _, i := range h.on(day.Add(-1)) {
		if i.To > MinutesPerDay {
			spans = append(spans, Interval{0, i.To - MinutesPerDay})
		}
	}
	for _, i := range h.on(day) {
		spans = append(spans, Interval{i.From, min(i.To, MinutesPerDay)})
	}
	return Joined(spans)
}
