package register_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web"
)

func TestStationPage(t *testing.T) {
	site := pagetest.TownSite(t)
	body := pagetest.Page(t, site+"/stations/T-1?"+pagetest.At(600, 400))
	pagetest.WantInOrder(t, body, `"@type":"GovernmentService"`, `"openingHoursSpecification"`, "白天驿站", "现在开着，营业到 20:00",
		"从您那里走", "沿", "到了：白天驿站", "基本", "热水", "接下来七天", "周一", "08:00–20:00", "高德地图", "青海省西宁市城中区", "列入名册")
	body = pagetest.Page(t, site+"/stations/T-2?lang=en")
	pagetest.WantInOrder(t, body, "Closed now, opens 20:00", "20:00–08:00 the next day")
	// National Day and the make-up day after it are marked by name.
	holiday := pagetest.Serve(t, web.Options{}, pagetest.Town(t), nil, time.Date(2026, 10, 5, 9, 0, 0, 0, calendar.China))
	pagetest.WantInOrder(t, pagetest.Page(t, holiday+"/stations/T-1"), "周一", "国庆节", "周六", "调休上班")
}

// A worker at a door is not turned away because the database is.
func TestStationPageWithoutTheDatabase(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t), pagetest.Schemas...)
	site := pagetest.Serve(t, web.Options{}, pagetest.Town(t), d, pagetest.Monday)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/stations/T-1"), "白天驿站", "现在开着，营业到 20:00", "改动记录这会儿读不到")
	if a, _ := pagetest.Get(t, site+"/stations", "text/html"); a.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("the register says %s", a.Status)
	}
}
