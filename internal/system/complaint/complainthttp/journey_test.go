package complainthttp_test

import (
	"bytes"
	"context"
	"fmt"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/act/inbox"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/evidence/evidencetest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/offline"
	"github.com/xiadu/xiadu/internal/web/photos"
	"github.com/xiadu/xiadu/internal/web/signin"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

const letters = `受理编号,交办问题基本情况,行政区域,污染类型
D3QH202311260001,市医院后院医疗废物暂存间异味扰民，污水外溢到人行道,城西区,固废、大气
D3QH202311260002,五四西路某烧烤店夜间油烟直排，噪声大,城西区,大气、噪音
*D3QH202311260003,某铝厂夜间偷排，烟气呛人,大通县,大气
`

const code = "XN2023-0001"

// site is a city whose pages are served.
type site struct {
	*complainttest.City
	t   *testing.T
	url string
}

func serve(t *testing.T) site {
	t.Helper()
	return serveOn(t, dbtest.Open(t, dbtest.SQLite(t), complainttest.Schemas...))
}

func serveOn(t *testing.T, d *db.DB) site {
	t.Helper()
	c := complainttest.Open(t, d)
	ws, err := web.New(web.Options{Reader: signin.Reader(c.People.Staff()), Systems: []web.System{complainthttp.System()}})
	if err != nil {
		t.Fatal(err)
	}
	album := photos.New(photos.Deps{Site: ws, Evidence: func() (*evidence.Evidence, error) { return c.Evidence, nil }, Who: signin.Who(c.People.Staff())})
	album.Let(complaint.System, problem.Gate(c.Book))
	mux := ws.NewMux()
	complainthttp.Routes(mux.Of(complaint.System), complainthttp.Deps{
		Site: ws, DB: c.DB, Campaigns: c.Campaigns, Letters: c.Letters, Problems: c.Problems, Intake: c.Intake, Bulletins: c.Bulletins, Visits: c.Visits,
		Album: func() (*evidence.Evidence, error) { return c.Evidence, nil }, Photos: album, People: c.People.Staff(),
		Ground: func() (web.MapView, bool) {
			return web.MapView{Tiles: "/tiles/none/{z}/{x}/{y}", Box: [4]float64{101.6, 36.5, 101.9, 36.75}}, true
		},
		Now: func() time.Time { return time.Now().In(calendar.China) }, Who: signin.Who(c.People.Staff()),
	})
	album.Routes(mux)
	box := inbox.Open(d, inbox.Options[identity.Colleague]{Kinds: c.Visits.Kinds(), As: c.People.Author, Files: inbox.Files{
		Limit: func(kind string) (int64, error) { k, err := c.Evidence.Kind(kind); return k.MaxBytes, err }, Missing: evidence.Missing,
		Take: func(ctx context.Context, r io.Reader, kind, person string, f inbox.File) error {
			_, err := c.Evidence.Take(ctx, r, evidence.Sent{Kind: kind, By: person, Hash: f.Hash, Size: f.Size})
			return err
		},
	}})
	offline.Routes(mux, offline.Deps{Site: ws, Inbox: box, Who: signin.Who(c.People.Staff())})
	mux.Handle("GET /tiles/{rev}/{z}/{x}/{y}", ws.NewTiles("none", 1, func(int, int, int) ([]byte, error) { return nil, nil }))
	server := httptest.NewServer(mux.Handler())
	t.Cleanup(server.Close)
	c.Begin("XN2023", "city")
	if o := c.Take("XN2023", letters); o.Added != 3 {
		t.Fatalf("%+v", o)
	}
	for i, title := range []string{"市医院医疗废物暂存间异味、污水外溢", "五四西路烧烤店油烟和噪声", "铝厂夜间排放烟气"} {
		p := c.Look(fmt.Sprintf("XN2023-%04d", i+1))
		if _, err := c.Problems.Describe(c.Ctx(), c.Clerk, problem.Description{Problem: p.ID, SeenAt: p.ChangedAt, Title: title, Division: p.Where(), Kinds: p.KindList(), Key: p.KeyItem, Site: []string{"市医院后院", "五四西路", "铝厂"}[i]}); err != nil {
			t.Fatal(err)
		}
	}
	return site{c, t, server.URL}
}

// as signs somebody in with a role for an organisation, and opens a tab.
func (s site) as(role, org string, v webtest.View) *webtest.Tab {
	s.t.Helper()
	b := webtest.Open(s.t, s.url, v)
	b.SetCookie("session", s.token(role, org))
	return b
}

func (s site) token(role, org string) string {
	g := identity.Giving{Role: role, Organisation: s.Orgs[org], Scope: right.Scope{Division: s.Home}}
	if role == "complaint.unit" {
		g.Scope.Subject = right.Organisations(s.Orgs[org])[0]
	}
	return s.People.SignInFor(g)
}

// move makes a step that no page is needed for here.
func (s site) move(who identity.Colleague, m problem.Move) {
	s.t.Helper()
	p := s.Look(code)
	m.Problem, m.Seen, m.Digests = p.ID, p.Version, s.Digests(p)
	if _, err := s.Problems.Move(s.Ctx(), who, m); err != nil {
		s.t.Fatal(err)
	}
}

// shots are files of drawn photos for a field.
func (s site) shots(seeds ...uint64) (paths []string) {
	s.t.Helper()
	for _, seed := range seeds {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, evidencetest.Scene{Seed: seed, W: 640, H: 480}.Draw(), nil); err != nil {
			s.t.Fatal(err)
		}
		path := filepath.Join(s.t.TempDir(), fmt.Sprintf("IMG_%d.jpg", seed))
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			s.t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

const (
	send  = `main form .button-main[type="submit"]`
	photo = `[data-photos="photo"]`
)

// choose puts photos into the field and waits until they have come.
func choose(b *webtest.Tab, paths ...string) {
	b.Wait(`document.querySelector('` + photo + `[data-started]')`)
	b.Choose(photo+` input[type="file"]`, paths...)
	b.Wait(fmt.Sprintf(`document.querySelectorAll('%s .chosen-file input[type="hidden"]').length === %d`, photo, len(paths)))
}

func (s site) develop() {
	s.t.Helper()
	if _, err := s.Evidence.Develop(s.t.Context(), 50); err != nil {
		s.t.Fatal(err)
	}
}

func day(ahead int) string {
	return calendar.DateOf(time.Now().In(calendar.China)).Add(ahead).String()
}

// set fills a field for dates, or of several lines, which a test cannot type into.
func set(b *webtest.Tab, name, value string) {
	webtest.Eval[string](b, `document.querySelector('#f-`+name+`').value = '`+value+`'`)
}

// A unit signs, judges, plans, proves and applies on a phone; neither it nor its superior can close it; a checker
// from outside asks neighbours and passes it, and the signer signs off at a desk.
func TestAProblemIsPutRightAndChecked(t *testing.T) {
	s := serve(t)
	s.move(s.Clerk, problem.Move{Move: "assign", Lead: s.Orgs["市医院"]})
	at := problem.At(code)

	unit := s.as("complaint.unit", "市医院", webtest.Phone)
	unit.Go(at)
	unit.Shot("case-unit-assigned-phone")
	unit.Check()
	if text := unit.Text("main"); strings.Contains(text, "扰民") || !strings.Contains(text, "签收") {
		t.Errorf("the unit sees %s", text)
	}
	unit.Follow(`a[href$="/do/sign"]`)
	unit.Shot("case-unit-sign-phone")
	unit.Check()
	unit.Follow(send)
	unit.Go(at + "/do/found")
	unit.Click(`input[name^="verdict-"][value="true"]`)
	choose(unit, s.shots(11)...)
	unit.Follow(send) // without a day: it comes back with all that was typed, the photo too
	unit.Forget()
	unit.Shot("case-unit-found-wrong-phone")
	unit.Check()
	if unit.Count(`#e-day`) != 1 || unit.Count(`input[name^="verdict-"][value="true"]:checked`) != 1 || unit.Count(photo+` .chosen-file`) != 1 {
		t.Error("the form that came back has lost something")
	}
	set(unit, "day", day(30))
	unit.Follow(send)
	unit.Follow(`a[href$="/add/measure"]`)
	set(unit, "what", "暂存间加盖密闭，装除臭设备")
	unit.Type("#f-money", "120000")
	set(unit, "day", day(10))
	unit.Shot("case-unit-measure-phone")
	unit.Check()
	unit.Follow(send)
	unit.Go(at + "/measures/1/do")
	choose(unit, s.shots(12)...)
	unit.Follow(send)
	s.develop()
	unit.Go(at)
	unit.Shot("case-unit-rectifying-phone")
	unit.Check()
	unit.Resize(webtest.Desk.Width, webtest.Desk.Height)
	unit.Shot("case-unit-rectifying-desk")
	unit.Check()
	unit.Resize(webtest.Phone.Width, webtest.Phone.Height)
	unit.Follow(`a[href$="/do/done"]`)
	unit.Follow(send)
	unit.Go(at + "/do/apply")
	for _, test := range problem.Tests {
		unit.Click(`input[name="tests"][value="` + test.Key + `"]`)
	}
	choose(unit, s.shots(13)...)
	unit.Shot("case-unit-apply-phone")
	unit.Check()
	unit.Follow(send)
	if p := s.Look(code); p.Stage != complaint.Applied {
		t.Fatalf("%+v", p)
	}
	s.develop()

	// Its superior holds the right to check, and is told why it is not for them; so is the unit.
	above := s.as("complaint.checker", "卫生健康委", webtest.Desk)
	above.Go("/complaints/checks")
	above.Click("details.more summary")
	above.Shot("checks-superior-desk")
	above.Check()
	if text := above.Text("main"); !strings.Contains(text, "无隶属关系") || above.Count(`a[href$="/do/check"]`) != 0 {
		t.Errorf("the superior is told %s", text)
	}
	above.Go(at + "/do/check")
	if text := above.Text("main"); !strings.Contains(text, "无隶属关系") || above.Count(send) != 0 {
		t.Errorf("the superior is offered %s", text)
	}
	unit.Go(at + "/do/check")
	if text := unit.Text("main"); !strings.Contains(text, "没有这个权限") || unit.Count(send) != 0 {
		t.Errorf("the unit is offered %s", text)
	}
	s.refused("complaint.unit", "市医院", "check", "权限")
	s.refused("complaint.checker", "卫生健康委", "check", "无隶属关系")

	s.checked()
}

// checked has a checker from outside pass it, and the signer sign off.
func (s site) checked() {
	t := s.t
	t.Helper()
	checker := s.as("complaint.checker", "水务局", webtest.Phone)
	checker.Go("/complaints/checks")
	checker.Shot("checks-phone")
	checker.Check()
	checker.Follow(`a[href*="/add/word"]`)
	checker.Click(`input[name="says"][value="solved"]`)
	set(checker, "why", "问了 5 位，在院门口")
	checker.Shot("checks-word-phone")
	checker.Check()
	checker.Follow(send)
	if checker.Path() != "/complaints/checks" {
		t.Errorf("the word leads to %s", checker.Path())
	}
	checker.Follow(`a[href$="/do/check"]`)
	choose(checker, s.shots(21, 22)...)
	checker.Shot("checks-check-phone")
	checker.Check()
	checker.Follow(send)
	if p := s.Look(code); p.Stage != complaint.Checked {
		t.Fatalf("%+v", p)
	}
	s.develop()

	signer := s.as("complaint.signer", "市政府", webtest.Desk)
	signer.Go("/complaints/checks")
	signer.Follow(`a[href$="/do/sign-off"]`)
	signer.Shot("checks-sign-desk")
	signer.Check()
	signer.Follow(send)
	if p := s.Look(code); p.Stage != complaint.Publicity {
		t.Fatalf("%+v", p)
	}
	signer.Shot("case-publicity-desk")
	signer.Check()
	signer.Go("/complaints/problems?campaign=XN2023")
	signer.Shot("problems-desk")
	signer.Check()
	signer.Resize(webtest.Phone.Width, webtest.Phone.Height)
	signer.Shot("problems-phone")
	signer.Check()
}

// refused sends a step past its page, and holds what comes back against words.
func (s site) refused(role, org, move, words string) {
	s.t.Helper()
	p := s.Look(code)
	status, body := s.post(s.token(role, org), problem.At(code)+"/do/"+move, fmt.Sprintf("seen=%d&sure=1", p.Version))
	if status == http.StatusSeeOther || !strings.Contains(body, words) {
		s.t.Errorf("%s of %s: %d without %q", move, org, status, words)
	}
	if now := s.Look(code); now.Version != p.Version {
		s.t.Errorf("%s of %s left its mark", move, org)
	}
}

func (s site) post(session, path, form string) (status int, body string) {
	s.t.Helper()
	return s.ask(session, http.MethodPost, path, form)
}

func (s site) ask(session, method, path, form string) (status int, body string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(form))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.AddCookie(&http.Cookie{Name: "session", Value: session})
	a, err := (&http.Transport{}).RoundTrip(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer a.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(a.Body); err != nil {
		s.t.Fatal(err)
	}
	return a.StatusCode, b.String()
}
