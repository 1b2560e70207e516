// Package advice looks at a contest from other sides before its result is announced: would the winners be others?
//
//	a := advice.Of(table, order) // order: the keys of the entries as they were heard, or nil
//	a.Winners[0].Variations      // each with who would come in and who would go
//	a.Lines(names)               // in sentences of both languages
//
// It is advice: nothing here changes a total or a place, and only the rule decides. Whoever has to announce a result learns
// beforehand what somebody will ask of it afterwards: whether it hangs on one judge, on how many sheets are dropped, or on a
// hundredth of a point.
//
// # Variations
//
// A variation is the same table scored by [scoring.Score] with the judged parts of one stage changed: combined by the mean or the
// median of all sheets, trimmed not at all or by one more on each side, with each judge's severity taken off, or without one
// judge. What is carried over from earlier stages, who came how far, votes, deductions and people's decisions stay as they are. A
// variation that comes to the rule itself is left out; one that cannot be computed says why. Sums are not varied, since a sum of
// fewer is another scale, nor is a mean of marks put in place of a mean of places.
//
// # Severity
//
// A judge's severity is the mean, over the entries that have at least two sheets, of the judge's sheet less the mean of all sheets
// of that entry: above zero is generous. For the variation it is taken criterion by criterion off marks that are not rounded
// again until the panel's score. Where every judge marked every entry, a constant that one judge adds to all marks moves all
// adjusted sheets alike, and so no place.
//
// Everything is exact but what is said to be rounded: a standard deviation has two places, and its square is beside it.
package advice

import (
	"slices"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/lang"
)

// Advice is what is to be known of a result beside it.
type Advice struct {
	Rule        string    `json:"rule"`        // the hash of it
	Provisional bool      `json:"provisional"` // an entry waits
	Winners     []Winners `json:"winners"`
	Judges      []Judge   `json:"judges"` // by part and name
	Panels      []Panel   `json:"panels"`
	Others      []Other   `json:"others"` // entries with fewer judges than the full panel
}

// Number is an exact number, as text a decimal, or n/d where it does not end.
type Number struct{ exact.Number }

// MarshalText writes the number.
func (n Number) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// Winners is one set of winners, and how firm it is.
type Winners struct {
	Cut        string      `json:"cut"` // empty: who is first in the last stage
	Stage      string      `json:"stage"`
	In         []string    `json:"in"`      // by place
	AtLine     []string    `json:"at_line"` // tied across it
	Open       bool        `json:"open"`    // people have to decide among these
	Apart      *Number     `json:"apart"`   // how far the last who is in is ahead of the first who is not; null: nobody is out
	Step       *Number     `json:"step"`    // the least by which totals can differ, or a mark can move one
	Near       []string    `json:"near"`    // who is no more than a step from the other side
	Variations []Variation `json:"variations"`
}

// Variation is what the winners would be.
type Variation struct {
	Kind    Kind       `json:"kind"`
	Judge   string     `json:"judge,omitempty"` // who is left out
	Changes bool       `json:"changes"`
	Comes   []string   `json:"comes"`
	Goes    []string   `json:"goes"`
	Open    []string   `json:"open"` // tied at the line, for people to decide
	Apart   *Number    `json:"apart"`
	Why     *lang.Text `json:"why,omitempty"` // it cannot be computed
	Left    []string   `json:"left"`          // parts that it cannot vary, and which are as the rule has them
}

// Kind is what is varied.
type Kind string

// The kinds.
const (
	ByMean    Kind = "mean"      // of all sheets, nothing dropped or clamped
	ByMedian  Kind = "median"    // likewise
	Untrimmed Kind = "untrimmed" // the rule's own way, nothing dropped
	Trimmed   Kind = "trimmed"   // one more dropped on each side where enough are left
	Adjusted  Kind = "adjusted"  // severity taken off
	Without   Kind = "without"   // one judge
)

// Of looks at a table. The order in which entries were heard is for what drifts with it.
func Of(t *mark.Table, order []string) Advice {
	a := adviser{t: t, result: scoring.Score(t)}
	out := Advice{Rule: a.result.Rule, Provisional: a.result.Provisional, Winners: []Winners{}, Judges: []Judge{}, Panels: []Panel{}, Others: []Other{}}
	lines := a.lines()
	for _, l := range lines {
		out.Winners = append(out.Winners, a.winners(l))
	}
	for stage := range t.Rule.Stages {
		if slices.ContainsFunc(lines, func(l line) bool { return l.stage == stage }) {
			a.vary(stage, lines, out.Winners)
		}
	}
	position := map[string]int{}
	for i, key := range order {
		position[key] = i + 1
	}
	for i := range t.Parts {
		if t.Parts[i].Judged == nil {
			continue
		}
		judges, panel := a.judges(&t.Parts[i], position)
		out.Judges = append(out.Judges, judges...)
		out.Panels = append(out.Panels, panel)
		out.Others = append(out.Others, a.others(i)...)
	}
	return out
}

type adviser struct {
	t      *mark.Table
	result *scoring.Result
}

// line is a cut, or who is first.
type line struct {
	cut   int // of the rule's; -1: none
	stage int
}

// lines are the cuts, and the first place of a last stage that has none.
func (a *adviser) lines() (all []line) {
	last := len(a.t.Rule.Stages) - 1
	ends := false
	for i, c := range a.t.Rule.Cuts {
		stage := slices.IndexFunc(a.t.Rule.Stages, func(s rule.Stage) bool { return s.Key == c.Stage })
		all = append(all, line{i, stage})
		ends = ends || stage == last
	}
	if !ends {
		all = append(all, line{-1, last})
	}
	return all
}

// set is who is in by a result.
type set struct {
	in, atLine, passed []string
	open               bool
}

// maybe is who may be in yet.
func (s *set) maybe() []string {
	if s.open {
		return s.atLine
	}
	return nil
}

func (a *adviser) set(r *scoring.Result, l line) set {
	if l.cut >= 0 {
		c := &r.Cuts[l.cut]
		return set{c.In, c.AtLine, c.Passed, c.Open}
	}
	s := set{in: []string{}}
	for i := range r.Entries {
		if e := &r.Entries[i]; e.Place == 1 && e.Stage == a.t.Rule.Stages[l.stage].Key {
			s.in = append(s.in, e.Key)
		}
	}
	if len(s.in) > 1 {
		s.atLine = s.in
	}
	return s
}

// edges are the total of the last who is in, and of the first who is not.
func (a *adviser) edges(r *scoring.Result, l line, s *set) (in, out *exact.Number) {
	of := &a.t.Rule.Stages[l.stage]
	worse := func(x, y exact.Number) bool { return x.Less(y) != of.Less() && x.Cmp(y) != 0 }
	inside := among(s.in)
	passed := among(s.passed)
	for i := range a.t.Entries {
		key := a.t.Entries[i].Key
		n, ok := r.Total(of.Key, key)
		switch {
		case !ok || passed[key]:
		case inside[key]:
			if in == nil || worse(n, *in) {
				in = &n
			}
		case out == nil || worse(*out, n):
			out = &n
		}
	}
	return in, out
}

// apart is how far the two sides of a line are from each other; below zero where a tolerance or a quota has put them across.
func (a *adviser) apart(r *scoring.Result, l line, s *set) *Number {
	in, out := a.edges(r, l, s)
	if in == nil || out == nil {
		return nil
	}
	n := in.Sub(*out)
	if a.t.Rule.Stages[l.stage].Less() {
		n = n.Neg()
	}
	return &Number{n}
}

func among(keys []string) map[string]bool {
	all := make(map[string]bool, len(keys))
	for _, k := range keys {
		all[k] = true
	}
	return all
}

// winners is a set of winners as the rule has it, and who is near its line.
func (a *adviser) winners(l line) Winners {
	s := a.set(a.result, l)
	w := Winners{Stage: a.t.Rule.Stages[l.stage].Key, In: s.in, AtLine: some(s.atLine), Open: s.open, Apart: a.apart(a.result, l, &s), Near: []string{}, Variations: []Variation{}}
	if l.cut >= 0 {
		w.Cut = a.t.Rule.Cuts[l.cut].Key
	}
	step, ok := a.step(l.stage)
	if !ok || w.Apart == nil {
		return w
	}
	w.Step = &Number{step}
	in, out := a.edges(a.result, l, &s)
	inside, passed := among(s.in), among(s.passed)
	for i := range a.result.Entries {
		key := a.result.Entries[i].Key
		n, has := a.result.Total(w.Stage, key)
		if !has || passed[key] {
			continue
		}
		far := n.Sub(*out)
		if !inside[key] {
			far = in.Sub(n)
		}
		if a.t.Rule.Stages[l.stage].Less() {
			far = far.Neg()
		}
		if !step.Less(far) {
			w.Near = append(w.Near, key)
		}
	}
	return w
}

// step is the last place of a stage's totals; where they are not rounded, what one step of one mark, or one place, can move.
func (a *adviser) step(stage int) (least exact.Number, ok bool) {
	if r := a.t.Rule.Stages[stage].Round; r != nil {
		least = exact.Of(1)
		for range r.Places {
			least = least.Over(exact.Of(10))
		}
		return least, true
	}
	for i := range a.t.Parts {
		p := &a.t.Parts[i]
		if p.Stage != stage || p.Judged == nil || largest(p) == 0 {
			continue
		}
		for c := range p.Judged.Criteria {
			k := &p.Judged.Criteria[c]
			n := p.Weight.Times(k.Weight).Times(k.Step)
			if p.Less() {
				n = p.Weight
			}
			if p.Judged.Combine == rule.ByMean || p.Less() {
				n = n.Over(exact.Of(int64(largest(p))))
			}
			if !ok || n.Less(least) {
				least, ok = n, true
			}
		}
	}
	return least, ok
}

// largest is how many seats the largest panel of a part has.
func largest(p *mark.Part) (n int) {
	for e := range p.Sheets {
		n = max(n, len(p.Sheets[e]))
	}
	return n
}

// some is a list that is not nil.
func some(all []string) []string { return append([]string{}, all...) }
