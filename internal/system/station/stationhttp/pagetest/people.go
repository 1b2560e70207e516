package pagetest

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"sync"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/act"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// offices are the people of the sites that Serve serves, by address and by database.
var offices sync.Map

// peopleOf returns the people of a database, which several sites may serve.
func peopleOf(t *testing.T, data *db.DB) *identitytest.Office {
	t.Helper()
	if known, ok := offices.Load(data); ok {
		return known.(*identitytest.Office)
	}
	office := identitytest.Open(t, data, station.Rights)
	offices.Store(data, office)
	return office
}

// Office is the people of a site.
func Office(t *testing.T, site string) *identitytest.Office {
	t.Helper()
	office, ok := offices.Load(site)
	if !ok {
		t.Fatalf("nobody serves %s", site)
	}
	return office.(*identitytest.Office)
}

// Planner is a browser in which somebody is signed in who keeps plans.
func Planner(t *testing.T, site string) *http.Client {
	t.Helper()
	return SignedIn(t, site, "station.planner")
}

// SignedIn is a browser in which somebody with roles over everything is signed in. It
// does not follow redirections.
func SignedIn(t *testing.T, site string, roles ...string) *http.Client {
	t.Helper()
	client := Stranger(t)
	at, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
	client.Jar.SetCookies(at, []*http.Cookie{{Name: "session", Value: Office(t, site).SignIn(roles...)}})
	return client
}

// Stranger is a browser in which nobody is signed in.
func Stranger(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// SignIn signs somebody with roles over everything in, in a real browser.
func SignIn(t *testing.T, b *webtest.Tab, site string, roles ...string) {
	t.Helper()
	login := Office(t, site).Account(roles...)
	b.Go("/sign-in?back=/me/account") // what somebody owes is another system's page
	b.Type("#f-login", login)
	b.Type("#f-password", identitytest.Password)
	b.Follow(`form[action="/sign-in"] .button-main`)
}

// Schemas is what the pages keep things in.
var Schemas = []db.Schema{record.Schema, identity.Schema, act.Schema, casework.Schema, station.Schema}
