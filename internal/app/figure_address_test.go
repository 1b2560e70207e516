package app

import (
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/system/station/published"
)

var leadFigure = regexp.MustCompile(`<p class="lead">.*?<strong>(.*?)</strong>`)

// TestAFiguresAddressKeepsItsWord: the address that stands on the page, and in its QR
// code, names the size of the log; after an edit it gives the figure of then, with a file
// that an outsider computes again, and it says when the files were exchanged.
func TestAFiguresAddressKeepsItsWord(t *testing.T) {
	s := newFigureSite(t)
	night := time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC)
	printed := regexp.MustCompile(`<p class="small muted">` + regexp.QuoteMeta(s.url) + `(/receipts/[^<]*)</p>`)
	before, addresses, files := map[string]string{}, map[string]string{}, map[string]string{}
	paths := []string{published.OpenPath(night), published.ReachPath(night, "people")}
	for _, path := range paths {
		page := string(s.take(path, "page.html"))
		address := printed.FindStringSubmatch(page)
		if address == nil || !strings.Contains(address[1], "size=") {
			t.Fatalf("the page does not show an address with the size: %v", address)
		}
		addresses[path] = strings.ReplaceAll(address[1], "&amp;", "&")
		before[path] = leadFigure.FindStringSubmatch(page)[1]
	}
	s.bring("A-1,全天站,101.781,36.62,8:00-18:00,热水\n")
	for _, path := range paths {
		for i := 0; ; i++ { // until the log and the site have it
			if now := string(s.take(path, "page.html")); leadFigure.FindStringSubmatch(now)[1] != before[path] {
				break
			}
			if i > 100 {
				t.Fatal("the edit changes nothing")
			}
			time.Sleep(50 * time.Millisecond)
		}
		then := string(s.take(addresses[path], "page.html"))
		if got := leadFigure.FindStringSubmatch(then)[1]; got != before[path] || !strings.Contains(then, "这个地址说的是日志有") || strings.Contains(then, "文件在那以后换过") {
			t.Errorf("%s said %s, and says %s after the edit", addresses[path], before[path], got)
		}
		text := s.take(strings.Replace(addresses[path], "/1?", "/1.json?", 1), "then.json")
		r, c, err := figure.ParseReceipt(text)
		if err != nil || r.Size == 0 || r.Size >= c.Size {
			t.Fatalf("a receipt of %d entries at %d: %v", r.Size, c.Size, err)
		}
		for _, f := range r.Files {
			s.take(f.From, f.As)
			files[f.Name] = filepath.Join(s.dir, f.As)
		}
		if report := s.verify(files, text); len(report.Findings) > 0 || len(report.Figures) != 1 || len(report.Figures[0].Unchecked) > 0 || report.Figures[0].Size != r.Size {
			t.Errorf("the receipt of then: %v, %+v", report.Findings, report.Figures)
		}
	}
	address, err := url.Parse(addresses[paths[1]])
	if err != nil {
		t.Fatal(err)
	}
	q := address.Query()
	q.Set("files", "000000000000")
	if page := string(s.take(address.Path+"?"+q.Encode(), "page.html")); !strings.Contains(page, "文件在那以后换过") {
		t.Error("other files than of then are not named")
	}
	for size, want := range map[string]int{"999999": http.StatusNotFound, "0": http.StatusUnprocessableEntity, "x": http.StatusUnprocessableEntity} {
		q.Set("size", size)
		if status, _ := get(t, s.url+address.Path+"?"+q.Encode()); status != want {
			t.Errorf("a size of %s: %d", size, status)
		}
	}
}
