package sheet

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"iter"
	"math"
	"strconv"
	"strings"
)

// Page is one sheet of a spreadsheet.
type Page struct {
	Name   string    // at most 31 letters, none of []:*?/\
	Widths []float64 // of the first columns, in letters; the others have the usual one
	Wrap   bool      // long texts break in their cells, and the row grows
	Rows   iter.Seq[[]any]
}

// WriteXLSX writes pages as a spreadsheet. Each row goes out as it comes, so that
// the size of a file costs no memory: the format lets a cell hold its own text,
// and the list of pages may stand at the end.
func WriteXLSX(w io.Writer, pages ...Page) error {
	b := book{zip: zip.NewWriter(w)}
	for i, p := range pages {
		b.page(fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), p)
	}
	b.contents(pages)
	if b.err == nil {
		b.err = b.zip.Close()
	}
	if b.err != nil {
		return fmt.Errorf("write XLSX: %w", b.err)
	}
	return nil
}

// book is a spreadsheet in the making; the first error stays.
type book struct {
	zip *zip.Writer
	out *bufio.Writer
	err error

	wrap   bool     // of the page
	merged []string // cells of it that are one, each a text over several columns
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

const spreadsheetML = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`

// part writes one file of the archive.
func (b *book) part(name string, write func()) {
	if b.err != nil {
		return
	}
	w, err := b.zip.Create(name)
	if err != nil {
		b.err = err
		return
	}
	b.out = bufio.NewWriterSize(w, 32<<10)
	b.text(xmlHead)
	write()
	if err := b.out.Flush(); b.err == nil {
		b.err = err
	}
}

func (b *book) text(parts ...string) {
	for _, s := range parts {
		if b.err == nil {
			_, b.err = b.out.WriteString(s)
		}
	}
}

func (b *book) page(name string, p Page) {
	b.wrap, b.merged = p.Wrap, nil
	b.part(name, func() {
		b.text(`<worksheet `, spreadsheetML, `>`)
		if len(p.Widths) > 0 {
			b.text(`<cols>`)
			for i, width := range p.Widths {
				n := strconv.Itoa(i + 1)
				b.text(`<col min="`, n, `" max="`, n, `" width="`, strconv.FormatFloat(width, 'f', -1, 64), `" customWidth="1"/>`)
			}
			b.text(`</cols>`)
		}
		b.text(`<sheetData>`)
		n := 0
		for row := range p.Rows {
			n++
			b.row(n, row)
			if b.err != nil {
				return
			}
		}
		b.text(`</sheetData>`)
		if len(b.merged) > 0 {
			b.text(`<mergeCells count="`, strconv.Itoa(len(b.merged)), `">`)
			for _, ref := range b.merged {
				b.text(`<mergeCell ref="`, ref, `"/>`)
			}
			b.text(`</mergeCells>`)
		}
		b.text(`</worksheet>`)
	})
}

func (b *book) row(n int, row []any) {
	number := strconv.Itoa(n)
	b.text(`<row r="`, number, `">`)
	for i, cell := range row {
		text, isNumber := written(cell)
		if f, ok := cell.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
			isNumber = false // XLSX has no such numbers
		}
		at := ` r="` + columnName(i) + number + `"`
		switch {
		case text == "":
			continue
		case isNumber:
			b.text(`<c`, at, `><v>`, text, `</v></c>`)
			continue
		}
		at += b.style(cell)
		if a, ok := cell.(across); ok && a.columns > 1 {
			b.merged = append(b.merged, columnName(i)+number+":"+columnName(i+a.columns-1)+number)
		}
		b.text(`<c`, at, ` t="inlineStr"><is><t xml:space="preserve">`)
		b.escaped(Guard(text))
		b.text(`</t></is></c>`)
	}
	b.text(`</row>`)
}

// style is the look of a text; see contents.
func (b *book) style(cell any) string {
	switch cell := cell.(type) {
	case head:
		if b.wrap {
			return ` s="3"`
		}
		return ` s="1"`
	case across:
		if cell.title {
			return ` s="3"`
		}
		return ` s="2"`
	}
	if b.wrap {
		return ` s="2"`
	}
	return ""
}

// escaped writes text that XML reads back the same. XLSX has its own way to write
// what XML cannot hold, and so also what looks like that way.
func (b *book) escaped(s string) {
	if strings.Contains(s, "_x") || strings.ContainsFunc(s, noXML) {
		s = underscored(s)
	}
	if b.err == nil {
		b.err = xml.EscapeText(b.out, []byte(s))
	}
}

// noXML tells whether XML 1.0 cannot hold a character at all.
func noXML(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\ufffe' || r == '\uffff'
}

// underscored writes the _ of each _xABCD_ as _x005F_, and what XML cannot hold
// by its number.
func underscored(s string) string {
	var out strings.Builder
	for i, r := range s {
		switch {
		case noXML(r):
			fmt.Fprintf(&out, "_x%04X_", r)
		case escapes(s[i:]):
			out.WriteString("_x005F_")
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// escapes tells whether s begins with _xABCD_, which stands for one letter.
func escapes(s string) bool {
	if len(s) < 7 || s[0] != '_' || s[1] != 'x' || s[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(s[2:6], 16, 16)
	return err == nil
}

// contents writes the parts that say what the others are.
func (b *book) contents(pages []Page) {
	const packages, office = "http://schemas.openxmlformats.org/package/2006/", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	b.part("xl/styles.xml", func() {
		b.text(`<styleSheet `, spreadsheetML, `><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>`,
			`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>`,
			`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>`,
			`<cellXfs count="4"><xf xfId="0"/><xf fontId="1" applyFont="1" xfId="0"/>`,
			`<xf applyAlignment="1" xfId="0"><alignment vertical="top" wrapText="1"/></xf><xf fontId="1" applyFont="1" applyAlignment="1" xfId="0"><alignment horizontal="center" vertical="center" wrapText="1"/></xf></cellXfs>`,
			`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`)
	})
	b.part("xl/workbook.xml", func() {
		b.text(`<workbook `, spreadsheetML, ` xmlns:r="`, office, `"><sheets>`)
		for i, p := range pages {
			n := strconv.Itoa(i + 1)
			b.text(`<sheet name="`)
			b.escaped(p.Name)
			b.text(`" sheetId="`, n, `" r:id="rId`, n, `"/>`)
		}
		b.text(`</sheets></workbook>`)
	})
	b.part("xl/_rels/workbook.xml.rels", func() {
		b.text(`<Relationships xmlns="`, packages, `relationships"><Relationship Id="rId0" Type="`, office, `/styles" Target="styles.xml"/>`)
		for i := range pages {
			n := strconv.Itoa(i + 1)
			b.text(`<Relationship Id="rId`, n, `" Type="`, office, `/worksheet" Target="worksheets/sheet`, n, `.xml"/>`)
		}
		b.text(`</Relationships>`)
	})
	b.part("_rels/.rels", func() {
		b.text(`<Relationships xmlns="`, packages, `relationships"><Relationship Id="rId1" Type="`, office, `/officeDocument" Target="xl/workbook.xml"/></Relationships>`)
	})
	b.part("[Content_Types].xml", func() {
		const kind = "application/vnd.openxmlformats-officedocument.spreadsheetml."
		b.text(`<Types xmlns="`, packages, `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`,
			`<Override PartName="/xl/workbook.xml" ContentType="`, kind, `sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="`, kind, `styles+xml"/>`)
		for i := range pages {
			b.text(`<Override PartName="/xl/worksheets/sheet`, strconv.Itoa(i+1), `.xml" ContentType="`, kind, `worksheet+xml"/>`)
		}
		b.text(`</Types>`)
	})
}
