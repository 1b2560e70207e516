package scoring

import (
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// Graded is an entry's grade. While a measured value is missing there is none, and only what it will be at least and can be at most.
type Graded struct {
	Grade   string   `json:"grade"`    // empty: none, or not known yet
	Known   bool     `json:"known"`    // nothing is missing
	AtLeast string   `json:"at_least"` // whatever is missing turns out to be
	AtMost  string   `json:"at_most"`
	Missing []string `json:"missing"` // measures, by name
}

// grader gives grades for what a scorer has computed.
type grader struct{ *scorer }

// grade is an entry's grade by the last stage, if it came there.
func (s grader) grade(e int) *Graded {
	last := len(s.t.Rule.Stages) - 1
	if len(s.t.Rule.Grades) == 0 || !s.ran(e, last) {
		return nil
	}
	least, most, ok := s.within(last, e)
	if !ok {
		return nil // a judge's mark is missing
	}
	g := &Graded{AtLeast: s.reached(e, least, false), AtMost: s.reached(e, most, true)}
	g.Missing = s.unmeasured(last, e, g)
	g.Known = len(g.Missing) == 0 || g.AtLeast == g.AtMost
	if g.Known {
		g.Grade = g.AtLeast
	}
	return g
}

// reached is the highest grade of a total; a floor whose value is missing holds or not as hoped.
func (s grader) reached(e int, total *exact.Number, hoped bool) string {
	for _, g := range s.t.Rule.Grades {
		if g.From != nil && (total == nil && !hoped || total != nil && total.Less(*g.From)) {
			continue
		}
		holds := true
		for _, f := range g.Floors {
			v := s.measured(f.Measure, e)
			holds = holds && (v.There && above(f, v.Value) || !v.There && hoped)
		}
		if holds {
			return g.Key
		}
	}
	return ""
}

func above(f rule.Floor, n exact.Number) bool {
	return (f.From == nil || !n.Less(*f.From)) && (f.To == nil || !f.To.Less(n))
}

// within is between what a total must come to be, given what is measured so far; nil where there is no bound. False where more than measured
// values are missing.
func (s grader) within(stage, e int) (least, most *exact.Number, ok bool) {
	if total := s.totals[stage][e]; total.ok {
		return &total.n, &total.n, true
	}
	of := &s.t.Rule.Stages[stage]
	var low, high exact.Number
	bounded := true
	add := func(all []rule.Points) (l, h exact.Number) {
		for i := range all {
			p := &all[i]
			if v := s.measured(p.Measure, e); v.There || p.Unmeasured == rule.None {
				n := exact.Number{}
				if v.There {
					n = Points(p, v.Value)
				}
				l, h = l.Add(n), h.Add(n)
				continue
			}
			from, to, has := span(p)
			bounded = bounded && has
			l, h = l.Add(from), h.Add(to)
		}
		return l, h
	}
	for i := range s.t.Parts {
		p := &s.t.Parts[i]
		if p.Stage != stage {
			continue
		}
		l, h := s.parts[i].scores[e].n, s.parts[i].scores[e].n
		if !s.parts[i].scores[e].ok {
			if len(p.Measured) == 0 {
				return nil, nil, false
			}
			l, h = add(p.Measured)
			dl, dh := add(p.Deductions)
			l, h = p.Round.Of(l.Add(dl)), p.Round.Of(h.Add(dh))
		}
		low, high = low.Add(p.Weighted.Of(p.Weight.Times(l))), high.Add(p.Weighted.Of(p.Weight.Times(h)))
	}
	l, h := add(of.Deductions)
	low, high = of.Round.Of(low.Add(l)), of.Round.Of(high.Add(h))
	if !bounded {
		return nil, &high, true
	}
	return &low, &high, true
}

// unmeasured lists what is missing of a stage's measures, and of the floors that are between what a grade is at least and at most: a
// grade above is out of reach by what was measured.
func (s grader) unmeasured(stage, e int, of *Graded) []string {
	all := []string{}
	seen := map[string]bool{}
	note := func(measure string, is bool) {
		if is && !seen[measure] && !s.measured(measure, e).There {
			all, seen[measure] = append(all, measure), true
		}
	}
	points := func(of []rule.Points) {
		for _, p := range of {
			note(p.Measure, p.Unmeasured == rule.Wait)
		}
	}
	for i := range s.t.Parts {
		if p := &s.t.Parts[i]; p.Stage == stage {
			points(p.Measured)
			points(p.Deductions)
		}
	}
	points(s.t.Rule.Stages[stage].Deductions)
	between := false
	for _, g := range s.t.Rule.Grades {
		between = (between || g.Key == of.AtMost) && g.Key != of.AtLeast
		for _, f := range g.Floors {
			note(f.Measure, between)
		}
	}
	return all
}
