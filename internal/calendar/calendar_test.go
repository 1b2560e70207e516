package calendar_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/calendar"
)

func TestKindOfDay(t *testing.T) {
	for date, want := range map[string]calendar.Kind{
		"2026-11-23": calendar.Workday,
		"2026-11-22": calendar.RestDay,
		"2026-10-01": calendar.Holiday,
		"2026-10-07": calendar.Holiday,
		"2026-10-08": calendar.Workday,
		"2026-10-10": calendar.MakeupWorkday,
		"2026-01-03": calendar.Holiday, // a Saturday that the document counts in
		"2024-06-09": calendar.RestDay, // a Sunday that merely adjoins the holiday
		"2025-01-26": calendar.MakeupWorkday,
		"2030-10-01": calendar.Workday, // not yet arranged: a plain Tuesday
	} {
		d, err := calendar.ParseDate(date)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Kind(); got != want {
			t.Errorf("%v is a %s, want %s", d, got.Name().EN, want.Name().EN)
		}
	}
}

// Each arrangement moves days about within a year; the number of days off that
// the law gives shows in how many weekdays each year loses net of the worked
// weekends: 11 until 2024 and 13 since, less those that fall on a weekend.
func TestArrangementsAreConsistent(t *testing.T) {
	for _, a := range calendar.Arrangements() {
		weekdaysOff, weekendsWorked := 0, 0
		for d := calendar.On(a.Year, time.January, 1); d.Before(calendar.On(a.Year+1, time.January, 1)); d = d.Add(1) {
			weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
			switch d.Kind() {
			case calendar.Holiday:
				if !weekend {
					weekdaysOff++
				}
			case calendar.MakeupWorkday:
				weekendsWorked++
				if !weekend {
					t.Errorf("%v is made a workday but is one already", d)
				}
			case calendar.Workday, calendar.RestDay:
			}
		}
		statutory := 13
		if a.Year < 2025 {
			statutory = 11
		}
		if got := weekdaysOff - weekendsWorked; got != statutory {
			t.Errorf("%d (%s): %d weekdays off net of worked weekends, want the %d days of the law", a.Year, a.Document, got, statutory)
		}
	}
}

func TestKnown(t *testing.T) {
	for year, want := range map[int]bool{2023: false, 2024: true, 2026: true, 2027: false} {
		if calendar.Known(year) != want {
			t.Errorf("Known(%d) is not %v", year, want)
		}
	}
	if name, ok := calendar.On(2026, time.February, 20).HolidayName(); !ok || name.ZH != "春节" || name.EN != "Spring Festival" {
		t.Errorf("20 February 2026 is %q", name)
	}
}

func TestAddWorkdays(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-11-23", 1, "2026-11-24"},
		{"2026-11-27", 1, "2026-11-30"},
		{"2026-09-30", 3, "2026-10-10"}, // over National Day, the Saturday counts
		{"2026-02-13", 1, "2026-02-14"},
		{"2026-11-23", 0, "2026-11-23"},
	} {
		from, _ := calendar.ParseDate(c.from)
		if got := calendar.AddWorkdays(from, c.n); got.String() != c.want {
			t.Errorf("%d working days after %s: %v, want %s", c.n, c.from, got, c.want)
		}
	}
}

func TestWorkdaysInvertsAddWorkdays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := calendar.On(2024, time.January, 1).Add(rapid.IntRange(0, 1000).Draw(t, "day"))
		n := rapid.IntRange(1, 60).Draw(t, "n")
		to := calendar.AddWorkdays(from, n)
		if got := calendar.Workdays(from, to); got != n || !to.Kind().Worked() {
			t.Fatalf("%v + %d working days = %v, a %s, which is %d working days on", from, n, to, to.Kind().Name().EN, got)
		}
	})
}

func TestDateOfFollowsTheLocation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(-1e9, 4e9).Draw(t, "unix"), 0)
		loc := time.FixedZone("", rapid.IntRange(-12, 14).Draw(t, "hours")*3600)
		d := calendar.DateOf(at.In(loc))
		if got, want := d.String(), at.In(loc).Format(time.DateOnly); got != want {
			t.Fatalf("%v in %v is on %s, want %s", at, loc, got, want)
		}
		if !d.Start(loc).Add(24*time.Hour).After(at) || d.Start(loc).After(at) {
			t.Fatalf("%v does not hold %v", d, at)
		}
	})
	if got := calendar.On(2026, time.November, 23).Format(); got != "2026年11月23日（周一）" {
		t.Error(got)
	}
	if _, err := calendar.ParseDate("2026-02-30"); err == nil {
		t.Error("30 February was accepted")
	}
}
