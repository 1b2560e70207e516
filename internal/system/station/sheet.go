package station

import (
	"fmt"
	"io"
	"iter"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// WriteSheet writes rows of texts and numbers as a spreadsheet. A text that a
// spreadsheet program would take for a formula gets an apostrophe in front.
func WriteSheet(w io.Writer, rows iter.Seq[[]any]) (err error) {
	book := excelize.NewFile()
	defer func() {
		if e := book.Close(); err == nil {
			err = e
		}
	}()
	sheet, err := book.NewStreamWriter(book.GetSheetName(0))
	if err != nil {
		return fmt.Errorf("station: write a sheet: %w", err)
	}
	n := 0
	for row := range rows {
		n++
		for i, cell := range row {
			if text, ok := cell.(string); ok {
				row[i] = guard(text)
			}
		}
		if err := sheet.SetRow("A"+strconv.Itoa(n), row); err != nil {
			return fmt.Errorf("station: write a sheet: %w", err)
		}
	}
	if err := sheet.Flush(); err != nil {
		return fmt.Errorf("station: write a sheet: %w", err)
	}
	return book.Write(w)
}
