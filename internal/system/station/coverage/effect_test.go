package coverage_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/stationtest"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
)

// What is gained and lost is the difference, a change alone is its own effect,
// and a part of the week is the mean of its minutes.
func TestEffectAddsUp(t *testing.T) {
	streets := stationtest.Grid(t, 5)
	rapid.Check(t, func(t *rapid.T) {
		n := stationtest.DrawNetwork(t, streets)
		if len(n.Demands) == 0 {
			t.Skip("nobody lives there")
		}
		stations := map[string]station.Station{}
		for _, s := range n.Stations {
			stations[s.Code] = s
		}
		changes := drawChanges(t, stations)
		s, err := n.WhatIf(changes)
		if err != nil {
			t.Fatal(err)
		}
		q := coverage.Question{At: stationtest.Monday(rapid.IntRange(0, 23).Draw(t, "hour"), 0), Within: 8 * time.Minute}
		e, err := s.Effect(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if e.Gained.Once-e.Lost.Once != e.After.Covered[1]-e.Before.Covered[1] || e.Gained.Twice-e.Lost.Twice != e.After.Covered[2]-e.Before.Covered[2] {
			t.Fatalf("gained %+v, lost %+v, from %v to %v", e.Gained, e.Lost, e.Before.Covered, e.After.Covered)
		}
		if len(changes) > 0 {
			checkAlone(t, n, q, changes)
		}
		_, after := e.Figures()
		for part, got := range after.Week {
			if want := minuteByMinute(e.AfterWeek, coverage.WeekPart(part)); got != want {
				t.Fatalf("part %d is %+v, its minutes say %+v", part, got, want)
			}
		}
	})
}

func checkAlone(t *rapid.T, n *coverage.Survey, q coverage.Question, changes []whatif.Change) {
	alone, err := n.Alone(t.Context(), q, changes)
	if err != nil {
		t.Fatal(err)
	}
	s, err := n.WhatIf(changes[:1])
	if err != nil {
		t.Fatal(err)
	}
	e, err := s.Effect(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if want := (coverage.Shift{Once: e.Gained.Once - e.Lost.Once, Twice: e.Gained.Twice - e.Lost.Twice}); alone[0] != want {
		t.Fatalf("%s does %+v alone, want %+v", changes[0], alone[0], want)
	}
}

// minuteByMinute is the mean over a part of the week, the long way round.
func minuteByMinute(week *coverage.Clock, part coverage.WeekPart) coverage.PartFigures {
	var sum [3]reach.Weight
	var minutes reach.Weight
	for minute := range 7 * 24 * 60 {
		hour, weekend := minute/60%24, minute >= 5*24*60
		night := hour >= 22 || hour < 6
		if weekend != (part >= coverage.WeekendDay) || night != (part == coverage.WorkdayNight || part == coverage.WeekendNight) {
			continue
		}
		minutes++
		for k := range sum {
			sum[k] += week.At(minute).Covered[k]
		}
	}
	return coverage.PartFigures{Demand: sum[0] / minutes, Once: sum[1] / minutes, Twice: sum[2] / minutes}
}
