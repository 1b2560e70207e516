// Package complainttest has a small city with its offices, units and people for tests: real
// accounts, a real database, real photos, and a clock that a test moves.
package complainttest

import (
	"bytes"
	"context"
	"image/jpeg"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/engine/bound"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/act"
	"github.com/xiadu/xiadu/internal/engine/act/inbox"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/evidence/evidencetest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/engine/identity/password"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
)

// Schemas are the tables that a city needs.
var Schemas = []db.Schema{record.Schema, identity.Schema, evidence.Schema, casework.Schema, act.Schema, bound.Schema, inbox.Schema, complaint.Schema}

// City is a city with an inspection under way.
type City struct {
	t        testing.TB
	DB       *db.DB
	Book     *casework.Book
	Evidence *evidence.Evidence
	People   *identitytest.Office

	Campaigns *campaign.Campaigns
	Letters   *letter.Letters
	Problems  *problem.Problems
	Intake    *intake.Intake
	Bulletins *bulletin.Bulletins
	Visits    *visit.Visits

	// Told is told before each statement and at each step of a file, where it is set: see db.Before.
	Told func(text string)

	tokens map[string]string // of sessions, by who has them
	folder string

	Home gb.Division
	Now  time.Time // of every use case, until the test moves it

	// Organisations by name: 市政府 above 督察整改办, 生态环境局 (above 城西分局) and 卫生健康委 (above 市医院); 住建局
	// and 水务局 are beside them.
	Orgs    map[string]string
	KeyFile string // of people

	// Clerk coordinates, Unit is 市医院, Superior is of 卫生健康委, Checker of 水务局, Another of 住建局.
	Clerk, Unit, Superior, Checker, Another, Signer, Leader, Stranger identity.Colleague
}

// forever outlasts what a test plays through.
const forever = 20 * 366 * 24 * time.Hour

// Open makes a city in a database whose tables are there.
func Open(t testing.TB, d *db.DB) *City {
	t.Helper()
	c := open(t, d, t.TempDir(), 0)
	c.people()
	return c
}

// OpenIn is Open with its keys and its evidence in a folder, from which a file that no row names is swept at once.
func OpenIn(t testing.TB, d *db.DB, folder string) *City {
	t.Helper()
	c := open(t, d, folder, time.Nanosecond)
	c.people()
	return c
}

func open(t testing.TB, d *db.DB, folder string, grace time.Duration) *City {
	t.Helper()
	keys := filepath.Join(folder, "people.key")
	s, err := staff(t, d, keys)
	c := &City{
		t: t, DB: d, KeyFile: keys, People: identitytest.Of(t, s), Orgs: map[string]string{}, tokens: map[string]string{}, folder: folder,
		Now: time.Now().UTC().Truncate(time.Second), //nolint:forbidigo // sessions begin now
	}
	c.must(err)
	c.Home, err = gb.Parse("630100")
	c.must(err)
	c.Book, err = casework.New(casework.Options{Processes: complaint.Processes(), Outside: identity.Outside})
	c.must(err)
	c.Evidence, err = evidence.Open(t.Context(), d, evidence.Options{
		Folder: filepath.Join(folder, "evidence"), Kinds: complaint.EvidenceKinds(), Until: map[string]evidence.Until{complaint.System: problem.EvidenceUntil},
		Grace: grace, Told: func() {
			if c.Told != nil {
				c.Told("file")
			}
		},
	})
	c.must(err)
	c.Campaigns, c.Letters, c.Problems = campaign.In(d), letter.In(d, c.Book), problem.In(d, c.Book, func() (*evidence.Evidence, error) { return c.Evidence, nil })
	c.Intake, c.Bulletins = intake.In(d, c.Book, c.Problems), bulletin.In(d)
	c.Visits = visit.In(d, c.Problems, func() (*evidence.Evidence, error) { return c.Evidence, nil }, Streets)
	return c
}

func staff(t testing.TB, d *db.DB, keys string) (*identity.Service, error) {
	t.Helper()
	policy := identity.Plain
	policy.Method = password.Method{Name: password.Argon2id.Name, MemoryKiB: 64, Passes: 1}
	policy.Idle, policy.Absolute, policy.Fresh = forever, forever, forever
	return identity.Open(t.Context(), d, identity.Options{Catalogue: right.NewCatalogue(right.People, complaint.Rights), Policy: policy, KeyFile: keys})
}

func (c *City) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *City) people() {
	for _, o := range [][2]string{
		{"市政府"}, {"督察整改办", "市政府"}, {"生态环境局", "市政府"}, {"城西分局", "生态环境局"}, {"卫生健康委", "市政府"}, {"市医院", "卫生健康委"}, {"住建局", "市政府"}, {"水务局", "市政府"},
	} {
		id, err := c.People.Organisations.Add(c.t.Context(), identity.CommandLine, identity.Organising{Parent: c.Orgs[o[1]], Name: o[0], Division: c.Home})
		c.must(err)
		c.Orgs[o[0]] = id
	}
	c.Clerk = c.Somebody("complaint.coordinator", "督察整改办")
	c.Unit = c.UnitOf("市医院")
	c.Superior = c.Somebody("complaint.checker", "卫生健康委")
	c.Checker = c.Somebody("complaint.checker", "水务局")
	c.Another = c.Somebody("complaint.checker", "住建局")
	c.Signer = c.Somebody("complaint.signer", "市政府")
	c.Leader = c.Somebody("complaint.supervisor", "市政府")
	c.Stranger = c.UnitOf("住建局")
}

// Somebody makes somebody with a role for an organisation, over the whole city.
func (c *City) Somebody(role, org string) identity.Colleague {
	c.t.Helper()
	return signedIn(c, identity.Giving{Role: role, Organisation: c.Orgs[org], Scope: right.Scope{Division: c.Home}})
}

// UnitOf makes somebody who answers for an organisation.
func (c *City) UnitOf(org string) identity.Colleague {
	c.t.Helper()
	scope := right.Scope{Division: c.Home, Subject: right.Organisations(c.Orgs[org])[0]}
	return signedIn(c, identity.Giving{Role: "complaint.unit", Organisation: c.Orgs[org], Scope: scope})
}

// Ctx is the context of a use case that happens now, as the city counts.
func (c *City) Ctx() context.Context {
	ctx := db.Rehearse(c.t.Context(), c.Now)
	if c.Told == nil {
		return ctx
	}
	return db.Before(ctx, c.Told)
}

// Later moves the city's clock.
func (c *City) Later(d time.Duration) { c.Now = c.Now.Add(d) }

// Days moves it by days.
func (c *City) Days(n int) { c.Later(time.Duration(n) * 24 * time.Hour) }

// Day is a day ahead.
func (c *City) Day(ahead int) calendar.Date {
	return calendar.DateOf(c.Now.In(calendar.China)).Add(ahead)
}

// Begin begins an inspection by a preset.
func (c *City) Begin(code, preset string) campaign.Campaign {
	c.t.Helper()
	made, err := c.Campaigns.Begin(c.Ctx(), c.Clerk, campaign.New{
		Code: code, Name: "督察试验", Team: "第五督察组", Round: 3, Home: c.Home, From: c.Day(0), Until: c.Day(30), Preset: preset,
	})
	c.must(err)
	return made
}

// Read reads a table of letters.
func (c *City) Read(table string) intake.Batch {
	c.t.Helper()
	b, err := intake.Read(c.t.Context(), strings.NewReader(table), intake.How{Home: c.Home})
	c.must(err)
	return b
}

// Take takes a table in as the next batch.
func (c *City) Take(campaign, table string) intake.Outcome {
	c.t.Helper()
	o, err := c.Intake.Import(c.Ctx(), c.Clerk, intake.Upload{Campaign: campaign, Batch: c.Read(table), File: []byte(table), Source: intake.Table})
	c.must(err)
	return o
}

// Photo brings a photo of a scene, as somebody.
func (c *City) Photo(who identity.Colleague, scene uint64) problem.File {
	c.t.Helper()
	var b bytes.Buffer
	c.must(jpeg.Encode(&b, evidencetest.Scene{Seed: scene, W: 320, H: 240}.Draw(), nil))
	taken, err := c.Evidence.Take(c.Ctx(), &b, evidence.Sent{Kind: "complaint.photo", By: who.Person})
	c.must(err)
	return problem.File{Kind: complaint.ProofPhoto, Hash: taken.Hash}
}

// Look returns a problem as it stands.
func (c *City) Look(code string) (p problem.Problem) {
	c.t.Helper()
	c.must(c.DB.View(c.t.Context(), func(tx *db.Tx) (err error) { p, err = problem.ByCode(tx, code); return err }))
	return p
}

// Points are the points of a problem, all with one verdict.
func (c *City) Points(p problem.Problem, v complaint.Verdict) map[string]complaint.Verdict {
	c.t.Helper()
	out := map[string]complaint.Verdict{}
	c.must(c.DB.View(c.t.Context(), func(tx *db.Tx) error {
		points, err := letter.PointsOf(tx, p.ID)
		for _, point := range points {
			out[point.Key()] = v
		}
		return err
	}))
	return out
}

// LettersOf are the letters of a problem.
func (c *City) LettersOf(p problem.Problem) (all []letter.Letter) {
	c.t.Helper()
	c.must(c.DB.View(c.t.Context(), func(tx *db.Tx) (err error) { all, err = letter.Of(tx, p.ID); return err }))
	return all
}

// Clock is the city's, for pages.
func (c *City) Clock() time.Time { return c.Now.In(calendar.China) }
