package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/xiadu/xiadu/internal/fault"
)

// maxLineCell bounds a cell of a CSV. It may be longer than one of a spreadsheet:
// some keep an outline there.
const maxLineCell = 1 << 20

// maxCommas bounds the cells of a row with the empty ones: a spreadsheet has 16,384
// columns.
const maxCommas = 20_000

// text returns the file in UTF-8. Excel in China saves CSV as GBK, of which
// GB18030 is the whole; text that is valid UTF-8 is hardly ever GBK too.
func (f *File) text() (*bufio.Reader, error) {
	var in io.Reader = bytes.NewReader(f.data)
	switch {
	case bytes.HasPrefix(f.data, []byte("\xff\xfe")) || bytes.HasPrefix(f.data, []byte("\xfe\xff")):
		in = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(in)
	case bytes.IndexByte(f.data, 0) >= 0:
		return nil, unclear(nil)
	case !utf8.Valid(f.data):
		in = simplifiedchinese.GB18030.NewDecoder().Reader(in)
	}
	out := bufio.NewReaderSize(in, 64<<10)
	if mark, err := out.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = out.Discard(3) // they were just seen
	}
	return out, nil
}

// unclear is the fault of a text that is none in any encoding.
func unclear(cause error) error {
	return fault.New(fault.Invalid, "文件的编码认不出：请另存为 CSV UTF-8、XLSX 或 GeoJSON", "the file's encoding is not clear: save it as CSV UTF-8, XLSX or GeoJSON").Because(cause)
}

// lines reads CSV. It differs from encoding/csv in that it ends rows at a lone CR
// too, bounds what a row holds, and takes a quote that makes no sense for the
// mistake that it is: a quote never closed would swallow the rows after it.
type lines struct {
	in    *bufio.Reader
	comma byte
	line  int // of the next byte, from 1
	row   Row
}

func (f *File) eachLine(visit func(*Row) error) error {
	in, err := f.text()
	if err != nil {
		return err
	}
	l := lines{in: in, line: 1}
	l.comma = l.separator()
	for {
		more, err := l.next()
		if err != nil {
			return err
		}
		if !l.row.blank() {
			if bytes.ContainsRune(l.row.text, utf8.RuneError) || bytes.IndexByte(l.row.text, 0) >= 0 {
				return unclear(nil)
			}
			if err := visit(&l.row); err != nil {
				return err
			}
		}
		if !more {
			return nil
		}
	}
}

// separator returns what the first line has most of, or what it names in Excel's
// way, as in sep=; on a line of its own.
func (l *lines) separator() byte {
	head, _ := l.in.Peek(l.in.Size()) // a shorter file is all there is
	for len(head) > 0 && (head[0] == '\r' || head[0] == '\n') {
		head = head[1:]
	}
	if len(head) >= 5 && bytes.EqualFold(head[:4], []byte("sep=")) && (len(head) == 5 || head[5] == '\r' || head[5] == '\n') {
		comma := head[4]
		l.comma = comma
		_, _ = l.next() // the line itself, which was just seen
		return comma
	}
	var count [128]int
	quoted := false
	for _, b := range head {
		switch {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '\r' || b == '\n':
			return most(count)
		case b < 128:
			count[b]++
		}
	}
	return most(count)
}

func most(count [128]int) byte {
	best := byte(',')
	for _, b := range []byte{'\t', ';'} {
		if count[b] > count[best] {
			best = b
		}
	}
	return best
}

// next reads a row and tells whether there may be another.
func (l *lines) next() (more bool, err error) {
	l.row.reset(l.line)
	for column := 0; ; column++ {
		from := len(l.row.text)
		end, err := l.cell(column)
		if err != nil {
			return false, err
		}
		if err := l.row.put(column, from); err != nil {
			return false, err
		}
		if column > maxCommas {
			return false, tooManyColumns(l.row.Number)
		}
		if end != l.comma {
			return end != 0, nil
		}
	}
}

// cell appends a cell's text to the row's and returns what ended it: the
// separator, '\n' for the end of a row or 0 for that of the file.
func (l *lines) cell(column int) (end byte, err error) {
	b, err := l.byte()
	if err == nil && b == '"' {
		return l.quoted()
	}
	for from := len(l.row.text); ; b, err = l.byte() {
		if end, ended, err := l.ended(b, err); ended || err != nil {
			return end, err
		}
		l.row.text = append(l.row.text, b)
		if len(l.row.text)-from > maxLineCell {
			return 0, tooLong(l.row.Number, column)
		}
	}
}

// ended tells whether what was just read ends a cell, and how; see cell.
func (l *lines) ended(b byte, err error) (end byte, ended bool, fail error) {
	switch {
	case errors.Is(err, io.EOF):
		return 0, true, nil
	case err != nil:
		return 0, false, unclear(err)
	case b == '\n' || b == '\r':
		return '\n', true, nil
	}
	return b, b == l.comma, nil
}

// quoted reads the rest of a cell that began with a quote.
func (l *lines) quoted() (end byte, err error) {
	begun, from := l.line, len(l.row.text)
	for len(l.row.text)-from <= maxLineCell {
		b, err := l.byte()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, unclear(err)
		}
		if b != '"' {
			l.row.text = append(l.row.text, b)
			continue
		}
		if next, err := l.in.Peek(1); err == nil && next[0] == '"' {
			_, _ = l.in.Discard(1) // it was just seen
			l.row.text = append(l.row.text, '"')
			continue
		}
		return l.afterQuote(begun)
	}
	return 0, fault.New(fault.Invalid, "第 %d 行有一个引号没有配对，后面的行都被它包了进去：请补上或删去这个引号",
		"row %d has a quote that is never closed, and it takes in the rows after it: close the quote or remove it", begun)
}

// afterQuote reads on to what ends a cell whose quote was closed; spaces may stand
// between.
func (l *lines) afterQuote(begun int) (end byte, err error) {
	for {
		b, err := l.byte()
		if end, ended, err := l.ended(b, err); ended || err != nil {
			return end, err
		}
		if b != ' ' {
			return 0, fault.New(fault.Invalid, "第 %d 行的引号不成对：单元格里的引号要写两遍（\"\"），没有配对的要删去",
				"the quotes of row %d do not come in pairs: write a quote inside a cell twice (\"\") and remove one without its other", begun)
		}
	}
}

// byte reads one, counting lines: LF, CR and CR LF all end one. For a row, CR LF
// is an end and a blank row, which is passed over.
func (l *lines) byte() (byte, error) {
	b, err := l.in.ReadByte()
	if err != nil {
		return 0, err
	}
	switch b {
	case '\n':
		l.line++
	case '\r':
		if next, err := l.in.Peek(1); err != nil || next[0] != '\n' {
			l.line++
		}
	}
	return b, nil
}
