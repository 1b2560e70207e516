package stationhttp_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/finder"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/register"
	"github.com/xiadu/xiadu/internal/web"
)

func TestNearestOverTheAPI(t *testing.T) {
	site := pagetest.TownSite(t)
	near := pagetest.Ask[finder.Nearest](t, site+"/api/v1/nearest?need=hot_water&limit=2&"+pagetest.At(560, 0))
	if len(near.Stations) != 2 || near.Stations[0].Station.Code != "T-1" || near.Stations[0].Standing != "open" ||
		near.Stations[0].WayM < 360 || near.Stations[0].WayM > 380 || near.Stations[1].Standing != "hours_unknown" {
		t.Errorf("%+v", near)
	}
	// The same place as Amap writes it.
	gcj := pagetest.Ask[finder.Nearest](t, site+"/api/v1/nearest?limit=1&datum=gcj02&lat=36.61&lon=101.78")
	if len(gcj.Stations) != 1 || gcj.Stations[0].WayM == near.Stations[0].WayM {
		t.Errorf("%+v", gcj)
	}
	late := pagetest.Ask[finder.Nearest](t, site+"/api/v1/nearest?need=open_late&"+pagetest.At(560, 0))
	if len(late.Stations) != 1 || late.Stations[0].Station.Code != "T-2" {
		t.Errorf("open late: %+v", late)
	}
}

func TestCoverageOverTheAPIIsTheSameEverywhere(t *testing.T) {
	site := pagetest.TownSite(t)
	const query = "?at=2026-11-23T12:00&minutes=5"
	raw := pagetest.Ask[map[string]any](t, site+"/api/v1/coverage"+query)
	for _, key := range []string{"demand_total", "covered_1", "covered_2", "unreachable_demand", "stations", "profile", "cutoff_s", "at"} {
		if _, ok := raw[key]; !ok {
			t.Errorf("no %s in %v", key, raw)
		}
	}
	f := pagetest.Ask[figures.CoverageFigures](t, site+"/api/v1/coverage"+query)
	if f.DemandTotal != 1007 || f.UnreachableDemand != 7 || f.Stations != 4 || f.StationsOpen != 2 || f.StationsHoursUnknown != 1 ||
		f.CutoffS != 300 || f.Profile != "walk" || f.Covered1 < 100 || f.Covered1 > 500 || f.Covered2 != 0 || len(f.Gaps) < 2 || f.Gaps[0].NearestM < 400 {
		t.Errorf("%+v", f)
	}
	if page := pagetest.Ask[figures.CoverageFigures](t, site+"/coverage.json"+query); page.Covered1 != f.Covered1 || page.Revision != f.Revision {
		t.Errorf("the page says %+v, the API %+v", page, f)
	}
	// The cells add up to the total, and none runs as a formula.
	_, sheet := pagetest.Get(t, site+"/coverage.csv"+query, "text/csv")
	rows, err := csv.NewReader(strings.NewReader(sheet)).ReadAll()
	if err != nil || len(rows) != 102 || rows[1][0] != "00-00" && rows[1][0] != "'=far" {
		t.Fatal(err, len(rows), rows[:2])
	}
	if night := pagetest.Ask[figures.CoverageFigures](t, site+"/api/v1/coverage?at=2026-11-23T22:00"); night.DemandTotal != 2007 || night.StationsOpen != 1 {
		t.Errorf("at night: %+v", night)
	}
}

func TestAPIErrorsAreProblems(t *testing.T) {
	site := pagetest.TownSite(t)
	for address, status := range map[string]int{
		"/api/v1/nearest":                           http.StatusUnprocessableEntity,
		"/api/v1/nearest?lat=36.6&lon=abc":          http.StatusUnprocessableEntity,
		"/api/v1/nearest?lat=36.6&lon=101&need=x":   http.StatusUnprocessableEntity,
		"/api/v1/nearest?lat=36.6&lon=101&at=later": http.StatusUnprocessableEntity,
		"/api/v1/nearest?lat=36.6&lon=101&limit=0":  http.StatusUnprocessableEntity,
		"/api/v1/coverage?minutes=90":               http.StatusUnprocessableEntity,
		"/api/v1/stations?brand=none&size=huge":     http.StatusUnprocessableEntity,
		"/api/v1/stations/none":                     http.StatusNotFound,
		"/api/v2/nearest":                           http.StatusNotFound,
	} {
		for l, word := range map[string]string{"zh": "。", "en": "."} {
			a, body := pagetest.Get(t, site+address+map[bool]string{true: "&", false: "?"}[strings.Contains(address, "?")]+"lang="+l, "application/json")
			var p web.Problem
			if err := json.Unmarshal([]byte(body), &p); err != nil || a.StatusCode != status || p.Status != status ||
				!strings.Contains(p.Detail, word) || a.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s in %s: %s %v\n%s", address, l, a.Status, err, body)
			}
		}
	}
}

func TestTheSpecificationIsWhole(t *testing.T) {
	site := pagetest.TownSite(t)
	var spec struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			OperationID, Summary string
			Parameters           []struct{ Name, Description string }
		}
	}
	a, body := pagetest.Get(t, site+"/api/openapi.json", "*/*")
	if err := json.Unmarshal([]byte(body), &spec); err != nil || a.StatusCode != http.StatusOK || !strings.HasPrefix(spec.OpenAPI, "3.1") {
		t.Fatal(err, a.Status, spec.OpenAPI)
	}
	if len(spec.Paths) != 12 {
		t.Errorf("%d addresses, not 12", len(spec.Paths))
	}
	// These take more than an address holds; they compute and change nothing.
	asking := []string{"/api/v1/siting", "/api/v1/whatif"}
	guide := pagetest.Page(t, site+"/api")
	english := pagetest.Page(t, site+"/api?lang=en")
	for path, methods := range spec.Paths {
		o, reads := methods["get"]
		if asks, ok := methods["post"]; ok && slices.Contains(asking, path) {
			o, reads = asks, true
		}
		if !reads || len(methods) != 1 {
			t.Errorf("%s is open to more than reading", path)
		}
		for _, words := range append([]string{o.Summary}, descriptions(o.Parameters)...) {
			if words == "" || strings.Contains(guide, words) {
				t.Errorf("%s: “%s” has no Chinese", path, words)
			}
			if !strings.Contains(english, words[:min(len(words), 20)]) {
				t.Errorf("%s: “%s” is not in the guide", path, words)
			}
		}
	}
	// Each example of the guide works.
	for _, link := range strings.Split(english, `href="/api/v1/`)[1:] {
		link, _, _ = strings.Cut(link, `"`)
		if a, body := pagetest.Get(t, site+"/api/v1/"+strings.ReplaceAll(link, "&amp;", "&"), "application/json"); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %s\n%s", link, a.Status, body)
		}
	}
}

func descriptions(parameters []struct{ Name, Description string }) (out []string) {
	for _, p := range parameters {
		out = append(out, p.Description)
	}
	return out
}

func TestEveryServiceHasItsIcon(t *testing.T) {
	site, err := web.New(web.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for n := range station.Needs() {
		if !site.Assets.HasIcon(web.Icon(n.Icon())) {
			t.Errorf("%s has no icon %s in the sprite", n.Key(), n.Icon())
		}
	}
}

// Needs may be repeated or separated by commas, and swapped axes are told as
// such in the API too.
// What is not possible just now says when to come back, over the API too.
func TestAPISaysWhenToComeBack(t *testing.T) {
	city := city.NewCity(coverage.New(network.New(network.Streets{}, nil), nil), nil, "t-1")
	site := pagetest.Serve(t, web.Options{}, city, nil, pagetest.Monday)
	a, body := pagetest.Get(t, site+"/api/v1/coverage", "application/json")
	if a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
		t.Errorf("%s %v %s", a.Status, a.Header, body)
	}
}

func TestAPIReadsWhatPeopleWrite(t *testing.T) {
	site := pagetest.TownSite(t)
	repeated := pagetest.Ask[finder.Nearest](t, site+"/api/v1/nearest?lat=36.6&lon=101&need=hot_water&need=toilet")
	commas := pagetest.Ask[finder.Nearest](t, site+"/api/v1/nearest?lat=36.6&lon=101&need=hot_water,toilet")
	if len(repeated.Stations) != len(commas.Stations) {
		t.Errorf("%d stations, by commas %d", len(repeated.Stations), len(commas.Stations))
	}
	if list := pagetest.Ask[register.StationList](t, site+"/api/v1/stations?need=hot_water,toilet"); list.Total == 0 {
		t.Error("no station of the register has hot water and a toilet")
	}
	if _, body := pagetest.Get(t, site+"/api/v1/nearest?lat=101.7&lon=36.6&lang=en", "application/json"); !strings.Contains(body, "swapped") {
		t.Errorf("swapped axes: %s", body)
	}
	if a, body := pagetest.Get(t, site+"/coverage.json?minutes=90", "*/*"); a.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("a bad cutoff of coverage.json: %s %s", a.Status, body)
	}
}
