package stationhttp

import (
	"context"
	"slices"
)

type clockInput struct {
	Mode    string `query:"mode" enum:"walk,ebike" default:"walk" doc:"How people travel"`
	Minutes int    `query:"minutes" minimum:"1" maximum:"60" default:"15" doc:"How far is near"`
	Demand  string `query:"demand" doc:"The kind of demand, as people or couriers; by default the first"`
	Day     string `query:"day" doc:"A date, as 2026-12-01; by default a usual week" example:"2026-12-01"`
	At      string `query:"at" doc:"The usual week is looked for from this day on; by default today"`
}

func (p *pages) apiClock(ctx context.Context, _ *clockInput) (ClockFigures, error) {
	city, clock, err := p.wound(requestOf(ctx))
	if err != nil {
		return ClockFigures{}, err
	}
	return FiguresOfClock(city, clock), nil
}

type areasInput struct {
	Q        string `query:"q" doc:"Words in code or name"`
	Kind     string `query:"kind" doc:"key, division or zone"`
	Division string `query:"division" doc:"GB/T 2260 code; all below it count"`
	Verdict  string `query:"verdict" doc:"met, missed, no_target, no_demand or no_such_demand"`
	Mode     string `query:"mode" enum:"walk,ebike" default:"walk" doc:"How people travel"`
	Demand   string `query:"demand" doc:"The kind of demand; by default each area's own"`
	Day      string `query:"day" doc:"A date, as 2026-12-01; by default a usual week"`
	At       string `query:"at" doc:"The usual week is looked for from this day on; by default today"`
}

func (p *pages) apiAreas(ctx context.Context, _ *areasInput) (AreaList, error) {
	city, m, measures, err := p.listed(requestOf(ctx))
	if err != nil {
		return AreaList{}, err
	}
	chosen := *m
	chosen.areas = slices.Clone(measures)
	return chosen.figures(city), nil
}
