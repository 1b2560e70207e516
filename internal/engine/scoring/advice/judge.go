package advice

import (
	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
)

// Judge is how one judge marks in a part. Numbers are null where there are too few sheets.
type Judge struct {
	Part     string  `json:"part"`
	Judge    string  `json:"judge"`
	Sheets   int     `json:"sheets"`
	Severity *Number `json:"severity"` // the mean of sheet less panel's mean, where the entry has two sheets; above zero: generous
	Variance *Number `json:"variance"` // of the judge's own sheets, over how many there are
	Spread   string  `json:"spread"`   // its square root, the standard deviation, to two places
	Drift    *Number `json:"drift"`    // what sheet less panel's mean gains from one entry heard to the next: a least squares slope
}

// Panel is how a panel's means go along the order in which entries were heard; the entries themselves may be the cause.
type Panel struct {
	Part  string  `json:"part"`
	Drift *Number `json:"drift"`
}

// tally is what is summed of a judge's sheets.
type tally struct {
	sheets, compared int
	sum, squares     exact.Number
	away             exact.Number // from the panels' means
	slope            slope
}

// slope sums what a least squares line is drawn by.
type slope struct {
	n, x, xx int64
	y, xy    exact.Number
}

func (s *slope) add(x int, y exact.Number) {
	at := int64(x)
	s.n, s.x, s.xx = s.n+1, s.x+at, s.xx+at*at
	s.y, s.xy = s.y.Add(y), s.xy.Add(y.Times(exact.Of(at)))
}

// gain is the slope of at least three points.
func (s *slope) gain() *Number {
	if s.n < 3 {
		return nil
	}
	n := exact.Of(s.n)
	return &Number{n.Times(s.xy).Sub(exact.Of(s.x).Times(s.y)).Over(exact.Of(s.n*s.xx - s.x*s.x))}
}

// tallies go through the sheets of a part, by seat. Positions are of entries in the order in which they were heard, 0 for none.
func tallies(p *mark.Part, position []int, score func(*mark.Sheet) exact.Number, panel *slope) []tally {
	all := make([]tally, len(p.Seats))
	var scores []exact.Number
	for e := range p.Sheets {
		scores = scores[:0]
		var sum exact.Number
		for k := range p.Sheets[e] {
			if s := &p.Sheets[e][k]; s.State == mark.Given {
				n := score(s)
				scores, sum = append(scores, n), sum.Add(n)
				of := &all[s.Seat]
				of.sheets, of.sum, of.squares = of.sheets+1, of.sum.Add(n), of.squares.Add(n.Times(n))
			}
		}
		if len(scores) < 2 {
			continue
		}
		centre := sum.Over(exact.Of(int64(len(scores))))
		heard := position != nil && position[e] > 0
		if heard {
			panel.add(position[e], centre)
		}
		for k := range p.Sheets[e] {
			s := &p.Sheets[e][k]
			if s.State != mark.Given {
				continue
			}
			away := scores[0].Sub(centre)
			scores = scores[1:]
			of := &all[s.Seat]
			of.compared, of.away = of.compared+1, of.away.Add(away)
			if heard {
				of.slope.add(position[e], away)
			}
		}
	}
	return all
}

// judges tells of each judge of a part.
func (a *adviser) judges(p *mark.Part, heard map[string]int) (all []Judge, panel Panel) {
	position := make([]int, len(a.t.Entries))
	for e := range position {
		position[e] = heard[a.t.Entries[e].Key]
	}
	var of slope
	for seat, one := range tallies(p, position, func(s *mark.Sheet) exact.Number { return scoring.Sum(p.Judged, s) }, &of) {
		j := Judge{Part: p.Key, Judge: p.Seats[seat], Sheets: one.sheets, Drift: one.slope.gain()}
		if one.compared > 0 {
			j.Severity = &Number{one.away.Over(exact.Of(int64(one.compared)))}
		}
		if n := exact.Of(int64(one.sheets)); one.sheets > 1 {
			mean := one.sum.Over(n)
			j.Variance = &Number{one.squares.Over(n).Sub(mean.Times(mean))}
			j.Spread = j.Variance.Root(2).Decimal(2)
		}
		all = append(all, j)
	}
	return all, Panel{p.Key, of.gain()}
}
