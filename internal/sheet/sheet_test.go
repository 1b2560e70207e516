package sheet

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// tb is a test or a check of properties.
type tb interface {
	Helper()
	Fatal(...any)
}

// rowsOf reads a table: the number of each row and its cells.
func rowsOf(t tb, file string) (numbers []int, rows [][]string) {
	t.Helper()
	numbers, rows, err := readRows(file)
	if err != nil {
		t.Fatal(err)
	}
	return numbers, rows
}

func readRows(file string) (numbers []int, rows [][]string, err error) {
	f, err := Open(strings.NewReader(file))
	if err != nil {
		return nil, nil, err
	}
	err = f.EachRow(context.Background(), func(r *Row) error {
		numbers, rows = append(numbers, r.Number), append(rows, r.Texts())
		for i := range r.Len() + 1 {
			if err := r.Err(i); err != nil {
				return err
			}
		}
		return nil
	})
	return numbers, rows, err
}

func message(err error) string {
	text, _ := fault.In(lang.ZH, err)
	return text
}

// What is written is read back, whatever it looks like.
func TestTablesReadBack(t *testing.T) {
	letters := rapid.OneOf(rapid.SampledFrom([]rune("=+-@'|%\t\r\n \"＝＋－＠％｜;,_x0041甲\u200f")), rapid.Rune())
	text := rapid.Map(rapid.StringOfN(letters, 0, 12, -1), func(s string) string {
		return strings.NewReplacer("\x00", "", "\ufffd", "").Replace(s) // no text has them
	})
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.SliceOfN(text, 1, 5), 1, 4).Draw(t, "rows")
		cells := [][]any{{"first"}}
		for _, row := range want {
			var line []any
			for _, c := range row {
				line = append(line, c)
			}
			cells = append(cells, line)
		}
		var asCSV, asXLSX bytes.Buffer
		if err := WriteCSV(&asCSV, slices.Values(cells)); err != nil {
			t.Fatal(err)
		}
		if err := WriteXLSX(&asXLSX, Page{Name: "甲", Rows: slices.Values(cells)}); err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{asCSV.String(), asXLSX.String()} {
			_, rows := rowsOf(t, file)
			if diff := cmp.Diff(shown(want), shown(rows[1:])); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

// shown is a table without what nobody sees: cells of spaces, empty ones at the
// end of a row, and rows without anything.
func shown(rows [][]string) [][]string {
	var out [][]string
	for _, row := range rows {
		row = slices.Clone(row)
		for i, c := range row {
			if strings.TrimSpace(c) == "" {
				row[i] = ""
			}
		}
		for len(row) > 0 && row[len(row)-1] == "" {
			row = row[:len(row)-1]
		}
		if len(row) > 0 {
			out = append(out, row)
		}
	}
	return out
}

// A spreadsheet program finds no formula in what was written, and numbers are
// numbers to it.
func TestNoFormulaLeaves(t *testing.T) {
	row := []any{"=1+1", "+8", "-x", "@SUM(A1)", "\tcmd", "\rcmd", "|calc", "%0A", "＝1", "＋1", "－1", "＠x", "''=1", "-", -2.5, Degrees(-51.2), 7, nil, "fine"}
	want := []string{"'=1+1", "'+8", "'-x", "'@SUM(A1)", "'\tcmd", "'\rcmd", "'|calc", "'%0A", "'＝1", "'＋1", "'－1", "'＠x", "'''=1", "'-", "-2.5", "-51.2000000", "7", "", "fine"}
	var asCSV, asXLSX bytes.Buffer
	if err := WriteCSV(&asCSV, slices.Values([][]any{row})); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(asCSV.String(), "\ufeff"))).Read()
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if err := WriteXLSX(&asXLSX, Page{Name: "a", Rows: slices.Values([][]any{row})}); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&asXLSX)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for i, text := range want {
		cell, _ := excelize.CoordinatesToCellName(i+1, 1)
		value, err := book.GetCellValue("a", cell, excelize.Options{RawCellValue: true})
		if err != nil || value != text {
			t.Errorf("%s: %q, want %q (%v)", cell, value, text, err)
		}
		kind, _ := book.GetCellType("a", cell)
		if number := i >= 14 && i <= 16; number != (kind == excelize.CellTypeUnset) && text != "" {
			t.Errorf("%s has type %v", cell, kind)
		}
	}
}

func TestPagesOfABook(t *testing.T) {
	var file bytes.Buffer
	one := Page{Name: "方案 & 说明", Widths: []float64{30, 8.5}, Rows: slices.Values([][]any{Heads("名称", "人"), {"甲", 1.25}})}
	two := Page{Name: "two", Rows: slices.Values([][]any{{"x"}, {}, {"y"}})}
	if err := WriteXLSX(&file, one, two); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if diff := cmp.Diff([]string{"方案 & 说明", "two"}, book.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	rows, err := book.GetRows("two")
	if diff := cmp.Diff([][]string{{"x"}, nil, {"y"}}, rows); err != nil || diff != "" {
		t.Error(err, diff)
	}
	style, err := book.GetCellStyle("方案 & 说明", "B1")
	if err != nil {
		t.Fatal(err)
	}
	if s, err := book.GetStyle(style); err != nil || s.Font == nil || !s.Font.Bold {
		t.Error("a heading is not bold", err)
	}
	if width, err := book.GetColWidth("方案 & 说明", "B"); err != nil || width != 8.5 {
		t.Error(width, err)
	}
}

func TestCSVAsOfficesWriteIt(t *testing.T) {
	want := [][]string{{"编号", "名称"}, {"A", "甲，乙"}, {"B", "say \"hi\""}}
	plain := "编号,名称\nA,甲，乙\nB,\"say \"\"hi\"\"\"\n"
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file    string
		numbers []int
	}{
		"plain":        {plain, []int{1, 2, 3}},
		"mark":         {"\ufeff" + plain, []int{1, 2, 3}},
		"GBK":          {gbk, []int{1, 2, 3}},
		"CR LF":        {strings.ReplaceAll(plain, "\n", "\r\n"), []int{1, 2, 3}},
		"lone CR":      {strings.ReplaceAll(plain, "\n", "\r"), []int{1, 2, 3}},
		"semicolons":   {"编号;名称\nA;甲，乙\nB;\"say \"\"hi\"\"\"", []int{1, 2, 3}},
		"sep":          {"sep=;\r\n编号;名称\r\nA;甲，乙\r\nB;\"say \"\"hi\"\"\"", []int{2, 3, 4}},
		"sep and mark": {"\ufeffSEP=|\n编号|名称\nA|甲，乙\nB|\"say \"\"hi\"\"\"", []int{2, 3, 4}},
		"tabs":         {"编号\t名称\nA\t甲，乙\nB\t\"say \"\"hi\"\"\" \n", []int{1, 2, 3}},
		"blank rows":   {"\n ,　\n编号,名称\n,,,,\nA,甲，乙\n\n \nB,\"say \"\"hi\"\"\"\n,,\n\n", []int{3, 5, 8}},
		"wide":         {"编号,名称" + strings.Repeat(",", 16_382) + "\nA,甲，乙\nB,\"say \"\"hi\"\"\"", []int{1, 2, 3}},
	} {
		numbers, rows := rowsOf(t, c.file)
		if diff := cmp.Diff(want, rows); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if diff := cmp.Diff(c.numbers, numbers); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	numbers, rows := rowsOf(t, "a,b\n\"one\r\ntwo\",2\nlast,5\" pipe\n")
	if diff := cmp.Diff([][]string{{"a", "b"}, {"one\r\ntwo", "2"}, {"last", "5\" pipe"}}, rows); diff != "" || !slices.Equal(numbers, []int{1, 2, 4}) {
		t.Error(diff, numbers)
	}
}

// Each mistake is named with its row; nothing that follows it is lost unseen.
func TestCSVRefuses(t *testing.T) {
	for file, want := range map[string]string{
		"id,note\na,\"east\nb,west\nc,south\n":           "第 2 行有一个引号没有配对",
		"id,note\na,\"east\nb,west\nc,\"south\"\n":       "第 2 行的引号不成对",
		"id,note\na,\"he said \"hi\" there\"\n":          "第 2 行的引号不成对",
		"id\na\n" + strings.Repeat("x", 2<<20):           "单元格 A3 的文字太长",
		"id\n\"" + strings.Repeat("x", 2<<20):            "第 2 行有一个引号没有配对",
		"id\n" + strings.Repeat(",", 1000) + "x\n":       "第 2 行超过 1000 列",
		"id\n" + strings.Repeat(",", 30_000) + "\n":      "第 2 行超过 1000 列",
		"id\n" + strings.Repeat("x,", 1001) + "\n":       "第 2 行超过 1000 列",
		"a\n" + strings.Repeat("1\n", 1_000_001):         "超过 1000000 行",
		"\x89PNG\r\n\x1a\n\x00\x00":                      "编码认不出",
		"\xff\xfe\x00\xd8a\x00":                          "编码认不出",
		"id\na\xff\xff\n":                                "编码认不出",
		strings.Repeat("x", MaxBytes+1):                  "超过 128 MB",
		"id\n" + strings.Repeat("\"", 5) + "\nb\n":       "第 2 行有一个引号没有配对",
		"id,x\n" + strings.Repeat("\"a\",", 3) + "\"b\n": "第 2 行有一个引号没有配对",
	} {
		if _, _, err := readRows(file); !strings.Contains(message(err), want) {
			t.Errorf("%.40q: %v, want %s", file, err, want)
		}
	}
}

func TestHeadings(t *testing.T) {
	h := NewHeadings([]string{"code", "编号", "id"}, []string{"lon", "经度", "Lon"}, []string{"opening hours", "营业时间"}, []string{"人口（夜间）"})
	for _, c := range []struct {
		columns string
		want    []int
		passed  []Passed
	}{
		{"id|经度|营业时间", []int{0, 1, 2, -1}, nil},
		{" *编 号：|经　度|营业\n时间|人口(夜间)", []int{0, 1, 2, 3}, nil},
		{"CODE|经度（WGS-84）|Opening  Hours", []int{0, 1, 2, -1}, nil},
		{"openinghours|人口（白天）|人口|人口（夜间）", []int{-1, -1, -1, 3}, nil},
		{"id|编号|code", []int{2, -1, -1, -1}, []Passed{{0, 2, 0}, {0, 2, 1}}},
		{"code|id|code", []int{0, -1, -1, -1}, []Passed{{0, 0, 1}, {0, 0, 2}}},
		{"经度（旧）|经度", []int{-1, 1, -1, -1}, []Passed{{1, 1, 0}}},
		{"||（）", []int{-1, -1, -1, -1}, nil},
	} {
		at, passed := h.Find(strings.Split(c.columns, "|"))
		if diff := cmp.Diff(c.want, at); diff != "" {
			t.Errorf("%q: %s", c.columns, diff)
		}
		if diff := cmp.Diff(c.passed, passed); diff != "" {
			t.Errorf("%q: %s", c.columns, diff)
		}
	}
	if plainHeading(" 营 业 时间 ") != plainHeading("营业时间*") || plainHeading("opening hours") == plainHeading("openinghours") {
		t.Error("headings are compared otherwise than found")
	}
}

func ExampleWriteCSV() {
	var file strings.Builder
	_ = WriteData(&file, slices.Values([][]any{Heads("name", "people"), {"=cmd", 1234567.5}}))
	fmt.Print(file.String())
	// Output:
	// name,people
	// '=cmd,1234567.5
}

// A title and a note are one cell over several columns for a spreadsheet program, long texts break,
// and all is read back as it was.
func TestTitlesOverColumns(t *testing.T) {
	rows := [][]any{Title("=一览表", 3), Heads("a", "b", "c"), {1, "长文字", "c"}, Remark("注：一", 1, 2)}
	var file, text bytes.Buffer
	if err := WriteXLSX(&file, Page{Name: "p", Wrap: true, Rows: slices.Values(rows)}); err != nil {
		t.Fatal(err)
	}
	if err := WriteCSV(&text, slices.Values(rows)); err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"=一览表"}, {"a", "b", "c"}, {"1", "长文字", "c"}, {"", "注：一"}}
	for _, f := range []string{file.String(), text.String()} {
		if _, got := rowsOf(t, f); cmp.Diff(want, got) != "" {
			t.Error(cmp.Diff(want, got))
		}
	}
	book, err := excelize.OpenReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	var merged []string
	cells, err := book.GetMergeCells("p")
	for _, m := range cells {
		merged = append(merged, m.GetStartAxis()+":"+m.GetEndAxis())
	}
	style, _ := book.GetCellStyle("p", "B3")
	look, err2 := book.GetStyle(style)
	if err != nil || err2 != nil || !slices.Equal(merged, []string{"A1:C1", "B4:C4"}) || !look.Alignment.WrapText {
		t.Errorf("%v %v %v %+v", err, err2, merged, look)
	}
}
