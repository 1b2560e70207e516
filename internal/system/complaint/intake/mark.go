package intake

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
)

// wrongColumn is the column with what is wrong in a file that goes back. It is no part of a letter when the file
// comes again.
const wrongColumn = "哪里不对"

// WriteMarked writes a table that was read, as a spreadsheet with one more column: what is to be said of each row. Rows
// keep their numbers.
func WriteMarked(ctx context.Context, w io.Writer, file []byte, b Batch, l lang.Lang) error {
	says, head := map[int]string{}, 0
	for _, f := range b.Findings {
		if says[f.Row] != "" {
			says[f.Row] += l.T("；", "; ")
		}
		says[f.Row] += f.Field + l.T("：", ": ") + f.Text.In(l)
	}
	f, err := sheet.Open(bytes.NewReader(file))
	if err != nil {
		return err
	}
	var broken error
	rows := func(yield func([]any) bool) {
		next := 1
		broken = f.EachRow(ctx, func(row *sheet.Row) error {
			for ; next < row.Number; next++ {
				if !yield([]any{}) {
					return errEnough
				}
			}
			next++
			texts := row.Texts()
			out, last := make([]any, 0, len(texts)+1), len(texts)
			for _, text := range texts {
				out = append(out, text)
			}
			at, _ := headings.Find(texts)
			if head == 0 && at[fCode] >= 0 && at[fText] >= 0 {
				head = last
				for i, text := range texts {
					if text == wrongColumn {
						head = i
					}
				}
				out = append(out[:head], wrongColumn)
			} else if says[row.Number] != "" {
				for len(out) < head {
					out = append(out, "")
				}
				out = append(out[:head], says[row.Number])
			}
			if !yield(out) {
				return errEnough
			}
			return nil
		})
	}
	err = sheet.WriteXLSX(w, sheet.Page{Name: "信访件", Wrap: true, Rows: iter.Seq[[]any](rows)})
	if err != nil {
		return err
	}
	return broken
}

// errEnough ends a reading whose rows nobody takes any more.
var errEnough = errors.New("nobody takes the rows")
