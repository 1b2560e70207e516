package words

import (
	"math"

	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
)

// Signed writes a difference of demand with its sign: +1,234, −56, 0.
func Signed(w reach.Weight) string {
	n := int64(math.Round(w.Float()))
	switch {
	case n > 0:
		return "+" + Count(n)
	case n < 0:
		return "−" + Count(-n)
	case w > 0:
		return "+<1"
	case w < 0:
		return "−<1"
	}
	return "0"
}

// Points writes the difference of two shares in percentage points.
func Points(before, beforeAll, after, afterAll reach.Weight) string {
	return lang.Points(before.Share(beforeAll), after.Share(afterAll))
}

// ShiftTone is the class of a difference: its sign says it too.
func ShiftTone(w reach.Weight) string {
	switch {
	case w > 0:
		return "num shift-up"
	case w < 0:
		return "num shift-down"
	}
	return "num"
}

// PartWords names a part of the week.
func PartWords(l lang.Lang, p coverage.WeekPart) string {
	switch p {
	case coverage.WorkdayDay:
		return l.T("工作日白天", "Weekdays by day")
	case coverage.WorkdayNight:
		return l.T("工作日夜间", "Weekday nights")
	case coverage.WeekendDay:
		return l.T("周末白天", "Weekends by day")
	case coverage.WeekendNight, coverage.WeekParts: // the last, and their number
	}
	return l.T("周末夜间", "Weekend nights")
}
