package app

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
)

// browse is a browser that goes to servers of one site. They are told apart by their port,
// which cookies do not mind.
type browse struct {
	t *testing.T
	http.Client
}

func newBrowse(t *testing.T) browse {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return browse{t, http.Client{Jar: jar}}
}

func (b browse) do(method, address string, fields ...string) (status int, at, body string) {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	a, err := b.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return a.StatusCode, a.Request.URL.Path, string(text)
}

// TestTwoServersAreOneSite: on one PostgreSQL somebody signs in at one server, acts at the
// other, sees it at the first, and is signed out everywhere from either; wrong passwords
// are counted together.
func TestTwoServersAreOneSite(t *testing.T) {
	c := Config{Home: t.TempDir(), DSN: dbtest.Postgres(t)}
	if _, err := ImportStreets(t.Context(), c, writeStreet(t, "长街", 20), "", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := bring(t, c, strings.NewReader(head+"A-1,旧站,101.781,36.62,24小时,热水\n")); err != nil {
		t.Fatal(err)
	}
	var login string
	if err := People(t.Context(), c, func(s *identity.Service) error {
		login = identitytest.Of(t, s).Account("station.office")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	one, other := running(t, c), running(t, c)
	clerk, elsewhere := newBrowse(t), newBrowse(t)
	for _, b := range []browse{clerk, elsewhere} {
		if _, at, body := b.do(http.MethodPost, one+"/sign-in", "login", login, "password", identitytest.Password); at != "/me" {
			t.Fatalf("signed in, at %s: %s", at, body)
		}
	}
	if status, at, body := clerk.do(http.MethodPost, other+"/stations/A-1", "version", "1", "name", "新站", "services", "hot_water"); status != http.StatusOK || at != "/stations/A-1" {
		t.Fatalf("changed at the other: %d %s %s", status, at, body)
	}
	for i := 0; ; i++ {
		if _, _, body := clerk.do(http.MethodGet, one+"/stations/A-1"); strings.Contains(body, "<h1>新站") || strings.Contains(body, "新站</h1>") {
			break
		}
		if i == 100 {
			t.Fatal("the first does not show what was changed at the other")
		}
		time.Sleep(100 * time.Millisecond)
	}
	if _, at, body := elsewhere.do(http.MethodGet, other+"/me"); at != "/me" || !strings.Contains(body, "结束别处的全部登录") {
		t.Fatalf("signed in at one, at the other: %s %s", at, body)
	}
	if _, at, _ := elsewhere.do(http.MethodPost, other+"/me/end-others"); at != "/me" {
		t.Errorf("ended the others, at %s", at)
	}
	for _, site := range []string{one, other} {
		if _, at, _ := clerk.do(http.MethodGet, site+"/me"); at != "/sign-in" {
			t.Errorf("still signed in at %s", at)
		}
	}
	if status, _, _ := clerk.do(http.MethodPost, one+"/stations/A-1", "version", "2", "name", "再改"); status != http.StatusForbidden {
		t.Errorf("acts after the end: %d", status)
	}
	stranger := newBrowse(t)
	var said string
	for i := range 12 {
		_, _, said = stranger.do(http.MethodPost, []string{one, other}[i%2]+"/sign-in", "login", "nobody", "password", "falsch")
	}
	if !regexp.MustCompile(`秒|分钟`).MatchString(said) {
		t.Errorf("twelve wrong passwords at two servers cost no time: %s", said)
	}
}
