package identity_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/engine/identity/seal"
	"github.com/xiadu/xiadu/internal/fault"
)

// The key file is gone: nothing starts and the message says what to do. When the loss
// is accepted accounts go on, names are empty and the phone is to be set up again.
func TestAKeyThatIsLost(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		kept, err := os.ReadFile(w.opt.KeyFile)
		w.must(err)
		w.is(identity.LoseKey(t.Context(), w.db, w.opt), fault.Conflict, "nothing is lost")
		w.must(os.Remove(w.opt.KeyFile))
		_, err = identity.Open(t.Context(), w.db, w.opt)
		w.is(err, fault.Unavailable, "xiadu people key --lost")

		// Another file with a key of the same number is not taken for it.
		_, err = seal.MakeRing(w.opt.KeyFile, seal.AES, 1)
		w.must(err)
		_, err = identity.Open(t.Context(), w.db, w.opt)
		w.is(err, fault.Unavailable, "not this database's")
		w.must(os.WriteFile(w.opt.KeyFile, kept, 0o600))
		w.process() // it was put back
		w.must(os.WriteFile(w.opt.KeyFile, []byte("a cat walked over it"), 0o600))
		_, err = identity.Open(t.Context(), w.db, w.opt)
		w.is(err, fault.Invalid, "cannot be understood")

		if t.Name() == "TestAKeyThatIsLost/sqlite" { // on the other engine it is there and unreadable
			w.must(os.Remove(w.opt.KeyFile))
		}
		w.must(identity.LoseKey(t.Context(), w.db, w.opt))
		w.Service = w.process()
		in, err := w.Entrance.SignIn(t.Context(), attempt("amina", good))
		w.must(err)
		if in.Must != identity.FactorDue {
			t.Error(in)
		}
		me := w.enrol("amina")
		all, err := w.Persons.List(t.Context(), me, "", 100)
		w.must(err)
		if len(all) != 3 || all[0].Name != "" || all[0].Login != "amina" {
			t.Errorf("%+v", all)
		}
		w.must(w.Persons.Change(t.Context(), me, me.Person, w.version(me.Person), identity.Somebody{Name: "阿米娜", Phone: "13912345678"}))
		found, err := w.Persons.FindByPhone(t.Context(), me, "+86 139-1234-5678")
		w.must(err)
		if len(found) != 1 || found[0].Name != "阿米娜" {
			t.Errorf("%+v", found)
		}
	})
}

// A key is rotated, to the national algorithms, while two processes add people and
// look for them by telephone: nobody is lost, nobody is unfound for a moment.
func TestAKeyRotatedWhileServing(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		second := w.process()
		phone := func(i int) string { return fmt.Sprintf("139%08d", i) }
		add := func(s *identity.Service, i int) error {
			_, _, err := s.Invitations.Invite(t.Context(), identity.CommandLine, identity.Somebody{Name: fmt.Sprint("店长", i), Phone: phone(i)},
				identity.Giving{Role: "station.keeper", Scope: right.Scope{Subject: fmt.Sprint("station/", i)}})
			return err
		}
		for i := range 40 {
			w.must(add(w.Service, i))
		}
		done, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		added := make([]int, 2)
		for n, s := range []*identity.Service{w.Service, second} {
			wg.Go(func() {
				for i := 0; done.Err() == nil && i < 300; i++ {
					if err := add(s, 1000*(n+1)+i); err != nil {
						t.Error(err)
						return
					}
					added[n]++
					found, err := s.Persons.FindByPhone(t.Context(), w.audit, phone(i%40))
					if err != nil || len(found) != 1 || found[0].Name != fmt.Sprint("店长", i%40) {
						t.Error(i, found, err)
						return
					}
				}
			})
		}
		time.Sleep(50 * time.Millisecond) // some are added before
		operator := w.process()
		_, _, err := operator.Keys.Rotate(t.Context(), w.accounts, seal.SM, false)
		w.is(err, fault.Denied, "command")
		number, rows, err := operator.Keys.Rotate(t.Context(), identity.CommandLine, seal.SM, false)
		w.must(err)
		stop()
		wg.Wait()
		if number != 2 || rows < 40 {
			t.Error(number, rows)
		}
		// Rows that were begun under the old key and committed after count as well.
		_, left, err := operator.Keys.Rotate(t.Context(), identity.CommandLine, seal.SM, true)
		w.must(err)
		if left != 0 {
			t.Errorf("%d rows were left under the old key", left)
		}
		for n := range added {
			for i := range added[n] {
				found, err := w.process().Persons.FindByPhone(t.Context(), w.audit, phone(1000*(n+1)+i))
				if err != nil || len(found) != 1 {
					t.Fatal(n, i, found, err)
				}
			}
		}
		in, err := w.Entrance.SignIn(t.Context(), attempt("amina", good)) // the factor was sealed anew, too
		w.must(err)
		_, err = w.Entrance.GiveCode(t.Context(), in.Token, w.code("amina"), "")
		w.must(err)
	})
}

// The other machine does not have the new key yet: it says so, writes nothing, and
// goes on when the file is there.
func TestAKeyThatAnotherMachineLacks(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		theirs := w.opt
		theirs.KeyFile += ".theirs"
		text, err := os.ReadFile(w.opt.KeyFile)
		w.must(err)
		w.must(os.WriteFile(theirs.KeyFile, text, 0o600))
		other, err := identity.Open(t.Context(), w.db, theirs)
		w.must(err)
		other.SetClock(w.now)
		identity.KeepPrivate(w.db, w.opt.KeyFile) // the two share one handle here, which machines do not
		_, _, err = w.Keys.Rotate(t.Context(), identity.CommandLine, seal.AES, false)
		w.must(err)
		_, _, err = other.Accounts.Add(t.Context(), w.accounts, "dawa", identity.Somebody{Name: "达瓦"})
		w.is(err, fault.Unavailable, "lacks key 2")
		_, err = other.Persons.List(t.Context(), w.audit, "", 10)
		w.is(err, fault.Unavailable, "lacks key 2")
		text, err = os.ReadFile(w.opt.KeyFile)
		w.must(err)
		w.must(os.WriteFile(theirs.KeyFile, text, 0o600))
		_, _, err = other.Accounts.Add(t.Context(), w.accounts, "dawa", identity.Somebody{Name: "达瓦"})
		w.must(err)
	})
}

// A rotation that was broken off goes on where it stopped.
func TestARotationBrokenOff(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		for i := range 30 {
			_, _, err := w.addKeeper(fmt.Sprint("station/", i))
			w.must(err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		go func() {
			for range 2 { // the key has changed, and the rest is to do
				time.Sleep(time.Millisecond)
			}
			cancel(errors.New("the power went"))
		}()
		_, _, err := w.Keys.Rotate(ctx, identity.CommandLine, seal.AES, false)
		if err == nil {
			t.Log("it was too quick to be broken off")
		}
		_, _, err = w.Keys.Rotate(t.Context(), identity.CommandLine, seal.AES, true)
		w.must(err)
		all, err := w.Persons.FindByPhone(t.Context(), w.audit, "13912345678")
		w.must(err)
		if len(all) != 30 {
			t.Errorf("%d of 30 are found", len(all))
		}
	})
}

// A backup is restored: who had signed out, and a link that was used, come back with it
// and are ended before anybody is let in.
func TestARestoreOfAnOlderDatabase(t *testing.T) {
	for name, engine := range map[string]func(testing.TB) string{db.SQLite: dbtest.SQLite, db.Postgres: dbtest.Postgres} {
		for _, told := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, told %v", name, told), func(t *testing.T) {
				w := found(t, dbtest.Open(t, engine(t), schemas...), identity.Plain)
				w.clerk("dawa")
				in, err := w.Entrance.SignIn(t.Context(), attempt("dawa", good))
				w.must(err)
				_, inv, err := w.addKeeper("station/7")
				w.must(err)
				older, err := w.Upkeep.Beat(t.Context())
				w.must(err)
				if older {
					t.Error("the first beat found an older database")
				}
				var backup bytes.Buffer
				w.must(w.db.Dump(t.Context(), &backup))
				w.must(w.Sessions.SignOut(t.Context(), in.Token))
				_, err = w.Invitations.Bind(t.Context(), inv.Token, inv.Code, "", "phone")
				w.must(err)
				older, err = w.Upkeep.Beat(t.Context())
				w.must(err)
				if older {
					t.Error("a newer database was taken for an older one")
				}

				w.db, err = db.Open(t.Context(), engine(t))
				w.must(err)
				t.Cleanup(func() { _ = w.db.Close() })
				w.must(w.db.Load(t.Context(), &backup, schemas...))
				if told { // the command says so; the machine is another one, without the mark
					w.must(identity.Restored(t.Context(), w.db))
					w.must(os.Remove(w.opt.Mark))
				}
				w.Service = w.process()
				older, err = w.Upkeep.Beat(t.Context())
				w.must(err)
				if older == told {
					t.Errorf("told %v, found %v", told, older)
				}
				_, err = w.Sessions.Who(t.Context(), in.Token)
				w.is(err, fault.Denied, "was restored")
				_, err = w.Invitations.Bind(t.Context(), inv.Token, inv.Code, "", "phone")
				w.is(err, fault.NotFound, "no good")
				w.is(w.authorize(w.accounts, right.Accounts, right.Place{}), fault.Denied, "was restored")
				w.enrol2("amina")
				if older, err = w.Upkeep.Beat(t.Context()); older || err != nil {
					t.Error("it was found twice", err)
				}
			})
		}
	}
}

// enrol2 signs somebody in who has a second factor.
func (w *town) enrol2(login string) identity.Actor {
	w.t.Helper()
	in, err := w.Entrance.SignIn(context.Background(), identity.Attempt{Login: login, Password: good, Code: w.code(login), Network: "n"})
	w.must(err)
	return w.who(in.Token)
}

func TestABeatSweeps(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		_, inv, err := w.addKeeper("station/7")
		w.must(err)
		w.pass(73 * time.Hour)
		_, err = w.Upkeep.Beat(t.Context())
		w.must(err)
		w.pass(-72 * time.Hour) // what has run out stays so
		_, err = w.Invitations.Bind(t.Context(), inv.Token, inv.Code, "", "phone")
		w.is(err, fault.NotFound, "")
		w.is(w.authorize(w.accounts, right.Accounts, right.Place{}), fault.Denied, "ended")
		w.must(os.WriteFile(w.opt.Mark, []byte("x"), 0o600))
		_, err = w.Upkeep.Beat(t.Context())
		w.is(err, fault.Unavailable, "cannot be understood")
		for _, row := range w.dump("identity_attempt") {
			if !strings.HasPrefix(row, `["k`) {
				t.Error("a count is kept for ever:", row)
			}
		}
	})
}

func TestAnErasedPersonIsGone(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		person := w.clerk("dawa")
		w.must(w.Persons.Change(t.Context(), w.accounts, person, w.version(person), identity.Somebody{Name: "达瓦", Phone: "0971-8211234"}))
		found, err := w.Persons.FindByPhone(t.Context(), w.audit, "09718211234")
		w.must(err)
		if len(found) != 1 {
			t.Error(found)
		}
		w.is(w.Persons.Erase(t.Context(), w.accounts, person), fault.Conflict, "active")
		w.must(w.Persons.Leave(t.Context(), w.accounts, person, ""))
		w.must(w.Persons.Erase(t.Context(), w.accounts, person))
		found, err = w.Persons.FindByPhone(t.Context(), w.audit, "09718211234")
		w.must(err)
		if len(found) != 0 || strings.Contains(strings.Join(w.dump("identity_account"), ""), "dawa") {
			t.Error("something is left", found)
		}
		w.is(w.Persons.Change(t.Context(), w.accounts, person, "", identity.Somebody{Name: "达瓦"}), fault.NotFound, "erased")
		w.is(w.Persons.Erase(t.Context(), w.accounts, person), fault.NotFound, "erased")
		_, err = w.Persons.Find(t.Context(), w.audit, person)
		w.is(err, fault.NotFound, "")
		for _, bad := range []identity.Somebody{{}, {Name: strings.Repeat("长", 61)}, {Name: "a\x07"}, {Name: "某", Phone: "12"}, {Name: "某", Phone: "phone"}} {
			_, _, err := w.Accounts.Add(t.Context(), w.accounts, "ekh", bad)
			w.is(err, fault.Invalid, "")
		}
		for _, bad := range []string{"", "1", "13912345678", "a b", "a@b", strings.Repeat("x", 41)} {
			_, _, err := w.Accounts.Add(t.Context(), w.accounts, bad, identity.Somebody{Name: "某"})
			w.is(err, fault.Invalid, "cannot be a login")
		}
	})
}

// A site that goes over to the national algorithms: keys, indexes and, at the next
// sign-in, passwords.
func TestTheNationalAlgorithms(t *testing.T) {
	each(t, identity.Level3, func(t *testing.T, w *town) {
		kept := func() string { return strings.Join(w.dump("identity_account"), "") }
		if n := strings.Count(kept(), "$argon2id$"); n != 3 {
			t.Errorf("%d of 3 passwords by argon2id", n)
		}
		w.opt.Policy = quick(identity.Commercial)
		w.Service = w.process()
		_, _, err := w.Keys.Rotate(t.Context(), identity.CommandLine, w.opt.Policy.Suite, false)
		w.must(err)
		w.enrol2("amina")
		w.enrol2("amina")
		if n := strings.Count(kept(), "$pbkdf2-sm3$"); n != 1 {
			t.Errorf("%d passwords by PBKDF2-SM3", n)
		}
		text, err := os.ReadFile(w.opt.KeyFile)
		w.must(err)
		if !strings.Contains(string(text), "\n2 sm ") || strings.Contains(strings.Join(w.dump("identity_person"), ""), `"1:`) {
			t.Error("something is under the old key")
		}
		fresh := found(t, dbtest.Open(t, dbtest.SQLite(t), schemas...), identity.Commercial)
		if text, err = os.ReadFile(fresh.opt.KeyFile); err != nil || !strings.Contains(string(text), "\n1 sm ") {
			t.Errorf("%s, %v", text, err)
		}
	})
}
