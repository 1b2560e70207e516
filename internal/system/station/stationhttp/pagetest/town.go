package pagetest

import (
	"fmt"
	"math"
	"testing"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

// Nasty is what people paste into forms.
const Nasty = `<script>alert(1)</script>"'); DROP TABLE station_station;--`

// A town of ten by ten blocks of 200 m, for tests that need to know the answer.
const (
	townBlocks = 10
	blockM     = 200
)

var townCorner = geo.Point{Lon: 101.77, Lat: 36.61}

// InTown is the place so many metres east and north of the town's corner.
func InTown(east, north float64) geo.Point {
	const metresPerDegree = geo.EarthRadius * math.Pi / 180
	return geo.Point{
		Lon: townCorner.Lon + east/(metresPerDegree*math.Cos(townCorner.Lat*math.Pi/180)),
		Lat: townCorner.Lat + north/metresPerDegree,
	}.Fixed().Point()
}

// TownStreets are the streets of the town, a grid.
func TownStreets(t *testing.T) *road.Graph {
	t.Helper()
	return ManyStreets(t, townBlocks)
}

// ManyStreets are the streets of a town with so many blocks each way.
func ManyStreets(t *testing.T, blocks int) *road.Graph {
	t.Helper()
	var at []geo.Fixed
	for y := range blocks + 1 {
		for x := range blocks + 1 {
			at = append(at, InTown(float64(x*blockM), float64(y*blockM)).Fixed())
		}
	}
	b := road.NewBuilder(at)
	for i := range blocks + 1 {
		var east, north []uint32
		for j := range blocks + 1 {
			east = append(east, uint32(i*(blocks+1)+j))
			north = append(north, uint32(j*(blocks+1)+i))
		}
		b.Add(road.Street{Line: east, Name: fmt.Sprintf("%d号路", i), Forward: true, Backward: true})
		b.Add(road.Street{Line: north, Name: fmt.Sprintf("%d号街", i), Forward: true, Backward: true})
	}
	g, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TownStations are a station open by day, one open at night, one of unknown
// hours and one whose every text is nasty, in a row along 0号路.
func TownStations(t *testing.T) []station.Station {
	t.Helper()
	division, err := gb.Parse("630103")
	if err != nil {
		t.Fatal(err)
	}
	one := func(code, name, hours string, east float64, needs ...station.Need) station.Station {
		h, err := opening.Parse(hours)
		if err != nil {
			t.Fatal(err)
		}
		return station.Station{
			Code: code, Name: name, Division: division, At: InTown(east, 5), Hours: h,
			Services: station.ServicesOf(needs...), Checked: calendar.On(2026, 11, 1),
		}
	}
	bad := one("T-4", Nasty, "每天 8:00-20:00", 1600, station.Toilet)
	bad.Host, bad.Address, bad.Source = Nasty, Nasty, Nasty
	return []station.Station{
		one("T-1", "白天驿站", "每天 8:00-20:00", 200, station.HotWater, station.Toilet),
		one("T-2", "夜里驿站", "每天 20:00-次日8:00", 600, station.HotWater),
		one("T-3", "不详驿站", "", 1000, station.HotWater, station.Rest),
		bad,
	}
}

// TownCells are ten people every 200 m, and seven far from any street.
func TownCells() []demand.Cell {
	cells := []demand.Cell{{ID: "=far", At: InTown(1000, 4000), Day: 7, Night: 7, Source: "点数"}}
	for y := range townBlocks {
		for x := range townBlocks {
			cells = append(cells, demand.Cell{ID: fmt.Sprintf("%02d-%02d", x, y), At: InTown(float64(x*blockM+100), float64(y*blockM)), Day: 10, Night: 20, Source: "点数"})
		}
	}
	return cells
}

// Town is a small city of which everything is known.
func Town(t *testing.T) *city.City {
	t.Helper()
	return TownOf(t, TownStations(t))
}

// TownOf is the town with other stations.
func TownOf(t *testing.T, stations []station.Station) *city.City {
	t.Helper()
	g := TownStreets(t)
	n := coverage.New(network.New(network.Streets{Walk: g, Ebike: g, WalkProfile: road.Walking(0), EbikeProfile: road.Ebike(0)}, stations), demand.Of(TownCells()))
	return city.NewCity(n, &atlas.Atlas{Info: atlas.Info{Source: "town.osm", Hash: "0123456789abcdef0123"}, Walk: g, Ebike: g}, "t-1")
}
