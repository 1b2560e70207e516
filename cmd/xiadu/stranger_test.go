package main

import (
	"context"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/web/webtest"
)

// TestAStrangerChecksTheFrontPage reads a figure on the front page, opens what it rests
// on, downloads the receipt and the files, runs the command that the page prints, and
// then changes a digit of the receipt.
func TestAStrangerChecksTheFrontPage(t *testing.T) {
	if testing.Short() {
		t.Skip("serves a city to a browser; run without -short")
	}
	home := t.TempDir()
	server := served(t, command(t, home, home, "serve", "--demo", "--listen", "127.0.0.1:0"))
	defer server.kill()
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		t.Run(name, func(t *testing.T) {
			b := webtest.Open(t, server.url, view)
			for b.Go("/"); b.Count(".front-log") == 0; b.Go("/") {
				time.Sleep(50 * time.Millisecond) // the log signs within a second
			}
			b.Shot("front-" + name)
			b.Check()
			number := strings.TrimSuffix(b.Text(".article-number"), "%")
			b.Follow(".receipt-link")
			b.Shot("front-receipt-" + name)
			b.Check()
			// The receipt has a digit more than the front page.
			exact := shareOf(t, b.Text("main"))
			if said, err := strconv.ParseFloat(number, 64); err != nil || math.Abs(said-exact) > .0501 {
				t.Errorf("the front page says %s and the receipt %v: %v", number, exact, err)
			}
			taken := t.TempDir()
			receipt := ""
			for _, address := range webtest.Eval[[]string](b, `[...document.querySelectorAll('main .row a')].map(a => a.href)`) {
				name, body := download(t, address)
				if strings.HasSuffix(name, ".json") {
					receipt = name
				}
				if err := os.WriteFile(filepath.Join(taken, name), body, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			said := webtest.Eval[string](b, `document.querySelector('main pre code').textContent`)
			if out, err := asPrinted(t, taken, said); err != nil || shareOf(t, out) != exact {
				t.Fatalf("%s: %v\n%s", said, err, out)
			}
			body, err := os.ReadFile(filepath.Join(taken, receipt))
			if err != nil {
				t.Fatal(err)
			}
			forged := openFigure.ReplaceAllString(string(body), "${1}1${2}")
			if err := os.WriteFile(filepath.Join(taken, receipt), []byte(forged), 0o600); err != nil || forged == string(body) {
				t.Fatalf("nothing was forged: %v", err)
			}
			if out, err := asPrinted(t, taken, said); err == nil || !strings.Contains(out, "发现") {
				t.Errorf("the forged receipt holds: %s", out)
			}
		})
	}
}

var share = regexp.MustCompile(`(\d+(?:\.\d+)?) %`)

// shareOf is the share that a receipt, or what verify says of it, states.
func shareOf(t *testing.T, text string) float64 {
	t.Helper()
	m := share.FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("there is no share in %s", text)
	}
	v, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var openFigure = regexp.MustCompile(`("open":\s*)(\d+)`)

// asPrinted runs a command that a page prints, as a reader does.
func asPrinted(t *testing.T, dir, said string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", said) //nolint:gosec // a reader does no less
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "XIADU_LANG=zh"}
	out, err := cmd.CombinedOutput()
	return string(out), err
}
