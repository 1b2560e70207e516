// Package identity says who somebody is, and what they may do where.
//
//	people, err := identity.Open(ctx, d, identity.Options{Catalogue: c, Policy: identity.Plain, KeyFile: …})
//	in, err := people.Entrance.SignIn(ctx, identity.Attempt{Login: …, Password: …})
//	who, err := people.Sessions.Who(ctx, in.Token)       // at each request
//	grant, err := people.Authorize(tx, who, "station.edit", right.In(division))  // in each use case
//
// Its rooms know no database: right (rights, roles, scopes, doors), password, totp
// and seal. The design, and what was tried against it, is docs/adr/0010.
//
// A person has perhaps an account (login, password, second factor), perhaps devices
// that an invitation bound, and grants. Whoever comes in gets a session: a random
// token in their browser, its hash in a row, so it is listed, ends when it is idle or
// old, and can be ended by others, whichever process they ask.
//
// # Invariants
//
//   - Every change is one transaction that asks for its right inside and appends to
//     record. Signing in is two, with the hash between them; see signin.go.
//   - No token, password or code is stored: what has much entropy as SHA-256, what
//     has little under the key of the seal.
//   - Names and telephone numbers are sealed; the public part of an entry has no
//     person, not even by number (entries.go).
//   - Nothing a stranger may send tells whether a login exists, by words, by time or
//     by what is counted; nor does it lock anybody out (attempt.go).
//   - Nothing that bears a stamp from the future lets anybody in: the clock has been
//     moved back (see maxSkew).
//   - There is an account that can sign in for each role of which the last holder
//     stays (grant.go).
//
// The package owns the tables identity_…; they are small and on every shard.
package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/password"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/engine/identity/seal"
)

//go:embed schema
var files embed.FS

// Schema is the tables of people.
var Schema = db.SchemaIn("identity", files)

// Service is people. It is safe for concurrent use, and any number of processes may
// have one on the same database.
type Service struct {
	db        *db.DB
	catalogue *right.Catalogue
	policy    Policy
	keys      *seal.Ring
	hasher    *password.Hasher
	mark      string
	clock     func(*db.Tx) time.Time

	// Each noun has its use cases. They know each other through the Service.
	Entrance      Entrance
	Sessions      Sessions
	Devices       Devices
	Invitations   Invitations
	Persons       Persons
	Organisations Organisations
	Accounts      Accounts
	Grants        Grants
	Programs      Programs
	Notices       Notices
	Audit         Audit
	FirstStart    FirstStart
	Cast          Cast
	Keys          Keys
	Upkeep        Upkeep

	attempts attempts
}

// Options are what a Service is made from.
type Options struct {
	Catalogue *right.Catalogue
	Policy    Policy
	// KeyFile holds the keys of personal data. It is made where the database has
	// never had one; otherwise it has to be there.
	KeyFile string
	// Mark is a file that keeps how far the database had come when it was last seen,
	// so that an older one is known. Empty: nothing is kept.
	Mark string
}

// Open returns the people of a database whose tables are up to date. A key file that
// is missing, or another one than the data were sealed with, is a fault.Unavailable
// that says what to do.
func Open(ctx context.Context, d *db.DB, o Options) (*Service, error) {
	s := &Service{
		db: d, catalogue: o.Catalogue, policy: o.Policy, mark: o.Mark,
		hasher: password.NewHasher(o.Policy.Method, password.Turns()),
		clock:  (*db.Tx).Now,
	}
	if err := s.openKeys(ctx, o.KeyFile); err != nil {
		return nil, err
	}
	s.parts()
	KeepPrivate(d, o.KeyFile)
	return s, nil
}

// parts gives each noun its way to the others.
func (s *Service) parts() {
	s.Entrance, s.Sessions, s.Devices, s.Invitations = Entrance{s}, Sessions{s}, Devices{s}, Invitations{s}
	s.Persons, s.Organisations, s.Accounts, s.Grants = Persons{s}, Organisations{s}, Accounts{s}, Grants{s}
	s.Programs, s.Notices, s.FirstStart, s.Cast = Programs{s}, Notices{s}, FirstStart{s}, Cast{s}
	s.Keys, s.Upkeep, s.Audit = Keys{s}, Upkeep{s}, Audit{s}
	s.attempts = attempts{s}
}

// Catalogue is the rights and roles.
func (s *Service) Catalogue() *right.Catalogue { return s.catalogue }

// Policy is what the site asks of passwords and sessions.
func (s *Service) Policy() Policy { return s.policy }

// maxSkew is how far in the future a stamp may lie without the clock having been
// moved back: the machines of one site agree to less than that.
const maxSkew = 5 * time.Minute

// fromFuture reports whether a stamp was made by a clock that has been moved back
// since.
func fromFuture(stamp, now time.Time) bool { return stamp.After(now.Add(maxSkew)) }

// newID returns an id in the order of making.
func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("identity: %w", err)
	}
	return id.String(), nil
}

// newToken returns what only its bearer has, and what is kept of it: 130 bits, so
// that a plain hash will do.
func newToken() (token, hash string) {
	token = rand.Text()
	return token, hashOf(token)
}

// maxToken bounds what is hashed for somebody who is not known yet.
const maxToken = 200

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token[:min(len(token), maxToken)]))
	return hex.EncodeToString(sum[:])
}
