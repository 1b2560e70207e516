package identity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
)

// attempt is an attempt from a network of its own.
func attempt(login, word string) identity.Attempt {
	return identity.Attempt{Login: login, Password: word, Network: "net of " + login, Browser: "test"}
}

// A session that somebody put into a browser before its owner signs in opens nothing
// afterwards, at no level.
func TestAFixedSession(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		w.clerk("eve")
		eve, err := w.Entrance.SignIn(t.Context(), attempt("eve", good))
		w.must(err)
		a := attempt("amina", good)
		a.Former = eve.Token // eve's, in amina's browser
		half, err := w.Entrance.SignIn(t.Context(), a)
		w.must(err)
		if half.Level != identity.Half || half.Token == eve.Token {
			t.Fatal(half)
		}
		_, err = w.Sessions.Who(t.Context(), eve.Token)
		w.is(err, fault.Denied, "ended")
		w.is(w.authorize(w.who(half.Token), right.Accounts, right.Place{}), fault.Denied, "One step is missing")
		full, err := w.Entrance.GiveCode(t.Context(), half.Token, w.code("amina"), "test")
		w.must(err)
		if full.Token == half.Token {
			t.Error("the token of the half session is that of the whole")
		}
		_, err = w.Sessions.Who(t.Context(), half.Token)
		w.is(err, fault.Denied, "Sign in")
		w.must(w.authorize(w.who(full.Token), right.Accounts, right.Place{}))
		_, err = w.Entrance.GiveCode(t.Context(), full.Token, w.code("amina"), "test")
		w.is(err, fault.Conflict, "waits for no code")
	})
}

func TestSessionsEnd(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		person := w.clerk("dawa")
		in, err := w.Entrance.SignIn(t.Context(), attempt("dawa", good))
		w.must(err)
		for range 5 { // it lives while it is used, and is seen to
			w.pass(identity.Plain.Idle - time.Minute)
			w.who(in.Token)
		}
		w.pass(identity.Plain.Absolute - 5*identity.Plain.Idle + 5*time.Minute)
		_, err = w.Sessions.Who(t.Context(), in.Token)
		w.is(err, fault.Denied, "has ended")
		if !identity.NeedsSignIn(err) || identity.AskAgain(err) {
			t.Error("signing in does not mend it:", err)
		}

		in, err = w.Entrance.SignIn(t.Context(), attempt("dawa", good))
		w.must(err)
		w.pass(identity.Plain.Idle)
		_, err = w.Sessions.Who(t.Context(), in.Token)
		w.is(err, fault.Denied, "away for long")

		// Two browsers: each is listed, one ends the other, from another process.
		here, err := w.Entrance.SignIn(t.Context(), attempt("dawa", good))
		w.must(err)
		there, err := w.Entrance.SignIn(t.Context(), attempt("dawa", good))
		w.must(err)
		me := w.who(here.Token)
		all, err := w.Sessions.List(t.Context(), me, person)
		w.must(err)
		if len(all) != 2 || !all[0].Present || all[1].Present || all[1].Device != "test" {
			t.Errorf("%+v", all)
		}
		w.must(w.process().Sessions.End(t.Context(), me, all[1].ID))
		_, err = w.Sessions.Who(t.Context(), there.Token)
		w.is(err, fault.Denied, "has ended")
		_, err = w.Sessions.List(t.Context(), me, w.accounts.Person)
		w.is(err, fault.Denied, "lack")
		w.is(w.Sessions.End(t.Context(), me, w.accounts.Session), fault.Denied, "lack")

		w.must(w.Sessions.SignOut(t.Context(), here.Token))
		w.must(w.Sessions.SignOut(t.Context(), here.Token))
		_, err = w.Sessions.Who(t.Context(), here.Token)
		w.is(err, fault.Denied, "has ended")
		w.is(w.authorize(me, "station.read", right.Place{}), fault.Denied, "has ended")
		for _, bad := range []string{"", "x", strings.Repeat("x", 10_000), here.Token + "x"} {
			_, err = w.Sessions.Who(t.Context(), bad)
			w.is(err, fault.Denied, "Sign in")
		}
	})
}

// Sign in on one process, act on another, be seen on the first, sign out everywhere.
func TestTwoProcesses(t *testing.T) {
	for name, engine := range map[string]func(testing.TB) string{db.SQLite: dbtest.SQLite, db.Postgres: dbtest.Postgres} {
		t.Run(name, func(t *testing.T) { twoProcesses(t, engine(t)) })
	}
}

func twoProcesses(t *testing.T, dsn string) {
	t.Helper()
	w := found(t, dbtest.Open(t, dsn, schemas...), identity.Plain)
	second, err := identity.Open(t.Context(), dbtest.Open(t, dsn, schemas...), w.opt)
	w.must(err)
	second.SetClock(w.now)
	person := w.clerk("dawa", identity.Giving{Role: "station.office"})
	one, err := w.Entrance.SignIn(t.Context(), attempt("dawa", good))
	w.must(err)
	two, err := second.Entrance.SignIn(t.Context(), attempt("dawa", good))
	w.must(err)
	me, err := second.Sessions.Who(t.Context(), one.Token)
	w.must(err)
	w.must(w.db.Update(t.Context(), func(tx *db.Tx) error {
		_, err := second.Authorize(tx, me, "station.edit", right.Place{})
		return err
	}))
	w.must(second.Sessions.EndAll(t.Context(), me, person))
	w.who(one.Token) // the one that asks stays
	_, err = w.Sessions.Who(t.Context(), two.Token)
	w.is(err, fault.Denied, "ended")
	w.must(w.Sessions.EndAll(t.Context(), w.accounts, person))
	for _, s := range []*identity.Service{w.Service, second} {
		_, err = s.Sessions.Who(t.Context(), one.Token)
		w.is(err, fault.Denied, "was ended")
	}
}

func TestAGraveActAsksAgain(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		w.must(w.authorize(w.accounts, right.Accounts, right.Place{}))
		w.pass(identity.Plain.Fresh + time.Second)
		_, _, err := w.Accounts.Add(t.Context(), w.accounts, "dawa", identity.Somebody{Name: "达瓦"})
		w.is(err, fault.Denied, "once more")
		if !identity.AskAgain(err) || identity.NeedsSignIn(err) {
			t.Error("asking again does not mend it:", err)
		}
		w.is(w.Entrance.Confirm(t.Context(), w.accounts, "000000"), fault.Denied, "wrong")
		w.is(w.Entrance.Confirm(t.Context(), w.accounts, good), fault.Denied, "wrong") // a stolen password is not the phone
		w.fresh("amina", w.accounts)
		w.clerk("dawa")
		// Who has no second factor is asked for the password.
		in, err := w.Entrance.SignIn(t.Context(), attempt("dawa", good))
		w.must(err)
		w.is(w.Entrance.Confirm(t.Context(), w.who(in.Token), other), fault.Denied, "wrong")
		w.must(w.Entrance.Confirm(t.Context(), w.who(in.Token), good))
		for range identity.Plain.Free {
			err = w.Entrance.Confirm(t.Context(), w.who(in.Token), other)
		}
		w.is(err, fault.Denied, "wrong")
		w.is(w.Entrance.Confirm(t.Context(), w.who(in.Token), good), fault.Denied, "Too many")
	})
}

func TestAChangedPasswordShutsOthersOut(t *testing.T) {
	each(t, identity.Level3, func(t *testing.T, w *town) {
		w.clerk("dawa")
		me := w.enrol("dawa")
		thief, err := w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "dawa", Password: good, Code: w.code("dawa"), Network: "elsewhere"})
		w.must(err)
		if thief.Level != identity.Full || thief.Device == "" {
			t.Fatal(thief)
		}
		_, err = w.Entrance.ChangePassword(t.Context(), me, other, "另一个 Password 密码 7", "")
		w.is(err, fault.Denied, "present password is wrong")
		_, err = w.Entrance.ChangePassword(t.Context(), me, good, "short", "")
		w.is(err, fault.Invalid, "too short")
		in, err := w.Entrance.ChangePassword(t.Context(), me, good, other, "")
		w.must(err)
		w.who(in.Token)
		_, err = w.Sessions.Who(t.Context(), thief.Token)
		w.is(err, fault.Denied, "ended")
		devices, err := w.Devices.List(t.Context(), w.who(in.Token), me.Person)
		w.must(err)
		if len(devices) != 1 {
			t.Errorf("the thief's device is known: %+v", devices)
		}
		_, err = w.Entrance.ChangePassword(t.Context(), w.who(in.Token), other, good, "")
		w.is(err, fault.Invalid, "may be used again")
		inv, err := w.Accounts.Reset(t.Context(), w.accounts, me.Person, false)
		w.must(err)
		w.is(w.Invitations.Accept(t.Context(), inv.Token, inv.Code, "n", other), fault.Invalid, "may be used again")
		third := "桥头的 Bench10 有插座"
		w.must(w.Invitations.Accept(t.Context(), inv.Token, inv.Code, "n", third))
		w.pass(91 * 24 * time.Hour) // a password of level 3 runs out
		in, err = w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "dawa", Password: third, Code: w.code("dawa"), Network: "n"})
		w.must(err)
		if in.Must != identity.PasswordDue || in.Level != identity.Bare {
			t.Error(in)
		}
	})
}

// The clock goes back by a day: what began in the future that never was is ended,
// what waits does not wait for ever, and who signs in anew is let in.
func TestAClockMovedBack(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		w.clerk("dawa")
		early, err := w.Entrance.SignIn(t.Context(), attempt("dawa", good))
		w.must(err)
		w.pass(48 * time.Hour) // wrongly
		_, err = w.Sessions.Who(t.Context(), early.Token)
		w.is(err, fault.Denied, "has ended")
		late, err := w.Entrance.SignIn(t.Context(), attempt("dawa", good))
		w.must(err)
		_, inv, err := w.addKeeper("station/7")
		w.must(err)
		for range identity.Plain.Free + 3 {
			_, err = w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "dawa", Password: "x", Network: "guesser"})
		}
		w.is(err, fault.Denied, "Too many")
		f, err := w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "amina", Password: good, Code: w.code("amina"), Network: "n"})
		w.must(err)
		if f.Level != identity.Full {
			t.Error(f)
		}

		w.pass(-48 * time.Hour)
		_, err = w.Sessions.Who(t.Context(), late.Token)
		w.is(err, fault.Denied, "clock was moved back")
		_, err = w.Sessions.Who(t.Context(), early.Token) // it had ended, and stays so
		w.is(err, fault.Denied, "has ended")
		_, err = w.Invitations.Bind(t.Context(), inv.Token, inv.Code, "", "phone")
		w.is(err, fault.NotFound, "")
		_, err = w.Entrance.SignIn(t.Context(), attempt("dawa", good))
		w.must(err)
		// A code of today is no code used: it is another step.
		f, err = w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "amina", Password: good, Code: w.code("amina"), Network: "n"})
		w.must(err)
		if f.Level != identity.Full {
			t.Error("a clock moved back locks out of the second factor:", f)
		}
		_, err = w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "dawa", Password: "x", Network: "guesser"})
		w.is(err, fault.Denied, "Too many")
		w.pass(identity.Plain.MaxDelay + time.Second)
		_, err = w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "dawa", Password: good, Network: "guesser"})
		w.must(err)
		_, err = w.Upkeep.Beat(t.Context())
		w.must(err)
	})
}

// addKeeper invites a keeper from the command line.
func (w *town) addKeeper(subject string) (string, identity.Invitation, error) {
	return w.Invitations.Invite(w.t.Context(), identity.CommandLine, identity.Somebody{Name: "店长", Phone: "13912345678"},
		identity.Giving{Role: "station.keeper", Scope: right.Scope{Division: division(w.t, "630102"), Subject: subject}})
}

func TestAnInvitationBindsOneDevice(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		person, inv, err := w.Invitations.Invite(t.Context(), w.office(), identity.Somebody{Name: "店长"},
			identity.Giving{Role: "station.keeper", Scope: right.Scope{Division: division(t, "630102"), Subject: "station/7"}})
		w.must(err)
		for range 3 { // opening, as often as one browser likes, binds nothing
			o, err := w.Invitations.Open(t.Context(), inv.Token, "preview robot")
			w.must(err)
			if !o.Device || !o.Ends.Equal(inv.Ends) || o.Ends.Sub(w.now()) > 72*time.Hour {
				t.Error(o)
			}
		}
		_, err = w.Invitations.Bind(t.Context(), inv.Token, "", "", "phone")
		w.is(err, fault.Denied, "code is wrong")
		w.is(w.Invitations.Accept(t.Context(), inv.Token, inv.Code, "n", good), fault.NotFound, "no good")
		in, err := w.Invitations.Bind(t.Context(), inv.Token, inv.Code[:3]+" "+inv.Code[3:], "", "phone")
		w.must(err)
		keeper := w.who(in.Token)
		w.must(w.authorize(keeper, "station.keep", right.In(division(t, "630102"), "station/7")))
		w.is(w.authorize(keeper, "station.keep", right.In(division(t, "630102"), "station/8")), fault.Denied, "")
		_, err = w.Invitations.Bind(t.Context(), inv.Token, inv.Code, "", "a second phone")
		w.is(err, fault.NotFound, "used")
		// Whatever its person is given besides, a device opens nothing that wants a password.
		_, err = w.Grants.Give(t.Context(), w.grants, identity.Giving{Holder: person, Role: "station.office"})
		w.must(err)
		w.is(w.authorize(keeper, "station.edit", right.Place{}), fault.Denied, "lack")
		if len(w.who(in.Token).Grants) != 1 {
			t.Error("the office's role counts at the door")
		}
		forged := keeper
		forged.Person = w.accounts.Person
		w.is(w.authorize(forged, right.Accounts, right.Place{}), fault.Denied, "Sign in")
		w.must(w.Grants.Revoke(t.Context(), w.grants, w.held(person)[1].ID, ""))
		// Months later it still is the way in; a lost one is revoked.
		for range 5 {
			w.pass(30 * 24 * time.Hour)
			w.who(in.Token)
		}
		w.is(w.Entrance.Confirm(t.Context(), keeper, good), fault.Denied, "")
		devices, err := w.Devices.List(t.Context(), keeper, person)
		w.must(err)
		w.must(w.Devices.Revoke(t.Context(), keeper, devices[0].ID))
		_, err = w.Sessions.Who(t.Context(), in.Token)
		w.is(err, fault.Denied, "was ended")
		again, err := w.Invitations.Again(t.Context(), identity.CommandLine, person)
		w.must(err)
		_, err = w.Invitations.Bind(t.Context(), again.Token, again.Code, "", "new phone")
		w.must(err)
	})
}

func (w *town) held(person string) []identity.Held {
	w.t.Helper()
	held, err := w.Grants.Of(w.t.Context(), w.audit, person)
	w.must(err)
	return held
}

func (w *town) office() identity.Actor {
	w.t.Helper()
	w.clerk("office", identity.Giving{Role: "station.office"})
	return w.enrol("office")
}

func TestASecondOpeningTellsTheInviter(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		office := w.office()
		_, inv, err := w.Invitations.Invite(t.Context(), office, identity.Somebody{Name: "店长"},
			identity.Giving{Role: "station.keeper", Scope: right.Scope{Subject: "station/7"}})
		w.must(err)
		told := func() []identity.Notice {
			n, err := w.Notices.Unseen(t.Context(), office)
			w.must(err)
			return n
		}
		open := func(browser string) {
			_, err := w.Invitations.Open(t.Context(), inv.Token, browser)
			w.must(err)
		}
		open("keeper")
		open("keeper")
		if n := told(); len(n) != 0 {
			t.Error(n)
		}
		open("somebody else")
		open("a third")
		if n := told(); len(n) != 1 || n[0].Kind != "identity.invitation-opened-again" || n[0].Subject != "invitation/"+inv.ID {
			t.Error(n)
		}
		w.must(w.Notices.See(t.Context(), office))
		if n := told(); len(n) != 0 {
			t.Error(n)
		}
		_, err = w.Invitations.Bind(t.Context(), inv.Token, inv.Code, "", "phone") // it is still the keeper's
		w.must(err)
		_, err = w.Invitations.Open(t.Context(), inv.Token, "somebody late")
		w.is(err, fault.NotFound, "used")
	})
}

func TestAnInvitationEnds(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		_, inv, err := w.addKeeper("station/1")
		w.must(err)
		for range 4 {
			_, err = w.Invitations.Bind(t.Context(), inv.Token, "000 00", "", "")
			w.is(err, fault.Denied, "code is wrong")
		}
		_, err = w.Invitations.Bind(t.Context(), inv.Token, "12", "", "")
		w.is(err, fault.NotFound, "no good")
		_, err = w.Invitations.Bind(t.Context(), inv.Token, inv.Code, "", "")
		w.is(err, fault.NotFound, "no good")

		person, inv, err := w.addKeeper("station/2")
		w.must(err)
		newer, err := w.Invitations.Again(t.Context(), identity.CommandLine, person)
		w.must(err)
		_, err = w.Invitations.Bind(t.Context(), inv.Token, inv.Code, "", "")
		w.is(err, fault.NotFound, "no good")
		w.pass(72 * time.Hour)
		_, err = w.Invitations.Bind(t.Context(), newer.Token, newer.Code, "", "")
		w.is(err, fault.NotFound, "run out")

		_, inv, err = w.addKeeper("station/3")
		w.must(err)
		w.must(w.Invitations.Withdraw(t.Context(), identity.CommandLine, inv.ID))
		_, err = w.Invitations.Open(t.Context(), inv.Token, "b")
		w.is(err, fault.NotFound, "no good")
		_, err = w.Invitations.Open(t.Context(), "no such", "b")
		w.is(err, fault.NotFound, "no good")
	})
}

// Two phones give link and code at the same moment: one is bound.
func TestTwoPhonesOneLink(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		person, inv, err := w.addKeeper("station/1")
		w.must(err)
		errs := make(chan error, 4)
		for range cap(errs) {
			go func() { _, err := w.Invitations.Bind(t.Context(), inv.Token, inv.Code, "", "phone"); errs <- err }()
		}
		bound := 0
		for range cap(errs) {
			if err := <-errs; err == nil {
				bound++
			}
		}
		devices, err := w.Devices.List(t.Context(), w.audit, person)
		w.must(err)
		if bound != 1 || len(devices) != 1 {
			t.Errorf("%d bound, %d devices", bound, len(devices))
		}
	})
}
