package opening

import (
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
)

var leapYear = calendar.On(2024, time.January, 1)

// body is what a rule says of its days: hours, or with cut the hours taken out of
// what was said before.
type body struct {
	open []Interval
	cut  bool
}

// take cuts spans out of open ones.
func take(open, cut []Interval) []Interval {
	out := slices.Clone(open)
	for _, c := range cut {
		var left []Interval
		for _, i := range out {
			if to := min(i.To, c.From); to > i.From {
				left = append(left, Interval{i.From, to})
			}
			if from := max(i.From, c.To); from < i.To {
				left = append(left, Interval{from, i.To})
			}
		}
		out = left
	}
	return out
}

// cutWeek takes spans out of days of the week, and out of holidays and 调休
// workdays where they are named or no days are.
func (p *parser) cutWeek(s selector, cut []Interval) error {
	if len(p.seen) == 0 || p.combined {
		return p.fault("先写开放时间，再写其中哪一段休息", "closes a span of hours that are not said yet: write the open hours first")
	}
	days := []*[]Interval{}
	for day := range p.rules.week {
		if s.days.has(time.Weekday(day)) {
			days = append(days, &p.rules.week[day])
		}
	}
	special := s
	if s.days == everyDay {
		special = selector{holiday: everyDay, makeup: true}
	}
	for _, hours := range p.specials(special) {
		if *hours != nil {
			days = append(days, *hours)
		} else if s.days != everyDay {
			return p.fault("先写节假日的时间，再写其中哪一段休息", "closes a span of holidays whose hours are not said")
		}
	}
	for _, day := range days {
		if err := p.withinDay(append(slices.Clone(*day), cut...)); err != nil {
			return err
		}
		*day = take(*day, cut)
	}
	return nil
}

// withinDay refuses spans over midnight, of which it is not clear which day's are
// cut.
func (p *parser) withinDay(spans []Interval) error {
	if slices.ContainsFunc(spans, func(i Interval) bool { return i.To > MinutesPerDay }) {
		return p.fault("的休息时段跨过午夜，说不清是哪一天的：请写出每天的开放时间", "closes a span of hours that run past midnight: write the open hours instead")
	}
	return nil
}

// combine makes the rules of dates that add to the ordinary hours, or cut them.
func (p *parser) combine(s selector, b body) error {
	for _, d := range p.rules.dated {
		if !d.dates.apart(*s.dates) {
			return p.fault("同一日期有两条规则：请写成一条", "has two rules for the same dates: write them as one")
		}
	}
	if len(p.seen) == 0 {
		return p.fault("先写平日的时间，再写增减", "adds to ordinary hours that are not said yet: write them first")
	}
	p.combined = true
	p.exact = p.exact || !s.dates.season
	if b.cut {
		p.cuts = append(p.cuts, b.open...)
	}
	var done weekdays
	for _, day := range monday {
		if !s.days.has(day) || done.has(day) {
			continue
		}
		var same weekdays
		for _, other := range monday {
			if s.days.has(other) && slices.Equal(p.rules.week[day], p.rules.week[other]) {
				same |= 1 << other
			}
		}
		done |= same
		open := slices.Clone(p.rules.week[day])
		if b.cut {
			if err := p.withinDay(append(slices.Clone(open), b.open...)); err != nil {
				return err
			}
			open = take(open, b.open)
		} else if err := p.put(&open, b.open, true); err != nil {
			return err
		}
		p.rules.dated = append(p.rules.dated, datedRule{dates: *s.dates, days: same, open: open})
	}
	return nil
}

// combinedWith refuses holidays of which it is not clear whether dates that add or
// cut hold on them too.
func (p *parser) combinedWith() error {
	bad := false
	for _, special := range p.specials(selector{holiday: everyDay, makeup: true}) {
		bad = bad || *special != nil && (p.exact || !slices.Equal(take(**special, p.cuts), **special))
	}
	if p.combined && bad {
		return p.fault("说不清节假日是否也增减：请把那些日期的时间写全", "does not say whether holidays change too: write the whole hours of those dates")
	}
	return nil
}

// apart reports whether two ranges have no day in common.
func (r dateRange) apart(o dateRange) bool {
	if !r.season && !o.season {
		return r.last.Before(o.first) || o.last.Before(r.first)
	}
	if !r.season {
		r, o = o, r
	}
	// A leap year has every day of any year.
	first, last := leapYear, leapYear.Add(365)
	if !o.season {
		first, last = o.first, o.last
		if last.Sub(first) > 366 {
			return false
		}
	}
	for d := first; !last.Before(d); d = d.Add(1) {
		if r.contains(d) && o.contains(d) {
			return false
		}
	}
	return true
}
