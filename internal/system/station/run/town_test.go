package run

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"time"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

// perMetre is one metre at the equator in units of geo.Fixed; drawn towns lie
// there, so that east and north measure alike.
const perMetre = 89.93216

func spot(x, y float64) geo.Point {
	return geo.Fixed{Lon: int32(math.Round(x * perMetre)), Lat: int32(math.Round(y * perMetre))}.Point()
}

// blocks is how many blocks of 300 m a drawn town is wide.
const blocks = 12

// town is a drawn town: streets on a lattice, some of them one-way or missing.
type town struct {
	streets  network.Streets
	stations []station.Station
	cells    []demand.Cell
}

// hoursKept are the hours that drawn stations keep, also across midnight, on
// other days of the week, on holidays, and unknown.
var hoursKept = []string{"", "24/7", "Mo-Fr 09:00-17:00", "Mo-Su 08:00-12:00,14:00-22:30", "20:00-26:00", "Mo-Fr 08:30-18:00; PH off", "2026 Oct 1-2026 Oct 3 00:00-24:00; Sa 10:00-16:00"}

var districts = []string{"630102", "630103", "630105", "6301Z01", "630100", "659001"}

func division(t rapid.TB, code string) gb.Division {
	t.Helper()
	d, err := gb.Parse(code)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func hours(t rapid.TB, text string) opening.Hours {
	t.Helper()
	h, err := opening.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// drawTown draws a town of up to so many stations and cells.
func drawTown(t *rapid.T, stations, cells int) town {
	var at []geo.Fixed
	for y := range blocks + 1 {
		for x := range blocks + 1 {
			at = append(at, spot(float64(x)*300, float64(y)*300).Fixed())
		}
	}
	b := road.NewBuilder(at)
	for i := range blocks + 1 {
		var east, north []uint32
		for j := range blocks + 1 {
			east, north = append(east, uint32(i*(blocks+1)+j)), append(north, uint32(j*(blocks+1)+i))
		}
		oneway := rapid.IntRange(0, 5).Draw(t, "one-way") == 0
		b.Add(road.Street{Line: east, Forward: true, Backward: !oneway})
		if i == 0 || rapid.IntRange(0, 5).Draw(t, "missing") > 0 {
			b.Add(road.Street{Line: north, Forward: true, Backward: true})
		}
	}
	g, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w := town{streets: network.Streets{Walk: g, WalkProfile: road.Walking(0)}}
	where := rapid.Custom(func(t *rapid.T) geo.Point {
		const edge = 600 // beyond the streets, some too far from them
		return spot(rapid.Float64Range(-edge, blocks*300+edge).Draw(t, "x"), rapid.Float64Range(-edge, blocks*300+edge).Draw(t, "y"))
	})
	for i := range rapid.IntRange(0, stations).Draw(t, "stations") {
		w.stations = append(w.stations, station.Station{
			Code: fmt.Sprintf("S-%d", i), At: where.Draw(t, "station"), Division: division(t, rapid.SampledFrom(districts).Draw(t, "district")),
			Hours: hours(t, rapid.SampledFrom(hoursKept).Draw(t, "hours")), Status: station.Status(rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "status")),
		})
	}
	for i := range rapid.IntRange(1, cells).Draw(t, "cells") {
		w.cells = append(w.cells, demand.Cell{
			ID: strconv.Itoa(i), At: where.Draw(t, "cell"), Day: rapid.Float64Range(0, 900).Draw(t, "day"), Night: rapid.Float64Range(0, 900).Draw(t, "night"),
			Source: rapid.SampledFrom(districts).Draw(t, "district"), // stands for where the cell is
		})
	}
	return w
}

func (w town) inputs(t rapid.TB) *Inputs {
	t.Helper()
	in, err := Freeze(division(t, "630100"), w.stations, w.cells, func(c demand.Cell) gb.Division { return division(t, c.Source) })
	if err != nil {
		t.Fatal(err)
	}
	// Computed as a worker does: from a copy.
	var file bytes.Buffer
	if err := in.Write(&file); err != nil {
		t.Fatal(err)
	}
	if in, err = ReadInputs(&file); err != nil {
		t.Fatal(err)
	}
	return in
}

// answers computes the town cut into tiles so many metres wide.
func (w town) answers(t rapid.TB, q Question, metres float64) []Answer {
	t.Helper()
	in := w.inputs(t)
	grid := Square(0, metres)
	city := NewCity(w.streets.Walk, w.streets.WalkProfile, in, grid, q)
	var out []Answer
	for _, tile := range Cut(in, grid) {
		a, err := city.Answer(tile.String())
		if err != nil {
			t.Fatal(err)
		}
		if err := a.accounts(tile, HoursInWeek+24*len(q.Days)); err != nil {
			t.Fatal(err)
		}
		out = append(out, a)
	}
	return out
}

// monday is the start of an ordinary week, in the city's zone.
var monday = time.Date(2026, 11, 23, 0, 0, 0, 0, calendar.China)
