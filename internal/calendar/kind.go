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
func (d Date) Kind() Kind {
	if s, ok := special[d]; ok {
		return s.kind
	}
	if wd := d.Weekday(); wd == time.Saturday || wd == time.Sunday {
		return RestDay
	}
	return Workday
}

// HolidayName returns the name of the public holiday on d.
func (d Date) HolidayName() (lang.Text, bool) {
	s, ok := special[d]
	return s.name, ok && s.kind == Holiday
}

// Known reports whether the holidays of the year are known. Before the State
// Council publishes them, days off are only the weekends.
func Known(year int) bool {
	_, ok := ArrangementOf(year)
	return ok
}

// AddWorkdays returns the n-th working day after d: for n = 1 the next one. The
// day itself does not count, as in 行政 deadlines, where the day on which a
// period begins is left out. For n ≤ 0 it returns d.
func AddWorkdays(d Date, n int) Date {
	for n > 0 {
		d = d.Add(1)
		if d.Kind().Worked() {
			n--
		}
	}
	return d
}

// Workdays returns how many working days lie after from, up to and with to.
func Workdays(from, to Date) int {
	n := 0
	for d := from.Add(1); !to.Before(d); d = d.Add(1) {
		if d.Kind().Worked() {
			n++
		}
	}
	return n
}
