package advice

import (
	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// Other is an entry of which fewer sheets count than a full panel has. Where that takes another row of the trim's table, there is
// the total beside it that the full panel's row would give.
type Other struct {
	Entry string  `json:"entry"`
	Part  string  `json:"part"`
	N     int     `json:"n"`
	Full  int     `json:"full"`
	Low   int     `json:"low"` // dropped
	High  int     `json:"high"`
	Total *Number `json:"total"` // of the part's stage; null: it has none
	Row   *Row    `json:"row"`   // null: the same is dropped
}

// Row is what a full panel's row drops, and the total by it.
type Row struct {
	Low   int     `json:"low"`
	High  int     `json:"high"`
	Total *Number `json:"total"` // null: it would leave none, or sums are not compared
}

// others lists the entries of a part that were marked by fewer than its largest panel.
func (a *adviser) others(i int) (all []Other) {
	p := &a.t.Parts[i]
	stage, full := a.t.Rule.Stages[p.Stage].Key, largest(p)
	whole, ok := p.Judged.TrimFor(full)
	results := map[int]*scoring.Result{} // by n, with the other row for it
	for e := range p.Sheets {
		n, owed := 0, false
		for k := range p.Sheets[e] {
			switch p.Sheets[e][k].State {
			case mark.Given:
				n++
			case mark.Owed:
				owed = true
			case mark.Away, mark.Barred:
			}
		}
		if owed || n == full || len(p.Sheets[e]) == 0 {
			continue
		}
		here, has := p.Judged.TrimFor(n)
		one := Other{Entry: a.t.Entries[e].Key, Part: p.Key, N: n, Full: full, Low: here.Low, High: here.High, Total: number(a.result.Total(stage, a.t.Entries[e].Key))}
		if ok && (!has || here.Low != whole.Low || here.High != whole.High) {
			one.Row = &Row{Low: whole.Low, High: whole.High}
			if n-whole.Low-whole.High >= 1 && p.Judged.Combine != rule.BySum {
				if results[n] == nil {
					results[n] = a.byRow(i, n, whole)
				}
				one.Row.Total = number(results[n].Total(stage, one.Entry))
			}
		}
		all = append(all, one)
	}
	return all
}

// byRow scores with another row for n judges of a part.
func (a *adviser) byRow(i, n int, row rule.Trim) *scoring.Result {
	t := a.own()
	p := &t.Parts[i]
	first := p.Judged.Trim[0].From
	if n < first {
		p.Judged.Trim = append([]rule.Trim{{From: n, Low: row.Low, High: row.High}}, p.Judged.Trim...)
		return scoring.Score(t)
	}
	p.Judged.Trim = byNumber(p, func(of int, was rule.Trim) rule.Trim {
		if of == n {
			return row
		}
		return was
	})
	return scoring.Score(t)
}

func number(n exact.Number, ok bool) *Number {
	if !ok {
		return nil
	}
	return &Number{n}
}
