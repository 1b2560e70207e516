package nation_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/run"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// countryStations is the size of the network that the pages have to carry.
const countryStations = 160_000

// seedCountry makes runs over every prefecture of the country, of countryStations
// stations in all its counties, one after another.
func seedCountry(t testing.TB, ledger *run.Ledger, runs int) {
	t.Helper()
	var cities []countryCity
	counties := 0
	for _, unit := range gb.Units() {
		for _, d := range unit.Children() {
			below := d.Children()
			if len(below) == 0 {
				below = []gb.Division{d}
			}
			if d.Unit() == unit { // the Corps' cities lie below Xinjiang in the table
				cities = append(cities, countryCity{d, below})
				counties += len(below)
			}
		}
	}
	for _, code := range []string{"659001", "659002", "659004"} {
		d, err := gb.Parse(code)
		if err != nil {
			t.Fatal(err)
		}
		cities = append(cities, countryCity{d, []gb.Division{d}})
		counties++
	}
	perCounty := countryStations/counties + 1
	plan := run.Plan{Name: "", Question: run.Question{Minutes: 15, Demand: demand.People}}
	for i, c := range cities {
		in := c.inputs(perCounty)
		sum := run.Sum(fmt.Sprintf("%064x", i))
		plan.Cities = append(plan.Cities, run.Member{
			Name: c.division.Code(), Title: c.division.Name().ZH, Division: c.division, Streets: sum, Inputs: sum, Grid: run.Grid{Lon: 1000, Lat: 1000},
			Tiles: run.Cut(in, run.Grid{Lon: 1000, Lat: 1000}), StreetsSource: "country.osm.pbf", DemandSource: "普查", Stations: len(in.Stations), Cells: len(in.Cells),
		})
	}
	for n := range runs {
		p := plan
		p.Name = fmt.Sprintf("2026 年 %d 月", n+1)
		if n == 0 { // the first was over fewer cities
			p.Cities = p.Cities[:len(p.Cities)*3/4]
		}
		r, err := ledger.Begin(t.Context(), "test", p)
		if err != nil {
			t.Fatal(err)
		}
		for i := range p.Cities {
			result := run.Result{Run: r.ID, City: int64(i), Tile: "0/0", Answer: cities[i].answer(perCounty, n)}
			if _, err := ledger.Keep(t.Context(), result); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := ledger.Finish(t.Context(), "test", r); err != nil {
			t.Fatal(err)
		}
	}
}

// countryCity is a city of the seeded country.
type countryCity struct {
	division gb.Division
	counties []gb.Division
}

func (c countryCity) inputs(perCounty int) *run.Inputs {
	in := &run.Inputs{Divisions: c.counties, Hours: []opening.Hours{{}}}
	for d := range c.counties {
		for range perCounty {
			in.Stations = append(in.Stations, run.Post{Division: int32(d), Operating: true})
		}
		in.Cells = append(in.Cells, run.Cell{Division: int32(d), Day: c.people(d), Night: c.people(d) * 2})
	}
	return in
}

func (c countryCity) people(county int) reach.Weight {
	return reach.Weight(100_000+37_000*(county%11)) * 1000
}

// answer is what a city's one item finds: more every run, less at night, least
// in the west.
func (c countryCity) answer(perCounty, n int) run.Answer {
	var out run.Answer
	for d, county := range c.counties {
		f := run.Figures{Stations: int64(perCounty), Operating: int64(perCounty), Cells: 1, Day: c.people(d), Night: c.people(d) * 2, Hours: make([]run.Hour, run.HoursInWeek)}
		code := float64(county.Code()[0]-'0')*10 + float64(county.Code()[1]-'0')
		for h := range f.Hours {
			open := 0.15
			if hour := h % 24; hour >= 8 && hour < 18+int(code)%4 {
				open = 0.9
			}
			share := math.Min(0.98, open*(1.02-code/200+0.01*float64(n)+0.01*float64(d%5)))
			once := reach.Weight(share * f.Weight(h).Float() * 1000)
			f.Hours[h] = run.Hour{Open: int64(open * float64(perCounty)), Covered: [4]reach.Weight{once, once * 3 / 4, once / 2, once / 4}}
		}
		out = append(out, run.Part{Division: county.Code(), Figures: f})
	}
	return out
}

func countrySite(t testing.TB, runs int) http.Handler {
	t.Helper()
	d := dbtest.Open(t, dbtest.SQLite(t), pagetest.Schemas...)
	ledger := run.NewLedger(d)
	seedCountry(t, ledger, runs)
	return nationSite(t, ledger)
}

func nationSite(t testing.TB, ledger *run.Ledger) http.Handler {
	t.Helper()
	site, err := web.New(web.Options{Log: slog.New(slog.DiscardHandler), City: lang.Text{ZH: "全国", EN: "The country"}, Systems: []web.System{stationhttp.System(false, true)}})
	if err != nil {
		t.Fatal(err)
	}
	mux := site.NewMux()
	stationhttp.NationRoutes(mux.Of("station"), site, ledger)
	return site.Handler(mux)
}

func fetchNation(t testing.TB, h http.Handler, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), http.MethodGet, path, http.NoBody))
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(body)
}

func TestNationBeforeAnyRun(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema, station.Schema}, func(t *testing.T, d *db.DB) {
		h := nationSite(t, run.NewLedger(d))
		if code, body := fetchNation(t, h, "/nation"); code != http.StatusOK || !strings.Contains(body, "还没有算过许多城市的覆盖") || !strings.Contains(body, "xiadu run") {
			t.Errorf("%d: %s", code, body)
		}
		for _, path := range []string{"/nation.csv", "/nation.json", "/nation.xlsx", "/nation?run=1"} {
			if code, _ := fetchNation(t, h, path); code != http.StatusNotFound && path != "/nation?run=1" || code == http.StatusInternalServerError {
				t.Errorf("%s: %d", path, code)
			}
		}
	})
}

// The country of 160,000 stations: every unit in its row, the Corps apart from
// Xinjiang, sums that are right from the counties up, and exports that say the same.
func TestNation(t *testing.T) {
	h := countrySite(t, 2)
	code, body := fetchNation(t, h, "/nation")
	if code != http.StatusOK {
		t.Fatalf("%d: %s", code, body)
	}
	for _, want := range []string{"北京市", "新疆生产建设兵团", "第 2 次运行", "2026 年 2 月", "比上次", "怎么知道的？", "城市 "} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if n := strings.Count(body, `scope="row"`); n < 32+1+2 {
		t.Errorf("%d rows", n)
	}
	if len(body) > 150_000 {
		t.Errorf("the page has %d bytes", len(body))
	}
	var out struct {
		Division struct {
			Cities  int64
			Figures run.Figures
		}
		Parts []struct {
			Code    string
			Figures run.Figures
		}
	}
	_, text := fetchNation(t, h, "/nation.json")
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("<h1>%d 座城市：", out.Division.Cities); !strings.Contains(body, want) { // those counted, and not the whole country
		t.Errorf("the heading does not begin with %q", want)
	}
	var sum run.Figures
	corps := int64(0)
	for _, p := range out.Parts {
		sum.Add(&p.Figures)
		if p.Code == "660000" {
			corps = p.Figures.Stations
		}
	}
	if all := out.Division.Figures; sum.Stations != all.Stations || sum.Day != all.Day || sum.Hours[100] != all.Hours[100] || all.Stations < countryStations || corps == 0 || len(out.Parts) != 32 {
		t.Errorf("%d parts with %d stations (the Corps has %d), the country has %d", len(out.Parts), sum.Stations, corps, all.Stations)
	}
	// Whatever the order, what no city of the run lies in comes last.
	for _, order := range []string{"", "-code", "stations", "-stations", "people", "day1", "-day1", "night2", "change", "-change"} {
		_, list := fetchNation(t, h, "/nation?run=1&sort="+order) // over fewer cities
		first, counted := strings.Index(list, `<tr class="uncounted">`), strings.LastIndex(list, `<tr class="">`)
		if first < 0 || counted < 0 || first < counted {
			t.Errorf("sort=%s: a division without figures is before one with them", order)
		}
	}
	_, sheet := fetchNation(t, h, "/nation.csv?at=630000")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(sheet, "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 50 || rows[1][0] != "630000" || rows[1][1] != "青海省" || !strings.Contains(rows[0][11], "（周三 10:00）") {
		t.Errorf("%d rows, %v: %v", len(rows), err, rows[:min(2, len(rows))])
	}
	for path, want := range map[string]string{
		"/nation?at=650000":                  "兵团和它管理的城市",
		"/nation?at=659001":                  "新疆生产建设兵团",
		"/nation?at=630100&lang=en":          "Xining City: at 10:00",
		"/nation?run=1":                      "2026 年 1 月",
		"/nation?sort=-change&when=6&day=3":  "平常的周日",
		"/nation?at=630103&night=23":         "城中区",
		"/nation?sort=night2&at=000000":      "aria-sort=\"ascending\"",
		"/nation?when=2026-10-01":            "没有算",
		"/nation?sort=nonsense":              "nonsense",
		"/nation?sort=-people&day=9":         `<input type="hidden" name="sort" value="-people">`, // choosing another hour keeps the order
		"/nation?day=24":                     "0 到 23",
		"/nation?run=-1":                     "运行不对",
		"/nation?run=77":                     "没有做完的第 77 次运行",
		"/nation?at=810000":                  "没有区划 810000",
		"/nation?at=%3Cscript%3E":            "&lt;SCRIPT&gt;",
		"/nation?when=%27%3B+DROP+TABLE+x--": "没有算",
	} {
		if _, body := fetchNation(t, h, path); !strings.Contains(body, want) {
			t.Errorf("%s lacks %q", path, want)
		}
	}
	wrong := map[string][]string{"run": {"-1", "x", "77"}, "at": {"810000", "nowhere"}, "when": {"2026-10-01"}, "day": {"24"}, "night": {"x"}, "sort": {"x"}}
	for field, values := range wrong {
		for _, typed := range values {
			status, body := fetchNation(t, h, "/nation?"+url.Values{field: {typed}}.Encode())
			pagetest.WantWrong(t, status, body, field, typed)
		}
	}
}

// TestNationLooksRight opens the pages in a browser, with a year of runs behind them.
func TestNationLooksRight(t *testing.T) {
	runs := 3
	if os.Getenv("XIADU_SHOTS") != "" {
		runs = 9
	}
	site := httptest.NewServer(countrySite(t, runs))
	t.Cleanup(site.Close)
	for _, c := range []struct {
		name string
		view webtest.View
		path string
	}{
		{"nation-desk", webtest.Desk, "/nation"},
		{"nation-phone", webtest.Phone, "/nation?at=630000"},
		{"nation-city-desk-en-dark", webtest.View{Width: webtest.Desk.Width, Height: webtest.Desk.Height, Dark: true}, "/nation?at=630100&lang=en&sort=-night1"},
		{"nation-large", webtest.Phone, "/nation?large=1"},
		{"nation-print", webtest.View{Width: 794, Height: 1123, Print: true}, "/nation"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := webtest.Open(t, site.URL, c.view)
			b.Go(c.path)
			b.Shot(c.name)
			b.Check()
		})
	}
}

// BenchmarkNation is how long the page takes with two years of monthly runs over
// 160,000 stations behind it.
func BenchmarkNation(b *testing.B) {
	h := countrySite(b, 24)
	for _, path := range []string{"/nation", "/nation?at=630000", "/nation.csv"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				if code, _ := fetchNation(b, h, path); code != http.StatusOK {
					b.Fatal(code)
				}
			}
		})
	}
}
