package stationhttp_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/web"
)

// townSite serves the hand-made town on Monday morning.
func townSite(t *testing.T) string {
	t.Helper()
	data := dbtest.Open(t, dbtest.SQLite(t), record.Schema, station.Schema)
	for _, s := range townStations(t) {
		if _, err := station.New(data).Save(t.Context(), "test", s); err != nil {
			t.Fatal(err)
		}
	}
	return serve(t, web.Options{}, town(t), data, monday)
}

// reply is what came back.
type reply struct {
	StatusCode int
	Status     string
	Header     http.Header
}

// get asks as a browser does, or as a program if accept says so.
func get(t *testing.T, address, accept string) (reply, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{a.StatusCode, a.Status, a.Header}, string(body)
}

func page(t *testing.T, address string) string {
	t.Helper()
	a, body := get(t, address, "text/html")
	if a.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s\n%s", address, a.Status, body)
	}
	return body
}

// wantInOrder fails unless body has the texts, one after the other.
func wantInOrder(t *testing.T, body string, texts ...string) {
	t.Helper()
	rest := body
	for _, text := range texts {
		at := strings.Index(rest, text)
		if at < 0 {
			t.Fatalf("the page has no “%s” where it should:\n%s", text, body)
		}
		rest = rest[at+len(text):]
	}
}

func at(east, north float64) string {
	p := inTown(east, north)
	return url.Values{"lat": {f6(p.Lat)}, "lon": {f6(p.Lon)}}.Encode()
}

func TestFinderPutsOpenOnArrivalFirst(t *testing.T) {
	site := townSite(t)
	// T-2 is nearest but shut by day, T-3 has unknown hours.
	body := page(t, site+"/?"+at(560, 0))
	wantInOrder(t, body, "走 5 分钟，营业到 20:00，有热水、卫生间", "到时开着的里面，这家最近", "走 14 分钟，营业到 20:00",
		"没有人说过几点开门", "走 1 分钟，到时关着，20:00 开")
	body = page(t, site+"/?"+at(560, 0)+"&at=2026-11-23T22:00&lang=en")
	wantInOrder(t, body, "1 minute on foot, open until 08:00 tomorrow, with hot water", "nobody has said when it opens", "opens 08:00 tomorrow")
}

func TestFinderSaysWhyThereIsNothing(t *testing.T) {
	site := townSite(t)
	body := page(t, site+"/?"+at(560, 0)+"&need=toilet&need=rest")
	wantInOrder(t, body, "附近没有同时有休息、卫生间的驿站", "最接近的一家：没有休息，其余都有", "白天驿站", "不要休息，走 5 分钟", "不要卫生间，走 6 分钟")
	body = page(t, site+"/?lat=39.9&lon=116.4")
	wantInOrder(t, body, "您离这座城市很远", "公里")
	body = page(t, site+"/?q=Nowhere")
	wantInOrder(t, body, "没有找到“Nowhere”", "请换一个写法")
	// Beyond the streets, but not far away: an estimate that says so.
	body = page(t, site+"/?"+at(1000, 3500))
	wantInOrder(t, body, "您附近没有道路数据")
}

func TestPagesRefuseWhatTheyCannotRead(t *testing.T) {
	site := townSite(t)
	for address, want := range map[string]string{
		"/?lat=36.6&lon=x":                "位置读不懂",
		"/?lat=101.77&lon=36.61":          "写反了",
		"/?lat=91&lon=181":                "不在地球上",
		"/?lat=36.6&lon=101.7&datum=x":    "坐标系",
		"/?need=gold":                     "没有“gold”这项服务",
		"/?mode=fly":                      "没有“fly”这种出行方式",
		"/?at=tomorrow":                   "时间“tomorrow”读不懂",
		"/?at=1999-01-01T00:00":           "太远了",
		"/?q=" + strings.Repeat("长", 101): "地名太长",
		"/coverage?minutes=0":             "“0”分钟不行",
		"/coverage?minutes=ten":           "“ten”分钟不行",
		"/coverage?at=2026-13-40":         "读不懂",
		"/coverage?mode=walk%00":          "出行方式",
		"/stations?brand=x":               "brand 没有“x”",
		"/stations?division=1":            "1",
		"/stations/none":                  "没有编号为“none”的驿站",
		"/map/demand?bbox=1,2,3":          "bbox",
		"/map/near":                       "缺少位置",
	} {
		a, body := get(t, site+address, "text/html")
		if a.StatusCode != http.StatusUnprocessableEntity && a.StatusCode != http.StatusNotFound || !strings.Contains(body, want) {
			t.Errorf("%s: %s, and no “%s” in\n%s", address, a.Status, want, body)
		}
	}
}

// TestNastyTextIsText: what is in any field of a station comes out as text,
// on every page and in every export.
func TestNastyTextIsText(t *testing.T) {
	site := townSite(t)
	for _, address := range []string{
		"/?" + at(1600, 0), "/stations/T-4?" + at(1500, 0), "/stations", "/stations?q=" + url.QueryEscape(nasty),
		"/coverage", "/coverage/report", "/?q=" + url.QueryEscape(nasty),
	} {
		body := page(t, site+address)
		if strings.Contains(body, "<script>alert") {
			t.Errorf("%s lets a script in", address)
		}
	}
	wantInOrder(t, page(t, site+"/stations/T-4"), `\u003cscript\u003ealert`, "&lt;script&gt;alert(1)")
	for _, address := range []string{"/map/near?" + at(1600, 0), "/api/v1/nearest?" + at(1600, 0), "/api/v1/stations", "/api/v1/stations/T-4", "/coverage.geojson"} {
		a, body := get(t, site+address, "application/json")
		if a.StatusCode != http.StatusOK || strings.Contains(body, "<script>") || !strings.Contains(body, `\u003cscript\u003e`) && !strings.Contains(body, `"T-4"`) {
			t.Errorf("%s: %s\n%s", address, a.Status, body)
		}
		if a.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(a.Header.Get("Content-Type"), "json") {
			t.Errorf("%s may be taken for a page: %v", address, a.Header)
		}
	}
}

func TestStationPage(t *testing.T) {
	site := townSite(t)
	body := page(t, site+"/stations/T-1?"+at(600, 400))
	wantInOrder(t, body, `"@type":"GovernmentService"`, `"openingHoursSpecification"`, "白天驿站", "现在开着，营业到 20:00",
		"从您那里走", "沿", "到了：白天驿站", "基本", "热水", "接下来七天", "周一", "08:00–20:00", "高德地图", "青海省西宁市城中区", "列入名册")
	body = page(t, site+"/stations/T-2?lang=en")
	wantInOrder(t, body, "Closed now, opens 20:00", "20:00–08:00 the next day")
	// National Day and the make-up day after it are marked by name.
	holiday := serve(t, web.Options{}, town(t), nil, time.Date(2026, 10, 5, 9, 0, 0, 0, calendar.China))
	wantInOrder(t, page(t, holiday+"/stations/T-1"), "周一", "国庆节", "周六", "调休上班")
}

// A worker at a door is not turned away because the database is.
func TestStationPageWithoutTheDatabase(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t), record.Schema, station.Schema)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	site := serve(t, web.Options{}, town(t), d, monday)
	wantInOrder(t, page(t, site+"/stations/T-1"), "白天驿站", "现在开着，营业到 20:00", "改动记录这会儿读不到")
	if a, _ := get(t, site+"/stations", "text/html"); a.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("the register says %s", a.Status)
	}
}

func TestRegister(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema, station.Schema}, func(t *testing.T, d *db.DB) {
		var batch station.Batch
		for i := range 120 {
			s := townStations(t)[i%3]
			s.Code = string(rune('A'+i/26)) + string(rune('A'+i%26))
			batch.Stations = append(batch.Stations, s)
		}
		for _, s := range batch.Stations {
			if _, err := station.New(d).Save(t.Context(), "test", s); err != nil {
				t.Fatal(err)
			}
		}
		site := serve(t, web.Options{}, town(t), d, monday)
		// Every station comes once, page after page.
		seen, next, pages := map[string]bool{}, "/stations?q="+url.QueryEscape("驿站"), 0
		for next != "" {
			body := page(t, site+next)
			if pages++; !strings.Contains(body, "120 站") {
				t.Fatal("the count is not 120:\n", body)
			}
			for _, row := range strings.Split(body, `<td class="code"><a href="/stations/`)[1:] {
				code, _, _ := strings.Cut(row, `"`)
				if seen[code] {
					t.Error(code, "comes twice")
				}
				seen[code] = true
			}
			next = ""
			if _, rest, ok := strings.Cut(body, `rel="next"`); ok {
				_ = rest
				link := body[:strings.Index(body, `rel="next"`)]
				link = link[strings.LastIndex(link, `href="`)+6:]
				next = strings.ReplaceAll(link[:strings.Index(link, `"`)], "&amp;", "&")
			}
		}
		if len(seen) != 120 || pages != 3 {
			t.Errorf("%d stations on %d pages, not 120 on 3", len(seen), pages)
		}
		if body := page(t, site+"/stations?need=toilet"); !strings.Contains(body, "40 站") {
			t.Error("the filter by service does not leave 40")
		}
		a, sheet := get(t, site+"/stations.csv?need=toilet", "text/csv")
		if n := strings.Count(sheet, "\n"); a.StatusCode != http.StatusOK || n != 41 {
			t.Errorf("the export has %d lines, not a heading and 40: %s", n, a.Status)
		}
		if a, sheet := get(t, site+"/stations.xlsx", "*/*"); a.StatusCode != http.StatusOK || !strings.HasPrefix(sheet, "PK") {
			t.Error("the spreadsheet is none: ", a.Status)
		}
	})
}

func TestCoveragePageAndItsNumbers(t *testing.T) {
	site := townSite(t)
	body := page(t, site+"/coverage?at=2026-11-23T12:00")
	wantInOrder(t, body, "走十五分钟，有没有驿站可去？", "2026年11月23日（周一）12:00，开着 2 个驿站", "%", "的人走 15 分钟到得了一个驿站",
		"怎么知道的？", "1 个没人说过几点开门，按关门算", "的 7 人留在总数里", "xiadu coverage --mode walk --minutes 15 --at 2026-11-23T12:00",
		"同一天 22:00 是", "合计", "1,007", "其中离路太远", "7", "最大的空白")
	all := page(t, site+"/coverage?any=1")
	wantInOrder(t, all, "不看几点，4 个开放的驿站全算", "--any-hour")
}

func f6(v float64) string { return fmt.Sprintf("%.6f", v) }
