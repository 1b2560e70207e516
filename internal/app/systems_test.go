package app

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/system/station/run"
	"github.com/xiadu/xiadu/internal/web"
)

// siteOf serves a street with a station and people, with some systems on.
func siteOf(t *testing.T, keys ...string) doors {
	t.Helper()
	c := Config{Home: t.TempDir()}
	if _, err := ImportStreets(t.Context(), c, writeStreet(t, "长街", 20), "", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := bring(t, c, strings.NewReader(head+"A-1,旧站,101.781,36.62,24小时,热水\n")); err != nil {
		t.Fatal(err)
	}
	d, err := c.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	o, err := c.people()
	if err != nil {
		t.Fatal(err)
	}
	people, err := identity.Open(t.Context(), d, o)
	if err != nil {
		t.Fatal(err)
	}
	office := identitytest.Of(t, people)
	book, err := newBook(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := parts{
		book: book,
		keys: keys, db: d, runs: run.NewLedger(d), public: publiclog.Open(d, c.logFolder()), people: office.Staff(), album: newAlbum(c, d, nil, nil).get,
		log: slog.New(slog.NewTextHandler(t.Output(), nil)), ends: t.Context().Done(),
	}
	ctx, stop := context.WithCancel(t.Context())
	wait := c.sequence(ctx, d, p.log)
	t.Cleanup(func() { stop(); wait() })
	if p.city, err = p.openCity(t.Context(), c.streets()); err != nil {
		t.Fatal(err)
	}
	mux, err := p.pages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(mux.Handler())
	t.Cleanup(server.Close)
	guests := httptest.NewServer(mux.Guests(beside.Key))
	t.Cleanup(guests.Close)
	return doors{server.URL, mux.Doors(), office, d, book, guests.URL, map[string]string{}}
}

// page is what an address answers, to who bears a session.
func (s doors) page(t *testing.T, address, session string) (status int, to, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if session != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: session})
	}
	a, err := (&http.Transport{}).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a.StatusCode, a.Header.Get("Location"), string(text)
}

var receiptLink = regexp.MustCompile(`<a class="receipt-link" href="([^"]*)"`)

// A stranger opens the front page, reads a figure and opens what it rests on.
func TestTheFrontPageHasReceipts(t *testing.T) {
	s := siteOf(t)
	for status := 0; status != http.StatusOK; status, _, _ = s.page(t, "/log/checkpoint", "") {
		time.Sleep(20 * time.Millisecond) // the log signs within a second
	}
	status, _, body := s.page(t, "/", "")
	if status != http.StatusOK || !strings.Contains(body, "--checkpoint FILE</code>") {
		t.Fatalf("the front page answers %d, and prints no checkpoint", status)
	}
	articles := strings.Count(body, "<article ")
	links := receiptLink.FindAllStringSubmatch(body, -1)
	if articles == 0 || len(links) != articles {
		t.Errorf("%d articles and %d receipts", articles, len(links))
	}
	for _, link := range links {
		address := strings.ReplaceAll(link[1], "&amp;", "&")
		_, sized, _ := s.page(t, address, "") // the address names the log's size from here on
		if status, _, body := s.page(t, sized, ""); status != http.StatusOK || !strings.Contains(sized, "size=") || !strings.Contains(body, "xiadu verify") {
			t.Errorf("the receipt %s leads to %q, which answers %d", address, sized, status)
		}
	}
	if !strings.Contains(body, `action="/find"`) {
		t.Error("the worker's question is not on the front page")
	}
}

// Bookmarks of the days when the finder was at / lead to it, with their question.
func TestOldAddressesOfTheFinderLeadToIt(t *testing.T) {
	s := siteOf(t)
	for _, question := range []string{"lat=36.62&lon=101.781", "q=%E9%95%BF%E8%A1%97", "need=toilet&lang=en"} {
		if status, to, _ := s.page(t, "/?"+question, ""); status != http.StatusFound || to != "/find?"+question {
			t.Errorf("/?%s answers %d and leads to %q", question, status, to)
		}
	}
	if status, _, body := s.page(t, "/?lang=en&large=1", ""); status != http.StatusOK || !strings.Contains(body, "Today") {
		t.Errorf("the language leads elsewhere: %d", status)
	}
}

// With one system on, / is that system; what is off has no routes, and says so.
func TestOneSystemAlone(t *testing.T) {
	s := siteOf(t, "station")
	if status, _, body := s.page(t, "/?lat=36.62&lon=101.781", ""); status != http.StatusOK || !strings.Contains(body, "旧站") {
		t.Errorf("/ is not the finder: %d", status)
	}
	for _, off := range []string{"/complaints", "/complaints/7", "/coop"} {
		if status, _, body := s.page(t, off, ""); status != http.StatusNotFound || !strings.Contains(body, "本站不提供") {
			t.Errorf("%s answers %d", off, status)
		}
	}
	s = siteOf(t, "complaint", "contest")
	for _, off := range []string{"/stations", "/stations/A-1"} {
		if status, _, body := s.page(t, off, ""); status != http.StatusNotFound || !strings.Contains(body, "本站不提供“驿站”") {
			t.Errorf("%s answers %d", off, status)
		}
	}
	for _, gone := range []string{"/find", "/coverage", "/api/v1/stations/A-1"} {
		if status, _, _ := s.page(t, gone, ""); status != http.StatusNotFound {
			t.Errorf("%s answers %d with the stations off", gone, status)
		}
	}
	if _, _, err := systems([]string{"station", "stations"}, true, false); err == nil || !strings.Contains(err.Error(), "complaint") {
		t.Errorf("a system that does not exist: %v", err)
	}
}

// Who gives roles is offered those of the systems that are on.
func TestRolesOfSystemsThatAreOffAreNotOffered(t *testing.T) {
	for keys, want := range map[string]bool{"station": true, "contest": false} {
		s := siteOf(t, keys, "coop")
		session := s.office.SignInFor(identity.Giving{Role: right.GrantsAdmin})
		_, _, list := s.page(t, "/people", session)
		person := regexp.MustCompile(`href="(/people/[0-9a-f-]{20,})"`).FindStringSubmatch(list)
		if person == nil {
			t.Fatalf("nobody is listed: %s", list)
		}
		_, _, body := s.page(t, person[1], session)
		if got := strings.Contains(body, `value="station.office"`); got != want {
			t.Errorf("with %s on the office for stations is offered: %t", keys, got)
		}
		if !strings.Contains(body, `value="`+right.Auditor+`"`) {
			t.Errorf("with %s on auditors are not offered", keys)
		}
	}
}

// Each system's door opens for the public and says what is there and what is behind a
// sign-in.
func TestEveryDoorOpensForThePublic(t *testing.T) {
	s := siteOf(t)
	on, _, err := systems(nil, true, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, system := range on {
		status, _, body := s.page(t, system.Door, "")
		if status != http.StatusOK || !strings.Contains(body, system.Says.ZH) || !strings.Contains(body, "登录后") {
			t.Errorf("the door %s answers %d, and does not say what is behind it", system.Door, status)
		}
	}
}

// What the navigation shows to a role opens for it.
func TestWhatTheNavigationShowsOpens(t *testing.T) {
	s := siteOf(t)
	sessions := map[string]string{"": "", "somebody": s.office.SignIn()}
	unit, err := s.office.Organisations.Add(t.Context(), identity.CommandLine, identity.Organising{Name: "某单位"})
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range s.office.Catalogue().Roles() {
		given := identity.Giving{Role: role.Key}
		if role.Of == right.Organisation {
			given.Scope.Subject = right.Organisations(unit)[0]
		}
		if role.Way == right.ByPassword {
			sessions[role.Key] = s.office.SignInFor(given)
		}
	}
	link := regexp.MustCompile(`<a class="(?:nav-item|system|foot-link)" href="([^"]*)"`)
	for role, session := range sessions {
		seen := []string{"/", "/me", "/stations"}
		for i := 0; i < len(seen); i++ {
			status, to, body := s.page(t, seen[i], session)
			if session == "" && strings.HasPrefix(to, "/sign-in") {
				continue
			}
			if status == http.StatusSeeOther && session != "" { // where there is nothing yet, to the page that says how to begin
				status, _, body = s.page(t, to, session)
			}
			if status != http.StatusOK {
				t.Errorf("%s is shown to %q and answers %d", seen[i], role, status)
			}
			for _, m := range link.FindAllStringSubmatch(body, -1) {
				if !slices.Contains(seen, m[1]) {
					seen = append(seen, m[1])
				}
			}
		}
		if len(seen) < 8 {
			t.Errorf("%q is shown %v", role, seen)
		}
	}
}

// stationAreas are what the stations have besides what is below their door; a new
// system has nothing besides but what a standard has programs look for.
var stationAreas = []string{
	"/find", "/coverage", "/areas", "/whatif", "/siting", "/plans", "/nation", "/map", "/tiles", "/api", "/stations",
}

func TestASystemsRoutesLieBelowItsDoor(t *testing.T) {
	s := siteOf(t)
	on, _, err := systems(nil, true, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, door := range s.doors {
		if door.System == "" || door.System == beside.Key {
			continue
		}
		system := on[slices.IndexFunc(on, func(s web.System) bool { return s.Key == door.System })]
		_, path, _ := strings.Cut(door.Route, " ")
		below := []string{system.Door, "/map/" + system.Key, "/api/v1/" + strings.TrimPrefix(system.Door, "/"), "/open311"}
		if system.Key == stationKey {
			below = stationAreas
		}
		if !slices.ContainsFunc(below, func(under string) bool {
			return path == under || strings.HasPrefix(path, under+"/") || strings.HasPrefix(path, under+".")
		}) {
			t.Errorf("%s of %s lies outside it", door.Route, system.Key)
		}
	}
}
