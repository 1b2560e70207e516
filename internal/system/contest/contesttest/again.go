package contesttest

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/engine/identity/password"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// open opens the hall of a database under the policy of a hall, with its keys in a folder.
func open(t testing.TB, d *db.DB, folder string) *Hall {
	t.Helper()
	h := &Hall{t: t, DB: d, folder: folder, Seats: seat.In(d), Events: event.In(d)}
	policy := identity.Hall
	policy.Method = password.Method{Name: password.Argon2id.Name, MemoryKiB: 64, Passes: 1}
	s, err := identity.Open(t.Context(), d, identity.Options{Catalogue: right.NewCatalogue(right.People, contest.Rights), Policy: policy, KeyFile: filepath.Join(folder, "people.key")})
	h.Must(err)
	h.People, h.Halls = identitytest.Of(t, s), hall.In(d, h.Facts)
	return h
}

// signedIn has everybody whose session there is.
func (h *Hall) signedIn() {
	for i, who := range []*identity.Colleague{&h.Organiser, &h.Keeper, &h.Another, &h.Supervisor, &h.Host, &h.Both, &h.Stranger} {
		*who = h.People.Who(h.tokens[i])
	}
	for _, token := range h.tokens[7:] {
		h.Judges = append(h.Judges, h.People.Who(token))
	}
}

// Token is the session of somebody of the hall, as a browser shows it.
func (h *Hall) Token(who identity.Colleague) string {
	h.t.Helper()
	for _, token := range h.tokens {
		if h.People.Who(token).Person == who.Person {
			return token
		}
	}
	h.t.Fatal("nobody of the hall")
	return ""
}

// kept is what another process needs to go on with a hall.
type kept struct {
	Tokens, Numbers []string
}

const keptFile = "hall.json"

func (h *Hall) keep() {
	text, err := json.Marshal(kept{h.tokens, h.Numbers})
	h.Must(err)
	h.Must(os.WriteFile(filepath.Join(h.folder, keptFile), text, 0o600))
}

// Again opens the hall that another process, or another time of this one, has opened in a folder.
func Again(t testing.TB, d *db.DB, folder string) *Hall {
	t.Helper()
	h := open(t, d, folder)
	text, err := os.ReadFile(filepath.Join(folder, keptFile))
	h.Must(err)
	var k kept
	h.Must(json.Unmarshal(text, &k))
	h.tokens, h.Numbers = k.Tokens, k.Numbers
	h.signedIn()
	return h
}

// Ctx is the context of a use case.
func (h *Hall) Ctx() context.Context {
	if h.Told == nil {
		return h.t.Context()
	}
	return db.Before(h.t.Context(), h.Told)
}
