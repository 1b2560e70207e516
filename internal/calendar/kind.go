package calendar

import (
	"time"

	"github.com/xiadu/xiadu/internal/lang"
)

// Kind says whether a day is worked, and why.
type Kind uint8

// The kinds of day.
const (
	Workday       Kind = iota // Monday to Friday
	RestDay                   // a Saturday or Sunday
	Holiday                   // a day off by the State Council's arrangement
	MakeupWorkday             // 调休: a Saturday or Sunday worked for a longer holiday
)

var kindNames = [...]lang.Text{
	Workday:       {ZH: "工作日", EN: "working day"},
	RestDay:       {ZH: "休息日", EN: "weekend"},
	Holiday:       {ZH: "节假日", EN: "public holiday"},
	MakeupWorkday: {ZH: "调休上班日", EN: "make-up working day"},
}

// Name returns the kind in both languages.
func (k Kind) Name() lang.Text { return kindNames[k] }

// Worked reports whether offices work on such a day.
func (k Kind) Worked() bool { return k == Workday || k == MakeupWorkday }

// Kind returns the kind of day that d is.
func (c *Calendar) Kind(d Date) Kind {
	if s, ok := c.special[d]; ok {
		return s.kind
	}
	if _, ok := c.fixed(d); ok {
		return Holiday
	}
	if wd := d.Weekday(); wd == time.Saturday || wd == time.Sunday {
		return RestDay
	}
	return Workday
}

// Holiday returns the name of the public holiday on d.
func (c *Calendar) Holiday(d Date) (lang.Text, bool) {
	if s, ok := c.special[d]; ok {
		return s.name, s.kind == Holiday
	}
	return c.fixed(d)
}

// fixed are the days off that the law itself sets by the date, in a year whose arrangement is not known (全国年节及纪念日放假办法,
// 1949, as changed for 2000, 2008 and 2025): what is worked for them, and the feasts by the moon, only an arrangement says.
func (c *Calendar) fixed(d Date) (lang.Text, bool) {
	year, month, day := d.Civil()
	if c.Known(year) {
		return lang.Text{}, false
	}
	long := year >= 2000 && year < 2008
	switch {
	case month == time.January && day == 1:
		return lang.Text{ZH: "元旦", EN: "New Year's Day"}, true
	case month == time.May && (day == 1 || day == 2 && (long || year >= 2025) || day == 3 && long):
		return lang.Text{ZH: "劳动节", EN: "Labour Day"}, true
	case month == time.October && (day <= 2 || day == 3 && year >= 1999):
		return lang.Text{ZH: "国庆节", EN: "National Day"}, true
	}
	return lang.Text{}, false
}

// Known reports whether the holidays of the year are known. Before the State
// Council publishes them, days off are the weekends and those that the law sets by their date.
func (c *Calendar) Known(year int) bool {
	_, ok := c.ArrangementOf(year)
	return ok
}

// Kind is that of the [Official] calendar.
func (d Date) Kind() Kind { return Official.Kind(d) }

// HolidayName is [Calendar.Holiday] of the [Official] calendar.
func (d Date) HolidayName() (lang.Text, bool) { return Official.Holiday(d) }

// Known is [Calendar.Known] of the [Official] calendar.
func Known(year int) bool { return Official.Known(year) }
