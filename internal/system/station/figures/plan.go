package figures

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/station/plan"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
)

// Plan is the answer as a plan to be saved. Its figures are those of the moment
// that the question has; what was asked and proven is in its proof.
func (v Sited) Plan(ctx context.Context, name string, w SitingWords) (plan.Plan, error) {
	q := v.Answer.Siting.Question
	plan := plan.Plan{
		Name: name, Note: w.Hours(&q) + w.T("。", ". ") + w.certificate(v), Origin: plan.Sited,
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
