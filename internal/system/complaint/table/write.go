package table

import (
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// WriteCSV writes the table for a spreadsheet program, with title and footnote.
func (t Table) WriteCSV(w io.Writer) error { return sheet.WriteCSV(w, t.rows()) }

// WriteXLSX writes the table as a spreadsheet: the title over all columns, texts that break.
func (t Table) WriteXLSX(w io.Writer) error {
	page := sheet.Page{Name: "一览表", Wrap: true, Rows: t.rows()}
	for _, h := range t.Set.Headings {
		page.Widths = append(page.Widths, columns[h.Column].width)
	}
	return sheet.WriteXLSX(w, page)
}

// Subtitle is the line under the title: the day, and which batches.
func (t Table) Subtitle() string {
	year, month, day := t.Day.Civil()
	s := fmt.Sprintf("%d年%d月%d日", year, month, day)
	if len(t.Batches) > 0 {
		var numbers, days []string
		for _, b := range t.Batches {
			if day, public := complaint.BatchDay(b); public {
				days = append(days, day.String())
			} else {
				numbers = append(numbers, strconv.Itoa(b))
			}
		}
		if len(numbers) > 0 {
			s += "　第" + strings.Join(numbers, "、") + "批"
		}
		if len(days) > 0 {
			s += "　公众反映 " + strings.Join(days, "、")
		}
	}
	if t.Version > 1 {
		s += fmt.Sprintf("　第 %d 版", t.Version)
	}
	return "（" + s + "）"
}

// Titles are the headings in their order.
func (t Table) Titles() (all []string) {
	for _, h := range t.Set.Headings {
		all = append(all, h.Title)
	}
	return all
}

// Widths are the shares of the columns, which sum to one.
func (t Table) Widths() (all []float64) {
	sum := 0.0
	for _, h := range t.Set.Headings {
		all = append(all, columns[h.Column].width)
		sum += columns[h.Column].width
	}
	for i := range all {
		all[i] /= sum
	}
	return all
}

// Lines are the letters as texts, column by column, for paper.
func (t Table) Lines() iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for _, r := range t.Rows {
			cells := t.row(r)
			texts := make([]string, len(cells))
			for i, c := range cells {
				texts[i] = fmt.Sprint(c)
			}
			if !yield(texts) {
				return
			}
		}
	}
}

// rows are the table as it is laid out.
func (t Table) rows() iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		n := len(t.Set.Headings)
		if !yield(sheet.Title(t.Title, n)) || !yield(sheet.Title(t.Subtitle(), n)) || !yield(sheet.Heads(t.Titles()...)) {
			return
		}
		for _, r := range t.Rows {
			if !yield(t.row(r)) {
				return
			}
		}
		from := t.noteColumn()
		for _, note := range t.Counts().Notes() {
			if !yield(sheet.Remark(note.ZH, from, n-from)) {
				return
			}
		}
	}
}

// row is a letter. Where there is no column for numbers its code has the mark.
func (t Table) row(r Row) (cells []any) {
	for _, h := range t.Set.Headings {
		switch {
		case h.Column == ColumnNumber && !r.Key:
			cells = append(cells, r.Number)
		case h.Column == ColumnCode && r.Key && !t.Set.has(ColumnNumber) && !t.Set.has(ColumnKey):
			cells = append(cells, "*"+r.Code)
		default:
			cells = append(cells, r.Cell(h.Column))
		}
	}
	return cells
}

// noteColumn is where the footnote begins: under a code it would be read as one.
func (t Table) noteColumn() int {
	for i, h := range t.Set.Headings {
		if h.Column != ColumnCode && h.Column != ColumnText {
			return i
		}
	}
	return 0
}
