package app

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/record/logtree"
)

// TestPapersPrintACheckpoint: who keeps a sheet of paper can hold the site to its word later, with the line
// that stands on it.
func TestPapersPrintACheckpoint(t *testing.T) {
	c := Config{Home: t.TempDir()}
	if _, err := ImportStreets(t.Context(), c, writeStreet(t, "长街", 20), "", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := bring(t, c, strings.NewReader(head+"A-1,旧站,101.781,36.62,24小时,热水\n")); err != nil {
		t.Fatal(err)
	}
	site := began(t, c)
	status, signed := get(t, site.URL+"/log/checkpoint")
	for ; status != http.StatusOK && t.Context().Err() == nil; status, signed = get(t, site.URL+"/log/checkpoint") {
		time.Sleep(10 * time.Millisecond) // what was brought is signed within a second
	}
	log, err := logtree.ParseCheckpoint([]byte(signed))
	if err != nil {
		t.Fatal(signed, err)
	}
	_, page := get(t, site.URL+"/coverage?at=2026-11-23T12:00")
	_, line, ok := strings.Cut(page, `class="op-log">`)
	line, _, _ = strings.Cut(line, "<")
	claim, err := logtree.ParseClaim([]byte(line))
	if !ok || err != nil || claim.Size < 1 || claim.Size == log.Size && claim.Root != log.Root {
		t.Errorf("the paper prints %q (%v), and the log is %d %v", line, err, log.Size, log.Root)
	}
}
