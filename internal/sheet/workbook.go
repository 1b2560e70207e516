package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
)

const (
	// maxUnzipped bounds what a part of a spreadsheet unpacks to, for the sake of
	// time: a million full rows are about 400 MB.
	maxUnzipped = 1 << 30
	// maxParts bounds the files in a spreadsheet's archive. A usual one has a dozen.
	maxParts = 10_000
	// maxShared and maxSharedTexts bound the table of texts, which is kept whole.
	maxShared      = 128 << 20
	maxSharedTexts = 8_000_000
)

// workbook is a spreadsheet that is read.
type workbook struct {
	parts     map[string]*zip.File
	sheet     string // the part with the rows
	shared    texts
	dates     []bool // of each style of cells: its numbers are shown as dates
	since1904 bool   // days are counted from 1904, not from 1900
	stale     bool   // formulas are to be calculated when the book is opened
}

// texts is a table of texts in one piece, since it may have millions.
type texts struct {
	all  []byte
	ends []uint32
}

func (t *texts) at(i int) ([]byte, bool) {
	if i < 0 || i >= len(t.ends) {
		return nil, false
	}
	from := uint32(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	return t.all[from:t.ends[i]], true
}

// brokenBook says that a file is no spreadsheet that anybody could read.
func brokenBook(cause error) error {
	return fault.New(fault.Invalid, "XLSX 文件打不开：请用表格软件打开后另存一份再导入", "the XLSX file cannot be opened: open it in a spreadsheet program, save a copy and import that").Because(cause)
}

func tooLargeBook(cause error) error {
	return fault.New(fault.Invalid, "这份表格展开后太大：请只留下要导入的工作表和列，另存一份，或分成几个文件",
		"this spreadsheet is too large when unpacked: keep only the sheet and the columns to be imported and save a copy, or make several files of it").Because(cause)
}

// blame turns what went wrong in a book into a fault; one that is already stays.
func blame(err error) error {
	switch {
	case err == nil || fault.KindOf(err) == fault.Invalid:
		return err
	case errors.Is(err, errPiece) || errors.Is(err, errLarge):
		return tooLargeBook(err)
	}
	return brokenBook(err)
}

var errLarge = errors.New("it unpacks to too much")

// openBook finds the first sheet that is shown and reads what its cells refer to.
func openBook(data []byte) (*workbook, error) {
	if bytes.HasPrefix(data, []byte(compoundFile)) {
		return nil, fault.New(fault.Invalid, "这份表格设了密码，或是旧式 .xls：请去掉密码，另存为 XLSX 再导入",
			"this spreadsheet has a password or is an old .xls: remove the password, save it as XLSX and import that")
	}
	if bytes.Count(data, []byte("PK\x01\x02")) > maxParts {
		return nil, tooLargeBook(fmt.Errorf("more than %d parts", maxParts))
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, brokenBook(err)
	}
	b := &workbook{parts: map[string]*zip.File{}}
	for _, f := range archive.File {
		b.parts[strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))] = f
	}
	if err := b.find(); err != nil {
		return nil, blame(err)
	}
	return b, nil
}

// read calls visit with the XML of a part, and sees that it is whole.
func (b *workbook) read(name string, visit func(m *markup, root string) error) error {
	part, ok := b.parts[strings.ToLower(name)]
	if !ok {
		return fmt.Errorf("no part %q", name)
	}
	in, err := part.Open()
	if err != nil {
		return fmt.Errorf("part %q: %w", name, err)
	}
	defer in.Close() //nolint:errcheck // it was only read, and to its end
	m := newMarkup(&bounded{in, maxUnzipped})
	if err := m.children(func(root string) error { return visit(m, root) }); err != nil {
		return fmt.Errorf("part %q: %w", name, err)
	}
	return nil
}

// bounded reads at most so much, and says so.
type bounded struct {
	in   io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.in.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errLarge
	}
	return n, err
}

// find goes from the root of the book to its parts.
func (b *workbook) find() error {
	const usual = "xl/workbook.xml"
	main, first := usual, 0
	if targets, err := b.relations(""); err == nil {
		for _, t := range targets {
			if t.kind == "officeDocument" {
				main = t.part
			}
		}
	}
	shown, err := b.readMain(main)
	if err != nil {
		return err
	}
	targets, err := b.relations(main)
	if err != nil {
		return err
	}
	for _, t := range targets {
		switch t.kind {
		case "worksheet":
			if i, ok := shown[t.id]; ok && (b.sheet == "" || i < first) {
				b.sheet, first = t.part, i
			}
		case "sharedStrings":
			err = errors.Join(err, b.readShared(t.part))
		case "styles":
			err = errors.Join(err, b.readStyles(t.part))
		}
	}
	if b.sheet == "" && err == nil {
		err = errors.New("no sheet")
	}
	return err
}

// readMain reads the list of sheets and how the book calculates. It returns the
// sheets that are shown, by their names among the relations, with their order.
func (b *workbook) readMain(part string) (shown map[string]int, err error) {
	shown = map[string]int{}
	err = b.read(part, func(m *markup, _ string) error {
		return m.children(func(name string) error {
			switch name {
			case "workbookPr":
				b.since1904 = isTrue(m.attr("date1904"))
			case "calcPr":
				b.stale = isTrue(m.attr("fullCalcOnLoad"))
			case "sheets":
				return m.children(func(string) error {
					id, _ := m.attr("id")
					if state, _ := m.attr("state"); state != "hidden" && state != "veryHidden" {
						shown[id] = len(shown)
					}
					if len(shown) > maxParts {
						return errLarge
					}
					return nil
				})
			}
			return nil
		})
	})
	return shown, err
}

func isTrue(value string, _ bool) bool { return value == "1" || value == "true" }

// target is what a part refers to.
type target struct{ id, kind, part string }

// relations lists what a part refers to, or with "" the archive.
func (b *workbook) relations(of string) ([]target, error) {
	folder, name := path.Split(of)
	var out []target
	err := b.read(folder+"_rels/"+name+".rels", func(m *markup, _ string) error {
		return m.children(func(string) error {
			id, _ := m.attr("Id")
			kind, _ := m.attr("Type")
			part, _ := m.attr("Target")
			if !strings.HasPrefix(part, "/") {
				part = path.Join("/", folder, part)
			}
			if out = append(out, target{id, path.Base(kind), strings.TrimPrefix(part, "/")}); len(out) > maxParts {
				return errLarge
			}
			return nil
		})
	})
	return out, err
}

// readShared reads the table of texts that cells refer to by number.
func (b *workbook) readShared(part string) error {
	return b.read(part, func(m *markup, _ string) error {
		return m.children(func(name string) (err error) {
			if name != "si" {
				return nil
			}
			if b.shared.all, err = richText(m, b.shared.all); err != nil {
				return err
			}
			if len(b.shared.all) > maxShared || len(b.shared.ends) >= maxSharedTexts {
				return errLarge
			}
			b.shared.ends = append(b.shared.ends, uint32(len(b.shared.all)))
			return nil
		})
	})
}

// richText appends the text of a shared or an inline text: all its runs, without
// how they are pronounced.
func richText(m *markup, out []byte) ([]byte, error) {
	from := len(out)
	err := m.children(func(name string) (err error) {
		switch name {
		case "t":
			out, err = m.content(out)
		case "r":
			err = m.children(func(name string) (err error) {
				if name == "t" {
					out, err = m.content(out)
				}
				return err
			})
		}
		if err == nil && len(out)-from > maxPiece {
			err = errPiece
		}
		return err
	})
	return append(out[:from], unescapeBook(out[from:])...), err
}

// readStyles finds the styles of cells whose numbers are dates.
func (b *workbook) readStyles(part string) error {
	own := map[string]bool{} // number formats of the file: whether they show a date
	return b.read(part, func(m *markup, _ string) error {
		return m.children(func(name string) error {
			switch name {
			case "numFmts":
				return m.children(func(string) error {
					id, _ := m.attr("numFmtId")
					code, _ := m.attr("formatCode")
					if own[id] = showsDate(code); len(own) > maxParts {
						return errLarge
					}
					return nil
				})
			case "cellXfs":
				return m.children(func(string) error {
					id, _ := m.attr("numFmtId")
					date, known := own[id]
					b.dates = append(b.dates, known && date || !known && usualDates[id])
					if len(b.dates) > math.MaxUint16 {
						return errLarge
					}
					return nil
				})
			}
			return nil
		})
	})
}
