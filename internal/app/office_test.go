package app

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/engine/identity/totp"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// TestAnOfficeComesIntoBeing, at both widths, in real browsers: an administrator sets the
// site up from the one-time address and invites an editor, who corrects a station's hours;
// the finder obeys; two editors collide; the auditor reads the history; an editor of
// another district is refused.
func TestAnOfficeComesIntoBeing(t *testing.T) {
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		t.Run(name, func(t *testing.T) { comeIntoBeing(t, name, view) })
	}
}

func comeIntoBeing(t *testing.T, name string, view webtest.View) {
	c := Config{Home: t.TempDir(), Policy: "hall"} // one person may be all three administrators
	if _, err := ImportStreets(t.Context(), c, writeStreet(t, "长街", 20), "", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := bring(t, c, strings.NewReader(head+"A-1,旧站,101.781,36.62,24小时,热水\n")); err != nil {
		t.Fatal(err)
	}
	site := began(t, c)
	boss := webtest.Open(t, site.URL, view)
	shot := func(b *webtest.Tab, page string) {
		t.Helper()
		b.Shot("office-" + page + "-" + name)
		b.Forget() // Chromium reports statuses of 400 and above on its console
		b.Check()
	}
	setUp(t, boss, strings.TrimPrefix(site.First, site.URL))
	boss.Go("/people")
	boss.Type("#f-name", "阿米娜")
	boss.Type("#f-login", "amina")
	boss.Follow(`form[action="/people"][method="post"] .button-main`)
	link, code := boss.Text("main pre code"), boss.Text("main p code")
	boss.Go("/people")
	boss.Follow(`tbody tr:last-child a`)
	boss.Wait(`document.querySelector("#f-role").value = "station.office"`)
	boss.Type("#f-division", "630103")
	boss.Follow(`form[action$="/give"] .button-main`)
	shot(boss, "given")
	if text := boss.Text("main"); !strings.Contains(text, "工会驿站办公室（青海省西宁市城中区）") {
		t.Fatalf("the role is not given: %s", text)
	}

	editor := webtest.Open(t, site.URL, view)
	editor.Go(link[strings.Index(link, "/invitation/"):])
	editor.Type("#f-code", code)
	editor.Type("#f-password", identitytest.Password)
	editor.Type("#f-repeat", identitytest.Password)
	editor.Follow("main form .button-main")
	signInAs(editor, "amina")
	editor.Go("/stations/A-1/edit")
	later := webtest.Open(t, site.URL, view) // her colleague at another desk, the same page before her
	signInAs(later, "amina")
	later.Go("/stations/A-1/edit")
	editor.Type("#f-hours", "周一至周日 9:00-18:00")
	editor.Type("#f-why", "站长来电")
	editor.Follow(".station-edit .button-main")
	obeys(t, site.URL)
	later.Type("#f-hours", "24小时")
	later.Follow(".station-edit .button-main")
	shot(later, "collided")
	if text := later.Text("main"); !strings.Contains(text, "刚被别人改过") || !strings.Contains(text, "09:00–18:00") {
		t.Errorf("the second of two is told: %s", text)
	}

	boss.Go("/stations/A-1")
	boss.Click("details.history summary")
	if text := boss.Text("details.history"); !strings.Contains(text, "阿米娜") || !strings.Contains(text, "站长来电") {
		t.Errorf("the auditor reads: %s", text)
	}
	boss.Go("/people/acts?kind=station.")
	shot(boss, "audit")
	if text := boss.Text("main"); !strings.Contains(text, "阿米娜") || !strings.Contains(text, "station.changed") {
		t.Errorf("the audit says: %s", text)
	}
	other := webtest.Open(t, site.URL, view)
	other.SetCookie("session", ofBeijing(t, c))
	other.Go("/stations/A-1/edit")
	shot(other, "refused")
	if text := other.Text("main"); strings.Contains(text, "保存") {
		t.Errorf("an editor of another district is shown the form: %s", text)
	}
}

// began starts a server and returns what it says of itself.
func began(t *testing.T, c Config) Started {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ready, ended := make(chan Started, 1), make(chan error, 1)
	go func() {
		ended <- Serve(ctx, c, "127.0.0.1:0", slog.New(slog.NewTextHandler(t.Output(), nil)), func(s Started) { ready <- s })
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case s := <-ready:
		return s
	case err := <-ended:
		ended <- nil
		t.Fatal(err)
		return Started{}
	}
}

// setUp makes the first administrator at the one-time address, and their second factor.
func setUp(t *testing.T, b *webtest.Tab, path string) {
	t.Helper()
	b.Go(path)
	for field, text := range map[string]string{"a-name": "张一", "a-login": "zhang", "password": identitytest.Password, "repeat": identitytest.Password} {
		b.Type("#f-"+field, text)
	}
	b.Follow("main form .button-main")
	signInAs(b, "zhang")
	if !strings.HasPrefix(b.Path(), "/sign-in/factor") {
		t.Fatalf("an administrator is led to %s", b.Path())
	}
	code, err := totp.Code(b.Text("main p code"), totp.Step(time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	b.Type("#f-code", code)
	b.Follow("main form .button-main")
}

func signInAs(b *webtest.Tab, login string) {
	b.Go("/sign-in")
	b.Type("#f-login", login)
	b.Type("#f-password", identitytest.Password)
	b.Follow(`form[action="/sign-in"] .button-main`)
}

// obeys waits until the finder knows that the station is shut at night.
func obeys(t *testing.T, site string) {
	t.Helper()
	night := calendar.DateOf(time.Now().In(calendar.China)).Add(1).String() + "T23:30"
	for i := 0; ; i++ {
		_, body := get(t, site+"/api/v1/nearest?lon=101.782&lat=36.62&at="+night)
		if strings.Contains(body, `"standing":"opens_later"`) {
			return
		}
		if i == 100 {
			t.Fatalf("the finder still says: %s", body)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// ofBeijing is the session of an editor who answers for stations far away.
func ofBeijing(t *testing.T, c Config) (token string) {
	t.Helper()
	err := People(t.Context(), c, func(s *identity.Service) error {
		token = identitytest.Of(t, s).SignInFor(identity.Giving{Role: "station.office", Scope: right.Scope{Division: mustDivision(t, "110101")}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return token
}
