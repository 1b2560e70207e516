package stationhttp_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
)

func TestPagesRefuseWhatTheyCannotRead(t *testing.T) {
	site := pagetest.TownSite(t)
	for address, want := range map[string]string{
		"/find?lat=36.6&lon=x":                "位置读不懂",
		"/find?lat=101.77&lon=36.61":          "写反了",
		"/find?lat=91&lon=181":                "不在地球上",
		"/find?lat=36.6&lon=101.7&datum=x":    "坐标系",
		"/find?need=gold":                     "没有“gold”这项服务",
		"/find?mode=fly":                      "没有“fly”这种出行方式",
		"/find?at=tomorrow":                   "时间“tomorrow”读不懂",
		"/find?at=1999-01-01T00:00":           "太远了",
		"/find?q=" + strings.Repeat("长", 101): "地名太长",
		"/coverage?minutes=0":                 "“0”分钟不行",
		"/coverage?minutes=ten":               "“ten”分钟不行",
		"/coverage?at=2026-13-40":             "读不懂",
		"/coverage?mode=walk%00":              "出行方式",
		"/stations?brand=x":                   "没有“x”这一项",
		"/stations?division=1":                "1",
		"/stations/none":                      "没有编号为“none”的驿站",
		"/map/demand?bbox=1,2,3":              "bbox",
		"/map/near":                           "缺少位置",
	} {
		a, body := pagetest.Get(t, site+address, "text/html")
		if a.StatusCode != http.StatusUnprocessableEntity && a.StatusCode != http.StatusNotFound || !strings.Contains(body, want) {
			t.Errorf("%s: %s, and no “%s” in\n%s", address, a.Status, want, body)
		}
	}
}

// TestNastyTextIsText: what is in any field of a station comes out as text,
// on every page and in every export.
func TestNastyTextIsText(t *testing.T) {
	site := pagetest.TownSite(t)
	for _, address := range []string{
		"/find?" + pagetest.At(1600, 0), "/stations/T-4?" + pagetest.At(1500, 0), "/stations", "/stations?q=" + url.QueryEscape(pagetest.Nasty),
		"/coverage", "/coverage/report", "/find?q=" + url.QueryEscape(pagetest.Nasty),
	} {
		body := pagetest.Page(t, site+address)
		if strings.Contains(body, "<script>alert") {
			t.Errorf("%s lets a script in", address)
		}
	}
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/stations/T-4"), `\u003cscript\u003ealert`, "&lt;script&gt;alert(1)")
	for _, address := range []string{"/map/near?" + pagetest.At(1600, 0), "/api/v1/nearest?" + pagetest.At(1600, 0), "/api/v1/stations", "/api/v1/stations/T-4", "/coverage.geojson"} {
		a, body := pagetest.Get(t, site+address, "application/json")
		if a.StatusCode != http.StatusOK || strings.Contains(body, "<script>") || !strings.Contains(body, `\u003cscript\u003e`) && !strings.Contains(body, `"T-4"`) {
			t.Errorf("%s: %s\n%s", address, a.Status, body)
		}
		if a.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(a.Header.Get("Content-Type"), "json") {
			t.Errorf("%s may be taken for a page: %v", address, a.Header)
		}
	}
}
