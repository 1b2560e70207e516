package survey

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
)

type clockInput struct {
	Mode    string `query:"mode" enum:"walk,ebike" default:"walk" doc:"How people travel"`
	Minutes int    `query:"minutes" minimum:"1" maximum:"60" default:"15" doc:"How far is near"`
	Demand  string `query:"demand" doc:"The kind of demand, as people or couriers; by default the first"`
	Day     string `query:"day" doc:"A date, as 2026-12-01; by default a usual week" example:"2026-12-01"`
	At      string `query:"at" doc:"The usual week is looked for from this day on; by default today"`
}

// Operations registers the operations of these pages.
func (p *Pages) Operations(a huma.API) {
	page.Operation(p.Pages, a, "coverage", "/api/v1/coverage", "Whom the stations reach at an hour", page.APICity, p.apiCoverage)
	page.Operation(p.Pages, a, "coverage-clock", "/api/v1/coverage/clock", "Coverage through a week or a day", page.APICity, p.apiClock)
}

func (p *Pages) apiClock(ctx context.Context, _ *clockInput) (figures.ClockFigures, error) {
	city, clock, err := p.wound(page.RequestOf(ctx))
	if err != nil {
		return figures.ClockFigures{}, err
	}
	return figures.OfClock(city, clock), nil
}

type coverageInput struct {
	Mode    string `query:"mode" enum:"walk,ebike" default:"walk" doc:"How people travel"`
	Minutes int    `query:"minutes" minimum:"1" maximum:"60" default:"15" doc:"How far is near"`
	At      string `query:"at" doc:"The hour, in the city's zone: 2026-11-23T22:00, or empty for now" example:"2026-11-23T22:00"`
	Any     string `query:"any" enum:"0,1" default:"0" doc:"1 counts every operating station, open at the hour or not"`
	Demand  string `query:"demand" doc:"The kind of demand, as people or couriers; by default the first"`
}

func (p *Pages) apiCoverage(ctx context.Context, _ *coverageInput) (figures.CoverageFigures, error) {
	s, city, cov, err := p.Covered(page.RequestOf(ctx))
	if err != nil {
		return figures.CoverageFigures{}, err
	}
	return figures.OfCoverage(city, cov, s.At), nil
}
