package stationhttp

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/station/plan"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
	"github.com/xiadu/xiadu/internal/web"
)

// saveSited keeps an answer as a plan, certificate included, for an operator.
func (p *pages) saveSited(w http.ResponseWriter, r *http.Request) error {
	v, err := p.sitedPage(r)
	if err != nil {
		return p.sitingGone(w, r, err)
	}
	found, err := v.sited()
	if err != nil {
		return err
	}
	v.planName = strings.TrimSpace(r.PostFormValue("name"))
	if err := p.Site.Operator.Admit(w, r); err != nil {
		return v.refuse(w, r, err)
	}
	v.Page = p.Site.Page(r, sitingTitle) // the reader may be signed in by now
	v.Wide = true
	kept, err := found.Plan(r.Context(), cmp.Or(v.planName, v.usualName()), v.say)
	if err == nil {
		kept, err = p.Plans.Save(r.Context(), plan.ByOperator, kept)
	}
	if err != nil {
		return v.refuse(w, r, err)
	}
	http.Redirect(w, r, "/plans/"+kept.Code, http.StatusSeeOther)
	return nil
}

// refuse shows the answer again with what was wrong with saving it.
func (v sitedPage) refuse(w http.ResponseWriter, r *http.Request, err error) error {
	text, known := fault.In(v.Lang, err)
	if !known {
		return err
	}
	if fault.KindOf(err) == fault.Denied {
		v.wrongToken = text
	} else {
		v.wrongName = text
	}
	return v.WriteStatus(w, r, web.StatusOf(err), sitedView(v))
}

// Plan is the answer as a plan to be saved. Its figures are those of the moment
// that the question has; what was asked and proven is in its proof.
func (v Sited) Plan(ctx context.Context, name string, w SitingWords) (plan.Plan, error) {
	q := v.Answer.Siting.Question
	plan := plan.Plan{
		Name: name, Note: w.hours(&q) + w.T("。", ". ") + w.certificate(v), Origin: plan.Sited,
		Changes: v.Answer.Changes(), Question: q.Cover, Basis: v.City.Revision,
	}
	if len(plan.Changes) > whatif.MaxChanges {
		return plan, fault.New(fault.Invalid, "这套方案有 %[1]d 个站，一份存档最多放 %[2]d 个：请导出成表格。", "This plan has %[1]d sites, and a saved one holds %[2]d: export it as a spreadsheet.", len(plan.Changes), whatif.MaxChanges)
	}
	proof, err := json.Marshal(v.Figures(w))
	if err != nil {
		return plan, fmt.Errorf("siting: write the proof of a plan: %w", err)
	}
	plan.Proof = string(proof)
	scenario, err := v.City.Survey.WhatIf(plan.Changes)
	if err != nil {
		return plan, err
	}
	effect, err := scenario.Effect(ctx, q.Cover)
	if err != nil {
		return plan, err
	}
	plan.Before, plan.After = effect.Figures()
	return plan, nil
}

// usualName is what a plan is called unless its keeper says otherwise.
func (v sitedPage) usualName() string {
	return v.F("选址：新增 %[1]d 个（%[2]s）", "Siting: %[1]d new sites (%[2]s)", len(v.result.Answer.Sites), v.result.City.Revision)
}

// whatIf is where the plan can be tried further, or empty where an address
// cannot hold it.
func (v sitedPage) whatIf() string {
	t := trial{changes: v.result.Answer.Changes()}
	t.Question = v.result.Answer.Siting.Question.Cover
	if len(t.changes) == 0 || t.fits() != nil {
		return ""
	}
	return t.address("/whatif")
}
