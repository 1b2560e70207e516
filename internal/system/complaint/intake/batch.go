// Package intake reads what the inspectors hand over: a day's batch of letters, and the
// notice that says how many there are.
//
//	b, err := intake.Read(ctx, file, intake.How{Home: city, Day: day})
//	n, err := intake.ReadNotice(ctx, file)
//	for _, d := range b.Against(n) { … }   // where the two do not add up
//
// A table is read leniently and kept to the letter: the columns go by many names, stand below a
// title, and codes are broken by spaces. What is wrong in a row is a [Finding] with the row, the
// field and the way out; with one that is an error nothing of the batch may be kept, and the
// whole list of findings is told at once. The official figure and ours are both kept where they
// differ. Reading is pure; Intake.Import takes what was read in, in one transaction, and asks a person ([Question])
// whatever it cannot know: whether two letters are about one thing, whom a text means, which of two tables is right.
//
// Tables owned: complaint_batch, complaint_question.
package intake

import (
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// Letter is a row of a batch.
type Letter struct {
	Row       int // as a spreadsheet program shows it
	Number    string
	Code      complaint.Code
	Key       bool // 重点关注: marked with *
	Channel   complaint.Channel
	Text      string
	Region    string      // as written
	Division  gb.Division // what it is, or the zero one
	Place     string
	KindsText string // as written
	Kinds     []complaint.Kind
	Found     string // 调查核实情况
	Judged    string // 是否属实, as written
	Verdict   complaint.Verdict
	Done      string // 处理和整改情况
	Aim       string // 办结目标
	Status    string // 是否办结
	Sanctions string // 责任人被处理情况
	Note      string
	// Cited are codes of other letters that the text names.
	Cited []complaint.Cited
	// More has what stands in columns that go by no known name.
	More []Cell
	// At is where it is, if whoever reported has said so on a map.
	At *geo.Point
}

// Cell is what stands in a column that is not known.
type Cell struct{ Column, Text string }

// Batch is a file of letters, as it was read.
type Batch struct {
	Title    string // what stands above the table
	Columns  []string
	Letters  []Letter
	Notes    []string // rows below the table
	Findings []Finding
	Errors   int // how many of the findings are such that nothing may be kept
}

// Finding is what is to be said of a row.
type Finding struct {
	Row   int
	Field string // the column, as it is called here
	Error bool   // else it is a question
	Text  lang.Text
}

// maxFindings bounds what is told; errors are counted beyond it.
const maxFindings = 500

func (b *Batch) finding(row int, field string, bad bool, zh, en string) {
	if bad {
		b.Errors++
	}
	if len(b.Findings) < maxFindings {
		b.Findings = append(b.Findings, Finding{row, field, bad, lang.Text{ZH: zh, EN: en}})
	}
}
