package sheet

import (
	"bytes"
	"context"
	"slices"
	"strconv"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Row is a row of a table. It is its reader's: it holds good until visit returns.
type Row struct {
	// Number is the one by which a spreadsheet program or an editor finds the
	// row: the line of a CSV on which it begins.
	Number int

	text  []byte // of all cells
	spent int    // on the texts of all rows so far
	cells []span // of each column
	flaws []flaw // few or none
}

// span is where a cell's text is.
type span struct{ from, to int }

// flaw is a cell whose value nobody knows.
type flaw struct {
	column int
	code   string // such as #REF!; empty: it was never calculated
}

// Len returns how many columns the row has. It may be fewer than the headings.
func (r *Row) Len() int { return len(r.cells) }

// Text returns what was written into a cell, or "".
func (r *Row) Text(column int) string {
	if column < 0 || column >= len(r.cells) {
		return ""
	}
	c := r.cells[column]
	return Unguard(string(r.text[c.from:c.to]))
}

// Texts returns all cells.
func (r *Row) Texts() []string {
	out := make([]string, r.Len())
	for i := range out {
		out[i] = r.Text(i)
	}
	return out
}

// Err returns a fault if a cell holds no value but a formula that was never
// calculated or failed. It names the cell, not the row.
func (r *Row) Err(column int) error {
	i := slices.IndexFunc(r.flaws, func(f flaw) bool { return f.column == column })
	if i < 0 {
		return nil
	}
	cell := cellName(r.Number, column)
	if code := r.flaws[i].code; code != "" {
		return fault.New(fault.Invalid, "单元格 %[1]s 的公式出错（%[2]s）：请改正，或改成数值", "the formula in cell %[1]s failed (%[2]s): correct it or write the value", cell, lang.Short(code))
	}
	return fault.New(fault.Invalid, "单元格 %s 的公式没有算出结果：请用表格软件打开、保存后再导入，或改成数值", "the formula in cell %s was not calculated: open and save the file in a spreadsheet program, or write the value", cell)
}

// EachRow calls visit with each row of a table, from the headings on. Rows with
// nothing but spaces are passed over. An error of visit ends the reading and is
// returned.
func (f *File) EachRow(ctx context.Context, visit func(*Row) error) error {
	count := 0
	each := func(r *Row) error {
		if count++; count > maxRows+1 { // the headings are no row
			return tooManyRows()
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return visit(r)
	}
	if f.Format == Spreadsheet {
		return f.eachSheetRow(each)
	}
	return f.eachLine(each)
}

func (r *Row) reset(number int) {
	r.Number, r.text, r.cells, r.flaws = number, r.text[:0], r.cells[:0], r.flaws[:0]
}

// put adds a cell, whose text is what was appended to r.text since from.
func (r *Row) put(column, from int) error {
	if len(bytes.TrimSpace(r.text[from:])) == 0 {
		r.text = r.text[:from]
		return nil
	}
	if r.spent += len(r.text) - from; len(r.text) > maxRowText || r.spent > maxText {
		return tooLong(r.Number, column)
	}
	if column >= maxColumns {
		return tooManyColumns(r.Number)
	}
	for len(r.cells) <= column {
		r.cells = append(r.cells, span{})
	}
	r.cells[column] = span{from, len(r.text)}
	return nil
}

// blank tells whether a row has nothing in it; blank cells are not kept.
func (r *Row) blank() bool { return len(r.cells) == 0 }

// cellName is the name of a cell, as B7.
func cellName(row, column int) string { return columnName(column) + strconv.Itoa(row) }

// columnName is the name of a column, from 0: A, B, …, Z, AA.
func columnName(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return columnName(i/26-1) + string(rune('A'+i%26))
}
