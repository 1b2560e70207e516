package plans

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/xiadu/xiadu/internal/system/station/plan"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/trial"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
)

// PlanJSON is a saved plan as programs read it.
type PlanJSON struct {
	Code     string       `json:"code"`
	Name     string       `json:"name"`
	Note     string       `json:"note,omitempty"`
	Origin   string       `json:"origin" enum:"whatif,siting" doc:"Tried by hand, or proposed by the siting solver"`
	Changes  []string     `json:"changes" doc:"One line each, as POST /api/v1/whatif takes them"`
	At       time.Time    `json:"at" doc:"The hour that the figures are of, in the city's zone"`
	AnyHour  bool         `json:"any_hour"`
	Profile  string       `json:"profile" enum:"walk,ebike"`
	CutoffS  int          `json:"cutoff_s" doc:"The longest way that counts, in seconds"`
	Demand   string       `json:"demand,omitempty" doc:"The kind of demand; absent: the first, people"`
	Before   trial.Number `json:"before" doc:"As saved"`
	After    trial.Number `json:"after" doc:"As saved"`
	Revision string       `json:"revision" doc:"Names the streets, stations and demand that the figures were computed on"`
	Archived bool         `json:"archived"`
	Version  int64        `json:"version"`
	Updated  time.Time    `json:"updated"`
}

func planJSON(p plan.Plan) PlanJSON {
	q := p.Question
	return PlanJSON{
		Code: p.Code, Name: p.Name, Note: p.Note, Origin: p.Origin.Key(), Changes: whatif.Lines(p.Changes), At: q.At, AnyHour: q.AnyHour,
		Profile: q.Mode.String(), CutoffS: int(q.Within.Seconds()), Demand: q.Demand, Before: trial.NumberOf(p.Before), After: trial.NumberOf(p.After),
		Revision: p.Basis, Archived: p.Archived, Version: p.Version, Updated: p.Updated,
	}
}

// Operations registers the operations of these pages.
func (p *Pages) Operations(a huma.API) {
	page.Operation(p.Pages, a, "list-plans", "/api/v1/plans", "Look through the saved plans", page.APICity, p.apiPlans)
	page.Operation(p.Pages, a, "plan", "/api/v1/plans/{code}", "One plan", page.APICity, p.apiPlan)
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

func (p *Pages) apiPlans(ctx context.Context, in *plansInput) (PlanList, error) {
	q := page.RequestOf(ctx).URL.Query()
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

func (p *Pages) apiPlan(ctx context.Context, in *planInput) (PlanJSON, error) {
	plan, err := p.Plans.Get(ctx, in.Code)
	return planJSON(plan), err
}
