package timetable

import (
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Window is the hours of an ordinary week that count for a question, such as
// from 07:00 to 21:00 on every day. The zero Window is none.
type Window struct {
	Days     DayKind
	From, To int // minutes after midnight; To up to From is on the next day
}

// DayKind is which days of the week are meant.
type DayKind uint8

// The days.
const (
	AllWeek     DayKind = iota
	WorkingDays         // Monday to Friday
	WeekendDays
)

var dayNames = [...]lang.Choice{
	AllWeek:     {Key: "all", Name: lang.Text{ZH: "每天", EN: "every day"}},
	WorkingDays: {Key: "workdays", Name: lang.Text{ZH: "周一至周五", EN: "Monday to Friday"}},
	WeekendDays: {Key: "weekend", Name: lang.Text{ZH: "周六、周日", EN: "Saturday and Sunday"}},
}

// ParseDayKind reads the key of days.
func ParseDayKind(s string) (DayKind, bool) {
	i, ok := lang.FindChoice(dayNames[:], s)
	return DayKind(i), ok
}

// Key returns the stored name, as workdays.
func (d DayKind) Key() string { return dayNames[d].Key }

// Name returns the days in both languages.
func (d DayKind) Name() lang.Text { return dayNames[d].Name }

// has tells whether a day is among them, 0 being Monday.
func (d DayKind) has(day int) bool {
	return d == AllWeek || (d == WorkingDays) == (day < 5)
}

// ParseWindow reads 07:00-21:00, 7-21 or 22-6, the last of which ends on the
// next day.
func ParseWindow(days DayKind, text string) (Window, error) {
	bad := fault.New(fault.Invalid, "时段“%s”读不懂：请写成 07:00-21:00 或 7-21", "the hours “%s” are not understood: write 07:00-21:00 or 7-21", lang.Short(text))
	from, to, ok := strings.Cut(strings.NewReplacer(" ", "", "–", "-", "—", "-", "：", ":").Replace(text), "-")
	if !ok {
		return Window{}, bad
	}
	w := Window{Days: days}
	var ok1, ok2 bool
	w.From, ok1 = minuteOf(from)
	w.To, ok2 = minuteOf(to)
	if !ok1 || !ok2 {
		return Window{}, bad
	}
	if w.From == w.To {
		w.From, w.To = 0, opening.MinutesPerDay
	}
	return w, w.Check()
}

// minuteOf reads 7, 07:30 or 24:00.
func minuteOf(text string) (int, bool) {
	hour, minute, _ := strings.Cut(text, ":")
	h, err := strconv.Atoi(hour)
	m := 0
	if err == nil && minute != "" {
		m, err = strconv.Atoi(minute)
	}
	return h*60 + m, err == nil && h >= 0 && m >= 0 && m < 60 && h*60+m <= opening.MinutesPerDay
}

// String writes the window as ParseWindow reads it.
func (w Window) String() string { return opening.Clock(w.From) + "-" + opening.Clock(w.To) }

// In says the window to a reader of l.
func (w Window) In(l lang.Lang) string {
	next := ""
	if w.To <= w.From {
		next = l.T("次日", "")
	}
	if w.From == 0 && w.To == opening.MinutesPerDay {
		return l.F("%s全天", "all day, %s", w.Days.Name().In(l))
	}
	return l.F("%[1]s %[2]s–%[3]s", "%[2]s–%[3]s, %[1]s", w.Days.Name().In(l), opening.Clock(w.From), next+opening.Clock(w.To))
}

// Check returns what is wrong with w, or nil.
func (w Window) Check() error {
	if w.From < 0 || w.From >= opening.MinutesPerDay && w != (Window{}) || w.To < 0 || w.To > opening.MinutesPerDay {
		return fault.New(fault.Invalid, "时段不行：请写 00:00 到 24:00 之间的钟点", "the hours will not do: write times from 00:00 to 24:00")
	}
	return nil
}

const minutesPerWeek = 7 * opening.MinutesPerDay

// Spans are the window's minutes since Monday 00:00, in order, without overlaps.
func (w Window) Spans() []opening.Interval {
	to := w.To
	if to <= w.From {
		to += opening.MinutesPerDay
	}
	var out []opening.Interval
	for day := range 7 {
		if !w.Days.has(day) {
			continue
		}
		from, to := day*opening.MinutesPerDay+w.From, day*opening.MinutesPerDay+to
		out = append(out, opening.Interval{From: from, To: min(to, minutesPerWeek)})
		if to > minutesPerWeek { // into the Monday with which the week began
			out = append(out, opening.Interval{From: 0, To: to - minutesPerWeek})
		}
	}
	return opening.Joined(out)
}

// Within returns how many of the minutes from and up to others, after Monday
// 00:00, count.
func (w Window) Within(from, to int) int {
	n := 0
	for _, i := range w.Spans() {
		n += max(0, min(i.To, to)-max(i.From, from))
	}
	return n
}
