package register_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
)

// Only stations look like stations: a candidate is on no map that people find
// their way by, and no page sends them there.
func TestCandidateIsNoStation(t *testing.T) {
	site := pagetest.TownWithCandidate(t)
	if _, body := pagetest.Get(t, site+"/tiles/t-1/stations/202611230930/14/12823/6399", "*/*"); !strings.Contains(body, "T-1") || strings.Contains(body, "C-1") {
		t.Error("the stations' tile has the candidate, or lacks a station")
	}
	for _, address := range []string{"/map/station/C-1", "/map/way/C-1?" + pagetest.At(560, 0)} {
		if a, body := pagetest.Get(t, site+address, "application/geo+json"); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s %s", address, a.Status, body)
		}
	}
	if drawn := pagetest.Ask[pagetest.Shapes](t, site+"/coverage.geojson?at=2026-11-23T12:00"); len(drawn.Features) == 0 {
		t.Error("the coverage's file is empty")
	} else {
		for _, f := range drawn.Features {
			if f.ID == "C-1" {
				t.Error("the coverage's file has the candidate as a station")
			}
		}
	}
}

func TestCandidatePageIsFacts(t *testing.T) {
	site := pagetest.TownWithCandidate(t)
	for _, query := range []string{"", "?" + pagetest.At(560, 0)} {
		body := pagetest.Page(t, site+"/stations/C-1"+query)
		pagetest.WantInOrder(t, body, `<meta name="robots" content="noindex"`, "候选", "候选银行", "这里还不是驿站", "找附近已经开的驿站", "登记的情况", "C-1")
		for _, never := range []string{"几点开门", "营业", "8:00", "高德", "带路", "data-map", "ld+json", "从您那里", "热水"} {
			if strings.Contains(body, never) {
				t.Errorf("a candidate's page says %q", never)
			}
		}
	}
	if body := pagetest.Page(t, site+"/stations/T-1"); strings.Contains(body, "noindex") {
		t.Error("a station is kept from search engines")
	}
}
