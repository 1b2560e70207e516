package opening

import (
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
)

// holidays are the hours of public holidays by the weekday that they fall on; nil
// where nothing is said of them, so that they are ordinary days.
type holidays [7]*[]Interval

// said returns the weekdays of which something is said.
func (h *holidays) said() (w weekdays) {
	for day, open := range h {
		if open != nil {
			w |= 1 << day
		}
	}
	return w
}

// close shuts the holidays on some weekdays.
func (h *holidays) close(w weekdays) {
	for day := range h {
		if w.has(time.Weekday(day)) {
			h[day] = &[]Interval{}
		}
	}
}

// each visits the weekdays that have the same hours together, in the order of the
// first of each group.
func (h *holidays) each(visit func(days weekdays, open []Interval)) {
	var done weekdays
	for _, day := range monday {
		if h[day] == nil || done.has(day) {
			continue
		}
		var same weekdays
		for _, other := range monday {
			if h[other] != nil && slices.Equal(*h[day], *h[other]) {
				same |= 1 << other
			}
		}
		done |= same
		visit(same, *h[day])
	}
}

// alike returns the hours that holidays have on whatever day they fall, and false
// if that makes a difference or nothing is said.
func (h *holidays) alike() (open []Interval, ok bool) {
	h.each(func(days weekdays, hours []Interval) {
		if days == everyDay {
			open, ok = hours, true
		}
	})
	return open, ok
}

// holidayDays reads the weekdays behind PH, which in that syntax are holidays that
// fall on them: PH Sa,Su.
func (p *parser) holidayDays() weekdays {
	var w weekdays
	for {
		w |= p.weekdayRange()
		if p.next().kind != commaToken || p.tokens[1].kind != dayToken {
			return w
		}
		p.take(commaToken)
	}
}

// weekdayRange reads a weekday, or the first and last of several.
func (p *parser) weekdayRange() (w weekdays) {
	first := p.next().n
	p.take(dayToken)
	last := first
	if p.next().kind == dashToken && p.tokens[1].kind == dayToken {
		last = p.tokens[1].n
		p.tokens = p.tokens[2:]
	}
	for d := first; ; d = (d + 1) % 7 {
		w |= 1 << d
		if d == last {
			return w
		}
	}
}

// holidaysAhead visits the public holidays of the year from a day on of which
// something is said, as far as they are announced.
func (h Hours) holidaysAhead(today calendar.Date, visit func(day calendar.Date, open []Interval)) {
	for n := range 366 {
		day := today.Add(n)
		if open := h.holiday[day.Weekday()]; open != nil && day.Kind() == calendar.Holiday {
			visit(day, *open)
		}
	}
}
