package finder_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/finder"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
)

// People say where they are as they would to a friend.
func TestPlacesAsPeopleSayThem(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	for text, want := range map[string]string{
		"大十字":                   "大十字",
		"大十字附近":                 "大十字",
		"我在大十字旁边":               "大十字",
		"大十字口":                  "大十字",
		"人民公园门口":                "人民公园",
		"人民公园东门对面":              "人民公园",
		"near 人民公园":             "人民公园",
		"五四大街口":                 "五四大街",
		"五四大街427号":              "五四大街427号",
		"五四大街４２７号":              "五四大街427号",
		"五四大街429号":              "五四大街427号",
		"五四大街 427":              "五四大街427号",
		"五四大街427号交通银行":          "五四大街427号",
		"五四大街9999号":             "五四大街",
		"黄河路和五四大街路口":            "黄河路与五四大街路口",
		"五四大街与黄河路的十字路口附近":       "五四大街与黄河路路口",
		"XN-630102-014":         "劳动者港湾·永安街",
		"xn-630102-014":         "劳动者港湾·永安街",
		"劳动者港湾·永安街":             "劳动者港湾·永安街",
		"西宁市城东区永安街21号":          "劳动者港湾·永安街",
		"永安街23号":                "西宁市城东区永安街21号",
		"黄河路和没有的路":              "黄河路",
		"没有的地方附近":               "",
		strings.Repeat("和", 90): "",
	} {
		found := pagetest.Ask[finder.PlaceList](t, site+"/api/v1/places?q="+url.QueryEscape(text))
		got := ""
		if len(found.Places) > 0 {
			got = found.Places[0].Name
		}
		if got != want {
			t.Errorf("%s: found %q, want %q", text, got, want)
		}
	}
}

// A candidate is not found: nobody can rest there.
func TestSearchFindsNoCandidate(t *testing.T) {
	if found := pagetest.Ask[finder.PlaceList](t, pagetest.TownWithCandidate(t)+"/api/v1/places?q=C-1"); len(found.Places) > 0 {
		t.Errorf("found %v", found)
	}
}

// Who writes the number of a house that the map does not know is told so.
func TestFinderSaysThatAPlaceIsOnlyNear(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/find?q="+url.QueryEscape("五四大街429号")), "从五四大街427号", "地图上没有“五四大街429号”，按五四大街427号算的")
	if body := pagetest.Page(t, site+"/find?q="+url.QueryEscape("五四大街427号")); !strings.Contains(body, "从五四大街427号") || strings.Contains(body, "地图上没有") {
		t.Error("a house that the map knows is called unknown")
	}
}
