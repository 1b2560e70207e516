package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/web/webtest"
)

// TestADoubtingReaderComputesAgain does what the coverage, its clock and its circles say
// to somebody who does not believe them: downloads everything that it offers into an empty folder, runs
// the command that it prints, and holds the answer against the page's JSON, to the
// byte. Once with imported demand and areas, once with the estimate of the map.
func TestADoubtingReaderComputesAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("serves a city to a browser; run without -short")
	}
	village := crashSite(t)
	estimated := filepath.Join(village, "home")
	xiadu(t, village, estimated, "import", "streets", "village.osm")
	xiadu(t, village, estimated, "import", "stations", "few.csv")
	demo := t.TempDir()
	for _, c := range []struct {
		name, work, home, ask string
		serve                 []string
		most, least           int // files that are offered
	}{
		{"demo", demo, demo, "/coverage?at=2026-11-23T22:00", []string{"serve", "--demo"}, 9, 4},
		{"demo by e-bike", demo, demo, "/coverage?at=2026-11-28T09:30&mode=ebike&minutes=7&demand=couriers&lang=en", []string{"serve", "--demo"}, 9, 4},
		{"demo, any hour", demo, demo, "/coverage?at=2026-11-23T23:00&any=1", []string{"serve", "--demo"}, 9, 4},
		{"the clock", demo, demo, "/coverage/clock?minutes=10", []string{"serve", "--demo"}, 9, 4},
		{"the clock of a day", demo, demo, "/coverage/clock?day=2026-12-01&mode=ebike&times=2&at=2026-11-23T22:00", []string{"serve", "--demo"}, 9, 4},
		{"circles", demo, demo, "/coverage/circle?at=2026-11-23T22:00&radius=800", []string{"serve", "--demo"}, 9, 4},
		{"estimated clock", village, estimated, "/coverage/clock", []string{"serve"}, 2, 2},
		{"estimated", village, estimated, "/coverage?at=2026-11-23T12:00", []string{"serve"}, 2, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := served(t, command(t, c.work, c.home, append(c.serve, "--listen", "127.0.0.1:0")...))
			defer server.kill()
			b := webtest.Open(t, server.url, webtest.Desk)
			b.Go(c.ask)
			b.Click("#recompute > summary")
			b.Shot("recompute")
			taken, offered := t.TempDir(), webtest.Eval[[]string](b, `[...document.querySelectorAll('#recompute a')].map(a => a.href)`)
			if len(offered) < c.least || len(offered) > c.most {
				t.Fatalf("offered are %v", offered)
			}
			for _, address := range offered {
				name, body := download(t, address)
				if err := os.WriteFile(filepath.Join(taken, name), body, 0o600); err != nil {
					t.Fatal(err)
				}
				if sum := fmt.Sprintf("%x", sha256.Sum256(body)); strings.HasPrefix(name, "streets-") && !strings.Contains(b.Text("#recompute"), sum) {
					t.Errorf("%s has the sum %s, and the page says %s", name, sum, b.Text("#recompute"))
				}
			}
			said := webtest.Eval[string](b, `document.querySelector('#recompute code').textContent`)
			_, want := download(t, webtest.Eval[string](b, `document.querySelector('.exports a[href*=".json"]').href`))
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, "sh", "-c", said) //nolint:gosec // a reader does no less
			cmd.Dir, cmd.Env = taken, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + taken, "XIADU_LANG=zh"}
			var errs strings.Builder
			cmd.Stderr = &errs
			got, err := cmd.Output()
			if err != nil {
				t.Fatalf("%s: %v: %s", said, err, errs.String())
			}
			if string(got) != string(want) {
				t.Errorf("%s\nsays\n%s\nand the page\n%s", said, got, want)
			}
		})
	}
}

// download fetches a file under the name that it is offered by.
func download(t *testing.T, address string) (name string, body []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Body.Close() }()
	if body, err = io.ReadAll(a.Body); err != nil || a.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", address, a.Status, err)
	}
	if _, how, err := mime.ParseMediaType(a.Header.Get("Content-Disposition")); err == nil {
		name = how["filename"]
	}
	return filepath.Base(name), body
}
