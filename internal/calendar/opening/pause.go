package opening

import (
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Days is some days of every week, and perhaps public holidays or 调休 workdays:
// those on which a place pauses. The zero Days are none.
type Days struct {
	week            weekdays
	holiday, makeup bool
}

// Weekend is Saturday and Sunday.
var Weekend = Days{week: 1<<time.Saturday | 1<<time.Sunday}

// ParseDays reads days as opening hours name them: Sa,Su or 周六、周日; PH or 节假日.
func ParseDays(text string) (Days, error) {
	p := parser{text: text, rules: &rules{}}
	if len(text) <= maxInput {
		p.tokens = lex(text)
		s := p.days()
		if d := (Days{s.days, s.holiday == everyDay, s.makeup}); p.next().kind == endOfText && d != (Days{}) && (d.holiday || s.holiday == 0) && !p.mixed {
			return d, nil
		}
	}
	return Days{}, fault.New(fault.Invalid, "“%s”不是哪几天：请写成 Sa,Su（周六、周日）、Mo-Fr 或 PH（节假日）",
		"“%s” are no days: write them as Sa,Su or Mo-Fr, and PH for public holidays", lang.Short(text))
}

// String writes the days in one form of the OpenStreetMap syntax: Sa,Su,PH.
func (d Days) String() string {
	return d.write(osmStyle{}, ",")
}

// Text writes the days for a reader of l.
func (d Days) Text(l lang.Lang) string { return d.write(readerStyle{l}, l.T("、", ", ")) }

func (d Days) write(words style, and string) string {
	var parts []string
	if d.week != 0 {
		parts = append(parts, words.days(d.week))
	}
	if d.holiday {
		parts = append(parts, words.holidays(everyDay))
	}
	if d.makeup {
		parts = append(parts, words.makeup())
	}
	return strings.Join(parts, and)
}

// Without returns the hours of somebody who keeps h but pauses on some days,
// whatever the season and on dates of their own too. What began the evening
// before goes on until it ends. A 调休 workday still counts as a Monday. Unknown
// hours stay unknown.
func (h Hours) Without(d Days) Hours {
	if h.rules == nil {
		return h
	}
	r := *h.rules
	for day := range r.week {
		if d.week.has(time.Weekday(day)) {
			r.week[day] = nil
		}
	}
	if d.holiday {
		r.holiday.close(everyDay)
	}
	if d.makeup {
		r.makeup = &[]Interval{}
	}
	r.dated = slices.Clone(r.dated)
	for i := range r.dated {
		r.dated[i].days &^= d.week
	}
	r.dated = slices.DeleteFunc(r.dated, func(r datedRule) bool { return r.days == 0 })
	return Hours{&r}
}
