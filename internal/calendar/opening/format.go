package opening

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
	return h.join("; ", osmStyle{})
}

// Text writes the hours for a reader of l. The Chinese text is read back by
// Parse.
func (h Hours) Text(l lang.Lang) string {
	if h.rules == nil {
		return l.T("时间未知", "hours unknown")
	}
	return h.join(l.T("；", "; "), readerStyle{l})
}

// style writes the parts of hours in one of the two ways there are: for
// programs and for people.
type style interface {
	days(w weekdays) string
	holidays(on weekdays) string
	makeup() string
	dates(r dateRange) string
	open(spans []Interval) string
	note(s string) string
	always() string
}

func (h Hours) join(sep string, words style) string {
	if h.rules == nil {
		return ""
	}
	parts := h.weekParts(words)
	h.holiday.each(func(days weekdays, open []Interval) {
		parts = append(parts, words.holidays(days)+" "+words.open(open))
	})
	if h.makeup != nil {
		parts = append(parts, words.makeup()+" "+words.open(*h.makeup))
	}
	for _, d := range h.dated {
		s := words.dates(d.dates) + " "
		if d.days != everyDay {
			s += words.days(d.days) + " "
		}
		parts = append(parts, s+words.open(d.open)+words.note(d.note))
	}
	return strings.Join(parts, sep)
}

// weekParts groups the weekdays that have the same hours, in the order of the
// first of each group. Closed days are left out, unless all are.
func (h Hours) weekParts(words style) []string {
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
			return []string{words.always()}
		}
		parts = append(parts, words.days(same)+" "+words.open(h.week[day]))
	}
	if parts == nil {
		parts = []string{words.days(everyDay) + " " + words.open(nil)}
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

type osmStyle struct{}

func (osmStyle) days(w weekdays) string   { return w.write(osmDays, "-", ",") }
func (osmStyle) dates(r dateRange) string { return r.osm() }
func (osmStyle) always() string           { return "24/7" }

func (osmStyle) makeup() string { return "MW" }

func (s osmStyle) holidays(on weekdays) string {
	if on == everyDay {
		return "PH"
	}
	return "PH " + s.days(on)
}

func (osmStyle) note(s string) string {
	if s == "" {
		return ""
	}
	return ` "` + s + `"`
}

func (osmStyle) open(spans []Interval) string {
	if len(spans) == 0 {
		return "off"
	}
	parts := make([]string, len(spans))
	for i, s := range spans {
		parts[i] = Clock(s.From) + "-" + Clock(s.To)
	}
	return strings.Join(parts, ",")
}

type readerStyle struct{ lang.Lang }

var (
	daysZH = [7]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}
	daysEN = [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}
)

func (r readerStyle) days(w weekdays) string {
	if w == everyDay {
		return r.T("每天", "daily")
	}
	if r.Lang == lang.EN {
		return w.write(daysEN, "–", ", ")
	}
	return w.write(daysZH, "至", "、")
}

func (r readerStyle) dates(d dateRange) string { return d.in(r.Lang) }
func (r readerStyle) always() string           { return r.T("全天24小时", "24 hours, every day") }

func (r readerStyle) makeup() string { return r.T("调休上班日", "make-up working days") }

func (r readerStyle) holidays(on weekdays) string {
	if on == everyDay {
		return r.T("节假日", "public holidays")
	}
	return r.T("逢"+r.days(on)+"的节假日", "public holidays on "+r.days(on))
}

func (r readerStyle) note(s string) string {
	if s == "" {
		return ""
	}
	return r.T("（"+s+"）", " ("+s+")")
}

func (r readerStyle) open(spans []Interval) string {
	if len(spans) == 0 {
		return r.T("休息", "closed")
	}
	if wholeDay(spans) {
		return r.T("全天", "24 hours")
	}
	parts := make([]string, len(spans))
	for i, s := range spans {
		parts[i] = Clock(s.From) + "–" + r.closing(s.To)
	}
	return strings.Join(parts, r.T("、", ", "))
}

func (r readerStyle) closing(minute int) string {
	if minute <= MinutesPerDay {
		return Clock(minute)
	}
	return r.T("次日"+Clock(minute-MinutesPerDay), Clock(minute-MinutesPerDay)+" (next day)")
}

// Clock writes minutes after midnight as 08:30; past 24:00 it counts on, as 30:00.
func Clock(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }
