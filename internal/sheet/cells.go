package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	// maxMerges bounds the merged cells of a sheet, and maxFilled the cells that
	// they are good for.
	maxMerges = 200_000
	maxFilled = 20_000_000
)

// cell is where a cell is.
type cell struct{ row, column int }

// sheetReader reads the rows of a sheet.
type sheetReader struct {
	book   *workbook
	row    Row
	column int // of the last cell

	formula, calculated bool // of the last cell

	merges map[int][]merge // by the row in which they begin
	held   []merge         // that began further up and go on
	filled int             // cells that merges have filled
}

// merge is some merged cells, of which those below the first have its value.
type merge struct {
	column, last int // the column and the last row
	text         string
	flaw         *flaw
}

// eachSheetRow reads the first sheet of an XLSX file: once for the merged cells,
// which stand after the rows that they are for, and once for the rows.
func (f *File) eachSheetRow(visit func(*Row) error) error {
	book, err := openBook(f.data)
	if err != nil {
		return err
	}
	r := sheetReader{book: book, merges: map[int][]merge{}}
	if err := book.read(book.sheet, r.findMerged); err != nil {
		return blame(err)
	}
	var own error // of visit, which is no matter of the file
	err = book.read(book.sheet, func(m *markup, _ string) error {
		return m.children(func(name string) error {
			if name != "sheetData" {
				return nil
			}
			return m.children(func(string) error {
				if err := r.readRow(m); err != nil {
					return err
				}
				if r.row.blank() {
					return nil
				}
				if err := r.spread(); err != nil {
					return err
				}
				own = visit(&r.row)
				return own
			})
		})
	})
	if own != nil {
		return own
	}
	return blame(err)
}

// findMerged notes the merged cells that go over several rows.
func (r *sheetReader) findMerged(m *markup, _ string) error {
	count := 0
	return m.children(func(name string) error {
		switch name {
		case "sheetData":
			return m.skip()
		case "mergeCells":
		default:
			return nil
		}
		return m.children(func(string) error {
			ref, _ := m.attr("ref")
			first, last, _ := bytes.Cut([]byte(ref), []byte{':'})
			from, ok1 := reference(first)
			to, ok2 := reference(last)
			if !ok1 || !ok2 {
				return fmt.Errorf("merged cells %q", ref)
			}
			if to.row > from.row && from.column < maxColumns {
				r.merges[from.row] = append(r.merges[from.row], merge{column: from.column, last: to.row})
				count++
			}
			if count > maxMerges {
				return errLarge
			}
			return nil
		})
	})
}

// reference reads the name of a cell, as B7.
func reference(name []byte) (cell, bool) {
	column, i := 0, 0
	for ; i < len(name) && i < 4 && (name[i]|0x20) >= 'a' && (name[i]|0x20) <= 'z'; i++ {
		column = column*26 + int(name[i]|0x20-'a') + 1
	}
	row, digits := 0, name[i:]
	for _, d := range digits {
		if d < '0' || d > '9' || row > 10_000_000 {
			return cell{}, false
		}
		row = row*10 + int(d-'0')
	}
	return cell{row, column - 1}, column > 0 && row > 0
}

// readRow reads the row that was opened last. Rows and cells need not say where
// they are: they follow one another.
func (r *sheetReader) readRow(m *markup) error {
	number := r.row.Number + 1
	if text, ok := m.attr("r"); ok {
		n, err := strconv.Atoi(text)
		if err != nil || n < number {
			return fmt.Errorf("row %q after row %d", text, number-1)
		}
		number = n
	}
	r.row.reset(number)
	r.column = -1
	return m.children(func(name string) error {
		if name != "c" {
			return nil
		}
		return r.readCell(m)
	})
}

func (r *sheetReader) readCell(m *markup) error {
	r.column++
	if text, ok := m.attr("r"); ok {
		at, ok := reference([]byte(text))
		if !ok || at.row != r.row.Number || at.column < r.column {
			return fmt.Errorf("cell %q in row %d", text, r.row.Number)
		}
		r.column = at.column
	}
	kind, _ := m.attr("t")
	style, _ := m.attr("s")
	from := len(r.row.text)
	r.formula, r.calculated = false, false
	err := m.children(func(name string) (err error) {
		switch name {
		case "f":
			r.formula = true
		case "v":
			r.row.text, err = m.content(r.row.text)
			// A formula may give an empty text. A zero in a book that is to be
			// calculated when it is opened is what stands there until then.
			value := r.row.text[from:]
			r.calculated = kind == "str" || len(value) > 0 && (!r.book.stale || string(value) != "0")
		case "is":
			r.row.text, err = richText(m, r.row.text)
			r.calculated = true
		}
		return err
	})
	if err != nil {
		if errors.Is(err, errPiece) {
			return tooLong(r.row.Number, r.column)
		}
		return err
	}
	return r.value(kind, style, from)
}

// value makes what was read of a cell into its text.
func (r *sheetReader) value(kind, style string, from int) error {
	raw := r.row.text[from:]
	switch {
	case kind == "e":
		r.flaw(flaw{r.column, string(raw)})
		r.row.text = r.row.text[:from]
		return nil
	case r.formula && !r.calculated:
		r.flaw(flaw{column: r.column})
		r.row.text = r.row.text[:from]
		return nil
	case kind == "s" && len(raw) > 0:
		i, err := strconv.Atoi(string(raw))
		text, ok := r.book.shared.at(i)
		if err != nil || !ok {
			return fmt.Errorf("text %q of row %d", raw, r.row.Number)
		}
		r.row.text = append(r.row.text[:from], text...)
	case kind == "str":
		r.row.text = append(r.row.text[:from], unescapeBook(raw)...)
	case kind == "b":
		word := "FALSE"
		if string(raw) == "1" || string(raw) == "true" {
			word = "TRUE"
		}
		r.row.text = append(r.row.text[:from], word...)
	case kind == "" || kind == "n":
		r.row.text = r.book.number(r.row.text, from, style)
	}
	return r.row.put(r.column, from)
}

func (r *sheetReader) flaw(f flaw) {
	if f.column >= maxColumns {
		return // a value there is refused, and an error is of no matter
	}
	for len(r.row.cells) <= f.column {
		r.row.cells = append(r.row.cells, span{})
	}
	r.row.flaws = append(r.row.flaws, f)
}

// number makes a number into the text that it is shown as: a date is a date,
// 1.1000000000000001 is 1.1, and whole numbers keep their digits.
func (b *workbook) number(text []byte, from int, style string) []byte {
	raw := bytes.TrimSpace(text[from:])
	v, err := strconv.ParseFloat(string(raw), 64)
	if err != nil {
		return text
	}
	if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(b.dates) && b.dates[i] && v >= 0 && v < 2_958_466 {
		return append(text[:from], b.date(v)...)
	}
	if !bytes.ContainsAny(raw, ".eE") || math.Abs(v) >= 1e21 {
		return text
	}
	return strconv.AppendFloat(text[:from], v, 'f', -1, 64)
}

// date writes a number of days as a date, with the time if there is one, or as
// the time alone.
func (b *workbook) date(days float64) string {
	seconds := int64(math.Round(days * 24 * 60 * 60))
	at := time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)
	if b.since1904 {
		at = time.Date(1904, time.January, 1, 0, 0, 0, 0, time.UTC)
	}
	at = at.Add(time.Duration(seconds%86400)*time.Second).AddDate(0, 0, int(seconds/86400))
	form := "2006-01-02 15:04"
	switch {
	case days < 1 && seconds%60 == 0:
		form = "15:04"
	case days < 1:
		form = "15:04:05"
	case seconds%86400 == 0:
		form = time.DateOnly
	case seconds%60 != 0:
		form = time.DateTime
	}
	return at.Format(form)
}

// usualDates are the number formats that every spreadsheet program knows and that
// show dates or times; those from 27 on are Chinese.
var usualDates = func() map[string]bool {
	out := map[string]bool{}
	for _, span := range [][2]int{{14, 22}, {27, 36}, {45, 47}, {50, 58}} {
		for id := span[0]; id <= span[1]; id++ {
			out[strconv.Itoa(id)] = true
		}
	}
	return out
}()

// showsDate tells whether a number format has a year, a day or an hour in it.
func showsDate(code string) bool {
	quoted, bracket := false, false
	for i := 0; i < len(code); i++ {
		switch c := code[i] | 0x20; {
		case code[i] == '"':
			quoted = !quoted
		case quoted:
		case code[i] == '\\' || code[i] == '_' || code[i] == '*':
			i++
		case code[i] == '[':
			bracket = true
		case code[i] == ']':
			bracket = false
		case !bracket && (c == 'y' || c == 'd' || c == 'h'):
			return true
		}
	}
	return false
}

// spread fills in the merged cells of further up, and notes those that begin here.
func (r *sheetReader) spread() error {
	going := r.held[:0]
	for _, m := range r.held {
		if m.last < r.row.Number {
			continue
		}
		going = append(going, m)
		r.row.flaws = slices.DeleteFunc(r.row.flaws, func(f flaw) bool { return f.column == m.column })
		if m.flaw != nil {
			r.row.flaws = append(r.row.flaws, *m.flaw)
		}
		if m.column < len(r.row.cells) {
			r.row.cells[m.column] = span{} // what is under merged cells is not seen
		}
		from := len(r.row.text)
		r.row.text = append(r.row.text, m.text...)
		if err := r.row.put(m.column, from); err != nil {
			return err
		}
	}
	if r.filled += len(going); r.filled > maxFilled {
		return errLarge
	}
	for _, m := range r.merges[r.row.Number] {
		if m.column < len(r.row.cells) {
			c := r.row.cells[m.column]
			m.text = string(r.row.text[c.from:c.to])
		}
		for _, f := range r.row.flaws {
			if f.column == m.column {
				m.flaw = &f
			}
		}
		going = append(going, m)
	}
	r.held = going
	return nil
}

// unescapeBook reads the _xABCD_ by which spreadsheets write what XML cannot.
func unescapeBook(text []byte) []byte {
	if !bytes.Contains(text, []byte("_x")) {
		return text
	}
	var out []byte
	for i := 0; i < len(text); {
		if !escapes(string(text[i:min(len(text), i+7)])) {
			out = append(out, text[i])
			i++
			continue
		}
		n, _ := strconv.ParseUint(string(text[i+2:i+6]), 16, 16) // escapes has seen to it
		r := rune(n)
		i += 7
		if utf16.IsSurrogate(r) && escapes(string(text[i:min(len(text), i+7)])) {
			low, _ := strconv.ParseUint(string(text[i+2:i+6]), 16, 16) // likewise
			if both := utf16.DecodeRune(r, rune(low)); both != utf8.RuneError {
				r = both
				i += 7
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}
