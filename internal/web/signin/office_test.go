package signin_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/password"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/engine/identity/totp"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/signin"
)

// rest has two roles: a keeper comes in from one device, clerk with a password; neither may do anything here.
var rest = right.Declaration{
	System: "rest",
	Rights: []right.Right{{Key: "rest.keep", Name: lang.Text{ZH: "看站", EN: "keep a station"}}},
	Roles: []right.Role{
		{Key: "rest.keeper", Name: lang.Text{ZH: "站长", EN: "Keeper"}, Does: lang.Text{ZH: "看站。", EN: "Keeps a station."}, Rights: []string{"rest.keep"}, Way: right.ByDevice, Given: right.Grants},
		{Key: "rest.clerk", Name: lang.Text{ZH: "办事员", EN: "Clerk"}, Does: lang.Text{ZH: "办事。", EN: "Does the work."}, Rights: []string{"rest.keep"}, Given: right.Grants},
	},
}

// office is the people of a database, and where a process serves their pages.
type office struct {
	t      *testing.T
	db     *db.DB
	key    string
	people *identity.Service
	url    string
}

func each(t *testing.T, f func(t *testing.T, o *office)) {
	t.Helper()
	dbtest.Each(t, []db.Schema{record.Schema, identity.Schema}, func(t *testing.T, d *db.DB) {
		o := &office{t: t, db: d, key: filepath.Join(t.TempDir(), "people.key")}
		o.people, o.url = o.serve()
		f(t, o)
	})
}

// serve starts another process, as it were, on the same database.
func (o *office) serve() (*identity.Service, string) {
	o.t.Helper()
	policy := identity.Plain
	policy.Method = password.Method{Name: password.Argon2id.Name, MemoryKiB: 64, Passes: 1}
	people, err := identity.Open(o.t.Context(), o.db, identity.Options{Catalogue: right.NewCatalogue(right.People, rest), Policy: policy, KeyFile: o.key})
	o.must(err)
	return people, serve(o.t, func() (*identity.Service, error) { return people, nil })
}

func serve(t *testing.T, people func() (*identity.Service, error)) string {
	t.Helper()
	site, err := web.New(web.Options{})
	if err != nil {
		t.Fatal(err)
	}
	mux := site.NewMux()
	signin.Routes(mux, site, people)
	mux.For("", "GET /me", func(w http.ResponseWriter, r *http.Request) error { // what somebody owes is another package's
		http.Redirect(w, r, signin.Account.Href, http.StatusSeeOther)
		return nil
	})
	server := httptest.NewServer(site.Handler(mux))
	t.Cleanup(server.Close)
	return server.URL
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// clerk makes the account chen, whose password is chosen already.
func (o *office) clerk() {
	o.t.Helper()
	out, err := o.people.Accounts.Issue(o.t.Context(), identity.CommandLine, "chen", identity.Somebody{Name: "陈某"})
	o.must(err)
	b := o.browser()
	b.post("/sign-in", "login", "chen", "password", out.Password)
	if a := b.post("/sign-in/password", "old", out.Password, "password", good, "repeat", good); a.path != "/me/account" {
		o.t.Fatalf("the new password leads to %s: %s", a.path, a.body)
	}
	b.post("/sign-out")
}

// browser is somebody's, with cookies of their own.
type browser struct {
	t      *testing.T
	site   string
	client http.Client
	agent  string
	header http.Header
}

func (o *office) browser() *browser {
	jar, err := cookiejar.New(nil)
	o.must(err)
	return &browser{t: o.t, site: o.url, client: http.Client{Jar: jar}, agent: "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0", header: http.Header{}}
}

// answer is where somebody arrived.
type answer struct {
	status int
	path   string
	body   string
	header http.Header
}

func (b *browser) get(path string) answer { b.t.Helper(); return b.do(http.MethodGet, path, nil) }

func (b *browser) post(path string, fields ...string) answer {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return b.do(http.MethodPost, path, form)
}

func (b *browser) do(method, path string, form url.Values) answer {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.site+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header = b.header.Clone()
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("User-Agent", b.agent)
	res, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if kept := res.Header.Get("Cache-Control"); kept != "no-store" {
		b.t.Errorf("%s %s: Cache-Control is %q", method, path, kept)
	}
	return answer{res.StatusCode, res.Request.URL.RequestURI(), string(body), res.Header}
}

// session is the token that the browser shows.
func (b *browser) session() string {
	at, err := url.Parse(b.site + "/")
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(at) {
		if c.Name == "session" {
			return c.Value
		}
	}
	return ""
}

// wants checks where somebody arrived and what is there.
func (a answer) wants(t *testing.T, status int, path string, texts ...string) {
	t.Helper()
	if a.status != status || !strings.HasPrefix(a.path, path) {
		t.Fatalf("arrived at %s with %d, want %s with %d: %s", a.path, a.status, path, status, a.body)
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			t.Errorf("%s does not say %q: %s", a.path, text, a.body)
		}
	}
}

// atField checks that what is wrong stands at its field, for eyes and for readers.
func (a answer) atField(t *testing.T, name, text string) {
	t.Helper()
	said := regexp.MustCompile(`(?s)<p class="wrong" id="e-` + name + `">(.*?)</p>`).FindStringSubmatch(a.body)
	if said == nil || !strings.Contains(said[1], text) || !regexp.MustCompile(`<input id="f-`+name+`"[^>]*aria-invalid="true"`).MatchString(a.body) {
		t.Errorf("the field %s does not say %q: %v", name, text, said)
	}
}

func found(t *testing.T, body, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no %s in %s", pattern, body)
	}
	return m[1]
}

func code(t *testing.T, secret string, ahead int64) string {
	t.Helper()
	c, err := totp.Code(secret, totp.Step(time.Now())+ahead)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const good = "lan-yue-bing-cha-42"
