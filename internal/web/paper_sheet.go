package web

import (
	"strings"
	"unicode"
)

// The measures of a table whose texts break.
const (
	sheetSize = 8.0 // points
	sheetLine = 4.0 // millimetres
	sheetGap  = 1.2 // round a text
)

// Sheet writes a table whose texts break within their cells, as an official list is printed: ruled, its head on each page.
// A row that is longer than what is left of a page goes on where the next begins, so that nothing is cut.
func (d *Paper) Sheet(columns []Column, rows func(yield func([]string) bool)) {
	titles := make([]string, len(columns))
	for i, c := range columns {
		titles[i] = c.Title
	}
	d.room(30)
	d.sheetRow(columns, titles, nil)
	for row := range rows {
		d.sheetRow(columns, row, titles)
		if d.err != nil || d.pdf.Err() {
			return
		}
	}
	d.pdf.Ln(3)
}

// sheetRow writes a row, over as many pages as it takes; titles are those that come again on each.
func (d *Paper) sheetRow(columns []Column, cells, titles []string) {
	d.size(sheetSize)
	lines, most := make([][]string, len(columns)), 1
	for i, c := range columns {
		lines[i] = d.lines(inFace(cells[i]), c.Width*d.width()-2*sheetGap)
		most = max(most, len(lines[i]))
	}
	for from := 0; from < most; {
		fits := int((d.down - paperBottom - d.pdf.GetY() - 2*sheetGap) / sheetLine)
		// A row that fits on a page of its own begins there rather than break after a line or two.
		if fits < 1 || fits < most-from && fits < 4 {
			d.pdf.AddPage()
			if titles != nil {
				d.sheetRow(columns, titles, nil)
			}
			fits = int((d.down - paperBottom - d.pdf.GetY() - 2*sheetGap) / sheetLine)
		}
		to := min(most, from+max(fits, 1))
		d.sheetPart(columns, lines, from, to)
		from = to
	}
}

// sheetPart writes the lines of a row from one up to another.
func (d *Paper) sheetPart(columns []Column, lines [][]string, from, to int) {
	x, y := paperLeft, d.pdf.GetY()
	height := float64(to-from)*sheetLine + 2*sheetGap
	d.pdf.SetLineWidth(0.15)
	for i, c := range columns {
		width := c.Width * d.width()
		d.pdf.Rect(x, y, width, height, "D")
		for n := from; n < min(to, len(lines[i])); n++ {
			d.pdf.SetXY(x+sheetGap, y+sheetGap+float64(n-from)*sheetLine)
			align := "L"
			if c.Right {
				align = "R"
			}
			d.pdf.CellFormat(width-2*sheetGap, sheetLine, lines[i][n], "", 0, align, false, 0, "")
		}
		x += width
	}
	d.pdf.SetXY(paperLeft, y+height)
}

// noFirst may not begin a line.
const noFirst = "，。、；：？！）》」』”’…％%,.;:?!)"

// lines breaks a text into lines of a width, and loses nothing of it: between any two Chinese characters, between words of
// others, before no mark that ends something. The library's own drops the character at a break.
func (d *Paper) lines(text string, width float64) (all []string) {
	for paragraph := range strings.SplitSeq(text, "\n") {
		all = append(all, d.broken([]rune(strings.TrimSpace(paragraph)), width)...)
	}
	return all
}

func (d *Paper) broken(text []rune, width float64) (all []string) {
	from := 0
	for from < len(text) {
		to, used := from, 0.0
		for to < len(text) {
			w := d.pdf.GetStringWidth(string(text[to]))
			if to > from && used+w > width {
				break
			}
			used, to = used+w, to+1
		}
		if to < len(text) {
			to = breakAt(text, from, to)
		}
		all = append(all, strings.TrimRight(string(text[from:to]), " "))
		for from = to; from < len(text) && text[from] == ' '; {
			from++
		}
	}
	if all == nil {
		return []string{""}
	}
	return all
}

// breakAt moves a break back to where a line may end; where there is no such place it stays.
func breakAt(text []rune, from, to int) int {
	for at := to; at > from+1; at-- {
		before, after := text[at-1], text[at]
		inWord := before < unicode.MaxLatin1 && after < unicode.MaxLatin1 && before != ' ' && after != ' '
		if !inWord && !strings.ContainsRune(noFirst, after) {
			return at
		}
	}
	return to
}
