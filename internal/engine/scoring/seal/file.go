package seal

import (
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/lang"
)

// Format is the version of the form of a public file.
const Format = "xiadu contest 1"

// File is a contest as anybody may have it.
type File struct {
	Format   string    `json:"format"`
	Contest  string    `json:"contest"`
	Title    lang.Text `json:"title"`
	Rule     rule.File `json:"rule"`
	RuleHash string    `json:"rule_hash"`
	Facts    Facts     `json:"facts"`
	Sheets   []Sheet   `json:"sheets"` // each version of each, by entry, part, seat and version
	Runs     []Run     `json:"runs"`   // in the order in which entries were heard
	Result   []Line    `json:"result"` // by place
	Cuts     []InCut   `json:"cuts"`
	Log      Log       `json:"log"`
}

// Facts are what a score takes beside marks.
type Facts struct {
	Entries   []mark.Entry    `json:"entries"`
	Panels    []mark.Panel    `json:"panels"`
	Away      []Away          `json:"away"`
	Measures  []mark.Measured `json:"measures"`
	Decisions []mark.Decision `json:"decisions"`
}

// Away is a sheet that nobody owes.
type Away struct {
	Entry string `json:"entry"`
	Part  string `json:"part"`
	Seat  string `json:"seat"`
	Why   string `json:"why"` // absent, recused
	Log   string `json:"log"` // the entry of the log that says so
}

// The two reasons.
const (
	Absent  = "absent"
	Recused = "recused"
)

// Sheet is one version of a sheet, as it was sealed.
type Sheet struct {
	Opening
	Commitment string `json:"commitment"`
	Log        string `json:"log"` // the entry of the log that has the commitment
	State      State  `json:"state"`
	Reason     string `json:"reason"` // of a correction or a voiding
	Roles      []Role `json:"roles"`  // who corrected or voided it: two
}

// Role is who did something, as the public knows it.
type Role string

// State is what became of a version.
type State string

// The states.
const (
	Counted   State = "counted"
	Corrected State = "corrected" // a later version counts
	Void      State = "void"      // as if it had not been: another rule, or another entry was meant
)

// Run is an entry that was heard in a part. Entries of the log have names that ascend with the time at which they were written.
type Run struct {
	Part    string `json:"part"`
	Entry   string `json:"entry"`
	Attempt int    `json:"attempt"`
	Seconds int    `json:"seconds"`
	Log     string `json:"log"`
}

// Line is an entry's result as it was announced.
type Line struct {
	Entry string `json:"entry"`
	Total string `json:"total"` // empty: it has none
	Place int    `json:"place"` // 0: none
	Tied  bool   `json:"tied"`
}

// InCut is who was announced to be above a line.
type InCut struct {
	Cut string   `json:"cut"`
	In  []string `json:"in"`
}

// Log says where the log has what.
type Log struct {
	Rule string `json:"rule"` // the entry with the rule's hash
}

// Set is what is scored: the marks of the sheets that count, and the facts.
func (f *File) Set() (mark.Set, error) {
	set := mark.Set{Entries: f.Facts.Entries, Panels: f.Facts.Panels, Measures: f.Facts.Measures, Decisions: f.Facts.Decisions}
	for _, a := range f.Facts.Away {
		v := mark.Absent
		if a.Why == Recused {
			v = mark.Recused
		}
		set.Marks = append(set.Marks, mark.Mark{Entry: a.Entry, Part: a.Part, Judge: a.Seat, Value: v})
	}
	for i := range f.Sheets {
		s := &f.Sheets[i]
		if s.State != Counted {
			continue
		}
		for criterion, text := range s.Marks {
			n, err := exact.Parse(text)
			if err != nil {
				return set, err
			}
			set.Marks = append(set.Marks, mark.Mark{Entry: s.Entry, Part: s.Part, Judge: s.Seat, Criterion: criterion, Value: mark.Of(n)})
		}
	}
	return set, nil
}
