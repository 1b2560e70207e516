package entry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
)

// The fields of a sheet.
const (
	fTitle = iota
	fSummary
	fUnit
	fCity
	fProvince
	fPresenter
	fPhone
	fEmail
	fieldCount
)

// columns are the names of each field, the best first, by which faults name it, too.
var columns = [fieldCount][]string{
	fTitle:     {"作品名称", "案例名称", "项目名称", "成果名称", "题目", "名称", "title"},
	fSummary:   {"简介", "作品简介", "案例简介", "内容简介", "主要内容", "摘要", "summary"},
	fUnit:      {"申报单位", "参评单位", "参赛单位", "报送单位", "单位名称", "单位", "unit"},
	fCity:      {"市州", "城市", "地市", "所在市", "city"},
	fProvince:  {"省份", "省", "所在省", "province"},
	fPresenter: {"展示人", "汇报人", "演讲人", "联系人", "姓名", "presenter"},
	fPhone:     {"联系电话", "手机号", "手机", "电话", "phone"},
	fEmail:     {"邮箱", "电子邮箱", "email"},
}

var headings = sheet.NewHeadings(columns[:]...)

// fieldOf are the fields by the names that a draft's faults have.
var fieldOf = map[string]int{
	"title": fTitle, "summary": fSummary, Unit: fUnit, City: fCity, Province: fProvince, "presenter": fPresenter, "phone": fPhone, "email": fEmail,
}

const (
	headRows     = 10 // in which the headings have to be
	mostRows     = 10_000
	mostFindings = 500 // that are told; errors are counted beyond it
)

// Table is a sheet of entries, as it was read.
type Table struct {
	Rows     []Line
	Findings []Finding
	Errors   int    // how many there are; with one nothing may be kept
	Hash     string // SHA-256 of the file

	at    []int
	names []string       // of the columns
	seen  map[string]int // key → row
}

// Line is a row of a sheet.
type Line struct {
	Row int // as a spreadsheet program shows it
	Draft
}

// Finding is what is wrong in a row.
type Finding struct {
	Row   int
	Field string // the column
	Text  lang.Text
}

func (t *Table) wrong(row int, field string, f *fault.Error) {
	t.Errors++
	if len(t.Findings) < mostFindings {
		t.Findings = append(t.Findings, Finding{row, field, f.Text})
	}
}

// ReadSheet reads a sheet of entries from CSV or XLSX. A file that is none is an error; what is wrong with rows is in the table.
func ReadSheet(ctx context.Context, file io.Reader) (Table, error) {
	t := Table{seen: map[string]int{}}
	sum := sha256.New()
	f, err := sheet.Open(io.TeeReader(file, sum))
	if err != nil {
		return t, err
	}
	if f.Format == sheet.GeoJSON {
		return t, fault.New(fault.Invalid, "这是地图文件，不是作品表：请用 XLSX 或 CSV", "this is a map and no table of entries: use XLSX or CSV")
	}
	t.Hash = hex.EncodeToString(sum.Sum(nil))
	if err := f.EachRow(ctx, t.row); err != nil {
		return t, err
	}
	switch {
	case t.at == nil:
		return t, noHeadings()
	case len(t.Rows) == 0 && t.Errors == 0:
		return t, fault.New(fault.Invalid, "表里没有作品：标题行下面是空的", "there are no entries: nothing stands below the headings")
	}
	return t, nil
}

func noHeadings() error {
	return fault.New(fault.Invalid, "前 %[1]d 行里没有标题行：至少要有“作品名称”和“申报单位”两列", "there are no headings in the first %[1]d rows: at least 作品名称 (title) and 申报单位 (unit) are needed", headRows)
}

func (t *Table) row(row *sheet.Row) error {
	texts := row.Texts()
	if t.at == nil {
		at, _ := headings.Find(texts)
		if at[fTitle] >= 0 && at[fUnit] >= 0 {
			t.at, t.names = at, slices.Clone(texts)
			return nil
		}
		if row.Number >= headRows {
			return noHeadings()
		}
		return nil
	}
	for i := range row.Len() {
		if err := row.Err(i); err != nil {
			zh, _ := fault.In(lang.ZH, err)
			en, _ := fault.In(lang.EN, err)
			t.wrong(row.Number, t.name(i), &fault.Error{Text: lang.Text{ZH: zh, EN: en}})
			return nil
		}
	}
	if len(t.Rows) >= mostRows {
		return fault.New(fault.Invalid, "一次最多导入 %[1]d 件：请分成几个文件", "a sheet has %[1]d entries at most: use several files", mostRows)
	}
	get := func(f int) string {
		if at := t.at[f]; at >= 0 && at < len(texts) {
			return strings.TrimSpace(texts[at])
		}
		return ""
	}
	d := Draft{
		Title: get(fTitle), Summary: get(fSummary), Contact: Contact{Presenter: get(fPresenter), Phone: get(fPhone), Email: get(fEmail)},
		Groups: map[string][]string{Unit: several(get(fUnit)), City: several(get(fCity)), Province: several(get(fProvince))},
	}
	t.line(row.Number, d)
	return nil
}

// line checks what a row says, and keeps it.
func (t *Table) line(row int, d Draft) {
	d, err := d.check()
	faults, _ := fault.Fields(err)
	for _, name := range slices.Sorted(maps.Keys(faults)) {
		f := fieldOf[name]
		column := columns[f][0]
		if at := t.at[f]; at >= 0 {
			column = t.name(at)
		}
		t.wrong(row, column, faults[name])
	}
	key := d.key()
	if before, again := t.seen[key]; again {
		t.wrong(row, t.name(t.at[fTitle]), fault.New(fault.Invalid, "与第 %[1]d 行是同一件：名称和单位都一样", "this is row %[1]d once more: its title and units are the same", before))
	}
	t.seen[key] = row
	t.Rows = append(t.Rows, Line{row, d})
}

func (t *Table) name(column int) string {
	if column >= 0 && column < len(t.names) && strings.TrimSpace(t.names[column]) != "" {
		return strings.TrimSpace(t.names[column])
	}
	return strconv.Itoa(column + 1)
}

// several are the names of a cell that has more than one.
func several(cell string) []string {
	return strings.FieldsFunc(cell, func(r rune) bool { return r == '、' || r == '；' || r == ';' || r == '\n' })
}

// key tells entries apart: by title and units, whatever their spaces and widths.
func (d Draft) key() string { return key(d.Title, d.Groups[Unit]) }

func key(title string, units []string) string {
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return -1
			}
			return unicode.ToLower(r)
		}, norm.NFKC.String(s))
	}
	all := []string{plain(title)}
	for _, u := range slices.Sorted(slices.Values(units)) {
		all = append(all, plain(u))
	}
	return strings.Join(all, "\n")
}
