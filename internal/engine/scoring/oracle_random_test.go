package scoring_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// drawing makes contests by chance: small ones with coarse marks, so that ties, edges and cases of one come up all the time.
type drawing struct{ *rand.Rand }

func (d *drawing) one(of int) bool { return d.IntN(of) == 0 }

func pick[T any](d *drawing, of ...T) T { return of[d.IntN(len(of))] }

func (d *drawing) rounding() *rule.Rounding {
	if d.one(2) {
		return nil
	}
	return &rule.Rounding{Places: d.IntN(3), Mode: pick(d, exact.HalfUp, exact.HalfEven, exact.Down, exact.Up)}
}

func (d *drawing) tenths(from, to int64) exact.Number {
	return exact.Ratio(from+d.Int64N(to-from+1), 10)
}

func (d *drawing) points(measure string, kind rule.Kind, sign int64) rule.Points {
	p := rule.Points{Measure: measure, Kind: kind, Unmeasured: pick(d, rule.None, rule.Wait, rule.None), Round: d.rounding()}
	switch d.IntN(3) {
	case 0:
		n := exact.Ratio(sign*d.Int64N(20), 10)
		p.Times = &n
	case 1:
		p.Each = &rule.Each{Over: d.tenths(0, 20), Step: d.tenths(1, 9), Begun: d.one(2), Points: exact.Ratio(sign*d.Int64N(9), 10)}
		if d.one(2) || sign > 0 {
			most := exact.Ratio(sign*d.Int64N(20), 10)
			p.Each.Most = &most
		}
	default:
		from := d.tenths(0, 10)
		for range 1 + d.IntN(3) {
			p.Bands = append(p.Bands, rule.Band{From: from, Points: exact.Ratio(sign*d.Int64N(20), 10)})
			from = from.Add(d.tenths(1, 20))
		}
	}
	return p
}

func (d *drawing) deductions(name string) (all []rule.Points) {
	if d.one(3) {
		all = append(all, d.points("off-"+name, rule.Count, -1))
	}
	return all
}

func (d *drawing) trim() (all []rule.Trim) {
	for from := 1 + d.IntN(2); len(all) < 1+d.IntN(3); from += 1 + d.IntN(3) {
		t := rule.Trim{From: from, Low: d.IntN(from)}
		t.High = d.IntN(from - t.Low)
		all = append(all, t)
	}
	return all
}

func (d *drawing) judged(seats int) *rule.Judged {
	j := &rule.Judged{Across: pick(d, rule.Sheets, rule.Columns), Trim: d.trim(), Combine: pick(d, rule.ByMean, rule.ByMedian, rule.BySum), Mark: d.rounding(), Column: d.rounding(), Sheet: d.rounding()}
	for i := range 1 + d.IntN(3) {
		j.Criteria = append(j.Criteria, rule.Criterion{Key: fmt.Sprintf("c%d", i), Weight: pick(d, exact.Of(1), exact.Ratio(1, 2), exact.Ratio(3, 10)), To: exact.Of(2), Step: exact.Ratio(1, 4)})
	}
	if d.one(2) {
		j.Clamp = &rule.Clamp{Around: pick(d, rule.Mean, rule.Median, rule.Trimmed), By: d.tenths(0, 9), Share: d.one(2), Drop: j.Combine != rule.BySum && d.one(2)}
	}
	if j.Combine == rule.BySum {
		j.Seats = seats
	}
	if j.Across == rule.Columns {
		j.Sheet = nil
	}
	return j
}

func (d *drawing) places() *rule.Judged {
	j := d.judged(0)
	j.Across, j.Combine, j.Clamp, j.Seats = rule.Sheets, rule.ByPlaces, nil, 0
	j.Equal, j.Unlike = pick(d, rule.EqualBest, rule.EqualMean), pick(d, rule.UnlikeWait, rule.UnlikeShare, rule.UnlikeShare)
	return j
}

func (d *drawing) part(key, before string, seats int) rule.Part {
	p := rule.Part{Key: key, Weight: pick(d, exact.Of(1), exact.Ratio(4, 10), exact.Ratio(6, 10)), Of: exact.Of(10), Deductions: d.deductions(key), Round: d.rounding(), Weighted: d.rounding()}
	switch n := d.IntN(8); {
	case n == 0:
		p.Votes = &rule.Votes{Measure: "votes", Share: pick(d, rule.OfHighest, rule.OfSum, "")}
		if p.Votes.Share == "" {
			p.Votes.Step, p.Votes.Least = d.tenths(1, 30), d.tenths(0, 50)
		}
	case n == 1:
		p.Measured = []rule.Points{d.points("got-"+key, pick(d, rule.Count, rule.Portion, rule.YesNo), 1)}
	case n == 2 && before != "":
		p.Carried = before
	default:
		p.Judged = d.judged(seats)
	}
	return p
}

func (d *drawing) rule(seats int) *rule.Rule {
	r := &rule.Rule{Format: rule.Format, Order: rule.Order{Ranking: pick(d, rule.Competition, rule.Dense), Where: pick(d, rule.Everywhere, rule.Everywhere, rule.AtCuts)}}
	before := ""
	for s := range 1 + d.IntN(2) {
		st := rule.Stage{Key: fmt.Sprintf("s%d", s), Deductions: d.deductions(fmt.Sprintf("s%d", s)), Round: d.rounding()}
		for p := range 1 + d.IntN(2) {
			st.Parts = append(st.Parts, d.part(fmt.Sprintf("p%d%d", s, p), before, seats))
		}
		if d.one(5) {
			p := st.Parts[0]
			p.Weight, p.Judged, p.Votes, p.Measured, p.Carried = exact.Of(1), d.places(), nil, nil, ""
			st.Parts, st.Deductions = []rule.Part{p}, nil
		} else {
			before = st.Key
		}
		r.Stages = append(r.Stages, st)
	}
	if d.one(4) {
		n := d.tenths(1, 5)
		r.Order.Tolerance = &n
	}
	for range d.IntN(4) {
		if t := d.tieBreak(r); t.By != "" {
			r.Order.Chain = append(r.Order.Chain, t)
		}
	}
	for c := range d.IntN(3) {
		cut := rule.Cut{Key: fmt.Sprintf("cut%d", c), Stage: pick(d, r.Stages...).Key, Tie: pick(d, rule.Admit, rule.Decide, rule.KeepOut)}
		if d.one(2) {
			n := 1 + d.IntN(4)
			cut.Heads = &n
		} else {
			n := d.tenths(1, 10)
			cut.Share = &n
		}
		if st := r.Stages[slices.IndexFunc(r.Stages, func(s rule.Stage) bool { return s.Key == cut.Stage })]; d.one(4) && !st.Less() {
			n := d.tenths(0, 30)
			cut.Least = &n
		}
		r.Cuts = append(r.Cuts, cut)
		if d.one(2) {
			r.Quotas = append(r.Quotas, rule.Quota{Cut: cut.Key, Of: "unit", Most: 1 + d.IntN(2), Each: []rule.Limit{{Group: "u1", Most: d.IntN(3)}}})
		}
	}
	return r
}

func (d *drawing) tieBreak(r *rule.Rule) rule.TieBreak {
	st := pick(d, r.Stages...)
	p := pick(d, st.Parts...)
	switch by := pick(d, rule.ByCriterion, rule.ByDecimals, rule.ByPart, rule.ByStage, rule.ByMostFirsts, rule.ByLots, rule.ByVote); {
	case (by == rule.ByCriterion || by == rule.ByMostFirsts) && p.Judged == nil, by == rule.ByDecimals && r.Order.Tolerance != nil, by == rule.ByStage && len(r.Stages) < 2:
		return rule.TieBreak{}
	case by == rule.ByCriterion:
		return rule.TieBreak{By: by, Of: p.Key + "." + pick(d, p.Judged.Criteria...).Key}
	case by == rule.ByPart || by == rule.ByMostFirsts:
		return rule.TieBreak{By: by, Of: p.Key}
	case by == rule.ByStage:
		return rule.TieBreak{By: by, Of: r.Stages[0].Key}
	case by == rule.ByDecimals:
		return rule.TieBreak{By: by, Places: d.IntN(5)}
	default:
		return rule.TieBreak{By: by}
	}
}

func (d *drawing) set(r *rule.Rule, seats int) (s mark.Set) {
	whole := 30 + d.IntN(200) // how seldom something is not there
	for e := range 1 + d.IntN(7) {
		one := mark.Entry{Key: fmt.Sprintf("e%d", e), Stage: pick(d, r.Stages...).Key, Groups: map[string][]string{"unit": {fmt.Sprintf("u%d", d.IntN(3))}}}
		if d.one(12) {
			one.Status = pick(d, mark.Forfeit, mark.Withdrawn, mark.Disqualified)
		}
		kinds := r.Measures()
		for _, measure := range slices.Sorted(maps.Keys(kinds)) {
			kind := kinds[measure]
			if d.one(whole) {
				continue
			}
			n := d.tenths(0, 40)
			switch kind {
			case rule.Portion:
				n = d.tenths(0, 10)
			case rule.YesNo:
				n = exact.Of(d.Int64N(2))
			case rule.Count:
			}
			s.Measures = append(s.Measures, mark.Measured{Entry: one.Key, Measure: measure, Value: n})
		}
		s.Entries = append(s.Entries, one)
	}
	recused := map[string]bool{}
	for at := range r.Stages {
		for _, p := range r.Stages[at].Parts {
			if p.Judged != nil {
				d.marks(&s, r, at, p, seats, recused, whole)
			}
		}
	}
	return s
}

func (d *drawing) marks(s *mark.Set, r *rule.Rule, stage int, p rule.Part, seats int, recused map[string]bool, whole int) {
	panels := [][]string{nil} // entries
	var came []string
	for _, e := range s.Entries {
		if at := slices.IndexFunc(r.Stages, func(st rule.Stage) bool { return st.Key == e.Stage }); at >= stage {
			came = append(came, e.Key)
		}
	}
	if len(came) > 2 && d.one(3) {
		panels = [][]string{came[:len(came)/2], came[len(came)/2:]}
	}
	for i, entries := range panels {
		panel := mark.Panel{Part: p.Key, Entries: entries}
		for k := range seats {
			panel.Seats = append(panel.Seats, fmt.Sprintf("j%d", k+i*d.IntN(2)*seats))
		}
		panel.Seats = slices.Compact(slices.Sorted(slices.Values(panel.Seats)))
		for len(panel.Seats) < seats {
			panel.Seats = append(panel.Seats, fmt.Sprintf("x%d", len(panel.Seats)))
		}
		s.Panels = append(s.Panels, panel)
		if entries == nil {
			entries = came
		}
		for _, e := range entries {
			for _, judge := range panel.Seats {
				m := mark.Mark{Entry: e, Part: p.Key, Judge: judge}
				switch gone := recused[e+judge]; {
				case gone:
					continue // in another part
				case d.one(25):
					m.Value = mark.Absent
				case d.one(25) && stage == 0 && len(r.Stages) == 1 && len(r.Stages[0].Parts) == 1:
					m.Value, recused[e+judge] = mark.Recused, true
				default:
					for _, c := range p.Judged.Criteria {
						if d.one(whole) {
							continue
						}
						m.Criterion, m.Value = c.Key, mark.Of(exact.Ratio(d.Int64N(9), 4))
						s.Marks = append(s.Marks, m)
					}
					continue
				}
				s.Marks = append(s.Marks, m)
			}
		}
	}
}

// decided adds decisions for ties that want one, so that the second look goes on from there.
func (d *drawing) decided(s mark.Set, wants []scoring.Want) mark.Set {
	s.Decisions = slices.Clone(s.Decisions)
	for _, w := range wants {
		all := slices.Clone(w.Entries)
		d.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
		one := mark.Decision{By: w.By, Cut: w.Cut, Among: w.Entries, Entries: all}
		if w.Cut != "" {
			one.Entries = all[:d.IntN(w.Room+1)]
		}
		s.Decisions = append(s.Decisions, one)
	}
	return s
}

// The engine's totals, places and cuts are those of the plain computation, for rules and marks by chance.
func TestAgainstOracle(t *testing.T) {
	rounds := uint64(1500)
	if testing.Short() {
		rounds = 300
	}
	base := rand.Uint64()
	seen := map[string]int{}
	for seed := base; seed < base+rounds; seed++ {
		d := &drawing{rand.New(rand.NewPCG(seed, 7))}
		seats := 1 + d.IntN(6)
		r := d.rule(seats)
		set := d.set(r, seats)
		for range 2 {
			table, err := mark.Arrange(r, set)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			result := scoring.Score(table)
			if why := differs(&oracle{r, set}, result, seen); why != "" {
				rules, _ := json.Marshal(r)
				marks, _ := json.Marshal(set)
				t.Fatalf("seed %d: %s\n%s\n%s", seed, why, rules, marks)
			}
			if len(result.Wants) == 0 {
				break
			}
			set = d.decided(set, result.Wants)
		}
	}
	if testing.Short() {
		return // too few to hold what they were against
	}
	for _, what := range []string{"total", "none", "tied", "cut", "open", "line", "passed", "brute"} {
		if seen[what] < 5 {
			t.Errorf("only %d cases of %q: %v", seen[what], what, seen)
		}
	}
}

// differs says what is unlike the plain computation.
func differs(o *oracle, r *scoring.Result, seen map[string]int) string {
	place, tied := o.places()
	for _, e := range r.Entries {
		stage := o.stageAt(o.entry(e.Key).Stage)
		want := o.total(stage, e.Key)
		switch {
		case (want != nil) != e.Has:
			return fmt.Sprintf("%s has a total: %v, want %v", e.Key, e.Has, want)
		case want == nil:
			seen["none"]++
			if e.Place != 0 || (len(e.Waits) == 0) == (e.Status == mark.Ran) {
				return fmt.Sprintf("%s has place %d and waits for %v", e.Key, e.Place, e.Waits)
			}
			continue
		case rat(e.Total).Cmp(want) != 0 && !e.Total.Whole() || e.Total.String() != text(want):
			return fmt.Sprintf("%s is %s, want %s", e.Key, e.Total, text(want))
		case e.Place != place[e.Key] || e.Tied != tied[e.Key]:
			return fmt.Sprintf("%s has place %d, %v, want %d, %v", e.Key, e.Place, e.Tied, place[e.Key], tied[e.Key])
		}
		seen["total"]++
		if e.Tied {
			seen["tied"]++
		}
	}
	for i, c := range o.r.Cuts {
		got := r.Cuts[i]
		in, passed, line, open := o.cut(c)
		if !slices.Equal(got.In, in) || !slices.Equal(got.Passed, passed) || !slices.Equal(got.AtLine, line) || got.Open != open {
			return fmt.Sprintf("cut %v: want %v, passed %v, line %v, open %v", got, in, passed, line, open)
		}
		if len(line) == 0 {
			if best := o.bestSet(c); !slices.Equal(best, got.In) {
				return fmt.Sprintf("cut %v: the best set is %v", got, best)
			}
			seen["brute"]++
		}
		seen["cut"]++
		seen["open"] += count(open)
		seen["line"] += len(line)
		seen["passed"] += len(passed)
	}
	return ""
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}
