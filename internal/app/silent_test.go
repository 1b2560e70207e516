package app

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/system/station/demand"
)

// A PostgreSQL that takes connections and never answers holds no page: who needs
// it is told within seconds, and the finder does not need it.
func TestSilentDatabase(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a database to be given up; run without -short")
	}
	line := &dbtest.Line{}
	c := Config{Home: t.TempDir(), DSN: line.Between(t, dbtest.Postgres(t))}
	if _, err := ImportStreets(t.Context(), c, writeStreet(t, "长街", 20), "", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := bring(t, c, strings.NewReader(head+"A-1,旧站,101.781,36.62,24小时,热水\n")); err != nil {
		t.Fatal(err)
	}
	site := running(t, c)
	if code, body := get(t, site+"/stations"); code != http.StatusOK {
		t.Fatalf("before: %d %.300s", code, body)
	}
	line.Silence(true)
	for page, want := range map[string]int{
		"/stations": http.StatusServiceUnavailable, "/stations?q=旧": http.StatusServiceUnavailable, "/plans": http.StatusServiceUnavailable,
		"/find?lon=101.785&lat=36.62": http.StatusOK, "/coverage": http.StatusOK,
	} {
		began := time.Now()
		code, body := get(t, site+page)
		if took := time.Since(began); took > 15*time.Second {
			t.Errorf("%s took %v", page, took)
		}
		if code != want || code != http.StatusOK && (!strings.Contains(body, "过几分钟再来") || strings.Contains(body, "PostgreSQL")) {
			t.Errorf("%s: %d %.300s, want %d", page, code, body, want)
		}
	}
	line.Silence(false)
	line.HangUp()
	if code, body := get(t, site+"/stations"); code != http.StatusOK {
		t.Errorf("when it answers again: %d %.300s", code, body)
	}
}

// signedIn makes somebody with roles and returns the token of their session.
func signedIn(t *testing.T, c Config, roles ...string) (token string) {
	t.Helper()
	err := People(t.Context(), c, func(s *identity.Service) error {
		token = identitytest.Of(t, s).SignIn(roles...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// A server whose database file is taken away says so to whoever saves, instead
// of leading to a plan that is lost with the process.
func TestDatabaseTakenAwayFromServer(t *testing.T) {
	c := Config{Home: t.TempDir()}
	if _, err := ImportStreets(t.Context(), c, writeStreet(t, "长街", 20), "", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := bring(t, c, strings.NewReader(head+"A-1,旧站,101.781,36.62,24小时,热水\n")); err != nil {
		t.Fatal(err)
	}
	people := strings.NewReader("id,lon,lat,population\na,101.781,36.62,9\n")
	if _, err := ImportDemand(t.Context(), c, people, demand.Columns{}); err != nil {
		t.Fatal(err)
	}
	planner := signedIn(t, c, "station.planner")
	site := running(t, c)
	save := func() (int, string) {
		t.Helper()
		form := url.Values{"name": {"夜里"}, "changes": {"close A-1"}, "at": {"2026-11-23T12:00"}, "minutes": {"15"}}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, site+"/plans", strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.AddCookie(&http.Cookie{Name: "session", Value: planner})
		answer, err := (&http.Transport{}).RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(body)
	}
	if code, body := save(); code != http.StatusSeeOther {
		t.Fatalf("before: %d %.500s", code, body)
	}
	if err := os.Rename(c.dsn(), c.dsn()+".away"); err != nil {
		t.Fatal(err)
	}
	if code, body := save(); code != http.StatusServiceUnavailable || !strings.Contains(body, "移走、清空或替换") {
		t.Errorf("without its file: %d %.500s", code, body)
	}
	// A connection that was open goes on reading; another is not opened on what lies there now.
	if code, body := get(t, site+"/plans"); code != http.StatusOK && code != http.StatusServiceUnavailable || strings.Contains(body, "P-0002") {
		t.Errorf("the plans: %d %.300s", code, body)
	}
	if err := os.Rename(c.dsn()+".away", c.dsn()); err != nil {
		t.Fatal(err)
	}
	if code, body := save(); code != http.StatusSeeOther {
		t.Errorf("when it is back: %d %.500s", code, body)
	}
}
