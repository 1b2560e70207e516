package scoring

import (
	"slices"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// Trace is every step of one entry's total. Numbers are exact.
type Trace struct {
	Entry  string       `json:"entry"`
	Rule   string       `json:"rule"`
	Stages []StageTrace `json:"stages"`
}

// StageTrace is the steps of a stage.
type StageTrace struct {
	Stage  string        `json:"stage"`
	Parts  []PartTrace   `json:"parts"`
	Points []PointsTrace `json:"deductions"`
	Sum    Figure        `json:"sum"` // of the weighted parts
	Total  Figure        `json:"total"`
	Waits  []Waiting     `json:"waits"`
}

// PartTrace is the steps of a part.
type PartTrace struct {
	Part     string        `json:"part"`
	Sheets   []SheetTrace  `json:"sheets"`
	Columns  []Column      `json:"columns"` // one for all sheets, or one a criterion
	Votes    *Figure       `json:"votes"`
	Panel    Figure        `json:"panel"`
	Points   []PointsTrace `json:"points"` // measured, or taken off
	Score    Figure        `json:"score"`  // rounded
	Weight   Figure        `json:"weight"`
	Weighted Figure        `json:"weighted"`
}

// Figure is an exact number as text, or nothing.
type Figure string

func figure(n exact.Number) Figure { return Figure(n.String()) }

// SheetTrace is one judge's sheet.
type SheetTrace struct {
	Judge string   `json:"judge"`
	State string   `json:"state"` // given, absent, recused, missing
	Marks []string `json:"marks"` // by criterion
	Sum   Figure   `json:"sum"`
}

// Column is what was clamped, trimmed and combined.
type Column struct {
	Criterion string  `json:"criterion"` // empty: the sums of sheets
	N         int     `json:"n"`
	Low       int     `json:"low"`
	High      int     `json:"high"`
	From      Figure  `json:"from"` // of the band
	To        Figure  `json:"to"`
	Scores    []Fate  `json:"scores"`
	Rounded   *Figure `json:"rounded"`

	seats []string
	out   map[int]bool
}

// Fate is what became of one score.
type Fate struct {
	Judge string `json:"judge"`
	Score Figure `json:"score"`
	Is    string `json:"is"` // kept, low, high, outside

	seat int
}

// The fates of a score.
const (
	Kept    = "kept"
	IsLow   = "low"
	IsHigh  = "high"
	Outside = "outside"
)

// PointsTrace is what a measured value gave.
type PointsTrace struct {
	Measure string `json:"measure"`
	Value   Figure `json:"value"` // empty: missing
	Points  Figure `json:"points"`
}

// Trace computes one entry's total again and writes down each step; false where there is no such entry.
func (r *Result) Trace(key string) (Trace, bool) {
	e, ok := slices.BinarySearchFunc(r.s.t.Entries, key, func(e mark.Entry, key string) int { return compare(e.Key, key) })
	if !ok {
		return Trace{}, false
	}
	t := Trace{Entry: key, Rule: r.Rule}
	for stage := range r.s.t.Rule.Stages[:r.s.t.Came[e]+1] {
		t.Stages = append(t.Stages, r.s.traced(stage, e))
	}
	return t, true
}

func (s *scorer) traced(stage, e int) StageTrace {
	of := &s.t.Rule.Stages[stage]
	out := StageTrace{Stage: of.Key}
	var sum exact.Number
	whole := true
	for i := range s.t.Parts {
		p := &s.t.Parts[i]
		if p.Stage != stage {
			continue
		}
		tr := PartTrace{Part: p.Key, Weight: figure(p.Weight), Sheets: s.sheets(p, e)}
		if got := s.partOf(i, e, &tr); got.ok && s.ran(e, stage) {
			weighted := p.Weighted.Of(p.Weight.Times(got.n))
			tr.Score, tr.Weighted = figure(got.n), figure(weighted)
			sum = sum.Add(weighted)
		} else {
			whole = false
		}
		out.Parts = append(out.Parts, tr)
	}
	deductions := PartTrace{}
	s.points(of.Deductions, e, &deductions)
	out.Points = deductions.Points
	if whole {
		out.Sum = figure(sum)
	}
	if total := s.totals[stage][e]; total.ok {
		out.Total = figure(total.n)
	} else if s.ran(e, stage) {
		out.Waits = s.waitsIn(stage, e)
	}
	return out
}

func (s *scorer) sheets(p *mark.Part, e int) (all []SheetTrace) {
	if p.Judged == nil {
		return nil
	}
	for k := range p.Sheets[e] {
		sheet := &p.Sheets[e][k]
		one := SheetTrace{Judge: p.Seats[sheet.Seat], State: stateNames[sheet.State]}
		for _, v := range sheet.Marks {
			one.Marks = append(one.Marks, v.String())
		}
		all = append(all, one)
	}
	return all
}

var stateNames = map[mark.State]string{mark.Owed: "missing", mark.Given: "given", mark.Away: "absent", mark.Barred: "recused"}

// What follows notes steps; on nil, which is how totals are computed, it does nothing.

func (tr *PartTrace) sheet(k int, sum exact.Number) {
	if tr != nil {
		tr.Sheets[k].Sum = figure(sum)
	}
}

func (tr *PartTrace) panel(n exact.Number) {
	if tr != nil {
		tr.Panel = figure(n)
	}
}

func (tr *PartTrace) votes(n exact.Number) {
	if tr != nil {
		v := figure(n)
		tr.Votes = &v
	}
}

func (tr *PartTrace) points(p *rule.Points, value *exact.Number, n exact.Number) {
	if tr == nil {
		return
	}
	one := PointsTrace{Measure: p.Measure, Points: figure(n)}
	if value != nil {
		one.Value = figure(*value)
	}
	tr.Points = append(tr.Points, one)
}

// column is where the scores of a criterion are noted, or of all sheets (-1).
func (tr *PartTrace) column(c int) *Column {
	if tr == nil {
		return nil
	}
	at := max(c, 0)
	for len(tr.Columns) <= at {
		one := Column{out: map[int]bool{}}
		for _, sheet := range tr.Sheets {
			one.seats = append(one.seats, sheet.Judge)
		}
		tr.Columns = append(tr.Columns, one)
	}
	return &tr.Columns[at]
}

func (c *Column) band(low, high exact.Number) {
	if c != nil {
		c.From, c.To = figure(low), figure(high)
	}
}

func (c *Column) outside(seat int) {
	if c != nil {
		c.out[seat] = true
	}
}

func (c *Column) rounded(n exact.Number) {
	if c != nil {
		v := figure(n)
		c.Rounded = &v
	}
}

func (c *Column) trimmed(t rule.Trim, all []scored) {
	if c == nil {
		return
	}
	c.N, c.Low, c.High = len(all), t.Low, t.High
	for i, one := range all {
		is := Kept
		switch {
		case i < t.Low:
			is = IsLow
		case i >= len(all)-t.High:
			is = IsHigh
		}
		c.Scores = append(c.Scores, Fate{Judge: c.seats[one.seat], Score: figure(one.n), Is: is, seat: one.seat})
	}
}

func (tr *PartTrace) placed(p *mark.Part, e int, all []scored, t rule.Trim) {
	if tr == nil {
		return
	}
	c := tr.column(-1)
	bySheet := slices.Clone(all)
	for i := range bySheet { // its seats are the part's, and the column's are the entry's
		bySheet[i].seat = slices.IndexFunc(p.Sheets[e], func(s mark.Sheet) bool { return s.Seat == all[i].seat })
	}
	c.trimmed(t, bySheet)
}
