package station

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/xiadu/xiadu/internal/lang"
)

// An export is a sheet that Read reads back to the same stations. Spreadsheet
// programs run a cell that begins like a formula, so such a text gets an
// apostrophe in front, and so does one that begins with apostrophes before
// that; guard and unguard undo each other exactly.

func guard(s string) string {
	if formula(s) {
		return "'" + s
	}
	return s
}

func unguard(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && formula(rest) {
		return rest
	}
	return s
}

func formula(s string) bool {
	s = strings.TrimLeft(s, "'")
	return s != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(s[0]))
}

// row returns the cells of a sheet's row. Numbers are no formulas.
func row(s Station, l lang.Lang) []string {
	c := s.sheet(l)
	for f := range c {
		if f := Field(f); f != FieldLon && f != FieldLat {
			c[f] = guard(c[f])
		}
	}
	return c[:]
}

func headingRow(l lang.Lang) []string {
	out := make([]string, lastField)
	for f := range lastField {
		out[f] = f.Name().In(l)
	}
	return out
}

// WriteCSV writes stations as CSV in UTF-8, with the mark in front by which
// Excel knows it.
func WriteCSV(w io.Writer, l lang.Lang, stations iter.Seq[Station]) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write(headingRow(l)); err != nil {
		return err
	}
	for s := range stations {
		if err := out.Write(row(s, l)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// WriteXLSX writes stations as a spreadsheet.
func WriteXLSX(w io.Writer, l lang.Lang, stations iter.Seq[Station]) (err error) {
	book := excelize.NewFile()
	defer func() {
		if e := book.Close(); err == nil {
			err = e
		}
	}()
	sheet, err := book.NewStreamWriter(book.GetSheetName(0))
	if err != nil {
		return fmt.Errorf("station: write XLSX: %w", err)
	}
	n := 0
	put := func(texts []string) error {
		n++
		cells := make([]any, len(texts))
		for i, t := range texts {
			cells[i] = t
			if f := Field(i); n > 1 && (f == FieldLon || f == FieldLat) {
				if v, err := strconv.ParseFloat(t, 64); err == nil {
					cells[i] = v
				}
			}
		}
		return sheet.SetRow("A"+strconv.Itoa(n), cells)
	}
	err = put(headingRow(l))
	for s := range stations {
		if err != nil {
			break
		}
		err = put(row(s, l))
	}
	if err == nil {
		err = sheet.Flush()
	}
	if err == nil {
		err = book.Write(w)
	}
	return err
}
