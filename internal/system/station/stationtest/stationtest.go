// Package stationtest draws cities for tests: streets in a grid, stations and demand
// on them, and places in metres from where they begin.
package stationtest

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

// perMetre is one metre at the equator in units of geo.Fixed; drawn cities lie
// there, so that east and north measure alike.
const perMetre = 89.93216

// Spot is a place, in metres east and north of where drawn cities begin.
func Spot(x, y float64) geo.Point {
	return geo.Fixed{Lon: int32(math.Round(x * perMetre)), Lat: int32(math.Round(y * perMetre))}.Point()
}

// Grid draws a city of n by n blocks of 200 m; every second east-west street is
// one-way for e-bikes.
func Grid(t testing.TB, n int) network.Streets {
	t.Helper()
	const block = 200.0
	var at []geo.Fixed
	for y := range n + 1 {
		for x := range n + 1 {
			at = append(at, Spot(float64(x)*block, float64(y)*block).Fixed())
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
	s := network.Streets{WalkProfile: road.Walking(0), EbikeProfile: road.Ebike(0)}
	var err1, err2 error
	s.Walk, err1 = walk.Build(context.Background())
	s.Ebike, err2 = ebike.Build(context.Background())
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	return s
}

// Hours reads opening hours.
// Hours reads opening hours.
func Hours(t testing.TB, text string) opening.Hours {
	t.Helper()
	h, err := opening.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// Monday is Monday 23 November 2026 at the given time, in the city's zone.
func Monday(hour, minute int) time.Time {
	return time.Date(2026, 11, 23, hour, minute, 0, 0, calendar.China)
}

// DrawNetwork draws up to 30 stations and 40 cells on and around a small grid.
func DrawNetwork(t *rapid.T, streets network.Streets) *coverage.Survey {
	coord := rapid.Float64Range(-700, 1700)
	texts := []string{"24/7", "Mo-Fr 08:00-18:00", "08:00-12:00,14:00-22:00", "22:00-06:00"}
	var stations []station.Station
	for i := range rapid.IntRange(0, 30).Draw(t, "stations") {
		s := station.Station{Code: fmt.Sprintf("S%02d", i), At: Spot(coord.Draw(t, "x"), coord.Draw(t, "y"))}
		if k := rapid.IntRange(0, len(texts)).Draw(t, "hours"); k < len(texts) {
			s.Hours, _ = opening.Parse(texts[k])
		}
		s.Services = station.Services(rapid.Uint64Range(0, 3).Draw(t, "services"))
		stations = append(stations, s)
	}
	var cells []demand.Cell
	for i := range rapid.IntRange(0, 40).Draw(t, "cells") {
		w := float64(rapid.IntRange(0, 900).Draw(t, "people"))
		cells = append(cells, demand.Cell{ID: fmt.Sprintf("C%02d", i), At: Spot(coord.Draw(t, "x"), coord.Draw(t, "y")), Day: w, Night: w / 2})
	}
	return coverage.New(network.New(streets, stations), demand.Of(cells))
}

// Door measures from door to door with the router, which shares no code with
// the searches: off the street, along the streets, off the street again.
func Door(g *road.Graph, from, to geo.Point) (uint32, bool) {
	a, ok1 := g.Snap(from, network.SnapBoundM)
	b, ok2 := g.Snap(to, network.SnapBoundM)
	if !ok1 || !ok2 {
		return 0, false
	}
	p, ok := g.Route(a, b, 1<<30)
	return a.Off() + p.Length + b.Off(), ok
}

// Codes are the codes of what was found, in its order.
func Codes(a network.Answer) []string {
	var out []string
	for _, f := range a.Found {
		out = append(out, f.Station.Code)
	}
	return out
}
