package coverage

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
)

// Where the pairs are too many to keep, a sweep counts the same, and what needs
// the pairs is refused with the way out.
func TestCoverWithoutPairsIsTheSame(t *testing.T) {
	at := make([]geo.Fixed, 30)
	line := make([]uint32, len(at))
	for i := range at {
		at[i] = geo.Point{Lon: 101.7 + 0.002*float64(i), Lat: 36.6}.Fixed()
		line[i] = uint32(i)
	}
	b := road.NewBuilder(at)
	b.Add(road.Street{Line: line, Forward: true, Backward: true})
	g, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	streets := network.Streets{Walk: g, Ebike: g, WalkProfile: road.Walking(0), EbikeProfile: road.Ebike(0)}
	always, err := opening.Parse("24/7")
	if err != nil {
		t.Fatal(err)
	}
	var stations []station.Station
	var cells []demand.Cell
	for i := range at {
		cells = append(cells, demand.Cell{ID: fmt.Sprintf("c%02d", i), At: at[i].Point(), Day: float64(i), Night: 1})
		if i%7 == 0 {
			stations = append(stations, station.Station{Code: fmt.Sprintf("S%d", i), At: at[i].Point(), Hours: always})
		}
	}
	kept, swept := New(network.New(streets, slices.Clone(stations)), demand.Of(cells)), New(network.New(streets, stations), demand.Of(slices.Clone(cells)))
	swept.mostPairs = 3
	q := Question{At: time.Date(2026, 3, 9, 10, 0, 0, 0, time.UTC)}
	changes := []whatif.Change{{Act: whatif.OpenStation, Code: "NEW", At: at[3].Point(), Hours: always}, {Act: whatif.CloseStation, Code: "S7"}}
	for _, what := range [][]whatif.Change{nil, changes} {
		var answers [2]*Coverage
		for i, n := range []*Survey{kept, swept} {
			s, err := n.WhatIf(what)
			if err != nil {
				t.Fatal(err)
			}
			if answers[i], err = s.Cover(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
		if answers[0].Covered != answers[1].Covered || !slices.Equal(answers[0].Counts, answers[1].Counts) || answers[0].Covered[1] == 0 {
			t.Errorf("%d changes: %v from pairs, %v swept", len(what), answers[0].Covered, answers[1].Covered)
		}
	}
	if _, err := swept.Week(t.Context(), q, nil); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a week without pairs: %v", err)
	}
	if _, _, err := swept.Reaching(t.Context(), q, []geo.Point{at[0].Point(), at[9].Point()}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("sites without pairs: %v", err)
	}
}
