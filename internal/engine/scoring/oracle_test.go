package scoring_test

import (
	"maps"
	"math/big"
	"slices"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// oracle computes a contest as docs/scoring.md says it, in big.Rat and with no thought of speed. It has the rule and the marks of the
// engine, and nothing else of it.
type oracle struct {
	r *rule.Rule
	s mark.Set
}

func (o *oracle) entry(key string) mark.Entry {
	for _, e := range o.s.Entries {
		if e.Key == key {
			return e
		}
	}
	panic(key)
}

func (o *oracle) stageAt(key string) int {
	for i := range o.r.Stages {
		if o.r.Stages[i].Key == key {
			return i
		}
	}
	panic(key)
}

func (o *oracle) stageOf(part string) int {
	for i := range o.r.Stages {
		for k := range o.r.Stages[i].Parts {
			if o.r.Stages[i].Parts[k].Key == part {
				return i
			}
		}
	}
	panic(part)
}

// ran: in its own stage with no other status, and in all before it.
func (o *oracle) ran(key string, stage int) bool {
	e := o.entry(key)
	at := o.stageAt(e.Stage)
	return at > stage || at == stage && e.Status == mark.Ran
}

func (o *oracle) everyKey() (all []string) {
	for _, e := range o.s.Entries {
		all = append(all, e.Key)
	}
	slices.Sort(all)
	return all
}

func (o *oracle) measure(key, measure string) *big.Rat {
	for _, m := range o.s.Measures {
		if m.Entry == key && m.Measure == measure {
			return rat(m.Value)
		}
	}
	return nil
}

// sheet is a judge's: whole with marks, away, or owed.
type oracleSheet struct {
	judge string
	marks map[string]*big.Rat
	gone  bool
}

func (o *oracle) sheets(p *rule.Part, key string) (all []oracleSheet) {
	for _, panel := range o.s.Panels {
		if panel.Part != p.Key || len(panel.Entries) > 0 && !slices.Contains(panel.Entries, key) {
			continue
		}
		for _, judge := range slices.Sorted(slices.Values(panel.Seats)) {
			one := oracleSheet{judge: judge, marks: map[string]*big.Rat{}}
			for _, m := range o.s.Marks {
				if m.Entry != key || m.Judge != judge {
					continue
				}
				switch n, is := m.Value.Number(); {
				case m.Value.IsRecused(), m.Value.IsAbsent() && m.Part == p.Key:
					one.gone = true
				case is && m.Part == p.Key:
					one.marks[m.Criterion] = rat(n)
				}
			}
			all = append(all, one)
		}
	}
	return all
}

func (s *oracleSheet) whole(p *rule.Part) bool { return len(s.marks) == len(p.Judged.Criteria) }

func oracleSum(p *rule.Part, s oracleSheet) *big.Rat {
	sum := ratOf(0)
	for _, c := range p.Judged.Criteria {
		sum = plus(sum, toPlaces(p.Judged.Column, weigh(c.Weight, toPlaces(p.Judged.Mark, s.marks[c.Key]))))
	}
	return toPlaces(p.Judged.Sheet, sum)
}

// judged is a panel's score, and by criterion (or under "" of the sheets) whose were kept.
func (o *oracle) judged(p *rule.Part, key string) (*big.Rat, map[string][]value) {
	var sheets []oracleSheet
	for _, s := range o.sheets(p, key) {
		if s.gone {
			continue
		}
		if !s.whole(p) {
			return nil, nil
		}
		sheets = append(sheets, s)
	}
	if p.Judged.Combine == rule.BySum && len(sheets) != p.Judged.Seats {
		return nil, nil
	}
	kept := map[string][]value{}
	if p.Judged.Across == rule.Sheets {
		var all []value
		for _, s := range sheets {
			all = append(all, value{oracleSum(p, s), s.judge})
		}
		n, k := combine(p.Judged, all)
		kept[""] = k
		return n, kept
	}
	sum := ratOf(0)
	for _, c := range p.Judged.Criteria {
		var all []value
		for _, s := range sheets {
			all = append(all, value{toPlaces(p.Judged.Mark, s.marks[c.Key]), s.judge})
		}
		n, k := combine(p.Judged, all)
		if n == nil {
			return nil, nil
		}
		kept[c.Key] = k
		sum = plus(sum, weigh(c.Weight, toPlaces(p.Judged.Column, n)))
	}
	return sum, kept
}

// placed is the mean of an entry's places on its judges' sheets.
func (o *oracle) placed(p *rule.Part, stage int, key string) (*big.Rat, map[string][]value) {
	byJudge := map[string]map[string]*big.Rat{}
	for _, other := range o.everyKey() {
		if !o.ran(other, stage) {
			continue
		}
		off := o.points(p.Deductions, other)
		if off == nil {
			return nil, nil
		}
		for _, s := range o.sheets(p, other) {
			if s.gone {
				continue
			}
			if !s.whole(p) {
				return nil, nil
			}
			if byJudge[s.judge] == nil {
				byJudge[s.judge] = map[string]*big.Rat{}
			}
			byJudge[s.judge][other] = plus(oracleSum(p, s), off)
		}
	}
	if p.Judged.Unlike == rule.UnlikeWait {
		var first []string
		for _, of := range byJudge {
			keys := slices.Sorted(maps.Keys(of))
			if first != nil && !slices.Equal(first, keys) {
				return nil, nil
			}
			first = keys
		}
	}
	var all []value
	for judge, of := range byJudge {
		own, there := of[key]
		if !there {
			continue
		}
		better, equal := 0, 0
		for _, n := range of {
			switch own.Cmp(n) {
			case -1:
				better++
			case 0:
				equal++
			}
		}
		place := ratOf(better + 1)
		if p.Judged.Equal == rule.EqualMean {
			place = plus(place, big.NewRat(int64(equal-1), 2))
		}
		if p.Judged.Unlike == rule.UnlikeShare {
			place = over(minus(place, big.NewRat(1, 2)), ratOf(len(of)))
		}
		all = append(all, value{place, judge})
	}
	t, ok := row(p.Judged, len(all))
	if !ok {
		return nil, nil
	}
	kept := trim(all, t.High, t.Low) // high are the best, which are the least places
	return mean(kept), map[string][]value{"": kept}
}

func (o *oracle) voted(p *rule.Part, stage int, key string) *big.Rat {
	sum, highest, above := ratOf(0), ratOf(0), 0
	own := o.measure(key, p.Votes.Measure)
	for _, other := range o.everyKey() {
		if !o.ran(other, stage) {
			continue
		}
		n := o.measure(other, p.Votes.Measure)
		if n == nil {
			return nil
		}
		sum = plus(sum, n)
		if less(highest, n) {
			highest = n
		}
		if own != nil && less(own, n) {
			above++
		}
	}
	switch {
	case p.Votes.Share == "":
		n := minus(rat(p.Of), times(rat(p.Votes.Step), ratOf(above)))
		if less(n, rat(p.Votes.Least)) {
			n = rat(p.Votes.Least)
		}
		return n
	case sum.Sign() == 0:
		return ratOf(0)
	case p.Votes.Share == rule.OfSum:
		return over(weigh(p.Of, own), sum)
	}
	return over(weigh(p.Of, own), highest)
}

// points is what measured values give or take; nil: one is waited for.
func (o *oracle) points(all []rule.Points, key string) *big.Rat {
	sum := ratOf(0)
	for _, p := range all {
		n := o.measure(key, p.Measure)
		if n == nil {
			if p.Unmeasured == rule.Wait {
				return nil
			}
			continue
		}
		n = toPlaces(p.Round, n)
		switch {
		case p.Times != nil:
			sum = plus(sum, weigh(*p.Times, n))
		case p.Each != nil:
			beyond := minus(n, rat(p.Each.Over))
			if beyond.Sign() <= 0 {
				continue
			}
			mode := exact.Down
			if p.Each.Begun {
				mode = exact.Up
			}
			got := weigh(p.Each.Points, toPlaces(&rule.Rounding{Mode: mode}, over(beyond, rat(p.Each.Step))))
			if m := p.Each.Most; m != nil && new(big.Rat).Abs(got).Cmp(new(big.Rat).Abs(rat(*m))) > 0 {
				got = rat(*m)
			}
			sum = plus(sum, got)
		default:
			for _, b := range slices.Backward(p.Bands) {
				if !less(n, rat(b.From)) {
					sum = plus(sum, rat(b.Points))
					break
				}
			}
		}
	}
	return sum
}

// part is an entry's score in a part before its weight.
func (o *oracle) part(p *rule.Part, stage int, key string, round *rule.Rounding) *big.Rat {
	var n *big.Rat
	switch {
	case p.Carried != "":
		n = o.total(o.stageAt(p.Carried), key)
	case p.Votes != nil:
		n = o.voted(p, stage, key)
	case p.Judged == nil:
		n = o.points(p.Measured, key)
	case p.Judged.Combine == rule.ByPlaces:
		if n, _ = o.placed(p, stage, key); n == nil {
			return nil
		}
		return toPlaces(round, n)
	default:
		n, _ = o.judged(p, key)
	}
	off := o.points(p.Deductions, key)
	if n == nil || off == nil {
		return nil
	}
	return toPlaces(round, plus(n, off))
}

func (o *oracle) total(stage int, key string) *big.Rat {
	return o.totalTo(stage, key, func(r *rule.Rounding) *rule.Rounding { return r })
}

func (o *oracle) totalTo(stage int, key string, to func(*rule.Rounding) *rule.Rounding) *big.Rat {
	if !o.ran(key, stage) {
		return nil
	}
	st := &o.r.Stages[stage]
	sum := o.points(st.Deductions, key)
	if sum == nil {
		return nil
	}
	for i := range st.Parts {
		p := &st.Parts[i]
		n := o.part(p, stage, key, to(p.Round))
		if n == nil {
			return nil
		}
		sum = plus(sum, toPlaces(to(p.Weighted), weigh(p.Weight, n)))
	}
	return toPlaces(to(st.Round), sum)
}
