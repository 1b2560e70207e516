package identity_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/password"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/engine/identity/totp"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

var schemas = []db.Schema{record.Schema, identity.Schema}

func TestQueries(t *testing.T) { dbtest.Prepare(t, schemas...) }

// town is a site under test: its people, its clock, and who founded it.
type town struct {
	*identity.Service
	t   testing.TB
	db  *db.DB
	opt identity.Options

	mu   sync.Mutex
	time time.Time

	accounts, grants, audit identity.Actor // the three administrators, just asked who they are
	secrets                 map[string]string
}

// quick hashes at a cost that a test can pay often.
func quick(p identity.Policy) identity.Policy {
	p.Method = password.Method{Name: p.Method.Name, Passes: 1}
	if p.Method.Name == password.Argon2id.Name {
		p.Method.MemoryKiB = 64
	}
	return p
}

func words(s string) lang.Text { return lang.Text{ZH: s, EN: s} }

var catalogue = right.NewCatalogue(right.People, right.Declaration{
	System: "station",
	Rights: []right.Right{
		{Key: "station.edit", Name: words("edit stations")},
		{Key: "station.keep", Name: words("keep a station")},
		{Key: "station.invite", Name: words("invite keepers")},
		{Key: "station.read", Name: words("read stations"), Read: true},
	},
	Roles: []right.Role{
		{Key: "station.office", Name: words("office"), Does: words("edits"), Rights: []string{"station.edit", "station.invite", "station.read"}},
		{Key: "station.keeper", Name: words("keeper"), Does: words("keeps"), Rights: []string{"station.keep"}, Way: right.ByDevice, Of: "station", Given: "station.invite"},
		{Key: "station.feed", Name: words("feed"), Does: words("reads"), Rights: []string{"station.read"}, Way: right.ByToken},
	},
})

// open makes a site on a database, without anybody.
func open(t testing.TB, d *db.DB, p identity.Policy) *town {
	t.Helper()
	dir := t.TempDir()
	w := &town{
		t: t, db: d, time: time.Date(2026, 11, 29, 1, 0, 0, 0, time.UTC), secrets: map[string]string{},
		opt: identity.Options{Catalogue: catalogue, Policy: quick(p), KeyFile: filepath.Join(dir, "people.key"), Mark: filepath.Join(dir, "people.turn")},
	}
	w.Service = w.process()
	return w
}

// process is another process on the same database and key, with the same clock.
func (w *town) process() *identity.Service {
	w.t.Helper()
	s, err := identity.Open(context.Background(), w.db, w.opt)
	if err != nil {
		w.t.Fatal(err)
	}
	s.SetClock(w.now)
	return s
}

func (w *town) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.time
}

func (w *town) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.time = w.time.Add(d)
}

const (
	good  = "小河边的 Station8 有热水"
	other = "山那边的 Canteen9 有面片"
)

// found makes the three administrators, each signed in with a second factor.
func found(t testing.TB, d *db.DB, p identity.Policy) *town {
	t.Helper()
	w := open(t, d, p)
	first, err := w.FirstStart.Address(t.Context())
	w.must(err)
	made, err := w.FirstStart.SetUp(t.Context(), first, "net", founder("amina", "阿米娜"), good, founder("bai", "白玛"), founder("chen", "陈静"))
	w.must(err)
	for i, inv := range made.Invitations {
		w.must(w.Invitations.Accept(t.Context(), inv.Token, inv.Code, "net", good), i)
	}
	w.accounts, w.grants, w.audit = w.enrol("amina"), w.enrol("bai"), w.enrol("chen")
	return w
}

func founder(login, name string) identity.Founder {
	return identity.Founder{Login: login, Somebody: identity.Somebody{Name: name}}
}

func (w *town) must(err error, about ...any) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(append([]any{err}, about...)...)
	}
}

// is fails the test unless err is a fault of a kind whose English says something.
func (w *town) is(err error, kind fault.Kind, says string) {
	w.t.Helper()
	en, _ := fault.In(lang.EN, err)
	if fault.KindOf(err) != kind || !strings.Contains(en, says) {
		w.t.Errorf("got %v, want kind %d saying %q", err, kind, says)
	}
}

// enrol signs somebody in who has just got a password, and sets up what is due.
func (w *town) enrol(login string) identity.Actor {
	w.t.Helper()
	ctx := context.Background()
	in, err := w.Entrance.SignIn(ctx, identity.Attempt{Login: login, Password: good, Network: "net of " + login, Browser: "test"})
	w.must(err)
	if in.Level == identity.Full {
		return w.who(in.Token)
	}
	f, err := w.Entrance.NewFactor(ctx, w.who(in.Token), "Xiadu")
	w.must(err)
	w.secrets[login] = f.Secret
	in, _, err = w.Entrance.SetFactor(ctx, w.who(in.Token), f.Secret, w.code(login), "")
	w.must(err)
	if in.Level != identity.Full {
		w.t.Fatal(in)
	}
	return w.who(in.Token)
}

// code is what the phone of a login shows; the time goes on, so that the next differs.
func (w *town) code(login string) string {
	w.t.Helper()
	w.pass(30 * time.Second)
	c, err := totp.Code(w.secrets[login], totp.Step(w.now()))
	w.must(err)
	return c
}

func (w *town) who(token string) identity.Actor {
	w.t.Helper()
	a, err := w.Sessions.Who(context.Background(), token)
	w.must(err)
	return a
}

// fresh asks an administrator again.
func (w *town) fresh(login string, a identity.Actor) {
	w.t.Helper()
	w.must(w.Entrance.Confirm(context.Background(), a, w.code(login)))
}

// clerk makes an account with a role in a division, and its password.
func (w *town) clerk(login string, roles ...identity.Giving) string {
	w.t.Helper()
	ctx := context.Background()
	person, inv, err := w.Accounts.Add(ctx, w.accounts, login, identity.Somebody{Name: "某 " + login})
	w.must(err)
	w.must(w.Invitations.Accept(ctx, inv.Token, inv.Code, "net", good))
	for _, g := range roles {
		g.Holder = person
		_, err := w.Grants.Give(ctx, w.grants, g)
		w.must(err)
	}
	return person
}

func division(t testing.TB, code string) gb.Division {
	t.Helper()
	d, err := gb.Parse(code)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// each runs a test on both engines with a site that has been founded.
func each(t *testing.T, p identity.Policy, f func(t *testing.T, w *town)) {
	t.Helper()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) { f(t, found(t, d, p)) })
}

func (w *town) authorize(by identity.Actor, key string, p right.Place) error {
	return w.db.Update(context.Background(), func(tx *db.Tx) error { _, err := w.Authorize(tx, by, key, p); return err })
}

func TestAFirstStart(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d, identity.Plain)
		old, err := w.FirstStart.Address(t.Context())
		w.must(err)
		first, err := w.FirstStart.Address(t.Context())
		w.must(err)
		try := func(token string, others ...identity.Founder) error {
			_, err := w.FirstStart.SetUp(t.Context(), token, "net", founder("amina", "阿米娜"), good, others...)
			return err
		}
		w.is(try(old, founder("bai", "白"), founder("chen", "陈")), fault.Denied, "no good")
		w.is(try("", founder("bai", "白"), founder("chen", "陈")), fault.Denied, "no good")
		w.is(try(first), fault.Invalid, "three must be different")
		w.is(try(first, founder("bai", "白"), founder("bai", "陈")), fault.Conflict, "taken")
		w.pass(25 * time.Hour)
		w.is(try(first, founder("bai", "白"), founder("chen", "陈")), fault.Denied, "no good")
		first, err = w.FirstStart.Address(t.Context())
		w.must(err)
		w.must(try(first, founder("bai", "白"), founder("chen", "陈")))
		w.is(try(first, founder("b", "白"), founder("c", "陈")), fault.Denied, "was used")
		if again, err := w.FirstStart.Address(t.Context()); again != "" || err != nil {
			t.Error("there is another address:", again, err)
		}
		in, err := w.Entrance.SignIn(t.Context(), identity.Attempt{Login: " Ａmina ", Password: good, Network: "net"})
		w.must(err)
		if in.Level != identity.Bare || in.Must != identity.FactorDue {
			t.Error("an administrator without a second factor:", in)
		}
		w.is(w.authorize(w.who(in.Token), right.Accounts, right.Place{}), fault.Denied, "second factor")
	})
}

// A village's one laptop has one person for everything.
func TestAFirstStartInAHall(t *testing.T) {
	w := open(t, dbtest.Open(t, dbtest.SQLite(t), schemas...), identity.Hall)
	first, err := w.FirstStart.Address(t.Context())
	w.must(err)
	_, err = w.FirstStart.SetUp(t.Context(), first, "net", founder("amina", "阿米娜"), good)
	w.must(err)
	me := w.enrol("amina")
	for _, key := range []string{right.Accounts, right.Grants, right.Audit} {
		w.must(w.authorize(me, key, right.In(division(t, "630102"))))
	}
}

func TestWhoMayDoWhatWhere(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		east, west := division(t, "630102"), division(t, "630104")
		person := w.clerk("dawa", identity.Giving{Role: "station.office", Scope: right.Scope{Division: east}})
		dawa := w.enrol("dawa")
		w.must(w.authorize(dawa, "station.edit", right.In(east)))
		w.is(w.authorize(dawa, "station.edit", right.In(west)), fault.Denied, "in")
		w.is(w.authorize(dawa, right.Accounts, right.In(east)), fault.Denied, "lack")
		w.is(w.authorize(identity.Actor{}, "station.edit", right.In(east)), fault.Denied, "Sign in")
		w.is(w.authorize(identity.CommandLine, "station.edit", right.In(east)), fault.Denied, "Sign in")
		w.must(w.authorize(w.audit, "station.read", right.In(west)))
		w.is(w.authorize(w.audit, "station.edit", right.In(west)), fault.Denied, "lack")

		// Nobody gives to themselves, nor what they may not, nor beyond where they may.
		_, err := w.Grants.Give(t.Context(), w.grants, identity.Giving{Holder: w.grants.Person, Role: "station.office"})
		w.is(err, fault.Denied, "themselves")
		_, err = w.Grants.Give(t.Context(), w.accounts, identity.Giving{Holder: person, Role: "station.office"})
		w.is(err, fault.Denied, "lack")
		keeper := identity.Giving{Role: "station.keeper", Scope: right.Scope{Division: west, Subject: "station/7"}}
		_, _, err = w.Invitations.Invite(t.Context(), dawa, identity.Somebody{Name: "店长"}, keeper)
		w.is(err, fault.Denied, "lack")
		keeper.Scope.Division = east
		_, _, err = w.Invitations.Invite(t.Context(), dawa, identity.Somebody{Name: "店长"}, keeper)
		w.must(err)
		for _, g := range []identity.Giving{
			{Role: "station.nothing"},
			{Role: "station.keeper"},
			{Role: "station.keeper", Scope: right.Scope{Subject: "bank/7"}},
			{Role: "station.office", Scope: right.Scope{Subject: "station/7"}},
			{Role: "station.office", Until: w.now().Add(-time.Hour)},
			{Role: right.Auditor, Until: w.now().Add(time.Hour)},
			{Role: right.Auditor, From: w.now().Add(time.Hour)},
		} {
			g.Holder = person
			_, err := w.Grants.Give(t.Context(), w.grants, g)
			w.is(err, fault.Invalid, "")
		}

		// A grant ends by its time, and by being taken, also inside a request under way.
		id, err := w.Grants.Give(t.Context(), w.grants, identity.Giving{Holder: person, Role: "station.office", Scope: right.Scope{Division: west}, Until: w.now().Add(time.Minute)})
		w.must(err)
		w.must(w.authorize(dawa, "station.edit", right.In(west)))
		w.pass(time.Minute)
		w.is(w.authorize(dawa, "station.edit", right.In(west)), fault.Denied, "")
		w.must(w.Grants.Revoke(t.Context(), w.grants, id, "moved"))
		w.is(w.Grants.Revoke(t.Context(), w.grants, id, "moved"), fault.Conflict, "already")
		held, err := w.Grants.Of(t.Context(), w.audit, person)
		w.must(err)
		if len(held) != 2 || held[1].Why != "moved" || held[1].RevokedBy != w.grants.Person || held[0].RevokedAt != (time.Time{}) {
			t.Errorf("%+v", held)
		}
		_, err = w.Grants.Of(t.Context(), dawa, w.audit.Person)
		w.is(err, fault.Denied, "lack")
	})
}

func TestRolesThatAreApart(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		person := w.clerk("dawa", identity.Giving{Role: right.Auditor})
		for _, role := range []string{right.AccountsAdmin, right.GrantsAdmin} {
			_, err := w.Grants.Give(t.Context(), w.grants, identity.Giving{Holder: person, Role: role})
			w.is(err, fault.Conflict, "different people")
		}
	})
}

// Whoever keeps accounts cannot become who gives roles by resetting them.
func TestAdministratorsAreResetOnTheCommandLine(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		_, err := w.Accounts.Reset(t.Context(), w.accounts, w.grants.Person, true)
		w.is(err, fault.Denied, "xiadu people reset")
		_, err = w.Accounts.Reset(t.Context(), w.grants, w.accounts.Person, true)
		w.is(err, fault.Denied, "lack")
		_, err = w.Accounts.Reissue(t.Context(), w.accounts, "bai")
		w.is(err, fault.Denied, "command")
		out, err := w.Accounts.Reissue(t.Context(), identity.CommandLine, "bai")
		w.must(err)
		w.is(w.authorize(w.grants, right.Grants, right.Place{}), fault.Denied, "was ended")
		in, err := w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "bai", Password: out.Password, Network: "net"})
		w.must(err)
		if in.Must != identity.PasswordDue {
			t.Error("a password that was told need not be changed:", in)
		}
		in, err = w.Entrance.ChangePassword(t.Context(), w.who(in.Token), out.Password, other, "")
		w.must(err)
		if in.Must != identity.FactorDue {
			t.Error(in)
		}
	})
}

func TestTheLastAdministratorStays(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		for _, role := range []string{right.AccountsAdmin, right.GrantsAdmin, right.Auditor} {
			holder := map[string]identity.Actor{right.AccountsAdmin: w.accounts, right.GrantsAdmin: w.grants, right.Auditor: w.audit}[role]
			w.is(w.Grants.Revoke(t.Context(), w.grants, holder.Grants[0].ID, ""), fault.Conflict, "last")
			w.is(w.Accounts.Close(t.Context(), w.accounts, holder.Person, ""), fault.Conflict, "last")
			w.is(w.Persons.Leave(t.Context(), w.accounts, holder.Person, ""), fault.Conflict, "last")
		}
		// One who was invited and never came does not count.
		person, _, err := w.Accounts.Add(t.Context(), w.accounts, "dawa", identity.Somebody{Name: "达瓦"})
		w.must(err)
		_, err = w.Grants.Give(t.Context(), w.grants, identity.Giving{Holder: person, Role: right.Auditor})
		w.must(err)
		w.is(w.Persons.Leave(t.Context(), w.accounts, w.audit.Person, ""), fault.Conflict, "last")
		inv, err := w.Accounts.Reset(t.Context(), w.accounts, person, false)
		w.must(err)
		w.must(w.Invitations.Accept(t.Context(), inv.Token, inv.Code, "net", good))
		w.must(w.Persons.Leave(t.Context(), w.accounts, w.audit.Person, "retired"))
		w.is(w.authorize(w.audit, "station.read", right.Place{}), fault.Denied, "ended")
	})
}

// Two who remove each other at once: one of them stays, whichever it is.
func TestTwoWhoRemoveEachOther(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		person := w.clerk("dawa", identity.Giving{Role: right.GrantsAdmin})
		dawa := w.enrol("dawa")
		mine, theirs := w.grants.Grants[0].ID, dawa.Grants[0].ID
		errs := make(chan error, 2)
		go func() { errs <- w.Grants.Revoke(t.Context(), w.grants, theirs, "") }()
		go func() { errs <- w.Grants.Revoke(t.Context(), dawa, mine, "") }()
		a, b := <-errs, <-errs
		if (a == nil) == (b == nil) {
			t.Errorf("%v and %v", a, b)
		}
		left := 0
		for _, p := range []string{person, w.grants.Person} {
			held, err := w.Grants.Of(t.Context(), w.audit, p)
			w.must(err)
			for _, g := range held {
				if g.Role == right.GrantsAdmin && g.RevokedAt.IsZero() {
					left++
				}
			}
		}
		if left != 1 {
			t.Errorf("%d are left", left)
		}
	})
}

func TestAProgramsToken(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		east := right.Scope{Division: division(t, "630102")}
		ends := w.now().Add(48 * time.Hour)
		issue := func(by identity.Actor, ends time.Time, role string) (string, string, error) {
			return w.Programs.Make(t.Context(), by, "地图", ends, identity.Giving{Role: role, Scope: east})
		}
		_, _, err := issue(w.accounts, ends, "station.feed")
		w.is(err, fault.Denied, "lack")
		_, _, err = issue(w.grants, ends, "station.office")
		w.is(err, fault.Invalid, "a person's")
		_, _, err = issue(w.grants, w.now().Add(1000*24*time.Hour), "station.feed")
		w.is(err, fault.Invalid, "400 days")
		token, _, err := issue(w.grants, ends, "station.feed")
		w.must(err)
		program, err := w.Programs.Who(t.Context(), token)
		w.must(err)
		w.must(w.authorize(program, "station.read", right.In(east.Division)))
		w.is(w.authorize(program, "station.read", right.In(division(t, "630104"))), fault.Denied, "in")
		_, err = w.Sessions.Who(t.Context(), token)
		w.is(err, fault.Denied, "Sign in")
		_, err = w.Programs.Who(t.Context(), token[:len(token)-1])
		w.is(err, fault.Denied, "no good")
		_, second, err := issue(w.grants, ends, "station.feed")
		w.must(err)
		w.must(w.Programs.Revoke(t.Context(), w.grants, second))
		w.pass(48 * time.Hour)
		w.is(w.authorize(program, "station.read", right.In(east.Division)), fault.Denied, "run out")
	})
}

// Who keeps the accounts of one district sees and manages its people, and no others.
func TestPeopleOfAnotherDistrict(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		east, west := division(t, "630102"), division(t, "630104")
		person := func(login string, d gb.Division) string {
			id, inv, err := w.Accounts.Add(t.Context(), w.accounts, login, identity.Somebody{Name: login, Phone: "139 1234 5678", Division: d})
			w.must(err)
			w.must(w.Invitations.Accept(t.Context(), inv.Token, inv.Code, "net", good))
			return id
		}
		mine, theirs := person("mine", east), person("theirs", west)
		w.clerk("dawa", identity.Giving{Role: right.AccountsAdmin, Scope: right.Scope{Division: east}})
		dawa := w.enrol("dawa")
		all, err := w.Persons.List(t.Context(), dawa, "", 100)
		w.must(err)
		if len(all) != 1 || all[0].ID != mine {
			t.Errorf("%+v", all)
		}
		all, err = w.Persons.FindByPhone(t.Context(), dawa, "13912345678")
		w.must(err)
		if len(all) != 1 || all[0].ID != mine {
			t.Errorf("%+v", all)
		}
		_, err = w.Grants.Of(t.Context(), dawa, theirs)
		w.is(err, fault.Denied, "not where you are responsible")
		_, err = w.Sessions.List(t.Context(), dawa, theirs)
		w.is(err, fault.Denied, "not where you are responsible")
		_, err = w.Persons.Find(t.Context(), dawa, "theirs")
		w.is(err, fault.Denied, "not where you are responsible")
		w.is(w.Accounts.Close(t.Context(), dawa, theirs, ""), fault.Denied, "")
		w.is(w.Sessions.EndAll(t.Context(), dawa, theirs), fault.Denied, "")
		w.is(w.Persons.Change(t.Context(), dawa, mine, "", identity.Somebody{Name: "我", Division: west}), fault.Denied, "")
		_, _, err = w.Accounts.Add(t.Context(), dawa, "third", identity.Somebody{Name: "某", Division: west})
		w.is(err, fault.Denied, "")
		w.must(w.Accounts.Close(t.Context(), dawa, mine, "leave"))
	})
}
