package web

import (
	"bytes"
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
