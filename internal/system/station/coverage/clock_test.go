package coverage_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationtest"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
)

// A clock says at every minute what asking for that minute says.
func TestClockIsMinuteByMinute(t *testing.T) {
	streets := stationtest.Grid(t, 5)
	rapid.Check(t, func(t *rapid.T) {
		n := stationtest.DrawNetwork(t, streets)
		if len(n.Demands) == 0 {
			t.Skip("nobody lives there")
		}
		q := coverage.Question{Mode: network.Mode(rapid.IntRange(0, 1).Draw(t, "mode")), Within: 8 * time.Minute}
		week, err := n.Week(t.Context(), q, nil)
		if err != nil {
			t.Fatal(err)
		}
		checkSpans(t, week)
		holiday := calendar.On(2026, time.October, 1)
		day, err := n.Day(t.Context(), q, holiday, nil)
		if err != nil {
			t.Fatal(err)
		}
		checkSpans(t, day)
		for range 10 {
			minute := rapid.IntRange(0, week.Minutes-1).Draw(t, "minute")
			// 9 March 2026 begins a week without holidays.
			checkMoment(t, n, q, week.At(minute), time.Date(2026, 3, 9, 0, minute, 0, 0, time.UTC))
			minute %= day.Minutes
			checkMoment(t, n, q, day.At(minute), day.Moment(minute, time.UTC))
		}
	})
}

func checkSpans(t *rapid.T, c *coverage.Clock) {
	at, sets := 0, map[int]bool{}
	for _, s := range c.Spans {
		if s.From != at || s.To <= s.From {
			t.Fatalf("a span from %d to %d follows one to %d", s.From, s.To, at)
		}
		at, sets[s.Set] = s.To, true
	}
	if at != c.Minutes || len(sets) != c.Sets {
		t.Fatalf("spans end at %d of %d, %d sets of %d", at, c.Minutes, len(sets), c.Sets)
	}
}

func checkMoment(t *rapid.T, n *coverage.Survey, q coverage.Question, s coverage.Span, at time.Time) {
	q.At = at
	c, err := n.Cover(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if s.Covered != c.Covered || s.Counted != c.Counted {
		t.Fatalf("at %v the clock says %v of %d stations, asking says %v of %d", at, s.Covered, s.Counted, c.Covered, c.Counted)
	}
}

// A part of the demand is covered as it is within the whole.
func TestClockOfSomeCells(t *testing.T) {
	streets := stationtest.Grid(t, 5)
	rapid.Check(t, func(t *rapid.T) {
		n := stationtest.DrawNetwork(t, streets)
		demand, ok := n.Demand("")
		if !ok {
			t.Skip("nobody lives there")
		}
		var some []int32
		for i := range demand.Cells {
			if rapid.Bool().Draw(t, "in") {
				some = append(some, int32(i))
			}
		}
		q := coverage.Question{At: stationtest.Monday(10, 0)}
		week, err := n.Week(t.Context(), q, append([]int32{}, some...))
		if err != nil {
			t.Fatal(err)
		}
		c, err := n.Cover(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		var want [coverage.CoverTimes + 1]reach.Weight
		for _, i := range some {
			for k := range int(c.Counts[i]) + 1 {
				want[k] += c.Weights[i]
			}
		}
		if got := week.At(10 * 60).Covered; got != want {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

// A scenario is the network that has the changed stations, made anew.
func TestScenarioIsTheNetworkMadeAnew(t *testing.T) {
	streets := stationtest.Grid(t, 5)
	rapid.Check(t, func(t *rapid.T) {
		n := stationtest.DrawNetwork(t, streets)
		for i := range n.Stations {
			n.Stations[i].Brand = station.Brands()[rapid.IntRange(0, 1).Draw(t, "brand")]
		}
		stations := map[string]station.Station{}
		for _, s := range n.Stations {
			stations[s.Code] = s
		}
		changes := drawChanges(t, stations)
		got, err := n.WhatIf(changes)
		if err != nil {
			t.Fatal(err)
		}
		var list []station.Station
		for _, s := range stations {
			list = append(list, s)
		}
		want := coverage.New(network.New(streets, list), slices.Clone(n.Demands))
		q := coverage.Question{Mode: network.Mode(rapid.IntRange(0, 1).Draw(t, "mode")), At: stationtest.Monday(rapid.IntRange(0, 23).Draw(t, "hour"), 0), AnyHour: rapid.Bool().Draw(t, "any")}
		sameCoverage(t, got, want, q)
		counts, err := got.Counts(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if counts.Searches > 2*len(changes) {
			t.Fatalf("%d changes took %d bounded searches", len(changes), counts.Searches)
		}
		if len(n.Demands) == 0 {
			return
		}
		a, err := got.Week(t.Context(), q, nil)
		if err != nil {
			t.Fatal(err)
		}
		b, err := want.Week(t.Context(), q, nil)
		if err != nil {
			t.Fatal(err)
		}
		for minute := 0; minute < a.Minutes; minute += 30 {
			if x, y := a.At(minute), b.At(minute); x.Covered != y.Covered || x.Counted != y.Counted {
				t.Fatalf("at minute %d %+v, made anew %+v", minute, x, y)
			}
		}
	})
}

// drawChanges draws changes and makes them in a list of stations.
func drawChanges(t *rapid.T, stations map[string]station.Station) []whatif.Change {
	always, _ := opening.Parse("24/7")
	early, _ := opening.Parse("Mo-Fr 05:00-11:00")
	var out []whatif.Change
	for i := range rapid.IntRange(0, 6).Draw(t, "changes") {
		c := whatif.Change{
			Act: whatif.Act(rapid.IntRange(0, 4).Draw(t, "act")), Days: opening.Weekend,
			At: stationtest.Spot(rapid.Float64Range(0, 1000).Draw(t, "x"), rapid.Float64Range(0, 1000).Draw(t, "y")), Hours: always,
		}
		if rapid.Bool().Draw(t, "early") {
			c.Hours = early
		}
		codes := []string{}
		for code := range stations {
			codes = append(codes, code)
		}
		slices.Sort(codes)
		switch chain := rapid.IntRange(0, 3).Draw(t, "chain") == 0; {
		case c.Act == whatif.OpenStation:
			c.Code = fmt.Sprintf("NEW%d", i)
			stations[c.Code] = station.Station{Code: c.Code, At: c.At, Hours: c.Hours}
		case chain && c.Act != whatif.MoveStation:
			c.Brand = station.Brands()[0]
			for _, code := range codes {
				if stations[code].Brand == c.Brand && stations[code].Status == station.Operating {
					carryOut(stations, code, c)
				}
			}
		case len(codes) == 0:
			continue
		default:
			c.Code = rapid.SampledFrom(codes).Draw(t, "code")
			carryOut(stations, c.Code, c)
		}
		out = append(out, c)
	}
	return out
}

func carryOut(stations map[string]station.Station, code string, c whatif.Change) {
	s := stations[code]
	switch c.Act {
	case whatif.CloseStation:
		delete(stations, code)
		return
	case whatif.MoveStation:
		s.At = c.At
	case whatif.ChangeHours:
		s.Hours = c.Hours
	case whatif.PauseDays:
		s.Hours = s.Hours.Without(c.Days)
	case whatif.OpenStation:
	}
	stations[code] = s
}

func sameCoverage(t *rapid.T, s *coverage.Scenario, n *coverage.Survey, q coverage.Question) {
	got, err := s.Cover(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	want, err := n.Cover(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if got.Covered != want.Covered || !slices.Equal(got.Counts, want.Counts) || got.Counted != want.Counted ||
		got.Operating != want.Operating || got.HoursUnknown != want.HoursUnknown || got.Unplaced != want.Unplaced {
		t.Fatalf("%+v, made anew %+v", got, want)
	}
	for i, g := range got.Gaps {
		w := want.Gaps[i]
		if g.Weight != w.Weight || g.Way != w.Way || (g.Nearest == nil) != (w.Nearest == nil) || g.Nearest != nil && g.Nearest.Code != w.Nearest.Code {
			t.Fatalf("gap %d is %+v, made anew %+v", i, g, w)
		}
	}
}

func TestReachingIsOpeningThere(t *testing.T) {
	streets := stationtest.Grid(t, 5)
	always, _ := opening.Parse("24/7")
	rapid.Check(t, func(t *rapid.T) {
		n := stationtest.DrawNetwork(t, streets)
		if len(n.Demands) == 0 {
			t.Skip("nobody lives there")
		}
		at := stationtest.Spot(rapid.Float64Range(-900, 1900).Draw(t, "x"), rapid.Float64Range(0, 1000).Draw(t, "y"))
		q := coverage.Question{At: stationtest.Monday(10, 0)}
		pairs, near, err := n.Reaching(t.Context(), q, []geo.Point{at})
		if err != nil {
			t.Fatal(err)
		}
		alone := coverage.New(network.New(streets, []station.Station{{Code: "X", At: at, Hours: always}}), slices.Clone(n.Demands))
		c, err := alone.Cover(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		var want []int32
		for i, count := range c.Counts {
			if count > 0 {
				want = append(want, int32(i))
			}
		}
		if !slices.Equal(pairs.Of(0), want) || near[0] != (c.Unplaced == 0) {
			t.Fatalf("%v reach it, want %v", pairs.Of(0), want)
		}
	})
}
