package clock

import (
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
)

// hours counts the time that the clock ran: all of it, or within office hours.
func (c *count) hours(part Length, first bool) error {
	left := time.Duration(part.N) * time.Hour
	switch {
	case c.rule.Back:
		c.hoursBack(part, left)
		return nil
	case !part.Working:
		c.elapsed(left, first)
		return nil
	}
	return c.officeHours(left, first)
}

// begin is where a part begins: at the event, or where the part before it ended.
func (c *count) begin(first bool) time.Time {
	switch {
	case first:
		return c.start
	case c.out.Due.IsZero():
		return endOf(c.day) // a part of days
	}
	return c.out.Due
}

func (c *count) elapsed(left time.Duration, first bool) {
	from := c.begin(first)
	if due, on := c.reached(from, left); on {
		c.until(from, due)
	}
}

// until ends at an instant, and lists the days up to it: of one that ends at midnight the day that ends then is the last.
func (c *count) until(from, due time.Time) {
	c.out.Due, c.out.Last = due, dateOf(due.Add(-1))
	for d := dateOf(from); !c.out.Last.Before(d); d = d.Add(1) {
		c.part(d, [2]time.Time{later(from, endOf(d.Add(-1))), earlier(due, endOf(d))})
	}
}

// part adds a day of hours: how long the clock ran within spans of it and, for each reason, how long it stood still.
func (c *count) part(d calendar.Date, spans ...[2]time.Time) {
	s := c.step(d, Counted)
	for _, at := range spans {
		t := at[0]
		for _, stood := range c.stands { // by their beginning; they may overlap
			from, to := later(stood.from, t), at[1]
			if !stood.to.IsZero() {
				to = earlier(stood.to, to)
			}
			if to.After(from) {
				s.hold(stood.reason, to.Sub(from))
				t = to
			}
		}
		s.Hours += c.ranBetween(at[0], at[1])
	}
	if s.Hours == 0 && len(s.Held) > 0 {
		s.Why, s.Pause = Standing, s.Held[0].Pause
	}
}

// hold notes for how long the clock stood still on the day.
func (s *Step) hold(reason string, long time.Duration) {
	i := slices.IndexFunc(s.Held, func(h Held) bool { return h.Pause == reason })
	if i < 0 {
		s.Held, i = append(s.Held, Held{Pause: reason}), len(s.Held)
	}
	s.Held[i].Long += long
}

// ranBetween is how long the clock ran between two times.
func (c *count) ranBetween(from, to time.Time) (run time.Duration) {
	t := from
	for _, s := range c.stands { // by their beginning; they may overlap
		if s.from.After(t) && t.Before(to) {
			run += earlier(s.from, to).Sub(t)
		}
		if s.to.IsZero() {
			t = later(t, to)
		}
		t = later(t, s.to)
	}
	if t.Before(to) {
		run += to.Sub(t)
	}
	return run
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func (c *count) officeHours(left time.Duration, first bool) error {
	t := c.begin(first)
	for d := dateOf(t); ; d = d.Add(1) {
		if err := c.bounded(); err != nil {
			return err
		}
		if !c.worked(d) {
			c.step(d, DayOff)
			continue
		}
		midnight := endOf(d.Add(-1))
		var spans [][2]time.Time
		for _, h := range c.office.hours() {
			from, to := later(t, midnight.Add(h.From)), midnight.Add(h.To)
			if !to.After(from) {
				continue
			}
			if run := c.ranBetween(from, to); run < left {
				left, spans = left-run, append(spans, [2]time.Time{from, to})
				continue
			}
			c.out.Due, _ = c.reached(from, left) // within what it ran
			c.out.Last = d
			c.part(d, append(spans, [2]time.Time{from, c.out.Due})...)
			return nil
		}
		c.part(d, spans...)
		if still, on := c.standing(); on && still.from.Before(endOf(d)) {
			c.out.Standing = still.reason
			return nil
		}
	}
}

// reached is when the clock has run for so long from t on, and false where it stands still
// before.
func (c *count) reached(t time.Time, left time.Duration) (time.Time, bool) {
	for _, s := range c.stands { // by their beginning
		if !s.to.IsZero() && !s.to.After(t) {
			continue
		}
		if run := s.from.Sub(t); run >= left {
			break
		} else if run > 0 {
			left -= run
		}
		if s.to.IsZero() {
			c.out.Standing = s.reason
			return t, false
		}
		t = later(t, s.to)
	}
	return t.Add(left), true
}

// hoursBack goes back from the event: nothing can pause that.
func (c *count) hoursBack(part Length, left time.Duration) {
	t := c.start
	c.out.Due = t.Add(-left)
	if part.Working {
		c.out.Due = c.office.Before(t, left)
	}
	c.out.Last = dateOf(c.out.Due)
	for d := dateOf(t); !d.Before(c.out.Last); d = d.Add(-1) {
		from, to := later(c.out.Due, endOf(d.Add(-1))), earlier(t, endOf(d))
		switch {
		case !part.Working && to.After(from):
			c.part(d, [2]time.Time{from, to})
		case part.Working && !c.worked(d):
			c.step(d, DayOff)
		case part.Working:
			var spans [][2]time.Time
			for _, h := range c.office.hours() {
				midnight := endOf(d.Add(-1))
				if opens, closes := later(from, midnight.Add(h.From)), earlier(to, midnight.Add(h.To)); closes.After(opens) {
					spans = append(spans, [2]time.Time{opens, closes})
				}
			}
			c.part(d, spans...)
		}
	}
}

// Next is the first instant from t on that lies within office hours: when to tell what
// need not wake anybody.
func (o Office) Next(t time.Time) time.Time {
	for d, days := dateOf(t), 0; days < maxSteps; d, days = d.Add(1), days+1 {
		if !o.Kind(d).Worked() {
			continue
		}
		midnight := endOf(d.Add(-1))
		for _, h := range o.hours() {
			if t.Before(midnight.Add(h.To)) {
				return later(t, midnight.Add(h.From))
			}
		}
	}
	return t
}

// Before is the instant so many office hours before t: when to warn of something that is
// due at t. It lies within office hours, on a working day.
func (o Office) Before(t time.Time, long time.Duration) time.Time {
	// A year has some 250 working days; whoever asks for more than a few is mistaken, and gets an end.
	for d, days := dateOf(t), 0; days < maxSteps; d, days = d.Add(-1), days+1 {
		if !o.Kind(d).Worked() {
			continue
		}
		midnight := endOf(d.Add(-1))
		for _, h := range slices.Backward(o.hours()) {
			from, to := midnight.Add(h.From), midnight.Add(h.To)
			if to.After(t) {
				to = t
			}
			if !to.After(from) {
				continue
			}
			if run := to.Sub(from); run < long {
				long -= run
				continue
			}
			return to.Add(-long)
		}
	}
	return t
}
