package web

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/lang"
)

// TestRareCharactersOnPaper writes in each place of a document what the format's
// writer cannot set; it used to end the whole document.
func TestRareCharactersOnPaper(t *testing.T) {
	const rare = "𠮷野家驿站 𬶍 🚲"
	d, err := NewPaper(lang.ZH, PaperHead{Title: rare, Kind: rare, Number: rare, Address: "https://city.example/plans/" + rare, At: time.Unix(0, 0).UTC()})
	if err != nil {
		t.Fatal(err)
	}
	d.Heading(rare)
	d.Text(rare)
	d.Small(rare)
	d.Facts([][2]string{{rare, rare}})
	d.List([]string{rare})
	d.Table([]Column{{Title: rare, Width: 0.1}, {Title: rare, Width: 0.9}}, [][]string{{rare, rare}})
	d.Signatures(rare)
	pdf, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Errorf("the document begins with %.20q", pdf)
	}
	if got := inFace("𠮷野家 a□"); got != "□野家 a□" {
		t.Errorf("inFace gives %q", got)
	}
}

// TestSheetsLoseNothing breaks texts into lines and puts them together again; a row that is longer than a page goes on.
func TestSheetsLoseNothing(t *testing.T) {
	d, err := NewPaper(lang.ZH, PaperHead{Title: "一览表", Address: "https://city.example/", At: time.Unix(0, 0).UTC(), Wide: true})
	if err != nil {
		t.Fatal(err)
	}
	d.size(sheetSize)
	for _, text := range []string{"", "大通回族土族自治县", "固废、大气", "经现场核查，市第二医院后院医疗废物暂存站敞着门，有异味（见 D3QH202610300040）。", "a word and another-long-one of Latin letters", "第一段\n第二段，还有。"} {
		for _, width := range []float64{3, 8, 14, 40} {
			lines := d.lines(text, width)
			got := strings.Join(strings.Fields(strings.Join(lines, "")), "")
			if want := strings.Join(strings.Fields(text), ""); got != want {
				t.Errorf("%q at %v mm is %q", text, width, got)
			}
			for _, line := range lines {
				if len([]rune(line)) > 1 && d.pdf.GetStringWidth(line) > width+0.01 {
					t.Errorf("%q is wider than %v mm", line, width)
				}
			}
		}
	}
	text := strings.Repeat("第三轮中央生态环境保护督察边督边改公开情况一览表", 4)
	d.Text(text)
	d.Facts([][2]string{{"依据", text}})
	d.List([]string{text})
	long := strings.Repeat("经现场核查，情况属实，已责令立即整改。", 300)
	d.Sheet([]Column{{Title: "编号", Width: 0.1}, {Title: "情况", Width: 0.9}}, func(yield func([]string) bool) {
		_ = yield([]string{"D1", "短"}) && yield([]string{"D2", long})
	})
	if d.pdf.PageCount() < 2 {
		t.Errorf("%d pages", d.pdf.PageCount())
	}
	if _, err := d.Bytes(); err != nil {
		t.Fatal(err)
	}
}
