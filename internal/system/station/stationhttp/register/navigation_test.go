package register

import (
	"net/url"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/station/words"
)

// TestNavigation holds each map's link against the order and the datum that it
// documents. A swap sends people to another province.
func TestNavigation(t *testing.T) {
	at := geo.Point{Lon: 101.778, Lat: 36.617}
	gcj := geo.GCJ02.FromWGS84(at)
	lonLat := words.Degrees(at.Lon) + "," + words.Degrees(at.Lat)
	gcjLatLon := words.Degrees(gcj.Lat) + "," + words.Degrees(gcj.Lon)
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
