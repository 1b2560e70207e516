package sites

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/web"
)

// sitingInput is a question of siting as programs ask it: the fields of the form.
type sitingInput struct {
	Goal     string            `json:"goal,omitempty" enum:"most,fewest,cheapest" doc:"Cover most people, or reach the target with the fewest sites, or for the least money; most if absent"`
	Sites    *int              `json:"sites,omitempty" minimum:"0" doc:"New sites at most, 0 being none; no limit if absent, or 10 if most is asked for and there is no budget either"`
	Budget   *float64          `json:"budget_yuan,omitempty" minimum:"0" doc:"What the plan may cost; with 0 only what costs nothing may open"`
	Target   *float64          `json:"target_percent,omitempty" exclusiveMinimum:"0" maximum:"100" doc:"For fewest and cheapest, which need it"`
	Times    *int              `json:"times,omitempty" minimum:"1" maximum:"4" doc:"How many stations one must reach to count as covered; 1 if absent, 2 is cross-covered"`
	Mode     string            `json:"mode,omitempty" enum:"walk,ebike" doc:"How people travel"`
	Minutes  *int              `json:"minutes,omitempty" minimum:"1" maximum:"60" doc:"How far is near; 15 if absent"`
	Demand   string            `json:"demand,omitempty" doc:"The kind of demand; the first if absent"`
	When     string            `json:"when,omitempty" enum:"week,moment,any" doc:"Hours of an ordinary week, one moment, or no particular hour; week if absent"`
	Hours    string            `json:"hours,omitempty" doc:"Of the week: 07:00-21:00 if absent"`
	Days     string            `json:"days,omitempty" enum:"all,workdays,weekend" doc:"Of the week; all if absent"`
	At       string            `json:"at,omitempty" doc:"The moment, in the city's zone: 2026-11-23T22:00"`
	Premises []string          `json:"premises,omitempty" doc:"Candidates in premises of these kinds only, such as bank"`
	Needs    []string          `json:"needs,omitempty" doc:"Services that a candidate must offer, such as toilet"`
	Division string            `json:"division,omitempty" doc:"Candidates in this division only: GB/T 2260 code"`
	Known    bool              `json:"known_hours,omitempty" doc:"Leave out candidates without known hours; otherwise the usual hours of their premises count, an example"`
	Costs    map[string]string `json:"costs_yuan,omitempty" doc:"By kind of premises, for candidates without a cost of their own; example costs if absent"`
	Limits   []string          `json:"limits,omitempty" doc:"At most so many of whom: icbc=3, 630102=5"`
	Floor    *float64          `json:"floor_percent,omitempty" minimum:"0" maximum:"100" doc:"Of the people of every key area, or of every division where there is none, that must be covered"`
	Open     []string          `json:"open,omitempty" doc:"Codes of candidates that must open"`
	Never    []string          `json:"never,omitempty" doc:"Codes of candidates that must not"`
}

// values are the question as the form sends it.
func (in *sitingInput) values() url.Values {
	v := url.Values{}
	set := func(key, value string) {
		if value != "" {
			v.Set(key, value)
		}
	}
	number := func(key string, f *float64) {
		if f != nil {
			v.Set(key, strconv.FormatFloat(*f, 'f', -1, 64))
		}
	}
	whole := func(key string, n *int) {
		if n != nil {
			v.Set(key, strconv.Itoa(*n))
		}
	}
	set("goal", in.Goal)
	whole("sites", in.Sites)
	number("budget", in.Budget)
	number("target", in.Target)
	number("floor", in.Floor)
	whole("times", in.Times)
	set("mode", in.Mode)
	whole("minutes", in.Minutes)
	set("demand", in.Demand)
	set("when", in.When)
	set("hours", in.Hours)
	set("days", in.Days)
	set("at", in.At)
	set("division", in.Division)
	set("limits", strings.Join(in.Limits, ","))
	set("open", strings.Join(in.Open, ","))
	set("never", strings.Join(in.Never, ","))
	v["kind"], v["need"] = in.Premises, in.Needs
	if in.Known {
		v.Set("known", "1")
	}
	for kind, cost := range in.Costs {
		set("cost-"+kind, cost)
	}
	return v
}

// SitingJob is a question of siting on its way. Once it is done, the answer is
// in it.
type SitingJob struct {
	ID       string                 `json:"id"`
	State    string                 `json:"state" enum:"waiting,preparing,searching,done,failed"`
	Before   int                    `json:"waiting_before,omitempty" doc:"How many wait before it"`
	ElapsedS float64                `json:"elapsed_s" doc:"Of the search so far"`
	LimitS   float64                `json:"limit_s" doc:"How long it may search"`
	Found    bool                   `json:"found" doc:"There is a plan, and value is what it achieves"`
	Value    float64                `json:"value" doc:"Of the best plan so far: people, sites or yuan"`
	Bound    float64                `json:"bound" doc:"What no plan can beat"`
	Problem  string                 `json:"problem,omitempty" doc:"Why it failed, and what to do"`
	Page     string                 `json:"page" doc:"Address of its page"`
	Answer   *figures.SitingFigures `json:"answer,omitempty" doc:"Once it is done"`
}

var jobStates = [...]string{jobWaiting: "waiting", jobPreparing: "preparing", jobSearching: "searching", jobDone: "done", jobFailed: "failed"}

// Operations lists the operations of siting: to ask, and to look how far it is.
func (p *Pages) Operations(a huma.API) {
	huma.Register(a, huma.Operation{
		OperationID: "site", Method: http.MethodPost, Path: "/api/v1/siting", Summary: "Choose sites among the candidates", Tags: []string{page.APICity},
		DefaultStatus: http.StatusAccepted, Errors: []int{http.StatusUnprocessableEntity, http.StatusForbidden, http.StatusServiceUnavailable},
	}, func(ctx context.Context, in *struct{ Body sitingInput }) (*struct {
		Location string `header:"Location"`
		Body     SitingJob
	}, error,
	) {
		job, err := p.apiStartSiting(ctx, &in.Body)
		if err != nil {
			return nil, p.Site.Problem(ctx, page.LangOf(ctx), err)
		}
		out := &struct {
			Location string `header:"Location"`
			Body     SitingJob
		}{"/api/v1/siting/" + job.ID, job}
		return out, nil
	})
	page.Operation(p.Pages, a, "siting", "/api/v1/siting/{id}", "How far a choice of sites is, or its answer", page.APICity, p.apiSitingJob)
}

func (p *Pages) apiStartSiting(ctx context.Context, in *sitingInput) (SitingJob, error) {
	ask, err := parseSiting(in.values(), p.Now())
	if err != nil {
		return SitingJob{}, err
	}
	limit := sitingTime
	if r := page.RequestOf(ctx); r.Header.Get("Authorization") != "" {
		if _, err := p.Who(r); err != nil { // who shows a token wants what it opens
			return SitingJob{}, err
		}
		limit = p.sitingLimit(r)
	}
	job, err := p.sites.start(p.City(), ask, limit, web.AskerOf(ctx).Client)
	if err != nil {
		return SitingJob{}, err
	}
	_, before, err := p.sites.find(job.id)
	return sitingJobJSON(ctx, job.now(), before), err
}

type sitingJobInput struct {
	ID    string `path:"id" doc:"The id that asking returned"`
	WaitS int    `query:"wait_s" minimum:"0" maximum:"30" doc:"Wait up to so many seconds for the answer"`
}

func (p *Pages) apiSitingJob(ctx context.Context, in *sitingJobInput) (SitingJob, error) {
	job, _, err := p.sites.find(in.ID)
	if err != nil {
		return SitingJob{}, err
	}
	if in.WaitS > 0 {
		waiting, cancel := context.WithTimeout(ctx, time.Duration(in.WaitS)*time.Second)
		defer cancel()
		waitForSiting(waiting, job)
	}
	_, before, err := p.sites.find(in.ID)
	return sitingJobJSON(ctx, job.now(), before), err
}

func sitingJobJSON(ctx context.Context, v jobView, before int) SitingJob {
	list := sitedPage{jobView: v}
	list.Lang = page.LangOf(ctx)
	out := SitingJob{ID: v.id, State: jobStates[v.state], ElapsedS: v.passed.Seconds(), LimitS: v.limit.Seconds(), Page: v.ask.address("/siting/" + v.id)}
	if v.state == jobWaiting {
		out.Before = before
	}
	if n := len(v.curve); n > 0 {
		last := v.curve[n-1]
		out.Found, out.Value, out.Bound = last.found, list.number(last.value), list.number(last.bound)
	}
	switch v.state {
	case jobFailed:
		out.Problem = list.failed()
	case jobDone:
		figures := v.result.Figures(figures.SitingWords{Lang: list.Lang})
		out.Answer, out.ElapsedS = &figures, figures.ElapsedS
		out.Value, out.Bound = figures.Certificate.Value, figures.Certificate.Bound
	case jobWaiting, jobPreparing, jobSearching:
	}
	return out
}
