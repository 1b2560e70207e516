package scoring

import (
	"cmp"
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
	Stage   string        `json:"stage"`
	Parts   []PartTrace   `json:"parts"`
	Sum     Figure        `json:"sum"` // of the weighted parts
	Points  []PointsTrace `json:"deductions"`
	Rounded *Rounded      `json:"rounded"`
	Total   Figure        `json:"total"`
	Waits   []Waiting     `json:"waits"`
}

// PartTrace is the steps of a part.
type PartTrace struct {
	Part     string        `json:"part"`
	Combine  rule.Combine  `json:"combine"` // of a judged part
	Sheets   []SheetTrace  `json:"sheets"`
	Columns  []Column      `json:"columns"` // one for all sheets, or one a criterion
	Votes    *Figure       `json:"votes"`
	Carried  string        `json:"carried"` // the stage that it is the total of
	Measured []PointsTrace `json:"measured"`
	Panel    Figure        `json:"panel"`
	Points   []PointsTrace `json:"deductions"` // in a part of places they come off each sheet
	Rounded  *Rounded      `json:"rounded"`
	Score    Figure        `json:"score"`
	Weight   Figure        `json:"weight"`
	Times    *Rounded      `json:"weighted_rounded"`
	Weighted Figure        `json:"weighted"`
}

// Figure is an exact number as text, or nothing.
type Figure string

func figure(n exact.Number) Figure { return Figure(n.String()) }

// Rounded is a number before and after its rounding.
type Rounded struct {
	Before Figure        `json:"before"`
	After  Figure        `json:"after"`
	To     rule.Rounding `json:"to"`
}

func rounded(r *rule.Rounding, before exact.Number) *Rounded {
	if r == nil {
		return nil
	}
	return &Rounded{figure(before), figure(r.Of(before)), *r}
}

// SheetTrace is one judge's sheet.
type SheetTrace struct {
	Judge   string   `json:"judge"`
	State   string   `json:"state"` // given, absent, recused, missing
	Marks   []string `json:"marks"` // by criterion
	Terms   []Term   `json:"terms"` // by criterion, of a sheet that is summed
	Rounded *Rounded `json:"rounded"`
	Sum     Figure   `json:"sum"`
}

// Term is one mark by its weight.
type Term struct {
	Criterion string   `json:"criterion"`
	Mark      *Rounded `json:"mark_rounded"`
	Weight    Figure   `json:"weight"`
	Rounded   *Rounded `json:"rounded"`
	Points    Figure   `json:"points"`
}

// Column is what was clamped, trimmed and combined.
type Column struct {
	Criterion string   `json:"criterion"` // empty: the sums of sheets
	N         int      `json:"n"`
	Low       int      `json:"low"`
	High      int      `json:"high"`
	From      Figure   `json:"from"` // of the band
	To        Figure   `json:"to"`
	Scores    []Fate   `json:"scores"`
	Combined  Figure   `json:"combined"`
	Rounded   *Rounded `json:"rounded"`
	Weight    Figure   `json:"weight"`
	Points    Figure   `json:"points"`

	seats []string
	was   map[int]exact.Number // what the band has changed or dropped, by seat
}

// Fate is what became of one score.
type Fate struct {
	Judge string  `json:"judge"`
	Score Figure  `json:"score"`
	Was   *Figure `json:"was"` // before it was brought to the edge of the band
	Is    string  `json:"is"`  // kept, low, high, outside

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
	Measure    string          `json:"measure"`
	Value      Figure          `json:"value"` // empty: missing
	Unmeasured rule.Unmeasured `json:"unmeasured"`
	Rounded    *Rounded        `json:"rounded"`
	Points     Figure          `json:"points"`
}

// Trace computes one entry's total again and writes down each step; false where there is no such entry.
func (r *Result) Trace(key string) (Trace, bool) {
	e, ok := slices.BinarySearchFunc(r.s.t.Entries, key, func(e mark.Entry, key string) int { return cmp.Compare(e.Key, key) })
	if !ok {
		return Trace{}, false
	}
	t := Trace{Entry: key, Rule: r.Rule}
	own := *r.s // several may be asked for at one time
	own.buffer = nil
	for stage := range own.t.Rule.Stages[:own.t.Came[e]+1] {
		t.Stages = append(t.Stages, own.traced(stage, e))
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
		tr := PartTrace{Part: p.Key, Weight: figure(p.Weight), Sheets: s.sheets(p, e), Carried: p.Carried}
		if p.Judged != nil {
			tr.Combine = p.Judged.Combine
		}
		if got := s.partOf(i, e, &tr); got.ok && s.ran(e, stage) {
			before := p.Weight.Times(got.n)
			weighted := p.Weighted.Of(before)
			tr.Score, tr.Times, tr.Weighted = figure(got.n), rounded(p.Weighted, before), figure(weighted)
			sum = sum.Add(weighted)
		} else {
			whole = false
		}
		out.Parts = append(out.Parts, tr)
	}
	less, _ := s.points(of.Deductions, e, &out.Points)
	if whole {
		out.Sum = figure(sum)
	}
	if total := s.totals[stage][e]; total.ok {
		out.Rounded, out.Total = rounded(of.Round, sum.Add(less)), figure(total.n)
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

func (tr *PartTrace) sheet(k int, j *rule.Judged, before, sum exact.Number) {
	if tr != nil {
		tr.Sheets[k].Rounded, tr.Sheets[k].Sum = rounded(j.Sheet, before), figure(sum)
	}
}

func (tr *PartTrace) term(k int, j *rule.Judged, c int, mark, before exact.Number) {
	if tr != nil {
		of := &j.Criteria[c]
		tr.Sheets[k].Terms = append(tr.Sheets[k].Terms, Term{
			Criterion: of.Key, Mark: rounded(j.Mark, mark), Weight: figure(of.Weight), Rounded: rounded(j.Column, before), Points: figure(j.Column.Of(before)),
		})
	}
}

func (tr *PartTrace) panel(n exact.Number) {
	if tr != nil {
		tr.Panel = figure(n)
	}
}

func (tr *PartTrace) rounded(p *mark.Part, before exact.Number) {
	if tr != nil {
		tr.Rounded = rounded(p.Round, before)
	}
}

func (tr *PartTrace) votes(n exact.Number) {
	if tr != nil {
		v := figure(n)
		tr.Votes = &v
	}
}

// measured is where the points of a measured part are noted, and deductions where those are that are taken off.
func (tr *PartTrace) measured() *[]PointsTrace {
	if tr == nil {
		return nil
	}
	return &tr.Measured
}

func (tr *PartTrace) deductions() *[]PointsTrace {
	if tr == nil {
		return nil
	}
	return &tr.Points
}

func notePoints(to *[]PointsTrace, p *rule.Points, value *exact.Number, n exact.Number) {
	if to == nil {
		return
	}
	one := PointsTrace{Measure: p.Measure, Unmeasured: p.Unmeasured, Points: figure(n)}
	if value != nil {
		one.Value, one.Rounded = figure(*value), rounded(p.Round, *value)
	}
	*to = append(*to, one)
}

// column is where the scores of a criterion are noted, or of all sheets (-1).
func (tr *PartTrace) column(j *rule.Judged, c int) *Column {
	if tr == nil {
		return nil
	}
	at := max(c, 0)
	for len(tr.Columns) <= at {
		one := Column{was: map[int]exact.Number{}}
		for _, sheet := range tr.Sheets {
			one.seats = append(one.seats, sheet.Judge)
		}
		if c >= 0 {
			one.Criterion, one.Weight = j.Criteria[len(tr.Columns)].Key, figure(j.Criteria[len(tr.Columns)].Weight)
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

// outside notes a score beyond the band, which is brought to its edge or counts no more.
func (c *Column) outside(one scored, drop bool) {
	switch {
	case c == nil:
	case drop:
		c.Scores = append(c.Scores, Fate{Judge: c.seats[one.seat], Score: figure(one.n), Is: Outside, seat: one.seat})
	default:
		c.was[one.seat] = one.n
	}
}

func (c *Column) combined(n exact.Number) {
	if c != nil {
		c.Combined = figure(n)
	}
}

func (c *Column) weighted(r *rule.Rounding, before, points exact.Number) {
	if c != nil {
		c.Rounded, c.Points = rounded(r, before), figure(points)
	}
}

func (c *Column) trimmed(t rule.Trim, all []scored) {
	if c == nil {
		return
	}
	c.N, c.Low, c.High = len(all), t.Low, t.High
	for i, one := range all {
		f := Fate{Judge: c.seats[one.seat], Score: figure(one.n), Is: Kept, seat: one.seat}
		switch {
		case i < t.Low:
			f.Is = IsLow
		case i >= len(all)-t.High:
			f.Is = IsHigh
		}
		if was, changed := c.was[one.seat]; changed {
			before := figure(was)
			f.Was = &before
		}
		c.Scores = append(c.Scores, f)
	}
}

func (tr *PartTrace) placed(p *mark.Part, e int, all []scored, t rule.Trim) {
	if tr == nil {
		return
	}
	bySheet := slices.Clone(all)
	for i := range bySheet { // its seats are the part's, and the column's are the entry's
		bySheet[i].seat = slices.IndexFunc(p.Sheets[e], func(s mark.Sheet) bool { return s.Seat == all[i].seat })
	}
	tr.column(p.Judged, -1).trimmed(t, bySheet)
}
