package identity_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/totp"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

func TestAReplayedCode(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		code := w.code("amina")
		with := func(code string) identity.Level {
			in, err := w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "amina", Password: good, Code: code, Network: "n"})
			w.must(err)
			return in.Level
		}
		if l := with(code); l != identity.Full {
			t.Fatal(l)
		}
		if l := with(code); l != identity.Half {
			t.Error("a code was taken twice:", l)
		}
		// The same code from four browsers at once: one is let in.
		code = w.code("amina")
		levels := make(chan identity.Level, 4)
		for range cap(levels) {
			go func() {
				in, err := w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "amina", Password: good, Code: code, Network: "n"})
				if err != nil {
					t.Error(err)
				}
				levels <- in.Level
			}()
		}
		full := 0
		for range cap(levels) {
			if <-levels == identity.Full {
				full++
			}
		}
		if full != 1 {
			t.Errorf("one code let %d in", full)
		}
	})
}

func TestRecoveryCodesAreUsedOnce(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		in, err := w.Entrance.SignIn(t.Context(), attempt("amina", good))
		w.must(err)
		in, err = w.Entrance.GiveCode(t.Context(), in.Token, w.code("amina"), "test")
		w.must(err)
		f, err := w.Entrance.NewFactor(t.Context(), w.who(in.Token), "夏都")
		w.must(err)
		again, err := w.Entrance.NewFactor(t.Context(), w.who(in.Token), "夏都")
		w.must(err)
		if again != f {
			t.Error("a page that is loaded again orphans the secret that a phone has read")
		}
		w.secrets["amina"] = f.Secret
		in, codes, err := w.Entrance.SetFactor(t.Context(), w.who(in.Token), f.Secret, w.code("amina"), "")
		w.must(err)
		if len(codes) != 10 {
			t.Fatal(codes)
		}
		for i, want := range []identity.Level{identity.Full, identity.Half} {
			in, err := w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "amina", Password: good, Code: strings.ToLower(codes[3]), Network: "n"})
			w.must(err)
			if in.Level != want {
				t.Errorf("use %d: %v", i+1, in)
			}
		}
		if n, err := w.Entrance.RecoveryLeft(t.Context(), w.who(in.Token)); n != 9 || err != nil {
			t.Error(n, err)
		}
		w.pass(identity.Plain.Fresh + time.Second) // a stolen session does not take the factor over
		_, err = w.Entrance.NewFactor(t.Context(), w.who(in.Token), "夏都")
		w.is(err, fault.Denied, "once more")
		secret := totp.NewSecret()
		code, err := totp.Code(secret, totp.Step(w.now()))
		w.must(err)
		_, _, err = w.Entrance.SetFactor(t.Context(), w.who(in.Token), secret, code, "")
		w.is(err, fault.Denied, "once more")
	})
}

func TestWrongCodesEndAHalfSession(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		in, err := w.Entrance.SignIn(t.Context(), attempt("bai", good)) // a stranger who knows the password
		w.must(err)
		for range 4 {
			_, err = w.Entrance.GiveCode(t.Context(), in.Token, "000000", "")
			w.is(err, fault.Denied, "code is wrong")
		}
		_, err = w.Entrance.GiveCode(t.Context(), in.Token, "000000", "")
		w.is(err, fault.Denied, "has ended")
		again, err := w.Entrance.SignIn(t.Context(), attempt("bai", good))
		w.must(err)
		_, err = w.Entrance.GiveCode(t.Context(), again.Token, "000000", "")
		w.is(err, fault.Denied, "Too many")
		n, err := w.Notices.Unseen(t.Context(), w.grants)
		w.must(err)
		if len(n) != 1 || n[0].Kind != "identity.guessed-at" {
			t.Error("the owner is not told:", n)
		}
		w.pass(6 * time.Minute)
		_, err = w.Entrance.GiveCode(t.Context(), again.Token, w.code("bai"), "")
		w.is(err, fault.Denied, "") // five minutes were enough
	})
}

// Many at once are counted before any of them is hashed.
func TestGuessesAtOnceAreCounted(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		w.clerk("dawa")
		var looked sync.Map
		var wg sync.WaitGroup
		for i := range 24 {
			wg.Go(func() {
				_, err := w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "dawa", Password: fmt.Sprint("guess ", i), Network: "guesser"})
				if en, _ := fault.In(lang.EN, err); strings.Contains(en, "Login or password is wrong") {
					looked.Store(i, true)
				}
			})
		}
		wg.Wait()
		n := 0
		looked.Range(func(any, any) bool { n++; return true })
		if n > identity.Plain.Free {
			t.Errorf("%d guesses were looked at", n)
		}
	})
}

// A stranger guesses from many addresses for a day. No guess after the siege began is
// looked at, the owner's desk is not slowed, and a new browser of the owner's comes in
// with a code.
func TestBruteForceFromManyAddresses(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		desk, err := w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "bai", Password: good, Code: w.code("bai"), Network: "office"})
		w.must(err)
		if desk.Device == "" {
			t.Fatal("the desk is not known")
		}
		looked, besieged := 0, 0
		for i := range 120 {
			_, err := w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "bai", Password: fmt.Sprint("guess ", i), Network: fmt.Sprint("bot ", i)})
			en, _ := fault.In(lang.EN, err)
			switch {
			case strings.Contains(en, "Login or password is wrong"):
				looked++
			case strings.Contains(en, "Somebody keeps trying"):
				besieged++
			default:
				t.Fatal(err)
			}
		}
		if looked != identity.Plain.Siege || looked+besieged != 120 {
			t.Errorf("%d guesses were looked at, %d not", looked, besieged)
		}
		_, err = w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "bai", Password: good, Network: "bot"})
		w.is(err, fault.Denied, "Somebody keeps trying") // even the right one
		in, err := w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "bai", Password: good, Device: desk.Device, Code: w.code("bai"), Network: "office"})
		w.must(err)
		if in.Level != identity.Full {
			t.Error(in)
		}
		in, err = w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "bai", Password: good, Code: w.code("bai"), Network: "at home"})
		w.must(err)
		if in.Level != identity.Full {
			t.Error(in)
		}
		// A new browser at the office comes in without, but for its own wrong ones.
		_, err = w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "bai", Password: good, Network: "office"})
		w.must(err)
		// The log has one entry of it and the owner one notice, not a hundred.
		n, err := w.Notices.Unseen(t.Context(), w.grants)
		w.must(err)
		if len(n) != 1 {
			t.Errorf("%d notices", len(n))
		}
		w.pass(25 * time.Hour)
		_, err = w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "bai", Password: good, Network: "on the way"})
		w.must(err)
	})
}

// One who guesses behind the office's proxy slows down that login from there, and in
// the end the network, but no desk that is known.
func TestBruteForceBehindAProxy(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		w.clerk("dawa")
		w.clerk("ekh")
		desk, err := w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "dawa", Password: good, Network: "office"})
		w.must(err)
		for range identity.Plain.Free {
			_, err = w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "dawa", Password: "x", Network: "office"})
			w.is(err, fault.Denied, "is wrong")
		}
		_, err = w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "dawa", Password: good, Network: "office"})
		w.is(err, fault.Denied, "Too many")
		_, err = w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "ekh", Password: good, Network: "office"})
		w.must(err)
		_, err = w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "dawa", Password: good, Network: "office", Device: desk.Device})
		w.must(err)
		// Spraying one password over many logins.
		sprayed := 0
		for i := range 200 {
			_, err = w.Entrance.SignIn(t.Context(), identity.Attempt{Login: fmt.Sprintf("user%d", i), Password: "Password1", Network: "office"})
			if en, _ := fault.In(lang.EN, err); strings.Contains(en, "is wrong") {
				sprayed++
			}
			if i%20 == 19 { // an account of their own gives them no new start
				_, _ = w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "ekh", Password: good, Network: "office"})
			}
		}
		if sprayed > identity.Plain.NetworkFree {
			t.Errorf("%d of 200 were looked at", sprayed)
		}
		_, err = w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "dawa", Password: good, Network: "office", Device: desk.Device})
		w.must(err)
		_, err = w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "ekh", Password: good, Network: "office", Device: desk.Device}) // another's desk
		w.is(err, fault.Denied, "Too many")
		w.pass(identity.Plain.NetworkWindow)
		_, err = w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "ekh", Password: good, Network: "office"})
		w.must(err)
	})
}

// Delays double up to the longest and no further.
func TestDelaysGrow(t *testing.T) {
	w := found(t, dbtest.Open(t, dbtest.SQLite(t), schemas...), identity.Plain)
	var waits []time.Duration
	for range 14 {
		started := w.now()
		for {
			_, err := w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "nobody", Password: "x", Network: "n"})
			if en, _ := fault.In(lang.EN, err); !strings.Contains(en, "Too many") {
				break
			}
			w.pass(10 * time.Second)
		}
		waits = append(waits, w.now().Sub(started))
	}
	want := []time.Duration{0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900, 900}
	for i := range want {
		want[i] *= time.Second
	}
	if !slices.Equal(waits, want) {
		t.Errorf("waits %v", waits)
	}
}

// Whatever a stranger sends, a login that exists answers as one that does not.
func TestNamesAreNotToldByAnswers(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		closed, left := w.clerk("closed"), w.clerk("left")
		w.must(w.Accounts.Close(t.Context(), w.accounts, closed, "leave"))
		w.must(w.Persons.Leave(t.Context(), w.accounts, left, "gone"))
		_, _, err := w.Accounts.Add(t.Context(), w.accounts, "invited", identity.Somebody{Name: "某", Phone: "139 1234 5678"})
		w.must(err)
		answers := map[string][]string{}
		for _, login := range []string{"no such", "amina", "closed", "left", "invited", "13912345678", "13912345679", "", strings.Repeat("x", 100_000)} {
			for i := range 60 { // through delays and into the siege
				word := "x"
				if login == "closed" || login == "left" {
					word = good // even the right one
				}
				_, err := w.Entrance.SignIn(t.Context(), identity.Attempt{Login: login, Password: word, Network: fmt.Sprint(login[:min(9, len(login))], i/7), Code: "000000"})
				zh, ok := fault.In(lang.ZH, err)
				if !ok {
					t.Fatal(login, err)
				}
				answers[login] = append(answers[login], zh)
			}
		}
		for login, got := range answers {
			if !slices.Equal(got, answers["no such"]) {
				t.Errorf("%.20q answers otherwise", login)
			}
		}
	})
}

// The time of an answer tells nothing either: both kinds cost one hash. The medians of
// interleaved pairs are compared, at a real cost, so that a missing hash (a ratio
// above ten) cannot hide and a busy neighbour, who slows both, cannot disturb.
func TestNamesAreNotToldByTime(t *testing.T) {
	if testing.Short() {
		t.Skip("hashes a hundred passwords; run without -short")
	}
	w := found(t, dbtest.Open(t, dbtest.SQLite(t), schemas...), identity.Plain)
	w.opt.Policy = identity.Plain // the real cost
	s := w.process()
	in, err := s.Entrance.SignIn(t.Context(), attempt("amina", good)) // rehashes what was kept at the quick cost
	w.must(err)
	_ = in
	took := func(login string, i int) time.Duration {
		began := time.Now()
		_, err := s.Entrance.SignIn(t.Context(), identity.Attempt{Login: login, Password: "x", Network: strconv.Itoa(i)})
		if en, _ := fault.In(lang.EN, err); !strings.Contains(en, "is wrong") {
			t.Fatal(err)
		}
		return time.Since(began)
	}
	const pairs = 20
	var ratio float64
	for try := range 4 {
		var known, unknown []time.Duration
		for i := range pairs {
			known = append(known, took("amina", 1000*try+i))
			unknown = append(unknown, took(fmt.Sprint("unknown", i), 1000*try+i))
		}
		w.pass(25 * time.Hour) // no siege
		slices.Sort(known)
		slices.Sort(unknown)
		ratio = float64(known[pairs/2]) / float64(unknown[pairs/2])
		if 0.67 < ratio && ratio < 1.5 {
			return
		}
	}
	t.Errorf("a login that exists takes %.2f times as long as one that does not", ratio)
}

// A queue that is full counts nothing, and says so.
func TestACancelledSignInIsNotWrong(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		w.clerk("dawa")
		for range 20 {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := w.Entrance.SignIn(ctx, attempt("dawa", "x")); err == nil {
				t.Fatal("it was let in")
			}
		}
		_, err := w.Entrance.SignIn(t.Context(), attempt("dawa", good))
		w.must(err)
	})
}

// Nothing in the public part of the log names a person: not a name, a number, a login,
// a network, nor a person's id.
func TestNothingPersonalIsPublic(t *testing.T) {
	each(t, identity.Level3, func(t *testing.T, w *town) {
		person := w.clerk("dawa.tashi")
		office := w.office()
		_, inv, err := w.addKeeper("household/630102-0007")
		if err == nil {
			t.Fatal("a keeper of a household")
		}
		keeper, inv, err := w.addKeeper("station/7")
		w.must(err)
		_, err = w.Invitations.Open(t.Context(), inv.Token, "a")
		w.must(err)
		_, err = w.Invitations.Bind(t.Context(), inv.Token, inv.Code, "", "华为手机")
		w.must(err)
		for i := range 80 {
			_, err = w.Entrance.SignIn(t.Context(), identity.Attempt{Login: "dawa.tashi", Password: "x", Network: fmt.Sprint("10.1.2.", i)})
		}
		w.is(err, fault.Denied, "")
		w.must(w.Persons.Change(t.Context(), w.accounts, person, w.version(person), identity.Somebody{Name: "扎西达瓦", Phone: "13900001111"}))
		w.must(w.Persons.Leave(t.Context(), w.accounts, person, "退休了"))
		w.must(w.Persons.Erase(t.Context(), w.accounts, person))
		public := w.dump("record_entry")
		if len(public) < 20 {
			t.Fatal("there is no log:", public)
		}
		all := strings.Join(public, "\n")
		for _, secret := range []string{
			"阿米娜", "店长", "扎西", "13912345678", "13900001111", "dawa", "10.1.2", "华为", "退休", "station/7",
			person, keeper, office.Person, w.accounts.Person, w.grants.Person, inv.Token, inv.Code,
		} {
			if strings.Contains(all, secret) {
				t.Errorf("the public log has %q", secret)
			}
		}
		var tables []string
		for _, table := range []string{"identity_person", "identity_account", "identity_session", "identity_device", "identity_attempt", "identity_invitation", "identity_factor"} {
			tables = append(tables, w.dump(table)...)
		}
		rest := strings.Join(tables, "\n")
		for _, secret := range []string{"阿米娜", "店长", "扎西", "13912345678", "13900001111", "dawa.tashi", "10.1.2", inv.Token, inv.Code, good, w.secrets["amina"]} {
			if strings.Contains(rest, secret) {
				t.Errorf("the tables have %q as it is", secret)
			}
		}
	})
}

// dump returns a table's rows as the backup has them.
func (w *town) dump(table string) []string {
	w.t.Helper()
	var b strings.Builder
	w.must(w.db.Dump(context.Background(), &b))
	var rows []string
	in := false
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(line, "{") {
			in = strings.Contains(line, `"`+table+`"`)
			continue
		}
		if in {
			rows = append(rows, line)
		}
	}
	return rows
}
