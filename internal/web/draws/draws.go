// Package draws shows draws to everybody:
//
//	GET /draws                    all of them, the newest first, cancelled ones too
//	GET /draws/{id}               one: what was committed to, the seed, what was drawn, each skip with its reason
//	GET /draws/{id}/draw.json     its public file, which stands by itself
//
// Draws belong to systems, which have their own pages to make them; these only show, and so that an organiser has no
// say in what is shown. A button has the browser draw again; without scripts the command stands beside it.
package draws

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/xiadu/xiadu/internal/engine/draw"
	"github.com/xiadu/xiadu/internal/engine/draw/course"
	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
)

type pages struct {
	site  *web.Site
	draws *draw.Public
}

// Routes lists the addresses.
func Routes(mux *web.Mux, site *web.Site, d *draw.Public) {
	p := pages{site, d}
	mux.Open("GET /draws", p.list)
	mux.Open("GET /draws/{id}", p.one)
	mux.OpenHeavy("GET /draws/{id}/draw.json", p.file)
}

// Item leads to the list.
var Item = web.NavItem{Href: "/draws", Text: title}

var title = lang.Text{ZH: "抽签", EN: "Draws"}

// Path is the page of a draw.
func Path(id string) string { return "/draws/" + url.PathEscape(id) }

// listed is how many draws a page of the list has.
const listed = 50

type listView struct {
	web.Page
	all        []draw.Draw
	next       string
	continuing bool
}

func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	v := listView{Page: p.site.Page(r, title)}
	asked := draw.Asked{Limit: listed + 1}
	if before := r.URL.Query().Get("before"); before != "" {
		asked.Before, v.continuing = &before, true
	}
	var err error
	if v.all, err = p.draws.Page(r.Context(), asked); err != nil {
		return err
	}
	if len(v.all) > listed {
		v.all = v.all[:listed]
		v.next = "/draws?before=" + url.QueryEscape(v.all[listed-1].ID)
	}
	return v.Write(w, r, listPage(v))
}

// rowsShown is how many rows of a result a page has.
const rowsShown = 200

// view is the page of a draw.
type view struct {
	web.Page
	draw      draw.Look
	course    *course.Course
	rows      []lots.Row // of this page
	from, all int
	home      string // of the log
}

func (p pages) one(w http.ResponseWriter, r *http.Request) error {
	v := view{Page: p.site.Page(r, title), home: web.Address(r, "/log")}
	var err error
	if v.draw, err = p.draws.Look(r.Context(), web.AskerOf(r.Context()), r.PathValue("id")); err != nil {
		return err
	}
	v.course, v.Title = v.draw.Course, v.draw.Title().In(v.Lang)
	rows := v.course.Rows()
	v.all = len(rows)
	if n, err := strconv.Atoi(r.URL.Query().Get("from")); err == nil && n > 1 {
		v.from = min(n-1, v.all)
	}
	v.rows = rows[v.from:min(v.from+rowsShown, v.all)]
	return v.Write(w, r, drawPage(v))
}

func (p pages) file(w http.ResponseWriter, r *http.Request) error {
	text, err := p.draws.File(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="draw.json"`)
	h.Set("Cache-Control", "no-cache") // a later checkpoint proves more
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	_, _ = w.Write(text) // a reader who left does not mind
	return nil
}
