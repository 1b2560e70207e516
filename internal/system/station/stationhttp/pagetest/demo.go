package pagetest

import (
	"bytes"
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/app/demo"
	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/area"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/plan"
	"github.com/xiadu/xiadu/internal/system/station/stars"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/signin"
)

// Monday is a working day at half past nine: the banks have just opened.
var Monday = time.Date(2026, 11, 23, 9, 30, 0, 0, calendar.China)

// TheCross is 大十字, the middle of the schematic Xining.
var TheCross = geo.Point{Lon: 101.778, Lat: 36.6197}

// DemoCity is the schematic Xining, imported as a real city is: made once, and
// left to the system's temporary files because tests share it.
var DemoCity = sync.OnceValues(func() (*demoData, error) {
	dir, err := os.MkdirTemp("", "xiadu-pages-")
	if err != nil {
		return nil, err
	}
	osm := filepath.Join(dir, "xining.osm")
	f, err := os.Create(osm)
	if err != nil {
		return nil, err
	}
	if err := demo.Streets(f); err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	ctx := context.Background()
	file := filepath.Join(dir, "city.streets")
	if _, err := atlas.Import(ctx, osm, file, atlas.Options{Title: "西宁"}, nil); err != nil {
		return nil, err
	}
	d := &demoData{}
	if d.atlas, err = atlas.Open(file); err != nil {
		return nil, err
	}
	var sheet, cells bytes.Buffer
	if err := demo.Stations(&sheet); err != nil {
		return nil, err
	}
	if err := demo.Demand(&cells); err != nil {
		return nil, err
	}
	if d.Batch, err = station.Read(ctx, &sheet, station.Reading{Source: "示例"}); err != nil {
		return nil, err
	}
	d.demands, err = demand.Read(ctx, &cells, demand.Reading{Source: "示例网格", Weights: []demand.Weighting{
		{Day: "population", Night: "night"}, {Kind: "couriers", Day: "orders", Night: "orders_night"},
	}})
	if err != nil {
		return nil, err
	}
	var areas bytes.Buffer
	if err := demo.Areas(&areas); err != nil {
		return nil, err
	}
	d.areas, err = area.Read(ctx, &areas, area.Reading{Within: d.atlas.Walk.Box()})
	return d, err
})

type demoData struct {
	atlas   *atlas.Atlas
	Batch   station.Batch
	demands []demand.Demand
	areas   []area.Area
}

// DemoSite serves the demo city at a moment.
func DemoSite(t *testing.T, now time.Time) string {
	t.Helper()
	site, _ := DemoSiteAnd(t, now, web.Options{})
	return site
}

// DemoSiteAnd serves the demo city with more stations than it has.
func DemoSiteAnd(t *testing.T, now time.Time, o web.Options, more ...station.Batch) (string, *db.DB) {
	t.Helper()
	d, err := DemoCity()
	if err != nil {
		t.Fatal(err)
	}
	if d.Batch.Issues.Total > 0 {
		t.Fatal(d.Batch.Issues.List[:min(5, len(d.Batch.Issues.List))])
	}
	data := dbtest.Open(t, dbtest.SQLite(t), Schemas...)
	if _, err := station.New(data).Import(t.Context(), "test", d.Batch, station.Importing{}); err != nil {
		t.Fatal(err)
	}
	for _, b := range more {
		if _, err := station.New(data).Import(t.Context(), "test", b, station.Importing{}); err != nil {
			t.Fatal(err)
		}
	}
	snap, err := city.Load(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	a := d.atlas
	network := coverage.New(network.New(network.Streets{Walk: a.Walk, Ebike: a.Ebike, WalkProfile: a.WalkProfile, EbikeProfile: a.EbikeProfile}, snap.Stations), slices.Clone(d.demands))
	city := city.NewCity(network, a, "demo-1")
	city.Areas = network.Zoning(slices.Clone(d.areas))
	o.Attribution, o.Schematic = a.Info.Attribution, a.Info.Schematic
	return Serve(t, o, city, data, now), data
}

// CandidateSite serves the demo city with its candidates, on Monday.
func CandidateSite(t *testing.T) (string, *db.DB) {
	t.Helper()
	var sheet bytes.Buffer
	if err := demo.Candidates(&sheet); err != nil {
		t.Fatal(err)
	}
	b, err := station.Read(t.Context(), &sheet, station.Reading{})
	if err != nil {
		t.Fatal(err)
	}
	return DemoSiteAnd(t, Monday, web.Options{}, b)
}

// Serve answers at now for good; without data the register is empty.
func Serve(t *testing.T, o web.Options, snapshot *city.City, data *db.DB, now time.Time) string {
	t.Helper()
	if data == nil {
		data = dbtest.Open(t, dbtest.SQLite(t), Schemas...)
	}
	o.City = lang.Text{ZH: "西宁", EN: "Xining"}
	o.Systems = []web.System{stationhttp.System(true, false)}
	office := peopleOf(t, data)
	people := office.Staff()
	o.Reader = signin.Reader(people)
	site, err := web.New(o)
	if err != nil {
		t.Fatal(err)
	}
	stations := station.New(data)
	if rows, err := city.Load(t.Context(), data); err == nil { // a test may have closed it
		if err := stations.Hold(t.Context(), rows.Stations, rows.Revision); err != nil {
			t.Fatal(err)
		}
	}
	book, err := casework.New(casework.Options{Processes: stars.Processes(), Outside: identity.Outside})
	if err != nil {
		t.Fatal(err)
	}
	mux := site.NewMux()
	stationhttp.Routes(mux.Of("station"), stationhttp.Deps{
		Site: site, City: func() *city.City { return snapshot }, Now: func() time.Time { return now }, Stations: stations,
		Plans: plan.New(data), Stars: stars.In(data, book, nil), Who: signin.Who(people),
	})
	signin.Routes(mux, site, people)
	server := httptest.NewServer(site.Handler(mux))
	t.Cleanup(server.Close)
	offices.Store(server.URL, office)
	return server.URL
}

// enough is what fills a page.
var enough = station.ServicesOf(station.HotWater, station.Rest, station.Charging, station.Microwave)

// DemoStation is the code of a station that fills a page, near TheCross.
func DemoStation(t *testing.T) string {
	t.Helper()
	d, err := DemoCity()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range d.Batch.Stations {
		if s.Services.Has(enough) && s.Hours.OpenAt(Monday) && geo.Distance(s.At, TheCross) < 1200 {
			return s.Code
		}
	}
	t.Fatal("no station in the demo city has what the page should show")
	return ""
}
