package network_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationtest"
)

// drawTown draws crooked streets, some of them one-way and some in pieces of
// their own, with stations of all sorts on and beside them: more than a list
// holds, and some exactly on a junction.
func drawTown(t *rapid.T) (*network.Network, *road.Graph) {
	coord := rapid.Float64Range(0, 3000)
	var corners []geo.Fixed
	for range rapid.IntRange(3, 14).Draw(t, "corners") {
		corners = append(corners, stationtest.Spot(coord.Draw(t, "x"), coord.Draw(t, "y")).Fixed())
	}
	b := road.NewBuilder(corners)
	corner := rapid.Uint32Range(0, uint32(len(corners)-1))
	for range rapid.IntRange(2, 20).Draw(t, "streets") {
		way := rapid.IntRange(0, 3).Draw(t, "way")
		b.Add(road.Street{Line: rapid.SliceOfN(corner, 2, 3).Draw(t, "line"), Forward: way != 1, Backward: way != 2})
	}
	g, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{"24/7", "Mo-Fr 08:00-18:00", "08:00-12:00,12:20-22:00", "22:00-06:00", "12:00-12:40", "Tu 00:00-24:00; PH off", ""}
	var stations []station.Station
	for i := range rapid.IntRange(0, 70).Draw(t, "stations") {
		s := station.Station{Code: fmt.Sprintf("S%02d", i), At: stationtest.Spot(coord.Draw(t, "x"), coord.Draw(t, "y"))}
		if rapid.IntRange(0, 4).Draw(t, "on a corner") == 0 {
			s.At = corners[corner.Draw(t, "corner")].Point()
		}
		s.Hours, _ = opening.Parse(rapid.SampledFrom(texts).Draw(t, "hours"))
		s.Services = station.Services(rapid.Uint64Range(0, 7).Draw(t, "services"))
		s.Status = rapid.SampledFrom([]station.Status{station.Operating, station.Operating, station.Operating, station.Paused, station.Candidate}).Draw(t, "status")
		stations = append(stations, s)
	}
	walk := network.Streets{Walk: g, WalkProfile: road.Walking(0), EbikeProfile: road.Ebike(0)}
	return network.New(walk, stations), g
}

func drawQuestion(t *rapid.T) network.Question {
	return network.Question{
		From:  stationtest.Spot(rapid.Float64Range(-100, 3100).Draw(t, "x"), rapid.Float64Range(-100, 3100).Draw(t, "y")),
		At:    stationtest.Monday(rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute")).Add(time.Duration(rapid.IntRange(0, 59).Draw(t, "second")) * time.Second),
		Needs: station.Services(rapid.Uint64Range(0, 7).Draw(t, "needs")), Limit: rapid.IntRange(1, 12).Draw(t, "limit"),
		Reach: time.Duration(rapid.IntRange(0, 110).Draw(t, "reach")) * time.Minute,
	}
}

// What the lists answer is, to the last field, what a search outward answers; and
// its open stations are those that the router, which shares no code with either,
// finds by asking for each.
func TestListsAnswerAsASearchAndAsAskingForEveryStation(t *testing.T) {
	byLists, bySearch := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		n, g := drawTown(t)
		for range 6 {
			q := drawQuestion(t)
			n.Prepare(q)
			byList, err1 := n.Find(q)
			want, err2 := n.FindBySearch(q)
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			if !slices.Equal(byList.Found, want.Found) || byList.Isolated != want.Isolated || byList.Estimated != want.Estimated {
				t.Fatalf("%+v\nby lists %+v\nby search %+v", q, byList.Found, want.Found)
			}
			if want.Estimated {
				continue
			}
			if ok, _ := n.FoundByLists(q); ok {
				byLists++
			} else {
				bySearch++
			}
			checkOpen(t, n, g, q, want)
		}
	})
	if byLists == 0 || bySearch == 0 {
		t.Errorf("%d answers by lists and %d by search: one of them was not tried", byLists, bySearch)
	}
}

// checkOpen compares the open stations of an answer that are near with those
// found by a way to each station.
func checkOpen(t *rapid.T, n *network.Network, g *road.Graph, q network.Question, a network.Answer) {
	type want struct {
		dm   uint32
		code string
	}
	var open, got []want
	walk := road.Walking(0)
	for _, s := range n.Stations {
		dm, ok := stationtest.Door(g, q.From, s.At)
		arrive := q.At.Add(walk.Time(dm))
		if ok && s.Status == station.Operating && s.Services.Has(q.Needs) && walk.Time(dm) <= min(cmp.Or(q.Reach, time.Hour), 30*time.Minute) &&
			s.Hours.OpenThroughout(arrive, arrive.Add(10*time.Minute)) {
			open = append(open, want{dm, s.Code})
		}
	}
	slices.SortFunc(open, func(a, b want) int { return cmp.Or(cmp.Compare(a.dm, b.dm), cmp.Compare(a.code, b.code)) })
	for _, f := range a.Found {
		if f.Standing == network.OpenOnArrival && !f.Far {
			got = append(got, want{f.Length, f.Station.Code})
		}
		if f.Standing != network.NotOperating {
			if changes, _ := f.Station.Hours.Until(f.Arrive); !changes.Equal(f.Changes) {
				t.Fatalf("%s at %v changes %v, its hours say %v", f.Station.Hours, f.Arrive, f.Changes, changes)
			}
		}
	}
	if !slices.Equal(got, open[:min(len(open), q.Limit)]) {
		t.Fatalf("%+v\nfound %v, want the first %d of %v", q, got, q.Limit, open)
	}
}

// Without streets the answer is what estimating the way to each station gives.
func TestFindWithoutStreetsIsWhatEstimatingEveryWayGives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		town, _ := drawTown(t)
		walk := road.Walking(0)
		n := network.New(network.Streets{WalkProfile: walk, EbikeProfile: road.Ebike(0)}, town.Stations)
		q := drawQuestion(t)
		a, err := n.Find(q)
		if err != nil || !a.Estimated {
			t.Fatal(a.Estimated, err)
		}
		var want []string
		order := map[string]uint32{}
		for _, s := range n.Stations {
			dm := uint32(math.Ceil(geo.Distance(q.From, s.At) * 10 * network.DetourFactor))
			way := walk.Time(dm)
			arrive := q.At.Add(way)
			if s.Status == station.Operating && s.Services.Has(q.Needs) && way <= min(cmp.Or(q.Reach, time.Hour), 30*time.Minute) &&
				s.Hours.OpenThroughout(arrive, arrive.Add(10*time.Minute)) {
				want = append(want, s.Code)
				order[s.Code] = dm
			}
		}
		slices.SortFunc(want, func(a, b string) int { return cmp.Or(cmp.Compare(order[a], order[b]), cmp.Compare(a, b)) })
		var got []string
		for _, f := range a.Found {
			if f.Standing == network.OpenOnArrival && !f.Far {
				got = append(got, f.Station.Code)
			}
		}
		if !slices.Equal(got, want[:min(len(want), q.Limit)]) {
			t.Fatalf("found %v, want the first %d of %v", got, q.Limit, want)
		}
	})
}

// Where clocks are turned on the way, hours are still those on the wall.
func TestFindWhenClocksAreTurned(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	n := network.New(stationtest.Grid(t, 10), []station.Station{
		{Code: "NIGHT", At: stationtest.Spot(800, 0), Hours: stationtest.Hours(t, "00:00-02:30")},
		{Code: "LATER", At: stationtest.Spot(1600, 0), Hours: stationtest.Hours(t, "03:00-05:00")},
	})
	// At 02:00 on 29 March 2026 it is 03:00 at once.
	q := network.Question{From: stationtest.Spot(0, 0), At: time.Date(2026, 3, 29, 1, 55, 0, 0, berlin), Limit: 1}
	n.Prepare(q)
	if a, err := n.Find(q); err != nil || !slices.Equal(stationtest.Codes(a), []string{"LATER"}) {
		t.Errorf("found %v, %v", stationtest.Codes(a), err)
	}
}

// Answers are the same while the lists are being made in the background as
// before and after.
func TestFindWhileListsAreMade(t *testing.T) {
	var stations []station.Station
	for i := range 400 {
		s := station.Station{Code: fmt.Sprintf("S%03d", i), At: stationtest.Spot(float64(i%20)*100, float64(i/20)*100), Hours: stationtest.Hours(t, "24/7")}
		s.Services = station.Services(i % 4)
		stations = append(stations, s)
	}
	n := network.New(stationtest.Grid(t, 10), stations)
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for i := range 200 {
				q := network.Question{
					From: stationtest.Spot(float64(i*37%2000), float64(i*53%2000)), At: stationtest.Monday(10, 0), Limit: 1 + i%7,
					Needs: station.Services((i + worker) % 4), Mode: network.Mode(i % 2),
				}
				got, err1 := n.Find(q)
				want, err2 := n.FindBySearch(q)
				if err1 != nil || err2 != nil || !slices.Equal(got.Found, want.Found) {
					t.Errorf("%+v: %v, want %v", q, stationtest.Codes(got), stationtest.Codes(want))
				}
			}
		})
	}
	all.Wait()
}

// An answer into memory that is used again is that of the last question alone.
func TestFindIntoUsesItsMemoryAgain(t *testing.T) {
	n := network.New(stationtest.Grid(t, 4), []station.Station{
		{Code: "A", At: stationtest.Spot(100, 0), Hours: stationtest.Hours(t, "24/7")}, {Code: "B", At: stationtest.Spot(300, 0), Hours: stationtest.Hours(t, "24/7")},
	})
	var a network.Answer
	for _, want := range [][]string{{"A", "B"}, {"A"}} {
		if err := n.FindInto(&a, network.Question{From: stationtest.Spot(0, 0), At: stationtest.Monday(3, 0), Limit: len(want)}); err != nil || !slices.Equal(stationtest.Codes(a), want) {
			t.Errorf("found %v, %v, want %v", stationtest.Codes(a), err, want)
		}
	}
}

// A network that inherits the lists of the one before answers as if it had none,
// whatever has changed between the two.
func TestInheritedListsAnswerAsASearch(t *testing.T) {
	quick := 0
	rapid.Check(t, func(t *rapid.T) {
		before, g := drawTown(t)
		for needs := range station.Services(8) {
			before.Prepare(network.Question{Needs: needs})
		}
		stations := slices.Clone(before.Stations)
		if len(stations) > 0 {
			s := &stations[rapid.IntRange(0, len(stations)-1).Draw(t, "changed")]
			switch rapid.IntRange(0, 5).Draw(t, "how") {
			case 0:
				s.Hours, _ = opening.Parse("24/7")
			case 1:
				s.Status = rapid.SampledFrom([]station.Status{station.Operating, station.Paused, station.Candidate}).Draw(t, "status")
			case 2:
				s.Services ^= 1
			case 3:
				s.At = stationtest.Spot(rapid.Float64Range(0, 3000).Draw(t, "x"), 1500)
			case 4:
				s.Code = "Z" // last of all, so that all others have other numbers
			}
		}
		n := network.New(network.Streets{Walk: g, WalkProfile: road.Walking(0), EbikeProfile: road.Ebike(0)}, stations)
		n.Inherit(before)
		for range 5 {
			q := drawQuestion(t)
			if ok, err := n.FoundByLists(q); ok && err == nil {
				quick++
			}
			got, err1 := n.Find(q)
			want, err2 := n.FindBySearch(q)
			if err1 != nil || err2 != nil || !slices.Equal(got.Found, want.Found) {
				t.Fatalf("%+v\ninherited %+v\nby search %+v", q, got.Found, want.Found)
			}
		}
	})
	if quick == 0 {
		t.Error("no lists were inherited")
	}
}
