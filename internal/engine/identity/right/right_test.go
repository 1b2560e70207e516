package right

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
)

func division(t testing.TB, code string) gb.Division {
	t.Helper()
	d, err := gb.Parse(code)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func words(s string) lang.Text { return lang.Text{ZH: s, EN: s} }

// five declares roles of the kinds that the five systems need.
func five() *Catalogue {
	role := func(key string, way Way, of, given string, rights ...string) Role {
		return Role{Key: key, Name: words(key), Does: words(key), Rights: rights, Way: way, Of: of, Given: given}
	}
	apart := func(r Role, others ...string) Role { r.Apart = others; return r }
	r := func(key string) Right { return Right{Key: key, Name: words(key)} }
	read := func(key string) Right { return Right{Key: key, Name: words(key), Read: true} }
	grave := func(key string) Right { return Right{Key: key, Name: words(key), Grave: true} }
	return NewCatalogue(People,
		Declaration{"station", []Right{r("station.edit"), r("station.keep"), r("station.invite"), read("station.read")}, []Role{
			role("station.office", ByPassword, "", "", "station.edit", "station.invite", "station.read"),
			role("station.keeper", ByDevice, "station", "station.invite", "station.keep"),
			role("station.partner", ByPassword, "brand", "station.invite", "station.keep"),
			role("station.feed", ByToken, "", "", "station.read"),
		}},
		Declaration{"contest", []Right{r("contest.mark"), grave("contest.result"), r("contest.score"), r("contest.run")}, []Role{
			role("contest.host", ByPassword, "contest", "contest.run", "contest.run"),
			role("contest.scorekeeper", ByPassword, "contest", "contest.run", "contest.mark"),
			apart(role("contest.supervisor", ByPassword, "contest", "contest.run", "contest.result"), "contest.scorekeeper"),
			role("contest.judge", ByDevice, "contest", "contest.run", "contest.score"),
		}},
		Declaration{"inspection", []Right{r("inspection.visit"), r("inspection.answer"), grave("inspection.issue")}, []Role{
			role("inspection.inspector", ByPassword, "", "", "inspection.visit", "inspection.issue"),
			role("inspection.enterprise", ByDevice, "enterprise", "inspection.visit", "inspection.answer"),
		}},
		Declaration{"complaint", []Right{r("complaint.handle"), r("complaint.verify"), r("complaint.lead")}, []Role{
			role("complaint.handler", ByPassword, "organisation", "complaint.lead", "complaint.handle"),
			apart(role("complaint.verifier", ByPassword, "", "complaint.lead", "complaint.verify"), "complaint.handler"),
			role("complaint.leading", ByPassword, "", "", "complaint.lead"),
		}},
		Declaration{"coop", []Right{grave("coop.book"), r("coop.supervise"), read("coop.own")}, []Role{
			role("coop.accountant", ByPassword, "coop", "", "coop.book"),
			apart(role("coop.supervisor", ByPassword, "coop", "", "coop.supervise"), "coop.accountant"),
			role("coop.household", ByDevice, "household", "coop.book", "coop.own"),
		}},
	)
}

func TestADeclarationThatDoesNotFitStops(t *testing.T) {
	good := Right{Key: "x.do", Name: words("do")}
	role := Role{Key: "x.one", Name: words("one"), Does: words("does"), Rights: []string{"x.do"}}
	with := func(f func(*Role)) Declaration {
		r := role
		f(&r)
		return Declaration{"x", []Right{good, {Key: "x.grave", Name: words("g"), Grave: true}}, []Role{r}}
	}
	NewCatalogue(People, with(func(*Role) {}))
	for name, d := range map[string]Declaration{
		"another's prefix":   {"y", []Right{good}, nil},
		"a right twice":      {"x", []Right{good, good}, nil},
		"no words":           with(func(r *Role) { r.Does = lang.Text{} }),
		"no rights":          with(func(r *Role) { r.Rights = nil }),
		"an unknown right":   with(func(r *Role) { r.Rights = []string{"x.dont"} }),
		"an unknown giver":   with(func(r *Role) { r.Given = "x.dont" }),
		"a grave device":     with(func(r *Role) { r.Way = ByDevice; r.Rights = []string{"x.grave"} }),
		"apart from nobody":  with(func(r *Role) { r.Apart = []string{"x.two"} }),
		"apart from itself":  with(func(r *Role) { r.Apart = []string{"x.one"} }),
		"a last one of some": with(func(r *Role) { r.Last = true; r.Of = "thing" }),
	} {
		if err := fault.Safely(func() error { NewCatalogue(People, d); return nil })(); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestAuthorize(t *testing.T) {
	c := five()
	city, east, west, county := division(t, "630100"), division(t, "630102"), division(t, "630104"), division(t, "630106")
	noon := time.Date(2026, 11, 29, 4, 0, 0, 0, time.UTC)
	held := func(role string, s Scope) []Grant { return []Grant{{ID: "g", Role: role, Scope: s}} }
	for _, k := range []struct {
		name  string
		held  []Grant
		right string
		at    Place
		want  bool
	}{
		{"own district", held("station.office", Scope{Division: east}), "station.edit", In(east), true},
		{"another district", held("station.office", Scope{Division: east}), "station.edit", In(west), false},
		{"the city over its districts", held("station.office", Scope{Division: city}), "station.edit", In(west), true},
		{"a district over the city", held("station.office", Scope{Division: east}), "station.edit", In(city), false},
		{"a district over what is in none", held("station.office", Scope{Division: east}), "station.edit", Place{}, false},
		{"everywhere over what is in none", held("station.office", Scope{}), "station.edit", Place{}, true},
		{"a code that has ended", held("station.office", Scope{Division: division(t, "630122")}), "station.edit", In(county), true},
		{"a right of another role", held("station.office", Scope{}), "contest.mark", In(east), false},
		{"own station", held("station.keeper", Scope{east, "station/7"}), "station.keep", In(east, "station/7"), true},
		{"another station", held("station.keeper", Scope{east, "station/7"}), "station.keep", In(east, "station/8"), false},
		{"own station moved away", held("station.keeper", Scope{east, "station/7"}), "station.keep", In(west, "station/7"), false},
		{"the unit that answers", held("complaint.handler", Scope{east, "organisation/5"}), "complaint.handle", In(east, "complaint/1", "organisation/5"), true},
		{"the auditor reads all", held(Auditor, Scope{}), "coop.own", In(west, "household/1"), true},
		{"the auditor changes nothing", held(Auditor, Scope{}), "coop.book", In(west, "coop/1"), false},
		{"no such role any more", held("station.gone", Scope{}), "station.edit", In(east), false},
		{"no such right", held("station.office", Scope{}), "station.nothing", In(east), false},
		{"nothing held", nil, "station.edit", In(east), false},
		{"to come", []Grant{{Role: "station.office", From: noon.Add(1)}}, "station.edit", In(east), false},
		{"from now on", []Grant{{Role: "station.office", From: noon}}, "station.edit", In(east), true},
		{"over", []Grant{{Role: "station.office", Until: noon}}, "station.edit", In(east), false},
	} {
		_, err := c.Authorize(k.held, k.right, k.at, noon)
		if (err == nil) != k.want || err != nil && fault.KindOf(err) != fault.Denied {
			t.Errorf("%s: %v", k.name, err)
		}
	}
	_, err := c.Authorize(held("station.office", Scope{Division: east}), "station.edit", In(west), noon)
	if zh, _ := fault.In(lang.ZH, err); !strings.Contains(zh, "城西") {
		t.Error("the division is not named:", zh)
	}
}

// Whoever may give a scope away may do the thing everywhere in it.
func TestContainsImpliesCovers(t *testing.T) {
	divisions := []gb.Division{{}, division(t, "630000"), division(t, "630100"), division(t, "630102"), division(t, "630122"), division(t, "110000")}
	subjects := []string{"", "station/1", "station/2"}
	rapid.Check(t, func(t *rapid.T) {
		scope := func(n string) Scope {
			return Scope{rapid.SampledFrom(divisions).Draw(t, n), rapid.SampledFrom(subjects).Draw(t, n+" of")}
		}
		outer, inner := scope("outer"), scope("inner")
		p := In(rapid.SampledFrom(divisions).Draw(t, "place"), rapid.SampledFrom(subjects).Draw(t, "subject"))
		if outer.Contains(inner) && inner.Covers(p) && !outer.Covers(p) {
			t.Fatalf("%v contains %v, which covers %v", outer, inner, p)
		}
	})
}

// router is a mux that can tell its routes.
type router struct {
	http.ServeMux
	routes []string
}

func (r *router) handle(pattern string) {
	r.HandleFunc(pattern, func(http.ResponseWriter, *http.Request) {})
	r.routes = append(r.routes, pattern)
}

var doors = []Door{
	{Route: "GET /{$}", Open: true},
	{Route: "GET /me"},
	{Route: "POST /stations/{code}", Right: "station.edit"},
	{Route: "GET /stations/office", Right: "station.read", Inside: true},
	{Route: "POST /people", Right: Accounts},
	{Route: "POST /contests/{id}/marks", Right: "contest.mark"},
}

// A route that nobody thought of is found before it is shipped, and is closed if it
// is shipped all the same.
func TestARouteWithoutADoor(t *testing.T) {
	g := NewGate(five(), doors...)
	var r router
	for _, d := range doors {
		r.handle(d.Route)
	}
	if gaps := g.Gaps(r.routes); gaps != nil {
		t.Error(gaps)
	}
	r.handle("POST /stations/{code}/close")
	if gaps := g.Gaps(r.routes[1:]); !slices.Equal(gaps, []string{"POST /stations/{code}/close has no door", "the door of GET /{$} leads nowhere"}) {
		t.Error(gaps)
	}
	everything := []Grant{}
	for _, role := range five().Roles() {
		everything = append(everything, Grant{Role: role.Key})
	}
	if err := g.Admit("POST /stations/{code}/close", true, everything, Place{}, time.Time{}); fault.KindOf(err) != fault.Denied {
		t.Error("it was open:", err)
	}
	for _, bad := range [][]Door{{doors[0], doors[0]}, {{Route: "GET /x", Right: "no.such"}}, {{Route: "GET /x", Right: Accounts, Open: true}}} {
		if err := fault.Safely(func() error { NewGate(five(), bad...); return nil })(); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}

// TestEveryDoorRoleAndDivision walks the whole matrix.
func TestEveryDoorRoleAndDivision(t *testing.T) {
	c := five()
	g := NewGate(c, doors...)
	n, open := 0, 0
	for k := range c.Matrix(g, division(t, "630102"), division(t, "630104")) {
		err := g.Admit(k.Door.Route, k.Role != "", k.Held, k.Place, time.Time{})
		if (err == nil) != k.Want {
			t.Errorf("%s as %q, foreign %v: %v", k.Door.Route, k.Role, k.Foreign, err)
		}
		n++
		if err == nil {
			open++
		}
	}
	if want := len(doors) * (1 + 2*len(c.Roles())); n != want || open == 0 || open == n {
		t.Errorf("%d cases of %d, %d open", n, want, open)
	}
}
