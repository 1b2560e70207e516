package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/xiadu/xiadu/internal/fault"
)

// bookOf is a spreadsheet of parts as they stand, with the usual ones around.
func bookOf(t testing.TB, parts map[string]string) string {
	t.Helper()
	all := map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="x/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="rId3" Type="x/styles" Target="styles.xml"/></Relationships>`,
		"xl/sharedStrings.xml":       `<sst></sst>`,
		"xl/styles.xml":              `<styleSheet/>`,
	}
	maps.Copy(all, parts)
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	for name, text := range all {
		part, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.String()
}

// sheetOf is a spreadsheet of one sheet.
func sheetOf(t testing.TB, rows, after string) string {
	t.Helper()
	return bookOf(t, map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData>` + rows + `</sheetData>` + after + `</worksheet>`})
}

func TestBooksOfAllKinds(t *testing.T) {
	file := bookOf(t, map[string]string{
		"xl/workbook.xml": `<?xml version="1.0"?><!-- by hand --><x:workbook xmlns:x="m" xmlns:r="r"><x:sheets>` +
			`<x:sheet name="hidden" state="hidden" r:id="rId9"/><x:sheet name="shown" sheetId="2" r:id="rId1"/></x:sheets></x:workbook>`,
		"xl/sharedStrings.xml": `<sst><si><t>甲&amp;乙</t></si><si><r><t>rich </t></r><r><rPr><b/></rPr><t>text</t></r><rPh sb="0" eb="1"><t>yin</t></rPh></si><si><t/></si></sst>`,
		"xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/><numFmt numFmtId="171" formatCode="[Red]0.00&quot;d&quot;"/></numFmts>` +
			`<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="20"/><xf numFmtId="170"/><xf numFmtId="171"/></cellXfs></styleSheet>`,
		"xl/worksheets/sheet1.xml": "\ufeff" + `<?xml version="1.0"?><x:worksheet xmlns:x="m"><x:sheetData>` +
			`<x:row r="2"><x:c r="A2" t="s"><x:v>0</x:v></x:c><x:c r="C2" t="s"><x:v>1</x:v></x:c><x:c r="D2" t="s"><x:v>2</x:v></x:c></x:row>` +
			`<x:row><x:c t="inlineStr"><x:is><x:t>inline</x:t></x:is></x:c><x:c t="b"><x:v>1</x:v></x:c><x:c t="str"><x:f>A1</x:f><x:v>_x0041_&#10;<![CDATA[<b>]]></x:v></x:c></x:row>` +
			`<x:row r="5"><x:c><x:v>617700169958293503</x:v></x:c><x:c><x:v>1.1000000000000001</x:v></x:c><x:c><x:v>6.1770016995829E+17</x:v></x:c><x:c r="XFD5" s="1"/></x:row>` +
			`<x:row r="6"><x:c s="1"><x:v>46346</x:v></x:c><x:c s="2"><x:v>46346.354166666664</x:v></x:c><x:c s="3"><x:v>0.35416666666666669</x:v></x:c><x:c s="4"><x:v>46346</x:v></x:c><x:c s="5"><x:v>3.5</x:v></x:c><x:c s="0"><x:v>46346</x:v></x:c></x:row>` +
			`<x:row r="7"><x:c s="1"/></x:row>` +
			`</x:sheetData></x:worksheet>`,
	})
	numbers, rows := rowsOf(t, file)
	want := [][]string{
		{"甲&乙", "", "rich text"},
		{"inline", "TRUE", "A\n<b>"},
		{"617700169958293503", "1.1", "617700169958290000"},
		{"2026-11-20", "2026-11-20 08:30", "08:30", "2026-11-20", "3.5", "46346"},
	}
	if diff := cmp.Diff(want, rows); diff != "" || !slices.Equal(numbers, []int{2, 3, 5, 6}) {
		t.Error(diff, numbers)
	}
	early := bookOf(t, map[string]string{
		"xl/workbook.xml":          `<workbook xmlns:r="r"><workbookPr date1904="1"/><sheets><sheet name="a" r:id="rId1"/></sheets></workbook>`,
		"xl/styles.xml":            `<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>`,
		"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row><c s="0"><v>44884</v></c></row></sheetData></worksheet>`,
	})
	if _, rows := rowsOf(t, early); rows[0][0] != "2026-11-20" {
		t.Error(rows)
	}
}

// What is shown in merged cells holds for all rows that they cover.
func TestMergedCells(t *testing.T) {
	book := excelize.NewFile()
	defer book.Close()
	for cell, value := range map[string]any{
		"A1": "code", "B1": "district", "C1": "hours", "A2": "1", "B2": "城中区", "C2": "8:00-20:00", "A3": "2", "A4": "3", "A5": "4", "A6": "5", "B6": "城东区", "A8": "6", "C8": "wide",
	} {
		if err := book.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range [][2]string{{"B2", "B4"}, {"C2", "C3"}, {"B6", "B9"}, {"C8", "D8"}} {
		if err := book.MergeCell("Sheet1", m[0], m[1]); err != nil {
			t.Fatal(err)
		}
	}
	var file bytes.Buffer
	if err := book.Write(&file); err != nil {
		t.Fatal(err)
	}
	numbers, rows := rowsOf(t, file.String())
	want := [][]string{
		{"code", "district", "hours"}, {"1", "城中区", "8:00-20:00"}, {"2", "城中区", "8:00-20:00"}, {"3", "城中区"}, {"4"}, {"5", "城东区"}, {"6", "城东区", "wide"},
	}
	if diff := cmp.Diff(want, rows); diff != "" || !slices.Equal(numbers, []int{1, 2, 3, 4, 5, 6, 8}) {
		t.Error(diff, numbers)
	}
	_, rows = rowsOf(t, sheetOf(t, `<row><c t="str"><v>top</v></c></row><row><c t="str"><v>under</v></c><c><v>2</v></c></row>`, `<mergeCells><mergeCell ref="A1:A2"/></mergeCells>`))
	if diff := cmp.Diff([][]string{{"top"}, {"top", "2"}}, rows); diff != "" {
		t.Error(diff)
	}
}

// A formula whose value nobody calculated is never empty and never zero.
func TestFormulasWithoutAValue(t *testing.T) {
	const merge = `<mergeCells><mergeCell ref="B1:B3"/></mergeCells>`
	for rows, want := range map[string]string{
		`<row><c><f>1+1</f></c></row>`:                     "单元格 A1 的公式没有算出结果",
		`<row><c/><c><f>1+1</f><v></v></c></row>`:          "单元格 B1 的公式没有算出结果",
		`<row><c/><c t="str"><f>1+1</f></c></row>`:         "单元格 B1 的公式没有算出结果",
		`<row><c t="e"><f>1/0</f><v>#DIV/0!</v></c></row>`: "单元格 A1 的公式出错（#DIV/0!）",
		`<row><c t="e"><v>#N/A</v></c></row>`:              "单元格 A1 的公式出错（#N/A）",
		`<row><c><f>1+1</f><v>2</v></c></row>`:             "",
		`<row><c><f>1-1</f><v>0</v></c></row>`:             "",
		`<row><c t="str"><f>""</f><v></v></c></row>`:       "",
	} {
		if _, _, err := readRows(sheetOf(t, rows, "")); !strings.Contains(message(err), want) || (want == "") != (err == nil) {
			t.Errorf("%s: %v, want %s", rows, err, want)
		}
	}
	var below error
	f, _ := Open(strings.NewReader(sheetOf(t, `<row><c/><c><f>1+1</f></c></row><row><c><v>1</v></c></row>`, merge)))
	err := f.EachRow(t.Context(), func(r *Row) error { below = r.Err(1); return nil })
	if err != nil || !strings.Contains(message(below), "单元格 B2 的公式没有算出结果") {
		t.Error(err, below)
	}
	stale := `<workbook xmlns:r="r"><sheets><sheet name="a" r:id="rId1"/></sheets><calcPr fullCalcOnLoad="1"/></workbook>`
	for cell, refused := range map[string]bool{`<c><f>1+1</f><v>0</v></c>`: true, `<c><f>1+1</f><v>2</v></c>`: false, `<c><v>0</v></c>`: false} {
		file := bookOf(t, map[string]string{"xl/workbook.xml": stale, "xl/worksheets/sheet1.xml": `<worksheet><sheetData><row>` + cell + `</row></sheetData></worksheet>`})
		if _, _, err := readRows(file); refused != (err != nil) {
			t.Errorf("%s: %v", cell, err)
		}
	}
}

func TestBooksRefused(t *testing.T) {
	long := strings.Repeat("x", 300<<10)
	cells := strings.Repeat(`<c t="s"><v>0</v></c>`, 900)
	good := sheetOf(t, `<row><c><v>1</v></c></row>`, "")
	for name, c := range map[string]struct{ file, want string }{
		"no archive":      {"PK\x03\x04 not a zip", "XLSX 文件打不开"},
		"password":        {compoundFile + "rest", "设了密码"},
		"torn":            {good[:len(good)-30], "XLSX 文件打不开"},
		"damaged":         {strings.Replace(good, "sheetData", "sheetDatA", 1), "XLSX 文件打不开"},
		"no sheet":        {bookOf(t, nil), "XLSX 文件打不开"},
		"unclosed":        {bookOf(t, map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData>`}), "XLSX 文件打不开"},
		"crossed":         {sheetOf(t, `<row><c></row></c>`, ""), "XLSX 文件打不开"},
		"entity":          {bookOf(t, map[string]string{"xl/worksheets/sheet1.xml": `<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>`}), "XLSX 文件打不开"},
		"unknown text":    {sheetOf(t, `<row><c t="s"><v>7</v></c></row>`, ""), "XLSX 文件打不开"},
		"rows go back":    {sheetOf(t, `<row r="3"/><row r="2"/>`, ""), "XLSX 文件打不开"},
		"cells go back":   {sheetOf(t, `<row><c r="B1"/><c r="A1"/></row>`, ""), "XLSX 文件打不开"},
		"cell elsewhere":  {sheetOf(t, `<row><c r="A2"/></row>`, ""), "XLSX 文件打不开"},
		"long cell":       {sheetOf(t, `<row/><row><c t="inlineStr"><is><t>`+long+`</t></is></c></row>`, ""), "单元格 A2 的文字太长"},
		"long in pieces":  {sheetOf(t, `<row><c t="inlineStr"><is>`+strings.Repeat(`<r><t>`+long[:9999]+`</t></r>`, 30)+`</is></c></row>`, ""), "单元格 A1 的文字太长"},
		"long comments":   {sheetOf(t, `<row><c><v>`+strings.Repeat("1<!-- "+long+" -->", 9)+`</v></c></row><row><c><f/></c></row>`, ""), "单元格 A2"},
		"long tag":        {sheetOf(t, `<row><c a="`+long+`"/></row>`, ""), "展开后太大"},
		"columns":         {sheetOf(t, `<row><c r="ALL1"><v>1</v></c><c r="ALM1"><v>1</v></c></row>`, ""), "第 1 行超过 1000 列"},
		"the same text":   {bookOf(t, map[string]string{"xl/sharedStrings.xml": `<sst><si><t>` + long[:30<<10] + `</t></si></sst>`, "xl/worksheets/sheet1.xml": `<worksheet><sheetData><row>` + cells + `</row></sheetData></worksheet>`}), "的文字太长"},
		"a long shared":   {bookOf(t, map[string]string{"xl/sharedStrings.xml": `<sst><si><t>` + long + `</t></si></sst>`}), "展开后太大"},
		"deep":            {sheetOf(t, strings.Repeat(`<row>`, 99)+strings.Repeat(`</row>`, 99), ""), "XLSX 文件打不开"},
		"merged nonsense": {sheetOf(t, `<row/>`, `<mergeCells><mergeCell ref="A1"/></mergeCells>`), "XLSX 文件打不开"},
	} {
		if _, _, err := readRows(c.file); !strings.Contains(message(err), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	stop := errors.New("stop")
	f, _ := Open(strings.NewReader(good))
	if err := f.EachRow(t.Context(), func(*Row) error { return stop }); !errors.Is(err, stop) || fault.KindOf(err) != 0 {
		t.Errorf("an error of who reads is told as one of the file: %v", err)
	}
}

// The own reader of XML finds what encoding/xml finds.
func FuzzMarkup(f *testing.F) {
	for _, text := range []string{
		`<a/>`, `<?xml version="1.0"?><a b="1" c='>"'><!-- <x> --><d>t&lt;&#x41;</d>u</a> `, `<a><![CDATA[<&]]]></a>`, `<a:b xmlns:a="c" a:d = "e&amp;f"/>`,
		`<a></b>`, `<a`, `<a>&x;</a>`, "<a>\r\n\r</a>", `<a b="1"`, `<!DOCTYPE a><a/>`, `<a><!--></a>`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := flat(text)
		if err != nil {
			return // it may be stricter
		}
		want, err := flatStandard(text)
		if err != nil {
			return // or take what the standard would refuse: it must only agree on what both take
		}
		if got != want {
			t.Fatalf("%q\n got %q\nwant %q", text, got, want)
		}
	})
}

func flat(text string) (string, error) {
	var out strings.Builder
	m := newMarkup(strings.NewReader(text))
	var walk func(name string) error
	walk = func(name string) error {
		b, _ := m.attr("b")
		out.WriteString("<" + name + " " + b + ">")
		err := m.children(walk)
		out.WriteString("</>")
		return err
	}
	err := m.children(walk)
	return out.String(), err
}

func flatStandard(text string) (string, error) {
	var out strings.Builder
	in := xml.NewDecoder(strings.NewReader(text))
	for {
		t, err := in.Token()
		if errors.Is(err, io.EOF) {
			return out.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			b := ""
			for _, a := range slices.Backward(t.Attr) {
				if a.Name.Local == "b" && a.Name.Space != "xmlns" {
					b = a.Value
				}
			}
			out.WriteString("<" + t.Name.Local + " " + b + ">")
		case xml.EndElement:
			out.WriteString("</>")
		}
	}
}

func FuzzRows(f *testing.F) {
	f.Add([]byte("a,b\n\"c\",d\r"))
	f.Add([]byte("sep=;\n\"\"\"\";"))
	f.Add([]byte(sheetOf(f, `<row><c t="s"><v>0</v></c></row>`, `<mergeCells><mergeCell ref="A1:A2"/></mergeCells>`)))
	f.Add([]byte(`{"type":"FeatureCollection","features":[{"id":1}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Open(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if err := file.EachRow(t.Context(), func(r *Row) error { r.Texts(); return nil }); err != nil && fault.KindOf(err) != fault.Invalid {
			t.Fatal(err)
		}
		if err := file.EachFeature(t.Context(), func(f *Feature) error {
			for i := range f.Properties {
				f.Text(i)
			}
			f.Line()
			_, _ = f.Shape(0)
			return nil
		}); err != nil && fault.KindOf(err) != fault.Invalid {
			t.Fatal(err)
		}
	})
}
