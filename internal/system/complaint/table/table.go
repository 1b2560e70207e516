// Package table is the official table of a bulletin (边督边改公开情况一览表): its rows, its columns, its figures, and
// what is different from the one before.
//
//	t, err := table.New(table.Table{Campaign: …, Bulletin: 13, Set: set, Rows: rows})
//	err = t.WriteXLSX(w)                   // also WriteCSV and JSON
//	text, sum, err := t.Canonical()        // what is published beside the log, and its hash in the log
//	back, err := table.Read(text)
//	d := table.Compare(before, t)
//
// A [Table] from New or Read is whole: every letter has a code, once, and a text; a letter that is
// stage-closed says its next date and who owes it. What letters, problems and types there are is counted from the
// rows and kept nowhere else, so that the three counts and the footnote that says why
// they differ cannot be other than the table; [Read] refuses a file whose figures are not those of its
// rows, or whose bytes are not the canonical ones.
//
// A verdict is one of four. What else a table says, as 是 or 否, stands as it was written in
// Row.Judged and is counted as not judged: there are rows that say 否 and describe a breach.
//
// The texts are those of package redact: this package publishes what it is given. It is pure.
package table

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// Table is a bulletin.
type Table struct {
	Campaign string // its key
	Bulletin int    // number, from 1
	Version  int    // from 1: how often this bulletin was published
	Title    string
	Day      calendar.Date // of publication
	Batches  []int         // whose letters it has
	Home     gb.Division
	Set      Set
	Rows     []Row
	// Withdrawn are codes that this bulletin takes back, of bulletins before it.
	Withdrawn []string
}

// Row is a letter, as it is published.
type Row struct {
	Number      int // in the bulletin; 0: its place
	Batch       int // in which the letter came; 0: not known
	Code        string
	Key         bool // 重点关注
	Channel     complaint.Channel
	Text        string
	Region      string // as written
	Division    gb.Division
	Place       string
	Kinds       []complaint.Kind
	KindsText   string // as written; empty: the names of Kinds
	Found       string
	Verdict     complaint.Verdict
	Judged      string // as written, where that is none of the four
	Points      []Point
	Done        string
	Aim         string
	Status      Status
	Next        calendar.Date // of a stage-closed letter
	Owes        string        // and the unit that owes it
	Sanctions   Sanctions
	Note        string
	Republished bool // it was in a bulletin before
}

// Point is a part of a letter with its own verdict.
type Point struct {
	Number  string // as the text has it: 1, （2）, 二
	Text    string
	Kinds   []complaint.Kind
	Verdict complaint.Verdict
}

// Sanctions is what became of who is responsible.
type Sanctions struct {
	Penalised   int   // cases
	Fined       int64 // fen
	Interviewed int   // persons
	Accountable int   // persons
	Text        string
	Accounts    string // what the column 问责情况 says
}

// Status is how far a letter is.
type Status uint8

// The states. Unsaid is none of them: the table has nothing of it yet.
const (
	Unsaid Status = iota
	Done
	Staged
	Working
)

var states = [...]lang.Choice{
	Unsaid:  {Key: "", Name: lang.Text{ZH: "未注明", EN: "not said"}},
	Done:    {Key: "done", Name: lang.Text{ZH: "已办结", EN: "done"}},
	Staged:  {Key: "staged", Name: lang.Text{ZH: "阶段性办结", EN: "done for this stage"}},
	Working: {Key: "working", Name: lang.Text{ZH: "正在办理", EN: "being worked on"}, Also: []string{"未办结", "办理中"}},
}

// Key is the state in files and addresses.
func (s Status) Key() string { return states[s].Key }

// Name is what it is called.
func (s Status) Name() lang.Text { return states[s].Name }

// ParseStatus reads a state by its name or key.
func ParseStatus(s string) (Status, bool) {
	if strings.TrimSpace(s) == "" {
		return Unsaid, true
	}
	i, ok := lang.FindChoice(states[1:], s)
	if !ok {
		return Unsaid, false
	}
	return Status(i + 1), true
}

const (
	// maxText bounds a cell, as in package intake, which must read it back.
	maxText  = 20_000
	maxName  = 200
	maxRows  = 20_000
	maxPoint = 100
)

// New checks a table and puts its texts into the form in which they are published: without
// white space around them, with one kind of line break.
func New(t Table) (Table, error) {
	t.Rows, t.Batches, t.Withdrawn = slices.Clone(t.Rows), slices.Clone(t.Batches), slices.Clone(t.Withdrawn)
	t.Title = tidy(t.Title)
	switch {
	case t.Campaign == "" || t.Bulletin < 1 || t.Version < 1:
		return t, fault.New(fault.Invalid, "公开批次要有督察、批次号和版本号", "a bulletin has a campaign, a number and a version")
	case t.Title == "" || utf8.RuneCountInString(t.Title) > maxName:
		return t, fault.New(fault.Invalid, "标题要有，最多 %d 个字", "a bulletin has a title, of %d characters at most", maxName)
	case t.Day == (calendar.Date{}):
		return t, fault.New(fault.Invalid, "没有写公开日期", "the day of publication is missing")
	case len(t.Rows) > maxRows:
		return t, fault.New(fault.Invalid, "一次最多公开 %d 件", "a bulletin has %d letters at most", maxRows)
	}
	if err := t.Set.check(); err != nil {
		return t, err
	}
	seen := map[string]int{}
	for i := range t.Rows {
		row := &t.Rows[i]
		if row.Number == 0 {
			row.Number = i + 1
		}
		row.tidy()
		if err := row.check(i + 1); err != nil {
			return t, err
		}
		key := row.key()
		if before, again := seen[key]; again {
			return t, fault.New(fault.Invalid, "第 %[1]d 行的编号“%[2]s”在第 %[3]d 行已经有了", "row %[1]d has the code %[2]q, as row %[3]d has", i+1, lang.Short(row.Code), before)
		}
		seen[key] = i + 1
	}
	return t, nil
}

// key finds a letter in another bulletin. A bare serial begins again with every batch.
func (r Row) key() string {
	if c, err := complaint.ReadCode(r.Code); err == nil && c.Shape == complaint.Serial {
		return strconv.Itoa(r.Batch) + "/" + c.Key
	}
	return complaint.CodeKey(r.Code)
}

func tidy(s string) string {
	return strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s))
}

// texts are the texts of a row, by the name of their column.
func (r *Row) texts() map[string]*string {
	return map[string]*string{
		"受理编号": &r.Code, "交办问题基本情况": &r.Text, "行政区域": &r.Region, "地址": &r.Place, "污染类型": &r.KindsText, "调查核实情况": &r.Found, "是否属实": &r.Judged,
		"处理和整改情况": &r.Done, "办结目标": &r.Aim, "责任单位": &r.Owes, "责任人被处理情况": &r.Sanctions.Text, "问责情况": &r.Sanctions.Accounts, "备注": &r.Note,
	}
}

func (r *Row) tidy() {
	for _, text := range r.texts() {
		*text = tidy(*text)
	}
	r.Points, r.Kinds = slices.Clone(r.Points), unique(r.Kinds)
	for i := range r.Points {
		r.Points[i].Number, r.Points[i].Text, r.Points[i].Kinds = tidy(r.Points[i].Number), tidy(r.Points[i].Text), unique(r.Points[i].Kinds)
	}
	if v, ok := complaint.ParseVerdict(r.Judged); ok && r.Verdict == complaint.Unjudged {
		r.Verdict = v
	}
	if r.Verdict != complaint.Unjudged {
		r.Judged = ""
	}
}

func unique(kinds []complaint.Kind) (out []complaint.Kind) {
	for _, k := range kinds {
		if !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

func (r *Row) check(at int) error {
	if _, err := complaint.ReadCode(r.Code); err != nil {
		zh, _ := fault.In(lang.ZH, err)
		en, _ := fault.In(lang.EN, err)
		return fault.New(fault.Invalid, "第 %[1]d 行：%[2]s", "row %[1]d: %[3]s", at, zh, en)
	}
	for name, text := range r.texts() {
		if utf8.RuneCountInString(*text) > maxText || !utf8.ValidString(*text) || strings.ContainsFunc(*text, unseen) {
			return fault.New(fault.Invalid, "第 %[1]d 行的“%[2]s”太长或含有看不见的字符：最多 %[3]d 个字", "row %[1]d, %[2]s, is too long or has characters that cannot be seen: %[3]d characters at most", at, name, maxText)
		}
	}
	switch {
	case r.Text == "":
		return fault.New(fault.Invalid, "第 %[1]d 行（%[2]s）没有写问题的基本情况", "row %[1]d (%[2]s) does not say what it is about", at, r.Code)
	case r.Status == Staged && (r.Next == (calendar.Date{}) || r.Owes == ""):
		return fault.New(fault.Invalid, "第 %[1]d 行（%[2]s）是阶段性办结：要写下一个日期和责任单位", "row %[1]d (%[2]s) is done for this stage: say its next date and who owes it", at, r.Code)
	case len(r.Points) > maxPoint:
		return fault.New(fault.Invalid, "第 %[1]d 行的问题点超过 %[2]d 个", "row %[1]d has more than %[2]d points", at, maxPoint)
	case r.Number < 0 || r.Batch < 0 || r.Sanctions.Penalised < 0 || r.Sanctions.Fined < 0 || r.Sanctions.Interviewed < 0 || r.Sanctions.Accountable < 0:
		return fault.New(fault.Invalid, "第 %[1]d 行有负数", "row %[1]d has a negative number", at)
	}
	return nil
}

func unseen(r rune) bool { return lang.Unprintable(r) && r != '\n' && r != '\t' }
