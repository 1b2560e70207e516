package sheet

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strconv"
)

// A cell of a row to be written is a string, which is guarded, a number of any
// type, a json.Number, which keeps its digits, or nil for nothing.

// WriteCSV writes rows as CSV in UTF-8, with the mark in front by which Excel
// knows it.
func WriteCSV(w io.Writer, rows iter.Seq[[]any]) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return WriteData(w, rows)
}

// WriteData writes rows as CSV in UTF-8 without the mark, for programs.
func WriteData(w io.Writer, rows iter.Seq[[]any]) error {
	out := csv.NewWriter(w)
	var texts []string
	for row := range rows {
		texts = texts[:0]
		for _, cell := range row {
			text, number := written(cell)
			if !number {
				text = Guard(text)
			}
			texts = append(texts, text)
		}
		if err := out.Write(texts); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
	}
	if out.Flush(); out.Error() != nil {
		return fmt.Errorf("write CSV: %w", out.Error())
	}
	return nil
}

// written returns a cell as text, and whether it is a number.
func written(cell any) (text string, number bool) {
	switch cell := cell.(type) {
	case nil:
		return "", false
	case string:
		return cell, false
	case head:
		return string(cell), false
	case across:
		return cell.text, false
	case json.Number:
		return cell.String(), true
	case float64:
		return strconv.FormatFloat(cell, 'f', -1, 64), true
	case int:
		return strconv.Itoa(cell), true
	case int64, int32, uint8, uint32, uint64:
		return fmt.Sprint(cell), true
	}
	return fmt.Sprint(cell), false
}

// Degrees is a coordinate as a cell, to the last digit that is kept.
func Degrees(v float64) json.Number { return json.Number(strconv.FormatFloat(v, 'f', 7, 64)) }

// Round1 rounds a positive figure to one decimal.
func Round1(v float64) float64 { return float64(int64(v*10+0.5)) / 10 }

// Round4 rounds a positive share to four decimals.
func Round4(share float64) float64 { return float64(int(share*1e4+0.5)) / 1e4 }

type head string

// Heads returns headings as cells, which XLSX shows in bold.
func Heads(texts ...string) []any {
	row := make([]any, len(texts))
	for i, t := range texts {
		row[i] = head(t)
	}
	return row
}

// across is a text over several columns. CSV has it in the first of them.
type across struct {
	text    string
	columns int
	title   bool
}

// Title returns a row that is one text over all columns, which XLSX shows in bold in the middle.
func Title(text string, columns int) []any { return []any{across{text, columns, true}} }

// Remark returns a row with one text from a column on, over as many as are said: a note under a table.
func Remark(text string, from, columns int) []any {
	return append(make([]any, from, from+1), across{text, columns, false})
}
