// Package stationhttp is the pages and the API of the station system. Routes lists every
// address. A page is a folder: its handlers, templates, style, operations of the API and
// tests lie together.
//
//   - finder: a worker looks for a station;
//   - register: stations one by one, for offices and for everybody;
//   - survey, areas: whom the stations reach, and whether targets are met;
//   - trial, sites, plans: what would be, where to open, what is worth keeping;
//   - starred: how many stars a station has, why, and what is done about it;
//   - report: a coverage as a document; nation: what runs over many cities found.
//
// They read addresses with ask, share page, print with onepage and take what they state from figures,
// below. The public is answered from a City, an immutable snapshot: a request takes it
// once, so that all of its answer is of one moment. Only the register, plans and
// histories ask the database. A position comes in a query, is answered and forgotten.
package stationhttp

import (
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/run"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/areas"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/finder"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/nation"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/plans"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/register"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/report"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/sites"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/starred"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/survey"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/trial"
	"github.com/xiadu/xiadu/internal/web"
)

// Deps is what the program gives the pages.
type Deps = page.Deps

// System is the station system as a site's frame needs it. Nation tells whether there
// are figures of runs over many cities, and city whether there is one.
func System(city, nation bool) web.System {
	s := web.System{
		Key: "station", Name: lang.Text{ZH: "驿站", EN: "Stations"}, Icon: web.IconRest, Door: "/stations", Home: finder.Path,
		Says: lang.Text{
			ZH: "户外劳动者歇脚的驿站：在哪儿、几点开、走不走得到，哪里还缺。",
			EN: "Rest stations for people who work outdoors: where, open when, who can walk to one, and where one is missing.",
		},
		Roles: station.Rights.Roles,
	}
	if city {
		s.Pages = pages
	} else {
		s.Home = nationItem.Href
	}
	if nation {
		s.Pages = append(slices.Clone(s.Pages), nationItem)
	}
	return s
}

// pages are the second level of the navigation.
var pages = []web.NavItem{
	{
		Href: finder.Path, Text: lang.Text{ZH: "找驿站", EN: "Find"}, Icon: web.IconFind,
		Does: lang.Text{ZH: "说一下在哪儿，就知道走几分钟有热水、厕所和座位。", EN: "Say where you are: how many minutes to hot water, a toilet and a seat."},
	},
	{
		Href: "/stations", Text: lang.Text{ZH: "名册", EN: "Register"}, Icon: web.IconList,
		Does: lang.Text{ZH: "每个站的位置、时间、服务和改动历史，可以导出。", EN: "Each station's place, hours, services and history, to export."},
	},
	{
		Href: "/coverage", Text: lang.Text{ZH: "服务圈", EN: "Coverage"}, Icon: web.IconCoverage, Under: []string{"/areas"},
		Does: lang.Text{ZH: "每个钟点多少人走得到，谁走不到；附数据，可以自己重算。", EN: "How many can walk to one at each hour, and who cannot, with the data to compute it again."},
	},
	{
		Href: "/whatif", Text: lang.Text{ZH: "试一试", EN: "What if"}, Icon: web.IconWhatIf,
		Does: lang.Text{ZH: "关一个、开一个、改时间，看看会怎样。", EN: "Close one, open one, change hours, and see."},
	},
	{
		Href: "/siting", Text: lang.Text{ZH: "选址", EN: "Siting"}, Icon: web.IconNavigate,
		Does: lang.Text{ZH: "再开几个，开在哪里最值。", EN: "Where the next ones are worth most."},
	},
	{
		Href: "/plans", Text: lang.Text{ZH: "方案", EN: "Plans"}, Icon: web.IconPlans,
		Does: lang.Text{ZH: "留下来比较和讨论的方案。", EN: "Plans that were kept, to compare and discuss."},
	},
	{Href: "/stations/many/kept", Text: lang.Text{ZH: "我看的站", EN: "My station"}, Icon: web.IconDoor, Rights: []string{station.KeepDoor}},
}

var nationItem = web.NavItem{
	Href: "/nation", Text: lang.Text{ZH: "全国", EN: "The country"}, Icon: web.IconMap,
	Does: lang.Text{ZH: "对许多城市逐个计算的结果。", EN: "What runs over many cities found."},
}

// GroundView is a map of the city with nothing on it, for pages of other systems that app hands it to.
func GroundView(c *city.City) web.MapView { return page.GroundView(c) }

// NationRoutes lists the addresses of what runs over many cities have found. They
// need no city. What is answered at / where there is nothing else comes back.
func NationRoutes(mux *web.Mux, site *web.Site, ledger *run.Ledger) web.Handler {
	nation := nation.New(site, ledger)
	mux.Open("GET /nation", nation.Page)
	mux.OpenHeavy("GET /nation.csv", nation.CSV)
	mux.OpenHeavy("GET /nation.xlsx", nation.XLSX)
	mux.Open("GET /nation.json", nation.JSON)
	return nation.Page
}

// Routes lists every other address of the station system, and returns what the front
// page asks it for.
func Routes(mux *web.Mux, d Deps) web.Mounted {
	p := page.New(d)
	finding, register, survey, areas, report := finder.New(p), register.New(p), survey.New(p), areas.New(p), report.New(p)
	trial := trial.New(p)
	plans, sites := plans.New(p, trial), sites.New(p)

	// A worker looks for a station.
	mux.Open("GET "+finder.Path, finding.Finder)
	mux.Open("GET /map/near", finding.NearOnMap)
	mux.Open("GET /map/way/{code}", finding.WayOnMap)

	// One station, for everybody and for the paper on its door.
	mux.Open("GET /stations/{code}", register.Station)
	mux.Open("GET /map/station/{code}", register.StationOnMap)

	keeping(mux, register)
	starring(mux, starred.New(p))

	// A planner reads whom the stations reach.
	mux.Open("GET /coverage", survey.Coverage)
	mux.OpenHeavy("GET /coverage/report", report.Coverage)
	mux.Open("GET /coverage.json", survey.JSON)
	mux.OpenHeavy("GET /coverage.csv", survey.CSV)
	mux.OpenHeavy("GET /coverage.geojson", survey.GeoJSON)
	mux.Open("GET /coverage/clock", survey.Clock)
	mux.Open("GET /coverage/clock.json", survey.ClockJSON)
	mux.OpenHeavy("GET /coverage/clock.csv", survey.ClockCSV)
	mux.OpenHeavy("GET /coverage/inputs/{streets}", survey.InputStreets)
	mux.OpenHeavy("GET /coverage/inputs/stations.csv", survey.InputStations)
	mux.OpenHeavy("GET /coverage/inputs/demand.csv", survey.InputDemand)
	mux.OpenHeavy("GET /coverage/inputs/areas.geojson", survey.InputAreas)
	mux.Open("GET /coverage/circle", survey.Circle)
	mux.Open("GET /coverage/circle.json", survey.CircleJSON)
	mux.Open("GET /map/circle", survey.CircleOnMap)
	mux.Open("GET /areas", areas.List)
	mux.OpenHeavy("GET /areas.csv", areas.CSV)
	mux.OpenHeavy("GET /areas.xlsx", areas.XLSX)
	mux.Open("GET /areas.json", areas.JSON)
	mux.Open("GET /areas/{code}", areas.Area)
	mux.Open("GET /areas/{code}/figures.json", areas.AreaJSON)
	mux.Open("GET /map/outline", areas.OutlineOnMap)
	mux.Open("GET /map/areas", survey.AreasOnMap)
	mux.Open("GET /map/demand", survey.DemandOnMap)

	planning(mux, trial, plans, sites)

	// The ground of every map, and the stations on it.
	mux.Open("GET /tiles/{rev}/{z}/{x}/{y}", p.GroundTile)
	mux.Open("GET /tiles/{rev}/stations/{at}/{z}/{x}/{y}", p.StationTile)

	// Programs ask too.
	api := newAPI(mux, p, finding.QuickNearest)
	for _, operations := range []func(huma.API){
		finding.Operations, register.Operations, survey.Operations, areas.Operations, sites.Operations, trial.Operations, plans.Operations,
	} {
		operations(api)
	}
	mux.Open("GET /api", apiGuide{p, api.OpenAPI()}.page)
	return web.Mounted{
		Article: survey.Article, State: func() string { return d.City().Revision },
		Ask: finding.Ask, Asked: finder.Asked, Alone: finding.Finder,
	}
}

// keeping lists the addresses of those who keep the register.
func keeping(mux *web.Mux, register *register.Pages) {
	// An office keeps the register.
	mux.Open("GET /stations", register.List)
	mux.OpenHeavy("GET /stations.csv", register.CSV)
	mux.OpenHeavy("GET /stations.xlsx", register.XLSX)

	mux.For(station.KeepRegister, "GET /stations/{code}/edit", register.Edit)
	mux.For(station.KeepRegister, "POST /stations/{code}", register.Correct)
	mux.For(station.KeepRegister, "POST /stations/{code}/undo", register.Undo)

	// A keeper says of their station whether it is open; the office lets them in.
	keepers := register.Keepers()
	mux.For(station.KeepDoor, "GET /stations/many/kept", keepers.Mine)
	mux.For(station.KeepDoor, "POST /stations/many/kept/{code}", keepers.Say)
	mux.For(station.KeepRegister, "GET /stations/{code}/keepers", keepers.List)
	mux.For(station.KeepRegister, "POST /stations/{code}/keepers", keepers.Invite)
	mux.For(station.KeepRegister, "POST /stations/{code}/keepers/take", keepers.Take)

	many := register.Many()

	// Many stations together: their code has no slash, so none of them is hidden.
	mux.For(station.KeepRegister, "GET /stations/many/change", many.Preview)
	mux.For(station.KeepRegister, "POST /stations/many/change", many.Apply)
	mux.For("", "GET /stations/many/acts", many.Readers(many.Acts))
	mux.For("", "GET /stations/many/acts/now", many.Readers(many.ActsNow))
	mux.For("", "GET /stations/many/acts/{act}", many.Readers(many.Act))
	mux.For(station.KeepRegister, "POST /stations/many/acts/{act}/undo", many.UndoAct)
}

// starring lists the addresses of stars. Nobody needs to come in to see why a station has its star.
func starring(mux *web.Mux, p *starred.Pages) {
	mux.Open("GET /stations/{code}/star", p.One)
	mux.Open("GET /stations/{code}/star.json", p.JSON)
	mux.Open("GET "+starred.ListPath, p.List)
	mux.OpenHeavy("GET /stations/stars.xlsx", p.XLSX)
	mux.Open("GET /stations/stars/rule", p.Rule)
	mux.For(station.ReviewStars, "POST /stations/stars/batch", p.Begin)
	mux.For(station.ReviewStars, "POST /stations/stars/batch/turn", p.Turn)
	mux.For(station.ReviewStars, "POST /stations/{code}/star/review", p.Review)
	mux.For(station.ReviewStars, "POST /stations/{code}/star/survey", p.Survey)
	mux.For(station.ReviewStars, "POST /stations/{code}/star/complaint", p.Complaint)
	mux.For(station.ReviewStars, "POST /stations/{code}/star/settle", p.Settle)
	mux.For(station.ReviewStars, "POST /stations/{code}/star/lower", p.Lower)
	mux.For("", "POST /stations/{code}/star/appeal", p.Appeal) // who keeps it, or the office
	mux.For(station.JudgeAppeals, "POST /stations/{code}/star/decide", p.Decide)
}

// planning lists the addresses of those who change the network: they try, choose
// sites and keep plans.
func planning(mux *web.Mux, trial *trial.Pages, plans *plans.Pages, sites *sites.Pages) {
	// A planner tries changes out. Nothing is written; the address holds it all.
	mux.Open("GET /whatif", trial.WhatIf)
	mux.Open("GET /whatif/station/{code}", trial.ActStation)
	mux.Open("GET /whatif/new", trial.ActNew)
	mux.Open("GET /whatif/pick", trial.ActPick)
	mux.Open("GET /map/whatif", trial.TrialOnMap)
	mux.Open("GET /map/whatif/stations", trial.TrialStations)

	// A planner chooses sites.
	mux.Open("GET /siting", sites.Ask)
	mux.Open("POST /siting", sites.StartSiting)
	mux.Open("GET /siting/{id}", sites.Answer)
	mux.Open("GET /siting/{id}/progress", sites.SitingProgress)
	mux.Open("POST /siting/{id}/stop", sites.StopSiting)
	mux.For(station.KeepPlans, "POST /siting/{id}/plan", sites.SaveSited)
	mux.OpenHeavy("GET /siting/{id}/sites.xlsx", sites.XLSX)
	mux.OpenHeavy("GET /siting/{id}/sites.csv", sites.CSV)
	mux.OpenHeavy("GET /siting/{id}/sites.geojson", sites.GeoJSON)
	mux.Open("GET /siting/{id}/sites.json", sites.JSON)
	mux.Open("GET /map/candidates", sites.CandidatesOnMap)
	mux.Open("GET /map/siting/{id}/sites", sites.SitesOnMap)
	mux.Open("GET /map/siting/{id}/demand", sites.SitedDemandOnMap)

	// What is worth keeping is saved as a plan, by those who may, for everybody.
	mux.Open("GET /plans", plans.List)
	mux.For(station.KeepPlans, "POST /plans", plans.Save)
	mux.Open("GET /plans/new", plans.Begin)
	mux.Open("GET /plans/{code}", plans.Plan)
	mux.Open("GET /plans/{code}/edit", plans.Edit)
	mux.For(station.KeepPlans, "POST /plans/{code}/archive", plans.Archive)
	mux.Open("GET /plans/{code}/with/{other}", plans.Compare)
	mux.OpenHeavy("GET /plans/{code}/plan.pdf", plans.PDF)
	mux.OpenHeavy("GET /plans/{code}/plan.xlsx", plans.XLSX)
	mux.OpenHeavy("GET /plans/{code}/plan.geojson", plans.GeoJSON)
	mux.Open("GET /plans/{code}/map", plans.OnMap)
	mux.Open("GET /plans/{code}/map/stations", plans.StationsOnMap)
}
