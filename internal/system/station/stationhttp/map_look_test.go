package stationhttp_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// layers are what a map draws, the lowest first.
func layers(b *webtest.Tab) []string {
	return strings.Fields(webtest.Eval[string](b, `document.querySelector('.map-canvas').dataset.layers`))
}

// The way is over every name and under the stations that it joins.
func TestTheWayIsDrawnOverNames(t *testing.T) {
	b := webtest.Open(t, pagetest.DemoSite(t, pagetest.Monday), webtest.Desk)
	b.Go("/stations/" + pagetest.DemoStation(t) + "?lat=36.6197&lon=101.7780")
	b.WaitMap()
	drawn := layers(b)
	way := slices.Index(drawn, "way")
	for _, below := range []string{"street", "street-name", "place"} {
		if i := slices.Index(drawn, below); i < 0 || i > way {
			t.Errorf("%s is not below the way: %v", below, drawn)
		}
	}
	for _, above := range []string{"station", "here"} {
		if i := slices.Index(drawn, above); i < way {
			t.Errorf("%s is not above the way: %v", above, drawn)
		}
	}
}

// Coverage draws cells; what is within reach is drawn when somebody asks for it.
func TestReachIsASwitch(t *testing.T) {
	b := webtest.Open(t, pagetest.DemoSite(t, pagetest.Monday), webtest.Phone)
	b.Go("/coverage?at=2026-11-23T22:00")
	b.WaitMap()
	if drawn := layers(b); slices.Contains(drawn, "area") || !slices.Contains(drawn, "demand") {
		t.Errorf("at first the map draws %v", drawn)
	}
	b.Click(".map-switch input")
	b.Wait(`document.body.dataset.map === 'idle' && document.querySelector('.map-canvas').dataset.layers.includes('area')`)
	b.Shot("coverage-reach")
	b.Check()
	b.Click(".map-switch input")
	b.Wait(`document.body.dataset.map === 'idle' && !document.querySelector('.map-canvas').dataset.layers.includes('area')`)
}

// English pages name streets as the English map does, with what the sign says.
func TestEnglishPagesNameStreetsOneWay(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	address := "/stations/" + pagetest.DemoStation(t) + "?lat=36.6197&lon=101.7780"
	legs := regexp.MustCompile(`(?s)<ol class="legs">(.*?)</ol>`).FindStringSubmatch(pagetest.Page(t, site+address+"&lang=en"))
	if legs == nil {
		t.Fatal("the page has no way")
	}
	named := regexp.MustCompile(`along ([^<]*)</li>`).FindAllStringSubmatch(legs[1], -1)
	if len(named) == 0 {
		t.Fatalf("no street has a name: %s", legs[1])
	}
	for _, name := range named {
		if !regexp.MustCompile(`^[A-Z][A-Za-z0-9 ]+ \(\p{Han}+\)$`).MatchString(name[1]) {
			t.Errorf("a street is called %q", name[1])
		}
	}
	if body := pagetest.Page(t, site+address); strings.Contains(body, "(") && regexp.MustCompile(`沿[A-Z]`).MatchString(body) {
		t.Error("a Chinese page has a street in English")
	}
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/find?lang=en&q=%E4%BA%94%E5%9B%9B%E5%A4%A7%E8%A1%97"), "From Wusi Avenue (五四大街)")
}

// The map of a trial opens on what it changes, not on the whole city.
func TestAMapFitsToWhatChanged(t *testing.T) {
	site := pagetest.TownSite(t)
	box := func(body, name string) (box [4]float64) {
		t.Helper()
		m := regexp.MustCompile(name + `="([^"]*)"`).FindStringSubmatch(body)
		if m == nil {
			return box
		}
		if err := json.Unmarshal([]byte("["+m[1]+"]"), &box); err != nil {
			t.Fatal(err)
		}
		return box
	}
	whole := pagetest.Page(t, site+"/whatif?at=2026-11-23T12:00")
	if got := box(whole, "data-changed"); got != [4]float64{} {
		t.Errorf("without a change the map shows %v", got)
	}
	one := pagetest.Page(t, site+"/whatif?at=2026-11-23T12:00&c=close+T-1")
	changed, opens := box(one, "data-changed"), box(one, "data-box")
	if at := pagetest.InTown(200, 5); changed[0] != at.Lon || changed[1] != at.Lat || changed[0] != changed[2] {
		t.Errorf("what changed is at %v, not %v", changed, at)
	}
	const degree = 111_000.0
	if high := (opens[3] - opens[1]) * degree; high < 2900 || high > 3100 {
		t.Errorf("the map opens on %.0f m from south to north", high)
	}
	both := box(pagetest.Page(t, site+"/whatif?at=2026-11-23T12:00&c=close+T-1&c=move+T-2+"+strconv.FormatFloat(pagetest.InTown(1900, 0).Lon, 'f', 5, 64)+","+strconv.FormatFloat(pagetest.InTown(0, 1900).Lat, 'f', 5, 64)), "data-changed")
	if both[2] < pagetest.InTown(1890, 0).Lon || both[3] < pagetest.InTown(0, 1890).Lat {
		t.Errorf("a station's new place is not in %v", both)
	}
}

// A whole city has the names of its districts on it, and its main streets'.
func TestNamesFromAfar(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	m := regexp.MustCompile(`data-tiles="([^"]*)\{z\}`).FindStringSubmatch(pagetest.Page(t, site+"/find"))
	if m == nil {
		t.Fatal("no tiles")
	}
	_, tile := pagetest.Get(t, site+m[1]+"9/400/199", "*/*")
	for _, name := range []string{"海湖新区", "城中", "五四大街"} {
		if !strings.Contains(tile, name) {
			t.Errorf("from afar the map does not name %s", name)
		}
	}
}
