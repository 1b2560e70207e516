package app

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/contest"
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
	s.inspect(t, own.Division, units["here"])
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
	s.judged(t, own.Division, units["here"], func(role string) identity.Colleague { return s.office.Who(seekers["contest."+role+" here"].token) })
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
			there := false
			for name, who := range seekers {
				// A plan lies nowhere; everything else is where the station is.
				want := s.office.Catalogue().Has(who.role, door.Right) && (who.here || !placed[door.Right] || anywhere[door.Route])
				status, to := s.knock(t, door.Route, who.token)
				if status == http.StatusNotFound {
					continue // there is no answer of siting to keep
				}
				there = there || want
				in := status != http.StatusForbidden && !strings.HasPrefix(to, "/sign-in")
				if in != want || status >= http.StatusInternalServerError {
					t.Errorf("%s at %s: %d %s, want in %t", name, door.Route, status, to, want)
				}
			}
			if strings.Contains(door.Route, "/contests/{code}") && !there {
				t.Errorf("%s is there for nobody who may come in", door.Route)
			}
		}
	}
	if kept < 5 || len(s.doors) < 80 {
		t.Errorf("%d doors are kept of %d", kept, len(s.doors))
	}
}

// placed are the rights that are asked for where a station, or an inspection, is.
var placed = map[string]bool{
	"station.register": true, "station.door": true, "station.stars": true, "station.appeals": true,
	complaint.Coordinate: true, complaint.Look: true, complaint.Original: true, complaint.Publish: true,
	contest.Organise: true, contest.Enter: true, contest.Judge: true, contest.Host: true, contest.Recommend: true, contest.Fund: true,
}

// anywhere are the pages of a right that show nothing of a place: the ways to begin.
var anywhere = map[string]bool{
	"POST /stations/stars/batch": true, "GET /stations/many/change": true, "GET /stations/many/kept": true,
	"GET /complaints/campaigns/new": true, "POST /complaints/campaigns": true, "GET /complaints/offers": true,
	"GET /contests/new": true, "POST /contests/new": true, "GET /contests/judge": true,
	"GET /contests/experts": true, "GET /contests/experts/mine": true, "POST /contests/experts": true, "POST /contests/experts/invite": true,
	"GET /contests/{code}/submit": true, "POST /contests/{code}/submit": true,
}

type seeker struct {
	token, role string
	here        bool
}

type doors struct {
	url    string
	doors  []right.Door
	office *identitytest.Office
	db     *db.DB
	book   *casework.Book
	guests string            // the address that has only what everybody may read
	there  map[string]string // what a placeholder stands for, by the address before the first, with its name where several follow
}

// inspect begins an inspection in a division, with a batch whose letters are asked about.
func (s doors) inspect(t *testing.T, home gb.Division, office string) {
	t.Helper()
	problems := problem.In(s.db, s.book, func() (*evidence.Evidence, error) { return nil, errors.New("no photo is needed") })
	rooms, ctx := intake.In(s.db, s.book, problems), t.Context()
	day := calendar.On(2026, 11, 23)
	c, err := campaign.In(s.db).BeginHere(ctx, campaign.New{Code: "XN2026", Name: "督察", Team: "第五督察组", Round: 3, Home: home, From: day, Until: day, Office: office, Preset: "city"})
	if err != nil {
		t.Fatal(err)
	}
	const table = "受理编号,交办问题基本情况,行政区域\nD3QH202611230001,医院后院暂存间夜里异味扰民污水外溢,城中区\nD3QH202611230002,医院后院暂存间夜里有异味扰民污水外溢,城中区\n"
	b, err := intake.Read(ctx, strings.NewReader(table), intake.How{Home: home})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rooms.ImportHere(ctx, intake.Upload{Campaign: c.Code, Batch: b, File: []byte(table), Source: intake.Table}); err != nil {
		t.Fatal(err)
	}
	clerk := s.office.Who(s.office.SignInFor(identity.Giving{Role: "complaint.coordinator", Scope: right.Scope{Division: home}}))
	asked, err := rooms.Questions(ctx, clerk, c.Code, intake.Question{}, 1)
	if err != nil || len(asked) != 1 {
		t.Fatal(asked, err)
	}
	maps.Copy(s.there, map[string]string{
		"/complaints/campaigns/{": c.Code, "/complaints/letters/{": asked[0].Letter.ID, "/complaints/questions/{": asked[0].ID, "/complaints/problems/{": c.Code + "-0001",
	})
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
		name := placeholder.FindStringSubmatch(in)[1]
		first := strings.SplitAfter(path, "{")[0]
		for _, at := range []string{first + name, first} {
			if there, ok := s.there[at]; ok {
				return there
			}
		}
		switch {
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
	form := url.Values{"revision": {"1"}, "version": {"1"}, "name": {"门"}, "changes": {map[bool]string{true: "1", false: "close A-1"}[strings.Contains(path, "/many/")]}, "at": {"2026-11-23T12:00"}, "minutes": {"15"}, "seat": {"j1"}, "entry": {"E-01"}, "part": {"show"}, "attempt": {"1"}}
	var body io.Reader = http.NoBody
	if method != http.MethodGet {
		body = strings.NewReader(form.Encode())
	}
	if strings.HasPrefix(route, "POST /contests/{code}/judge/") && !strings.HasSuffix(route, "/hand") && !strings.HasSuffix(route, "/recuse") { // what a script sends
		body = strings.NewReader(`{"run":"show/E-01/1"}`)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: "judge-device", Value: judgeDevice})
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
