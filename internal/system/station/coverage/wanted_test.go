package coverage_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/area"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationtest"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
)

// aTown is a survey of a small city in which everything can be asked.
func aTown(t *testing.T) *coverage.Survey {
	t.Helper()
	var stations []station.Station
	var cells []demand.Cell
	for i := range 12 {
		at := stationtest.Spot(float64(150*i), float64(130*(i%7)))
		stations = append(stations, station.Station{Code: fmt.Sprintf("S%02d", i), Name: "站", At: at, Hours: stationtest.Hours(t, "Mo-Fr 08:00-20:00")})
		cells = append(cells, demand.Cell{ID: strconv.Itoa(i), At: at, Day: 10, Night: 3})
	}
	return coverage.New(network.New(stationtest.Grid(t, 10), stations), demand.Of(cells))
}

// What nobody waits for any more ends with that, and leaves nothing behind: who
// asks afterwards has the right answer.
func TestWhatNobodyWantsEndsAndIsForgotten(t *testing.T) {
	q := coverage.Question{Mode: network.Ebike, Within: 5 * time.Minute, At: stationtest.Monday(12, 0)}
	want, err := aTown(t).Cover(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	v := aTown(t)
	trial, err := v.WhatIf([]whatif.Change{{Act: whatif.CloseStation, Code: "S03"}})
	if err != nil {
		t.Fatal(err)
	}
	zoning := v.Zoning([]area.Area{{Code: "K-1", Name: "区", Kind: area.KeyArea, Shape: block(0, 0, 900, 900)}})
	for name, ask := range map[string]func(context.Context) error{
		"Cover":        func(ctx context.Context) error { _, err := v.Cover(ctx, q); return err },
		"Counts":       func(ctx context.Context) error { _, err := trial.Counts(ctx, q); return err },
		"Effect":       func(ctx context.Context) error { _, err := trial.Effect(ctx, q); return err },
		"Alone":        func(ctx context.Context) error { _, err := v.Alone(ctx, q, nil); return err },
		"Week":         func(ctx context.Context) error { _, err := v.Week(ctx, q, nil); return err },
		"Day":          func(ctx context.Context) error { _, err := v.Day(ctx, q, calendar.DateOf(q.At), nil); return err },
		"Circle":       func(ctx context.Context) error { _, err := v.Circle(ctx, want, 500); return err },
		"GapsIn":       func(ctx context.Context) error { _, err := v.GapsIn(ctx, want, []int32{0, 1, 2}); return err },
		"CountedAreas": func(ctx context.Context) error { _, err := v.CountedAreas(ctx, q, q.Within); return err },
		"Reaching": func(ctx context.Context) error {
			_, _, err := v.Reaching(ctx, q, []geo.Point{stationtest.Spot(300, 300)})
			return err
		},
		"Measure": func(ctx context.Context) error { _, err := zoning.Measure(ctx, coverage.AreaQuestion{}); return err },
	} {
		if err := ask(gone); !errors.Is(err, context.Canceled) {
			t.Errorf("%s goes on for nobody: %v", name, err)
		}
		if err := ask(t.Context()); err != nil {
			t.Errorf("%s, asked again: %v", name, err)
		}
	}
	got, err := v.Cover(t.Context(), q)
	if err != nil || got.Covered != want.Covered {
		t.Errorf("covered %v, %v, want %v", got.Covered, err, want.Covered)
	}
}
