package sheet

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/xiadu/xiadu/internal/fault"
)

// EachRow calls visit with each row of a table, from the headings on, and the
// number by which a spreadsheet program or an editor finds it. A row may be
// shorter than the headings. The row is visit's only until it returns; an error
// of visit ends the reading and is returned.
func (f *File) EachRow(ctx context.Context, visit func(n int, row []string) error) error {
	unguarded := func(n int, row []string) error {
		for i, cell := range row {
			row[i] = Unguard(cell)
		}
		return errors.Join(ctx.Err(), visit(n, row))
	}
	if f.Format == Spreadsheet {
		return eachSheetRow(f.data, unguarded)
	}
	return eachCSVRow(f.data, unguarded)
}

func eachCSVRow(data []byte, row func(int, []string) error) error {
	text, err := decode(data)
	if err != nil {
		return err
	}
	lines := csv.NewReader(bytes.NewReader(text))
	lines.Comma = separator(text)
	lines.FieldsPerRecord = -1
	lines.LazyQuotes = true
	lines.ReuseRecord = true
	for n := 0; ; n++ {
		cells, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fault.New(fault.Invalid, "CSV 文件格式有误：请检查引号是否成对", "the CSV file is malformed: check that its quotes come in pairs").Because(err)
		}
		if n > maxRows {
			return tooManyRows()
		}
		line, _ := lines.FieldPos(0)
		if err := row(line, cells); err != nil {
			return err
		}
	}
}

// decode returns the text in UTF-8. Excel in China saves CSV as GBK, of which
// GB18030 is the whole; text that is valid UTF-8 is hardly ever GBK too.
func decode(data []byte) ([]byte, error) {
	var err error
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")):
		data, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
	case !utf8.Valid(data):
		data, err = simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	}
	if err != nil || bytes.ContainsRune(data, utf8.RuneError) || bytes.IndexByte(data, 0) >= 0 {
		return nil, fault.New(fault.Invalid, "文件的编码认不出：请另存为 CSV UTF-8、XLSX 或 GeoJSON", "the file's encoding is not clear: save it as CSV UTF-8, XLSX or GeoJSON").Because(err)
	}
	return bytes.TrimPrefix(data, []byte("\ufeff")), nil
}

// separator returns what the first line has most of.
func separator(text []byte) rune {
	first, _, _ := bytes.Cut(text, []byte("\n"))
	best := ','
	for _, r := range []rune{'\t', ';'} {
		if bytes.Count(first, []byte(string(r))) > bytes.Count(first, []byte(string(best))) {
			best = r
		}
	}
	return best
}

// eachSheetRow reads the first sheet of an XLSX file.
func eachSheetRow(data []byte, row func(int, []string) error) (err error) {
	broken := func(cause error) error {
		return fault.New(fault.Invalid, "XLSX 文件打不开：请用表格软件打开后另存一份再导入", "the XLSX file cannot be opened: open it in a spreadsheet program, save a copy and import that").Because(cause)
	}
	if bytes.HasPrefix(data, []byte(compoundFile)) {
		return fault.New(fault.Invalid, "这份表格设了密码，或是旧式 .xls：请去掉密码，另存为 XLSX 再导入",
			"this spreadsheet has a password or is an old .xls: remove the password, save it as XLSX and import that")
	}
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzippedBytes, UnzipXMLSizeLimit: 16 << 20, RawCellValue: true})
	if err != nil {
		return broken(err)
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	rows, err := book.Rows(book.GetSheetName(0))
	if err != nil {
		return broken(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns()
		if err != nil {
			return broken(err)
		}
		if n > maxRows {
			return tooManyRows()
		}
		if err := row(n, cells); err != nil {
			return err
		}
	}
	if err := rows.Error(); err != nil {
		return broken(err)
	}
	return nil
}
