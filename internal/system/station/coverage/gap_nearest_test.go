package coverage_test

import (
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationtest"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
)

// A gap names the nearest station that counts, new and moved ones like the
// others, with the way that the router finds.
func TestAGapNamesItsNearestStation(t *testing.T) {
	streets := stationtest.Grid(t, 20)
	always := stationtest.Hours(t, "24/7")
	home, far, near := stationtest.Spot(3900, 3900), stationtest.Spot(100, 100), stationtest.Spot(2100, 2500)
	v := coverage.New(network.New(streets, []station.Station{
		{Code: "B", At: far, Hours: always}, {Code: "C", At: stationtest.Spot(100, 500), Hours: always}, {Code: "N", At: near},
	}), demand.Of([]demand.Cell{{ID: "a", At: home, Day: 10}}))
	q := coverage.Question{Within: 5 * time.Minute, At: stationtest.Monday(12, 0)}
	for name, c := range map[string]struct {
		changes []whatif.Change
		want    string
	}{
		"as it is":    {nil, "C"}, // the nearest has no hours that anybody has said
		"opened":      {[]whatif.Change{{Act: whatif.OpenStation, Code: "NEW", At: near, Hours: always}}, "NEW"},
		"moved":       {[]whatif.Change{{Act: whatif.MoveStation, Code: "B", At: near}}, "B"},
		"its hours":   {[]whatif.Change{{Act: whatif.ChangeHours, Code: "N", Hours: always}}, "N"},
		"closed":      {[]whatif.Change{{Act: whatif.CloseStation, Code: "C"}}, "B"},
		"two at once": {[]whatif.Change{{Act: whatif.OpenStation, Code: "Z", At: near, Hours: always}, {Act: whatif.OpenStation, Code: "Y", At: near, Hours: always}}, "Y"},
		"all closed":  {[]whatif.Change{{Act: whatif.CloseStation, Code: "B"}, {Act: whatif.CloseStation, Code: "C"}}, ""},
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
		if way, ok := stationtest.Door(streets.Walk, home, g.Nearest.At); !ok || way != g.Way {
			t.Errorf("%s: %d dm to it, the router says %d", name, g.Way, way)
		}
	}
}
