package mark

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/fault"
)

// Table is a set in its place: entries by key, sheets by part, entry and seat, whatever the order in which they came.
type Table struct {
	Rule      *rule.Rule
	Entries   []Entry
	Came      []int                // by entry: the place of its last stage
	Parts     []Part               // of all stages, in the rule's order
	Measures  map[string][]Measure // by measure and entry
	Decisions []Decision
}

// Part is a part of the rule with its sheets.
type Part struct {
	*rule.Part
	Stage  int
	Seats  []string  // of all panels
	Sheets [][]Sheet // by entry; none where the part is not judged, or the entry did not come to it
}

// Sheet is what one judge gave one entry in one part.
type Sheet struct {
	Seat  int // among the part's
	State State
	Marks []Value // by criterion
}

// State is how a sheet stands.
type State uint8

// The states. Owed has at least one mark to come.
const (
	Owed State = iota
	Given
	Away
	Barred
)

// Measure is a measured value, if there is one.
type Measure struct {
	Value exact.Number
	There bool
}

// maxFaults bounds what one answer lists.
const maxFaults = 100

// Arrange puts a set into its place by a rule, which has to hold. Every fault names its row, where it has one.
func Arrange(r *rule.Rule, s Set) (*Table, error) {
	a := arranger{set: s, table: &Table{Rule: r, Measures: map[string][]Measure{}}, places: map[string]int{}, stages: map[string]int{}, parts: map[string]int{}}
	for i := range r.Stages {
		a.stages[r.Stages[i].Key] = i
		for k := range r.Stages[i].Parts {
			p := &r.Stages[i].Parts[k]
			a.parts[p.Key] = len(a.table.Parts)
			a.table.Parts = append(a.table.Parts, Part{Part: p, Stage: i})
		}
	}
	a.settle()
	a.entries()
	a.panels()
	if len(a.faults) == 0 {
		a.marks()
	}
	a.measures()
	a.decisions()
	if len(a.faults) > 0 {
		return nil, errors.Join(a.faults...)
	}
	return a.table, nil
}

type arranger struct {
	set    Set
	table  *Table
	places map[string]int // of entries
	stages map[string]int // of the rule
	parts  map[string]int
	faults
}

// faults is what is wrong so far.
type faults []error

// fault notes what is wrong with a row, or with something that has none.
func (f *faults) fault(row int, zh, en string, args ...any) {
	if row > 0 {
		zh, en = fmt.Sprintf("第 %d 行：", row)+zh, fmt.Sprintf("Row %d: ", row)+en
	}
	f.note(fault.New(fault.Invalid, zh, en, args...))
}

func (f *faults) note(err error) {
	if len(*f) == maxFaults {
		err = fault.New(fault.Invalid, "还有别的错处，这里只列前 %d 处", "there is more; the first %d are listed", maxFaults)
	}
	if len(*f) <= maxFaults {
		*f = append(*f, err)
	}
}

// settle puts in the part and the criterion that a mark leaves out, where the rule has only one.
func (a *arranger) settle() {
	var only *Part
	for i := range a.table.Parts {
		if p := &a.table.Parts[i]; p.Judged != nil {
			if only != nil {
				only = nil
				break
			}
			only = p
		}
	}
	var marks []Mark
	for i, m := range a.set.Marks {
		if m.Part == "" && only != nil {
			m.Part = only.Key
		}
		if _, is := m.Value.Number(); is && m.Criterion == "" {
			if at, ok := a.parts[m.Part]; ok && a.table.Parts[at].Judged != nil && len(a.table.Parts[at].Judged.Criteria) == 1 {
				m.Criterion = a.table.Parts[at].Judged.Criteria[0].Key
			}
		}
		if m.Part == a.set.Marks[i].Part && m.Criterion == a.set.Marks[i].Criterion {
			continue
		}
		if marks == nil {
			marks = slices.Clone(a.set.Marks) // the set is its owner's
		}
		marks[i] = m
	}
	if marks != nil {
		a.set.Marks = marks
	}
}

func (a *arranger) entries() {
	all := slices.Clone(a.set.Entries)
	if len(all) == 0 {
		all = a.told()
	}
	slices.SortFunc(all, func(x, y Entry) int { return cmp.Compare(x.Key, y.Key) })
	for i, e := range all {
		if e.Key == "" || i > 0 && all[i-1].Key == e.Key {
			a.fault(0, "作品“%s”没有编号，或者写了两次", "entry %q has no key, or is there twice", e.Key)
		}
		stage, ok := a.stages[e.Stage]
		if !ok && (e.Stage != "" || len(a.stages) > 1) {
			a.fault(0, "作品 %[1]s 到了哪个阶段没有写对：“%[2]s”，规则里有 %[3]s", "entry %[1]s came to the stage %[2]q, and the rule has %[3]s", e.Key, e.Stage, a.stageNames())
		}
		if e.Status != Ran && e.Status != Forfeit && e.Status != Withdrawn && e.Status != Disqualified {
			a.fault(0, "作品 %[1]s 的情况“%[2]s”不认识：不写、forfeit、withdrawn、disqualified", "entry %[1]s: there is no status %[2]q; leave it out, or forfeit, withdrawn, disqualified", e.Key, string(e.Status))
		}
		e.Stage = a.table.Rule.Stages[stage].Key
		a.places[e.Key] = len(a.table.Entries)
		a.table.Entries, a.table.Came = append(a.table.Entries, e), append(a.table.Came, stage)
	}
}

func (a *arranger) stageNames() string {
	names := make([]string, 0, len(a.stages))
	for i := range a.table.Rule.Stages {
		names = append(names, a.table.Rule.Stages[i].Key)
	}
	return strings.Join(names, ", ")
}

// told is the entries of a table of marks: each as far as it has rows.
func (a *arranger) told() (all []Entry) {
	came := map[string]int{}
	for _, m := range a.set.Marks {
		stage := 0
		if part, ok := a.parts[m.Part]; ok {
			stage = a.table.Parts[part].Stage
		}
		came[m.Entry] = max(came[m.Entry], stage)
	}
	for _, m := range a.set.Measures {
		came[m.Entry] = max(came[m.Entry], 0)
	}
	ended := map[string]Status{}
	for _, e := range a.set.Ended {
		part, ok := a.parts[e.Part]
		if !ok && e.Part != "" {
			a.fault(e.Row, "规则里没有环节“%s”", "the rule has no part %q", e.Part)
			continue
		}
		if ended[e.Entry] != Ran {
			a.fault(e.Row, "作品 %s 的情况写了两次", "what became of %s is there twice", e.Entry)
		}
		stage := 0
		if ok {
			stage = a.table.Parts[part].Stage
		}
		came[e.Entry], ended[e.Entry] = max(came[e.Entry], stage), e.Status
	}
	for key, stage := range came {
		all = append(all, Entry{Key: key, Stage: a.table.Rule.Stages[stage].Key, Status: ended[key]})
	}
	return all
}

// panels makes room for every sheet that is owed.
func (a *arranger) panels() {
	all := a.set.Panels
	if len(all) == 0 {
		all = a.toldPanels()
	}
	seats := make([]map[string]int, len(a.table.Parts))
	for _, p := range all {
		part, ok := a.parts[p.Part]
		if !ok || a.table.Parts[part].Judged == nil {
			a.fault(0, "评委组写在环节“%s”上，规则里没有这个由评委打分的环节", "a panel is of the part %q, which the rule does not have or nobody judges", p.Part)
			continue
		}
		if seats[part] == nil {
			seats[part] = map[string]int{}
		}
		for _, s := range p.Seats {
			seats[part][s] = 0
		}
	}
	for part, known := range seats {
		p := &a.table.Parts[part]
		for s := range known {
			p.Seats = append(p.Seats, s)
		}
		slices.Sort(p.Seats)
		for i, s := range p.Seats {
			known[s] = i
		}
		if p.Judged != nil {
			p.Sheets = make([][]Sheet, len(a.table.Entries))
		}
	}
	for _, p := range all {
		if part, ok := a.parts[p.Part]; ok && a.table.Parts[part].Judged != nil {
			a.seat(&a.table.Parts[part], p, seats[part])
		}
	}
}

// seat gives each entry of a panel a sheet for each of its seats.
func (a *arranger) seat(part *Part, p Panel, seats map[string]int) {
	sorted := slices.Sorted(slices.Values(p.Seats))
	if len(slices.Compact(slices.Clone(sorted))) != len(sorted) || len(sorted) > 0 && sorted[0] == "" {
		a.fault(0, "环节“%s”的评委组里有人写了两次，或没有名称", "in a panel of %q a seat is there twice or has no name", part.Key)
	}
	if part.Judged.Seats > 0 && len(sorted) != part.Judged.Seats {
		a.fault(0, "环节“%[1]s”的规则是 %[2]d 位评委，这一组有 %[3]d 位", "the rule of part %[1]q has %[2]d seats, and the panel has %[3]d", part.Key, part.Judged.Seats, len(sorted))
	}
	var of []int
	for _, key := range p.Entries {
		e, ok := a.places[key]
		if !ok || a.table.Came[e] < part.Stage {
			a.fault(0, "评委组里的作品“%[1]s”没有，或没有到环节“%[2]s”", "a panel has the entry %[1]q, which there is not, or which did not come to part %[2]q", key, part.Key)
			continue
		}
		of = append(of, e)
	}
	if len(p.Entries) == 0 {
		for e := range a.table.Entries {
			if a.table.Came[e] >= part.Stage {
				of = append(of, e)
			}
		}
	}
	n := len(part.Judged.Criteria)
	sheets, marks := make([]Sheet, len(of)*len(sorted)), make([]Value, len(of)*len(sorted)*n)
	for i, e := range of {
		if part.Sheets[e] != nil {
			a.fault(0, "作品 %[1]s 在环节“%[2]s”里有两个评委组", "entry %[1]s has two panels in part %[2]q", a.table.Entries[e].Key, part.Key)
		}
		here := sheets[i*len(sorted) : (i+1)*len(sorted) : (i+1)*len(sorted)]
		for k, s := range sorted {
			at := (i*len(sorted) + k) * n
			here[k] = Sheet{Seat: seats[s], Marks: marks[at : at+n : at+n]}
		}
		part.Sheets[e] = here
	}
}

// toldPanels is the panels of a table of marks: those who have a row.
func (a *arranger) toldPanels() (all []Panel) {
	type one struct{ part, name string }
	entries, seats := map[one]map[string]bool{}, map[one]map[string]bool{}
	several := map[string]map[string]bool{} // by part, the names of its panels
	for _, m := range a.set.Marks {
		of := one{m.Part, m.Panel}
		if entries[of] == nil {
			entries[of], seats[of] = map[string]bool{}, map[string]bool{}
		}
		if several[m.Part] == nil {
			several[m.Part] = map[string]bool{}
		}
		entries[of][m.Entry], seats[of][m.Judge], several[m.Part][m.Panel] = true, true, true
	}
	for of := range entries {
		if part, ok := a.parts[of.part]; !ok || a.table.Parts[part].Judged == nil {
			continue // each row says so
		}
		p := Panel{Part: of.part, Seats: keys(seats[of])}
		if len(several[of.part]) > 1 {
			p.Entries = keys(entries[of])
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(x, y Panel) int { return cmp.Or(cmp.Compare(x.Part, y.Part), slices.Compare(x.Entries, y.Entries)) })
	return all
}

func keys(of map[string]bool) (all []string) {
	for k := range of {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

func (a *arranger) measures() {
	kinds := a.table.Rule.Measures()
	for _, m := range a.set.Measures {
		kind, ok := kinds[m.Measure]
		e, there := a.places[m.Entry]
		switch {
		case !there:
			a.fault(m.Row, "没有作品“%s”", "there is no entry %q", m.Entry)
			continue
		case !ok:
			a.fault(m.Row, "规则里没有测量值“%s”", "the rule has no measure %q", m.Measure)
			continue
		case m.Value.Sign() < 0, kind != rule.Count && exact.Of(1).Less(m.Value), kind == rule.YesNo && !m.Value.Whole():
			a.fault(m.Row, "作品 %[1]s 的 %[2]s 是 %[3]s：数量从 0 起，比例在 0 和 1 之间，是否写 yes 或 no", "%[2]s of %[1]s is %[3]s: counts begin at 0, shares are between 0 and 1, yes and no are written so", m.Entry, m.Measure, m.Value)
			continue
		}
		of := a.table.Measures[m.Measure]
		if of == nil {
			of = make([]Measure, len(a.table.Entries))
			a.table.Measures[m.Measure] = of
		}
		if of[e].There {
			a.fault(m.Row, "作品 %[1]s 的 %[2]s 写了两次", "%[2]s of %[1]s is there twice", m.Entry, m.Measure)
		}
		of[e] = Measure{m.Value, true}
	}
}

func (a *arranger) decisions() {
	hash := a.table.Rule.Hash()
	for _, d := range a.set.Decisions {
		for _, e := range append(slices.Clone(d.Among), d.Entries...) {
			if _, ok := a.places[e]; !ok {
				a.fault(0, "决定里的作品“%s”没有", "a decision has the entry %q, which there is not", e)
			}
		}
		if d.Rule != "" && d.Rule != hash {
			a.fault(0, "有一项决定是按另一个规则（%s）作的", "a decision was made under another rule (%s)", d.Rule)
		}
		d.Among = slices.Sorted(slices.Values(d.Among))
		a.table.Decisions = append(a.table.Decisions, d)
	}
}

func invalid(zh, en string, args ...any) error { return fault.New(fault.Invalid, zh, en, args...) }

// wrong notes a fault of one mark, with whose it is.
func (a *arranger) wrong(m Mark, err error) {
	e, _ := errors.AsType[*fault.Error](err)
	a.fault(m.Row, "评委 %[1]s 给作品 %[2]s 的 %[3]s："+e.Text.ZH, "%[3]s of %[2]s by judge %[1]s: "+e.Text.EN, m.Judge, m.Entry, m.Criterion)
}
