// Package sheet reads and writes the files of an office: CSV, XLSX and GeoJSON.
//
// It is the one place that knows these formats, so that every import takes the
// same files and every export can be imported again. What the columns mean is
// the business of who asks; the package knows no system, no table of the
// database and no page. It keeps nothing between calls.
//
// Reading: [Open] takes a file of bounded size and tells its format by its
// content, since names of files mislead. [File.EachRow] gives the rows of a
// table with the numbers that a spreadsheet program shows beside them, and
// [File.EachFeature] gives the features of a map with their numbers from 1;
// [Headings] finds what is in which column. What is wrong with a file is a
// fault.Invalid that says where and what to do.
//
// Writing: [WriteCSV], [WriteXLSX] and [WriteMap] write row by row to where they
// are told to, and hold no whole file in memory.
//
// Three invariants hold for every file. A text that a spreadsheet program would
// run as a formula is written behind an apostrophe ([Guard]), and reading takes
// just that apostrophe away: what is written is read back to the letter. A number
// is written as a number, never guarded, and its digits stay as they are. And no
// file takes more memory than a few times [MaxBytes], whatever it unpacks to:
// every text, every table of texts and every row has a bound, and nothing is
// unpacked to disk.
package sheet

import (
	"bytes"
	"io"

	"github.com/xiadu/xiadu/internal/fault"
)

const (
	// MaxBytes bounds a file. 160,000 stations are about 40 MB.
	MaxBytes = 128 << 20
	// maxRows bounds a table. A spreadsheet has at most 1,048,576 rows.
	maxRows = 1_000_000
	// maxColumns bounds what a row holds. What is empty does not count, since
	// spreadsheet programs write thousands of columns that nobody filled in.
	maxColumns = 1000
	// maxRowText and maxText bound what is in a row and in all rows: a spreadsheet
	// writes a long text once and shows it in as many cells as it likes.
	maxRowText = 8 << 20
	maxText    = 1 << 30
)

// Format is how a file keeps what it holds.
type Format uint8

// The formats that are read.
const (
	Table       Format = iota // CSV, in whatever encoding and with whatever separator
	Spreadsheet               // XLSX
	GeoJSON                   // RFC 7946
)

// File is a file that was taken in and not yet read.
type File struct {
	Format Format
	data   []byte
}

// Open takes in a file. It returns a fault if that is larger than MaxBytes or
// breaks off; whether it can be read shows when it is.
func Open(file io.Reader) (*File, error) {
	data, err := io.ReadAll(io.LimitReader(file, MaxBytes+1))
	if err != nil {
		return nil, fault.New(fault.Invalid, "文件读不出来：请检查文件是否完整", "the file cannot be read: check that it is whole").Because(err)
	}
	if len(data) > MaxBytes {
		return nil, fault.New(fault.Invalid, "文件超过 %d MB：请分成几个文件导入", "the file is larger than %d MB: import it in parts", MaxBytes>>20)
	}
	return &File{formatOf(data), data}, nil
}

func formatOf(data []byte) Format {
	head := bytes.TrimLeft(data[:min(len(data), 512)], "\ufeff \t\r\n")
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte(compoundFile)):
		return Spreadsheet
	case bytes.HasPrefix(head, []byte("{")):
		return GeoJSON
	}
	return Table
}

// compoundFile begins an old .xls, and also an .xlsx with a password.
const compoundFile = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

func tooManyRows() error {
	return fault.New(fault.Invalid, "超过 %d 行：请分成几个文件导入", "there are more than %d rows: import them in parts", maxRows)
}

func tooManyColumns(row int) error {
	return fault.New(fault.Invalid, "第 %[1]d 行超过 %[2]d 列：请只留下要导入的列", "row %[1]d has more than %[2]d columns: keep only those to be imported", row, maxColumns)
}

func tooLong(row, column int) error {
	return fault.New(fault.Invalid, "单元格 %s 的文字太长：请改短", "the text of cell %s is too long: shorten it", cellName(row, column))
}
