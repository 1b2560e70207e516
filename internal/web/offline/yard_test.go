package offline_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/act"
	"github.com/xiadu/xiadu/internal/engine/act/inbox"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
	"github.com/xiadu/xiadu/internal/web/offline"
	"github.com/xiadu/xiadu/internal/web/signin"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// The yard is a small system: notes, which add, and a heap that is moved by who saw where it is.
var yardTables = db.Schema{Owner: "yard", FS: fstest.MapFS{"0001_yard.sql": &fstest.MapFile{Data: []byte(`-- +goose Up
CREATE TABLE yard_note (act TEXT PRIMARY KEY, text TEXT NOT NULL, by_whom TEXT NOT NULL, files INTEGER NOT NULL, happened TIMESTAMP NOT NULL);
CREATE TABLE yard_heap (one INTEGER PRIMARY KEY, place TEXT NOT NULL, version BIGINT NOT NULL, act TEXT NOT NULL);
`)}}}

type note struct {
	Act      string    `db:"act"`
	Text     string    `db:"text"`
	By       string    `db:"by_whom"`
	Files    int       `db:"files"`
	Happened time.Time `db:"happened"`
}

type heap struct {
	One     int    `db:"one"`
	Place   string `db:"place"`
	Version int64  `db:"version"`
	Act     string `db:"act"`
}

var (
	insertNote = db.Declare[note, db.None](`INSERT INTO yard_note (act, text, by_whom, files, happened) VALUES (:act, :text, :by_whom, :files, :happened)`)
	allNotes   = db.Declare[db.None, note](`SELECT /*cols*/ FROM yard_note ORDER BY act`)
	readHeap   = db.Declare[db.None, heap](`SELECT /*cols*/ FROM yard_heap`)
	insertHeap = db.Declare[db.None, db.None](`INSERT INTO yard_heap (one, place, version, act) VALUES (1, 'gate', 1, '')`)
	writeHeap  = db.Declare[heap, db.None](`UPDATE yard_heap SET place = :place, version = :version, act = :act WHERE one = :one`)
)

var yardRights = right.Declaration{
	System: "yard",
	Rights: []right.Right{{Key: "yard.work", Name: lang.Text{ZH: "看院子", EN: "keep the yard"}}},
	Roles: []right.Role{{
		Key: "yard.hand", Name: lang.Text{ZH: "看院人", EN: "Hand"}, Does: lang.Text{ZH: "看院子。", EN: "Keeps the yard."}, Rights: []string{"yard.work"}, Given: right.Grants,
	}},
}

// yard is its site, which can be started anew on the same database.
type yard struct {
	t      *testing.T
	db     *db.DB
	people *identitytest.Office
	album  *evidence.Evidence
	url    string
	line   *webtest.Line
	now    atomic.Pointer[http.Handler]
	box    *offline.Inbox
	slow   atomic.Int64 // ms that the answer to acts takes
	parts  atomic.Int64 // of files that came
	asked  atomic.Int64 // requests with acts
	pages  atomic.Int64 // what the data say, so that a bundle changes
}

func open(t *testing.T, dsn string) *yard {
	t.Helper()
	d := dbtest.Open(t, dsn, record.Schema, identity.Schema, evidence.Schema, act.Schema, inbox.Schema, yardTables)
	y := &yard{t: t, db: d, people: identitytest.Open(t, d, yardRights)}
	var err error
	y.album, err = evidence.Open(t.Context(), d, evidence.Options{Folder: filepath.Join(t.TempDir(), "evidence"), Kinds: []evidence.Kind{
		{Key: "yard.photo", Name: lang.Text{ZH: "照片", EN: "Photo"}, MaxBytes: 4 << 20, Opaque: true},
	}})
	y.must(err)
	y.must(d.Update(t.Context(), func(tx *db.Tx) error { _, err := insertHeap.Exec(tx, db.None{}); return err }))
	y.start()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*y.now.Load()).ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	y.line = webtest.NewLine(t, server.URL)
	y.url = y.line.URL
	return y
}

func (y *yard) must(err error) {
	y.t.Helper()
	if err != nil {
		y.t.Fatal(err)
	}
}

// start starts the program, anew if it runs.
func (y *yard) start() {
	y.t.Helper()
	site, err := web.New(web.Options{Reader: signin.Reader(y.people.Staff()), City: lang.Text{ZH: "西宁市", EN: "Xining"}})
	y.must(err)
	mux := site.NewMux()
	signin.Routes(mux, site, y.people.Staff())
	who := signin.Who(y.people.Staff())
	y.box = inbox.Open(y.db, inbox.Options[identity.Colleague]{
		As: y.people.Author,
		Kinds: map[string]inbox.Kind[identity.Colleague]{
			"note": {Name: lang.Text{ZH: "记一笔", EN: "Note"}, Fields: map[string]lang.Text{"text": {ZH: "看到了什么", EN: "What was seen"}}, Files: "yard.photo", Do: y.note},
			"move": {Name: lang.Text{ZH: "挪料堆", EN: "Move the heap"}, Do: y.move},
		},
		Files: inbox.Files{
			Limit: func(kind string) (int64, error) { k, err := y.album.Kind(kind); return k.MaxBytes, err }, Missing: evidence.Missing,
			Take: func(ctx context.Context, r io.Reader, kind, person string, f inbox.File) error {
				_, err := y.album.Take(ctx, r, evidence.Sent{Kind: kind, By: person, Hash: f.Hash, Size: f.Size})
				return err
			},
		},
	})
	offline.Routes(mux, offline.Deps{Site: site, Inbox: y.box, Who: who})
	var handler http.Handler
	mux.In(web.AroundTask).For("yard.work", "GET /yard", func(w http.ResponseWriter, r *http.Request) error {
		v := site.Page(r, lang.Text{ZH: "院子", EN: "The yard"})
		v.Private, v.Unlisted = true, true
		h, texts, err := y.read(r.Context())
		if err != nil {
			return err
		}
		return v.Write(w, r, yardPage(v, h, texts))
	})
	mux.For("yard.work", "GET /yard/bundle.json", func(w http.ResponseWriter, r *http.Request) error {
		return offline.Bundle{Name: "yard", Parts: []string{"/yard", "/yard/data.json", "/yard/plan.svg"}, Without: "地图"}.Serve(w, r, handler)
	})
	mux.For("yard.work", "GET /yard/data.json", func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "application/json")
		_, err := fmt.Fprintf(w, `{"version":%d}`, y.pages.Load())
		return err
	})
	mux.For("yard.work", "GET /yard/plan.svg", func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "image/svg+xml")
		_, err := io.WriteString(w, `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40"/></svg>`)
		return err
	})
	mux.For("", "POST /yard/note", func(w http.ResponseWriter, r *http.Request) error {
		by, err := who(r)
		if err != nil {
			return err
		}
		err = y.db.Update(r.Context(), func(tx *db.Tx) error {
			_, err := insertNote.Exec(tx, note{Act: "form", Text: r.FormValue("text"), By: by.Person, Happened: tx.Now()})
			return err
		})
		http.Redirect(w, r, "/yard", http.StatusSeeOther)
		return err
	})
	handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method+" "+r.URL.Path == "POST /api/v1/acts" && y.slow.Load() > 0 { // done, and the answer takes its time
			heard := httptest.NewRecorder()
			site.Handler(mux).ServeHTTP(heard, r)
			y.asked.Add(1)
			time.Sleep(time.Duration(y.slow.Load()) * time.Millisecond)
			w.WriteHeader(heard.Code)
			_, _ = w.Write(heard.Body.Bytes())
			return
		}
		if r.Method+" "+r.URL.Path == "POST /api/v1/acts" {
			y.asked.Add(1)
		}
		if r.Method == http.MethodPut {
			y.parts.Add(1)
		}
		site.Handler(mux).ServeHTTP(w, r)
	})
	y.now.Store(&handler)
}

func (y *yard) note(tx *db.Tx, who identity.Colleague, a inbox.Act) (string, error) {
	by, err := who.Admit(tx, "yard.work", right.Nowhere)
	if err != nil {
		return "", err
	}
	var body struct{ Text string }
	if err := json.Unmarshal(a.Body, &body); err != nil || body.Text == "" || body.Text == "不行" {
		return "", fault.New(fault.Invalid, "请写清楚看到了什么。", "Say what you saw.")
	}
	for _, f := range a.Files {
		if _, err := y.album.Attach(tx, evidence.New{Hash: f.Hash, Kind: "yard.photo", System: "yard", Subject: "note/" + a.ID, By: by.Sign, Person: by.Person}); err != nil {
			return "", err
		}
	}
	_, err = insertNote.Exec(tx, note{a.ID, body.Text, by.Person, len(a.Files), a.At(tx.Now())})
	return "", err
}

func (y *yard) move(tx *db.Tx, who identity.Colleague, a inbox.Act) (string, error) {
	if _, err := who.Admit(tx, "yard.work", right.Nowhere); err != nil {
		return "", err
	}
	h, err := readHeap.One(tx, db.None{})
	if err != nil {
		return "", err
	}
	var body struct{ Place string }
	if err := json.Unmarshal(a.Body, &body); err != nil {
		return "", err
	}
	if h.Version != a.Seen && (a.After == "" || h.Act != a.After) {
		return "", &inbox.Conflict{
			Wanted: lang.Text{ZH: "挪到" + body.Place, EN: "to " + body.Place}, Now: lang.Text{ZH: "料堆已在" + h.Place, EN: "the heap is at " + h.Place}, Version: h.Version,
		}
	}
	h.Place, h.Version, h.Act = body.Place, h.Version+1, a.ID
	_, err = writeHeap.Exec(tx, h)
	return "", err
}

// shift moves the heap as somebody else does.
func (y *yard) shift(place string) {
	y.t.Helper()
	y.must(y.db.Update(y.t.Context(), func(tx *db.Tx) error {
		h, err := readHeap.One(tx, db.None{})
		if err != nil {
			return err
		}
		h.Place, h.Version, h.Act = place, h.Version+1, ""
		_, err = writeHeap.Exec(tx, h)
		return err
	}))
}

func (y *yard) read(ctx context.Context) (h heap, texts []string, err error) {
	err = y.db.View(ctx, func(tx *db.Tx) error {
		if h, err = readHeap.One(tx, db.None{}); err != nil {
			return err
		}
		all, err := allNotes.Slice(tx, db.None{})
		texts = nil
		for _, n := range all {
			texts = append(texts, n.Text)
		}
		slices.Sort(texts)
		return err
	})
	return h, texts, err
}

// notes are what was noted.
func (y *yard) notes() (all []note) {
	y.t.Helper()
	y.must(y.db.View(y.t.Context(), func(tx *db.Tx) (err error) {
		all, err = allNotes.Slice(tx, db.None{})
		return err
	}))
	return all
}

// wants waits until exactly these notes are there.
func (y *yard) wants(texts ...string) {
	y.t.Helper()
	slices.Sort(texts)
	var has []string
	for range 200 {
		var err error
		_, has, err = y.read(y.t.Context())
		y.must(err)
		if slices.Equal(has, texts) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	y.t.Fatalf("the notes are %q, want %q", has, texts)
}

// yardPage is a page of work at hand, as a system makes one.
func yardPage(v web.Page, h heap, texts []string) templ.Component {
	body := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if _, err := io.WriteString(w, `<div class="stack"><h1>`+v.T("院子", "The yard")+`</h1>`); err != nil {
			return err
		}
		if err := kit.OfflineBar(v, kit.AtHand{Bundle: "/yard/bundle.json"}).Render(ctx, w); err != nil {
			return err
		}
		_, err := fmt.Fprintf(w, `
<p id="heap">料堆在 <b>%s</b>（第 %d 版）</p>
<img src="/yard/plan.svg" alt="平面图" width="40" height="40">
<ul id="notes">`, h.Place, h.Version)
		for _, text := range texts {
			if err == nil {
				_, err = fmt.Fprintf(w, `<li>%s</li>`, templ.EscapeString(text))
			}
		}
		if err == nil {
			_, err = fmt.Fprintf(w, `</ul><ul class="work-echoes" data-acts-here></ul>
<template data-act-echo="note"><li class="work-echo">记：<span data-field="text"></span> <span class="badge badge-look" data-state></span></li></template>
<form id="note" class="stack thumb" method="post" action="/yard/note" data-act="note" data-act-line="记：{text}">
<div class="field"><label for="f-text">看到了什么</label><input id="f-text" name="text"></div>
<div class="field"><label for="f-photo">照片</label><input id="f-photo" name="photo" type="file"></div>
<button class="button button-main" type="submit">记下</button></form>
<form id="move" class="stack thumb" method="post" action="/yard/move" data-act="move" data-act-line="挪到{place}" data-act-subject="heap" data-act-seen="%d">
<div class="field"><label for="f-place">挪到哪里</label><input id="f-place" name="place"></div>
<button class="button" type="submit">挪</button></form>
<form method="post" action="/sign-out"><button class="button" type="submit">退出登录</button></form></div>`, h.Version)
		}
		return err
	})
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return web.Frame(v).Render(templ.WithChildren(ctx, body), w)
	})
}
