package stationhttp_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
)

func TestWhatTheMapDraws(t *testing.T) {
	site := pagetest.TownSite(t)
	near := pagetest.Ask[pagetest.Shapes](t, site+"/map/near?"+pagetest.At(560, 0))
	if len(near.Features) != 4 || near.Features[0].ID != "T-1" || near.Features[0].Properties["rank"] != 1.0 || near.Features[0].Properties["open"] != "open" ||
		near.Features[2].Properties["open"] != "unknown" || near.Features[3].Properties["open"] != "closed" {
		t.Errorf("%+v", near)
	}
	way := pagetest.Ask[pagetest.Shapes](t, site+"/map/way/T-1?"+pagetest.At(600, 400))
	if len(way.Features) != 1 || way.Features[0].Geometry.Type != "LineString" {
		t.Fatalf("%+v", way)
	}
	if line, ok := way.Features[0].Geometry.Coordinates.([]any); !ok || len(line) < 3 {
		t.Errorf("the way has no corner: %v", line)
	}
	if none := pagetest.Ask[pagetest.Shapes](t, site+"/map/way/T-1?"+pagetest.At(1000, 3900)); len(none.Features) != 0 {
		t.Errorf("a way from where there is no street: %+v", none)
	}
	areas := pagetest.Ask[pagetest.Shapes](t, site+"/map/areas?at=2026-11-23T12:00")
	if len(areas.Features) != 3 || areas.Features[0].Properties["minutes"].(float64) <= areas.Features[2].Properties["minutes"].(float64) {
		t.Errorf("%d areas, not three from far to near", len(areas.Features))
	}
	demand := pagetest.Ask[pagetest.Shapes](t, site+"/map/demand?at=2026-11-23T12:00")
	if len(demand.Features) != 101 || demand.Features[5].Geometry.Type != "Polygon" {
		t.Errorf("%d cells, not 101 squares", len(demand.Features))
	}
	corner, far := pagetest.InTown(0, -50), pagetest.InTown(650, 350)
	some := pagetest.Ask[pagetest.Shapes](t, site+"/map/demand?bbox="+strings.Join([]string{pagetest.F6(corner.Lon), pagetest.F6(corner.Lat), pagetest.F6(far.Lon), pagetest.F6(far.Lat)}, ","))
	if len(some.Features) != 6 {
		t.Errorf("%d cells in the box, not 6", len(some.Features))
	}
}

func TestTiles(t *testing.T) {
	site := pagetest.TownSite(t)
	for address, status := range map[string]int{
		"/tiles/t-1/stations/202611230930/14/12823/6399": http.StatusOK,
		"/tiles/t-1/stations/202611230930/14/0/0":        http.StatusNoContent,
		"/tiles/t-1/stations/now/14/12823/6399":          http.StatusNotFound,
		"/tiles/t-1/stations/202611230930/99/0/0":        http.StatusNotFound,
		"/tiles/none/14/12823/6399":                      http.StatusNoContent,
	} {
		a, body := pagetest.Get(t, site+address, "*/*")
		if a.StatusCode != status {
			t.Errorf("%s: %s, want %d", address, a.Status, status)
		}
		if status == http.StatusOK && (!strings.Contains(a.Header.Get("Cache-Control"), "immutable") || !strings.Contains(body, "T-1")) {
			t.Errorf("%s: %v", address, a.Header)
		}
	}
}

// Where dots are too many, an open station stands for its square, whatever its
// place in the register.
func TestAnOpenStationWinsItsSquare(t *testing.T) {
	site := pagetest.TownSite(t)
	for hour, want := range map[string][2]string{"0930": {"T-1", "T-2"}, "2200": {"T-2", "T-1"}} {
		_, body := pagetest.Get(t, site+"/tiles/t-1/stations/20261123"+hour+"/5/25/12", "*/*")
		if !strings.Contains(body, want[0]) || strings.Contains(body, want[1]) {
			t.Errorf("at %s the square shows another than %s", hour, want[0])
		}
	}
}
