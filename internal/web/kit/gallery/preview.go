// Package gallery shows every part of the kit in every state, and what a worker's and an
// office's page look like with made-up stations. Tests look at it in every build; a
// program that is built with the tag "dev" has it at /kit.
package gallery

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// Routes returns the pages. Tiles come from render.
func Routes(site *web.Site, render func(z, x, y int) ([]byte, error)) http.Handler {
	m := site.NewMux().Of("station")
	m.Handle("GET /tiles/{rev}/{z}/{x}/{y}", site.NewTiles("r1", 1<<20, render))
	m.Open("GET /{$}", func(w http.ResponseWriter, r *http.Request) error {
		p := site.Page(r, lang.Text{ZH: "找驿站", EN: "Find a station"})
		v := view(p)
		v.Tall, v.Here, v.Stations, v.Selected, v.Pick = true, &[2]float64{118.784, 32.044}, "/stations.geojson", "a", "find"
		if r.URL.Query().Get("route") != "" {
			v.Path = "/path.geojson"
		}
		return p.Write(w, r, finder(p, v))
	})
	m.Open("GET /office", func(w http.ResponseWriter, r *http.Request) error {
		p := site.Page(r, lang.Text{ZH: "覆盖", EN: "Coverage"})
		v := view(p)
		v.Stations, v.Areas, v.Demand = "/stations.geojson", "/areas.geojson", "/demand.geojson"
		return p.Write(w, r, office(p, v))
	})
	Kit(m, site)
	m.Open("GET /broken", func(http.ResponseWriter, *http.Request) error { return errors.New("disk on fire") })
	m.Open("GET /panic", func(http.ResponseWriter, *http.Request) error { panic("disk on fire") })
	m.Open("POST /late", func(http.ResponseWriter, *http.Request) error {
		return fault.New(fault.Late, "申报已于 11月20日 截止", "applications closed on 20 November")
	})
	for name, data := range shapes() {
		m.Open("GET /"+name+".geojson", func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Content-Type", "application/geo+json")
			return json.NewEncoder(w).Encode(data)
		})
	}
	return site.Handler(m)
}

// Kit shows the parts: /kit, and what a task and a hall's screen look like.
func Kit(m *web.Mux, site *web.Site) {
	m.Open("GET /kit", func(w http.ResponseWriter, r *http.Request) error {
		v := partsView{Page: site.Page(r, lang.Text{ZH: "部件", EN: "Parts"})}
		v.Wide = true
		wrong := fault.New(fault.Invalid, "“25:00”不是一天里的时刻", "25:00 is not a time of day")
		var err error
		if v.form, err = v.Filled(r.URL.Query(), fault.At("hours", wrong)); err != nil {
			return err
		}
		return v.Write(w, r, parts(v))
	})
	m.In(web.AroundTask).Open("GET /kit/task", func(w http.ResponseWriter, r *http.Request) error {
		v := partsView{Page: site.Page(r, lang.Text{ZH: "过磅", EN: "Weighing"})}
		v.Back = web.NavItem{Href: "/kit", Text: lang.Text{ZH: "今天的收购", EN: "Today’s purchases"}}
		return v.Write(w, r, task(v))
	})
	m.In(web.AroundHall).Open("GET /kit/hall", func(w http.ResponseWriter, r *http.Request) error {
		v := partsView{Page: site.Page(r, lang.Text{ZH: "大屏", EN: "Screen"})}
		return v.Write(w, r, hall(v))
	})
	m.Open("GET "+picturePath+"{name}", picture)
	m.Open("GET /kit/part", func(w http.ResponseWriter, r *http.Request) error {
		p := site.Page(r, lang.Text{ZH: "进度", EN: "Progress"})
		return p.Write(w, r, kit.Progress(p.T("用掉的时间", "Time spent"), 60))
	})
}

func view(p web.Page) web.MapView {
	return web.MapView{
		Label: p.T("附近的地图", "Map of the neighbourhood"), Tiles: "/tiles/r1/{z}/{x}/{y}",
		Box: [4]float64{118.768, 32.034, 118.800, 32.053},
	}
}

func needs(p web.Page) []web.Choice {
	return []web.Choice{
		{Name: "need", Value: "hot_water", Label: p.T("热水", "Hot water"), Icon: web.IconHotWater, On: true, Count: 12},
		{Name: "need", Value: "toilet", Label: p.T("厕所", "Toilet"), Icon: web.IconToilet, Count: 9},
		{Name: "need", Value: "rest", Label: p.T("坐一会儿", "Somewhere to sit"), Icon: web.IconRest},
		{Name: "need", Value: "charging", Label: p.T("充电", "Charging"), Icon: web.IconCharging},
		{Name: "need", Value: "microwave", Label: p.T("热饭", "Microwave"), Icon: web.IconMicrowave},
		{Name: "need", Value: "late", Label: p.T("开到很晚", "Open late"), Icon: web.IconNight},
	}
}

func cards(p web.Page) []web.StationCard {
	has := []web.Service{
		{Icon: web.IconHotWater, Text: p.T("热水", "Hot water")},
		{Icon: web.IconToilet, Text: p.T("厕所", "Toilet")},
		{Icon: web.IconRest, Text: p.T("座椅", "Seats")},
		{Icon: web.IconCharging, Text: p.T("充电", "Charging")},
	}
	return []web.StationCard{
		{
			ID: "a", Rank: 1, Name: p.T("新街口工会驿站", "Xinjiekou Union Station"), Brand: p.T("工会驿站", "Union station"), Href: "/stations/a",
			Kind: web.Standard, Opening: web.Open, Answer: p.T("走 6 分钟，营业到 22:00，有热水", "6 minutes on foot, open until 22:00, has hot water"),
			Hours: p.T("营业到 22:00", "Open until 22:00"), Address: p.T("中山南路 1 号", "1 Zhongshan South Road"), Services: has,
			Why: p.T("最近，到的时候开着门，您要的都有", "Nearest, open when you arrive, has all you need"), RouteTo: "/?route=a", Selected: true,
		},
		{
			ID: "b", Rank: 2, Name: p.T("建行劳动者港湾 · 洪武路支行", "CCB Workers' Harbour, Hongwu Road"), Brand: p.T("劳动者港湾", "Workers' Harbour"), Href: "/stations/b",
			Kind: web.Micro, Opening: web.Unknown, Answer: p.T("走 9 分钟，今天是否开门说不准", "9 minutes on foot; not certain to be open today"),
			Hours: p.T("周末时间不详", "Weekend hours unknown"), Services: has[:2], RouteTo: "/?route=b",
		},
		{
			ID: "c", Rank: 3, Name: p.T("流动驿站（珠江路口）", "Mobile station, Zhujiang Road"), Href: "/stations/c",
			Kind: web.Mobile, Opening: web.Closed, Answer: p.T("走 11 分钟，到时已关门，明早 8:00 开", "11 minutes on foot; closed by then, opens at 8:00 tomorrow"),
			Hours: p.T("20:00 关门", "Closes at 20:00"), Services: has[:1], RouteTo: "/?route=c",
		},
	}
}
