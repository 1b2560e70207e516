package advice

import (
	"maps"
	"slices"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/lang"
)

// maxScored bounds how many entries are scored for leaving out judges one by one: a call with hundreds of rooms is as many contests.
const maxScored = 3_000_000

// change varies one judged part, and tells whether it did, or else why it cannot; neither: there is nothing to vary.
type change func(p *mark.Part) (done bool, why lang.Text)

// vary scores the variations of a stage, and says what each does to the lines of it.
func (a *adviser) vary(stage int, lines []line, to []Winners) {
	note := func(v Variation, r *scoring.Result) {
		for i, l := range lines {
			if l.stage == stage {
				to[i].Variations = append(to[i].Variations, a.compare(v, r, l))
			}
		}
	}
	seen := map[string]bool{a.result.Rule: true}
	for _, one := range []struct {
		kind Kind
		do   change
	}{{ByMean, combined(rule.ByMean)}, {ByMedian, combined(rule.ByMedian)}, {Untrimmed, untrimmed}, {Trimmed, trimmed}, {Adjusted, adjusted}} {
		v, r := a.varied(stage, Variation{Kind: one.kind}, one.do)
		if r != nil && one.kind != Adjusted {
			if seen[r.Rule] {
				continue
			}
			seen[r.Rule] = true
		}
		note(v, r)
	}
	judges := a.seats(stage)
	if len(judges)*len(a.t.Entries) > maxScored {
		why := text("评委 %d 位、作品 %d 个，逐一去掉评委要算的太多", "with %d judges and %d entries, leaving judges out one by one is too much to compute", len(judges), len(a.t.Entries))
		note(Variation{Kind: Without, Why: &why}, nil)
		return
	}
	for _, judge := range judges {
		note(a.varied(stage, Variation{Kind: Without, Judge: judge}, without(judge)))
	}
}

// seats are the judges of a stage who gave a sheet.
func (a *adviser) seats(stage int) []string {
	all := map[string]bool{}
	for i := range a.t.Parts {
		p := &a.t.Parts[i]
		if p.Stage != stage {
			continue
		}
		for e := range p.Sheets {
			for k := range p.Sheets[e] {
				if s := &p.Sheets[e][k]; s.State == mark.Given {
					all[p.Seats[s.Seat]] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// own is the table with a rule and parts that can be changed. Sheets are shared.
func (a *adviser) own() *mark.Table {
	t := *a.t
	r := a.t.Rule.Whole()
	t.Rule, t.Parts = &r, slices.Clone(a.t.Parts)
	at := 0
	for i := range r.Stages {
		for k := range r.Stages[i].Parts {
			t.Parts[at].Part = &r.Stages[i].Parts[k]
			at++
		}
	}
	return &t
}

// varied scores the table with the judged parts of a stage changed; no result: it says why not.
func (a *adviser) varied(stage int, v Variation, do change) (Variation, *scoring.Result) {
	t := a.own()
	changed, why := false, text("这个阶段没有由评委打分的环节", "nobody judges a part of this stage")
	for i := range t.Parts {
		p := &t.Parts[i]
		if p.Stage != stage || p.Judged == nil {
			continue
		}
		done, cannot := do(p)
		changed = changed || done
		if cannot != (lang.Text{}) {
			v.Left, why = append(v.Left, p.Key), cannot
		}
	}
	if !changed {
		v.Why, v.Left = &why, nil
		return v, nil
	}
	r := scoring.Score(t)
	if n, first := a.lost(stage, r); n > 0 {
		why = text("作品 %[1]s 等 %[2]d 个会没有结果：剩下的评委太少", "entry %[1]s would have no result, of %[2]d in all: too few judges would be left", first, n)
		v.Why = &why
		return v, nil
	}
	return v, r
}

// lost counts the entries that have a total and would have none.
func (a *adviser) lost(stage int, r *scoring.Result) (n int, first string) {
	key := a.t.Rule.Stages[stage].Key
	for i := range a.t.Entries {
		e := a.t.Entries[i].Key
		if _, has := a.result.Total(key, e); !has {
			continue
		}
		if _, has := r.Total(key, e); !has {
			if n == 0 {
				first = e
			}
			n++
		}
	}
	return n, first
}

// compare is what a variation does to a line.
func (a *adviser) compare(v Variation, r *scoring.Result, l line) Variation {
	v.Comes, v.Goes, v.Open, v.Left = []string{}, []string{}, []string{}, some(v.Left)
	if r == nil {
		return v
	}
	was, is := a.set(a.result, l), a.set(r, l)
	before := among(was.in) // who was tied at an open line has come in, if it is now
	for _, e := range is.in {
		if !before[e] {
			v.Comes = append(v.Comes, e)
		}
	}
	after := among(slices.Concat(is.in, is.maybe()))
	for _, e := range was.in {
		if !after[e] {
			v.Goes = append(v.Goes, e)
		}
	}
	v.Open = some(is.maybe())
	v.Changes = len(v.Comes)+len(v.Goes) > 0 || is.open != was.open || !slices.Equal(is.maybe(), was.maybe())
	v.Apart = a.apart(r, l, &is)
	return v
}

// nothing drops nobody, and has no result where the rule has none.
func nothing(j *rule.Judged) []rule.Trim { return []rule.Trim{{From: j.Trim[0].From}} }

func summed(p *mark.Part) lang.Text {
	return text("环节“%[1]s”把各位评委的分相加，换了人数或算法，总分就不可比", "part %[1]q adds the judges' marks up, and with fewer, or by another way, totals cannot be compared", p.Key)
}

// combined is the mean or the median of all.
func combined(by rule.Combine) change {
	return func(p *mark.Part) (bool, lang.Text) {
		switch p.Judged.Combine {
		case rule.BySum:
			return false, summed(p)
		case rule.ByPlaces:
			return false, text("环节“%s”按名次合成，不按分", "part %q combines places, and not marks", p.Key)
		case rule.ByMean, rule.ByMedian:
		}
		p.Judged.Combine, p.Judged.Clamp, p.Judged.Trim = by, nil, nothing(p.Judged)
		return true, lang.Text{}
	}
}

func untrimmed(p *mark.Part) (bool, lang.Text) {
	if p.Judged.Combine == rule.BySum {
		return false, summed(p)
	}
	p.Judged.Trim = nothing(p.Judged)
	return true, lang.Text{}
}

// trimmed drops one more on each side, of as many as leave one.
func trimmed(p *mark.Part) (more bool, _ lang.Text) {
	if p.Judged.Combine == rule.BySum {
		return false, summed(p)
	}
	rows := byNumber(p, func(n int, t rule.Trim) rule.Trim {
		if n-t.Low-t.High > 2 {
			t.Low, t.High, more = t.Low+1, t.High+1, true
		}
		return t
	})
	if !more {
		return false, text("环节“%s”的评委太少，两边再各去一个就没有了", "part %q has too few judges to drop one more on each side", p.Key)
	}
	p.Judged.Trim = rows
	return true, lang.Text{}
}

// byNumber is a part's trim with what is dropped of each number of judges changed.
func byNumber(p *mark.Part, to func(n int, t rule.Trim) rule.Trim) (rows []rule.Trim) {
	for n := 1; n <= largest(p); n++ {
		t, ok := p.Judged.TrimFor(n)
		if !ok {
			continue
		}
		t = to(n, t)
		if last := len(rows) - 1; last >= 0 && rows[last].Low == t.Low && rows[last].High == t.High {
			continue
		}
		rows = append(rows, rule.Trim{From: n, Low: t.Low, High: t.High})
	}
	return rows
}

// without takes a judge's sheets away.
func without(judge string) change {
	return func(p *mark.Part) (bool, lang.Text) {
		seat, ok := slices.BinarySearch(p.Seats, judge)
		if !ok {
			return false, lang.Text{}
		}
		if p.Judged.Combine == rule.BySum {
			return false, summed(p)
		}
		sheets := slices.Clone(p.Sheets)
		for e := range sheets {
			at := slices.IndexFunc(sheets[e], func(s mark.Sheet) bool { return s.Seat == seat })
			if at >= 0 {
				sheets[e] = slices.Delete(slices.Clone(sheets[e]), at, at+1)
			}
		}
		p.Sheets = sheets
		return true, lang.Text{}
	}
}

// adjusted takes each judge's severity off, criterion by criterion.
func adjusted(p *mark.Part) (bool, lang.Text) {
	if p.Less() {
		return false, text("环节“%s”按名次合成，评委的松紧本来就不起作用", "part %q combines places, which no judge's severity moves", p.Key)
	}
	severity, ok := severities(p)
	if !ok {
		return false, text("环节“%s”没有两位评委同评的作品，比不出松紧", "in part %q no entry has two sheets, and severity cannot be told", p.Key)
	}
	sheets := make([][]mark.Sheet, len(p.Sheets))
	for e := range sheets {
		sheets[e] = slices.Clone(p.Sheets[e])
		for k := range sheets[e] {
			s := &sheets[e][k]
			if s.State != mark.Given {
				continue
			}
			marks := make([]mark.Value, len(s.Marks))
			for c := range marks {
				n, _ := s.Marks[c].Number()
				marks[c] = mark.Of(p.Judged.Mark.Of(n).Sub(severity[s.Seat][c]))
			}
			s.Marks = marks
		}
	}
	p.Sheets, p.Judged.Mark = sheets, nil
	if p.Judged.Across == rule.Sheets {
		p.Judged.Column, p.Judged.Sheet = nil, nil
	}
	return true, lang.Text{}
}

// severities are by seat and criterion, on marks as they count.
func severities(p *mark.Part) (all [][]exact.Number, ok bool) {
	all = make([][]exact.Number, len(p.Seats))
	for seat := range all {
		all[seat] = make([]exact.Number, len(p.Judged.Criteria))
	}
	for c := range p.Judged.Criteria {
		of := tallies(p, nil, func(s *mark.Sheet) exact.Number {
			n, _ := s.Marks[c].Number()
			return p.Judged.Mark.Of(n)
		}, nil)
		for seat := range of {
			if of[seat].compared > 0 {
				all[seat][c], ok = of[seat].away.Over(exact.Of(int64(of[seat].compared))), true
			}
		}
	}
	return all, ok
}
