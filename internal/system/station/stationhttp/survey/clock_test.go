package survey_test

import (
	"html"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

var clockCell = regexp.MustCompile(`<a href="/coverage\?([^"]+)" title="[^"]*：([0-9.–]+)%，开着 (\d+) 个"`)

// TestClockCellsAreTheCoverageThere: each of the 168 hours links to the coverage
// of the hour, which says the same.
func TestClockCellsAreTheCoverageThere(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	cells := clockCell.FindAllStringSubmatch(pagetest.Page(t, site+"/coverage/clock?times=2&day=2026-12-01"), -1)
	if len(cells) != (7+2)*24 {
		t.Fatalf("%d cells", len(cells))
	}
	for i, c := range cells {
		if i%7 != 0 { // every weekday and every hour comes by
			continue
		}
		f := pagetest.ReadJSON[figures.CoverageFigures](t, site+"/coverage.json?"+html.UnescapeString(c[1]))
		if got := percentOf(f.Covered2, f.DemandTotal); got != c[2] {
			t.Errorf("the clock says %s%% at %s, the coverage %s%%", c[2], c[1], got)
		}
	}
}

func TestClockFiles(t *testing.T) {
	site := pagetest.TownSite(t)
	f := pagetest.ReadJSON[figures.ClockFigures](t, site+"/coverage/clock.json")
	if _, page := pagetest.Get(t, site+"/coverage/clock.json", "application/json"); !pagetest.SameJSON(t, page, site+"/api/v1/coverage/clock") {
		t.Error("the API says other than the page's JSON")
	}
	if f.Sets != 2 || len(f.Spans) != 4*7+1 || len(f.Dates) != 7 || f.Spans[0].ToMin != 6*60 || f.UnreachableDay != 7 || f.Day != "" || f.DemandKind != "people" {
		t.Errorf("%+v", f)
	}
	day := pagetest.ReadJSON[figures.ClockFigures](t, site+"/coverage/clock.json?day=2026-11-28")
	if day.Day != "2026-11-28" || day.Spans[len(day.Spans)-1].ToMin != 24*60 || day.Sets != 2 {
		t.Errorf("%+v", day)
	}
	a, body := pagetest.Get(t, site+"/coverage/clock.csv", "text/csv")
	if a.StatusCode != http.StatusOK || !strings.HasPrefix(body, "from_min,to_min,span,stations_open,demand,covered_1") || !strings.Contains(body, "\n480,1200,Mon 08:00–20:00,2,1007,") {
		t.Errorf("%s", body)
	}
	for _, wrong := range []string{"?times=5", "?day=tomorrow", "?day=1800-01-01", "?demand=%3Cscript%3E", "?minutes=0"} {
		if a, _ := pagetest.Get(t, site+"/coverage/clock"+wrong, "text/html"); a.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %s", wrong, a.Status)
		}
	}
	if a, body := pagetest.Get(t, site+"/coverage/clock?demand=couriers", "text/html"); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "没有“couriers”这种需求") {
		t.Errorf("%s", a.Status)
	}
}

// TestPlannerReadsTheClock: from the coverage of an hour to the clock, to the
// hour that is worst, and to a day of the cold wave.
func TestPlannerReadsTheClock(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		t.Run(name, func(t *testing.T) {
			b := webtest.Open(t, site, view)
			b.Go("/coverage")
			b.Follow(`a[href^="/coverage/clock"]`)
			if n := b.Count(".clock .ck"); n != 168 {
				t.Fatalf("the week has %d hours", n)
			}
			b.Follow(`a.hour-day[href*="2026-12-01"]`)
			if said := b.Text("#day"); !strings.Contains(said, "2026年12月1日") || !strings.Contains(said, "平常") {
				t.Errorf("the day says %s", said)
			}
			b.Shot("journey-clock-" + name)
			b.Check()
			b.Follow(`.clock-row:nth-child(2) .ck:nth-of-type(5) a`)
			if at := b.Path(); !strings.Contains(at, "/coverage?at=2026-11-23T03") {
				t.Errorf("three on Monday is %s", at)
			}
		})
	}
}

// percentOf writes a share to a tenth, as the pages do for what is neither
// nothing nor all.
func percentOf(part, whole float64) string {
	return strconv.FormatFloat(math.Round(part/whole*1000)/10, 'f', 1, 64)
}
