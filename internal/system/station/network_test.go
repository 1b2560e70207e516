package station_test

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/system/station"
)

// perMetre is one metre at the equator in units of geo.Fixed; drawn cities lie
// there, so that east and north measure alike.
const perMetre = 89.93216

func spot(x, y float64) geo.Point {
	return geo.Fixed{Lon: int32(math.Round(x * perMetre)), Lat: int32(math.Round(y * perMetre))}.Point()
}

// grid draws a city of n by n blocks of 200 m; every second east-west street is
// one-way for e-bikes.
func grid(t testing.TB, n int) station.Streets {
	t.Helper()
	const block = 200.0
	var at []geo.Fixed
	for y := range n + 1 {
		for x := range n + 1 {
			at = append(at, spot(float64(x)*block, float64(y)*block).Fixed())
		}
	}
	walk, ebike := road.NewBuilder(at), road.NewBuilder(at)
	for i := range n + 1 {
		var east, north []uint32
		for j := range n + 1 {
			east = append(east, uint32(i*(n+1)+j))
			north = append(north, uint32(j*(n+1)+i))
		}
		for _, b := range []*road.Builder{walk, ebike} {
			b.Add(road.Street{Line: east, Name: fmt.Sprintf("%d号路", i), Forward: true, Backward: b == walk || i%2 == 0})
			b.Add(road.Street{Line: north, Name: fmt.Sprintf("%d号街", i), Forward: true, Backward: true})
		}
	}
	s := station.Streets{WalkProfile: road.Walking(0), EbikeProfile: road.Ebike(0)}
	var err1, err2 error
	s.Walk, err1 = walk.Build(context.Background())
	s.Ebike, err2 = ebike.Build(context.Background())
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	return s
}

func hours(t testing.TB, text string) opening.Hours {
	t.Helper()
	h, err := opening.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// monday is Monday 23 November 2026 at the given time, in the city's zone.
func monday(hour, minute int) time.Time {
	return time.Date(2026, 11, 23, hour, minute, 0, 0, calendar.China)
}

func codes(a station.Answer) []string {
	var out []string
	for _, f := range a.Found {
		out = append(out, f.Station.Code)
	}
	return out
}

func TestFindOrdersByWhatIsOpenOnArrival(t *testing.T) {
	day, late := hours(t, "Mo-Fr 08:00-18:00"), hours(t, "08:00-22:00")
	water := station.ServicesOf(station.HotWater)
	n := station.NewNetwork(grid(t, 10), []station.Station{
		{Code: "NEAR", At: spot(110, 5), Hours: day, Services: water},
		{Code: "LATE", At: spot(500, 3), Hours: late, Services: water},
		{Code: "DRY", At: spot(105, 5), Hours: late},
		{Code: "ASK", At: spot(120, 5), Services: water},
		{Code: "IDEA", At: spot(90, 5), Hours: late, Services: water, Status: station.Candidate},
		{Code: "SHUT", At: spot(100, 8), Hours: late, Services: water, Status: station.Paused},
	})
	ask := func(at time.Time) station.Answer {
		a, err := n.Find(station.Question{From: spot(0, 0), At: at, Needs: water})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if got, want := codes(ask(monday(12, 0))), []string{"NEAR", "LATE", "ASK", "SHUT"}; !slices.Equal(got, want) {
		t.Errorf("at noon %v, want %v", got, want)
	}
	// Four minutes to six: NEAR still open, but not on arrival plus ten minutes.
	a := ask(monday(17, 56))
	if got, want := codes(a), []string{"LATE", "NEAR", "ASK", "SHUT"}; !slices.Equal(got, want) {
		t.Fatalf("at 17:56 %v, want %v", got, want)
	}
	if f := a.Found[1]; f.Standing != station.ClosingSoon || !f.Changes.Equal(monday(18, 0)) {
		t.Errorf("NEAR at 17:56: standing %d, changes %v", f.Standing, f.Changes)
	}
	// Two minutes to six it would be closed on arrival.
	if f := ask(monday(17, 59)).Found[1]; f.Station.Code != "ASK" {
		t.Errorf("at 17:59 second is %s", f.Station.Code)
	}
	last := ask(monday(19, 0))
	if f := last.Found[2]; f.Station.Code != "NEAR" || f.Standing != station.OpensLater || !f.Changes.Equal(monday(32, 0)) {
		t.Errorf("at 19:00 third is %s, standing %d, opens %v", f.Station.Code, f.Standing, f.Changes)
	}
	// 500 m along the street and 3 m to the door, at 80 m a minute.
	if f := last.Found[0]; f.Length < 5030 || f.Length > 5040 || f.Way.Round(time.Second) != 377*time.Second {
		t.Errorf("LATE is %d dm and %v away", f.Length, f.Way)
	}
}

// What is near and may be open comes before what is open and far.
func TestFindPutsNearBeforeFar(t *testing.T) {
	n := station.NewNetwork(grid(t, 40), []station.Station{
		{Code: "OPEN-FAR", At: spot(2600, 0), Hours: hours(t, "24/7")},
		{Code: "ASK-FAR", At: spot(2500, 0)},
		{Code: "ASK", At: spot(300, 0)},
		{Code: "SHUT", At: spot(100, 0), Hours: hours(t, "Mo-Fr 08:00-09:00")},
		{Code: "SOON", At: spot(800, 0), Hours: hours(t, "12:00-12:15")},
	})
	a, err := n.Find(station.Question{From: spot(0, 0), At: monday(12, 0)})
	if want := []string{"SOON", "ASK", "OPEN-FAR", "ASK-FAR", "SHUT"}; err != nil || !slices.Equal(codes(a), want) {
		t.Fatalf("found %v, want %v, error %v", codes(a), want, err)
	}
	for _, f := range a.Found {
		if f.Far != (f.Way > 30*time.Minute) {
			t.Errorf("%s is %v away: far %v", f.Station.Code, f.Way, f.Far)
		}
	}
}

func TestFindWithoutStreets(t *testing.T) {
	n := station.NewNetwork(grid(t, 4), []station.Station{{Code: "A", At: spot(0, 0), Hours: hours(t, "24/7")}})
	a, err := n.Find(station.Question{From: spot(-1000, 0), At: monday(3, 0)})
	if err != nil || !a.Estimated || len(a.Found) != 1 || a.Found[0].Length < 12_999 || a.Found[0].Length > 13_010 {
		t.Errorf("a kilometre off the map: %+v, %v", a, err)
	}
	if _, err := n.Find(station.Question{From: geo.Point{Lon: 36, Lat: 101}, At: monday(3, 0)}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("swapped axes: %v", err)
	}
	none := station.NewSurvey(station.NewNetwork(station.Streets{WalkProfile: road.Walking(0), EbikeProfile: road.Ebike(0)}, n.Stations), nil)
	if a, err := none.Find(station.Question{From: spot(10, 0), At: monday(3, 0)}); err != nil || len(a.Found) != 1 {
		t.Errorf("without streets: %+v, %v", a, err)
	}
	if _, err := none.Cover(t.Context(), station.CoverQuestion{At: monday(3, 0)}); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("coverage without streets: %v", err)
	}
}

// drawNetwork draws up to 30 stations and 40 cells on and around a small grid.
func drawNetwork(t *rapid.T, streets station.Streets) *station.Survey {
	coord := rapid.Float64Range(-700, 1700)
	texts := []string{"24/7", "Mo-Fr 08:00-18:00", "08:00-12:00,14:00-22:00", "22:00-06:00"}
	var stations []station.Station
	for i := range rapid.IntRange(0, 30).Draw(t, "stations") {
		s := station.Station{Code: fmt.Sprintf("S%02d", i), At: spot(coord.Draw(t, "x"), coord.Draw(t, "y"))}
		if k := rapid.IntRange(0, len(texts)).Draw(t, "hours"); k < len(texts) {
			s.Hours, _ = opening.Parse(texts[k])
		}
		s.Services = station.Services(rapid.Uint64Range(0, 3).Draw(t, "services"))
		stations = append(stations, s)
	}
	var cells []station.Cell
	for i := range rapid.IntRange(0, 40).Draw(t, "cells") {
		w := float64(rapid.IntRange(0, 900).Draw(t, "people"))
		cells = append(cells, station.Cell{ID: fmt.Sprintf("C%02d", i), At: spot(coord.Draw(t, "x"), coord.Draw(t, "y")), Day: w, Night: w / 2})
	}
	return station.NewSurvey(station.NewNetwork(streets, stations), station.DemandOf(cells))
}

// door measures from door to door with the router, which shares no code with
// the searches: off the street, along the streets, off the street again.
func door(g *road.Graph, from, to geo.Point) (uint32, bool) {
	a, ok1 := g.Snap(from, station.SnapBoundM)
	b, ok2 := g.Snap(to, station.SnapBoundM)
	if !ok1 || !ok2 {
		return 0, false
	}
	p, ok := g.Route(a, b, 1<<30)
	return a.Off() + p.Length + b.Off(), ok
}

func TestFindIsWhatAskingForEveryStationGives(t *testing.T) {
	streets := grid(t, 5)
	rapid.Check(t, func(t *rapid.T) {
		n := drawNetwork(t, streets)
		q := station.Question{
			From: spot(rapid.Float64Range(0, 1000).Draw(t, "x"), rapid.Float64Range(0, 1000).Draw(t, "y")),
			Mode: station.Mode(rapid.IntRange(0, 1).Draw(t, "mode")), Limit: rapid.IntRange(1, 6).Draw(t, "limit"),
			At: monday(rapid.IntRange(0, 23).Draw(t, "hour"), 30), Needs: station.Services(rapid.Uint64Range(0, 3).Draw(t, "needs")),
			Reach: time.Duration(rapid.IntRange(1, 40).Draw(t, "reach")) * time.Minute,
		}
		graph, profile := streets.Walk, streets.WalkProfile
		if q.Mode == station.Ebike {
			graph, profile = streets.Ebike, streets.EbikeProfile
		}
		type want struct {
			dm   uint32
			code string
		}
		var open []want
		for _, s := range n.Stations {
			dm, ok := door(graph, q.From, s.At)
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
			if f.Standing == station.OpenOnArrival && !f.Far {
				got = append(got, want{f.Length, f.Station.Code})
			}
		}
		if !slices.Equal(got, open[:min(len(open), q.Limit)]) {
			t.Fatalf("found %v, want the first %d of %v", got, q.Limit, open)
		}
	})
}

func TestCoverIsWhatAskingForEveryPairGives(t *testing.T) {
	streets := grid(t, 5)
	rapid.Check(t, func(t *rapid.T) {
		n := drawNetwork(t, streets)
		q := station.CoverQuestion{
			Mode: station.Mode(rapid.IntRange(0, 1).Draw(t, "mode")), At: monday(rapid.IntRange(0, 23).Draw(t, "hour"), 0),
			Within: time.Duration(rapid.IntRange(1, 20).Draw(t, "minutes")) * time.Minute,
		}
		graph, profile := streets.Walk, streets.WalkProfile
		if q.Mode == station.Ebike {
			graph, profile = streets.Ebike, streets.EbikeProfile
		}
		c, err := n.Cover(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		var total, once, gaps reach.Weight
		demand, _ := n.Demand("")
		for i, cell := range demand.Cells {
			count := 0
			for _, s := range n.Stations {
				if dm, ok := door(graph, cell.At, s.At); ok && dm <= profile.Budget(q.Within) && s.Hours.OpenAt(q.At) {
					count++
				}
			}
			if int(c.Counts[i]) != min(count, station.CoverTimes) {
				t.Fatalf("cell %s counts %d stations, want %d", cell.ID, c.Counts[i], count)
			}
			people, _ := reach.NewWeight(cell.Day)
			if h := q.At.Hour(); h >= 22 || h < 6 {
				people, _ = reach.NewWeight(cell.Night)
			}
			if total += people; count > 0 {
				once += people
			}
		}
		if c.Demand != total || c.Covered[0] != total || c.Covered[1] != once {
			t.Fatalf("%v of %v covered, want %v of %v", c.Covered[1], c.Demand, once, total)
		}
		for _, g := range c.Gaps {
			gaps += g.Weight
		}
		if gaps > total-once || len(c.Gaps) < 20 && gaps != total-once {
			t.Fatalf("gaps hold %v of %v without a station", gaps, total-once)
		}
	})
}

// A station more never covers less, and the same questions have the same
// signature only if they have the same answer.
func TestMoreStationsNeverCoverLess(t *testing.T) {
	streets := grid(t, 5)
	rapid.Check(t, func(t *rapid.T) {
		n := drawNetwork(t, streets)
		q := station.CoverQuestion{At: monday(10, 0)}
		before, err := n.Cover(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		h, _ := opening.Parse("24/7")
		extra := station.Station{Code: "X", Hours: h, At: spot(rapid.Float64Range(0, 1000).Draw(t, "x"), 400)}
		more := station.NewSurvey(station.NewNetwork(streets, append(slices.Clone(n.Stations), extra)), slices.Clone(n.Demands))
		after, err := more.Cover(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for k := range before.Covered {
			if after.Covered[k] < before.Covered[k] {
				t.Fatalf("%d-fold: %v before, %v after", k, before.Covered[k], after.Covered[k])
			}
		}
		noon := station.CoverQuestion{At: monday(12, 0)}
		if a, b := n.Signature(q), n.Signature(noon); a == b {
			other, _ := n.Cover(t.Context(), noon)
			if other.Covered != before.Covered {
				t.Fatal("one signature, two answers")
			}
		}
	})
}

// A station that is met first by a roundabout way, by which it would be open, is
// closed for who comes by the shorter one; what is open beyond it must be found.
func TestFindForgetsWhatTheShorterWayFindsClosed(t *testing.T) {
	var at []geo.Fixed
	for _, p := range [][2]float64{{0, 0}, {100, 0}, {200, 0}, {150, 400}, {1500, 0}} {
		at = append(at, spot(p[0], p[1]).Fixed())
	}
	b := road.NewBuilder(at)
	b.Add(road.Street{Line: []uint32{0, 1, 2, 4}, Forward: true, Backward: true})
	b.Add(road.Street{Line: []uint32{1, 3, 2}, Forward: true, Backward: true})
	g, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n := station.NewNetwork(station.Streets{Walk: g, WalkProfile: road.Walking(0), EbikeProfile: road.Ebike(0)}, []station.Station{
		{Code: "EARLY", At: spot(190, 80), Hours: hours(t, "08:00-18:00")}, // 280 m, or 830 m round the loop
		{Code: "OPEN", At: spot(1400, 5), Hours: hours(t, "24/7")},
	})
	a, err := n.Find(station.Question{From: spot(0, 0), At: monday(7, 53), Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := codes(a), []string{"OPEN"}; !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}
