package station

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
)

// course is what some hours come to from a midnight on: closed or open, and then
// each minute at which that turns. Someone who asks for a station sets out on that
// day and arrives within maxReach, so it is worked out once for all who ask that
// day, and a station's door costs a few comparisons.
type course struct {
	known bool
	open  bool   // at midnight
	turns []turn // those within a day and the longest way, and one more
}

// turn is when a course changes.
type turn struct {
	minute int // since the course's midnight
	at     time.Time
}

func (h Hours) course(day calendar.Date, zone *time.Location) *course {
	const last = minutesPerDay + int((maxReach+minStay)/time.Minute)
	c := &course{known: h.Known()}
	if !c.known {
		return c
	}
	midnight := day.Start(zone)
	c.open = h.end(day, 0) > 0
	for minute, ok := 0, true; ok && minute <= last; {
		// Further than Until looks, since it may be asked up to the last minute.
		if minute, ok = h.next(day, minute, untilDays+3); ok {
			c.turns = append(c.turns, turn{minute, clock(midnight, day, minute)})
		}
	}
	return c
}

// at returns whether it is open at a minute, and how many turns come before.
func (c *course) at(minute int) (open bool, turns int) {
	for turns < len(c.turns) && c.turns[turns].minute <= minute {
		turns++
	}
	return c.open != (turns%2 == 1), turns
}

// standing is that of an operating station for who arrives at the minute.
func (c *course) standing(minute int) Standing {
	if !c.known {
		return HoursUnknown
	}
	open, n := c.at(minute)
	switch {
	case !open:
		return OpensLater
	case n == len(c.turns) || c.turns[n].minute >= minute+int(minStay/time.Minute):
		return OpenOnArrival
	}
	return ClosingSoon
}

// until is Hours.Until, as a zero time if it is false.
func (c *course) until(minute int) time.Time {
	if _, n := c.at(minute); n < len(c.turns) && c.turns[n].minute <= minute+untilDays*minutesPerDay {
		return c.turns[n].at
	}
	return time.Time{}
}

// day is the courses of one day in one zone, made when they are first asked for.
type day struct {
	date    calendar.Date
	zone    *time.Location
	hours   []Hours // distinct
	courses []atomic.Pointer[course]
}

// of returns the course of the i-th hours. Two who ask for it first at once make
// it twice, and the same.
func (d *day) of(i int32) *course {
	c := d.courses[i].Load()
	if c == nil {
		c = d.hours[i].course(d.date, d.zone)
		d.courses[i].Store(c)
	}
	return c
}

// departure is when somebody sets out.
type departure struct {
	at  time.Time
	day *day
	// sinceMidnight is by the clock on the wall, which goes as time does until they
	// arrive unless somebody turns it: then steady is false, and the courses do not
	// hold.
	sinceMidnight time.Duration
	steady        bool
}

// minute returns the minute of the day in which someone is there after a way.
func (m *departure) minute(way time.Duration) int {
	return int((m.sinceMidnight + way) / time.Minute)
}

// days keeps the last few days and the last departure that somebody asked about:
// nearly everybody asks about now.
type days struct {
	last atomic.Pointer[departure]
	mu   sync.Mutex
	kept []*day // the newest first
}

const mostDays = 8

// departure returns the departure at t; hours are the distinct hours of the network.
func (d *days) departure(t time.Time, hours []Hours) *departure {
	m := d.last.Load()
	if m != nil && m.at.Equal(t) && m.at.Location() == t.Location() {
		return m
	}
	_, offset := t.Zone()
	_, later := t.Add(maxReach + minStay).Zone()
	hour, minute, second := t.Clock()
	m = &departure{at: t, day: d.day(calendar.DateOf(t), t.Location(), hours), steady: offset == later}
	m.sinceMidnight = time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute +
		time.Duration(second)*time.Second + time.Duration(t.Nanosecond())
	d.last.Store(m)
	return m
}

func (d *days) day(date calendar.Date, zone *time.Location, hours []Hours) *day {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.IndexFunc(d.kept, func(k *day) bool { return k.date == date && k.zone == zone })
	if i >= 0 {
		return d.kept[i]
	}
	k := &day{date: date, zone: zone, hours: hours, courses: make([]atomic.Pointer[course], len(hours))}
	d.kept = slices.Insert(d.kept, 0, k)
	d.kept = d.kept[:min(len(d.kept), mostDays)]
	return k
}
