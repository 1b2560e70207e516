package station

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/xiadu/xiadu/internal/fault"
)

const (
	// MaxImportBytes bounds a file. 160,000 stations are about 40 MB.
	MaxImportBytes = 128 << 20
	// maxUnzippedBytes bounds what a spreadsheet may unpack to, so that a small
	// file cannot fill the memory.
	maxUnzippedBytes = 1 << 30
	maxImportRows    = 1_000_000
)

// Read reads stations from a file: CSV in UTF-8 or GB18030, a spreadsheet
// (XLSX, its first sheet) or GeoJSON, told apart by their content. It returns
// an error only for a file that cannot be read at all; what is wrong with rows
// is in the batch.
func Read(ctx context.Context, file io.Reader, how Reading) (Batch, error) {
	data, err := readBounded(file)
	if err != nil {
		return Batch{}, err
	}
	r := newRowReader(how)
	switch formatOf(data) {
	case spreadsheet:
		err = eachSheetRow(ctx, data, r.table())
	case geoJSON:
		err = r.geoJSON(ctx, data)
	case plainTable:
		err = eachCSVRow(ctx, data, r.table())
	}
	if err != nil {
		return Batch{}, err
	}
	if len(r.codes) == 0 && r.batch.Issues.Total == 0 {
		return Batch{}, fault.New(fault.Invalid, "文件里没有站点：第一行应是标题（编号、名称、区划、经度、纬度……），下面每行一个站点",
			"there are no stations in the file: its first row should be headings (code, name, division, longitude, latitude, …), with one station in each row below")
	}
	r.twins()
	return r.batch, nil
}

// format is how a file keeps its rows.
type format uint8

const (
	plainTable format = iota
	spreadsheet
	geoJSON
)

// formatOf goes by the content: names of files mislead.
func formatOf(data []byte) format {
	head := bytes.TrimLeft(data[:min(len(data), 512)], "\ufeff \t\r\n")
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte(compoundFile)):
		return spreadsheet
	case bytes.HasPrefix(head, []byte("{")):
		return geoJSON
	}
	return plainTable
}

// compoundFile begins an old .xls, and also an .xlsx with a password.
const compoundFile = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

func readBounded(file io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(file, MaxImportBytes+1))
	if err != nil {
		return nil, fault.New(fault.Invalid, "文件读不出来：请检查文件是否完整", "the file cannot be read: check that it is whole").Because(err)
	}
	if len(data) > MaxImportBytes {
		return nil, fault.New(fault.Invalid, "文件超过 %d MB：请分成几个文件导入", "the file is larger than %d MB: import it in parts", MaxImportBytes>>20)
	}
	return data, nil
}

// table returns a reader of rows whose first is the headings.
func (r *rowReader) table() func(n int, row []string) error {
	var columns []Field // of each column, or lastField for one that is not ours
	return func(n int, row []string) error {
		if columns == nil {
			if blank(row) {
				return nil
			}
			var err error
			columns, err = r.headings(row)
			return err
		}
		var c cells
		for i, text := range row[:min(len(row), len(columns))] {
			if f := columns[i]; f != lastField {
				c[f] = unguard(text)
			}
		}
		r.row(n, c)
		return nil
	}
}

// headings finds what each column is and refuses a sheet without those that a
// station cannot do without.
func (r *rowReader) headings(row []string) ([]Field, error) {
	columns := make([]Field, len(row))
	for i, h := range row {
		f, ok := parseField(h)
		if !ok || r.batch.given[f] {
			f = lastField
		} else {
			r.batch.given[f] = true
		}
		columns[i] = f
	}
	var zh, en []string
	for _, f := range []Field{FieldCode, FieldName, FieldLon, FieldLat} {
		if !r.batch.given[f] {
			zh, en = append(zh, f.Name().ZH), append(en, f.Name().EN)
		}
	}
	if zh != nil {
		return nil, fault.New(fault.Invalid, "缺少列：%[1]s。第一行应是标题，如 编号,名称,区划,经度,纬度,营业时间,服务",
			"columns are missing: %[2]s. The first row should be headings, as code,name,division,lon,lat,hours,services",
			strings.Join(zh, "、"), strings.Join(en, ", "))
	}
	return columns, nil
}

func blank(row []string) bool {
	for _, c := range row {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// eachCSVRow calls row with the line number and cells of each row.
func eachCSVRow(ctx context.Context, data []byte, row func(int, []string) error) error {
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
		if n > maxImportRows {
			return tooManyRows()
		}
		line, _ := lines.FieldPos(0)
		if err := errors.Join(ctx.Err(), row(line, cells)); err != nil {
			return err
		}
	}
}

func tooManyRows() error {
	return fault.New(fault.Invalid, "超过 %d 行：请分成几个文件导入", "there are more than %d rows: import them in parts", maxImportRows)
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

// eachSheetRow does the same for the first sheet of an XLSX file.
func eachSheetRow(ctx context.Context, data []byte, row func(int, []string) error) (err error) {
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
		if n > maxImportRows {
			return tooManyRows()
		}
		if err := errors.Join(ctx.Err(), row(n, cells)); err != nil {
			return err
		}
	}
	if err := rows.Error(); err != nil {
		return broken(err)
	}
	return nil
}
