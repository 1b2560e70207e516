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
		"2060-10-01": calendar.Holiday, // not yet arranged: by the law alone
		"2060-10-04": calendar.Workday, // a plain Monday
		"2061-01-01": calendar.Holiday,
		"2060-05-02": calendar.Holiday,
		"2015-05-01": calendar.Holiday,
		"2018-05-02": calendar.Workday, // the second day is the law's since 2025
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
	for _, a := range calendar.Official.Arrangements() {
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
	for year, want := range map[int]bool{2022: false, 2023: true, 2024: true, 2026: true, 2027: false} {
		if calendar.Known(year) != want {
			t.Errorf("Known(%d) is not %v", year, want)
		}
	}
	if name, ok := calendar.On(2026, time.February, 20).HolidayName(); !ok || name.ZH != "春节" || name.EN != "Spring Festival" {
		t.Errorf("20 February 2026 is %q", name)
	}
}

// A site can be told of a year before it has a newer program.
func TestCalendarWithAnotherYear(t *testing.T) {
	c, err := calendar.Official.With("year 2030 示例〔2029〕1号 2029-11-01\nholiday 2030-10-01 2030-10-03 国庆节 | National Day\nworkday 2030-09-28\n" +
		"year 2026 示例〔2026〕2号 2026-02-01\nholiday 2026-10-01 2026-10-01 国庆节 | National Day\n")
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[calendar.Date]calendar.Kind{
		calendar.On(2030, time.October, 2):    calendar.Holiday,
		calendar.On(2030, time.September, 28): calendar.MakeupWorkday,
		calendar.On(2026, time.October, 2):    calendar.Workday, // the newer arrangement has one day
		calendar.On(2025, time.October, 2):    calendar.Holiday,
	} {
		if got := c.Kind(day); got != want {
			t.Errorf("%v is a %s, want %s", day, got.Name().EN, want.Name().EN)
		}
	}
	if calendar.Official.Known(2030) || !c.Known(2030) || c.Known(2031) {
		t.Error("the years that are known are not those that were told")
	}
	for _, bad := range []string{
		"year soon 1 2029-01-01", "holiday 2030-10-01 2031-10-01 国庆节 | National Day", "workday 2030-13-01", "sabbath 2030-01-01",
		"holiday 2030-10-01 2030-10-03 国庆节 | National Day", "year 2030 x 2029-11-01\nworkday 2031-02-01",
		"year 2030 x 2029-11-01\nyear 2030 y 2029-11-02", "year 2030 x 2029-11-01\nholiday 2030-10-03 2030-10-01 国庆节 | National Day",
	} {
		if _, err := calendar.Official.With(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
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
