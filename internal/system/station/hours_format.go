package station

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/lang"
)

// monday lists the week as people do, Monday first.
var monday = [7]time.Weekday{
	time.Monday, time.Tuesday, time.Wednesday, time.Thursday,
	time.Friday, time.Saturday, time.Sunday,
}

var osmDays = [7]string{"Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"}

// String writes the hours in one canonical form of the OpenStreetMap syntax, in
// which they are stored: equal hours have equal text, and unknown hours have
// none. Times past midnight run past 24:00, as 22:00-30:00.
func (h Hours) String() string {
	return h.join("; ", osmHours{})
}

// Text writes the hours for a reader of l. The Chinese text is read back by
// ParseHours.
func (h Hours) Text(l lang.Lang) string {
	if h.rules == nil {
		return l.T("时间未知", "hours unknown")
	}
	return h.join(l.T("；", "; "), readerHours{l})
}

// hoursStyle writes the parts of hours in one of the two ways there are: for
// programs and for people.
type hoursStyle interface {
	days(w weekdays) string
	special(holiday bool) string
	dates(r dateRange) string
	open(spans []Interval) string
	note(s string) string
	always() string
}

func (h Hours) join(sep string, style hoursStyle) string {
	if h.rules == nil {
		return ""
	}
	parts := h.weekParts(style)
	if h.holiday != nil {
		parts = append(parts, style.special(true)+" "+style.open(*h.holiday))
	}
	if h.makeup != nil {
		parts = append(parts, style.special(false)+" "+style.open(*h.makeup))
	}
	for _, d := range h.dated {
		s := style.dates(d.dates) + " "
		if d.days != everyDay {
			s += style.days(d.days) + " "
		}
		parts = append(parts, s+style.open(d.open)+style.note(d.note))
	}
	return strings.Join(parts, sep)
}

// weekParts groups the weekdays that have the same hours, in the order of the
// first of each group. Closed days are left out, unless all are.
func (h Hours) weekParts(style hoursStyle) []string {
	var parts []string
	var done weekdays
	for _, day := range monday {
		if done.has(day) || len(h.week[day]) == 0 {
			continue
		}
		var same weekdays
		for _, other := range monday {
			if slices.Equal(h.week[day], h.week[other]) {
				same |= 1 << other
			}
		}
		done |= same
		if same == everyDay && wholeDay(h.week[day]) {
			return []string{style.always()}
		}
		parts = append(parts, style.days(same)+" "+style.open(h.week[day]))
	}
	if parts == nil {
		parts = []string{style.days(everyDay) + " " + style.open(nil)}
	}
	return parts
}

// runs cuts a set of weekdays into runs of neighbours, Monday first.
func (w weekdays) runs() (runs [][]time.Weekday) {
	for n, day := range monday {
		if !w.has(day) {
			continue
		}
		if n > 0 && w.has(monday[n-1]) {
			runs[len(runs)-1] = append(runs[len(runs)-1], day)
		} else {
			runs = append(runs, []time.Weekday{day})
		}
	}
	return runs
}

// write names each run: one day alone, two days, or the first and last of more.
func (w weekdays) write(names [7]string, between, and string) string {
	var parts []string
	for _, run := range w.runs() {
		first, last := names[run[0]], names[run[len(run)-1]]
		switch len(run) {
		case 1:
			parts = append(parts, first)
		case 2:
			parts = append(parts, first, last)
		default:
			parts = append(parts, first+between+last)
		}
	}
	return strings.Join(parts, and)
}

type osmHours struct{}

func (osmHours) days(w weekdays) string   { return w.write(osmDays, "-", ",") }
func (osmHours) dates(r dateRange) string { return r.osm() }
func (osmHours) always() string           { return "24/7" }

func (osmHours) special(holiday bool) string {
	if holiday {
		return "PH"
	}
	return "MW"
}

func (osmHours) note(s string) string {
	if s == "" {
		return ""
	}
	return ` "` + s + `"`
}

func (osmHours) open(spans []Interval) string {
	if len(spans) == 0 {
		return "off"
	}
	parts := make([]string, len(spans))
	for i, s := range spans {
		parts[i] = hhmm(s.From) + "-" + hhmm(s.To)
	}
	return strings.Join(parts, ",")
}

type readerHours struct{ lang.Lang }

var (
	daysZH = [7]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}
	daysEN = [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}
)

func (r readerHours) days(w weekdays) string {
	if w == everyDay {
		return r.T("每天", "daily")
	}
	if r.Lang == lang.EN {
		return w.write(daysEN, "–", ", ")
	}
	return w.write(daysZH, "至", "、")
}

func (r readerHours) dates(d dateRange) string { return d.in(r.Lang) }
func (r readerHours) always() string           { return r.T("全天24小时", "24 hours, every day") }

func (r readerHours) special(holiday bool) string {
	if holiday {
		return r.T("节假日", "public holidays")
	}
	return r.T("调休上班日", "make-up working days")
}

func (r readerHours) note(s string) string {
	if s == "" {
		return ""
	}
	return r.T("（"+s+"）", " ("+s+")")
}

func (r readerHours) open(spans []Interval) string {
	if len(spans) == 0 {
		return r.T("休息", "closed")
	}
	if wholeDay(spans) {
		return r.T("全天", "24 hours")
	}
	parts := make([]string, len(spans))
	for i, s := range spans {
		parts[i] = hhmm(s.From) + "–" + r.closing(s.To)
	}
	return strings.Join(parts, r.T("、", ", "))
}

func (r readerHours) closing(minute int) string {
	if minute <= minutesPerDay {
		return hhmm(minute)
	}
	return r.T("次日"+hhmm(minute-minutesPerDay), hhmm(minute-minutesPerDay)+" (next day)")
}

func hhmm(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }
