package network_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationtest"
)

func TestFindOrdersByWhatIsOpenOnArrival(t *testing.T) {
	day, late := stationtest.Hours(t, "Mo-Fr 08:00-18:00"), stationtest.Hours(t, "08:00-22:00")
	water := station.ServicesOf(station.HotWater)
	n := network.New(stationtest.Grid(t, 10), []station.Station{
		{Code: "NEAR", At: stationtest.Spot(110, 5), Hours: day, Services: water},
		{Code: "LATE", At: stationtest.Spot(500, 3), Hours: late, Services: water},
		{Code: "DRY", At: stationtest.Spot(105, 5), Hours: late},
		{Code: "ASK", At: stationtest.Spot(120, 5), Services: water},
		{Code: "IDEA", At: stationtest.Spot(90, 5), Hours: late, Services: water, Status: station.Candidate},
		{Code: "SHUT", At: stationtest.Spot(100, 8), Hours: late, Services: water, Status: station.Paused},
	})
	ask := func(at time.Time) network.Answer {
		a, err := n.Find(network.Question{From: stationtest.Spot(0, 0), At: at, Needs: water})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if got, want := stationtest.Codes(ask(stationtest.Monday(12, 0))), []string{"NEAR", "LATE", "ASK", "SHUT"}; !slices.Equal(got, want) {
		t.Errorf("at noon %v, want %v", got, want)
	}
	// Four minutes to six: NEAR still open, but not on arrival plus ten minutes.
	a := ask(stationtest.Monday(17, 56))
	if got, want := stationtest.Codes(a), []string{"LATE", "NEAR", "ASK", "SHUT"}; !slices.Equal(got, want) {
		t.Fatalf("at 17:56 %v, want %v", got, want)
	}
	if f := a.Found[1]; f.Standing != network.ClosingSoon || !f.Changes.Equal(stationtest.Monday(18, 0)) {
		t.Errorf("NEAR at 17:56: standing %d, changes %v", f.Standing, f.Changes)
	}
	// Two minutes to six it would be closed on arrival.
	if f := ask(stationtest.Monday(17, 59)).Found[1]; f.Station.Code != "ASK" {
		t.Errorf("at 17:59 second is %s", f.Station.Code)
	}
	last := ask(stationtest.Monday(19, 0))
	if f := last.Found[2]; f.Station.Code != "NEAR" || f.Standing != network.OpensLater || !f.Changes.Equal(stationtest.Monday(32, 0)) {
		t.Errorf("at 19:00 third is %s, standing %d, opens %v", f.Station.Code, f.Standing, f.Changes)
	}
	// 500 m along the street and 3 m to the door, at 80 m a minute.
	if f := last.Found[0]; f.Length < 5030 || f.Length > 5040 || f.Way.Round(time.Second) != 377*time.Second {
		t.Errorf("LATE is %d dm and %v away", f.Length, f.Way)
	}
}

// What is near and may be open comes before what is open and far.
func TestFindPutsNearBeforeFar(t *testing.T) {
	n := network.New(stationtest.Grid(t, 40), []station.Station{
		{Code: "OPEN-FAR", At: stationtest.Spot(2600, 0), Hours: stationtest.Hours(t, "24/7")},
		{Code: "ASK-FAR", At: stationtest.Spot(2500, 0)},
		{Code: "ASK", At: stationtest.Spot(300, 0)},
		{Code: "SHUT", At: stationtest.Spot(100, 0), Hours: stationtest.Hours(t, "Mo-Fr 08:00-09:00")},
		{Code: "SOON", At: stationtest.Spot(800, 0), Hours: stationtest.Hours(t, "12:00-12:15")},
	})
	a, err := n.Find(network.Question{From: stationtest.Spot(0, 0), At: stationtest.Monday(12, 0)})
	if want := []string{"SOON", "ASK", "OPEN-FAR", "ASK-FAR", "SHUT"}; err != nil || !slices.Equal(stationtest.Codes(a), want) {
		t.Fatalf("found %v, want %v, error %v", stationtest.Codes(a), want, err)
	}
	for _, f := range a.Found {
		if f.Far != (f.Way > 30*time.Minute) {
			t.Errorf("%s is %v away: far %v", f.Station.Code, f.Way, f.Far)
		}
	}
}

func TestFindWithoutStreets(t *testing.T) {
	n := network.New(stationtest.Grid(t, 4), []station.Station{{Code: "A", At: stationtest.Spot(0, 0), Hours: stationtest.Hours(t, "24/7")}})
	a, err := n.Find(network.Question{From: stationtest.Spot(-1000, 0), At: stationtest.Monday(3, 0)})
	if err != nil || !a.Estimated || len(a.Found) != 1 || a.Found[0].Length < 12_999 || a.Found[0].Length > 13_010 {
		t.Errorf("a kilometre off the map: %+v, %v", a, err)
	}
	if _, err := n.Find(network.Question{From: geo.Point{Lon: 36, Lat: 101}, At: stationtest.Monday(3, 0)}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("swapped axes: %v", err)
	}
	none := coverage.New(network.New(network.Streets{WalkProfile: road.Walking(0), EbikeProfile: road.Ebike(0)}, n.Stations), nil)
	if a, err := none.Find(network.Question{From: stationtest.Spot(10, 0), At: stationtest.Monday(3, 0)}); err != nil || len(a.Found) != 1 {
		t.Errorf("without streets: %+v, %v", a, err)
	}
	if _, err := none.Cover(t.Context(), coverage.Question{At: stationtest.Monday(3, 0)}); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("coverage without streets: %v", err)
	}
}

func TestFindIsWhatAskingForEveryStationGives(t *testing.T) {
	streets := stationtest.Grid(t, 5)
	rapid.Check(t, func(t *rapid.T) {
		n := stationtest.DrawNetwork(t, streets)
		q := network.Question{
			From: stationtest.Spot(rapid.Float64Range(0, 1000).Draw(t, "x"), rapid.Float64Range(0, 1000).Draw(t, "y")),
			Mode: network.Mode(rapid.IntRange(0, 1).Draw(t, "mode")), Limit: rapid.IntRange(1, 6).Draw(t, "limit"),
			At: stationtest.Monday(rapid.IntRange(0, 23).Draw(t, "hour"), 30), Needs: station.Services(rapid.Uint64Range(0, 3).Draw(t, "needs")),
			Reach: time.Duration(rapid.IntRange(1, 40).Draw(t, "reach")) * time.Minute,
		}
		graph, profile := streets.Walk, streets.WalkProfile
		if q.Mode == network.Ebike {
			graph, profile = streets.Ebike, streets.EbikeProfile
		}
		type want struct {
			dm   uint32
			code string
		}
		var open []want
		for _, s := range n.Stations {
			dm, ok := stationtest.Door(graph, q.From, s.At)
			arrive := q.At.Add(profile.Time(dm))
			if ok && profile.Time(dm) <= min(q.Reach, 30*time.Minute) && s.Services.Has(q.Needs) && s.Hours.OpenThroughout(arrive, arrive.Add(10*time.Minute)) {
				open = append(open, want{dm, s.Code})
			}
		}
		slices.SortFunc(open, func(a, b want) int { return cmp.Or(cmp.Compare(a.dm, b.dm), cmp.Compare(a.code, b.code)) })
		a, err := n.Find(q)
		if err != nil {
			t.Fatal(err)
		}
		var got []want
		for _, f := range a.Found {
			if f.Standing == network.OpenOnArrival && !f.Far {
				got = append(got, want{f.Length, f.Station.Code})
			}
		}
		if !slices.Equal(got, open[:min(len(open), q.Limit)]) {
			t.Fatalf("found %v, want the first %d of %v", got, q.Limit, open)
		}
	})
}

// A station that is met first by a roundabout way, by which it would be open, is
// closed for who comes by the shorter one; what is open beyond it must be found.
func TestFindForgetsWhatTheShorterWayFindsClosed(t *testing.T) {
	var at []geo.Fixed
	for _, p := range [][2]float64{{0, 0}, {100, 0}, {200, 0}, {150, 400}, {1500, 0}} {
		at = append(at, stationtest.Spot(p[0], p[1]).Fixed())
	}
	b := road.NewBuilder(at)
	b.Add(road.Street{Line: []uint32{0, 1, 2, 4}, Forward: true, Backward: true})
	b.Add(road.Street{Line: []uint32{1, 3, 2}, Forward: true, Backward: true})
	g, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n := network.New(network.Streets{Walk: g, WalkProfile: road.Walking(0), EbikeProfile: road.Ebike(0)}, []station.Station{
		{Code: "EARLY", At: stationtest.Spot(190, 80), Hours: stationtest.Hours(t, "08:00-18:00")}, // 280 m, or 830 m round the loop
		{Code: "OPEN", At: stationtest.Spot(1400, 5), Hours: stationtest.Hours(t, "24/7")},
	})
	a, err := n.Find(network.Question{From: stationtest.Spot(0, 0), At: stationtest.Monday(7, 53), Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := stationtest.Codes(a), []string{"OPEN"}; !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}
