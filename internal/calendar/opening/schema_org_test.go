package opening

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiadu/xiadu/internal/calendar"
)

// A season in JSON-LD has the dates on which it is running, or comes next.
func TestSchemaOrgSeasons(t *testing.T) {
	for _, c := range []struct {
		text, from, to string
		today          calendar.Date
	}{
		{"8:00-18:00; Feb off", "2027-02-01", "2027-02-28", calendar.On(2026, time.November, 25)},
		{"8:00-18:00; Feb off", "2028-02-01", "2028-02-29", calendar.On(2028, time.January, 5)},
		{"8:00-18:00; Nov-Mar 9:00-17:00", "2025-11-01", "2026-03-31", calendar.On(2026, time.January, 5)},
		{"8:00-18:00; Nov-Mar 9:00-17:00", "2026-11-01", "2027-03-31", calendar.On(2026, time.November, 25)},
	} {
		h, err := Parse(c.text)
		if err != nil {
			t.Fatal(err)
		}
		all := h.SchemaOrg(c.today)
		if s := all[len(all)-1]; s.ValidFrom != c.from || s.ValidThrough != c.to {
			t.Errorf("%s on %v: from %s to %s, want %s to %s", c.text, c.today, s.ValidFrom, s.ValidThrough, c.from, c.to)
		}
	}
}

// Schema.org knows public holidays only as a whole; those of some weekdays are
// written by their dates.
func TestSchemaOrgOfHolidaysOnSundays(t *testing.T) {
	h, err := Parse("Mo-Fr 08:00-18:00; PH Su 09:00-12:00; PH Mo off")
	if err != nil {
		t.Fatal(err)
	}
	var got []Specification
	for _, s := range h.SchemaOrg(calendar.On(2026, time.September, 1)) {
		if s.ValidFrom != "" || slices.Contains(s.DayOfWeek, "PublicHolidays") {
			got = append(got, s)
		}
	}
	want := []Specification{
		{"OpeningHoursSpecification", nil, "09:00", "12:00", "2026-09-27", "2026-09-27"}, // 中秋节
		{"OpeningHoursSpecification", nil, "09:00", "12:00", "2026-10-04", "2026-10-04"},
		{"OpeningHoursSpecification", nil, "00:00", "00:00", "2026-10-05", "2026-10-05"},
	}
	if diff := cmp.Diff(want, got[:min(3, len(got))]); diff != "" {
		t.Error(diff)
	}
}
