package clock

import (
	"slices"
	"time"
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

// until ends at an instant, and lists the days up to it.
func (c *count) until(from, due time.Time) {
	c.out.Due, c.out.Last = due, dateOf(due)
	for d := dateOf(from); !c.out.Last.Before(d); d = d.Add(1) {
		c.step(d, Counted).Hours = c.ranBetween(later(from, endOf(d.Add(-1))), earlier(due, endOf(d)))
	}
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
		today := time.Duration(0)
		midnight := endOf(d.Add(-1))
		for _, h := range c.office.hours() {
			from, to := later(t, midnight.Add(h.From)), midnight.Add(h.To)
			if !to.After(from) {
				continue
			}
			run := c.ranBetween(from, to)
			if run < left {
				left, today = left-run, today+run
				continue
			}
			c.step(d, Counted).Hours = today + left
			c.out.Due, _ = c.reached(from, left) // within what it ran
			c.out.Last = dateOf(c.out.Due)
			return nil
		}
		s := c.step(d, Counted)
		s.Hours = today
		if reason, ran := c.ranOn(d); !ran && today == 0 {
			s.Why, s.Pause = Standing, reason
		}
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

func (c *count) hoursBack(part Length, left time.Duration) {
	t := c.start
	if !part.Working {
		c.out.Due, c.out.Last = t.Add(-left), dateOf(t.Add(-left))
		c.step(c.out.Last, Counted).Hours = left
		return
	}
	c.out.Due = c.office.Before(t, left)
	c.out.Last = dateOf(c.out.Due)
	for d := dateOf(t); !d.Before(c.out.Last); d = d.Add(-1) {
		if why := Counted; c.worked(d) {
			c.step(d, why)
		} else {
			c.step(d, DayOff)
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
