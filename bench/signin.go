package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"

	"golang.org/x/crypto/argon2"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/password"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// signinEntry measures whole sign-ins, twice as many at once as there are processors, so
// that one waits for the disk while another is hashed, as on a busy morning: two durable
// transactions each, counted attempts, a session, a device and the entries of
// the log, all from browsers that were never seen before. The peer is the hash alone,
// at the same cost, as often as it goes: whatever else a sign-in does should be small
// beside it. The rounds are short and many: a round of ten seconds met other neighbours
// than the one before it, and said 1.24 once and 0.77 another time, where nothing above 1
// can be true.
func signinEntry() Entry {
	return Entry{
		Name: "sign-in", Unit: "sign-ins/s", Peer: "the bare argon2id of the same cost", Must: 0.9, Stretch: 0.97,
		Run: func(ctx context.Context) (Figures, error) {
			folder, err := os.MkdirTemp("", "xiadu-signin-")
			if err != nil {
				return Figures{}, err
			}
			defer os.RemoveAll(folder) //nolint:errcheck // the system cleans its own
			d, err := db.Open(ctx, filepath.Join(folder, "people.db"))
			if err != nil {
				return Figures{}, err
			}
			f, err := measureSignIns(ctx, d, filepath.Join(folder, "people.key"))
			return f, errors.Join(err, d.Close())
		},
	}
}

const (
	signinAccounts = 20
	signinsARound  = 40
	signinRounds   = 9
)

func measureSignIns(ctx context.Context, d *db.DB, key string) (Figures, error) {
	if err := d.Migrate(ctx, record.Schema, identity.Schema); err != nil {
		return Figures{}, err
	}
	people, err := identity.Open(ctx, d, identity.Options{Catalogue: right.NewCatalogue(right.People), Policy: identity.Plain, KeyFile: key})
	if err != nil {
		return Figures{}, err
	}
	issued := make([]identity.Issued, signinAccounts)
	for i := range issued {
		if issued[i], err = people.Accounts.Issue(ctx, identity.CommandLine, fmt.Sprintf("clerk%d", i), identity.Somebody{Name: "某"}); err != nil {
			return Figures{}, err
		}
	}
	var networks atomic.Int64
	ours := func() (float64, error) {
		return rate(func(i int) error {
			a := issued[i%len(issued)]
			in, err := people.Entrance.SignIn(ctx, identity.Attempt{Login: a.Login, Password: a.Password, Network: strconv.FormatInt(networks.Add(1), 10), Browser: "bench"})
			if err == nil && in.Token == "" {
				err = errors.New("nobody is signed in")
			}
			return err
		})
	}
	m, salt := password.Argon2id, make([]byte, 16)
	peer := func() (float64, error) {
		return rate(func(i int) error {
			argon2.IDKey([]byte(issued[i%len(issued)].Password), salt, m.Passes, m.MemoryKiB, 1, 32)
			return nil
		})
	}
	f, err := interleave(ctx, signinRounds, ours, peer)
	f.Note = fmt.Sprintf("%d KiB, %d passes; %d at once on SQLite, each from a network and a browser of its own; every one signed in", m.MemoryKiB, m.Passes, 2*runtime.GOMAXPROCS(0))
	return f, err
}

// rate does a round and returns how many a second were done.
func rate(f func(i int) error) (float64, error) {
	var next atomic.Int64
	var mu sync.Mutex
	var failed error
	took, err := seconds(wall, func() error {
		var g fault.Group
		for range 2 * runtime.GOMAXPROCS(0) {
			g.Go(func() {
				for {
					i := int(next.Add(1)) - 1
					if i >= signinsARound {
						return
					}
					if err := f(i); err != nil {
						mu.Lock()
						failed = errors.Join(failed, err)
						mu.Unlock()
						return
					}
				}
			})
		}
		g.Wait()
		return failed
	})
	return signinsARound / took, err
}
