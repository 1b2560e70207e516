package scoring

import (
	"cmp"
	"slices"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// scored is one judge's score, or one judge's mark of a criterion.
type scored struct {
	n    exact.Number
	seat int // among the entry's sheets
}

// part computes a part of every entry that ran in its stage.
func (s *scorer) part(i int) {
	p := &s.t.Parts[i]
	out := &s.parts[i]
	out.scores = make([]score, len(s.t.Entries))
	switch {
	case p.Less():
		s.places(i)
	case p.Votes != nil:
		s.votes(i)
	}
	for e := range out.scores {
		if s.ran(e, p.Stage) {
			out.scores[e] = s.partOf(i, e, nil)
		}
	}
}

// partOf is an entry's score in a part: the panel's, with its deductions, rounded.
func (s *scorer) partOf(i, e int, tr *PartTrace) score {
	p := &s.t.Parts[i]
	got := s.panel(i, e, tr)
	if !got.ok {
		return got
	}
	tr.panel(got.n)
	if !p.Less() { // there they came off the sheets
		less, ok := s.points(p.Deductions, e, tr.deductions())
		if !ok {
			return score{}
		}
		got.n = got.n.Add(less)
	}
	tr.rounded(p, got.n)
	return score{p.Round.Of(got.n), true}
}

// panel is an entry's score in a part before deductions.
func (s *scorer) panel(i, e int, tr *PartTrace) score {
	p := &s.t.Parts[i]
	switch {
	case p.Carried != "":
		for k := range s.t.Rule.Stages[:p.Stage] {
			if s.t.Rule.Stages[k].Key == p.Carried {
				return s.totals[k][e]
			}
		}
		return score{}
	case p.Votes != nil:
		return s.voted(i, e, tr)
	case p.Less():
		return s.placed(i, e, tr)
	case p.Judged == nil:
		n, ok := s.points(p.Measured, e, tr.measured())
		return score{n, ok}
	case p.Judged.Across == rule.Columns:
		return s.columns(p, e, tr)
	}
	s.buffer = s.buffer[:0]
	for k := range p.Sheets[e] {
		switch sheet := &p.Sheets[e][k]; sheet.State {
		case mark.Owed:
			return score{}
		case mark.Given:
			s.buffer = append(s.buffer, scored{sheetScore(p.Judged, sheet, tr, k), k})
		case mark.Away, mark.Barred:
		}
	}
	if p.Judged.Combine == rule.BySum && len(s.buffer) != p.Judged.Seats {
		return score{}
	}
	return combined(p.Judged, s.buffer, tr.column(p.Judged, -1))
}

// sheetScore is one judge's sum: r_judge(Σ r_criterion(weight × r_mark(mark))).
func sheetScore(j *rule.Judged, sheet *mark.Sheet, tr *PartTrace, k int) (sum exact.Number) {
	for c := range j.Criteria {
		n, _ := sheet.Marks[c].Number()
		points := j.Criteria[c].Weight.Times(j.Mark.Of(n))
		tr.term(k, j, c, n, points)
		sum = sum.Add(j.Column.Of(points))
	}
	before := sum
	sum = j.Sheet.Of(sum)
	tr.sheet(k, j, before, sum)
	return sum
}

// Sum is what a sheet that was given comes to, before it is combined with others.
func Sum(j *rule.Judged, sheet *mark.Sheet) exact.Number { return sheetScore(j, sheet, nil, 0) }

// columns combines each criterion by itself.
func (s *scorer) columns(p *mark.Part, e int, tr *PartTrace) (panel score) {
	panel.ok = true
	for c := range p.Judged.Criteria {
		s.buffer = s.buffer[:0]
		for k := range p.Sheets[e] {
			switch sheet := &p.Sheets[e][k]; sheet.State {
			case mark.Owed:
				return score{}
			case mark.Given:
				n, _ := sheet.Marks[c].Number()
				s.buffer = append(s.buffer, scored{p.Judged.Mark.Of(n), k})
			case mark.Away, mark.Barred:
			}
		}
		if p.Judged.Combine == rule.BySum && len(s.buffer) != p.Judged.Seats {
			return score{}
		}
		got := combined(p.Judged, s.buffer, tr.column(p.Judged, c))
		if !got.ok {
			return got
		}
		points := p.Judged.Criteria[c].Weight.Times(p.Judged.Column.Of(got.n))
		tr.column(p.Judged, c).weighted(p.Judged.Column, got.n, points)
		panel.n = panel.n.Add(points)
	}
	return panel
}

// combined clamps, trims and combines the scores of a panel.
func combined(j *rule.Judged, all []scored, tr *Column) score {
	if j.Clamp != nil && len(all) > 0 {
		all = clamped(j, all, tr)
	}
	t, ok := j.TrimFor(len(all))
	if !ok {
		return score{}
	}
	inOrder(all)
	kept := all[t.Low : len(all)-t.High]
	tr.trimmed(t, all)
	var n exact.Number
	switch j.Combine {
	case rule.ByMedian:
		n = middle(kept)
	case rule.BySum:
		n = sumOf(kept)
	case rule.ByMean, rule.ByPlaces:
		n = sumOf(kept).Over(exact.Of(int64(len(kept))))
	}
	tr.combined(n)
	return score{n, true}
}

// inOrder sorts by score, then by seat: who is dropped of equal ones is told by the rule, too.
func inOrder(all []scored) {
	slices.SortFunc(all, func(x, y scored) int { return cmp.Or(x.n.Cmp(y.n), cmp.Compare(x.seat, y.seat)) })
}

func sumOf(all []scored) (sum exact.Number) {
	for i := range all {
		sum = sum.Add(all[i].n)
	}
	return sum
}

// middle is the median of scores in order: of an even number the mean of the two in the middle.
func middle(all []scored) exact.Number {
	n := len(all)
	if n%2 == 1 {
		return all[n/2].n
	}
	return all[n/2-1].n.Add(all[n/2].n).Over(exact.Of(2))
}

// clamped brings scores to the edge of the band, or drops those outside of it.
func clamped(j *rule.Judged, all []scored, tr *Column) []scored {
	inOrder(all)
	around := all
	if j.Clamp.Around == rule.Trimmed {
		if t, ok := j.TrimFor(len(all)); ok {
			around = all[t.Low : len(all)-t.High]
		}
	}
	var centre exact.Number
	if j.Clamp.Around == rule.Median {
		centre = middle(around)
	} else {
		centre = sumOf(around).Over(exact.Of(int64(len(around))))
	}
	by := j.Clamp.By
	if j.Clamp.Share {
		by = by.Times(centre)
	}
	low, high := centre.Sub(by), centre.Add(by)
	tr.band(low, high)
	kept := all[:0]
	for _, one := range all {
		outside := one.n.Less(low) || high.Less(one.n)
		if outside {
			tr.outside(one, j.Clamp.Drop)
			if j.Clamp.Drop {
				continue
			}
			if one.n.Less(low) {
				one.n = low
			} else {
				one.n = high
			}
		}
		kept = append(kept, one)
	}
	return kept
}
