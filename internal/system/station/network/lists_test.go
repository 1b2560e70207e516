package network_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationtest"
)

// aRow is stations along a street, every third of them with hot water.
func aRow() (stations []station.Station) {
	for i := range 9 {
		s := station.Station{Code: fmt.Sprintf("S%d", i), At: stationtest.Spot(float64(100*i), 200)}
		if i%3 == 0 {
			s.Services = station.Services(1)
		}
		stations = append(stations, s)
	}
	return stations
}

// A network has the lists of the one before at once, unless something in them has
// changed.
func TestListsAreInherited(t *testing.T) {
	streets := stationtest.Grid(t, 6)
	slower := streets
	slower.WalkProfile = road.Walking(3)
	others := stationtest.Grid(t, 6)
	before := network.New(streets, aRow())
	for _, needs := range []station.Services{0, 1} {
		before.Prepare(network.Question{Needs: needs})
	}
	for name, c := range map[string]struct {
		streets network.Streets
		change  func([]station.Station) []station.Station
		want    bool
	}{
		"nothing":                      {streets, nil, true},
		"hours":                        {streets, func(s []station.Station) []station.Station { s[0].Hours, _ = opening.Parse("24/7"); return s }, true},
		"a pause":                      {streets, func(s []station.Station) []station.Station { s[0].Status = station.Paused; return s }, true},
		"a candidate":                  {streets, func(s []station.Station) []station.Station { s[0].Status = station.Candidate; return s }, false},
		"a service":                    {streets, func(s []station.Station) []station.Station { s[1].Services = 1; return s }, false},
		"a place":                      {streets, func(s []station.Station) []station.Station { s[1].At = stationtest.Spot(333, 600); return s }, false},
		"one fewer":                    {streets, func(s []station.Station) []station.Station { return s[1:] }, false},
		"the speed":                    {slower, nil, false},
		"the streets":                  {others, nil, false},
		"only e-bikes'":                {network.Streets{Walk: streets.Walk, WalkProfile: streets.WalkProfile}, nil, true},
		"only the streets for walking": {network.Streets{Walk: others.Walk, WalkProfile: streets.WalkProfile, Ebike: streets.Ebike, EbikeProfile: streets.EbikeProfile}, nil, false},
	} {
		stations := aRow()
		if c.change != nil {
			stations = c.change(slices.Clone(stations))
		}
		n := network.New(c.streets, stations)
		n.Inherit(before)
		for _, needs := range []station.Services{0, 1} {
			if got := n.HasLists(network.Walk, needs); got != c.want {
				t.Errorf("%s changed: lists for %b inherited: %v", name, needs, got)
			}
		}
		want := 0
		if c.want {
			want = before.ListBytes(network.Walk)
		}
		if got := n.ListBytes(network.Walk); got != want || before.ListBytes(network.Walk) == 0 {
			t.Errorf("%s changed: the lists count as %d bytes, want %d", name, got, want)
		}
	}
}

// Beyond what may be kept no list is made, and searches answer.
func TestListsAreBounded(t *testing.T) {
	streets := stationtest.Grid(t, 6)
	for _, c := range []struct {
		left int
		want bool
	}{{reach.ShortlistBytes(streets.Walk), true}, {reach.ShortlistBytes(streets.Walk) - 1, false}} {
		n := network.New(streets, aRow())
		n.LeaveListBytes(network.Walk, c.left)
		q := network.Question{From: stationtest.Spot(300, 300), At: stationtest.Monday(12, 0), Limit: 3}
		n.Prepare(q)
		if got := n.HasLists(network.Walk, 0); got != c.want {
			t.Errorf("with %d bytes left a list is made: %v", c.left, got)
		}
		if a, err := n.Find(q); err != nil || len(a.Found) != 3 {
			t.Errorf("%d found, %v", len(a.Found), err)
		}
	}
}
