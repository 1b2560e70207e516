package identity_test

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
)

// model is what a clerk's sessions and role should be, said as simply as possible.
type model struct {
	seen, ends map[string]time.Time // by token
	role       string               // the grant in force
	closed     bool
	word       string
}

func (m *model) alive(token string, now time.Time) bool {
	return now.Before(m.ends[token]) && now.Sub(m.seen[token]) < identity.Plain.Idle
}

// TestSessionsFollowTheModel does at random what a clerk and their administrators may,
// with time passing, and holds each session and what it may do against the model.
func TestSessionsFollowTheModel(t *testing.T) {
	few := flag.Lookup("rapid.checks")
	if before := few.Value.String(); before == "100" { // each begins with an account and its hash
		_ = few.Value.Set("25")
		t.Cleanup(func() { _ = few.Value.Set(before) })
	}
	w := found(t, dbtest.Open(t, dbtest.SQLite(t), schemas...), identity.Plain)
	runs := 0
	rapid.Check(t, func(r *rapid.T) {
		runs++
		login := fmt.Sprint("clerk", runs)
		m := &model{seen: map[string]time.Time{}, ends: map[string]time.Time{}, word: good}
		w.refresh()
		person := w.clerk(login)
		network := "net of " + login
		var tokens []string
		signIn := func(word string) (identity.SignedIn, error) {
			return w.Entrance.SignIn(t.Context(), identity.Attempt{Login: login, Password: word, Network: network})
		}
		add := func(token string) {
			tokens = append(tokens, token)
			m.seen[token], m.ends[token] = w.now(), w.now().Add(identity.Plain.Absolute)
		}
		end := func(but string) {
			for _, k := range tokens {
				if k != but {
					m.ends[k] = time.Time{}
				}
			}
		}
		pick := func() string { return rapid.SampledFrom(tokens).Draw(r, "session") }
		r.Repeat(map[string]func(*rapid.T){
			"sign in": func(r *rapid.T) {
				in, err := signIn(m.word)
				if (err == nil) == m.closed {
					r.Fatal(m.closed, err)
				}
				if err == nil {
					add(in.Token)
				} else {
					w.pass(16 * time.Minute) // who is shut out counts as a wrong guess, and brings a delay
				}
			},
			"sign in wrongly": func(r *rapid.T) {
				if _, err := signIn("x"); err == nil {
					r.Fatal("let in")
				}
				w.pass(16 * time.Minute) // past any delay, so that the next is looked at
			},
			"sign out": func(*rapid.T) {
				if len(tokens) > 0 {
					k := pick()
					w.must(w.Sessions.SignOut(t.Context(), k))
					m.ends[k] = time.Time{}
				}
			},
			"time passes": func(r *rapid.T) { w.pass(time.Duration(rapid.IntRange(1, 150).Draw(r, "minutes")) * time.Minute) },
			"change the password": func(r *rapid.T) {
				if len(tokens) == 0 {
					return
				}
				k := pick()
				me, err := w.Sessions.Who(t.Context(), k)
				if err != nil {
					return // "" looks after it
				}
				next := fmt.Sprint("一个新的密码 Number ", w.now().Unix(), len(tokens))
				in, err := w.Entrance.ChangePassword(t.Context(), me, m.word, next, "")
				if err != nil {
					r.Fatal(err)
				}
				end("")
				m.word = next
				add(in.Token)
			},
			"close or reopen": func(*rapid.T) {
				w.refresh()
				if m.closed {
					w.must(w.Accounts.Reopen(t.Context(), w.accounts, person))
				} else {
					w.must(w.Accounts.Close(t.Context(), w.accounts, person, ""))
					end("")
				}
				m.closed = !m.closed
			},
			"end all": func(*rapid.T) {
				w.refresh()
				w.must(w.Sessions.EndAll(t.Context(), w.accounts, person))
				end("")
			},
			"give or take": func(*rapid.T) {
				w.refresh()
				var err error
				if m.role == "" {
					m.role, err = w.Grants.Give(t.Context(), w.grants, identity.Giving{Holder: person, Role: "station.office"})
				} else {
					err, m.role = w.Grants.Revoke(t.Context(), w.grants, m.role, ""), ""
				}
				w.must(err)
			},
			"": func(r *rapid.T) {
				for _, k := range tokens {
					alive := m.alive(k, w.now())
					me, err := w.Sessions.Who(t.Context(), k)
					if (err == nil) != alive {
						r.Fatalf("alive %v: %v", alive, err)
					}
					if !alive {
						m.ends[k] = time.Time{}
						continue
					}
					m.seen[k] = w.now()
					if err := w.authorize(me, "station.edit", right.Place{}); (err == nil) != (m.role != "") {
						r.Fatalf("role %q: %v", m.role, err)
					}
				}
			},
		})
	})
}

// refresh signs the two administrators in anew, so that they have just been asked.
func (w *town) refresh() {
	w.t.Helper()
	w.accounts, w.grants = w.enrol2("amina"), w.enrol2("bai")
}
