package scoring

import (
	"cmp"
	"slices"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// breaker breaks the ties of what a scorer has computed.
type breaker struct{ *scorer }

// split breaks a tie by the rest of the chain.
func (s breaker) split(stage int, group []int, chain []rule.TieBreak) [][]int {
	if len(group) < 2 || len(chain) == 0 {
		return [][]int{group}
	}
	by := chain[0]
	if by.By == rule.ByVote || by.By == rule.ByLots {
		return s.decided(stage, group, by)
	}
	values := make(map[int]exact.Number, len(group))
	for _, e := range group {
		n, ok := s.key(stage, e, by)
		if !ok {
			return s.split(stage, group, chain[1:])
		}
		values[e] = n
	}
	sorted := slices.Clone(group)
	slices.SortFunc(sorted, func(x, y int) int { return cmp.Or(values[y].Cmp(values[x]), cmp.Compare(x, y)) })
	if values[sorted[0]].Cmp(values[sorted[len(sorted)-1]]) != 0 {
		s.note(stage, sorted, by)
	}
	var out [][]int
	for from := 0; from < len(sorted); {
		to := from + 1
		for to < len(sorted) && values[sorted[to]].Cmp(values[sorted[from]]) == 0 {
			to++
		}
		out = append(out, s.split(stage, sorted[from:to:to], chain[1:])...)
		from = to
	}
	return out
}

// note says of entries, in their own stage, what has split their tie.
func (s breaker) note(stage int, group []int, by rule.TieBreak) {
	for _, e := range group {
		if s.t.Came[e] == stage {
			s.broken[e] = append(s.broken[e], by)
		}
	}
}

// decided orders a group as people decided, or notes that they have to.
func (s breaker) decided(stage int, group []int, by rule.TieBreak) [][]int {
	names := s.names(group)
	for _, d := range s.t.Decisions {
		if d.By != by.By || d.Stage != "" && d.Stage != s.t.Rule.Stages[stage].Key || !slices.Equal(d.Among, names) || !slices.Equal(slices.Sorted(slices.Values(d.Entries)), names) {
			continue
		}
		out := make([][]int, len(group))
		for i, name := range d.Entries {
			at, _ := slices.BinarySearch(names, name)
			sorted := slices.Sorted(slices.Values(group))
			out[i] = []int{sorted[at]}
		}
		s.note(stage, group, by)
		return out
	}
	if slices.ContainsFunc(group, func(e int) bool { return s.t.Came[e] == stage }) { // else all of them have gone on, and nothing hangs on it
		s.wants = append(s.wants, Want{By: by.By, Stage: s.t.Rule.Stages[stage].Key, Entries: names})
	}
	return [][]int{group}
}

// names are the keys of some entries, in order.
func (s *scorer) names(group []int) []string {
	names := make([]string, len(group))
	for i, e := range slices.Sorted(slices.Values(group)) {
		names[i] = s.t.Entries[e].Key
	}
	return names
}

// key is what a tie is broken by: more is better. False where the entry has none.
func (s breaker) key(stage, e int, by rule.TieBreak) (exact.Number, bool) {
	switch by.By {
	case rule.ByCriterion:
		return s.criterion(stage, e, by.Of)
	case rule.ByPart:
		i := s.partAt(by.Of)
		p := &s.t.Parts[i]
		if p.Stage > stage || !s.parts[i].scores[e].ok {
			return exact.Number{}, false
		}
		if p.Less() {
			return s.parts[i].scores[e].n.Neg(), true
		}
		return s.parts[i].scores[e].n, true
	case rule.ByStage:
		for k := range s.t.Rule.Stages[:stage] {
			if of := &s.t.Rule.Stages[k]; of.Key == by.Of && s.totals[k][e].ok {
				if of.Less() {
					return s.totals[k][e].n.Neg(), true
				}
				return s.totals[k][e].n, true
			}
		}
	case rule.ByMostFirsts:
		return s.firsts(stage, e, by.Of)
	case rule.ByDecimals:
		return s.precise(stage, e, by.Places)
	case rule.ByVote, rule.ByLots:
	}
	return exact.Number{}, false
}

func (s *scorer) partAt(key string) int {
	return slices.IndexFunc(s.t.Parts, func(p mark.Part) bool { return p.Key == key })
}

// criterion is the mean of the marks of a criterion on the sheets that were kept.
func (s breaker) criterion(stage, e int, name string) (exact.Number, bool) {
	part, c, ok := s.t.Rule.Criterion(name)
	if !ok {
		return exact.Number{}, false
	}
	i := s.partAt(part.Key)
	p := &s.t.Parts[i]
	if p.Stage > stage || !s.parts[i].scores[e].ok {
		return exact.Number{}, false
	}
	tr := PartTrace{Sheets: s.sheets(p, e)}
	s.partOf(i, e, &tr)
	at := 0
	if part.Judged.Across == rule.Columns {
		at = c
	}
	var sum exact.Number
	n := int64(0)
	for _, f := range tr.Columns[at].Scores {
		if f.Is == Kept {
			m, _ := p.Sheets[e][f.seat].Marks[c].Number()
			sum, n = sum.Add(m), n+1
		}
	}
	if n == 0 {
		return exact.Number{}, false
	}
	return sum.Over(exact.Of(n)), true
}

// firsts counts the sheets of a part on which an entry is the best of all that its judge marked.
func (s breaker) firsts(stage, e int, part string) (exact.Number, bool) {
	i := s.partAt(part)
	p := &s.t.Parts[i]
	if p.Stage > stage || !s.parts[i].scores[e].ok {
		return exact.Number{}, false
	}
	best, n := s.best(i), int64(0)
	for k := range p.Sheets[e] {
		mine := &p.Sheets[e][k]
		if mine.State == mark.Given && !sheetScore(p.Judged, mine, nil, k).Less(best[mine.Seat].n) {
			n++
		}
	}
	return exact.Of(n), true
}

// best is the highest sum on each judge's sheets of a part, looked up once: half of a large contest may be tied.
func (s breaker) best(i int) []score {
	out := &s.parts[i]
	if out.best != nil {
		return out.best
	}
	p := &s.t.Parts[i]
	out.best = make([]score, len(p.Seats))
	for e := range p.Sheets {
		if !s.ran(e, p.Stage) {
			continue
		}
		for k := range p.Sheets[e] {
			sheet := &p.Sheets[e][k]
			if sheet.State != mark.Given {
				continue
			}
			n := sheetScore(p.Judged, sheet, nil, k)
			if of := &out.best[sheet.Seat]; !of.ok || of.n.Less(n) {
				*of = score{n, true}
			}
		}
	}
	return out.best
}

// precise is the total with parts, weighted parts and the total itself rounded to other places.
func (s breaker) precise(stage, e, places int) (exact.Number, bool) {
	of := &s.t.Rule.Stages[stage]
	finer := func(r *rule.Rounding) *rule.Rounding {
		if r == nil {
			return nil
		}
		return &rule.Rounding{Places: places, Mode: r.Mode}
	}
	var sum exact.Number
	for i := range s.t.Parts {
		if s.t.Parts[i].Stage != stage {
			continue
		}
		was := s.t.Parts[i].Part
		p := *was
		p.Round, p.Weighted = finer(p.Round), finer(p.Weighted)
		s.t.Parts[i].Part = &p
		got := s.partOf(i, e, nil)
		s.t.Parts[i].Part = was
		if !got.ok {
			return exact.Number{}, false
		}
		sum = sum.Add(p.Weighted.Of(p.Weight.Times(got.n)))
	}
	less, ok := s.points(of.Deductions, e, nil)
	n := finer(of.Round).Of(sum.Add(less))
	if of.Less() {
		n = n.Neg()
	}
	return n, ok
}
