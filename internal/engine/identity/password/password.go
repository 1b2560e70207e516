// Package password hashes passwords and says which ones may be chosen.
//
//	h := password.NewHasher(password.Argon2id, password.Turns())
//	kept, err := h.Hash(ctx, client, chosen)
//	right, stale, err := h.Check(ctx, client, given, kept)
//
// A hash takes memory and a processor for a noticeable time; that is its point,
// and what a stranger would use to make a site stand still. So hashes take turns
// (shared.Queue): a few at once, one of a client, and few may wait. Who finds no
// place gets a fault.Unavailable and nothing has been computed.
//
// What is kept says how it was made, so the method may change: Check knows all of
// them and reports one that is not today's as stale, to be made anew while the
// password is at hand. Argon2id has the parameters that OWASP recommends first
// (19 MiB, two passes); PBKDF2 with HMAC-SM3 is for a site under 密评.
//
// The package keeps nothing and knows no database.
package password

import (
	"context"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/crypto/argon2"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/shared"
)

// Method is a way to hash and what it costs.
type Method struct {
	Name      string // argon2id or pbkdf2-sm3
	MemoryKiB uint32 // of argon2id
	Passes    uint32
}

// The methods that are in use.
var (
	Argon2id  = Method{Name: "argon2id", MemoryKiB: 19 << 10, Passes: 2}
	PBKDF2SM3 = Method{Name: "pbkdf2-sm3", Passes: 210_000}
)

const (
	saltBytes = 16
	hashBytes = 32
	// Bounds on what is read back, so that a forged row cannot take all memory.
	maxMemoryKiB = 1 << 20
	maxPasses    = 10_000_000
)

// String is how m is written in front of a hash.
func (m Method) String() string {
	if m.Name == PBKDF2SM3.Name {
		return fmt.Sprintf("$%s$i=%d", m.Name, m.Passes)
	}
	return fmt.Sprintf("$%s$v=%d$m=%d,t=%d,p=1", m.Name, argon2.Version, m.MemoryKiB, m.Passes)
}

// sum hashes a password in its normal form.
func (m Method) sum(given string, salt []byte) ([]byte, error) {
	s := Normal(given)
	if m.Name == PBKDF2SM3.Name {
		return pbkdf2.Key(sm3.New, s, salt, int(m.Passes), hashBytes)
	}
	return argon2.IDKey([]byte(s), salt, m.Passes, m.MemoryKiB, 1, hashBytes), nil
}

// Hasher hashes, in turns. It is safe for concurrent use.
type Hasher struct {
	method Method
	turns  *shared.Queue
	dummy  string
}

// Turns returns a queue that suits this machine.
func Turns() *shared.Queue {
	cpus := runtime.GOMAXPROCS(0)
	return shared.NewQueue(shared.Limits{AtOnce: cpus, EachAtOnce: max(1, cpus/2), Waiting: 64, ByClient: 8})
}

// NewHasher returns a Hasher that makes new hashes by the given method.
func NewHasher(m Method, turns *shared.Queue) *Hasher {
	// Nobody's password: what is checked where there is no account. Its sum is of no
	// password at all, and costs as much to compare as another.
	salt, sum := make([]byte, saltBytes), make([]byte, hashBytes)
	rand.Read(salt) // documented never to fail
	rand.Read(sum)
	return &Hasher{method: m, turns: turns, dummy: encode(m, salt, sum)}
}

// Nobody returns a hash that no password has, to be checked where there is no
// account, so that it takes as long as where there is one.
func (h *Hasher) Nobody() string { return h.dummy }

// Hash makes what is kept of a password. Client is whose turn it takes.
func (h *Hasher) Hash(ctx context.Context, client, chosen string) (string, error) {
	release, err := h.turn(ctx, client)
	if err != nil {
		return "", err
	}
	defer release()
	salt := make([]byte, saltBytes)
	rand.Read(salt) // documented never to fail
	sum, err := h.method.sum(chosen, salt)
	if err != nil {
		return "", fmt.Errorf("password: hash: %w", err)
	}
	return encode(h.method, salt, sum), nil
}

// Check reports whether a password is the one that was kept, and whether what is
// kept is to be made anew by today's method.
func (h *Hasher) Check(ctx context.Context, client, given, kept string) (right, stale bool, err error) {
	m, salt, want, err := decode(kept)
	if err != nil {
		return false, false, err
	}
	release, err := h.turn(ctx, client)
	if err != nil {
		return false, false, err
	}
	defer release()
	got, err := m.sum(given, salt)
	if err != nil {
		return false, false, fmt.Errorf("password: check: %w", err)
	}
	return subtle.ConstantTimeCompare(got, want) == 1, m != h.method, nil
}

func (h *Hasher) turn(ctx context.Context, client string) (func(), error) {
	release, err := h.turns.Take(ctx, shared.Asker{Client: client, Endpoint: "password"})
	if errors.Is(err, shared.ErrFull) || errors.Is(err, shared.ErrShare) {
		return nil, fault.New(fault.Unavailable, "现在登录的人太多，请过几秒再试。", "Many are signing in just now. Try again in a few seconds.").Because(err)
	}
	return release, err
}

func encode(m Method, salt, sum []byte) string {
	return m.String() + "$" + base64.RawStdEncoding.EncodeToString(salt) + "$" + base64.RawStdEncoding.EncodeToString(sum)
}

var errForm = errors.New("password: what is kept has no form that is known")

func decode(kept string) (m Method, salt, sum []byte, err error) {
	parts := strings.Split(kept, "$")
	switch {
	case len(parts) == 5 && parts[1] == PBKDF2SM3.Name:
		m.Name = parts[1]
		_, err = fmt.Sscanf(parts[2], "i=%d", &m.Passes)
	case len(parts) == 6 && parts[1] == Argon2id.Name && parts[2] == fmt.Sprintf("v=%d", argon2.Version):
		m.Name = parts[1]
		_, err = fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &m.MemoryKiB, &m.Passes)
	default:
		err = errForm
	}
	if err != nil || m.Passes == 0 || m.Passes > maxPasses || m.MemoryKiB > maxMemoryKiB {
		return m, nil, nil, errForm
	}
	salt, err = base64.RawStdEncoding.DecodeString(parts[len(parts)-2])
	if err == nil {
		sum, err = base64.RawStdEncoding.DecodeString(parts[len(parts)-1])
	}
	if err != nil || len(sum) != hashBytes {
		return m, nil, nil, errForm
	}
	return m, salt, sum, nil
}
