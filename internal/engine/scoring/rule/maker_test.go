package rule_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// maker makes small contests with many ties. Its rules may not hold.
type maker struct{ *rand.Rand }

func pick[T ~string](m maker, all ...T) T { return all[m.IntN(len(all))] }

func (m maker) rounding() *rule.Rounding {
	if m.IntN(2) == 0 {
		return nil
	}
	return &rule.Rounding{Places: m.IntN(3), Mode: pick(m, exact.HalfUp, exact.HalfEven, exact.Down, exact.Up)}
}

func (m maker) deductions(measure string) []rule.Points {
	p := rule.Points{Measure: measure, Kind: rule.Count, Unmeasured: pick(m, rule.Wait, rule.None), Round: m.rounding()}
	switch most, times := exact.Must("-0.5"), exact.Must("-0.1"); m.IntN(6) {
	case 0:
		p.Bands = []rule.Band{{From: exact.Of(2), Points: exact.Must("-0.2")}, {From: exact.Of(4), Points: exact.Must("-0.5")}}
	case 1:
		p.Each = &rule.Each{Over: exact.Of(1), Step: exact.Must("1.5"), Begun: m.IntN(2) == 0, Points: exact.Must("-0.2"), Most: &most}
	case 2:
		p.Times = &times
	default:
		return nil
	}
	return []rule.Points{p}
}

func (m maker) judged(p *rule.Part, places bool) {
	j := &rule.Judged{Across: pick(m, rule.Sheets, rule.Columns), Combine: pick(m, rule.ByMean, rule.ByMedian, rule.BySum), Trim: []rule.Trim{{From: 1 + m.IntN(2)}, {From: 4, Low: 1, High: m.IntN(2)}}, Mark: m.rounding(), Column: m.rounding()}
	if m.IntN(2) == 0 {
		j.Clamp = &rule.Clamp{Around: pick(m, rule.Mean, rule.Median, rule.Trimmed), By: exact.Must(pick(m, "0.1", "0.5", "1")), Share: m.IntN(2) == 0, Drop: m.IntN(2) == 0}
	}
	if places {
		p.Weight, j.Across, j.Combine, j.Clamp = exact.Of(1), rule.Sheets, rule.ByPlaces, nil
		j.Equal, j.Unlike = pick(m, rule.EqualBest, rule.EqualMean), pick(m, rule.UnlikeWait, rule.UnlikeShare)
	}
	if j.Across == rule.Sheets {
		j.Sheet = m.rounding()
	}
	for c := range 1 + m.IntN(2) {
		j.Criteria = append(j.Criteria, rule.Criterion{Key: fmt.Sprintf("c%d", c), Weight: exact.Of(1), To: exact.Of(5), Step: exact.Must("0.5")})
		p.Of = p.Of.Add(exact.Of(5))
	}
	if j.Combine == rule.BySum {
		j.Seats = 4
		t, _ := j.TrimFor(4)
		p.Of = p.Of.Times(exact.Of(int64(4 - t.Low - t.High)))
	}
	if places {
		p.Of = exact.Number{}
	}
	p.Judged = j
}

func (m maker) rule() rule.Rule {
	r := rule.Rule{Format: rule.Format, Order: rule.Order{Ranking: pick(m, rule.Competition, rule.Dense), Where: pick(m, rule.Everywhere, rule.AtCuts)}}
	for i := range 1 + m.IntN(2) {
		s := rule.Stage{Key: fmt.Sprintf("s%d", i), Round: m.rounding(), Deductions: m.deductions("late")}
		places, parts := m.IntN(5) == 0, 1+m.IntN(2)
		if places {
			parts, s.Deductions = 1, nil
		}
		for k := range parts {
			p := rule.Part{Key: fmt.Sprintf("p%d%d", i, k), Weight: exact.Of(int64(1 + m.IntN(2))), Round: m.rounding(), Weighted: m.rounding(), Deductions: m.deductions("over")}
			switch kind := m.IntN(6); {
			case kind == 0 && !places:
				p.Of, p.Votes = exact.Of(10), &rule.Votes{Measure: "votes", Share: pick(m, "", rule.OfHighest, rule.OfSum)}
				if p.Votes.Share == "" {
					p.Votes.Step, p.Votes.Least = exact.Of(3), exact.Of(2)
				}
			case kind == 1 && !places && i > 0:
				p.Carried, p.Of = "s0", r.Stages[0].Of
			default:
				m.judged(&p, places)
			}
			s.Parts, s.Of = append(s.Parts, p), s.Of.Add(p.Weight.Times(p.Of))
		}
		r.Stages = append(r.Stages, s)
		heads := 1 + m.IntN(3)
		r.Cuts = append(r.Cuts, rule.Cut{Key: "to" + s.Key, Stage: s.Key, Heads: &heads, Tie: rule.Admit})
	}
	if half := exact.Must("0.5"); m.IntN(4) == 0 {
		r.Order.Tolerance = &half
	} else if m.IntN(2) == 0 {
		r.Order.Chain = append(r.Order.Chain, rule.TieBreak{By: rule.ByDecimals, Places: 3})
	}
	for range m.IntN(3) {
		s := &r.Stages[m.IntN(len(r.Stages))]
		p := &s.Parts[m.IntN(len(s.Parts))]
		r.Order.Chain = append(r.Order.Chain, []rule.TieBreak{{By: rule.ByPart, Of: p.Key}, {By: rule.ByMostFirsts, Of: p.Key}, {By: rule.ByCriterion, Of: p.Key + ".c0"}, {By: rule.ByStage, Of: "s0"}}[m.IntN(4)])
	}
	return r
}

func (m maker) set(r *rule.Rule) (set mark.Set) {
	for e := range 3 + m.IntN(4) {
		one := mark.Entry{Key: fmt.Sprintf("e%d", e), Stage: r.Stages[m.IntN(len(r.Stages))].Key}
		if m.IntN(12) == 0 {
			one.Status = pick(m, mark.Forfeit, mark.Withdrawn, mark.Disqualified)
		}
		set.Entries = append(set.Entries, one)
		for _, measure := range []string{"late", "over", "votes"} {
			if _, ok := r.Measures()[measure]; ok && m.IntN(40) > 0 {
				set.Measures = append(set.Measures, mark.Measured{Entry: one.Key, Measure: measure, Value: exact.Ratio(int64(m.IntN(13)), 2)})
			}
		}
	}
	judges := []string{"a", "b", "c", "d", "e"}[:3+m.IntN(3)]
	barred := map[[2]string]int{} // 1: recused, 2: and said so once, which holds for all parts
	for i := range r.Stages {
		for _, p := range r.Stages[i].Parts {
			if p.Judged == nil {
				continue
			}
			seats := judges
			if p.Judged.Seats > 0 {
				seats = []string{"a", "b", "c", "d"}
			}
			set.Panels = append(set.Panels, mark.Panel{Part: p.Key, Seats: seats})
			for _, e := range set.Entries {
				if e.Stage < r.Stages[i].Key {
					continue
				}
				for _, judge := range seats {
					who := [2]string{e.Key, judge}
					if _, rolled := barred[who]; !rolled {
						barred[who] = min(1, m.IntN(30)) ^ 1
					}
					if barred[who] > 0 {
						if barred[who]++; barred[who] == 2 {
							set.Marks = append(set.Marks, mark.Mark{Entry: e.Key, Part: p.Key, Judge: judge, Value: mark.Recused})
						}
						continue
					}
					if m.IntN(25) == 0 {
						set.Marks = append(set.Marks, mark.Mark{Entry: e.Key, Part: p.Key, Judge: judge, Value: mark.Absent})
						continue
					}
					for _, c := range p.Judged.Criteria {
						if m.IntN(150) > 0 {
							set.Marks = append(set.Marks, mark.Mark{Entry: e.Key, Part: p.Key, Judge: judge, Criterion: c.Key, Value: mark.Of(exact.Ratio(int64(5+m.IntN(6)), 2))})
						}
					}
				}
			}
		}
	}
	return set
}
