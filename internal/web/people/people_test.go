package people_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/people"
	"github.com/xiadu/xiadu/internal/web/signin"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// rest is a system with an office.
var rest = right.Declaration{
	System: "rest",
	Rights: []right.Right{{Key: "rest.keep", Name: lang.Text{ZH: "看站", EN: "keep a station"}}},
	Roles: []right.Role{
		{Key: "rest.robot", Name: lang.Text{ZH: "机器人", EN: "Robot"}, Does: lang.Text{ZH: "自动。", EN: "By itself."}, Rights: []string{"rest.keep"}, Way: right.ByToken},
		{Key: "rest.clerk", Name: lang.Text{ZH: "办事员", EN: "Clerk"}, Does: lang.Text{ZH: "办事。", EN: "Does the work."}, Rights: []string{"rest.keep"}},
	},
}

func serve(t *testing.T, d *db.DB) (*identitytest.Office, string) {
	t.Helper()
	office := identitytest.Open(t, d, rest)
	site, err := web.New(web.Options{Reader: signin.Reader(office.Staff())})
	if err != nil {
		t.Fatal(err)
	}
	mux := site.NewMux()
	signin.Routes(mux, site, office.Staff())
	mux.For("", "GET /me", func(w http.ResponseWriter, r *http.Request) error { // what somebody owes is another package's
		http.Redirect(w, r, signin.Account.Href, http.StatusSeeOther)
		return nil
	})
	people.Routes(mux, site, office.Staff(), signin.Who(office.Staff()))
	server := httptest.NewServer(mux.Handler())
	t.Cleanup(server.Close)
	return office, server.URL
}

// client is somebody's browser.
type client struct {
	t    *testing.T
	site string
	http http.Client
}

func enter(t *testing.T, site, session string) client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
	if session != "" {
		jar.SetCookies(at, []*http.Cookie{{Name: "session", Value: session}})
	}
	return client{t, site, http.Client{Jar: jar}}
}

func (c client) do(method, path string, fields ...string) (status int, at, body string) {
	c.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.site+path, strings.NewReader(form.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	a, err := c.http.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return a.StatusCode, a.Request.URL.RequestURI(), string(b)
}

var (
	link   = regexp.MustCompile(`/invitation/[A-Z0-9]+`)
	digits = regexp.MustCompile(`<code>(\d{6})</code>`)
	person = regexp.MustCompile(`/people/[0-9a-f-]{36}`)
)

// TestAccountsAndRolesAreKeptApart: one administrator makes an account and sees the
// invitation once; another gives the role; the invited chooses a password and is in; the
// auditor reads and changes nothing, and neither administrator does the other's work.
func TestAccountsAndRolesAreKeptApart(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema, identity.Schema}, func(t *testing.T, d *db.DB) {
		office, site := serve(t, d)
		accounts := enter(t, site, office.SignIn(right.AccountsAdmin))
		grants := enter(t, site, office.SignIn(right.GrantsAdmin))
		auditor := enter(t, site, office.SignIn(right.Auditor))
		if _, at, _ := enter(t, site, "").do(http.MethodGet, "/people"); !strings.HasPrefix(at, "/sign-in?back=%2Fpeople") {
			t.Errorf("a stranger is led to %s", at)
		}
		if status, _, _ := enter(t, site, office.SignIn("rest.clerk")).do(http.MethodGet, "/people"); status != http.StatusForbidden {
			t.Errorf("a clerk: %d", status)
		}
		if status, _, body := accounts.do(http.MethodPost, "/people", "name", "阿米娜", "login", "1", "phone", "abc", "division", "火星"); status != http.StatusUnprocessableEntity ||
			!strings.Contains(body, `id="e-login"`) || !strings.Contains(body, `id="e-phone"`) || !strings.Contains(body, `id="e-division"`) || !strings.Contains(body, `value="阿米娜"`) {
			t.Errorf("all mistakes at once: %d %s", status, body)
		} else if strings.Count(body, `id="f-phone"`) != 1 || strings.Count(body, `id="e-phone"`) != 1 || strings.Contains(body, `id="e-q"`) {
			t.Errorf("a wrong number is told at the search, too: %s", body)
		}
		status, _, body := accounts.do(http.MethodPost, "/people", "name", "阿米娜", "login", "amina", "division", "630103")
		invitation, code := link.FindString(body), digits.FindStringSubmatch(body)
		if status != http.StatusOK || invitation == "" || code == nil {
			t.Fatalf("made: %d %s", status, body)
		}
		if status, _, _ := accounts.do(http.MethodPost, "/people", "name", "另一个", "login", "amina"); status != http.StatusConflict && status != http.StatusUnprocessableEntity {
			t.Errorf("a login that is taken: %d", status)
		}
		_, _, list := auditor.do(http.MethodGet, "/people")
		hers := person.FindString(list[strings.Index(list, "阿米娜")-80:])
		give := []string{"role", "rest.clerk", "division", "630103"}
		for who, c := range map[string]client{"accounts": accounts, "auditor": auditor} {
			if status, _, _ := c.do(http.MethodPost, hers+"/give", give...); status != http.StatusForbidden {
				t.Errorf("%s gives a role: %d", who, status)
			}
		}
		for _, act := range []string{"/close", "/reset"} {
			if status, _, _ := grants.do(http.MethodPost, hers+act); status != http.StatusForbidden {
				t.Errorf("the administrator of grants does %s: %d", act, status)
			}
		}
		if status, at, body := grants.do(http.MethodPost, hers+"/give", give...); status != http.StatusOK || !strings.Contains(at, "done=give") || !strings.Contains(body, "办事员（青海省西宁市城中区）") {
			t.Fatalf("given: %d %s %s", status, at, body)
		}
		amina := enter(t, site, "")
		amina.do(http.MethodGet, invitation)
		amina.do(http.MethodPost, invitation, "code", code[1], "password", identitytest.Password, "repeat", identitytest.Password)
		if _, at, body := amina.do(http.MethodPost, "/sign-in", "login", "amina", "password", identitytest.Password); at != "/me/account" || !strings.Contains(body, "办事员") {
			t.Errorf("the invited is led to %s: %s", at, body)
		}
		if _, at, _ := accounts.do(http.MethodPost, hers+"/close", "why", "调走"); !strings.Contains(at, "done=close") {
			t.Errorf("closed: %s", at)
		}
		if _, at, _ := amina.do(http.MethodGet, "/me"); !strings.HasPrefix(at, "/sign-in") {
			t.Errorf("she is still in, at %s", at)
		}
	})
}

// TestTheAuditorReadsWhoDidWhat, and nobody else does: by name, with the reason, in pages
// and as a file; sign-ins, of which the public learns nothing, too.
func TestTheAuditorReadsWhoDidWhat(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema, identity.Schema}, func(t *testing.T, d *db.DB) {
		office, site := serve(t, d)
		accounts := enter(t, site, office.SignIn(right.AccountsAdmin))
		auditor := enter(t, site, office.SignIn(right.Auditor))
		accounts.do(http.MethodPost, "/people", "name", "阿米娜", "login", "amina")
		if status, _, _ := accounts.do(http.MethodGet, "/people/acts"); status != http.StatusForbidden {
			t.Errorf("an administrator of accounts: %d", status)
		}
		status, _, body := auditor.do(http.MethodGet, "/people/acts?kind=identity.")
		if status != http.StatusOK || !strings.Contains(body, "identity.account-made") || !strings.Contains(body, "阿米娜") || !strings.Contains(body, "某某") {
			t.Errorf("the auditor reads: %d %s", status, body)
		}
		_, _, body = auditor.do(http.MethodGet, "/people/acts")
		next := regexp.MustCompile(`/people/acts\?after=[0-9a-f-]+`).FindString(body)
		if status, _, _ := auditor.do(http.MethodGet, "/people/acts?after="+strings.Repeat("z", 9)); status != http.StatusOK {
			t.Errorf("a page beside the list (next is %s): %d", next, status)
		}
		// About one person: what was done to her, and nothing about others.
		_, _, list := auditor.do(http.MethodGet, "/people")
		hers := strings.TrimPrefix(person.FindString(list[strings.Index(list, "阿米娜")-80:]), "/people/")
		status, _, body = auditor.do(http.MethodGet, "/people/acts?person="+hers)
		if status != http.StatusOK || !strings.Contains(body, "identity.account-made") || !strings.Contains(body, "identity.person-added") || strings.Contains(body, "identity.signed-in") || !strings.Contains(body, "只看关于") {
			t.Errorf("about her: %d %s", status, body)
		}
		if _, _, body := auditor.do(http.MethodGet, "/people/acts?kind=station.&person="+hers); strings.Contains(body, "identity.account-made") {
			t.Errorf("about her and of another kind: %s", body)
		}
		if status, _, _ := auditor.do(http.MethodGet, "/people/acts?person=none"); status != http.StatusNotFound {
			t.Errorf("about nobody: %d", status)
		}
		if status, _, body := auditor.do(http.MethodGet, "/people/acts.csv"); status != http.StatusOK || !strings.Contains(body, "阿米娜") || !strings.Contains(body, "identity.signed-in") {
			t.Errorf("the file: %d %s", status, body)
		}
	})
}

// TestAProgramsTokenIsShownOnce: who gives roles makes it, with an end; nobody else does,
// and revoked it opens nothing.
func TestAProgramsTokenIsShownOnce(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema, identity.Schema}, func(t *testing.T, d *db.DB) {
		office, site := serve(t, d)
		grants := enter(t, site, office.SignIn(right.GrantsAdmin))
		good := []string{"name", "选址脚本", "role", "rest.robot", "until", time.Now().AddDate(0, 1, 0).Format(time.DateOnly)}
		for who, role := range map[string]string{"accounts": right.AccountsAdmin, "auditor": right.Auditor} {
			if status, _, _ := enter(t, site, office.SignIn(role)).do(http.MethodPost, "/people/programs", good...); status != http.StatusForbidden {
				t.Errorf("%s makes a token: %d", who, status)
			}
		}
		if status, _, body := grants.do(http.MethodPost, "/people/programs", "name", "", "role", "rest.robot", "until", "明年"); status != http.StatusUnprocessableEntity ||
			!strings.Contains(body, `id="e-name"`) || !strings.Contains(body, `id="e-until"`) || !strings.Contains(body, "明年") {
			t.Errorf("all mistakes at once: %d %s", status, body)
		}
		_, _, body := grants.do(http.MethodPost, "/people/programs", good...)
		token := regexp.MustCompile(`xiadu_[A-Z0-9]+`).FindString(body)
		if _, err := office.Programs.Who(t.Context(), token); err != nil {
			t.Fatalf("made %q: %v in %s", token, err, body)
		}
		_, _, body = grants.do(http.MethodGet, "/people/programs")
		id := regexp.MustCompile(`name="token" value="([^"]+)"`).FindStringSubmatch(body)
		if id == nil || strings.Contains(body, token) {
			t.Fatalf("listed: %s", body)
		}
		if status, at, _ := grants.do(http.MethodPost, "/people/programs/end", "token", id[1]); status != http.StatusOK || at != "/people/programs" {
			t.Errorf("revoked: %d %s", status, at)
		}
		if _, err := office.Programs.Who(t.Context(), token); err == nil {
			t.Error("a revoked token is good")
		}
	})
}

// TestPeopleLookRight at both widths.
func TestPeopleLookRight(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t), record.Schema, identity.Schema)
	office, site := serve(t, d)
	office.SignIn("rest.clerk")
	grants := office.SignIn(right.GrantsAdmin)
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		t.Run(name, func(t *testing.T) {
			b := webtest.Open(t, site, view)
			b.SetCookie("session", office.SignIn(right.AccountsAdmin))
			b.Go("/people")
			b.Shot("people-" + name)
			b.Check()
			b.SetCookie("session", grants)
			b.Go("/people")
			b.Follow("tbody a")
			b.Shot("person-" + name)
			b.Check()
			b.Go("/people/programs")
			b.Shot("programs-" + name)
			b.Check()
			b.SetCookie("session", office.SignIn(right.Auditor))
			for _, l := range []string{"en", "zh"} {
				for shot, path := range map[string]string{"people": "/people", "audit": "/people/acts"} {
					b.Go(path + "?lang=" + l)
					b.Shot(shot + "-" + l + "-" + name)
					b.Check()
					readable(t, b, path+" in "+l)
				}
			}
		})
	}
}

// readable checks that the table keeps its columns of words wide enough, breaks none of
// the words, and scrolls alone.
func readable(t *testing.T, b *webtest.Tab, of string) {
	t.Helper()
	if narrow := webtest.Eval[float64](b, `Math.min(...[...document.querySelectorAll("td.worded, th.worded")].map(c => c.offsetWidth))`); narrow < 150 {
		t.Errorf("%s: a column of words is %v px wide", of, narrow)
	}
	if high := webtest.Eval[float64](b, `Math.max(...[...document.querySelectorAll("tbody tr")].map(r => r.offsetHeight))`); high > 200 {
		t.Errorf("%s: a row is %v px high", of, high)
	}
	if wide := webtest.Eval[bool](b, `document.documentElement.scrollWidth > innerWidth`); wide {
		t.Errorf("%s: the page scrolls, and not its table alone", of)
	}
}
