// Package stationhttp is the pages and the API of the station system. Routes lists every
// address. A page is a folder: its handlers, templates, style, operations of the API and
// tests lie together.
//
//   - finder: a worker looks for a station;
//   - register: stations one by one, for offices and for everybody;
//   - survey, areas: whom the stations reach, and whether targets are met;
//   - trial, sites, plans: what would be, where to open, what is worth keeping;
//   - report: a coverage as a document; nation: what runs over many cities found.
//
// They read addresses with ask, share page, print with onepage and take what they state from figures,
// below. The public is answered from a City, an immutable snapshot: a request takes it
// once, so that all of its answer is of one moment. Only the register, plans and
// histories ask the database. A position comes in a query, is answered and forgotten.
package stationhttp

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/xiadu/xiadu/internal/system/station/run"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/areas"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/finder"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/nation"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/plans"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/register"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/report"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/sites"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/survey"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/trial"
	"github.com/xiadu/xiadu/internal/web"
)

// Deps is what the program gives the pages.
type Deps = page.Deps

// NationRoutes lists the addresses of what runs over many cities have found. They
// need no city.
func NationRoutes(mux *web.Mux, site *web.Site, ledger *run.Ledger) {
	nation := nation.New(site, ledger)
	mux.HandleFunc("GET /nation", nation.Page)
	mux.HandleHeavy("GET /nation.csv", nation.CSV)
	mux.HandleHeavy("GET /nation.xlsx", nation.XLSX)
	mux.HandleFunc("GET /nation.json", nation.JSON)
}

// Routes lists every other address of the station system.
func Routes(mux *web.Mux, d Deps) {
	p := page.New(d)
	finder, register, survey, areas, report := finder.New(p), register.New(p), survey.New(p), areas.New(p), report.New(p)
	trial := trial.New(p)
	plans, sites := plans.New(p, trial), sites.New(p)

	// A worker looks for a station.
	mux.HandleFunc("GET /{$}", finder.Finder)
	mux.HandleFunc("GET /map/near", finder.NearOnMap)
	mux.HandleFunc("GET /map/way/{code}", finder.WayOnMap)

	// One station, for everybody and for the paper on its door.
	mux.HandleFunc("GET /stations/{code}", register.Station)
	mux.HandleFunc("GET /map/station/{code}", register.StationOnMap)

	// An office keeps the register.
	mux.HandleFunc("GET /stations", register.List)
	mux.HandleHeavy("GET /stations.csv", register.CSV)
	mux.HandleHeavy("GET /stations.xlsx", register.XLSX)

	// A planner reads whom the stations reach.
	mux.HandleFunc("GET /coverage", survey.Coverage)
	mux.HandleHeavy("GET /coverage/report", report.Coverage)
	mux.HandleFunc("GET /coverage.json", survey.JSON)
	mux.HandleHeavy("GET /coverage.csv", survey.CSV)
	mux.HandleHeavy("GET /coverage.geojson", survey.GeoJSON)
	mux.HandleFunc("GET /coverage/clock", survey.Clock)
	mux.HandleFunc("GET /coverage/clock.json", survey.ClockJSON)
	mux.HandleHeavy("GET /coverage/clock.csv", survey.ClockCSV)
	mux.HandleHeavy("GET /coverage/inputs/{streets}", survey.InputStreets)
	mux.HandleHeavy("GET /coverage/inputs/stations.csv", survey.InputStations)
	mux.HandleHeavy("GET /coverage/inputs/demand.csv", survey.InputDemand)
	mux.HandleHeavy("GET /coverage/inputs/areas.geojson", survey.InputAreas)
	mux.HandleFunc("GET /coverage/circle", survey.Circle)
	mux.HandleFunc("GET /coverage/circle.json", survey.CircleJSON)
	mux.HandleFunc("GET /map/circle", survey.CircleOnMap)
	mux.HandleFunc("GET /areas", areas.List)
	mux.HandleHeavy("GET /areas.csv", areas.CSV)
	mux.HandleHeavy("GET /areas.xlsx", areas.XLSX)
	mux.HandleFunc("GET /areas.json", areas.JSON)
	mux.HandleFunc("GET /areas/{code}", areas.Area)
	mux.HandleFunc("GET /areas/{code}/figures.json", areas.AreaJSON)
	mux.HandleFunc("GET /map/outline", areas.OutlineOnMap)
	mux.HandleFunc("GET /map/areas", survey.AreasOnMap)
	mux.HandleFunc("GET /map/demand", survey.DemandOnMap)

	planning(mux, trial, plans, sites)

	// The ground of every map, and the stations on it.
	mux.HandleFunc("GET /tiles/{rev}/{z}/{x}/{y}", p.GroundTile)
	mux.HandleFunc("GET /tiles/{rev}/stations/{at}/{z}/{x}/{y}", p.StationTile)

	// Programs ask too.
	api := newAPI(mux, p, finder.QuickNearest)
	for _, operations := range []func(huma.API){
		finder.Operations, register.Operations, survey.Operations, areas.Operations, sites.Operations, trial.Operations, plans.Operations,
	} {
		operations(api)
	}
	mux.HandleFunc("GET /api", apiGuide{p, api.OpenAPI()}.page)
}

// planning lists the addresses of those who change the network: they try, choose
// sites and keep plans.
func planning(mux *web.Mux, trial *trial.Pages, plans *plans.Pages, sites *sites.Pages) {
	// A planner tries changes out. Nothing is written; the address holds it all.
	mux.HandleFunc("GET /whatif", trial.WhatIf)
	mux.HandleFunc("GET /whatif/station/{code}", trial.ActStation)
	mux.HandleFunc("GET /whatif/new", trial.ActNew)
	mux.HandleFunc("GET /whatif/pick", trial.ActPick)
	mux.HandleFunc("GET /map/whatif", trial.TrialOnMap)
	mux.HandleFunc("GET /map/whatif/stations", trial.TrialStations)

	// A planner chooses sites.
	mux.HandleFunc("GET /siting", sites.Ask)
	mux.HandleFunc("POST /siting", sites.StartSiting)
	mux.HandleFunc("GET /siting/{id}", sites.Answer)
	mux.HandleFunc("GET /siting/{id}/progress", sites.SitingProgress)
	mux.HandleFunc("POST /siting/{id}/stop", sites.StopSiting)
	mux.HandleFunc("POST /siting/{id}/plan", sites.SaveSited)
	mux.HandleHeavy("GET /siting/{id}/sites.xlsx", sites.XLSX)
	mux.HandleHeavy("GET /siting/{id}/sites.csv", sites.CSV)
	mux.HandleHeavy("GET /siting/{id}/sites.geojson", sites.GeoJSON)
	mux.HandleFunc("GET /siting/{id}/sites.json", sites.JSON)
	mux.HandleFunc("GET /map/candidates", sites.CandidatesOnMap)
	mux.HandleFunc("GET /map/siting/{id}/sites", sites.SitesOnMap)
	mux.HandleFunc("GET /map/siting/{id}/demand", sites.SitedDemandOnMap)

	// What is worth keeping is saved as a plan, by the operator, for everybody.
	mux.HandleFunc("GET /plans", plans.List)
	mux.HandleFunc("POST /plans", plans.Save)
	mux.HandleFunc("GET /plans/new", plans.Begin)
	mux.HandleFunc("GET /plans/{code}", plans.Plan)
	mux.HandleFunc("GET /plans/{code}/edit", plans.Edit)
	mux.HandleFunc("POST /plans/{code}/archive", plans.Archive)
	mux.HandleFunc("GET /plans/{code}/with/{other}", plans.Compare)
	mux.HandleHeavy("GET /plans/{code}/plan.pdf", plans.PDF)
	mux.HandleHeavy("GET /plans/{code}/plan.xlsx", plans.XLSX)
	mux.HandleHeavy("GET /plans/{code}/plan.geojson", plans.GeoJSON)
	mux.HandleFunc("GET /plans/{code}/map", plans.OnMap)
	mux.HandleFunc("GET /plans/{code}/map/stations", plans.StationsOnMap)
}
