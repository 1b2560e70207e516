package stationhttp_test

import (
	"os"
	"testing"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// TestPagesLookRight walks over every page in both widths, and in dark, large
// and English. Set XIADU_SHOTS to look at them.
func TestPagesLookRight(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	here := "?lat=36.6197&lon=101.7780"
	dark := func(v webtest.View) webtest.View { v.Dark = true; return v }
	printed := webtest.View{Width: 794, Height: 1123, Print: true}
	for _, c := range []struct {
		name string
		view webtest.View
		path string
		more bool // only looked at when somebody looks
	}{
		{"start-phone", webtest.Phone, "/find", false},
		{"start-desk", webtest.Desk, "/find", true},
		{"finder-phone", webtest.Phone, "/find" + here, false},
		{"finder-phone-dark", dark(webtest.Phone), "/find" + here + "&need=hot_water&need=toilet", true},
		{"finder-phone-large-en", webtest.Phone, "/find" + here + "&lang=en&large=1", false},
		{"finder-desk", webtest.Desk, "/find" + here + "&need=microwave", false},
		{"finder-desk-night", dark(webtest.Desk), "/find" + here + "&at=2026-11-23T23:30", true},
		{"finder-nothing", webtest.Phone, "/find" + here + "&need=haircut&need=aed&need=nursing&need=counselling", true},
		{"finder-far", webtest.Phone, "/find?lat=39.9&lon=116.4", true},
		{"finder-choices", webtest.Phone, "/find?q=%E5%8C%BB%E9%99%A2", true},
		{"station-phone", webtest.Phone, "/stations/" + pagetest.DemoStation(t) + here, false},
		{"station-desk", webtest.Desk, "/stations/" + pagetest.DemoStation(t) + here + "&lang=en", false},
		{"station-desk-dark", dark(webtest.Desk), "/stations/" + pagetest.DemoStation(t), true},
		{"station-print", printed, "/stations/" + pagetest.DemoStation(t), true},
		{"register-desk", webtest.Desk, "/stations", false},
		{"register-phone", webtest.Phone, "/stations?q=%E9%93%B6%E8%A1%8C", false},
		{"coverage-desk", webtest.Desk, "/coverage", false},
		{"coverage-phone", webtest.Phone, "/coverage?at=2026-11-23T22:00", false},
		{"coverage-desk-dark-en", dark(webtest.Desk), "/coverage?at=2026-11-23T22:00&lang=en", true},
		{"coverage-large", webtest.Phone, "/coverage?large=1", true},
		{"clock-desk", webtest.Desk, "/coverage/clock", false},
		{"clock-phone", webtest.Phone, "/coverage/clock?times=2&day=2026-11-28", false},
		{"clock-desk-day-dark-en", dark(webtest.Desk), "/coverage/clock?day=2027-01-01&lang=en", true},
		{"clock-print", printed, "/coverage/clock?day=2026-11-28", true},
		{"circle-desk", webtest.Desk, "/coverage/circle", false},
		{"circle-phone", webtest.Phone, "/coverage/circle?lang=en", true},
		{"areas-desk", webtest.Desk, "/areas", false},
		{"areas-phone", webtest.Phone, "/areas?lang=en", false},
		{"area-desk", webtest.Desk, "/areas/KA-02", false},
		{"area-phone", webtest.Phone, "/areas/KA-03", false},
		{"area-met", webtest.Desk, "/areas/KA-05?times=2", true},
		{"area-print", printed, "/areas/KA-01", true},
		{"api-desk", webtest.Desk, "/api", false},
		{"report-desk", webtest.Desk, "/coverage/report?at=2026-11-23T22:00", false},
		{"report-print", printed, "/coverage/report?at=2026-11-23T22:00&lang=en", true},
		{"coverage-gap", webtest.Desk, "/coverage?at=2026-11-23T12:00&gap=1", true},
		{"whatif-desk-dark-en", dark(webtest.Desk), "/whatif?at=2026-11-23T12:00&c=close+brand:icbc&c=open+101.76,36.63+24/7&lang=en", false},
		{"whatif-phone-large", webtest.Phone, "/whatif?at=2026-11-23T12:00&c=close+brand:icbc&large=1", true},
		{"whatif-new-phone", webtest.Phone, "/whatif/new?at=2026-11-23T12:00&lon=101.76&lat=36.63&lang=en", true},
		{"plan-new-desk", webtest.Desk, "/plans/new?at=2026-11-23T12:00&c=close+brand:icbc&lang=en", true},
		{"plans-empty", webtest.Phone, "/plans", true},
	} {
		if c.more && os.Getenv("XIADU_SHOTS") == "" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			b := webtest.Open(t, site, c.view)
			b.Go(c.path)
			if b.Count(".map-canvas") > 0 {
				b.WaitMap()
			}
			b.Shot(c.name)
			b.Check()
		})
	}
}
