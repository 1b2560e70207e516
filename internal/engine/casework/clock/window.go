package clock

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Window is a number of things within a time, as three penalties within 180 days
// (安全生产法 第一百一十三条).
type Window struct {
	Count  int    `json:"count"`
	Length Length `json:"length"` // natural days, months or years
}

// Full returns the things that fill the window as it stands at a time: the latest Count of those
// that lie in the period which ends with that day. False where there are fewer.
func (w Window) Full(times []time.Time, at time.Time) ([]time.Time, bool) {
	in := w.in(times, at)
	if len(in) < w.Count || w.Count < 1 {
		return nil, false
	}
	return in[len(in)-w.Count:], true
}

// first is the first day of the window that ends with the day of a time.
func (w Window) first(at time.Time) calendar.Date {
	day := dateOf(at)
	switch w.Length.Unit {
	case Month:
		return addMonths(day, -w.Length.N).Add(1)
	case Year:
		return addMonths(day, -12*w.Length.N).Add(1)
	case Day, Hour:
	}
	return day.Add(1 - w.Length.N)
}

// in are the times within the window that ends at a time, in their order.
func (w Window) in(times []time.Time, at time.Time) []time.Time {
	first := w.first(at)
	in := slices.DeleteFunc(slices.Clone(times), func(t time.Time) bool { return t.After(at) || dateOf(t).Before(first) })
	slices.SortFunc(in, time.Time.Compare)
	return in
}

// WindowQuestion asks whether a rolling window is full, every part as it was typed.
type WindowQuestion struct {
	Length string
	Count  int
	Times  []string
	At     string // empty: at the last of the times
}

// WindowAnswer says which things lie in a window.
type WindowAnswer struct {
	Window
	From calendar.Date `json:"from"`
	At   time.Time     `json:"at"`
	In   []time.Time   `json:"in"`
	Full bool          `json:"full"`
}

// AskWindow answers a question. What is wrong is a fault with the field: window, count, times or from.
func AskWindow(q WindowQuestion) (a WindowAnswer, err error) {
	if a.Length, err = ParseLength(q.Length); err != nil {
		return a, fault.At("window", err)
	}
	if a.Length.Working || a.Length.Unit == Hour {
		return a, fault.At("window", fault.New(fault.Invalid, "滚动窗口要写自然日、月或年，如 180日、12个月", "a rolling window is of natural days, months or years, as 180 days or 12 months"))
	}
	if a.Count = q.Count; a.Count < 1 {
		return a, fault.At("count", fault.New(fault.Invalid, "请写明几次算满，如 --count 3", "say how many fill the window, as --count 3"))
	}
	var times []time.Time
	for _, s := range q.Times {
		t, err := ParseTime(s)
		if err != nil {
			return a, fault.At("times", err)
		}
		times = append(times, t)
	}
	if len(times) == 0 {
		return a, fault.At("times", fault.New(fault.Invalid, "请写各次的时间，如 --times 2026-01-05,2026-03-01", "give the times, as --times 2026-01-05,2026-03-01"))
	}
	if a.At = slices.MaxFunc(times, time.Time.Compare); q.At != "" {
		if a.At, err = ParseTime(q.At); err != nil {
			return a, fault.At("from", err)
		}
		if !strings.ContainsAny(q.At, ":") {
			a.At = endOf(dateOf(a.At)).Add(-time.Second) // a day is all of it
		}
	}
	a.From, a.In = a.first(a.At), a.in(times, a.At)
	_, a.Full = a.Window.Full(times, a.At)
	return a, nil
}

// Says is the answer in one sentence.
func (a WindowAnswer) Says() lang.Text {
	zh, en := "，未满 %d 次", ", fewer than %d"
	if a.Full {
		zh, en = "，已满 %d 次", ", which is %d or more"
	}
	to := dateOf(a.At)
	return lang.Text{
		ZH: fmt.Sprintf("%s（%v 至 %v）有 %d 次"+zh, a.Length.Text().ZH, a.From, to, len(a.In), a.Count),
		EN: fmt.Sprintf("%s (%v to %v) have %d of them"+en, a.Length.Text().EN, a.From, to, len(a.In), a.Count),
	}
}

// Earliest is which of several is due first; false where none is due by a time, since all stand still.
func Earliest(all []Reckoning) (first int, ok bool) {
	for i, r := range all {
		if !r.Due.IsZero() && (!ok || r.Due.Before(all[first].Due)) {
			first, ok = i, true
		}
	}
	return first, ok
}
