package clock

import (
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Question is a period without a case, as a person asks it: every part as it was typed.
type Question struct {
	Rule   string   // the key of a rule, or a length as "7 working days"
	From   string   // when it begins, or of a rule that counts back, when the event is
	Pauses []string // from/to or from/to/reason; without "to" it still stands
	Extend string   // a length
}

// timeLayouts are how times are written; a day alone is its first moment.
var timeLayouts = []string{"2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly}

// ParseTime reads a time in China as 2026-11-27T10:00 or 2026-11-27.
func ParseTime(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	for _, layout := range timeLayouts {
		if t, err := time.ParseInLocation(layout, s, calendar.China); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fault.New(fault.Invalid, "时间“%[1]s”读不懂：请写成 2026-11-27 或 2026-11-27T10:00", "cannot read the time %[1]q: write it as 2026-11-27 or 2026-11-27T10:00", lang.Short(s))
}

// Ask answers a question. What is wrong is a fault with the field: rule, from, pause or extend.
func Ask(q Question, office Office) (Reckoning, error) {
	from, err := ParseTime(q.From)
	if err != nil {
		return Reckoning{}, fault.At("from", err)
	}
	rule, err := q.rule(calendar.DateOf(from))
	if err != nil {
		return Reckoning{}, fault.At("rule", err)
	}
	if rule.Length.Unit == Hour && len(strings.TrimSpace(q.From)) <= len(time.DateOnly) {
		return Reckoning{}, fault.At("from", fault.New(fault.Invalid, "按小时计算的期限要写到分：%[1]sT10:00", "a period of hours needs the minute: %[1]sT10:00", lang.Short(strings.TrimSpace(q.From))))
	}
	events := []Event{{Kind: Started, Happened: from, Recorded: from}}
	for _, p := range q.Pauses {
		more, err := readPause(rule, p)
		if err != nil {
			return Reckoning{}, fault.At("pause", err)
		}
		events = append(events, more...)
	}
	slices.SortStableFunc(events[1:], func(a, b Event) int { return a.Happened.Compare(b.Happened) })
	if q.Extend != "" {
		l, err := ParseLength(q.Extend)
		if err != nil {
			return Reckoning{}, fault.At("extend", err)
		}
		extended := Event{Kind: Extended, Happened: from, Recorded: from, Length: &l, By: nobody}
		if err := Next(rule, events[:1], extended, office); err != nil {
			return Reckoning{}, fault.At("extend", err)
		}
		events = slices.Insert(events, 1, extended)
	}
	for _, e := range events[1:] {
		if e.Kind == Paused && e.Happened.Before(from) && !rule.Back {
			return Reckoning{}, fault.At("pause", fault.New(fault.Invalid, "中止从 %[1]s 开始，早于起算的 %[2]s：没有起算的期限不能中止，请改中止的开始或起算时间", "the pause begins at %[1]s, before the period does, at %[2]s: what has not begun cannot be paused; change one of the two", minute(e.Happened), minute(from)))
		}
	}
	for i, e := range events {
		if err := Next(rule, events[:i], e, office); err != nil {
			return Reckoning{}, fault.At("pause", err) // the rest was read one by one
		}
	}
	return Reckon(rule, events, office)
}

func (q Question) rule(on calendar.Date) (Rule, error) {
	key := strings.TrimSpace(q.Rule)
	l, err := ParseLength(key)
	if err != nil && (key == "" || key[0] < '0' || key[0] > '9') {
		return Find(key, on)
	}
	if err != nil {
		return Rule{}, err
	}
	other := lang.Text{ZH: "其他", EN: "other"}
	return Rule{
		Name: key, Title: l.Text(), Length: l, From: lang.Text{ZH: "起算之日", EN: "the day it begins"}, Law: "民法典", Article: "第二百零一条、第二百零三条",
		Pauses: []Pause{{Key: other.ZH, Name: other}},
	}, nil
}

func readPause(rule Rule, s string) ([]Event, error) {
	f := append(strings.SplitN(s, "/", 3), "", "")
	from, err := ParseTime(f[0])
	if err != nil {
		return nil, err
	}
	reason := strings.TrimSpace(f[2])
	if reason == "" && len(rule.Pauses) == 1 {
		reason = rule.Pauses[0].Key
	}
	events := []Event{{Kind: Paused, Happened: from, Recorded: from, Reason: reason}}
	if strings.TrimSpace(f[1]) == "" {
		return events, nil
	}
	to, err := ParseTime(f[1])
	if err == nil && to.Before(from) {
		err = fault.New(fault.Invalid, "中止“%[1]s”的结束早于开始", "the pause %[1]q ends before it begins", lang.Short(s))
	}
	return append(events, Event{Kind: Resumed, Happened: to, Recorded: to, Reason: reason}), err
}
