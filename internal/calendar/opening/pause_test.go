package opening

import (
	"slices"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
)

// Pausing shuts the paused days and leaves the others as they are, whatever else
// the hours say.
func TestPausedDays(t *testing.T) {
	for _, text := range []string{
		"24/7", "Mo-Fr 08:00-18:00; Sa,Su 09:00-16:00; PH off", "Mo-Su 20:00-30:00; PH 10:00-12:00", "Mo-Su 08:00-20:00; MW off", "Mo-Su 08:00-20:00; PH Sa,Su 09:00-12:00",
		`Mo-Su 08:00-18:00; Nov 15-Mar 15 Sa,Su 09:00-17:00; 2026 Nov 23-2026 Nov 30 07:00-22:00 "寒潮"; 2026 Nov 28 off`,
	} {
		h, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		paused := h.Without(Weekend)
		for n := range 400 {
			day := calendar.On(2026, time.January, 1).Add(n)
			weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
			got, want := paused.Day(day), h.Day(day)
			switch holiday := day.Kind() == calendar.Holiday && h.holiday[day.Weekday()] != nil; {
			case day.Kind() == calendar.MakeupWorkday, weekend && holiday:
				continue // a Monday's hours; the holiday's, which PH pauses
			case weekend:
				want = nil
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%s on %v: %v, want %v", text, day, got, want)
			}
		}
		if back, err := Parse(paused.String()); err != nil || back.String() != paused.String() {
			t.Errorf("%s paused is %s, which is read as %s, %v", text, paused, back, err)
		}
		if all, _ := ParseDays("PH"); len(h.Without(all).Day(calendar.On(2026, time.October, 1))) > 0 {
			t.Errorf("%s does not pause on a holiday", text)
		}
	}
	if (Hours{}).Without(Weekend).Known() {
		t.Error("pausing makes unknown hours known")
	}
}

// Days to pause on are weekdays and holidays; holidays that are Sundays are neither.
func TestDaysAreNotHalfRead(t *testing.T) {
	for text, want := range map[string]string{"Su,PH": "Su,PH", "节假日、周日": "Su,PH", "PH Su": "", "节假日周日": "", "逢周日的节假日": "", "MW Su": ""} {
		if d, err := ParseDays(text); (err == nil) != (want != "") || d.String() != want {
			t.Errorf("%s is %q, %v", text, d, err)
		}
	}
}
