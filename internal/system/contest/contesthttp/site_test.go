package contesthttp_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/card"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/grant"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/nomination"
	"github.com/xiadu/xiadu/internal/system/contest/order"
	"github.com/xiadu/xiadu/internal/system/contest/publicity"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
	"github.com/xiadu/xiadu/internal/system/contest/selectiontest"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/photos"
	"github.com/xiadu/xiadu/internal/web/signin"
)

const code = "hall-2026"

func TestPrepare(t *testing.T) { dbtest.Prepare(t, contesttest.Schemas...) }

// bookOf is the cases of a site.
func bookOf(t *testing.T) *casework.Book {
	t.Helper()
	b, err := casework.New(casework.Options{Processes: contest.Processes(), Outside: identity.Outside})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// register is the stations that a contest may select.
var register = (&selectiontest.Selection{Hours: "24/7"}).Look

// folders are where sites have their files, by their databases.
var folders sync.Map

// albumOf is the attachments of a site.
func albumOf(t *testing.T, d *db.DB, ws *web.Site, staff identity.Staff) (func() (*evidence.Evidence, error), *photos.Album) {
	t.Helper()
	folder, _ := folders.LoadOrStore(d, t.TempDir()) // a site that is served again has the files that it had
	e, err := evidence.Open(t.Context(), d, evidence.Options{Folder: folder.(string), Kinds: contest.EvidenceKinds()})
	if err != nil {
		t.Fatal(err)
	}
	album := func() (*evidence.Evidence, error) { return e, nil }
	files := photos.New(photos.Deps{Site: ws, Evidence: album, Who: signin.Who(staff)})
	files.Let(contest.System, card.Gate)
	return album, files
}

// site is a city whose contest pages are served, at the city's time.
type site struct {
	*contesttest.City
	t   *testing.T
	url string
	log string // the folder of its public log
}

func serve(t *testing.T) site {
	t.Helper()
	return serveOn(t, dbtest.Open(t, dbtest.SQLite(t), contesttest.Schemas...))
}

func serveOn(t *testing.T, d *db.DB) site {
	t.Helper()
	c := contesttest.OpenCity(t, d)
	ws, err := web.New(web.Options{Reader: signin.Reader(c.People.Staff()), Systems: []web.System{contesthttp.System()}})
	if err != nil {
		t.Fatal(err)
	}
	mux := ws.NewMux()
	album, files := albumOf(t, d, ws, c.People.Staff())
	folder := filepath.Join(t.TempDir(), "log")
	contesthttp.Routes(mux.Of(contest.System), contesthttp.Deps{
		Site: ws, DB: d, Events: c.Events, Entries: c.Entries, Experts: c.Experts, Seats: seat.In(d), Halls: hall.In(d, entry.Facts), Orders: order.In(d, entry.Facts), Releases: release.In(d, entry.Facts), Publicities: publicity.In(d, bookOf(t), entry.Facts),
		Cards: card.In(d, entry.Facts, album), Figures: publiclog.NewFigures(publiclog.Open(d, folder), append(release.Queries(), card.Queries()...)),
		Nominations: nomination.In(d, register), Grants: grant.In(d, register, entry.Facts),
		Album: album, Photos: files, People: c.People.Staff(), Now: func() time.Time { return c.Now.In(calendar.China) }, Who: signin.Who(c.People.Staff()),
	})
	files.Routes(mux)
	pages := mux.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pages.ServeHTTP(w, r.WithContext(db.Rehearse(r.Context(), c.Now)))
	}))
	t.Cleanup(server.Close)
	return site{c, t, server.URL, folder}
}

// as is somebody with a role for an organisation, over the whole city.
func (s site) as(role, org string) visitor {
	s.t.Helper()
	g := identity.Giving{Role: role, Organisation: s.Orgs[org], Scope: right.Scope{Division: s.Home}}
	if role == "contest.unit" || role == "contest.adopter" {
		g.Scope.Subject = right.Organisations(s.Orgs[org])[0]
	}
	return visitor{s, s.People.SignInFor(g)}
}

func (s site) organiser() visitor { s.t.Helper(); return s.as("contest.organiser", "营商局") }

// visitor is somebody's browser; without a token it is nobody's.
type visitor struct {
	site
	token string
}

// answer is what a request came back with.
type answer struct {
	t      *testing.T
	status int
	to     string
	body   string
}

func (v visitor) get(path string) answer {
	v.t.Helper()
	return v.send(http.MethodGet, path, http.NoBody, "")
}

// post sends a form: names and values.
func (v visitor) post(path string, form ...string) answer {
	v.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(form); i += 2 {
		values.Add(form[i], form[i+1])
	}
	return v.send(http.MethodPost, path, strings.NewReader(values.Encode()), "application/x-www-form-urlencoded")
}

// upload sends a form with files: names that begin with @ are files.
func (v visitor) upload(path string, form ...string) answer {
	v.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(form); i += 2 {
		name, file := strings.CutPrefix(form[i], "@")
		to, err := w.CreateFormField(name)
		if file {
			to, err = w.CreateFormFile(name, "file")
		}
		if err != nil {
			v.t.Fatal(err)
		}
		_, _ = io.WriteString(to, form[i+1])
	}
	_ = w.Close()
	return v.send(http.MethodPost, path, &b, w.FormDataContentType())
}

func (v visitor) send(method, path string, body io.Reader, kind string) answer {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.url+path, body)
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Content-Type", kind)
	if v.token != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: v.token})
	}
	a, err := (&http.Transport{}).RoundTrip(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer a.Body.Close()
	all, err := io.ReadAll(a.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return answer{v.t, a.StatusCode, a.Header.Get("Location"), string(all)}
}

// want fails unless an answer has a status and texts; a text that begins with ! must not be there.
func (a answer) want(status int, texts ...string) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Errorf("%d %s, not %d: %s", a.status, a.to, status, plain(a.body))
	}
	for _, text := range texts {
		if without, not := strings.CutPrefix(text, "!"); strings.Contains(a.body, without) == not {
			a.t.Errorf("%q: %s", text, plain(a.body))
		}
	}
	return a
}

// went fails unless a form was taken and led to an address.
func (a answer) went(to string) {
	a.t.Helper()
	if a.status != http.StatusSeeOther || a.to != to {
		a.t.Errorf("%d %q, not to %q: %s", a.status, a.to, to, plain(a.body))
	}
}

// plain is what a page says in its main part, without its markup.
func plain(body string) string {
	if _, main, ok := strings.Cut(body, "<main"); ok {
		body = main
	}
	var b strings.Builder
	inside := false
	for _, r := range body {
		switch {
		case r == '<':
			inside = true
		case r == '>':
			inside = false
			b.WriteByte(' ')
		case !inside:
			b.WriteRune(r)
		}
	}
	text := strings.Join(strings.Fields(b.String()), " ")
	return text[:min(len(text), 4000)]
}

// countOf counts a text in a page.
func countOf(body, text string) int { return strings.Count(body, text) }

var china = calendar.China
