package complainttest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
)

// kept is what another process needs to go on with a city.
type kept struct {
	Tokens []string // of the sessions of everybody, in their order
	Orgs   map[string]string
	Now    time.Time
}

func everybody(c *City) []*identity.Colleague {
	return []*identity.Colleague{&c.Clerk, &c.Unit, &c.Superior, &c.Checker, &c.Another, &c.Signer, &c.Leader, &c.Stranger}
}

func signedIn(c *City, g identity.Giving) identity.Colleague {
	c.t.Helper()
	token := c.People.SignInFor(g)
	who := c.People.Who(token)
	c.tokens[who.Person] = token
	return who
}

const keptFile = "city.json"

// Keep keeps in a city's folder what Again needs.
func Keep(c *City) {
	c.t.Helper()
	k := kept{Orgs: c.Orgs, Now: c.Now}
	for _, who := range everybody(c) {
		k.Tokens = append(k.Tokens, c.tokens[who.Person])
	}
	b, err := json.Marshal(k)
	c.must(err)
	c.must(os.WriteFile(filepath.Join(c.folder, keptFile), b, 0o600))
}

// Again opens a city that was kept, in its folder or a copy of that.
func Again(t testing.TB, d *db.DB, folder string) *City {
	t.Helper()
	c := open(t, d, folder, time.Nanosecond)
	b, err := os.ReadFile(filepath.Join(folder, keptFile))
	c.must(err)
	var k kept
	c.must(json.Unmarshal(b, &k))
	c.Orgs, c.Now = k.Orgs, k.Now
	for i, who := range everybody(c) {
		*who = c.People.Who(k.Tokens[i])
		c.tokens[who.Person] = k.Tokens[i]
	}
	return c
}
