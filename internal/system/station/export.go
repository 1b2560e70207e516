package station

import (
	"encoding/json"
	"io"
	"iter"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
)

// Rows are stations as the rows of a sheet that Read reads back to the same.
func Rows(l lang.Lang, stations iter.Seq[Station]) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		if !yield(headingRow(l)) {
			return
		}
		for s := range stations {
			if !yield(row(s, l)) {
				return
			}
		}
	}
}

func headingRow(l lang.Lang) []any {
	texts := make([]string, lastField)
	for f := range lastField {
		texts[f] = f.Name().In(l)
	}
	return sheet.Heads(texts...)
}

func row(s Station, l lang.Lang) []any {
	out := make([]any, lastField)
	for f, text := range s.sheet(l) {
		out[f] = text
		if f := Field(f); f == FieldLon || f == FieldLat {
			out[f] = json.Number(text)
		}
	}
	return out
}

// WriteCSV writes stations as CSV in UTF-8, with the mark in front by which
// Excel knows it.
func WriteCSV(w io.Writer, l lang.Lang, stations iter.Seq[Station]) error {
	return sheet.WriteCSV(w, Rows(l, stations))
}

// WriteXLSX writes stations as a spreadsheet.
func WriteXLSX(w io.Writer, l lang.Lang, stations iter.Seq[Station]) error {
	return sheet.WriteXLSX(w, sheet.Page{Name: l.T("站点", "stations"), Rows: Rows(l, stations)})
}
