package finder_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
)

// detour makes the API answer the same question through the operation.
const detour = "&datum=wgs84"

// What is answered quickly is what the operation answers, to the last byte and
// header, and what is wrong is refused alike.
func TestQuickAnswersAreTheOperations(t *testing.T) {
	site := pagetest.TownSite(t)
	quick := 0
	for _, where := range []string{pagetest.At(560, 0), pagetest.At(0, 0), pagetest.At(1003, 777), pagetest.At(-300, -90), "lat=36.7&lon=101.7", "lat=0&lon=0", "lat=91&lon=101", "lat=101.7&lon=36.6", "lat=abc&lon=1", "lat=NaN&lon=1", "lat=36.6", "lon=101&lat="} {
		for _, more := range []string{
			"", "&limit=1", "&limit=100", "&limit=0", "&limit=101", "&limit=x", "&limit=", "&limit=2&limit=3", "&need=hot_water", "&need=hot_water,toilet",
			"&need=hot_water&need=toilet", "&need=open_late", "&need=x", "&need=", "&need=%E7%83%AD%E6%B0%B4", "&mode=ebike", "&mode=fly", "&mode=",
			"&at=2026-11-23T22:00", "&at=2026-11-23T22%3A00", "&at=2026-11-23+02:00", "&at=later", "&at=", "&at=now", "&at=2026-11-23T22:00:00Z", "&lang=en", "&lang=zh",
			"&lang=en&mode=ebike&at=2026-11-24T17:55&limit=3", "&x=1", "&q=a", "&limit=1;2", "&lat=1", "&need=%zz", "&%6Cimit=1",
		} {
			address := site + "/api/v1/nearest?" + where + more
			got, body := pagetest.Get(t, address, "application/json")
			want, wanted := pagetest.Get(t, address+detour, "application/json")
			if got.Header.Get("Content-Length") != "" && got.StatusCode == http.StatusOK {
				quick++
			}
			for _, h := range []http.Header{got.Header, want.Header} {
				maps.DeleteFunc(h, func(name string, _ []string) bool { return name == "Date" || name == "Content-Length" })
			}
			if got.StatusCode != want.StatusCode || body != wanted || !maps.EqualFunc(got.Header, want.Header, func(a, b []string) bool { return strings.Join(a, "|") == strings.Join(b, "|") }) {
				u, _ := url.QueryUnescape(where + more)
				t.Fatalf("%s\nquickly   %s %v\n%s\notherwise %s %v\n%s", u, got.Status, got.Header, body, want.Status, want.Header, wanted)
			}
		}
	}
	if quick < 40 {
		t.Errorf("%d answers were quick", quick)
	}
}
