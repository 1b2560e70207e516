package contesthttp_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/card"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/expert"
	"github.com/xiadu/xiadu/internal/system/contest/grant"
	"github.com/xiadu/xiadu/internal/system/contest/nomination"
	"github.com/xiadu/xiadu/internal/system/contest/publicity"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/signin"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// hallAt is where the contest of a hall is.
const hallAt = "/contests/" + contesttest.Code

// stage is a hall whose pages are served.
type stage struct {
	*contesttest.Hall
	t   *testing.T
	url string
}

// pagesOf are the pages of a hall, as the program mounts them.
func pagesOf(t *testing.T, h *contesttest.Hall, ends <-chan struct{}) http.Handler {
	t.Helper()
	staff := h.People.Staff()
	ws, err := web.New(web.Options{Reader: signin.Reader(staff), Systems: []web.System{contesthttp.System()}, Checkpoint: func(context.Context) string { return "48210 " + strings.Repeat("a1B2", 11) }})
	if err != nil {
		t.Fatal(err)
	}
	mux := ws.NewMux()
	album, files := albumOf(t, h.DB, ws, staff)
	contesthttp.Routes(mux.Of(contest.System), contesthttp.Deps{
		Site: ws, DB: h.DB, Events: h.Events, Entries: entry.In(h.DB), Experts: expert.In(h.DB), Seats: h.Seats, Halls: h.Halls, Releases: release.In(h.DB, h.Facts), Publicities: publicity.In(h.DB, bookOf(t), h.Facts),
		Cards: card.In(h.DB, h.Facts, album), Figures: publiclog.NewFigures(publiclog.Open(h.DB, t.TempDir()), append(release.Queries(), card.Queries()...)),
		Nominations: nomination.In(h.DB, register), Grants: grant.In(h.DB, register, h.Facts),
		Album: album, Photos: files, People: staff, Now: func() time.Time { return time.Now().In(calendar.China) }, Who: signin.Who(staff), Ends: ends,
	})
	return mux.Handler()
}

// stageOf is the pages of a hall at an address of their own.
func stageOf(t *testing.T, h *contesttest.Hall) stage {
	t.Helper()
	ends := make(chan struct{})
	server := httptest.NewServer(pagesOf(t, h, ends))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(ends) })
	return stage{h, t, server.URL}
}

// openStage opens a hall with so many entries and serves it.
func openStage(t *testing.T, entries int) stage {
	t.Helper()
	return stageOf(t, contesttest.Open(t, dbtest.Open(t, dbtest.SQLite(t), contesttest.Schemas...), contesttest.Rule(1), entries))
}

// eachStage serves a hall on both engines.
func eachStage(t *testing.T, r rule.File, entries int, test func(s stage)) {
	t.Helper()
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) { test(stageOf(t, contesttest.Open(t, d, r, entries))) })
}

// as opens a tab for somebody; nobody: without a session.
func (s stage) as(who *identity.Colleague, v webtest.View) *webtest.Tab {
	s.t.Helper()
	b := webtest.Open(s.t, s.url, v)
	if who != nil {
		b.SetCookie("session", s.Token(*who))
	}
	return b
}

// get asks for a page as somebody.
func (s stage) get(who *identity.Colleague, path string) (status int, body string) {
	s.t.Helper()
	return s.ask(who, http.MethodGet, path, nil)
}

// post sends a form as somebody.
func (s stage) post(who *identity.Colleague, path string, form url.Values) (status int, body string) {
	s.t.Helper()
	return s.ask(who, http.MethodPost, path, form)
}

func (s stage) ask(who *identity.Colleague, method, path string, form url.Values) (status int, body string) {
	s.t.Helper()
	v := visitor{site: site{t: s.t, url: s.url}}
	if who != nil {
		v.token = s.Token(*who)
	}
	kind := ""
	if method == http.MethodPost {
		kind = "application/x-www-form-urlencoded"
	}
	a := v.send(method, path, strings.NewReader(form.Encode()), kind)
	return a.status, a.body
}
