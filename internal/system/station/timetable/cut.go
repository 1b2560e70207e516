package timetable

import (
	"slices"

	"github.com/xiadu/xiadu/internal/calendar/opening"
)

// Cut divides spans at every minute at which something opens or closes, or day
// turns into night.
func Cut(spans []opening.Interval, openings [][]opening.Interval) []opening.Interval {
	var at []int
	for day := range 7 {
		at = append(at, day*opening.MinutesPerDay+NightTo, day*opening.MinutesPerDay+NightFrom)
	}
	for _, open := range openings {
		for _, i := range open {
			at = append(at, i.From, i.To)
		}
	}
	slices.Sort(at)
	at = slices.Compact(at)
	var out []opening.Interval
	for _, span := range spans {
		from := span.From
		for _, m := range at {
			if m > from && m < span.To {
				out = append(out, opening.Interval{From: from, To: m})
				from = m
			}
		}
		out = append(out, opening.Interval{From: from, To: span.To})
	}
	return out
}

// OpenDuring returns which patterns are open at a minute.
func OpenDuring(openings [][]opening.Interval, minute int) OpenSet {
	o := NewOpenSet(len(openings))
	for i, open := range openings {
		if slices.ContainsFunc(open, func(i opening.Interval) bool { return i.From <= minute && minute < i.To }) {
			o.Add(i)
		}
	}
	return o
}
