package opening

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
)

// apply writes one rule into the hours. An additive rule, one that follows a
// comma, adds to the days it names; any other replaces them.
func (p *parser) apply(s selector, b body, additive bool) error {
	open := b.open
	if s.dates != nil {
		if s.holiday != 0 || s.makeup {
			return p.fault("带日期的规则不能再写节假日或调休", "may not name holidays in a dated rule")
		}
		if b.cut || additive && open != nil {
			return p.combine(s, b)
		}
		p.rules.dated = append(p.rules.dated, datedRule{dates: *s.dates, days: s.days, open: open})
		return nil
	}
	if b.cut {
		return p.cutWeek(s, open)
	}
	if p.combined && s.days != 0 {
		return p.fault("请先写每周的时间，再写按日期的增减", "changes the week after dates that add to it or cut it: write the week first")
	}
	if s.days != 0 {
		if !p.osm && !additive && slices.Contains(p.seen, s.days) {
			return p.faultf("里“%s”写了两次：请合并成一条", "names %[2]s twice: join the rules into one", s.days.write(daysZH, "至", "、"), s.days.write(daysEN, "–", ", "))
		}
		p.seen = append(p.seen, s.days)
	}
	for day := range p.rules.week {
		if s.days.has(time.Weekday(day)) {
			if err := p.put(&p.rules.week[day], open, additive); err != nil {
				return err
			}
		}
	}
	for _, special := range p.specials(s) {
		if *special == nil {
			*special = &[]Interval{}
		}
		if err := p.put(*special, open, additive); err != nil {
			return err
		}
	}
	return nil
}

// specials returns where the hours of the holidays and 调休 workdays of s are.
func (p *parser) specials(s selector) (out []**[]Interval) {
	for day := range p.rules.holiday {
		if s.holiday.has(time.Weekday(day)) {
			out = append(out, &p.rules.holiday[day])
		}
	}
	if s.makeup {
		out = append(out, &p.rules.makeup)
	}
	return out
}

func (p *parser) put(day *[]Interval, open []Interval, additive bool) error {
	if !additive || open == nil {
		*day = slices.Clone(open)
		return nil
	}
	for _, i := range open {
		out, err := p.merge(*day, i)
		if err != nil {
			return err
		}
		*day = out
	}
	return nil
}

// dates reads 2026 Nov 23[-[2026] [Nov] 30], Nov 15-Mar 15, Nov-Mar, and the
// same in Chinese. Without a year it is a season.
func (p *parser) dates() (*dateRange, error) {
	if k := p.next().kind; k != yearToken && k != monthToken {
		return nil, nil //nolint:nilnil // no dates are no error
	}
	year, from, whole, err := p.date(0, 0)
	if err != nil {
		return nil, err
	}
	to, last := from, year
	if p.next().kind == dashToken {
		p.take(dashToken)
		if last, to, whole, err = p.date(year, from.month); err != nil {
			return nil, err
		}
	}
	if whole { // the range ends with a month: Nov-Mar
		to.day = daysIn(to.month)
		if year != 0 {
			_, _, to.day = calendar.On(last, to.month+1, 0).Civil()
		}
	}
	if from.day == 0 {
		from.day = 1
	}
	if year == 0 {
		return &dateRange{season: true, from: from, to: to}, nil
	}
	r := dateRange{first: calendar.On(year, from.month, from.day), last: calendar.On(last, to.month, to.day)}
	if r.last.Before(r.first) {
		return nil, p.faultf("的日期 %s 至 %s 前后颠倒", "the dates %s to %s run backwards", r.first, r.last)
	}
	return &r, nil
}

// date reads one end of a range; what the second end leaves out is that of the
// first. It says whether it is a whole month.
func (p *parser) date(year int, month time.Month) (int, yearDay, bool, error) {
	if t := p.next(); p.take(yearToken) {
		if t.n < 1970 || t.n > 2200 {
			return 0, yearDay{}, false, p.faultf("的年份 %d 不对", "the year %d is impossible", t.n)
		}
		if year == 0 && month != 0 {
			return 0, yearDay{}, false, p.unexpected()
		}
		year = t.n
	}
	at := yearDay{month: month}
	if t := p.next(); p.take(monthToken) {
		at.month = time.Month(t.n)
	}
	if at.month < time.January || at.month > time.December {
		return 0, at, false, p.unexpected()
	}
	t := p.next()
	if !p.take(dayOfMonthToken) {
		return year, at, true, nil
	}
	at.day = t.n
	_, same, _ := calendar.On(year, at.month, t.n).Civil()
	if t.n < 1 || t.n > daysIn(at.month) || year != 0 && same != at.month {
		return 0, at, false, p.faultf("：%d 月没有 %d 日", "month %d has no day %d", int(at.month), t.n)
	}
	return year, at, false, nil
}

// daysIn returns how many days a month has in a leap year.
func daysIn(m time.Month) int {
	_, _, day := calendar.On(2024, m+1, 0).Civil()
	return day
}

func (p *parser) unexpected() error {
	t := p.next()
	if t.kind == endOfText {
		return p.fault("没有写完：缺少时间，如 8:00-18:00", "is not complete: times are missing, as in 08:00-18:00")
	}
	return p.faultf("里的“%s”读不懂：请写成 周一至周五 8:00-18:00；周六、周日 9:00-17:00；节假日休息",
		"is not clear at %q: write it as Mo-Fr 08:00-18:00; Sa,Su 09:00-17:00; PH off", t.text)
}

func (p *parser) fault(zh, en string) error { return p.faultf(zh, en) }

func (p *parser) faultf(zh, en string, args ...any) error {
	text := p.text
	if utf8.RuneCountInString(text) > 60 {
		text = string([]rune(text)[:60]) + "…"
	}
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "?"), "%", "%%")
	return fault.New(fault.Invalid, "“"+text+"”"+zh, "“"+text+"”: "+en, args...)
}
