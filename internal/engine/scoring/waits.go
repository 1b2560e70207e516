package scoring

import (
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// waits lists what an entry's total waits for, in all stages that it came to.
func (s *scorer) waits(e int) (all []Waiting) {
	for stage := range s.t.Rule.Stages[:s.t.Came[e]+1] {
		all = append(all, s.waitsIn(stage, e)...)
	}
	return all
}

func (s *scorer) waitsIn(stage, e int) (all []Waiting) {
	measured := func(part string, of []rule.Points) {
		for i := range of {
			if of[i].Unmeasured == rule.Wait && !s.measured(of[i].Measure, e).There {
				all = append(all, Waiting{Part: part, Measure: of[i].Measure, Why: WhyMissing})
			}
		}
	}
	for i := range s.t.Parts {
		p := &s.t.Parts[i]
		if p.Stage != stage {
			continue
		}
		before := len(all)
		if p.Votes != nil && !s.measured(p.Votes.Measure, e).There {
			all = append(all, Waiting{Part: p.Key, Measure: p.Votes.Measure, Why: WhyMissing})
		}
		measured(p.Key, p.Measured)
		measured(p.Key, p.Deductions)
		if p.Judged != nil {
			for k := range p.Sheets[e] {
				all = append(all, missing(p, &p.Sheets[e][k])...)
			}
		}
		if len(all) == before && p.Carried == "" && !s.parts[i].scores[e].ok {
			why := s.parts[i].why
			if why == "" {
				why = WhyFew
			}
			all = append(all, Waiting{Part: p.Key, Why: why})
		}
	}
	measured("", s.t.Rule.Stages[stage].Deductions)
	return all
}

// missing lists the marks that a sheet owes.
func missing(p *mark.Part, sheet *mark.Sheet) (all []Waiting) {
	if sheet.State != mark.Owed {
		return nil
	}
	for c, v := range sheet.Marks {
		if v.Missing() {
			all = append(all, Waiting{Part: p.Key, Judge: p.Seats[sheet.Seat], Criterion: p.Judged.Criteria[c].Key, Why: WhyMissing})
		}
	}
	return all
}
