package timetable_test

import (
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/system/station/timetable"
)

// The middle of a window is inside it, on one of its days that is an ordinary one.
func TestMiddleOfAWindow(t *testing.T) {
	for _, c := range []struct {
		days      timetable.DayKind
		hours     string
		day, want string
	}{
		{timetable.AllWeek, "07:00-21:00", "2026-11-29", "2026-11-29 14:00"},
		{timetable.WorkingDays, "09:00-18:00", "2026-11-28", "2026-11-30 13:00"},
		{timetable.WeekendDays, "22-6", "2026-11-23", "2026-11-29 02:00"},
		{timetable.AllWeek, "08:30-09:00", "2026-11-29", "2026-11-29 08:30"},
		{timetable.WorkingDays, "7-21", "2026-10-01", "2026-10-08 14:00"}, // a public holiday is no ordinary day
	} {
		w, err := timetable.ParseWindow(c.days, c.hours)
		if err != nil {
			t.Fatal(err)
		}
		day, err := calendar.ParseDate(c.day)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.Middle(day, time.UTC).Format("2006-01-02 15:04"); got != c.want {
			t.Errorf("the middle of %s from %s is %s, want %s", c.hours, c.day, got, c.want)
		}
	}
}
