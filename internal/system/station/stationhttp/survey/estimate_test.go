package survey_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// estimatedSite serves the hand-made town whose people nobody has counted.
func estimatedSite(t *testing.T) string {
	t.Helper()
	g := pagetest.TownStreets(t)
	people := demand.Demand{Kind: demand.People, Source: "town.osm", Estimated: true, Cells: pagetest.TownCells()}
	n := coverage.New(network.New(network.Streets{Walk: g, Ebike: g, WalkProfile: road.Walking(0), EbikeProfile: road.Ebike(0)}, pagetest.TownStations(t)), []demand.Demand{people})
	city := city.NewCity(n, pagetest.Town(t).Atlas, "t-1")
	return pagetest.Serve(t, web.Options{}, city, dbtest.Open(t, dbtest.SQLite(t), pagetest.Schemas...), pagetest.Monday)
}

// Wherever figures stand on an estimate, they say so; where they do not, nothing does.
func TestEstimateIsSaid(t *testing.T) {
	site := estimatedSite(t)
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/coverage?at=2026-11-23T12:00"), "怎么知道的？", "没有导入，按 town.osm 中的建筑、店铺和街道估算", "人数是按地图估算的", "xiadu import demand")
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/coverage/report?at=2026-11-23T12:00&lang=en"), "The people are an estimate from the map", "How this is known", "estimated from the buildings")
	_, figures := pagetest.Get(t, site+"/coverage.json?at=2026-11-23T12:00", "application/json")
	pagetest.WantInOrder(t, figures, `"demand_source": "town.osm"`, `"demand_estimated": true`)
	_, cells := pagetest.Get(t, site+"/coverage.geojson?at=2026-11-23T12:00", "application/json")
	pagetest.WantInOrder(t, cells, `"estimated":true`)
	counted := pagetest.TownSite(t)
	pagetest.WantInOrder(t, pagetest.Page(t, counted+"/coverage?at=2026-11-23T12:00"), "最大的空白")
	_, figures = pagetest.Get(t, counted+"/coverage.json?at=2026-11-23T12:00", "application/json")
	pagetest.WantInOrder(t, figures, `"demand_source": "点数"`, `"demand_estimated": false`)
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
