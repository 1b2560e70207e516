package network

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
)

// horizon is how far after a midnight somebody who sets out on that day may ask
// whether a station stays open.
const horizon = 24*time.Hour + maxReach + minStay

// standingAt is that of an operating station for who arrives at the minute.
func standingAt(c *opening.Course, minute int) Standing {
	switch {
	case !c.Known():
		return HoursUnknown
	case c.OpenThrough(minute, minute+int(minStay/time.Minute)):
		return OpenOnArrival
	case c.At(minute):
		return ClosingSoon
	}
	return OpensLater
}

// day is the courses of one day in one zone, made when they are first asked for.
type day struct {
	date    calendar.Date
	zone    *time.Location
	hours   []opening.Hours // distinct
	courses []atomic.Pointer[opening.Course]
}

// of returns the course of the i-th hours. Two who ask for it first at once make
// it twice, and the same.
func (d *day) of(i int32) *opening.Course {
	c := d.courses[i].Load()
	if c == nil {
		c = d.hours[i].Course(d.date, d.zone, horizon)
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
func (d *days) departure(t time.Time, hours []opening.Hours) *departure {
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

func (d *days) day(date calendar.Date, zone *time.Location, hours []opening.Hours) *day {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.IndexFunc(d.kept, func(k *day) bool { return k.date == date && k.zone == zone })
	if i >= 0 {
		return d.kept[i]
	}
	k := &day{date: date, zone: zone, hours: hours, courses: make([]atomic.Pointer[opening.Course], len(hours))}
	d.kept = slices.Insert(d.kept, 0, k)
	d.kept = d.kept[:min(len(d.kept), mostDays)]
	return k
}
