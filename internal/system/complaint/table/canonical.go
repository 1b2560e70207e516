package table

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/canonical"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// Format names the form of the file; another form has another name.
const Format = "complaint.table/1"

// document is the file: what stands beside the log, and what JSON has. Its members never change
// their meaning. They part from Table so that Table may change.
type document struct {
	Format    string    `json:"format"`
	Campaign  string    `json:"campaign"`
	Bulletin  int       `json:"bulletin"`
	Version   int       `json:"version"`
	Title     string    `json:"title"`
	Day       string    `json:"day"` // 2023-12-05
	Batches   []int     `json:"batches"`
	Home      string    `json:"home"` // code of a division
	Set       string    `json:"set"`
	Columns   []heading `json:"columns"`
	Counts    Counts    `json:"counts"` // of the letters, as they are here
	Letters   []letter  `json:"letters"`
	Withdrawn []string  `json:"withdrawn"` // codes
}

type heading struct {
	Column string `json:"column"`
	Title  string `json:"title"`
}

// letter is a row. What is not said is "" or 0.
type letter struct {
	Number      int       `json:"number"`
	Batch       int       `json:"batch"`
	Code        string    `json:"code"`
	Key         bool      `json:"key"`
	Channel     string    `json:"channel"` // call, letter
	Text        string    `json:"text"`
	Region      string    `json:"region"`   // as written
	Division    string    `json:"division"` // code
	Place       string    `json:"place"`
	Kinds       []string  `json:"kinds"`        // keys
	KindsText   string    `json:"kinds_text"`   // as written
	Found       string    `json:"found"`        // 调查核实情况
	Verdict     string    `json:"verdict"`      // true, mostly, partly, untrue
	Judged      string    `json:"judged"`       // as written, where it is none of these
	Points      []point   `json:"points"`       //
	Done        string    `json:"done"`         // 处理和整改情况
	Aim         string    `json:"aim"`          // 办结目标
	Status      string    `json:"status"`       // done, staged, working
	Next        string    `json:"next"`         // the next date
	Owes        string    `json:"owes"`         // and who owes it
	Sanctions   sanctions `json:"sanctions"`    //
	Note        string    `json:"note"`         //
	Republished bool      `json:"re_published"` //
}

type point struct {
	Number  string   `json:"number"`
	Text    string   `json:"text"`
	Kinds   []string `json:"kinds"`
	Verdict string   `json:"verdict"`
}

type sanctions struct {
	Penalised   int    `json:"penalised"`
	Fined       int64  `json:"fined_fen"`
	Interviewed int    `json:"interviewed"`
	Accountable int    `json:"held_to_account"`
	Text        string `json:"text"`
	Accounts    string `json:"accounts"`
}

// Canonical is the table in the one form of RFC 8785, and its SHA-256 in hexadecimal.
func (t Table) Canonical() (text []byte, sum string, err error) {
	text, err = canonical.JSON(t.document())
	if err != nil {
		return nil, "", fmt.Errorf("canonical form of bulletin %d: %w", t.Bulletin, err)
	}
	hash := sha256.Sum256(text)
	return text, hex.EncodeToString(hash[:]), nil
}

// JSON is the canonical form with line breaks, for people and their programs.
func (t Table) JSON() ([]byte, error) {
	text, _, err := t.Canonical()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, text, "", "  "); err != nil {
		return nil, fmt.Errorf("JSON of bulletin %d: %w", t.Bulletin, err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// DayText is a day as a file has it; empty where there is none.
func DayText(d calendar.Date) string {
	if d == (calendar.Date{}) {
		return ""
	}
	return d.String()
}

func kindKeys(kinds []complaint.Kind) []string {
	keys := []string{}
	for _, k := range kinds {
		keys = append(keys, k.Key())
	}
	return keys
}

func (t Table) document() document {
	d := document{
		Format: Format, Campaign: t.Campaign, Bulletin: t.Bulletin, Version: t.Version, Title: t.Title, Day: DayText(t.Day), Batches: append([]int{}, t.Batches...),
		Home: t.Home.Code(), Set: t.Set.Key, Columns: []heading{}, Counts: t.Counts(), Letters: []letter{}, Withdrawn: append([]string{}, t.Withdrawn...),
	}
	for _, h := range t.Set.Headings {
		d.Columns = append(d.Columns, heading{h.Column.Key(), h.Title})
	}
	for _, r := range t.Rows {
		l := letter{
			r.Number, r.Batch, r.Code, r.Key, string(r.Channel), r.Text, r.Region, r.Division.Code(), r.Place, kindKeys(r.Kinds), r.KindsText, r.Found,
			r.Verdict.Key(), r.Judged,
			[]point{},
			r.Done, r.Aim, r.Status.Key(), DayText(r.Next), r.Owes, sanctions(r.Sanctions), r.Note, r.Republished,
		}
		for _, p := range r.Points {
			l.Points = append(l.Points, point{p.Number, p.Text, kindKeys(p.Kinds), p.Verdict.Key()})
		}
		d.Letters = append(d.Letters, l)
	}
	return d
}

// maxFile bounds a file that is read: 5,000 letters with long answers have some 30 MB.
const maxFile = 128 << 20

// Read reads a canonical form. One that is not canonical, has members that are not known, or
// figures that are not those of its letters, is refused.
func Read(text []byte) (Table, error) {
	if len(text) > maxFile {
		return Table{}, fault.New(fault.Invalid, "文件超过 %d MB", "the file is larger than %d MB", maxFile>>20)
	}
	var d document
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&d); err != nil {
		return Table{}, unreadable(err)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return Table{}, unreadable(err)
	}
	if d.Format != Format {
		return Table{}, fault.New(fault.Invalid, "这是“%[1]s”，不是 %[2]s", "this is %[1]q and not %[2]s", lang.Short(d.Format), Format)
	}
	t, err := d.table()
	if err != nil {
		return Table{}, err
	}
	if t, err = New(t); err != nil {
		return Table{}, err
	}
	again, _, err := t.Canonical()
	if err != nil {
		return Table{}, unreadable(err)
	}
	if !bytes.Equal(again, text) {
		return Table{}, fault.New(fault.Invalid, "这不是规范形式，或其中的件数与各行不符", "this is not the canonical form, or its figures are not those of its letters")
	}
	return t, nil
}

func unreadable(cause error) error {
	return fault.New(fault.Invalid, "公开批次的文件读不出来", "the file of a bulletin cannot be read").Because(cause)
}

func (d document) table() (t Table, err error) {
	t = Table{Campaign: d.Campaign, Bulletin: d.Bulletin, Version: d.Version, Title: d.Title, Batches: d.Batches, Set: Set{Key: d.Set}, Withdrawn: d.Withdrawn}
	if t.Day, err = dayOf(d.Day); err != nil {
		return t, err
	}
	if t.Home, err = divisionOf(d.Home); err != nil {
		return t, err
	}
	for _, h := range d.Columns {
		c, ok := lang.ByKey(Columns(), h.Column)
		if !ok {
			return t, fault.New(fault.Invalid, "没有栏目“%[1]s”", "there is no column %[1]q", lang.Short(h.Column))
		}
		t.Set.Headings = append(t.Set.Headings, Heading{c, h.Title})
	}
	for _, l := range d.Letters {
		r, err := l.row()
		if err != nil {
			return t, err
		}
		t.Rows = append(t.Rows, r)
	}
	return t, nil
}

func (l letter) row() (Row, error) {
	r := Row{
		Number: l.Number, Batch: l.Batch, Code: l.Code, Key: l.Key, Channel: complaint.Channel(l.Channel), Text: l.Text, Region: l.Region, Place: l.Place, KindsText: l.KindsText,
		Found: l.Found, Judged: l.Judged, Done: l.Done, Aim: l.Aim, Owes: l.Owes, Sanctions: Sanctions(l.Sanctions), Note: l.Note, Republished: l.Republished,
	}
	var errs [6]error
	r.Kinds, errs[0] = kindsOf(l.Kinds)
	r.Verdict, errs[1] = verdictOf(l.Verdict)
	r.Division, errs[2] = divisionOf(l.Division)
	r.Next, errs[3] = dayOf(l.Next)
	var ok bool
	if r.Status, ok = ParseStatus(l.Status); !ok {
		errs[4] = fault.New(fault.Invalid, "没有状态“%[1]s”", "there is no state %[1]q", lang.Short(l.Status))
	}
	if c := r.Channel; c != complaint.Unsaid && c != complaint.Call && c != complaint.Letter {
		errs[5] = fault.New(fault.Invalid, "没有来源“%[1]s”", "there is no channel %[1]q", lang.Short(l.Channel))
	}
	for _, p := range l.Points {
		kinds, err1 := kindsOf(p.Kinds)
		v, err2 := verdictOf(p.Verdict)
		if err := errors.Join(err1, err2); err != nil {
			return r, err
		}
		r.Points = append(r.Points, Point{p.Number, p.Text, kinds, v})
	}
	return r, errors.Join(errs[:]...)
}

func kindsOf(keys []string) (all []complaint.Kind, err error) {
	for _, key := range keys {
		k, ok := lang.ByKey(complaint.Kinds(), key)
		if !ok {
			return nil, fault.New(fault.Invalid, "没有类型“%[1]s”", "there is no kind %[1]q", lang.Short(key))
		}
		all = append(all, k)
	}
	return all, nil
}

func verdictOf(key string) (complaint.Verdict, error) {
	v, ok := complaint.ParseVerdict(key)
	if !ok && key != "" {
		return v, fault.New(fault.Invalid, "没有结论“%[1]s”", "there is no verdict %[1]q", lang.Short(key))
	}
	return v, nil
}

func divisionOf(code string) (gb.Division, error) {
	if code == "" {
		return gb.Division{}, nil
	}
	return gb.Parse(code)
}

func dayOf(s string) (calendar.Date, error) {
	if s == "" {
		return calendar.Date{}, nil
	}
	d, err := calendar.ParseDate(s)
	if err != nil {
		return d, fault.New(fault.Invalid, "“%[1]s”不是日期", "%[1]q is no date", lang.Short(s)).Because(err)
	}
	return d, nil
}
