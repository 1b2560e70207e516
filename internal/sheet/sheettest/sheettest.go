// Package sheettest makes the office files that tests read.
package sheettest

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/xuri/excelize/v2"
)

// Book is a spreadsheet of rows, changed by a hand.
func Book(t testing.TB, rows [][]any, change func(*excelize.File) error) string {
	t.Helper()
	book := excelize.NewFile()
	defer func() { _ = book.Close() }() // it was never a file
	for i, row := range rows {
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		if err := change(book); err != nil {
			t.Fatal(err)
		}
	}
	var file bytes.Buffer
	if err := book.Write(&file); err != nil {
		t.Fatal(err)
	}
	return file.String()
}
