package network_test

import (
	"fmt"
	"math/bits"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationtest"
)

// What fits most is what counting over all that Find returns without a need gives.
func TestFindMostIsWhatCountingGives(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		n, _ := drawTown(t)
		q := drawQuestion(t)
		if q.Reach == 0 {
			q.Reach = time.Hour
		}
		got, err := n.FindMost(q)
		if err != nil {
			t.Fatal(err)
		}
		all := q
		all.Needs, all.Limit = 0, 100
		near, err := n.Find(all)
		if err != nil {
			t.Fatal(err)
		}
		if len(near.Found) == all.Limit {
			return // there may be more
		}
		rank := func(f network.Found) int {
			most := bits.OnesCount64(uint64(f.Station.Services & q.Needs))
			if most == 0 {
				return -1
			}
			return most - 100*int(f.Standing)
		}
		var best *network.Found
		for i, f := range near.Found {
			if rank(f) != -1 && (best == nil || rank(f) > rank(*best)) {
				best = &near.Found[i]
			}
		}
		switch {
		case best == nil && len(got.Found) > 0, best != nil && (len(got.Found) != 1 || got.Found[0] != *best):
			t.Fatalf("%+v\ngot  %+v\nwant %+v", q, got.Found, best)
		case best != nil:
			found++
		}
	})
	if found == 0 {
		t.Error("no question had an answer")
	}
}

// A whole register within reach is looked through, not only what a page holds.
func TestFindMostLooksThroughAll(t *testing.T) {
	var stations []station.Station
	for i := range 300 {
		stations = append(stations, station.Station{Code: fmt.Sprintf("S%03d", i), At: stationtest.Spot(float64(i), 0), Services: station.ServicesOf(station.HotWater), Hours: stationtest.Hours(t, "24/7")})
	}
	stations[299].Services |= station.ServicesOf(station.Toilet)
	n := network.New(network.Streets{WalkProfile: road.Walking(0), EbikeProfile: road.Ebike(0)}, stations)
	a, err := n.FindMost(network.Question{From: stationtest.Spot(0, 0), At: stationtest.Monday(12, 0), Needs: station.ServicesOf(station.HotWater, station.Toilet, station.Haircut)})
	if err != nil || len(a.Found) != 1 || a.Found[0].Station.Code != stations[299].Code {
		t.Errorf("%v, %+v", err, a.Found)
	}
}
