package intake

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// The fields of a table.
const (
	fNumber = iota
	fCode
	fText
	fRegion
	fPlace
	fKinds
	fFound
	fJudged
	fDone
	fAim
	fStatus
	fSanctions
	fKey
	fChannel
	fNote
	fieldCount
)

// columns are the names of each field in published tables, the best first.
var columns = [fieldCount][]string{
	fNumber:    {"序号", "no"},
	fCode:      {"受理编号", "信访件编号", "信访编号", "举报编号", "交办编号", "案件编号", "受理号", "编号", "code"},
	fText:      {"交办问题基本情况", "问题基本情况", "信访件基本情况", "举报内容", "反映内容", "反映的主要问题", "主要内容", "问题描述", "基本情况", "text"},
	fRegion:    {"行政区域", "所属区域", "所在区域", "行政区划", "属地", "辖区", "区县", "县区", "市州", "地区", "region"},
	fPlace:     {"地址", "详细地址", "具体位置", "地点", "place"},
	fKinds:     {"污染类型", "问题类型", "环境要素", "污染类别", "类型", "kinds"},
	fFound:     {"调查核实情况", "核查情况", "调查情况", "核实情况", "found"},
	fJudged:    {"是否属实", "属实情况", "核查结论", "verdict"},
	fDone:      {"处理和整改情况", "处理整改情况", "整改情况", "处理情况", "办理情况", "done"},
	fAim:       {"办结目标", "整改目标", "aim"},
	fStatus:    {"是否办结", "办结情况", "办理状态", "办结状态", "status"},
	fSanctions: {"责任人被处理情况", "问责情况", "责任人处理情况", "追责问责情况", "sanctions"},
	fKey:       {"重点关注", "是否重点", "重点件", "key"},
	fChannel:   {"来源", "渠道", "信访方式", "举报方式", "来电来信", "channel"},
	fNote:      {"备注", "note"},
}

var headings = sheet.NewHeadings(columns[:]...)

// fieldName is what a column is called here.
func fieldName(f int) string { return columns[f][0] }

// How says what a file does not.
type How struct {
	Home gb.Division   // regions are looked for within it
	Day  calendar.Date // of the batch; zero: not known
}

// maxText bounds a cell: the longest answers that were published have some 5,000 characters.
const maxText = 20_000

// maxLetters bounds a batch, which is held in memory and shown to somebody.
const maxLetters = 20_000

// headRows is how far down the headings are looked for: a title and a date stand above them.
const headRows = 10

type reader struct {
	how   How
	batch Batch
	at    []int
	seen  map[string]int // key → row
	above []string
}

// Read reads a batch from CSV, XLSX or a pasted table. A file that is none is an error; what
// is wrong with rows is in the batch.
func Read(ctx context.Context, file io.Reader, how How) (Batch, error) {
	f, err := sheet.Open(file)
	if err != nil {
		return Batch{}, err
	}
	if f.Format == sheet.GeoJSON {
		return Batch{}, fault.New(fault.Invalid, "这是地图文件，不是信访件的表：请用 XLSX 或 CSV", "this is a map and no table of letters: use XLSX or CSV")
	}
	r := &reader{how: how, seen: map[string]int{}}
	if err := f.EachRow(ctx, r.row); err != nil {
		return Batch{}, err
	}
	if r.at == nil {
		return Batch{}, fault.New(fault.Invalid, "前 %[1]d 行里没有标题行：至少要有“受理编号”和“交办问题基本情况”两列", "there are no headings in the first %[1]d rows: at least 受理编号 (code) and 交办问题基本情况 (text) are needed", headRows)
	}
	r.elsewhere()
	if len(r.batch.Letters) == 0 && r.batch.Errors == 0 {
		return Batch{}, fault.New(fault.Invalid, "表里没有信访件：标题行下面是空的", "there are no letters: nothing stands below the headings")
	}
	return r.batch, nil
}

func (r *reader) row(row *sheet.Row) error {
	if r.at == nil {
		return r.head(row)
	}
	texts := row.Texts()
	if !slices.ContainsFunc(texts, func(s string) bool { return strings.TrimSpace(s) != "" }) {
		return nil
	}
	for i := range row.Len() {
		if err := row.Err(i); err != nil {
			text, _ := fault.In(lang.ZH, err)
			en, _ := fault.In(lang.EN, err)
			r.batch.finding(row.Number, r.column(i), true, text, en)
			return nil
		}
	}
	if r.below(texts) {
		r.batch.Notes = append(r.batch.Notes, strings.TrimSpace(strings.Join(texts, " ")))
		return nil
	}
	if len(r.batch.Letters) >= maxLetters {
		return fault.New(fault.Invalid, "一批最多 %d 件：请分成几个文件", "a batch has %d letters at most: use several files", maxLetters)
	}
	r.letter(row.Number, texts)
	return nil
}

// head looks for the headings; what stands above them is the title.
func (r *reader) head(row *sheet.Row) error {
	at, _ := headings.Find(row.Texts())
	if at[fCode] >= 0 && at[fText] >= 0 {
		r.at = at
		for _, text := range row.Texts() {
			r.batch.Columns = append(r.batch.Columns, strings.TrimSpace(text))
		}
		r.batch.Title = strings.TrimSpace(strings.Join(r.above, " "))
		return nil
	}
	for _, text := range row.Texts() {
		if text = strings.TrimSpace(text); text != "" {
			r.above = append(r.above, text)
		}
	}
	if row.Number >= headRows {
		return fault.New(fault.Invalid, "前 %[1]d 行里没有标题行：至少要有“受理编号”和“交办问题基本情况”两列", "there are no headings in the first %[1]d rows: at least 受理编号 (code) and 交办问题基本情况 (text) are needed", headRows)
	}
	return nil
}

// below reports whether a row is a note or a sum under the table, and no letter.
func (r *reader) below(texts []string) bool {
	if cell(texts, r.at[fCode]) != "" || cell(texts, r.at[fText]) != "" && r.at[fText] != 0 && cell(texts, 0) != cell(texts, r.at[fText]) {
		return false
	}
	first := ""
	for _, text := range texts {
		if first = strings.TrimSpace(text); first != "" {
			break
		}
	}
	for _, begins := range []string{"注", "备注", "说明", "合计", "总计", "*", "＊", "填表", "制表"} {
		if strings.HasPrefix(first, begins) {
			return true
		}
	}
	return false
}

func (r *reader) column(i int) string {
	if i < len(r.batch.Columns) {
		return r.batch.Columns[i]
	}
	return strconv.Itoa(i + 1)
}

func cell(texts []string, at int) string {
	if at < 0 || at >= len(texts) {
		return ""
	}
	return strings.TrimSpace(texts[at])
}

// letter reads one row.
func (r *reader) letter(row int, texts []string) {
	get := func(f int) string { return cell(texts, r.at[f]) }
	l := Letter{
		Row: row, Number: get(fNumber), Text: get(fText), Region: get(fRegion), Place: get(fPlace), KindsText: get(fKinds), Found: get(fFound),
		Judged: get(fJudged), Done: get(fDone), Aim: get(fAim), Status: get(fStatus), Sanctions: get(fSanctions), Note: get(fNote),
	}
	r.code(&l, get(fCode))
	l.Key = starred(get(fNumber)) || starred(get(fCode)) || starred(l.Text) || yes(get(fKey))
	if l.Channel = channelOf(get(fChannel)); l.Channel == complaint.Unsaid {
		l.Channel = l.Code.Channel
	}
	if l.Text == "" {
		r.batch.finding(row, fieldName(fText), true, "没有写问题的基本情况", "what it is about is not said")
	}
	for i, text := range texts {
		if utf8.RuneCountInString(text) > maxText {
			r.batch.finding(row, r.column(i), true, fmt.Sprintf("超过 %d 个字", maxText), fmt.Sprintf("over %d characters", maxText))
		}
	}
	r.region(&l)
	var unknown []string
	if l.Kinds, unknown = complaint.ReadKinds(l.KindsText); len(unknown) > 0 {
		names := strings.Join(unknown, "、")
		r.batch.finding(row, fieldName(fKinds), false, "不认识的类型：“"+lang.Short(names)+"”，先按原文保留", "kinds that are not known: "+lang.Short(names)+"; kept as written")
	}
	r.verdict(&l)
	l.Cited = slices.DeleteFunc(complaint.CitedIn(l.Text), func(c complaint.Cited) bool { return c.Key == l.Code.Key })
	l.More = r.more(texts)
	r.batch.Letters = append(r.batch.Letters, l)
}

// code reads the code, which may be there once.
func (r *reader) code(l *Letter, text string) {
	var err error
	if l.Code, err = complaint.ReadCode(strings.Trim(text, "*＊ ")); err != nil {
		zh, _ := fault.In(lang.ZH, err)
		en, _ := fault.In(lang.EN, err)
		r.batch.finding(l.Row, fieldName(fCode), true, zh, en)
		return
	}
	if before, again := r.seen[l.Code.Key]; again {
		r.batch.finding(l.Row, fieldName(fCode), true, fmt.Sprintf("“%s”在第 %d 行已经有了", l.Code.Text, before), fmt.Sprintf("%q stands in row %d already", l.Code.Text, before))
	}
	r.seen[l.Code.Key] = l.Row
	switch c := l.Code; {
	case c.Shape == complaint.Other:
		r.batch.finding(l.Row, fieldName(fCode), false, "“"+lang.Short(c.Text)+"”不是常见的编号，先按原文保留", "“"+lang.Short(c.Text)+"” is no code of a usual form; kept as written")
	case c.Dated && r.how.Day != (calendar.Date{}) && abs(r.how.Day.Sub(c.Date)) > mostDays:
		r.batch.finding(l.Row, fieldName(fCode), false, fmt.Sprintf("编号里的日期 %v 与这一批的 %v 相差很多", c.Date, r.how.Day), fmt.Sprintf("the day in the code, %v, is far from the batch's, %v", c.Date, r.how.Day))
	}
}

// mostDays is how far a letter's own day may lie from its batch's without a question.
const mostDays = 40

func abs(n int) int { return max(n, -n) }

func (r *reader) region(l *Letter) {
	if l.Region == "" {
		return
	}
	d, err := gb.Resolve(l.Region, r.how.Home)
	if err != nil {
		r.batch.finding(l.Row, fieldName(fRegion), false, "区划“"+lang.Short(l.Region)+"”查不到，先按原文保留", "there is no division “"+lang.Short(l.Region)+"”; kept as written")
		return
	}
	l.Division = d
	if r.how.Home.Valid() && !d.Within(r.how.Home) {
		r.batch.finding(l.Row, fieldName(fRegion), false, d.FullName().ZH+"不在"+r.how.Home.FullName().ZH+"：可能发错了地方", d.FullName().EN+" is not in "+r.how.Home.FullName().EN+": it may have gone astray")
	}
}

func (r *reader) verdict(l *Letter) {
	if l.Judged == "" {
		return
	}
	var ok bool
	if l.Verdict, ok = complaint.ParseVerdict(l.Judged); !ok {
		r.batch.finding(l.Row, fieldName(fJudged), false, "“"+lang.Short(l.Judged)+"”不是四种结论之一，不替您推断", "“"+lang.Short(l.Judged)+"” is none of the four verdicts, and none is inferred")
	}
}

// more are the cells of columns that are not known.
func (r *reader) more(texts []string) (out []Cell) {
	for i, text := range texts {
		if text = strings.TrimSpace(text); text != "" && !slices.Contains(r.at, i) && r.column(i) != wrongColumn {
			out = append(out, Cell{r.column(i), text})
		}
	}
	return out
}

func starred(s string) bool {
	return strings.HasPrefix(s, "*") || strings.HasPrefix(s, "＊") || strings.HasSuffix(s, "*") || strings.HasSuffix(s, "＊") || strings.HasPrefix(s, "★")
}

func yes(s string) bool {
	return slices.Contains([]string{"是", "重点", "重点关注", "重点件", "*", "＊", "★", "√", "✓", "1", "yes", "true"}, strings.ToLower(s))
}

func channelOf(s string) complaint.Channel {
	switch {
	case strings.Contains(s, "电"), strings.EqualFold(s, "call"):
		return complaint.Call
	case strings.Contains(s, "信"), strings.EqualFold(s, "letter"):
		return complaint.Letter
	}
	return complaint.Unsaid
}
