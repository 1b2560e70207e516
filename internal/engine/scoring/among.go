package scoring

import (
	"cmp"
	"slices"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// ofPart is what an entry is among the others of a part: its score by votes, or its place on each sheet.
type ofPart struct {
	voted  exact.Number
	places []scored
}

// votes turns counts into points once every entry that ran has one.
func (s *scorer) votes(i int) {
	p, out := &s.t.Parts[i], &s.parts[i]
	var all []int
	var sum, highest exact.Number
	for e := range s.t.Entries {
		if !s.ran(e, p.Stage) {
			continue
		}
		v := s.measured(p.Votes.Measure, e)
		if !v.There {
			out.why = WhyOthers
			return
		}
		all, sum = append(all, e), sum.Add(v.Value)
		if highest.Less(v.Value) {
			highest = v.Value
		}
	}
	out.among = make([]ofPart, len(s.t.Entries))
	count := func(e int) exact.Number { return s.measured(p.Votes.Measure, e).Value }
	slices.SortFunc(all, func(x, y int) int { return cmp.Or(count(y).Cmp(count(x)), cmp.Compare(x, y)) })
	rank := 0
	for k, e := range all {
		if k > 0 && count(all[k-1]).Cmp(count(e)) != 0 {
			rank = k
		}
		base := sum
		if p.Votes.Share == rule.OfHighest {
			base = highest
		}
		n := exact.Number{}
		switch {
		case p.Votes.Share == "":
			n = p.Of.Sub(p.Votes.Step.Times(exact.Of(int64(rank))))
			if n.Less(p.Votes.Least) {
				n = p.Votes.Least
			}
		case base.Sign() > 0:
			n = p.Of.Times(count(e)).Over(base)
		}
		out.among[e].voted = n
	}
}

func (s *scorer) voted(i, e int, tr *PartTrace) score {
	if s.parts[i].why != "" {
		return score{}
	}
	v := s.measured(s.t.Parts[i].Votes.Measure, e)
	tr.votes(v.Value)
	return score{s.parts[i].among[e].voted, true}
}

// places turns each judge's sheets into places among the entries that ran, once all of them are there.
func (s *scorer) places(i int) {
	p, out := &s.t.Parts[i], &s.parts[i]
	bySeat := make([][]scored, len(p.Seats)) // its seat field is the entry here
	for e := range s.t.Entries {
		if !s.ran(e, p.Stage) {
			continue
		}
		less, ok := s.points(p.Deductions, e, nil)
		if !ok {
			out.why = WhyOthers
			return
		}
		for k := range p.Sheets[e] {
			switch sheet := &p.Sheets[e][k]; sheet.State {
			case mark.Owed:
				out.why = WhyOthers
				return
			case mark.Given:
				bySeat[sheet.Seat] = append(bySeat[sheet.Seat], scored{sheetScore(p.Judged, sheet, nil, k).Add(less), e})
			case mark.Away, mark.Barred:
			}
		}
	}
	if p.Judged.Unlike == rule.UnlikeWait && !alike(bySeat) {
		out.why = WhyUnlike
		return
	}
	out.among = make([]ofPart, len(s.t.Entries))
	for seat, all := range bySeat {
		inOrder(all)
		slices.Reverse(all)
		for from := 0; from < len(all); {
			to := from + 1
			for to < len(all) && all[to].n.Cmp(all[from].n) == 0 {
				to++
			}
			place := exact.Of(int64(from + 1))
			if p.Judged.Equal == rule.EqualMean {
				place = exact.Of(int64(from + 1 + to)).Over(exact.Of(2))
			}
			if p.Judged.Unlike == rule.UnlikeShare {
				place = place.Sub(exact.Ratio(1, 2)).Over(exact.Of(int64(len(all))))
			}
			for _, one := range all[from:to] {
				out.among[one.seat].places = append(out.among[one.seat].places, scored{place, seat})
			}
			from = to
		}
	}
}

// alike tells whether judges who marked anything marked the same entries.
func alike(bySeat [][]scored) bool {
	var first []int
	for _, all := range bySeat {
		if len(all) == 0 {
			continue
		}
		entries := make([]int, len(all))
		for i, one := range all {
			entries[i] = one.seat
		}
		slices.Sort(entries)
		if first == nil {
			first = entries
		}
		if !slices.Equal(first, entries) {
			return false
		}
	}
	return true
}

// placed is the mean of an entry's places, the best and the worst left out as the rule says.
func (s *scorer) placed(i, e int, tr *PartTrace) score {
	p := &s.t.Parts[i]
	if s.parts[i].why != "" {
		return score{}
	}
	all := slices.Clone(s.parts[i].among[e].places)
	t, ok := p.Judged.TrimFor(len(all))
	if !ok {
		return score{}
	}
	inOrder(all)
	slices.Reverse(all) // the worst first: low means worst
	kept := all[t.Low : len(all)-t.High]
	mean := sumOf(kept).Over(exact.Of(int64(len(kept))))
	if tr != nil {
		s.points(p.Deductions, e, tr.deductions())
		for k := range p.Sheets[e] {
			if sheet := &p.Sheets[e][k]; sheet.State == mark.Given {
				sheetScore(p.Judged, sheet, tr, k)
			}
		}
		tr.placed(p, e, all, t)
		tr.column(p.Judged, -1).combined(mean)
	}
	return score{mean, true}
}
