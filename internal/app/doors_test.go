package app

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/gb"
)

// TestEveryRouteKeepsItsDoor walks every route of the site × nobody and every role ×
// their own and a foreign division. The routes are those that the site has: one without
// a door cannot be registered, and one whose door is not kept is found here.
func TestEveryRouteKeepsItsDoor(t *testing.T) {
	s := siteOf(t)
	own, foreign := right.Scope{Division: mustDivision(t, "630103")}, right.Scope{Division: mustDivision(t, "110101")}
	units := map[string]string{}
	for where, scope := range map[string]right.Scope{"here": own, "elsewhere": foreign} {
		id, err := s.office.Organisations.Add(t.Context(), identity.CommandLine, identity.Organising{Name: where, Division: scope.Division})
		if err != nil {
			t.Fatal(err)
		}
		units[where] = id
	}
	seekers := map[string]seeker{"nobody": {}, "somebody without a role": {token: s.office.SignIn()}}
	for _, role := range s.office.Catalogue().Roles() {
		if role.Way == right.ByToken {
			continue
		}
		for where, scope := range map[string]right.Scope{"here": own, "elsewhere": foreign} {
			come := func(g identity.Giving) string { return s.office.SignInFor(g) }
			if role.Way == right.ByDevice {
				come = s.office.ByDevice
			}
			switch role.Of {
			case "":
			case "organisation":
				scope.Subject = right.Organisations(units[where])[0]
			default:
				scope.Subject = role.Of + "/" + map[string]string{"here": "A-1", "elsewhere": "B-1"}[where]
			}
			token := come(identity.Giving{Role: role.Key, Scope: scope})
			seekers[role.Key+" "+where] = seeker{token, role.Key, where == "here"}
		}
	}
	kept := 0
	for _, door := range s.doors {
		switch {
		case door.Open:
			if status, to := s.knock(t, door.Route, ""); status == http.StatusForbidden || strings.Contains(to, "back=") || status == http.StatusInternalServerError {
				t.Errorf("%s is for everybody and says %d %s", door.Route, status, to)
			}
		case door.Right == "":
			if status, to := s.knock(t, door.Route, ""); status != http.StatusSeeOther || !strings.HasPrefix(to, "/sign-in") {
				t.Errorf("%s lets nobody in and says %d %s", door.Route, status, to)
			}
		default:
			kept++
			for name, who := range seekers {
				// A plan lies nowhere; everything else is where the station is.
				want := s.office.Catalogue().Has(who.role, door.Right) && (who.here || !placed[door.Right] || anywhere[door.Route])
				status, to := s.knock(t, door.Route, who.token)
				if status == http.StatusNotFound {
					continue // there is no answer of siting to keep
				}
				in := status != http.StatusForbidden && !strings.HasPrefix(to, "/sign-in")
				if in != want || status >= http.StatusInternalServerError {
					t.Errorf("%s at %s: %d %s, want in %t", name, door.Route, status, to, want)
				}
			}
		}
	}
	if kept < 5 || len(s.doors) < 80 {
		t.Errorf("%d doors are kept of %d", kept, len(s.doors))
	}
}

// placed are the rights that are asked for where a station is.
var placed = map[string]bool{"station.register": true, "station.door": true}

// anywhere are the pages of a right that show nothing of a place: the ways to begin.
var anywhere = map[string]bool{
	"GET /stations/many/change": true, "GET /stations/many/kept": true,
}

type seeker struct {
	token, role string
	here        bool
}

type doors struct {
	url    string
	doors  []right.Door
	office *identitytest.Office
}

func mustDivision(t *testing.T, code string) gb.Division {
	t.Helper()
	d, err := gb.Parse(code)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var placeholder = regexp.MustCompile(`\{([a-z]*)(\.\.\.|\$)?\}`)

// knock asks a route as whoever bears a session, with a form that would do.
func (s doors) knock(t *testing.T, route, session string) (status int, to string) {
	t.Helper()
	method, path, named := strings.Cut(route, " ")
	if !named {
		method, path = http.MethodGet, route
	}
	path = placeholder.ReplaceAllStringFunc(path, func(in string) string {
		switch name := placeholder.FindStringSubmatch(in)[1]; {
		case name == "code" && strings.HasPrefix(path, "/stations"):
			return "A-1"
		case name == "":
			return ""
		}
		return "1"
	})
	if route == "POST /stations/many/change" {
		path += "?do=pause&code=A-1"
	}
	form := url.Values{"revision": {"1"}, "version": {"1"}, "name": {"门"}, "changes": {map[bool]string{true: "1", false: "close A-1"}[strings.Contains(path, "/many/")]}, "at": {"2026-11-23T12:00"}, "minutes": {"15"}}
	var body io.Reader = http.NoBody
	if method != http.MethodGet {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if session != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: session})
	}
	a, err := (&http.Transport{}).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	return a.StatusCode, a.Header.Get("Location")
}
