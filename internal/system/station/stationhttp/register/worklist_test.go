package register_test

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/register"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// An office opens what it works on: open and paused stations, candidates, and what is
// to be checked; each filter of the work chooses what it says, in lists and in files.
func TestTheRegisterIsAWorkList(t *testing.T) {
	dbtest.Each(t, pagetest.Schemas, func(t *testing.T, d *db.DB) {
		monday := calendar.DateOf(pagetest.Monday)
		made := map[string]func(*station.Station){
			"FRESH":   func(s *station.Station) { s.Checked = monday.Add(-10) },
			"MONTH":   func(s *station.Station) { s.Checked = monday.Add(-31) },
			"QUARTER": func(s *station.Station) { s.Checked = monday.Add(-91) },
			"LATE":    func(s *station.Station) { s.Checked = monday.Add(-181) },
			"EDGE":    func(s *station.Station) { s.Checked = monday.Add(-180) },
			"NEVER":   func(s *station.Station) { s.Checked = calendar.Date{} },
			"PAUSED":  func(s *station.Station) { s.Checked, s.Status = monday, station.Paused },
			"MUTE":    func(s *station.Station) { s.Checked, s.Hours = monday, opening.Hours{} },
			"FAR":     func(s *station.Station) { s.Checked, s.At = monday, geo.Point{Lon: 101.9, Lat: 36.9} },
			"CAND":    func(s *station.Station) { s.Checked, s.Status = monday, station.Candidate },
		}
		var all []station.Station
		service := station.New(d)
		for code, change := range made {
			s := pagetest.TownStations(t)[0]
			s.Code = code
			change(&s)
			if _, err := service.Save(t.Context(), "test", s); err != nil {
				t.Fatal(err)
			}
			all = append(all, s)
		}
		site := pagetest.Serve(t, web.Options{}, pagetest.TownOf(t, all), d, pagetest.Monday)
		for query, want := range map[string]string{
			"":                              "EDGE FAR FRESH LATE MONTH MUTE NEVER PAUSED QUARTER",
			"?status=all":                   "CAND EDGE FAR FRESH LATE MONTH MUTE NEVER PAUSED QUARTER",
			"?status=candidate":             "CAND",
			"?status=paused":                "PAUSED",
			"?checked=30":                   "EDGE LATE MONTH NEVER QUARTER",
			"?checked=90":                   "EDGE LATE NEVER QUARTER",
			"?checked=180":                  "LATE NEVER",
			"?hours=unknown":                "MUTE",
			"?checked=180&status=candidate": "",
			"?streets=far":                  "FAR",
			"?streets=far&checked=30":       "",
			"?hours=unknown&q=NEVER":        "",
			"?sort=-code":                   "EDGE FAR FRESH LATE MONTH MUTE NEVER PAUSED QUARTER",
			"?sort=checked&status=all":      "CAND EDGE FAR FRESH LATE MONTH MUTE NEVER PAUSED QUARTER",
			"?sort=-checked":                "EDGE FAR FRESH LATE MONTH MUTE NEVER PAUSED QUARTER",
		} {
			body := pagetest.Page(t, site+"/stations"+query)
			var codes []string
			for _, row := range strings.Split(body, `<td class="code"><a href="/stations/`)[1:] {
				code, _, _ := strings.Cut(row, `"`)
				codes = append(codes, code)
			}
			if file := codesIn(t, site+"/stations.csv"+query); !slices.Equal(file, codes) {
				t.Errorf("/stations.csv%s has %s, and the page %s", query, file, codes)
			}
			slices.Sort(codes)
			if got := strings.Join(codes, " "); got != want {
				t.Errorf("/stations%s lists %s, not %s", query, got, want)
			}
			list := pagetest.Ask[register.StationList](t, site+"/api/v1/stations"+query)
			var told []string
			for _, s := range list.Stations {
				told = append(told, s.Code)
			}
			slices.Sort(told)
			if got := strings.Join(told, " "); got != want || list.Total != int64(len(told)) {
				t.Errorf("/api/v1/stations%s tells %s, not %s", query, got, want)
			}
		}
		pagetest.WantInOrder(t, pagetest.Page(t, site+"/stations?q=EDGE"), `href="/stations.csv?status=all"`, "整份名册（连候选）")
		body := pagetest.Page(t, site+"/stations?sort=checked")
		pagetest.WantInOrder(t, body, "没核实过", "181 天前", "180 天前", "今天")
		if n := strings.Count(body, `age-late`); n != 2 {
			t.Errorf("%d checks are marked late, not those of LATE and NEVER", n)
		}
	})
}

// codesIn are the codes of a file of stations, in its order.
func codesIn(t *testing.T, address string) (codes []string) {
	t.Helper()
	_, text := pagetest.Get(t, address, "text/csv")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		codes = append(codes, row[0])
	}
	return codes
}

// A list narrower than the screen shows all its columns; the head of a long one stays
// at the top while it is read.
func TestTheHeadOfTheRegisterStays(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		b := webtest.Open(t, site, view)
		b.Go("/stations?sort=checked")
		webtest.Eval[bool](b, `document.querySelector('.register tbody tr:nth-child(30)').scrollIntoView({block: 'center'}) ?? true`)
		if y := webtest.Eval[float64](b, `document.querySelector('.register thead th').getBoundingClientRect().bottom`); y < 0 {
			t.Errorf("on a %s the head is at %.0f, out of sight, beside the thirtieth row", name, y)
		}
		if wide := webtest.Eval[bool](b, `document.documentElement.scrollWidth > innerWidth`); wide {
			t.Errorf("on a %s the page scrolls sideways", name)
		}
		b.Shot("register-head-" + name)
		b.Check()
	}
}
