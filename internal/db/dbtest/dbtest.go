// Package dbtest gives tests a real database of each engine.
//
//	dbtest.Each(t, []db.Schema{record.Schema}, func(t *testing.T, d *db.DB) { … })
//
// runs its function twice, in the subtests "sqlite" and "postgres", each on a
// fresh database with the schemas migrated. There are no mocks: a query that
// one engine refuses is found here and not by a user.
//
// PostgreSQL is the server named by XIADU_TEST_POSTGRES (a "postgres://" address
// whose user may create databases), so that a script can start one for all test
// binaries. Without it each binary starts a private server from the programs
// Debian installs under /usr/lib/postgresql; without those the subtest is skipped.
package dbtest

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
)

// Each runs f on a fresh database of each engine.
func Each(t *testing.T, schemas []db.Schema, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	for _, engine := range []struct {
		name string
		dsn  func(testing.TB) string
	}{{db.SQLite, SQLite}, {db.Postgres, Postgres}} {
		t.Run(engine.name, func(t *testing.T) {
			f(t, Open(t, engine.dsn(t), schemas...))
		})
	}
}

// SQLite returns the address of a database file that does not exist yet.
func SQLite(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "test.db")
}

// Open opens the database and migrates the schemas; it is closed with the test.
func Open(t testing.TB, dsn string, schemas ...db.Schema) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := d.Migrate(t.Context(), schemas...); err != nil {
		t.Fatal(err)
	}
	return d
}

// Prepare fails the test for every declared query of this binary that an engine
// refuses or whose columns are not those of its row struct. Each package that
// declares queries calls it once, with its own schemas.
func Prepare(t *testing.T, schemas ...db.Schema) {
	t.Helper()
	Each(t, schemas, func(t *testing.T, d *db.DB) {
		if err := d.Check(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
}

// Must returns a function that takes what a call returned and ends the test if that
// was an error.
func Must[T any](t testing.TB) func(v T, err error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
