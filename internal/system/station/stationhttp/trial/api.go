package trial

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
)

// Number is a coverage in numbers.
type Number struct {
	Stations     int        `json:"stations" doc:"Operating stations"`
	StationsOpen int        `json:"stations_open" doc:"Of them, open at the hour and near a street: those that count"`
	DemandTotal  float64    `json:"demand_total"`
	Covered1     float64    `json:"covered_1" doc:"Demand that reaches one station or more"`
	Covered2     float64    `json:"covered_2" doc:"Demand that reaches two or more"`
	Covered3     float64    `json:"covered_3"`
	Covered4     float64    `json:"covered_4"`
	Unreachable  float64    `json:"unreachable_demand" doc:"Demand far from any street; part of the total, covered by nothing"`
	Week         []WeekPart `json:"week,omitempty" doc:"Means over an ordinary week, in four parts; absent where they were not computed"`
}

// WeekPart is the mean over a part of an ordinary week.
type WeekPart struct {
	Part        string  `json:"part" enum:"workday_day,workday_night,weekend_day,weekend_night"`
	DemandTotal float64 `json:"demand_total"`
	Covered1    float64 `json:"covered_1"`
	Covered2    float64 `json:"covered_2"`
}

var weekPartKeys = [...]string{
	coverage.WorkdayDay: "workday_day", coverage.WorkdayNight: "workday_night", coverage.WeekendDay: "weekend_day", coverage.WeekendNight: "weekend_night",
}

// NumberOf states the figures of a trial.
func NumberOf(f coverage.PlanFigures) Number {
	n := Number{
		Stations: f.Operating, StationsOpen: f.Counted, DemandTotal: f.Covered[0].Float(), Covered1: f.Covered[1].Float(),
		Covered2: f.Covered[2].Float(), Covered3: f.Covered[3].Float(), Covered4: f.Covered[4].Float(), Unreachable: f.Unreachable.Float(),
	}
	for part, w := range f.Week {
		if w.Demand > 0 {
			n.Week = append(n.Week, WeekPart{weekPartKeys[part], w.Demand.Float(), w.Once.Float(), w.Twice.Float()})
		}
	}
	return n
}

// whatIfInput is a trial as programs send it.
type whatIfInput struct {
	Body struct {
		Changes []string `json:"changes" maxItems:"200" doc:"One line each, such as: close XN-0012; hours XN-0012 Mo-Fr 08:00-22:00; pause brand:icbc Sa,Su; move XN-0012 101.778,36.617; open 101.778,36.617 08:00-20:00"`
		At      string   `json:"at,omitempty" doc:"The hour, in the city's zone: 2026-11-23T22:00, or empty for now"`
		Minutes int      `json:"minutes,omitempty" minimum:"0" maximum:"60" doc:"How far is near; 15 if not given"`
		Mode    string   `json:"mode,omitempty" enum:"walk,ebike" doc:"How people travel; on foot if not given"`
		AnyHour bool     `json:"any_hour,omitempty" doc:"Count every operating station, open or not"`
		Demand  string   `json:"demand,omitempty" doc:"The kind of demand"`
	}
}

// WhatIf is what changes would do. Nothing is stored.
type WhatIf struct {
	Changes   []string  `json:"changes" doc:"The changes as they were understood"`
	At        time.Time `json:"at"`
	Before    Number    `json:"before"`
	After     Number    `json:"after"`
	Gained1   float64   `json:"gained_1" doc:"Demand that has no station now and would have one"`
	Lost1     float64   `json:"lost_1" doc:"Demand that has a station now and would have none"`
	Gained2   float64   `json:"gained_2" doc:"Demand that has fewer than two now and would have two"`
	Lost2     float64   `json:"lost_2" doc:"Demand that has two now and would have fewer"`
	Alone     []Alone   `json:"alone,omitempty" doc:"What each change does by itself; absent where that is too much to compute"`
	Searches  int       `json:"searches" doc:"Bounded searches along the streets that this took: one for each new position"`
	Revision  string    `json:"revision" doc:"Names the streets, stations and demand that this was computed on"`
	Schematic bool      `json:"schematic" doc:"The streets are a sketch for demonstration, not survey data"`
}

// Alone is what one change does by itself.
type Alone struct {
	Covered1 float64 `json:"covered_1" doc:"More (or, below zero, less) demand with a station"`
	Covered2 float64 `json:"covered_2" doc:"The same for two or more"`
}

// Operations registers the operations of these pages.
func (p *Pages) Operations(a huma.API) {
	page.Posting(p.Pages, a, "what-if", "/api/v1/whatif", "What if stations close, open, move or keep other hours", page.APICity, p.apiWhatIf)
}

func (p *Pages) apiWhatIf(ctx context.Context, in *whatIfInput) (WhatIf, error) {
	t, err := in.trial(p.Now())
	if err != nil {
		return WhatIf{}, err
	}
	city := p.City()
	tried, err := p.Try(ctx, city, t)
	if err != nil {
		return WhatIf{}, err
	}
	e := tried.Effect
	before, after := e.Figures()
	out := WhatIf{
		Changes: whatif.Lines(t.Changes), At: t.At, Before: NumberOf(before), After: NumberOf(after),
		Gained1: e.Gained.Once.Float(), Lost1: e.Lost.Once.Float(), Gained2: e.Gained.Twice.Float(), Lost2: e.Lost.Twice.Float(),
		Searches: e.After.Searches, Revision: city.Revision, Schematic: city.Atlas != nil && city.Atlas.Info.Schematic,
	}
	for _, a := range tried.Alone {
		out.Alone = append(out.Alone, Alone{a.Once.Float(), a.Twice.Float()})
	}
	return out, nil
}
