// Package mark is what a score is made of: the marks of judges, what was measured, and what people decided beside the rule.
//
//	set, said, err := mark.Read(ctx, file)        // CSV, XLSX or JSON
//	table, err := mark.Arrange(&rule, set)        // every fault at once, by row
//
// A mark, an absence and a recusal are three cases of one type, [Value], and a value that is not there is a fourth. Only a mark
// has a number, and nothing gives a number for one of the others: a mark that is missing cannot become a zero by mistake.
//
// # Who should have marked what
//
// What is missing can only be told by who knows what is owed. A [Set] therefore says which entries there are, how far each came
// and what became of it, and which seats mark which entries in each part ([Panel]). A plain table of marks has none of that: then
// every judge who has a row in a part is its panel (or in that panel, if there is a column for it), and an entry has come as far as
// the last stage in which it has a row.
//
// A recusal holds for an entry in all parts, an absence for one sheet, also where a row names one criterion of it: nobody is half
// there. Who marks an entry and is recused from it is a fault.
package mark

import (
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// Value is a mark, an absence, a recusal, or nothing (its zero value).
type Value struct {
	kind kind
	n    exact.Number
}

type kind uint8

const (
	nothing kind = iota
	number
	absent
	recused
)

// The two values that are no marks.
var (
	Absent  = Value{kind: absent}
	Recused = Value{kind: recused}
)

// Of is a mark.
func Of(n exact.Number) Value { return Value{kind: number, n: n} }

// Number is the mark, and false where the value is none.
func (v Value) Number() (exact.Number, bool) { return v.n, v.kind == number }

// IsAbsent tells whether the judge was not there.
func (v Value) IsAbsent() bool { return v.kind == absent }

// IsRecused tells whether the judge may not mark it.
func (v Value) IsRecused() bool { return v.kind == recused }

// Missing tells whether there is nothing yet.
func (v Value) Missing() bool { return v.kind == nothing }

// String is the value as a table of marks has it.
func (v Value) String() string {
	switch v.kind {
	case number:
		return v.n.String()
	case absent:
		return "absent"
	case recused:
		return "recused"
	case nothing:
	}
	return ""
}

// MarshalText writes a value as a table of marks has it.
func (v Value) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads a decimal, absent or recused.
func (v *Value) UnmarshalText(text []byte) error {
	switch string(text) {
	case "absent":
		*v = Absent
	case "recused":
		*v = Recused
	default:
		n, err := exact.Parse(string(text))
		if err != nil {
			return err
		}
		*v = Of(n)
	}
	return nil
}

// Set is all that a score is computed from, beside the rule.
type Set struct {
	Entries   []Entry    `json:"entries"` // none: told from the marks
	Panels    []Panel    `json:"panels"`  // none: told from the marks
	Marks     []Mark     `json:"marks"`
	Measures  []Measured `json:"measures"`
	Decisions []Decision `json:"decisions"`
	Ended     []Ended    `json:"-"` // of a table, which has no entries
}

// Entry is what is marked.
type Entry struct {
	Key    string              `json:"entry"`
	Stage  string              `json:"stage"`  // the last one that it came to
	Status Status              `json:"status"` // in that stage
	Groups map[string][]string `json:"groups"` // its units, its city, its province, for quotas
}

// Status is what became of an entry in its last stage.
type Status string

// The statuses. Only who ran has a total and a place.
const (
	Ran          Status = ""
	Forfeit      Status = "forfeit"      // was to run and did not
	Withdrawn    Status = "withdrawn"    // by its own unit
	Disqualified Status = "disqualified" // by the organisers
)

// Ended is a row of a table that says what became of an entry, in the stage of the part, or else in the last one that it has a row in.
type Ended struct {
	Entry  string
	Part   string
	Status Status
	Row    int
}

// Panel is which seats mark which entries in a part.
type Panel struct {
	Part    string   `json:"part"`
	Entries []string `json:"entries"` // none: every one that came to the part's stage
	Seats   []string `json:"seats"`
}

// Mark is one value. With an empty criterion it is an absence or a recusal for the whole sheet. One that is missing only says that the
// judge is of the panel. A part may be left out where the rule has one that is judged, and a criterion where that has one.
type Mark struct {
	Entry     string `json:"entry"`
	Part      string `json:"part"`
	Judge     string `json:"judge"`
	Criterion string `json:"criterion"`
	Value     Value  `json:"mark"`
	Panel     string `json:"-"` // of a table without panels
	Row       int    `json:"-"` // of the file; 0: it is from none
}

// Measured is a value by nobody's judgement: a count, a share from 0 to 1, or 1 for yes and 0 for no.
type Measured struct {
	Entry   string       `json:"entry"`
	Measure string       `json:"measure"`
	Value   exact.Number `json:"value"`
	Row     int          `json:"-"`
}

// Decision is what people settled beside the rule.
type Decision struct {
	By      rule.By  `json:"by"`      // vote or lots, of a tie; empty: who is in at a cut's line
	Stage   string   `json:"stage"`   // of the tie
	Cut     string   `json:"cut"`     // of the line
	Among   []string `json:"among"`   // the entries that it was about
	Entries []string `json:"entries"` // the best first; or those that are in
	Rule    string   `json:"rule"`    // the hash of the rule that it was made under; empty: not said
}
