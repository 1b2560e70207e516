package siting

import (
	"context"
	"math/rand/v2"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// excuse says why there is no plan: which floor the limits keep from being
// reached, if one alone is enough for that, or that all together are.
func (s *solver) excuse(ctx context.Context, p *Problem, q *Question) error {
	if !s.complete {
		return fault.New(fault.Unavailable, "还没有找到满足全部要求的方案：请多给些时间，或放宽要求",
			"no plan that meets all demands was found yet: give it more time, or relax them")
	}
	for f := range s.m.floors {
		fl := s.m.floors[f]
		alone := &solver{m: s.m.only(int32(f)), options: Options{Workers: s.options.Workers}, random: rand.New(rand.NewPCG(1, 7)), here: s.here}
		alone.run(ctx)
		if alone.bound >= fl.need {
			continue
		}
		if fl.area < 0 {
			return fault.New(fault.Invalid, "在站点数、预算和分组上限之内达不到目标：还差 %s %%。请放宽这些限制，或降低目标",
				"the target cannot be reached within the number of sites, the budget and the groups' limits: %s %% are missing. Relax these or lower it",
				lang.PercentDown(fl.need-alone.bound, fl.whole, 2))
		}
		name := p.Areas[fl.area].Name
		return fault.New(fault.Invalid, "在站点数、预算和分组上限之内，重点区域“%s”达不到要求：还差 %s %%。请放宽这些限制，或降低要求",
			"the area %q cannot reach its floor within the number of sites, the budget and the groups' limits: %s %% are missing. Relax these or lower it",
			name, lang.PercentDown(fl.need-alone.bound, fl.whole, 2))
	}
	if q.Kind == MostCovered && len(s.m.floors) == 0 {
		return fault.New(fault.Invalid, "必选的站点已经超过限制：请减少必选，或放宽数量、预算、分组上限",
			"the fixed sites alone break the limits: fix fewer, or relax the number, the budget or the groups' limits")
	}
	return fault.New(fault.Invalid, "各项覆盖要求单独都能达到，合在一起达不到：请放宽站点数、预算、分组上限，或降低其中一项要求",
		"each of the floors can be reached, but not all together: relax the number of sites, the budget or the groups' limits, or lower one of the floors")
}

// only returns the model whose objective is what a floor measures, without floors.
func (m *model) only(f int32) *model {
	s := *m
	s.worth, s.floors, s.constant, s.withoutMerits = m.floors[f].counts, nil, 0, false
	s.class = make([][]int32, len(m.class))
	s.weight, s.price = make([]int64, len(m.weight)), make([]int64, len(m.price))
	for i, c := range m.kind {
		for _, of := range m.class[c] {
			if of == f {
				s.weight[i] = m.weight[i]
			}
		}
	}
	return &s
}
