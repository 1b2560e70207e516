package finder_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web"
)

// townStation is an always open station of the town, for a test to change.
func townStation(t *testing.T, code, name, hours string, east float64, needs ...station.Need) station.Station {
	t.Helper()
	h, err := opening.Parse(hours)
	if err != nil {
		t.Fatal(err)
	}
	s := pagetest.TownStations(t)[0]
	s.Code, s.Name, s.Hours, s.At, s.Services = code, name, h, pagetest.InTown(east, 5), station.ServicesOf(needs...)
	return s
}

func townWith(t *testing.T, stations ...station.Station) string {
	t.Helper()
	return pagetest.Serve(t, web.Options{}, pagetest.TownOf(t, stations), nil, pagetest.Monday)
}

// A door that shuts five minutes after they arrive is a warning, in a word, a
// colour and a picture, and on the map too.
func TestClosingSoonIsAWarning(t *testing.T) {
	site := townWith(t, townStation(t, "T-1", "白天驿站", "每天 8:00-20:00", 200, station.HotWater))
	late := "&at=2026-11-23T19:50"
	body := pagetest.Page(t, site+"/find?"+pagetest.At(560, 0)+late)
	pagetest.WantInOrder(t, body, `class="card card-closing"`, "marker-closing", "badge-look", "#triangle-alert", "快关门了")
	if card := body[strings.Index(body, `class="card `):]; strings.Contains(card[:strings.Index(card, "</li>\n")+1], "badge-good") || strings.Contains(card, "circle-check") {
		t.Error("a door that shuts soon has a green tick")
	}
	if near := pagetest.Ask[pagetest.Shapes](t, site+"/map/near?"+pagetest.At(560, 0)+late); near.Features[0].Properties["open"] != "closing" {
		t.Errorf("on the map: %v", near.Features[0].Properties)
	}
	evening := pagetest.Monday.Add(10*60*60*1e9 + 24*60*1e9) // 19:54
	site = pagetest.Serve(t, web.Options{}, pagetest.TownOf(t, []station.Station{townStation(t, "T-1", "白天驿站", "每天 8:00-20:00", 200, station.HotWater)}), nil, evening)
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/stations/T-1"), "station-closing", "#triangle-alert", "快关门了，只开到 20:00")
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/stations/T-1?"+pagetest.At(1400, 0)), "station-closing", "现在开着，但 20:00 关门，走过去就晚了")
}

// Nobody has said when they open is not the same as that they are shut.
func TestUnknownHoursAreNotShut(t *testing.T) {
	unknown := townStation(t, "T-3", "不详驿站", "", 1000, station.HotWater)
	shut := townStation(t, "T-2", "夜里驿站", "每天 20:00-次日8:00", 600, station.HotWater)
	for name, stations := range map[string][]station.Station{"alone": {unknown}, "beside one that is shut": {unknown, shut}} {
		site := townWith(t, stations...)
		body := pagetest.Page(t, site+"/find?"+pagetest.At(560, 0))
		pagetest.WantInOrder(t, body, `notice-title">没有人说过几点开门`, "不详驿站", "没有人说过几点开门")
		if strings.Contains(body, "都不开门") {
			t.Errorf("%s: the page says that all are shut", name)
		}
		if en := pagetest.Page(t, site+"/find?lang=en&"+pagetest.At(560, 0)); !strings.Contains(en, "Nobody has said when it opens") || !strings.Contains(en, "nobody has said when it opens") || strings.Contains(en, "None is open") {
			t.Errorf("%s: in English", name)
		}
	}
	if body := pagetest.Page(t, townWith(t, shut)+"/find?"+pagetest.At(560, 0)); !strings.Contains(body, "到的时候都不开门") || strings.Contains(body, "没有人说过") {
		t.Error("a shut station is called unknown")
	}
}

// Where all that is needed is far, what is near comes with its minutes.
func TestFarBestOffersWhatIsNear(t *testing.T) {
	site := townWith(t,
		townStation(t, "T-1", "远处全有", "24/7", 1900, station.HotWater, station.Toilet, station.Microwave),
		townStation(t, "T-2", "近处没厕所", "24/7", 300, station.HotWater, station.Microwave),
		townStation(t, "T-3", "近处关着", "每天 20:00-次日8:00", 100, station.HotWater, station.Toilet),
	)
	body := pagetest.Page(t, site+"/find?"+pagetest.At(0, 0)+"&need=hot_water&need=toilet&need=microwave")
	pagetest.WantInOrder(t, body, "不要卫生间，走 4 分钟就有一家", "近处没厕所", "走 4 分钟", "这样找，还有哪几家", "远处全有")
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/find?lang=en&"+pagetest.At(0, 0)+"&need=hot_water&need=toilet&need=microwave"), "Without toilet, there is one 4 minutes on foot", "远处全有")
	if near := pagetest.Page(t, site+"/find?"+pagetest.At(1700, 0)+"&need=hot_water&need=toilet&need=microwave"); strings.Contains(near, "就有一家") {
		t.Error("something else is offered though what fits is near")
	}
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/find?"+pagetest.At(0, 0)+"&need=hot_water&need=toilet&need=microwave&need=aed"), "附近没有同时有", "最接近的一家：没有除颤仪 AED，其余都有", "远处全有")
	site = townWith(t,
		townStation(t, "T-1", "远处全有", "24/7", 1900, station.HotWater, station.Toilet, station.Microwave, station.AED),
		townStation(t, "T-2", "近处有两样", "24/7", 300, station.HotWater, station.AED),
	)
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/find?"+pagetest.At(0, 0)+"&need=hot_water&need=toilet&need=microwave&need=aed"),
		"15 分钟内最接近的一家：没有卫生间、微波炉，其余都有", "近处有两样", "走 4 分钟", "有热水、除颤仪 AED", "远处全有")
}

// Where nothing fits, the page shows what fits most.
func TestNothingFitsShowsWhatFitsMost(t *testing.T) {
	site := townWith(t,
		townStation(t, "T-1", "有一样", "24/7", 100, station.HotWater),
		townStation(t, "T-2", "有三样", "24/7", 1500, station.HotWater, station.Toilet, station.Microwave),
		townStation(t, "T-3", "三样但关着", "每天 20:00-次日8:00", 300, station.HotWater, station.Toilet, station.Microwave),
	)
	body := pagetest.Page(t, site+"/find?"+pagetest.At(0, 0)+"&need=hot_water&need=toilet&need=microwave&need=haircut")
	pagetest.WantInOrder(t, body, "附近没有同时有", "最接近的一家：没有理发，其余都有", "有三样", "走 19 分钟", "或者换个条件", "不要理发，走 19 分钟")
	if strings.Contains(body, "三样但关着") {
		t.Error("a shut station is offered while one is open")
	}
}

// Where it is and how old the check is stands before everything else.
func TestStationSaysWhereAndHowOldTheCheckIs(t *testing.T) {
	for _, c := range []struct {
		checked  calendar.Date
		says, en string
		stale    bool
	}{
		{calendar.On(2026, 11, 23), "今天核实过", "Checked today", false},
		{calendar.On(2026, 11, 1), "22 天前核实过", "Checked 22 days ago", false},
		{calendar.On(2026, 7, 1), "4 个月前核实过", "Checked 4 months ago", false},
		{calendar.On(2026, 4, 1), "7 个月前核实过", "Checked 7 months ago", true},
		{calendar.On(2024, 4, 1), "一年多没有人核实了", "Not checked for more than a year", true},
		{calendar.Date{}, "还没有人来核实过", "Nobody has checked it yet", true},
	} {
		s := townStation(t, "T-1", "白天驿站", "24/7", 200, station.HotWater)
		s.Checked, s.Address = c.checked, "0号路1号"
		site := townWith(t, s)
		body := pagetest.Page(t, site+"/stations/T-1")
		pagetest.WantInOrder(t, body, "<h1>白天驿站", "0号路1号", c.says, `data-map`, "这里有")
		if strings.Contains(body, "station-stale") != c.stale {
			t.Errorf("%s: stale is %v", c.says, !c.stale)
		}
		pagetest.WantInOrder(t, pagetest.Page(t, site+"/stations/T-1?lang=en"), "0号路1号", c.en)
	}
}

// When nothing has all that is needed, minutes alone are offered to an open door only,
// and one that is open comes before one that is not.
func TestWaysOutLeadToOpenDoors(t *testing.T) {
	site := townWith(t, townStation(t, "T-1", "药站", "每天 7:30-20:00", 200, station.Medicine), townStation(t, "T-2", "暖站", "24小时", 1000, station.Heating))
	body := pagetest.Page(t, site+"/find?"+pagetest.At(560, 0)+"&need=medicine&need=heating&at=2026-11-23T23:00")
	pagetest.WantInOrder(t, body, "不要常用药，走 6 分钟<", "不要取暖，走 5 分钟，", "7:30")
}
