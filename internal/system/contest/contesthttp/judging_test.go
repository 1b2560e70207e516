package contesthttp_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/expert"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/signin"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// judgePage is where the judges of a hall mark.
const judgePage = "/contests/" + contesttest.Code + "/judge"

// judging is a hall whose pages are served, by a server that dies and comes back at its address.
type judging struct {
	*contesttest.Hall
	t       *testing.T
	mux     *web.Mux
	address string
	server  *http.Server
	lose    func(*http.Request) bool // requests that are done, and whose answer never comes
}

func judgingBy(t *testing.T, r rule.File, entries int) *judging {
	t.Helper()
	return judgingAt(t, r, entries, "127.0.0.1")
}

func judgingAt(t *testing.T, r rule.File, entries int, host string) *judging {
	t.Helper()
	h := contesttest.OpenUnseated(t, dbtest.Open(t, dbtest.SQLite(t), contesttest.Schemas...), r, entries)
	staff := h.People.Staff()
	ws, err := web.New(web.Options{Reader: signin.Reader(staff), Systems: []web.System{contesthttp.System()}})
	h.Must(err)
	s := &judging{Hall: h, t: t, mux: ws.NewMux(), address: host + ":0"}
	contesthttp.Routes(s.mux.Of(contest.System), contesthttp.Deps{
		Site: ws, DB: h.DB, Events: h.Events, Entries: entry.In(h.DB), Experts: expert.In(h.DB), Seats: h.Seats, Halls: h.Halls, Releases: release.In(h.DB, h.Facts),
		People: staff, Now: func() time.Time { return time.Now().In(calendar.China) }, Who: signin.Who(staff),
	})
	signin.Routes(s.mux.Of("me"), ws, staff)
	s.start()
	t.Cleanup(s.stop)
	return s
}

func (s *judging) start() {
	s.t.Helper()
	l, err := (&net.ListenConfig{}).Listen(s.t.Context(), "tcp", s.address)
	s.Must(err)
	s.address = l.Addr().String()
	pages := s.mux.Handler()
	s.server = &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.lose != nil && s.lose(r) {
			pages.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		pages.ServeHTTP(w, r)
	})}
	go func(server *http.Server) {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			panic(err)
		}
	}(s.server)
}

// stop cuts everybody off.
func (s *judging) stop() { _ = s.server.Close() }

// tab is a judge's browser on their page.
func (s *judging) tab(judge int, v webtest.View) *webtest.Tab {
	s.t.Helper()
	b := webtest.Open(s.t, "http://"+s.address, v)
	b.SetCookie("session", s.Token(s.Judges[judge]))
	b.Go(judgePage)
	return b
}

// device is a browser without scripts, or a program that does what the script does.
type device struct {
	*judging
	client *http.Client
}

func (s *judging) device(who identity.Colleague) device {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	s.Must(err)
	d := device{s, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if who.Person != "" {
		jar.SetCookies(&url.URL{Scheme: "http", Host: s.address, Path: "/"}, []*http.Cookie{{Name: "session", Value: s.Token(who)}})
	}
	return d
}

func (d device) get(path string) answer { d.t.Helper(); return d.send(http.MethodGet, path, "", "") }

// form posts the form of a run: do, and marks by criterion.
func (d device) form(do, run string, more ...string) answer {
	d.t.Helper()
	values := url.Values{"do": {do}, "run": {run}}
	for i := 0; i+1 < len(more); i += 2 {
		values.Set(more[i], more[i+1])
	}
	return d.send(http.MethodPost, judgePage, values.Encode(), "application/x-www-form-urlencoded")
}

// post sends what the script sends.
func (d device) post(what string, v map[string]any) answer {
	d.t.Helper()
	text, err := json.Marshal(v)
	d.Must(err)
	return d.send(http.MethodPost, judgePage+"/"+what, string(text), "application/json")
}

func (d device) send(method, path, body, kind string) answer {
	d.t.Helper()
	r, err := http.NewRequestWithContext(d.t.Context(), method, "http://"+d.address+path, strings.NewReader(body))
	d.Must(err)
	r.Header.Set("Accept", "text/html")
	if kind == "application/json" {
		r.Header.Set("Accept", kind)
	}
	r.Header.Set("Content-Type", kind)
	a, err := d.client.Do(r)
	d.Must(err)
	defer a.Body.Close()
	all, err := io.ReadAll(a.Body)
	d.Must(err)
	return answer{d.t, a.StatusCode, a.Header.Get("Location"), string(all)}
}

// rubric is a rule of five criteria.
func rubric(t *testing.T) rule.File {
	t.Helper()
	f, ok := rule.Preset("rubric-100")
	if !ok {
		t.Fatal("there is no such preset")
	}
	return f
}

// begin has an entry on the stage.
func (s *judging) begin(number string) {
	s.t.Helper()
	s.Must(s.Call(s.ctx(), s.Keeper, contesttest.At(number)))
	s.Must(s.Start(s.ctx(), s.Keeper, contesttest.At(number)))
}

func (s *judging) ctx() context.Context { return s.t.Context() }
