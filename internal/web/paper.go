package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"rsc.io/qr"

	"github.com/xiadu/xiadu/internal/lang"
)

// Paper is an official document as PDF: black on white, wide margins to bind and
// to write in, "page x of y" at the foot, and on the first page a QR code that
// leads back to what it says. It is laid out from top to bottom; an error stays
// and Bytes returns it.
//
// Its face is Noto Sans SC (SIL Open Font License), of which a document carries
// the characters that it uses.
type Paper struct {
	lang lang.Lang
	pdf  *fpdf.Fpdf
	head PaperHead
	err  error

	across, down float64 // of the sheet, in millimetres
}

// PaperHead is what stands at the head of a document.
type PaperHead struct {
	Title   string
	Kind    string // over the title, small: 工会驿站调整方案
	Number  string // on every page
	Address string // behind the QR code
	At      time.Time
	Wide    bool // the sheet lies on its side, for a table of many columns
}

// Column is a column of a table on paper.
type Column struct {
	Title string
	Width float64 // a share of the page's width
	Right bool    // figures
}

// The measures of a page in millimetres.
const (
	paperLeft, paperRight = 28.0, 24.0
	paperTop, paperBottom = 24.0, 24.0
	sheetShort, sheetLong = 210.0, 297.0
	paperLine             = 6.4
	qrSize                = 24.0
)

var paperFace = sync.OnceValues(func() ([]byte, error) {
	a, err := embedded()
	if err != nil {
		return nil, err
	}
	f, ok := a.files["paper.ttf"]
	if !ok || f.zipped == nil {
		return nil, errors.New("the face for paper is not in this binary: run `npm ci && npm run build`, then build again")
	}
	z, err := gzip.NewReader(bytes.NewReader(f.zipped))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
})

// NewPaper begins a document.
func NewPaper(l lang.Lang, head PaperHead) (*Paper, error) {
	head.Title, head.Kind, head.Number = inFace(head.Title), inFace(head.Kind), inFace(head.Number)
	face, err := paperFace()
	if err != nil {
		return nil, err
	}
	lies, across, down := "P", sheetShort, sheetLong
	if head.Wide {
		lies, across, down = "L", sheetLong, sheetShort
	}
	pdf := fpdf.New(lies, "mm", "A4", "")
	pdf.SetMargins(paperLeft, paperTop, paperRight)
	pdf.SetAutoPageBreak(true, paperBottom)
	pdf.SetCatalogSort(true) // the same document has the same bytes
	pdf.SetCreationDate(head.At)
	pdf.SetModificationDate(head.At)
	pdf.SetTitle(head.Title, true)
	pdf.SetLang(l.Tag())
	pdf.AddUTF8FontFromBytes("paper", "", face)
	pdf.AliasNbPages("{pages}")
	d := &Paper{lang: l, pdf: pdf, head: head, across: across, down: down}
	pdf.SetFooterFunc(d.footer)
	pdf.AddPage()
	d.first()
	return d, pdf.Error()
}

// inFace puts a box for each character that the writer of the document cannot
// set: those beyond U+FFFF, rare characters of names and emoji among them. A box
// shows that something is missing; the page on the screen has it.
func inFace(text string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xFFFF {
			return '□'
		}
		return r
	}, text)
}

func (d *Paper) footer() {
	d.pdf.SetY(-16)
	d.size(9)
	d.pdf.CellFormat(d.width()/2, 5, d.head.Number, "", 0, "L", false, 0, "")
	// The alias stands for a number that is shorter: a right-aligned cell would
	// leave a hole, so the line begins at a fixed place.
	d.pdf.SetX(d.across - paperRight - 36)
	d.pdf.CellFormat(36, 5, d.lang.F("第 %d 页，共 {pages} 页", "page %d of {pages}", d.pdf.PageNo()), "", 0, "L", false, 0, "")
}

// width is how wide what is written may be.
func (d *Paper) width() float64 { return d.across - paperLeft - paperRight }

// paragraph writes a text in lines of a width, from where the pen is; the next line begins there, too.
func (d *Paper) paragraph(width, height float64, text string) {
	x := d.pdf.GetX()
	for _, line := range d.lines(text, width-2*d.pdf.GetCellMargin()) {
		d.room(height)
		d.pdf.SetX(x)
		d.pdf.CellFormat(width, height, line, "", 1, "L", false, 0, "")
	}
}

func (d *Paper) size(points float64) { d.pdf.SetFont("paper", "", points) }

// first draws the head of the first page.
func (d *Paper) first() {
	d.qr(d.across-paperRight-qrSize, paperTop-6)
	width := d.width() - qrSize - 6
	d.size(10.5)
	d.paragraph(width, 6, d.head.Kind)
	d.size(19)
	d.paragraph(width, 9.5, d.head.Title)
	d.pdf.SetY(max(d.pdf.GetY()+3, paperTop-6+qrSize+8))
	d.rule(0.5)
	d.pdf.Ln(4)
}

// qr draws the address as squares: a picture would blur in print.
func (d *Paper) qr(x, y float64) {
	code, err := qr.Encode(d.head.Address, qr.M)
	if err != nil {
		d.err = fmt.Errorf("draw the address %q: %w", d.head.Address, err)
		return
	}
	dot := qrSize / float64(code.Size)
	d.pdf.SetFillColor(0, 0, 0)
	for row := range code.Size {
		for column := range code.Size {
			if code.Black(column, row) {
				d.pdf.Rect(x+float64(column)*dot, y+float64(row)*dot, dot*1.02, dot*1.02, "F")
			}
		}
	}
	d.size(7.5)
	d.pdf.SetXY(x-4, y+qrSize+0.5)
	d.pdf.CellFormat(qrSize+8, 4, d.lang.T("扫码核对", "Scan to check"), "", 0, "C", false, 0, "")
	d.pdf.SetXY(paperLeft, paperTop-6)
}

func (d *Paper) rule(width float64) {
	d.pdf.SetLineWidth(width)
	d.pdf.Line(paperLeft, d.pdf.GetY(), d.across-paperRight, d.pdf.GetY())
	d.pdf.SetLineWidth(0.2)
}

// room begins another page unless so many millimetres are left.
func (d *Paper) room(mm float64) {
	if d.pdf.GetY()+mm > d.down-paperBottom {
		d.pdf.AddPage()
	}
}

// Heading begins a part.
func (d *Paper) Heading(text string) {
	d.room(30)
	d.pdf.Ln(3)
	d.size(13)
	d.paragraph(d.width(), 8, inFace(text))
	d.pdf.Ln(1)
}

// Text writes a paragraph, its lines as they are.
func (d *Paper) Text(text string) {
	d.size(10.5)
	d.paragraph(d.width(), paperLine, inFace(text))
	d.pdf.Ln(1.5)
}

// Small writes a paragraph of what one need not read at once.
func (d *Paper) Small(text string) {
	d.size(9)
	d.paragraph(d.width(), 5.4, inFace(text))
	d.pdf.Ln(1)
}

// Facts writes names with their values.
func (d *Paper) Facts(facts [][2]string) {
	d.size(10.5)
	for _, f := range facts {
		d.room(paperLine)
		d.pdf.CellFormat(32, paperLine, inFace(f[0]), "", 0, "L", false, 0, "")
		d.paragraph(d.width()-32, paperLine, inFace(f[1]))
	}
	d.pdf.Ln(1)
}

// List writes numbered lines.
func (d *Paper) List(lines []string) {
	d.size(10.5)
	for i, line := range lines {
		d.room(paperLine)
		d.pdf.CellFormat(11, paperLine, fmt.Sprintf("%d.", i+1), "", 0, "R", false, 0, "")
		d.pdf.SetX(paperLeft + 13)
		d.paragraph(d.width()-13, paperLine, inFace(line))
	}
	d.pdf.Ln(1)
}

// Table writes a table; its head comes again on each page.
func (d *Paper) Table(columns []Column, rows [][]string) {
	titles := make([]string, len(columns))
	for i, c := range columns {
		titles[i] = c.Title
	}
	d.room(18)
	d.row(columns, titles, true)
	for _, row := range rows {
		if d.pdf.GetY()+8 > d.down-paperBottom {
			d.pdf.AddPage()
			d.row(columns, titles, true)
		}
		d.row(columns, row, false)
	}
	d.rule(0.4)
	d.pdf.Ln(3)
}

func (d *Paper) row(columns []Column, cells []string, head bool) {
	if head {
		d.size(9)
		d.rule(0.4)
	} else {
		d.size(10.5)
		d.rule(0.15)
	}
	for i, c := range columns {
		align := "L"
		if c.Right {
			align = "R"
		}
		d.pdf.CellFormat(c.Width*d.width(), 7.4, d.cut(inFace(cells[i]), c.Width*d.width()-2), "", 0, align, false, 0, "")
	}
	d.pdf.Ln(7.4)
}

// cut shortens a text that is wider than its cell.
func (d *Paper) cut(text string, width float64) string {
	if d.pdf.GetStringWidth(text) <= width {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && d.pdf.GetStringWidth(string(runes)+"…") > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// Signatures leaves room to sign and to date.
func (d *Paper) Signatures(who ...string) {
	d.room(40)
	d.pdf.Ln(10)
	d.size(10.5)
	width := d.width() / float64(len(who))
	for i, w := range who {
		x := paperLeft + float64(i)*width
		d.pdf.Text(x, d.pdf.GetY(), inFace(w))
		d.pdf.Line(x, d.pdf.GetY()+14, x+width-8, d.pdf.GetY()+14)
		d.pdf.Text(x, d.pdf.GetY()+20, d.lang.T("日期：      年    月    日", "Date:"))
	}
	d.pdf.Ln(24)
}

// Bytes returns the document.
func (d *Paper) Bytes() ([]byte, error) {
	if d.err != nil {
		return nil, d.err
	}
	var out bytes.Buffer
	if err := d.pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("write the paper %q: %w", strings.TrimSpace(d.head.Number), err)
	}
	return out.Bytes(), nil
}
