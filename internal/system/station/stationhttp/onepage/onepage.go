// Package onepage is what a page prints as: one sheet of A4 with the answer in a
// sentence, three numbers, a map with names, where it is from and how to find it again.
// What is longer follows as an annex. It lies in the page and shows in print alone, so
// that printing needs neither a script nor another address; the map is drawn here
// (ground.go, drawing.go), since a browser prints no canvas.
package onepage

import (
	"strconv"

	"rsc.io/qr"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// Sheet is one printed page.
type Sheet struct {
	Kind      string // over the headline: 十五分钟服务圈
	Headline  string // the answer
	Asked     string // the question: how far, when
	Numbers   []kit.KeyFigure
	Maps      []Map // one, or before and after
	Key       []Sign
	Facts     [][2]string // the date, the sources, the fingerprint
	Mark      string      // what a reader must know of all of it: a sketch, an estimate
	Address   string      // of the page, for the code
	Elsewhere string      // where what is not on the sheet can be read
	Annex     []Table
	Bare      bool // neither maps nor children stand on it
}

// Table is a table of the annex, from the second page on.
type Table struct {
	Title string
	Heads []Head
	Rows  [][]string
}

// Head is a column's heading.
type Head struct {
	Text  string
	Right bool
}

// Facts are what every sheet says of where its figures are from.
func Facts(l lang.Lang, c *city.City, kind, date string) [][2]string {
	return [][2]string{
		{l.T("日期", "Date"), date},
		{l.T("街道", "Streets"), c.Source(l)},
		{c.DemandTitle(l, kind), c.DemandSource(l, kind)},
		{l.T("版本", "Revision"), c.Revision},
		{l.T("数据指纹", "Fingerprint"), c.Digest(kind)},
	}
}

// MarkOf is what must be said beside figures of a sketch, or nothing.
func MarkOf(l lang.Lang, c *city.City) string {
	if c.Atlas == nil || !c.Atlas.Info.Schematic {
		return ""
	}
	return l.T("示意图，非测绘成果：街道、驿站和人口都是为演示而生成的。", "Schematic, not survey data: streets, stations and people were generated for demonstration.")
}

// code is the address as squares, and how many of them are a side; an address that is
// too long for one has none.
func code(address string) (path string, side int) {
	c, err := qr.Encode(address, qr.M)
	if err != nil {
		return "", 0
	}
	var b []byte
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			from := x
			for x < c.Size && c.Black(x, y) {
				x++
			}
			if x > from {
				b = append(b, 'M')
				b = strconv.AppendInt(b, int64(from), 10)
				b = append(b, ' ')
				b = strconv.AppendInt(b, int64(y), 10)
				b = append(b, 'h')
				b = strconv.AppendInt(b, int64(x-from), 10)
				b = append(b, "v1h-"...)
				b = strconv.AppendInt(b, int64(x-from), 10)
				b = append(b, 'z')
			}
		}
	}
	return string(b), c.Size
}
