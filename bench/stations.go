package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

// How many stations: a big city's, and the whole country's 160,000.
const (
	cityStations       = 2_000
	metropolisStations = 160_000
)

// needed is the one service that is asked for; a station in three has it.
const needed = station.Microwave

// setOut is a Monday afternoon: the banks close within the hour, so that "open on
// arrival" decides something.
var setOut = time.Date(2026, 11, 23, 16, 40, 0, 0, calendar.China)

// someHours are those of hosts, in the shares of the list.
var someHours = []string{
	"Mo-Fr 09:00-17:00; Sa,Su 09:30-16:00; PH off", "Mo-Fr 09:00-17:00; Sa,Su 09:30-16:00; PH off",
	"Mo-Su 08:30-18:00", "Mo-Su 07:00-22:00", "24/7", "",
}

// place returns a random place beside a street, at most off degrees from it.
func place(g *road.Graph, random *rand.Rand, off float64) geo.Point {
	line := g.Shape(road.Edge(random.IntN(g.Edges())))
	i := 1 + random.IntN(len(line)-1)
	p := geo.Between(line[i-1], line[i], random.Float64()).Point()
	p.Lon += (2*random.Float64() - 1) * off
	p.Lat += (2*random.Float64() - 1) * off
	return p
}

const (
	doorOff  = 0.0002 // degrees: a station is about twenty metres from its street
	askerOff = 0.0004
)

// scatter places stations on g, the same for the same count.
func scatter(g *road.Graph, count int) ([]station.Station, error) {
	random := rand.New(rand.NewPCG(2, uint64(count)))
	var hours []opening.Hours
	for _, text := range someHours {
		h, err := opening.Parse(text)
		if err != nil {
			return nil, err
		}
		hours = append(hours, h)
	}
	all := make([]station.Station, count)
	for i := range all {
		services := station.ServicesOf(station.HotWater, station.Rest)
		if random.IntN(3) == 0 {
			services |= station.ServicesOf(needed)
		}
		all[i] = station.Station{
			Code: fmt.Sprintf("S-%06d", i), Name: fmt.Sprintf("驿站 %d", i), At: place(g, random, doorOff),
			Services: services, Hours: hours[random.IntN(len(hours))],
		}
	}
	return all, nil
}

// askers returns places from which somebody looks for a station.
func askers(g *road.Graph, count int) []geo.Point {
	random := rand.New(rand.NewPCG(3, uint64(count)))
	all := make([]geo.Point, count)
	for i := range all {
		all[i] = place(g, random, askerOff)
	}
	return all
}

func question(from geo.Point, limit int) network.Question {
	return network.Question{From: from, Mode: network.Walk, At: setOut, Needs: station.ServicesOf(needed), Limit: limit}
}
