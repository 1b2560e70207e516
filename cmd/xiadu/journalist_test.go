package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/web/webtest"
)

var (
	closedOf = regexp.MustCompile(`(\d+) / (\d+)`)
	letterAt = regexp.MustCompile(`/complaints/letters/public/`)
)

// TestAJournalistChecksAComplaintFigure reads how many problems are closed on the front page, opens the receipt, has the command
// that the page prints compute it again, and goes on to a published table, its receipt, and the line of one letter.
func TestAJournalistChecksAComplaintFigure(t *testing.T) {
	if testing.Short() {
		t.Skip("serves a city to a browser; run without -short")
	}
	home := t.TempDir()
	server := served(t, command(t, home, home, "serve", "--demo", "--listen", "127.0.0.1:0"))
	defer server.kill()
	const article = `article:has(a[href*="complaint.problems"])`
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		t.Run(name, func(t *testing.T) {
			b := webtest.Open(t, server.url, view)
			for end := time.Now().Add(time.Minute); b.Count(".front-log") == 0 || b.Count(article) == 0; time.Sleep(100 * time.Millisecond) {
				if b.Go("/"); time.Now().After(end) {
					t.Fatal("the front page has no figure of complaints: " + b.Text("main"))
				}
			}
			b.Check()
			said := closedOf.FindStringSubmatch(b.Text(article + " .article-number"))
			if said == nil || said[2] == "0" {
				t.Fatal(b.Text(article))
			}
			b.Follow(article + " .receipt-link")
			b.Shot("journalist-receipt-" + name)
			b.Check()
			computed(t, b, said[1], said[2])

			b.Go("/complaints")
			b.Follow(`a[href^="/complaints/bulletins/"]:not([href*=".atom"])`)
			b.Shot("journalist-table-" + name)
			b.Check()
			table := b.Path()
			letters := regexp.MustCompile(`信访件 (\d+) 件`).FindStringSubmatch(b.Text("main"))
			if rows := b.Count("table.official tbody tr"); letters == nil || letters[1] == "0" || rows == 0 {
				t.Fatalf("%d rows: %s", rows, b.Text("main"))
			}
			b.Follow(`a[href^="/receipts/figures/complaint.counts"]`)
			b.Check()
			computed(t, b, letters[1])

			b.Go(table)
			code := b.Text("table.official tbody tr:first-child th")
			b.Follow("table.official tbody tr:first-child th a")
			b.Shot("journalist-letter-" + name)
			b.Check()
			if !letterAt.MatchString(b.Path()) || !strings.Contains(b.Text("main"), code) {
				t.Errorf("the line of %s leads to %s: %s", code, b.Path(), b.Text("main"))
			}
		})
	}
}

// computed has a reader download what a receipt's page offers and run what it prints: it holds, and says the numbers that the page
// says; with one of them changed in the receipt it does not.
func computed(t *testing.T, b *webtest.Tab, numbers ...string) {
	t.Helper()
	taken, receipt := t.TempDir(), ""
	var body []byte
	for _, address := range webtest.Eval[[]string](b, `[...document.querySelectorAll('main .row a')].map(a => a.href)`) {
		name, text := download(t, address)
		if strings.HasSuffix(name, ".json") {
			receipt, body = filepath.Join(taken, name), text
		}
		if err := os.WriteFile(filepath.Join(taken, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	said := webtest.Eval[string](b, `document.querySelector('main pre code').textContent`)
	out, err := asPrinted(t, taken, said)
	if err != nil {
		t.Fatalf("%s: %v\n%s", said, err, out)
	}
	for _, n := range numbers {
		word := regexp.MustCompile(`\b` + n + `\b`)
		if !word.MatchString(out) || !word.MatchString(b.Text("main")) {
			t.Errorf("the figure is %s; the command says\n%s\nand the page\n%s", n, out, b.Text("main"))
		}
	}
	forged := regexp.MustCompile(`("letters":\s*)(\d+)`).ReplaceAll(body, []byte("${1}1${2}"))
	if string(forged) == string(body) {
		t.Fatalf("nothing was forged: %s", body)
	}
	if err := os.WriteFile(receipt, forged, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := asPrinted(t, taken, said); err == nil || !strings.Contains(out, "发现") {
		t.Errorf("the forged receipt holds: %s", out)
	}
}
