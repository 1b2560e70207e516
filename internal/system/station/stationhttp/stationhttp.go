// Package stationhttp is the pages and the API of the station system.
//
// There are four pages, each a pair of files: the finder (/) asks a worker one
// question and answers with a list; a station (/stations/{code}) has its facts,
// its hours and the way to it; the register (/stations) is an office's list; the
// coverage (/coverage) tells a planner whom the stations reach at an hour. From it
// lead the clock (week_page.go), key areas (area_list.go, area_page.go) and the
// circle comparison (circle_page.go); inputs.go hands out what they were computed
// on. Beside them stand the map's data (geojson.go, tiles.go), the API (api.go) and the
// report (report.go), a document of its own that the command line writes too.
//
// Siting (/siting) takes longer than a request may. So a question begins a job
// (siting_jobs.go), its page shows how far the search is, and the answer stays
// in memory for a while: two at once, a bounded queue, a bounded store. The
// address of an answer holds its question, to be asked again after a restart.
//
// What runs over many cities have found is apart from all of that: NationRoutes
// (nation.go) serves it from the ledger, with or without a city.
//
// The public is answered from a City, an immutable snapshot: a request takes it
// once, so that all of its answer is of one moment. Only the register and a
// station's history ask the database. A position comes in a query, is answered
// and forgotten. Nothing here changes data.
package stationhttp

import (
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/xiadu/xiadu/internal/web"
)

// Routes lists every address of the station system.
func Routes(mux *web.Mux, d Deps) {
	p := &pages{Deps: d, sites: &sitingJobs{}, runs: newRuns()}

	// A worker looks for a station.
	mux.HandleFunc("GET /{$}", p.finder)
	mux.HandleFunc("GET /map/near", p.nearOnMap)
	mux.HandleFunc("GET /map/way/{code}", p.wayOnMap)

	// One station, for everybody and for the paper on its door.
	mux.HandleFunc("GET /stations/{code}", p.station)
	mux.HandleFunc("GET /map/station/{code}", p.stationOnMap)

	// An office keeps the register.
	mux.HandleFunc("GET /stations", p.register)
	mux.HandleHeavy("GET /stations.csv", p.registerCSV)
	mux.HandleHeavy("GET /stations.xlsx", p.registerXLSX)

	// A planner reads whom the stations reach.
	mux.HandleFunc("GET /coverage", p.coverage)
	mux.HandleHeavy("GET /coverage/report", p.coverageReport)
	mux.HandleFunc("GET /coverage.json", p.coverageJSON)
	mux.HandleHeavy("GET /coverage.csv", p.coverageCSV)
	mux.HandleHeavy("GET /coverage.geojson", p.coverageGeoJSON)
	mux.HandleFunc("GET /coverage/clock", p.coverageWeek)
	mux.HandleFunc("GET /coverage/clock.json", p.clockJSON)
	mux.HandleHeavy("GET /coverage/clock.csv", p.clockCSV)
	mux.HandleHeavy("GET /coverage/inputs/stations.csv", p.inputStations)
	mux.HandleHeavy("GET /coverage/inputs/demand.csv", p.inputDemand)
	mux.HandleHeavy("GET /coverage/inputs/areas.geojson", p.inputAreas)
	mux.HandleFunc("GET /coverage/circle", p.coverageCircle)
	mux.HandleFunc("GET /coverage/circle.json", p.circleJSON)
	mux.HandleFunc("GET /map/circle", p.circleOnMap)
	mux.HandleFunc("GET /areas", p.areas)
	mux.HandleHeavy("GET /areas.csv", p.areasCSV)
	mux.HandleHeavy("GET /areas.xlsx", p.areasXLSX)
	mux.HandleFunc("GET /areas.json", p.areasJSON)
	mux.HandleFunc("GET /areas/{code}", p.area)
	mux.HandleFunc("GET /areas/{code}/figures.json", p.areaJSON)
	mux.HandleFunc("GET /map/outline", p.outlineOnMap)
	mux.HandleFunc("GET /map/areas", p.areasOnMap)
	mux.HandleFunc("GET /map/demand", p.demandOnMap)

	p.planning(mux)

	// The ground of every map, and the stations on it.
	mux.HandleFunc("GET /tiles/{rev}/{z}/{x}/{y}", p.groundTile)
	mux.HandleFunc("GET /tiles/{rev}/stations/{at}/{z}/{x}/{y}", p.stationTile)

	// Programs ask too.
	mux.HandleFunc("GET /api", p.apiGuide)
	p.api(mux)
}

// planning lists the addresses of those who change the network: they try, choose
// sites and keep plans.
func (p *pages) planning(mux *web.Mux) {
	// A planner tries changes out. Nothing is written; the address holds it all.
	mux.HandleFunc("GET /whatif", p.whatIf)
	mux.HandleFunc("GET /whatif/station/{code}", p.actStation)
	mux.HandleFunc("GET /whatif/new", p.actNew)
	mux.HandleFunc("GET /whatif/pick", p.actPick)
	mux.HandleFunc("GET /map/whatif", p.trialOnMap)
	mux.HandleFunc("GET /map/whatif/stations", p.trialStations)

	// A planner chooses sites.
	mux.HandleFunc("GET /siting", p.siting)
	mux.HandleFunc("POST /siting", p.startSiting)
	mux.HandleFunc("GET /siting/{id}", p.sited)
	mux.HandleFunc("GET /siting/{id}/progress", p.sitingProgress)
	mux.HandleFunc("POST /siting/{id}/stop", p.stopSiting)
	mux.HandleFunc("POST /siting/{id}/plan", p.saveSited)
	mux.HandleHeavy("GET /siting/{id}/sites.xlsx", p.sitedXLSX)
	mux.HandleHeavy("GET /siting/{id}/sites.csv", p.sitedCSV)
	mux.HandleHeavy("GET /siting/{id}/sites.geojson", p.sitedGeoJSON)
	mux.HandleFunc("GET /siting/{id}/sites.json", p.sitedJSON)
	mux.HandleFunc("GET /map/candidates", p.candidatesOnMap)
	mux.HandleFunc("GET /map/siting/{id}/sites", p.sitesOnMap)
	mux.HandleFunc("GET /map/siting/{id}/demand", p.sitedDemandOnMap)

	// What is worth keeping is saved as a plan, by the operator, for everybody.
	mux.HandleFunc("GET /plans", p.plans)
	mux.HandleFunc("POST /plans", p.savePlan)
	mux.HandleFunc("GET /plans/new", p.newPlan)
	mux.HandleFunc("GET /plans/{code}", p.planPage)
	mux.HandleFunc("GET /plans/{code}/edit", p.editPlan)
	mux.HandleFunc("POST /plans/{code}/archive", p.archivePlan)
	mux.HandleFunc("GET /plans/{code}/with/{other}", p.comparePlans)
	mux.HandleHeavy("GET /plans/{code}/plan.pdf", p.planPDF)
	mux.HandleHeavy("GET /plans/{code}/plan.xlsx", p.planXLSX)
	mux.HandleHeavy("GET /plans/{code}/plan.geojson", p.planGeoJSON)
	mux.HandleFunc("GET /plans/{code}/map", p.planOnMap)
	mux.HandleFunc("GET /plans/{code}/map/stations", p.planStationsOnMap)
}

// pages answers the requests.
type pages struct {
	Deps
	runs   *runs
	sites  *sitingJobs
	ground ground
	spec   *huma.OpenAPI
}

// now returns the time to the minute: nothing here is finer, and what is asked
// twice within a minute is the same question.
func (p *pages) now() time.Time { return p.Now().Truncate(time.Minute) }
