package stationhttp

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
)

// TestNavigation holds each map's link against the order and the datum that it
// documents. A swap sends people to another province.
func TestNavigation(t *testing.T) {
	at := geo.Point{Lon: 101.778, Lat: 36.617}
	gcj := geo.GCJ02.FromWGS84(at)
	lonLat := degrees(at.Lon) + "," + degrees(at.Lat)
	gcjLatLon := degrees(gcj.Lat) + "," + degrees(gcj.Lon)
	if geo.Distance(at, gcj) < 100 {
		t.Fatal("GCJ-02 is not shifted, so this test shows nothing")
	}
	apps := navigation(`大十字 "&<驿站>`, "西宁", at)
	for i, want := range []struct{ host, parameter, value string }{
		{"uri.amap.com", "to", lonLat + `,大十字 "&<驿站>`},
		{"apis.map.qq.com", "tocoord", gcjLatLon},
		{"api.map.baidu.com", "destination", "latlng:" + gcjLatLon + `|name:大十字 "&<驿站>`},
	} {
		u, err := url.Parse(apps[i].href)
		if err != nil {
			t.Fatal(err)
		}
		if u.Scheme != "https" || u.Host != want.host || u.Query().Get(want.parameter) != want.value {
			t.Errorf("%s: %s = %q, want %q", apps[i].href, want.parameter, u.Query().Get(want.parameter), want.value)
		}
	}
	if q, _ := url.ParseQuery(strings.SplitN(apps[0].href, "?", 2)[1]); q.Get("coordinate") != "wgs84" {
		t.Error("Amap is not told the datum")
	}
	if q, _ := url.ParseQuery(strings.SplitN(apps[2].href, "?", 2)[1]); q.Get("coord_type") != "gcj02" {
		t.Error("Baidu is not told the datum")
	}
	if !strings.HasPrefix(apps[3].href, "geo:36.617000,101.778000?") {
		t.Error(apps[3].href)
	}
}

func TestClock(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, calendar.China)
	for _, c := range []struct {
		at     time.Duration
		zh, en string
	}{
		{13 * time.Hour, "22:00", "22:00"},
		{15 * time.Hour, "24:00", "midnight"},
		{23 * time.Hour, "明天 08:00", "08:00 tomorrow"},
		{71 * time.Hour, "周四 08:00", "08:00 on Thursday"},
		{8 * 24 * time.Hour, "12月1日 09:00", "09:00 on 1 December"},
	} {
		if got := clock(lang.ZH, now, now.Add(c.at)); got != c.zh {
			t.Errorf("in %v: %s, want %s", c.at, got, c.zh)
		}
		if got := clock(lang.EN, now, now.Add(c.at)); got != c.en {
			t.Errorf("in %v: %s, want %s", c.at, got, c.en)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 160_000: "160,000", 1_234_567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		if got := count(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}

func TestPasted(t *testing.T) {
	for text, want := range map[string]geo.Point{
		"36.617, 101.778":  {Lon: 101.778, Lat: 36.617},
		"101.778，36.617":   {Lon: 101.778, Lat: 36.617},
		"-30.03 -51.23":    {Lon: -51.23, Lat: -30.03},
		" 101.778;36.617 ": {Lon: 101.778, Lat: 36.617},
	} {
		if got := pasted(text); got == nil || *got != want {
			t.Errorf("%s is %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{"大十字", "36.617", "1号 2号", "361.5, 101.7", "36,101"} {
		if got := pasted(text); got != nil {
			t.Errorf("%s is taken for %v", text, *got)
		}
	}
}
