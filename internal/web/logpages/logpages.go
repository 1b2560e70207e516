// Package logpages serves the public log under /log: the files that programs read, in
// the layout of C2SP tlog-tiles, and one page that says to people what they are for.
//
//	GET /log                      how far the log goes, and how to check it
//	GET /log/checkpoint           the signed size and root
//	GET /log/keys                 verifier keys, one a line
//	GET /log/tile/{level}/{n…}    hashes; with .p/{width} as far as they go
//	GET /log/tile/entries/{n…}    statements, as canonical JSON
//	GET /log/events               what is logged from now on, as it comes (SSE)
//	GET /receipts/{entry}         one entry and its proof, explained to a person
//	GET /receipts/{entry}/proof   the same as a file for programs
//	GET /receipts/figures/{query}/{version}       a figure and of what it was made
//	GET /receipts/figures/{query}/{version}.json  the same as a file for programs
//
// So the address of the log, for any program of that layout, is that of this site
// with /log behind it. Nothing else of the site may be read by other sites' scripts;
// the log may, since a reader who checks it in a browser is what it is there for.
package logpages

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/web"
)

// pages are the log's.
type pages struct {
	site    *web.Site
	log     *publiclog.Log
	figures *publiclog.Figures
	live    *live
}

// Routes lists the addresses of the log. Who listens to it is let go when ends is closed.
func Routes(mux *web.Mux, site *web.Site, log *publiclog.Log, figures *publiclog.Figures, ends <-chan struct{}) {
	p := pages{site, log, figures, &live{log: log, ends: ends, listeners: map[string]int{}}}
	mux.Open("GET /log", p.page)
	mux.Open("GET /log/events", p.events)
	mux.Open("GET /log/{path...}", p.file)
	mux.Open("GET /receipts/{entry}", p.explain)
	mux.Open("GET /receipts/{entry}/proof", p.proof)
	mux.OpenHeavy("GET /receipts/figures/{query}/{version}", p.figure)
}

// Item leads to the page.
var Item = web.NavItem{Href: "/log", Text: title}

var title = lang.Text{ZH: "公开日志", EN: "Public log"}

// anybodyReads lets scripts of other sites read an answer: of this one's they may read the
// log alone, which is there to be checked from elsewhere.
func anybodyReads(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
}

// altered reports whether the log's own rows are not what was signed.
func altered(err error) bool {
	return errors.Is(err, publiclog.ErrAltered) || errors.Is(err, publiclog.ErrRewritten) || errors.Is(err, publiclog.ErrWithheld)
}

// file answers what programs ask. A tile never changes, also one that is not full:
// when it grows it is asked for by another width.
func (p pages) file(w http.ResponseWriter, r *http.Request) error {
	path := r.PathValue("path")
	if path == "" {
		http.Redirect(w, r, "/log", http.StatusMovedPermanently)
		return nil
	}
	body, err := p.log.File(r.Context(), path)
	if text, known := fault.In(lang.EN, err); known && altered(err) {
		// A program that checks the log is told what the page tells, and that it is no outage.
		w.Header().Set(publiclog.AlteredHeader, text)
	}
	if err != nil {
		return err
	}
	h := w.Header()
	anybodyReads(h)
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Type", "text/plain; charset=utf-8")
	if strings.HasPrefix(path, "tile/") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Content-Type", "application/octet-stream")
	}
	_, _ = w.Write(body) // a reader who left does not mind
	return nil
}

// view is what the page says.
type view struct {
	web.Page
	checkpoint logtree.Checkpoint
	waiting    bool // for the first checkpoint
	address    string
	newest     []told // the last entries, the newest first
}

// newestShown is how many entries the page begins with.
const newestShown = 12

func (p pages) page(w http.ResponseWriter, r *http.Request) error {
	v := view{Page: p.site.Page(r, title), address: web.Address(r, "/log")}
	var err error
	v.checkpoint, err = p.log.Checkpoint(r.Context())
	v.waiting = fault.KindOf(err) == fault.NotFound
	if err != nil && !v.waiting {
		return err
	}
	_, entries, err := p.log.From(r.Context(), max(0, v.checkpoint.Size-newestShown), newestShown)
	if err != nil && !v.waiting {
		return err
	}
	for _, e := range slices.Backward(entries) {
		v.newest = append(v.newest, tellEntry(v.Page, e))
	}
	return v.Write(w, r, logView(v))
}
