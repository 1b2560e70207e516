package station_test

import (
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/system/station"
)

// A gap names the nearest station that counts, new and moved ones like the
// others, with the way that the router finds.
func TestAGapNamesItsNearestStation(t *testing.T) {
	streets := grid(t, 20)
	always := hours(t, "24/7")
	home, far, near := spot(3900, 3900), spot(100, 100), spot(2100, 2500)
	v := station.NewSurvey(station.NewNetwork(streets, []station.Station{
		{Code: "B", At: far, Hours: always}, {Code: "C", At: spot(100, 500), Hours: always}, {Code: "N", At: near},
	}), station.DemandOf([]station.Cell{{ID: "a", At: home, Day: 10}}))
	q := station.CoverQuestion{Within: 5 * time.Minute, At: monday(12, 0)}
	for name, c := range map[string]struct {
		changes []station.Change
		want    string
	}{
		"as it is":    {nil, "C"}, // the nearest has no hours that anybody has said
		"opened":      {[]station.Change{{Act: station.OpenStation, Code: "NEW", At: near, Hours: always}}, "NEW"},
		"moved":       {[]station.Change{{Act: station.MoveStation, Code: "B", At: near}}, "B"},
		"its hours":   {[]station.Change{{Act: station.ChangeHours, Code: "N", Hours: always}}, "N"},
		"closed":      {[]station.Change{{Act: station.CloseStation, Code: "C"}}, "B"},
		"two at once": {[]station.Change{{Act: station.OpenStation, Code: "Z", At: near, Hours: always}, {Act: station.OpenStation, Code: "Y", At: near, Hours: always}}, "Y"},
		"all closed":  {[]station.Change{{Act: station.CloseStation, Code: "B"}, {Act: station.CloseStation, Code: "C"}}, ""},
	} {
		s, err := v.WhatIf(c.changes)
		if err != nil {
			t.Fatal(name, err)
		}
		cover, err := s.Cover(t.Context(), q)
		if err != nil || len(cover.Gaps) != 1 {
			t.Fatalf("%s: %d gaps, %v", name, len(cover.Gaps), err)
		}
		g := cover.Gaps[0]
		switch {
		case c.want == "":
			if g.Nearest != nil {
				t.Errorf("%s: the nearest is %s", name, g.Nearest.Code)
			}
			continue
		case g.Nearest == nil || g.Nearest.Code != c.want:
			t.Errorf("%s: the nearest is %v, want %s", name, g.Nearest, c.want)
			continue
		}
		if way, ok := door(streets.Walk, home, g.Nearest.At); !ok || way != g.Way {
			t.Errorf("%s: %d dm to it, the router says %d", name, g.Way, way)
		}
	}
}
