package coverage_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/area"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationtest"
)

// TestClocksOfManyPartsAreEachPartsClock: all at once is one by one, on an
// ordinary week and on a named day.
func TestClocksOfManyPartsAreEachPartsClock(t *testing.T) {
	streets := stationtest.Grid(t, 5)
	rapid.Check(t, func(t *rapid.T) {
		n := stationtest.DrawNetwork(t, streets)
		demand, ok := n.Demand("")
		if !ok {
			t.Skip("nobody lives there")
		}
		parts := make([][]int32, 3)
		for i := range demand.Cells {
			for p := range parts {
				if rapid.Bool().Draw(t, "in") {
					parts[p] = append(parts[p], int32(i))
				}
			}
		}
		q, holiday := coverage.Question{}, calendar.On(2026, time.October, 1)
		dates := n.Timetable().UsualDates(calendar.On(2026, time.March, 9))
		weeks, err := n.WeeksOn(t.Context(), q, dates, parts)
		if err != nil {
			t.Fatal(err)
		}
		days, err := n.Days(t.Context(), q, holiday, parts)
		if err != nil {
			t.Fatal(err)
		}
		for p, cells := range parts {
			week, err := n.Week(t.Context(), q, append([]int32{}, cells...))
			if err != nil {
				t.Fatal(err)
			}
			day, err := n.Day(t.Context(), q, holiday, append([]int32{}, cells...))
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range [][2]*coverage.Clock{{weeks[p], week}, {days[p], day}} {
				if !slices.Equal(c[0].Spans, c[1].Spans) || c[0].Unreachable != c[1].Unreachable || c[0].Sets != c[1].Sets {
					t.Fatalf("part %d: %+v, alone %+v", p, c[0], c[1])
				}
			}
		}
	})
}

func TestCircleIsEveryPair(t *testing.T) {
	streets := stationtest.Grid(t, 5)
	rapid.Check(t, func(t *rapid.T) {
		n := stationtest.DrawNetwork(t, streets)
		demand, _ := n.Demand("")
		cov, err := n.Cover(t.Context(), coverage.Question{At: stationtest.Monday(rapid.IntRange(0, 23).Draw(t, "hour"), 0)})
		if err != nil {
			t.Fatal(err)
		}
		radius := rapid.IntRange(100, 1500).Draw(t, "radius")
		circle, err := n.Circle(t.Context(), cov, radius)
		if err != nil {
			t.Fatal(err)
		}
		var only, missed reach.Weight
		var covered [coverage.CoverTimes + 1]reach.Weight
		for i, cell := range demand.Cells {
			count := 0
			for _, s := range n.Stations {
				_, placed := streets.Walk.Snap(s.At, network.SnapBoundM)
				if s.Status == station.Operating && placed && s.Hours.OpenAt(cov.Question.At) && geo.Distance(s.At, cell.At) <= float64(radius) {
					count++
				}
			}
			for k := range min(count, coverage.CoverTimes) + 1 {
				covered[k] += cov.Weights[i]
			}
			switch {
			case count > 0 && cov.Counts[i] == 0:
				only += cov.Weights[i]
			case count == 0 && cov.Counts[i] > 0:
				missed += cov.Weights[i]
			}
		}
		var inGaps reach.Weight
		for _, g := range circle.Gaps {
			inGaps += g.Weight
		}
		if circle.Covered != covered || circle.Only != only || circle.Missed != missed || len(circle.Gaps) < 20 && inGaps != only {
			t.Fatalf("%+v, want %v, %v only, %v missed", circle, covered, only, missed)
		}
	})
}

// block is the square of so many metres from corner to corner.
func block(west, south, east, north float64) geo.Shape {
	a, b := stationtest.Spot(west, south).Fixed(), stationtest.Spot(east, north).Fixed()
	return geo.Shape{{geo.Ring{a, {Lon: b.Lon, Lat: a.Lat}, b, {Lon: a.Lon, Lat: b.Lat}, a}}}
}

// A street of five people, one of them at night: a station is open on weekdays
// until six, and a second one on Mondays from noon to half past three.
func street(t *testing.T) *coverage.Survey {
	t.Helper()
	var cells []demand.Cell
	for i := range 5 {
		cells = append(cells, demand.Cell{ID: strconv.Itoa(i), At: stationtest.Spot(float64(100+200*i), 5), Day: 10, Night: float64(10 * (i % 2))})
	}
	return coverage.New(network.New(stationtest.Grid(t, 5), []station.Station{
		{Code: "A", At: stationtest.Spot(100, 0), Hours: stationtest.Hours(t, "Mo-Fr 08:00-18:00; 2026 Nov 28 08:00-18:00")},
		{Code: "B", At: stationtest.Spot(300, 0), Hours: stationtest.Hours(t, "Mo 12:00-15:30")},
	}), demand.Of(cells))
}

func parsed(t *testing.T, code string) gb.Division {
	t.Helper()
	d, err := gb.Parse(code)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestMeasure(t *testing.T) {
	n := street(t)
	target := func(once, twice area.Permille, window string) area.Target {
		return area.Target{Once: once, Twice: twice, Hours: stationtest.Hours(t, window), Minutes: 5} // 400 m
	}
	z := n.Zoning([]area.Area{
		{Code: "KA-1", Shape: block(0, -50, 400, 50), Target: target(1000, 0, "Mo-Fr 08:00-18:00")},
		{Code: "KA-2", Shape: block(0, -50, 400, 50), Target: target(1000, 1000, "Mo 12:00-16:00")},
		{Code: "KA-3", Shape: block(0, -50, 1000, 50), Target: target(600, 0, "Mo-Fr 07:30-18:00")},
		{Code: "KA-4", Shape: block(0, 2000, 1000, 3000), Target: target(600, 0, "Mo-Fr 07:30-18:00")},
		{Code: "KA-5", Shape: block(0, -50, 400, 50)},
		{Code: "KA-6", Shape: block(0, -50, 400, 50), Target: area.Target{Once: 10, Demand: "couriers"}},
	})
	measures, err := z.Measure(t.Context(), coverage.AreaQuestion{From: calendar.On(2026, time.March, 9)})
	if err != nil {
		t.Fatal(err)
	}
	const day = 24 * 60
	for i, want := range []struct {
		verdict            coverage.Verdict
		cells              int
		worst1, worst2     int // minute at which the worst span begins
		fails1, fails2     int // minutes
		covered1, covered2 float64
	}{
		{coverage.Met, 2, 8 * 60, 8 * 60, 0, 0, 1, 0},
		{coverage.Missed, 2, 12 * 60, 15*60 + 30, 0, 30, 1, 0},
		{coverage.Missed, 5, 7*60 + 30, 7*60 + 30, 5*630 - 210, 0, 0, 0}, // but for Mondays from noon to half past three
		{coverage.NoDemand, 0, 0, 0, 0, 0, 0, 0},
		{coverage.NoTarget, 2, 0, 0, 0, 0, 0, 0},
		{coverage.NoKind, 0, 0, 0, 0, 0, 0, 0},
	} {
		m := measures[i]
		if m.Verdict != want.verdict || len(m.Cells) != want.cells {
			t.Errorf("%s: %s with %d cells", m.Area.Code, m.Verdict.Key(), len(m.Cells))
		}
		for k, w := range [2]struct {
			worst, fails int
			share        float64
		}{{want.worst1, want.fails1, want.covered1}, {want.worst2, want.fails2, want.covered2}} {
			if h := m.Held[k]; h.Worst.From != w.worst || h.FailsMinutes() != w.fails || h.Worst.Share(k+1) != w.share {
				t.Errorf("%s, %d stations: worst from %d with %g, fails %d min", m.Area.Code, k+1, h.Worst.From, h.Worst.Share(k+1), h.FailsMinutes())
			}
		}
	}
	// On a Saturday with hours of its own the target of weekdays asks for nothing.
	saturday := calendar.On(2026, time.November, 28)
	measures, err = z.Measure(t.Context(), coverage.AreaQuestion{Day: &saturday, Minutes: 60})
	if err != nil {
		t.Fatal(err)
	}
	if m := measures[2]; m.Verdict != coverage.NoDemand || m.Clock.Day != saturday || m.Clock.At(9*60).Share(1) != 1 || m.Clock.Minutes != day {
		t.Errorf("on Saturday: %s %+v", m.Verdict.Key(), m.Clock.At(9*60))
	}
}

func TestRollUp(t *testing.T) {
	n := street(t)
	z := n.Zoning([]area.Area{
		{Code: "630102", Kind: area.DivisionArea, Division: parsed(t, "630102"), Shape: block(0, -50, 400, 50)},
		{Code: "630103", Kind: area.DivisionArea, Division: parsed(t, "630103"), Shape: block(200, -50, 800, 50)}, // overlaps
		{Code: "6301Z01", Kind: area.ZoneArea, Division: parsed(t, "6301Z01"), Shape: block(0, -50, 1000, 50)},
		{Code: "KA-1", Shape: block(0, -50, 1000, 50)},
	})
	divisions, zones, outside := z.RollUp("")
	var got []string
	for _, p := range append(divisions, zones...) {
		got = append(got, fmt.Sprintf("%s %d %v", p.Division.Code(), p.Area, p.Cells))
	}
	want := []string{"630000 -1 [0 1 2 3]", "630100 -1 [0 1 2 3]", "630102 0 [0 1]", "630103 1 [1 2 3]", "6301Z01 2 [0 1 2 3 4]"}
	if !slices.Equal(got, want) || !slices.Equal(outside, []int32{4}) {
		t.Errorf("%q, outside %v", got, outside)
	}
}

func TestUsualDates(t *testing.T) {
	n := street(t)
	// The 28th has hours of its own, and the 29th follows it.
	if d := n.Timetable().UsualDates(calendar.On(2026, time.November, 25)); d[5] != calendar.On(2026, time.December, 5) || d[6] != calendar.On(2026, time.December, 6) || d[2] != calendar.On(2026, time.November, 25) {
		t.Errorf("%v", d)
	}
	// The 1st to the 7th of October are holidays, and the 10th is a 调休 workday.
	if d := n.Timetable().UsualDates(calendar.On(2026, time.September, 30)); d[3] != calendar.On(2026, time.October, 15) || d[5] != calendar.On(2026, time.October, 17) {
		t.Errorf("%v", d)
	}
	from := calendar.On(2026, time.November, 25)
	if e := n.Timetable().Exceptions(from, from.Add(30)); len(e) != 1 || e[0].First != calendar.On(2026, time.November, 28) || e[0].Stations != 1 {
		t.Errorf("%+v", e)
	}
	if e := n.Timetable().Exceptions(from.Add(10), from.Add(30)); len(e) != 0 {
		t.Errorf("%+v", e)
	}
}

// TestWeekOnDatesIsEachDay: in a season the usual week is the season's.
func TestWeekOnDatesIsEachDay(t *testing.T) {
	var cells []demand.Cell
	for i := range 5 {
		cells = append(cells, demand.Cell{ID: strconv.Itoa(i), At: stationtest.Spot(float64(100+200*i), 5), Day: 10, Night: 5})
	}
	n := coverage.New(network.New(stationtest.Grid(t, 5), []station.Station{{Code: "A", At: stationtest.Spot(100, 0), Hours: stationtest.Hours(t, "Mo-Fr 08:00-18:00; Nov 15-Mar 15 Mo-Su 09:00-26:00")}}), demand.Of(cells))
	dates := n.Timetable().UsualDates(calendar.On(2026, time.November, 25))
	week, err := n.WeekOn(t.Context(), coverage.Question{}, dates)
	if err != nil {
		t.Fatal(err)
	}
	for i, date := range dates {
		day, err := n.Day(t.Context(), coverage.Question{}, date, nil)
		if err != nil {
			t.Fatal(err)
		}
		for minute := 0; minute < day.Minutes; minute += 30 {
			if a, b := day.At(minute), week.At(i*day.Minutes+minute); a.Covered != b.Covered || a.Counted != b.Counted {
				t.Fatalf("%v, minute %d: %v, in the week %v", date, minute, a, b)
			}
		}
	}
	if week.At(9*60).Counted != 1 || week.At(8*60).Counted != 0 || week.At(25*60).Counted != 1 {
		t.Error("the week is not that of winter")
	}
}
