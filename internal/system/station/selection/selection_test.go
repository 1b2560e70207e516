package selection_test

import (
	"context"
	"fmt"
	"math/bits"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo/siting"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/selection"
	"github.com/xiadu/xiadu/internal/system/station/stationtest"
	"github.com/xiadu/xiadu/internal/system/station/timetable"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
)

var sitingHours = []string{"24/7", "Mo-Fr 08:00-18:00", "08:30-21:00", "22:00-30:00", "Mo-Fr 09:00-12:00,13:30-17:00; Sa,Su 10:00-16:00", ""}

// drawCandidates adds up to six candidates to a drawn city.
func drawCandidates(t *rapid.T, streets network.Streets) *coverage.Survey {
	n := stationtest.DrawNetwork(t, streets)
	stations := append([]station.Station(nil), n.Stations...)
	for i := range rapid.IntRange(1, 6).Draw(t, "candidates") {
		h, err := opening.Parse(rapid.SampledFrom(sitingHours).Draw(t, "hours"))
		if err != nil {
			t.Fatal(err)
		}
		stations = append(stations, station.Station{
			Code: fmt.Sprintf("C-%d", i), Name: fmt.Sprint("候选 ", i), Status: station.Candidate, Hours: h,
			At:       stationtest.Spot(rapid.Float64Range(0, 1000).Draw(t, "x"), rapid.Float64Range(0, 1000).Draw(t, "y")),
			Premises: station.Premises(rapid.IntRange(0, 4).Draw(t, "premises")),
			Cost:     station.Cost{Fen: station.Fen(rapid.IntRange(0, 1_000_000).Draw(t, "fen")), Known: rapid.Bool().Draw(t, "cost known")},
		})
	}
	return coverage.New(network.New(streets, stations), n.Demands)
}

func drawSiting(t *rapid.T) selection.Question {
	q := selection.Question{
		Cover: coverage.Question{Mode: network.Mode(rapid.IntRange(0, 1).Draw(t, "mode")), Within: 12 * time.Minute, At: stationtest.Monday(rapid.IntRange(0, 23).Draw(t, "hour"), 0)},
		Times: rapid.IntRange(1, 2).Draw(t, "times"), Sites: new(rapid.IntRange(0, 3).Draw(t, "sites")),
	}
	if rapid.Bool().Draw(t, "through the week") {
		w, err := timetable.ParseWindow(timetable.DayKind(rapid.IntRange(0, 2).Draw(t, "days")), rapid.SampledFrom([]string{"07:00-21:00", "22-6", "0-24", "08:15-08:45"}).Draw(t, "window"))
		if err != nil {
			t.Fatal(err)
		}
		q.Window = w
	}
	return q
}

// What a plan claims is what the network says when the plan is opened, to the
// last digit; and the bound holds for every plan there is.
func TestSitingClaimsWhatTheNetworkSays(t *testing.T) {
	streets := stationtest.Grid(t, 5)
	rapid.Check(t, func(t *rapid.T) {
		n, q := drawCandidates(t, streets), drawSiting(t)
		if len(n.Demands) == 0 {
			t.Skip("nobody lives there")
		}
		s, err := selection.New(t.Context(), n, q, nil)
		if fault.KindOf(err) == fault.NotFound {
			t.Skip("nobody is there at these hours")
		}
		if err != nil {
			t.Fatal(err)
		}
		a, err := s.Solve(t.Context(), siting.Options{Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		if a.Bound < a.Value || a.Value != a.Covered {
			t.Fatalf("value %d, covered %d, bound %d", a.Value, a.Covered, a.Bound)
		}
		checkClaim(t, n, q, nil, a.Before())
		checkClaim(t, n, q, a.Changes(), a.After())
		checkEveryPlan(t, n, q, s, a)
	})
}

// checkClaim holds a claim against the network with the changes made.
func checkClaim(t *rapid.T, n *coverage.Survey, q selection.Question, changes []whatif.Change, claim selection.Average) {
	t.Helper()
	if got := coveredBy(t, n, q, changes); got != claim {
		t.Fatalf("claimed %v, the network says %v", claim, got)
	}
}

func coveredBy(t *rapid.T, n *coverage.Survey, q selection.Question, changes []whatif.Change) selection.Average {
	t.Helper()
	scenario, err := n.WhatIf(changes)
	if err != nil {
		t.Fatal(err)
	}
	if q.Window == (timetable.Window{}) {
		c, err := scenario.Cover(t.Context(), q.Cover)
		if err != nil {
			t.Fatal(err)
		}
		return selection.NewAverage(int64(c.Covered[q.Times]), 1)
	}
	week, err := scenario.Week(t.Context(), q.Cover, nil)
	if err != nil {
		t.Fatal(err)
	}
	sum, minutes := int64(0), int64(0)
	for _, span := range week.Spans {
		long := q.Window.Within(span.From, span.To)
		sum += int64(span.Covered[q.Times]) * int64(long)
		minutes += int64(long)
	}
	return selection.NewAverage(sum, minutes)
}

// checkEveryPlan tries all plans of so many sites: none exceeds the bound, and
// a proven value is reached by the best.
func checkEveryPlan(t *rapid.T, n *coverage.Survey, q selection.Question, s *selection.Siting, a *selection.Answer) {
	t.Helper()
	best := int64(0)
	for set := range 1 << len(s.Candidates) {
		if bits.OnesCount(uint(set)) > *q.Sites {
			continue
		}
		sum, _ := coveredBy(t, n, q, openAll(s, set)).Exact()
		best = max(best, sum)
	}
	value, _ := a.After().Exact()
	bound, _ := a.Best().Exact()
	if best > bound || value > best || a.Proven && value != best {
		t.Fatalf("the best plan has %d, the answer says %d of at most %d (proven: %v)", best, value, bound, a.Proven)
	}
}

// openAll is the candidates of a set, in bits, as changes.
func openAll(s *selection.Siting, set int) (changes []whatif.Change) {
	for i := range s.Candidates {
		if c := &s.Candidates[i]; set>>i&1 == 1 {
			changes = append(changes, whatif.Change{Act: whatif.OpenStation, Code: c.Station.Code, Hours: c.Hours})
		}
	}
	return changes
}

func TestSitingKeepsToItsConditions(t *testing.T) {
	n := oneStreet(t)
	ask := func(q selection.Question) (*selection.Answer, error) {
		q.Cover = coverage.Question{Within: 5 * time.Minute, At: stationtest.Monday(12, 0)}
		s, err := selection.New(t.Context(), n, q, nil)
		if err != nil {
			return nil, err
		}
		return s.Solve(context.Background(), siting.Options{})
	}
	for _, c := range []struct {
		name string
		q    selection.Question
		want string
	}{
		{"the best two", selection.Question{Sites: new(2)}, "C-3 C-1"},
		{"one in a bank", selection.Question{Sites: new(1), Kinds: []station.Premises{station.Bank}}, "C-1"},
		{"what 70 yuan buy", selection.Question{Budget: new(station.Fen(7000))}, "C-1"},
		{"one must open", selection.Question{Sites: new(1), Open: []string{"C-2"}}, "C-2"},
		{"one must not", selection.Question{Sites: new(1), Never: []string{"C-3"}}, "C-1"},
		{"one of a partner", selection.Question{Sites: new(2), Limits: []selection.Limit{{Of: "加油站", Most: 0}}}, "C-1 C-2"},
		{"everybody with the fewest", selection.Question{Goal: selection.FewestSites, Target: siting.Whole}, "C-3 C-1 C-2"},
		{"none", selection.Question{Sites: new(0)}, ""},
		{"what nothing buys", selection.Question{Budget: new(station.Fen(0)), Costs: map[station.Premises]station.Fen{station.PublicToilet: 0}}, "C-2"},
		{"one twice named", selection.Question{Sites: new(1), Open: []string{"C-2", "C-2"}}, "C-2"},
		{"with a toilet", selection.Question{Sites: new(2), Needs: station.ServicesOf(station.Toilet)}, "C-2"},
	} {
		a, err := ask(c.q)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []string
		for _, s := range a.Sites {
			got = append(got, s.Station.Code)
		}
		if text := strings.Join(got, " "); text != c.want || !a.Proven {
			t.Errorf("%s: %s (proven %v), want %s", c.name, text, a.Proven, c.want)
		}
	}
	for _, c := range []struct {
		q    selection.Question
		want string
	}{
		{selection.Question{}, "最多新增几个站点"},
		{selection.Question{Sites: new(1), Times: 9}, "覆盖 9 次不行"},
		{selection.Question{Sites: new(1), Open: []string{"C-9"}}, "没有这些候选点：C-9"},
		{selection.Question{Sites: new(1), Open: []string{"C-1"}, Never: []string{"C-1"}}, "既要求必开又要求不开"},
		{selection.Question{Sites: new(1), Limits: []selection.Limit{{Of: "某公司", Most: 1}}}, "没有说中任何候选点"},
		{selection.Question{Sites: new(1), Kinds: []station.Premises{station.Library}}, "没有符合条件的候选点"},
		{selection.Question{Goal: selection.FewestSites}, "目标覆盖率"},
		{selection.Question{Sites: new(0), Open: []string{"C-1"}}, "必选的站点有 1 个，超过了最多 0 个"},
		{selection.Question{Sites: new(-1)}, "请写 0 到"},
	} {
		_, err := ask(c.q)
		if text, _ := fault.In(0, err); !strings.Contains(text, c.want) {
			t.Errorf("%+v: %q, want %q", c.q, text, c.want)
		}
	}
}

// A candidate that must open and was dropped is named, with the reason; a plan
// without it would answer another question.
func TestSitingNamesTheMustsThatCannotOpen(t *testing.T) {
	n := oneStreet(t)
	far := station.Station{Code: "C-4", Name: "山上", Premises: station.Bank, At: stationtest.Spot(0, 90_000), Status: station.Candidate, Hours: stationtest.Hours(t, "24/7")}
	east, err := gb.Parse("630103")
	if err != nil {
		t.Fatal(err)
	}
	unknown := station.Station{Code: "C-5", Name: "不知几点开", Premises: station.Bank, At: stationtest.Spot(500, 0), Status: station.Candidate}
	for _, c := range []struct {
		q    selection.Question
		want string
	}{
		{selection.Question{}, "C-4（离路太远，走不到）。"},
		{selection.Question{OnlyKnownHours: true}, "C-5（没有登记营业时间"},
		{selection.Question{Kinds: []station.Premises{station.PublicToilet}}, "C-4（不在所选的场所里）、C-5（不在所选的场所里）"},
		{selection.Question{Needs: station.ServicesOf(station.Toilet)}, "C-4（没有要求的服务）"},
		{selection.Question{Division: east}, "C-5（不在所选的区划里）"},
	} {
		q := c.q
		q.Cover, q.Sites, q.Open = coverage.Question{Within: 5 * time.Minute, At: stationtest.Monday(12, 0)}, new(3), []string{"C-5", "C-4"}
		_, err := selection.New(t.Context(), n, q, []station.Station{far, unknown})
		if text, _ := fault.In(lang.ZH, err); fault.KindOf(err) != fault.Invalid || !strings.Contains(text, c.want) {
			t.Errorf("%+v: %q, want %q", c.q, text, c.want)
		}
		q.Open, q.Never, q.Kinds, q.Division, q.Needs = nil, []string{"C-4", "C-5"}, nil, gb.Division{}, 0
		if _, err := selection.New(t.Context(), n, q, []station.Station{far, unknown}); err != nil {
			t.Errorf("%+v: what must not open need not be able to: %v", c.q, err)
		}
	}
}

// oneStreet has three groups of people far apart, and a candidate at each.
func oneStreet(t *testing.T) *coverage.Survey {
	stations := []station.Station{
		{Code: "C-1", Name: "银行", Premises: station.Bank, At: stationtest.Spot(0, 0), Cost: station.Cost{Fen: 7000, Known: true}},
		{Code: "C-2", Name: "公厕", Premises: station.PublicToilet, At: stationtest.Spot(1000, 0), Services: station.ServicesOf(station.Toilet)},
		{Code: "C-3", Name: "加油站", Premises: station.PetrolStation, At: stationtest.Spot(2000, 0)},
	}
	var cells []demand.Cell
	for i := range stations {
		stations[i].Status, stations[i].Hours = station.Candidate, stationtest.Hours(t, "24/7")
		cells = append(cells, demand.Cell{ID: stations[i].Code, At: stations[i].At, Day: []float64{200, 100, 300}[i], Night: 1})
	}
	return coverage.New(network.New(stationtest.Grid(t, 10), stations), demand.Of(cells))
}

func TestParseWindow(t *testing.T) {
	for text, want := range map[string]string{"7-21": "07:00-21:00", "07:30–12:00": "07:30-12:00", "22-6": "22:00-06:00", "0-24": "00:00-24:00", "8-8": "00:00-24:00"} {
		if w, err := timetable.ParseWindow(timetable.AllWeek, text); err != nil || w.String() != want {
			t.Errorf("%s: %v, %v", text, w, err)
		}
	}
	for _, text := range []string{"", "7", "7-25", "x-9", "7:60-9", "-1-5", "25-26"} {
		if w, err := timetable.ParseWindow(timetable.AllWeek, text); err == nil {
			t.Errorf("%q passed as %v", text, w)
		}
	}
}

// No area is left below the floor, though leaving one would cover more.
func TestSitingNeglectsNoArea(t *testing.T) {
	n := oneStreet(t)
	q := selection.Question{Cover: coverage.Question{Within: 5 * time.Minute, At: stationtest.Monday(12, 0)}, Sites: new(1)}
	q.Floors = []selection.Floor{{Name: "中间", Cells: []int32{1}, Share: 5000}}
	s, err := selection.New(t.Context(), n, q, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.Solve(t.Context(), siting.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if a.Sites[0].Station.Code != "C-2" || !a.Proven {
		t.Errorf("the plan is %s", a.Sites[0].Station.Code)
	}
	area := a.AreasOf()[0]
	if area.Name != "中间" || area.Covered.Float() != 100 || area.Needed.Float() != 50 || area.Total.Float() != 100 {
		t.Errorf("%+v", area)
	}
	q.Floors = append(q.Floors, selection.Floor{Name: "东头", Cells: []int32{2}, Share: 5000})
	if s, err = selection.New(t.Context(), n, q, nil); err != nil {
		t.Fatal(err)
	}
	if _, err = s.Solve(t.Context(), siting.Options{}); fault.KindOf(err) == 0 {
		t.Errorf("one site for two areas: %v", err)
	}
}
