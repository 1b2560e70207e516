package station

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/lang"
)

// A word that two choices of one catalogue share would make imports guess.
func TestCatalogueWordsAreUnambiguous(t *testing.T) {
	needs := make([]lang.Choice, lastNeed)
	for i, s := range services {
		needs[i] = s.Choice
		if s.icon == "" {
			t.Errorf("%s has no icon", s.Key)
		}
	}
	for name, options := range map[string][]lang.Choice{
		"brands": brands, "sizes": sizes, "accesses": accesses, "wheelchairs": wheelchairs, "statuses": statuses, "fields": fields[:], "services": needs,
	} {
		for i, o := range options {
			if o.Key == "" || o.Name.ZH == "" || o.Name.EN == "" {
				t.Errorf("%s: %+v lacks a name", name, o)
			}
			for _, word := range append([]string{o.Key, o.Name.ZH, o.Name.EN}, o.Also...) {
				if got, ok := lang.FindChoice(options, word); !ok || got != i {
					t.Errorf("%s: %q means %q, want %q", name, word, options[got].Key, o.Key)
				}
			}
		}
	}
}

func TestServices(t *testing.T) {
	s, unknown := ParseServices("热水、卫生间，WiFi; 除颤仪 / 按摩")
	if s != ServicesOf(HotWater, Toilet, Wifi, AED) || !cmp.Equal(unknown, []string{"按摩"}) {
		t.Errorf("%v %q", s.Keys(), unknown)
	}
	if !s.Has(ServicesOf(Toilet, AED)) || s.Has(ServicesOf(Toilet, Rest)) || !s.Has(0) {
		t.Error("Has")
	}
	n := 0
	for need := range Needs() {
		if got, ok := ParseNeed(need.Key()); !ok || got != need {
			t.Errorf("%s is read as %v", need.Key(), got)
		}
		n++
	}
	if n != int(lastNeed) || !HotWater.Basic() || Wifi.Basic() {
		t.Error(n)
	}
}

func TestSchemaOrg(t *testing.T) {
	h, err := opening.Parse(`Mo 08:00-12:00,14:00-18:00; Sa 22:00-30:00; Su 00:00-24:00; PH off; 2026 Nov 23 off; Nov 15-Mar 15 We 09:00-17:00`)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(h.SchemaOrg(calendar.On(2026, time.November, 23)))
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"@type":"OpeningHoursSpecification","dayOfWeek":["Monday"],"opens":"08:00","closes":"12:00"},` +
		`{"@type":"OpeningHoursSpecification","dayOfWeek":["Monday"],"opens":"14:00","closes":"18:00"},` +
		`{"@type":"OpeningHoursSpecification","dayOfWeek":["Saturday"],"opens":"22:00","closes":"06:00"},` +
		`{"@type":"OpeningHoursSpecification","dayOfWeek":["Sunday"],"opens":"00:00","closes":"23:59"},` +
		`{"@type":"OpeningHoursSpecification","dayOfWeek":["PublicHolidays"],"opens":"00:00","closes":"00:00"},` +
		`{"@type":"OpeningHoursSpecification","opens":"00:00","closes":"00:00","validFrom":"2026-11-23","validThrough":"2026-11-23"},` +
		`{"@type":"OpeningHoursSpecification","dayOfWeek":["Wednesday"],"opens":"09:00","closes":"17:00","validFrom":"2026-11-15","validThrough":"2027-03-15"}]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	if (opening.Hours{}).SchemaOrg(calendar.Date{}) != nil {
		t.Error("unknown hours were published")
	}
}
