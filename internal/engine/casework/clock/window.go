package clock

import (
	"slices"
	"time"
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
	day := dateOf(at)
	first := day.Add(1 - w.Length.N)
	switch w.Length.Unit {
	case Month:
		first = addMonths(day, -w.Length.N).Add(1)
	case Year:
		first = addMonths(day, -12*w.Length.N).Add(1)
	case Day, Hour:
	}
	in := slices.DeleteFunc(slices.Clone(times), func(t time.Time) bool { return t.After(at) || dateOf(t).Before(first) })
	slices.SortFunc(in, time.Time.Compare)
	if len(in) < w.Count || w.Count < 1 {
		return nil, false
	}
	return in[len(in)-w.Count:], true
}
