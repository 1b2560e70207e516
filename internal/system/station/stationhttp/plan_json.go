package stationhttp

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/plan"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
)

// PlanJSON is a saved plan as programs read it.
type PlanJSON struct {
	Code     string      `json:"code"`
	Name     string      `json:"name"`
	Note     string      `json:"note,omitempty"`
	Origin   string      `json:"origin" enum:"whatif,siting" doc:"Tried by hand, or proposed by the siting solver"`
	Changes  []string    `json:"changes" doc:"One line each, as POST /api/v1/whatif takes them"`
	At       time.Time   `json:"at" doc:"The hour that the figures are of, in the city's zone"`
	AnyHour  bool        `json:"any_hour"`
	Profile  string      `json:"profile" enum:"walk,ebike"`
	CutoffS  int         `json:"cutoff_s" doc:"The longest way that counts, in seconds"`
	Demand   string      `json:"demand,omitempty" doc:"The kind of demand; absent: the first, people"`
	Before   TrialNumber `json:"before" doc:"As saved"`
	After    TrialNumber `json:"after" doc:"As saved"`
	Revision string      `json:"revision" doc:"Names the streets, stations and demand that the figures were computed on"`
	Archived bool        `json:"archived"`
	Version  int64       `json:"version"`
	Updated  time.Time   `json:"updated"`
}

// TrialNumber is a coverage in numbers.
type TrialNumber struct {
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

func trialNumber(f coverage.PlanFigures) TrialNumber {
	n := TrialNumber{
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

func planJSON(p plan.Plan) PlanJSON {
	q := p.Question
	return PlanJSON{
		Code: p.Code, Name: p.Name, Note: p.Note, Origin: p.Origin.Key(), Changes: whatif.Lines(p.Changes), At: q.At, AnyHour: q.AnyHour,
		Profile: q.Mode.String(), CutoffS: int(q.Within.Seconds()), Demand: q.Demand, Before: trialNumber(p.Before), After: trialNumber(p.After),
		Revision: p.Basis, Archived: p.Archived, Version: p.Version, Updated: p.Updated,
	}
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
	Changes   []string    `json:"changes" doc:"The changes as they were understood"`
	At        time.Time   `json:"at"`
	Before    TrialNumber `json:"before"`
	After     TrialNumber `json:"after"`
	Gained1   float64     `json:"gained_1" doc:"Demand that has no station now and would have one"`
	Lost1     float64     `json:"lost_1" doc:"Demand that has a station now and would have none"`
	Gained2   float64     `json:"gained_2" doc:"Demand that has fewer than two now and would have two"`
	Lost2     float64     `json:"lost_2" doc:"Demand that has two now and would have fewer"`
	Alone     []Alone     `json:"alone,omitempty" doc:"What each change does by itself; absent where that is too much to compute"`
	Searches  int         `json:"searches" doc:"Bounded searches along the streets that this took: one for each new position"`
	Revision  string      `json:"revision" doc:"Names the streets, stations and demand that this was computed on"`
	Schematic bool        `json:"schematic" doc:"The streets are a sketch for demonstration, not survey data"`
}

// Alone is what one change does by itself.
type Alone struct {
	Covered1 float64 `json:"covered_1" doc:"More (or, below zero, less) demand with a station"`
	Covered2 float64 `json:"covered_2" doc:"The same for two or more"`
}

// whatIfAPI registers the operations on trials and plans.
func (p *pages) whatIfAPI(a huma.API) {
	posting(p, a, "what-if", "/api/v1/whatif", "What if stations close, open, move or keep other hours", apiCity, p.apiWhatIf)
	operation(p, a, "list-plans", "/api/v1/plans", "Look through the saved plans", apiCity, p.apiPlans)
	operation(p, a, "plan", "/api/v1/plans/{code}", "One plan", apiCity, p.apiPlan)
}

func (p *pages) apiWhatIf(ctx context.Context, in *whatIfInput) (WhatIf, error) {
	t, err := in.trial(p.now())
	if err != nil {
		return WhatIf{}, err
	}
	city := p.City()
	tried, err := p.try(ctx, city, t)
	if err != nil {
		return WhatIf{}, err
	}
	e := tried.effect
	before, after := e.Figures()
	out := WhatIf{
		Changes: whatif.Lines(t.changes), At: t.At, Before: trialNumber(before), After: trialNumber(after),
		Gained1: e.Gained.Once.Float(), Lost1: e.Lost.Once.Float(), Gained2: e.Gained.Twice.Float(), Lost2: e.Lost.Twice.Float(),
		Searches: e.After.Searches, Revision: city.Revision, Schematic: city.Atlas != nil && city.Atlas.Info.Schematic,
	}
	for _, a := range tried.alone {
		out.Alone = append(out.Alone, Alone{a.Once.Float(), a.Twice.Float()})
	}
	return out, nil
}

type plansInput struct {
	Q        string `query:"q" doc:"Words in code, name or note"`
	Origin   string `query:"origin" enum:"whatif,siting" doc:"Tried by hand, or proposed by the siting solver"`
	Archived bool   `query:"archived" doc:"Those in the archive, and no others"`
	Sort     string `query:"sort" doc:"updated, code, name or gain; with - before it from the end"`
	After    string `query:"after" doc:"next of the page before"`
	Limit    int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"How many on a page"`
}

// PlanList is a page of plans.
type PlanList struct {
	Total int64      `json:"total" doc:"Of all pages"`
	Next  string     `json:"next,omitempty" doc:"For after; absent on the last page"`
	Plans []PlanJSON `json:"plans"`
}

func (p *pages) apiPlans(ctx context.Context, in *plansInput) (PlanList, error) {
	q := requestOf(ctx).URL.Query()
	if in.Archived {
		q.Set("archived", "1")
	}
	f, err := parsePlanFilter(q)
	if err != nil {
		return PlanList{}, err
	}
	f.Limit = in.Limit
	page, err := p.Plans.List(ctx, f)
	if err != nil {
		return PlanList{}, err
	}
	out := PlanList{Total: page.Total, Next: page.Next, Plans: []PlanJSON{}}
	for _, plan := range page.Plans {
		out.Plans = append(out.Plans, planJSON(plan))
	}
	return out, nil
}

type planInput struct {
	Code string `path:"code" doc:"Code of the plan" example:"P-0001"`
}

func (p *pages) apiPlan(ctx context.Context, in *planInput) (PlanJSON, error) {
	plan, err := p.Plans.Get(ctx, in.Code)
	return planJSON(plan), err
}
