package stationhttp_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// estimatedSite serves the hand-made town whose people nobody has counted.
func estimatedSite(t *testing.T) string {
	t.Helper()
	g := townStreets(t)
	people := demand.Demand{Kind: demand.People, Source: "town.osm", Estimated: true, Cells: townCells()}
	n := coverage.New(network.New(network.Streets{Walk: g, Ebike: g, WalkProfile: road.Walking(0), EbikeProfile: road.Ebike(0)}, townStations(t)), []demand.Demand{people})
	city := stationhttp.NewCity(n, town(t).Atlas, "t-1")
	return serve(t, web.Options{}, city, dbtest.Open(t, dbtest.SQLite(t), record.Schema, station.Schema), monday)
}

// Wherever figures stand on an estimate, they say so; where they do not, nothing does.
func TestEstimateIsSaid(t *testing.T) {
	site := estimatedSite(t)
	wantInOrder(t, page(t, site+"/coverage?at=2026-11-23T12:00"), "人数是按地图估算的", "xiadu import demand", "怎么知道的？", "没有导入，按 town.osm 中的建筑、店铺和街道估算")
	wantInOrder(t, page(t, site+"/coverage/report?at=2026-11-23T12:00&lang=en"), "The people are an estimate from the map", "How this is known", "estimated from the buildings")
	_, figures := get(t, site+"/coverage.json?at=2026-11-23T12:00", "application/json")
	wantInOrder(t, figures, `"demand_source":"town.osm"`, `"demand_estimated":true`)
	_, cells := get(t, site+"/coverage.geojson?at=2026-11-23T12:00", "application/json")
	wantInOrder(t, cells, `"estimated":true`)
	counted := townSite(t)
	wantInOrder(t, page(t, counted+"/coverage?at=2026-11-23T12:00"), "最大的空白")
	_, figures = get(t, counted+"/coverage.json?at=2026-11-23T12:00", "application/json")
	wantInOrder(t, figures, `"demand_source":"点数"`, `"demand_estimated":false`)
}

func TestEstimateLooksRight(t *testing.T) {
	site := estimatedSite(t)
	for name, view := range map[string]webtest.View{"coverage-estimate-desk": webtest.Desk, "coverage-estimate-phone": webtest.Phone} {
		t.Run(name, func(t *testing.T) {
			b := webtest.Open(t, site, view)
			b.Go("/coverage?at=2026-11-23T12:00")
			b.Shot(name)
			b.Check()
		})
	}
}
