package contesttest

import (
	"context"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/expert"
)

// City is a city with the offices and people of a contest that takes entries, and a clock that a test moves.
type City struct {
	t      testing.TB
	DB     *db.DB
	People *identitytest.Office

	Events  *event.Events
	Entries *entry.Entries
	Experts *expert.Experts

	Home gb.Division
	Now  time.Time // of every use case, until the test moves it

	// Organisations by name: 市政府 above 营商局, 卫生健康委 (above 市医院) and 住建局.
	Orgs map[string]string

	// Organiser holds contests for 营商局, Unit enters for 市医院, Another for 住建局. The others have the role that they are
	// called by, over the whole city; Nobody has none.
	Organiser, Unit, Another, Judge, Scorekeeper, Supervisor, Host, Nobody identity.Colleague
}

// OpenCity makes a city in a database whose tables are there.
func OpenCity(t testing.TB, d *db.DB) *City {
	t.Helper()
	c := &City{
		t: t, DB: d, People: identitytest.Open(t, d, contest.Rights), Events: event.In(d), Entries: entry.In(d), Experts: expert.In(d), Orgs: map[string]string{},
		Now: time.Now().UTC().Truncate(time.Second), //nolint:forbidigo // sessions begin now
	}
	var err error
	c.Home, err = gb.Parse("630100")
	c.must(err)
	for _, o := range [][2]string{{"市政府"}, {"营商局", "市政府"}, {"卫生健康委", "市政府"}, {"市医院", "卫生健康委"}, {"住建局", "市政府"}} {
		c.Orgs[o[0]], err = c.People.Organisations.Add(t.Context(), identity.CommandLine, identity.Organising{Parent: c.Orgs[o[1]], Name: o[0], Division: c.Home})
		c.must(err)
	}
	c.Organiser = c.Somebody("contest.organiser", "营商局")
	c.Unit, c.Another = c.UnitOf("市医院"), c.UnitOf("住建局")
	c.Judge, c.Scorekeeper, c.Supervisor, c.Host = c.Somebody("contest.judge", ""), c.Somebody("contest.scorekeeper", ""), c.Somebody("contest.supervisor", ""), c.Somebody("contest.host", "")
	c.Nobody = c.People.Somebody()
	return c
}

func (c *City) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// Somebody makes somebody with a role for an organisation, over the whole city.
func (c *City) Somebody(role, org string) identity.Colleague {
	c.t.Helper()
	return c.People.Who(c.People.SignInFor(identity.Giving{Role: role, Organisation: c.Orgs[org], Scope: right.Scope{Division: c.Home}}))
}

// UnitOf makes somebody who enters for an organisation.
func (c *City) UnitOf(org string) identity.Colleague {
	c.t.Helper()
	scope := right.Scope{Division: c.Home, Subject: right.Organisations(c.Orgs[org])[0]}
	return c.People.Who(c.People.SignInFor(identity.Giving{Role: "contest.unit", Organisation: c.Orgs[org], Scope: scope}))
}

// Ctx is the context of a use case that happens now, as the city counts.
func (c *City) Ctx() context.Context { return db.Rehearse(c.t.Context(), c.Now) }

// Later moves the city's clock.
func (c *City) Later(d time.Duration) { c.Now = c.Now.Add(d) }

// Begin begins a contest by the rule of a preset.
func (c *City) Begin(code string) event.Event {
	c.t.Helper()
	file, ok := rule.Preset("trim-1-1-mean-2dp")
	if !ok {
		c.t.Fatal("there is no such preset")
	}
	e, err := c.Events.Begin(c.Ctx(), c.Organiser, event.New{
		Code: code, Title: "十佳案例评审", Approval: "青评〔2026〕1号", Cycle: "每年一次", Office: c.Orgs["营商局"], Division: c.Home, Rule: file,
	})
	c.must(err)
	return e
}

// Call begins a contest that takes entries for an hour.
func (c *City) Call(code string) event.Event {
	c.t.Helper()
	e := c.Begin(code)
	e, err := c.Events.Call(c.Ctx(), c.Organiser, code, e.Version, c.Now.Add(time.Hour))
	c.must(err)
	return e
}

// Look returns a contest as it stands.
func (c *City) Look(code string) event.Event {
	c.t.Helper()
	e, err := c.Events.Get(c.t.Context(), code)
	c.must(err)
	return e
}

// Submit submits an entry of units, the first of which is an organisation of the city, as who holds the contest.
func (c *City) Submit(code, title string, units ...string) entry.Entry {
	c.t.Helper()
	e, err := c.Entries.SubmitFor(c.Ctx(), c.Organiser, entry.New{
		Contest: code, Organisation: c.Orgs[units[0]],
		Draft: entry.Draft{Title: title, Groups: map[string][]string{entry.Unit: units}, Contact: entry.Contact{Presenter: "某某", Phone: "13800000000"}},
	})
	c.must(err)
	return e
}

// Review decides on an entry as it stands.
func (c *City) Review(id string, to entry.State, why string) entry.Entry {
	c.t.Helper()
	e := c.Entry(id)
	e, err := c.Entries.Review(c.Ctx(), c.Organiser, entry.Review{Entry: id, Seen: e.Version, To: to, Why: why})
	c.must(err)
	return e
}

// Entry returns an entry as it stands.
func (c *City) Entry(id string) (e entry.Entry) {
	c.t.Helper()
	c.View(func(tx *db.Tx) (err error) { e, err = entry.Read(tx, id); return err })
	return e
}

// Shortlist ends the review of a contest after its time, and returns what has numbers.
func (c *City) Shortlist(code string) (all []entry.Entry) {
	c.t.Helper()
	e := c.Look(code)
	if !c.Now.After(*e.Until) {
		c.Now = e.Until.Add(time.Second)
	}
	_, err := c.Entries.Shortlist(c.Ctx(), c.Organiser, code, e.Version)
	c.must(err)
	c.View(func(tx *db.Tx) (err error) { all, err = entry.Shortlisted(tx, code); return err })
	return all
}

// View reads in a transaction.
func (c *City) View(read func(*db.Tx) error) {
	c.t.Helper()
	c.must(c.DB.View(c.Ctx(), read))
}

// Update writes in a transaction.
func (c *City) Update(do func(*db.Tx) error) {
	c.t.Helper()
	c.must(c.DB.Update(c.Ctx(), do))
}
