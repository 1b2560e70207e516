// Package identitytest makes people for tests: real accounts, grants and sessions on a
// real database, with passwords that cost little to hash.
package identitytest

import (
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/password"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/engine/identity/totp"
)

// made counts colleagues of all offices, so that a login is free in a copy of a database, too.
var made atomic.Int64

// Password is everybody's.
const Password = "小河边的 Station8 有热水"

// Office is the people of a database.
type Office struct {
	*identity.Service
	t testing.TB
}

// Open opens the people of a database that has identity.Schema and record.Schema.
func Open(t testing.TB, d *db.DB, systems ...right.Declaration) *Office {
	t.Helper()
	policy := identity.Plain
	policy.Method = password.Method{Name: password.Argon2id.Name, MemoryKiB: 64, Passes: 1}
	s, err := identity.Open(t.Context(), d, identity.Options{
		Catalogue: right.NewCatalogue(append([]right.Declaration{right.People}, systems...)...),
		Policy:    policy, KeyFile: filepath.Join(t.TempDir(), "people.key"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return Of(t, s)
}

// Of is the people of a service that the test opened itself.
func Of(t testing.TB, s *identity.Service) *Office {
	t.Helper()
	return &Office{Service: s, t: t}
}

// Staff is these people, who are never away.
func (o *Office) Staff() identity.Staff {
	return func() (*identity.Service, error) { return o.Service, nil }
}

// Account makes somebody with roles over everything, or none, and returns their login.
func (o *Office) Account(roles ...string) (login string) {
	o.t.Helper()
	login, _ = o.account(everywhere(roles)...)
	return login
}

// SignIn is Account for somebody who is signed in; it returns their session's token.
func (o *Office) SignIn(roles ...string) (token string) {
	o.t.Helper()
	return o.SignInFor(everywhere(roles)...)
}

// SignInFor is SignIn for roles that are held over a part.
func (o *Office) SignInFor(grants ...identity.Giving) (token string) {
	o.t.Helper()
	_, token = o.account(grants...)
	return token
}

// ByDevice is SignInFor for a role that comes in by an invitation of one device.
func (o *Office) ByDevice(g identity.Giving) (token string) {
	o.t.Helper()
	_, inv, err := o.Invitations.Invite(o.t.Context(), identity.CommandLine, identity.Somebody{Name: "某某"}, g)
	if err != nil {
		o.t.Fatal(err)
	}
	in, err := o.Invitations.Bind(o.t.Context(), inv.Token, inv.Code, "", "test")
	if err != nil {
		o.t.Fatal(err)
	}
	return in.Token
}

func everywhere(roles []string) []identity.Giving {
	gives := make([]identity.Giving, len(roles))
	for i, r := range roles {
		gives[i].Role = r
	}
	return gives
}

func (o *Office) account(grants ...identity.Giving) (login, token string) {
	o.t.Helper()
	ctx := o.t.Context()
	must := func(err error) {
		o.t.Helper()
		if err != nil {
			o.t.Fatal(err)
		}
	}
	login = "colleague-" + strconv.FormatInt(made.Add(1), 10)
	account, err := o.Accounts.Issue(ctx, identity.CommandLine, login, identity.Somebody{Name: "某某"})
	must(err)
	for _, g := range grants {
		g.Holder = account.Person
		_, err := o.Grants.Give(ctx, identity.CommandLine, g)
		must(err)
	}
	in, err := o.Entrance.SignIn(ctx, identity.Attempt{Login: login, Password: account.Password, Network: "test", Browser: "test"})
	must(err)
	who, err := o.Sessions.Who(ctx, in.Token)
	must(err)
	in, err = o.Entrance.ChangePassword(ctx, who, account.Password, Password, "test")
	must(err)
	if in.Must == identity.FactorDue {
		f, err := o.Entrance.NewFactor(ctx, o.Who(in.Token).Actor, "test")
		must(err)
		code, err := totp.Code(f.Secret, totp.Step(now()))
		must(err)
		in, _, err = o.Entrance.SetFactor(ctx, o.Who(in.Token).Actor, f.Secret, code, "test")
		must(err)
	}
	return login, in.Token
}

// now is what the database's clock says, too.
func now() time.Time { return time.Now() } //nolint:forbidigo // tests have no other clock that people share

// Who is who bears a session.
func (o *Office) Who(token string) identity.Colleague {
	o.t.Helper()
	who, err := o.Sessions.Who(o.t.Context(), token)
	if err != nil {
		o.t.Fatal(err)
	}
	return o.Colleague(who)
}

// Somebody makes somebody with roles over everything who is signed in.
func (o *Office) Somebody(roles ...string) identity.Colleague {
	o.t.Helper()
	return o.Who(o.SignIn(roles...))
}

// Program makes a program with a role over everything and returns its token.
func (o *Office) Program(role string) (token string) {
	o.t.Helper()
	token, _, err := o.Programs.Make(o.t.Context(), identity.CommandLine, "test", now().Add(time.Hour), identity.Giving{Role: role})
	if err != nil {
		o.t.Fatal(err)
	}
	return token
}
