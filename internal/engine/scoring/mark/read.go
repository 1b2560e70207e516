package mark

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
)

// Read reads marks: a table (CSV or XLSX, told by its content) with the columns entry, part, judge, criterion and mark, or JSON in the form
// of a [Set]. It says what it took otherwise than it was written, and returns every fault at once.
//
// A row of a table is one of three things. With a judge it is a mark: a decimal, absent or recused, or empty, which is not there
// yet. Without judge and part it is a measured value, the criterion being its measure. And without judge and criterion it is what became of the
// entry: forfeit, withdrawn or disqualified. What a rule alone can tell, as the part where it has one, is left to [Arrange].
func Read(ctx context.Context, in io.Reader) (Set, []lang.Text, error) {
	buffered := bufio.NewReader(in)
	head, _ := buffered.Peek(512) // a smaller file is none the worse
	if bytes.HasPrefix(bytes.TrimLeft(head, "\ufeff \t\r\n"), []byte("{")) {
		set, err := readJSON(buffered)
		return set, nil, err
	}
	file, err := sheet.Open(buffered)
	if err != nil {
		return Set{}, nil, err
	}
	t := table{spreadsheet: file.Format == sheet.Spreadsheet}
	if err := file.EachRow(ctx, t.row); err != nil {
		return Set{}, nil, err
	}
	if t.at == nil || t.rows == 0 {
		t.fault(0, "表里没有分：第一行写 entry,part,judge,criterion,mark（作品、环节、评委、指标、分），下面一行一个分", "there are no marks: the first row is entry,part,judge,criterion,mark, and each below has one")
	}
	if len(t.faults) > 0 {
		return Set{}, nil, joined(t.faults)
	}
	if t.unsaid > 0 {
		t.said = append(t.said, said("这样的还有 %d 处", "there are %d more of these", t.unsaid))
	}
	return t.set, t.said, nil
}

// The columns of a table.
const (
	entryColumn = iota
	partColumn
	judgeColumn
	criterionColumn
	markColumn
	panelColumn
)

var headings = sheet.NewHeadings(
	[]string{"entry", "作品", "作品编号", "编号", "案例", "案例编号", "参评编号"},
	[]string{"part", "环节"},
	[]string{"judge", "评委", "专家", "评委编号", "seat"},
	[]string{"criterion", "指标", "评分指标"},
	[]string{"mark", "分", "得分", "分数", "打分", "评分", "score"},
	[]string{"panel", "评委组", "组"},
)

// columnNames are what messages call the columns.
var columnNames = []lang.Text{
	{ZH: "作品", EN: "entry"}, {ZH: "环节", EN: "part"}, {ZH: "评委", EN: "judge"}, {ZH: "指标", EN: "criterion"}, {ZH: "分", EN: "mark"}, {ZH: "评委组", EN: "panel"},
}

const (
	maxSaid = 20  // single remarks; what is more is counted
	maxName = 100 // characters of an entry's, a part's, a judge's
)

// table is a table that is being read.
type table struct {
	spreadsheet bool
	at          []int // of the columns
	width       int
	rows        int
	set         Set
	said        []lang.Text
	unsaid      int
	faults
}

func (t *table) say(zh, en string, args ...any) {
	if len(t.said) == maxSaid {
		t.unsaid++
		return
	}
	t.said = append(t.said, said(zh, en, args...))
}

func said(zh, en string, args ...any) lang.Text {
	return lang.Text{ZH: lang.ZH.F(zh, en, args...), EN: lang.EN.F(zh, en, args...)}
}

func (t *table) row(r *sheet.Row) error {
	if t.at == nil {
		return t.head(r.Texts())
	}
	t.rows++
	if r.Len() > t.width {
		t.fault(r.Number, "比表头多出一格“%s”：小数点用“.”，不用“,”", "it has the cell %q beyond the headings: a decimal has a point, not a comma", lang.Short(r.Text(r.Len()-1)))
		return nil
	}
	var cells [panelColumn + 1]string
	before := len(t.faults)
	for column := range cells {
		cells[column] = t.cell(r, column)
	}
	if cells[entryColumn] == "" {
		t.fault(r.Number, "没有写是哪个作品", "it does not say which entry it is of")
	}
	if len(t.faults) > before {
		return nil
	}
	switch {
	case cells[judgeColumn] != "":
		t.mark(r.Number, cells)
	case cells[criterionColumn] == "":
		t.ended(r.Number, cells)
	default:
		t.measured(r.Number, cells)
	}
	return nil
}

// head finds the columns, and ends the reading where one is not there.
func (t *table) head(names []string) error {
	at, passed := headings.Find(names)
	for _, column := range []int{entryColumn, judgeColumn, markColumn} {
		if at[column] < 0 {
			return fault.New(fault.Invalid, "表头没有“%[1]s”（%[2]s）：第一行写 entry,part,judge,criterion,mark，或作品、环节、评委、指标、分", "no column is called %[2]s (%[1]s): the first row is entry,part,judge,criterion,mark", columnNames[column].ZH, columnNames[column].EN)
		}
	}
	used := map[int]bool{}
	for _, i := range at {
		used[i] = true
	}
	for _, p := range passed {
		t.say("有两列是%[1]s，用了“%[3]s”，没有用“%[4]s”", "two columns are the %[2]s: %[3]q was used, and %[4]q was not", columnNames[p.Field].ZH, columnNames[p.Field].EN, lang.Short(names[p.Won]), lang.Short(names[p.Lost]))
		used[p.Lost] = true
	}
	for i, name := range names {
		if !used[i] && name != "" {
			t.say("没有用“%s”这一列", "the column %q was not used", lang.Short(name))
		}
	}
	t.at, t.width = at, len(names)
	return nil
}

// cell is a cell's text in one form: NFC, digits and letters of the usual width.
func (t *table) cell(r *sheet.Row, column int) string {
	if t.at[column] < 0 {
		return ""
	}
	name := columnNames[column]
	if err := r.Err(t.at[column]); err != nil {
		t.note(err)
		return ""
	}
	was := strings.TrimSpace(r.Text(t.at[column]))
	text := norm.NFC.String(strings.Map(narrow, was))
	if text != was {
		t.say("第 %[1]d 行，%[2]s：“%[4]s”按“%[5]s”读", "Row %[1]d, %[3]s: %[4]q was read as %[5]q", r.Number, name.ZH, name.EN, lang.Short(was), lang.Short(text))
	}
	if wrong, is := lang.CheckText(text, maxName); !is {
		t.fault(r.Number, "%[1]s：%[3]s", "%[2]s: %[4]s", name.ZH, name.EN, wrong.ZH, wrong.EN)
	}
	return text
}

// narrow is a full-width digit, letter, point or minus in its usual width.
func narrow(c rune) rune {
	if c >= '０' && c <= '９' || c >= 'Ａ' && c <= 'Ｚ' || c >= 'ａ' && c <= 'ｚ' || c == '．' || c == '－' {
		return c - '０' + '0'
	}
	return c
}

func (t *table) mark(row int, cells [panelColumn + 1]string) {
	m := Mark{Entry: cells[entryColumn], Part: cells[partColumn], Judge: cells[judgeColumn], Criterion: cells[criterionColumn], Panel: cells[panelColumn], Row: row}
	switch text := strings.ToLower(cells[markColumn]); text {
	case "":
	case "absent", "缺席":
		m.Value = Absent
	case "recused", "回避":
		m.Value = Recused
	default:
		if statuses[text] != Ran {
			t.fault(row, "“%s”说的是作品，不是评委：把评委和指标两格空着", "%q is said of an entry, not by a judge: leave judge and criterion empty", text)
			return
		}
		n, ok := t.number(row, text)
		if !ok {
			return
		}
		m.Value = Of(n)
	}
	t.set.Marks = append(t.set.Marks, m)
}

var statuses = map[string]Status{
	"forfeit": Forfeit, "弃权": Forfeit, "withdrawn": Withdrawn, "退出": Withdrawn, "disqualified": Disqualified, "取消资格": Disqualified,
}

func (t *table) ended(row int, cells [panelColumn + 1]string) {
	status := statuses[strings.ToLower(cells[markColumn])]
	if status == Ran {
		t.fault(row, "没有写是哪位评委的分；说作品没有参加，就在“分”里写 弃权、退出 或 取消资格", "it does not say which judge gave it; of an entry that did not take part, write forfeit, withdrawn or disqualified as the mark")
		return
	}
	t.set.Ended = append(t.set.Ended, Ended{Entry: cells[entryColumn], Part: cells[partColumn], Status: status, Row: row})
}

func (t *table) measured(row int, cells [panelColumn + 1]string) {
	m := Measured{Entry: cells[entryColumn], Measure: cells[criterionColumn], Row: row}
	if cells[partColumn] != "" {
		t.fault(row, "没有写是哪位评委的分；“%s”如果是测量值（票数、超时等），环节也空着", "it does not say which judge gave it; if %q is measured, as votes or overtime are, leave the part empty too", lang.Short(m.Measure))
		return
	}
	switch text := strings.ToLower(cells[markColumn]); text {
	case "":
		return // it is missing, and whoever waits for it says so
	case "yes", "是", "true":
		m.Value = exact.Of(1)
	case "no", "否", "false":
	default:
		n, ok := t.number(row, text)
		if !ok {
			return
		}
		m.Value = n
	}
	t.set.Measures = append(t.set.Measures, m)
}

// number reads a decimal, of a spreadsheet the first fifteen digits: the sixteenth is what arithmetic in twos makes of a decimal.
func (t *table) number(row int, text string) (exact.Number, bool) {
	if t.spreadsheet {
		if short := fifteen(text); short != text {
			t.say("第 %[1]d 行，分：表格里的 %[2]s 按 %[3]s 读", "Row %[1]d, mark: %[2]s in the spreadsheet was read as %[3]s", row, lang.Short(text), short)
			text = short
		}
	}
	n, err := exact.Parse(text)
	if err != nil {
		zh, _ := fault.In(lang.ZH, err)
		en, _ := fault.In(lang.EN, err)
		t.fault(row, "分：%[1]s", "mark: %[2]s", zh, en)
		return exact.Number{}, false
	}
	return n, true
}
