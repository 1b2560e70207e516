package survey_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web"
)

// aCity is large enough for a question by e-bike to take a while.
func aCity(t *testing.T) *city.City {
	t.Helper()
	random := rand.New(rand.NewPCG(6, 4))
	const blocks, side = 90, 90 * 200
	streets := pagetest.ManyStreets(t, blocks)
	always, err := opening.Parse("24/7")
	if err != nil {
		t.Fatal(err)
	}
	somewhere := func() geo.Point { return pagetest.InTown(side*random.Float64(), side*random.Float64()) }
	var stations []station.Station
	for i := range 700 {
		stations = append(stations, station.Station{Code: fmt.Sprintf("S%03d", i), Name: "站", At: somewhere(), Hours: always})
	}
	var cells []demand.Cell
	for i := range 12_000 {
		cells = append(cells, demand.Cell{ID: strconv.Itoa(i), At: somewhere(), Day: 10, Night: 5})
	}
	return city.NewCity(coverage.New(network.New(network.Streets{Walk: streets, Ebike: streets, WalkProfile: road.Walking(0), EbikeProfile: road.Ebike(0)}, stations), demand.Of(cells)), &atlas.Atlas{Walk: streets, Ebike: streets}, "t-1")
}

// Sixty-four questions by e-bike that nobody waits for any more do not shut the
// next planner out: they are answered within their own computing time and that
// of one other.
func TestAbandonedQuestionsShutNobodyOut(t *testing.T) {
	if testing.Short() {
		t.Skip("computes for some seconds; run without -short")
	}
	const planner = "/coverage.json?mode=ebike&any=1&minutes=60"
	own := func() time.Duration {
		site := pagetest.Serve(t, web.Options{}, aCity(t), nil, pagetest.Monday)
		began := time.Now()
		pagetest.Page(t, site+planner)
		return time.Since(began)
	}()
	site := pagetest.Serve(t, web.Options{}, aCity(t), nil, pagetest.Monday)
	ctx, leave := context.WithCancel(t.Context())
	var all, asked sync.WaitGroup
	for i := range 64 {
		asked.Add(1)
		all.Go(func() {
			address := fmt.Sprintf("%s/coverage.json?mode=ebike&any=1&minutes=%d&at=2026-11-%02dT%02d:00", site, 59-i%20, 23+i%5, 3+6*(i/20))
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
			if err != nil {
				t.Error(err)
			}
			r.Header.Set("X-Forwarded-For", fmt.Sprintf("203.0.%d.9", i/8)) // of eight offices
			asked.Done()
			if a, err := http.DefaultClient.Do(r); err == nil {
				a.Body.Close()
			}
		})
	}
	asked.Wait()
	time.Sleep(own / 2) // they wait for turns
	leave()
	all.Wait()
	began := time.Now()
	pagetest.Page(t, site+planner)
	took := time.Since(began)
	t.Logf("alone %v, after 64 abandoned ones %v", own, took)
	if limit := 2*own + time.Second; took > limit {
		t.Errorf("the next planner waited %v; alone it takes %v", took, own)
	}
}
