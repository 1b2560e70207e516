package visits

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
	"github.com/xiadu/xiadu/internal/web"
)

type newView struct {
	web.Page
	campaign campaign.Campaign
	q        url.Values
	form     web.Refusal
	chosen   []problem.Promised
	others   []problem.Promised
	names    map[string]string
	next     problem.Promise
	now      time.Time
	today    string
	round    visit.Whole // that is changed; without an id: a new one
	who      string
}

var newTitle = lang.Text{ZH: "安排一次现场督办", EN: "Plan a round of visits"}

// NewForm asks which problems are visited, on which day, and how.
func (p *Pages) NewForm(w http.ResponseWriter, r *http.Request) error {
	who, v, ok, err := p.enter(w, r, newTitle)
	if !ok {
		return err
	}
	return p.newForm(w, r, who, newView{Page: v, q: r.URL.Query()})
}

// pageRows is how many problems are offered at a time.
const pageRows = 30

func (p *Pages) newForm(w http.ResponseWriter, r *http.Request, who identity.Colleague, v newView) (err error) {
	v.now = p.Now()
	if v.round.ID != "" {
		v.campaign = v.round.Campaign
	}
	v.who = who.Person
	if v.campaign.Code == "" {
		if v.campaign, _, err = p.Campaign(r); err != nil {
			return err
		}
	}
	v.today = calendar.DateOf(v.now.In(calendar.China)).String()
	day, id, _ := strings.Cut(v.q.Get("after"), " ")
	f := visit.Choice{Campaign: v.campaign.Code, Text: v.q.Get("q"), After: problem.Promise{Day: day, ID: id}, Limit: pageRows}
	all, next, err := p.Visits.Choices(r.Context(), who, f)
	if err != nil {
		return err
	}
	v.next = next
	if err := p.chosen(r, &v); err != nil {
		return err
	}
	leads := []string{}
	for _, one := range all {
		if !slices.ContainsFunc(v.chosen, func(c problem.Promised) bool { return c.ID == one.ID }) {
			v.others = append(v.others, one)
		}
	}
	for _, one := range slices.Concat(v.chosen, v.others) {
		if !slices.Contains(leads, one.Lead) {
			leads = append(leads, one.Lead)
		}
	}
	if v.names, err = p.Names(r.Context(), leads...); err != nil {
		return err
	}
	return v.WriteStatus(w, r, max(v.form.Status(), http.StatusOK), newPage(v))
}

// chosen reads the problems that were ticked so far: they stay while somebody looks for more.
func (p *Pages) chosen(r *http.Request, v *newView) error {
	return p.DB.View(r.Context(), func(tx *db.Tx) error {
		for _, code := range v.q["problem"] {
			one, err := problem.ByCode(tx, code)
			if fault.KindOf(err) == fault.NotFound {
				continue
			}
			if err != nil {
				return err
			}
			next, err := problem.ToVisit(tx, one.Campaign, one.Code, problem.Promise{}, 1)
			if err != nil {
				return err
			}
			switch {
			case len(next) == 1:
				v.chosen = append(v.chosen, next[0])
			case v.place(one.Code) > 0: // a stop of the round, wherever its problem is now
				v.chosen = append(v.chosen, problem.Promised{Problem: one, Promise: problem.Never})
			}
		}
		return nil
	})
}

// Plan makes the round.
func (p *Pages) Plan(w http.ResponseWriter, r *http.Request) error {
	who, v, ok, err := p.enter(w, r, newTitle)
	if !ok {
		return err
	}
	if err := web.ReadForm(r); err != nil {
		return err
	}
	n := visit.New{Campaign: r.PostForm.Get("campaign"), Mode: visit.Mode(r.PostForm.Get("mode")), Problems: r.PostForm["problem"]}
	day, wrong := calendar.ParseDate(strings.TrimSpace(r.PostForm.Get("day")))
	n.Day = day
	wrong = fault.At("day", wrong)
	var made visit.Round
	if wrong == nil {
		made, wrong = p.Visits.Plan(r.Context(), who, n)
	}
	if wrong != nil {
		back := newView{Page: v, q: r.PostForm}
		if back.campaign, err = p.Campaigns.Get(r.Context(), n.Campaign); err != nil {
			return err
		}
		if back.form, err = v.Refused(r.PostForm, wrong); err != nil {
			return err
		}
		return p.newForm(w, r, who, back)
	}
	http.Redirect(w, r, of(made.ID), see)
	return nil
}

func (v newView) value(name, known string) string {
	if v.q.Has(name) {
		return v.q.Get(name)
	}
	return known
}

func (v newView) modes() (all []web.Choice) {
	mode := v.value("mode", string(visit.Drive))
	for _, m := range []visit.Mode{visit.Drive, visit.Walk} {
		all = append(all, web.Choice{Name: "mode", Value: string(m), Label: modeName(v.Page, m), On: string(m) == mode})
	}
	return all
}
