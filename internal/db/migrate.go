package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/xiadu/xiadu/internal/fault"
)

// Schema is the tables of one owner: numbered goose files (0001_visit.sql …)
// at the root of FS, in the DDL common to both engines. Every table bears the
// owner's name and an underscore in front, and <owner>_migration keeps the
// version.
type Schema struct {
	Owner string
	FS    fs.FS
}

// SchemaIn is the schema of an owner whose files are in the folder schema of what it embeds. It
// belongs at package level.
func SchemaIn(owner string, files fs.FS) Schema {
	sub, err := fs.Sub(files, "schema")
	if err != nil {
		panic(err) // the name is not a valid path
	}
	return Schema{Owner: owner, FS: sub}
}

// gooseTarget is where migrations run.
type gooseTarget struct {
	dialect goose.Dialect
	db      *sql.DB
	options []goose.ProviderOption

	readOnly bool
}

// Migrate brings the tables of the given owners to the version of this binary.
// A database made by a newer binary is a fault.Unavailable and stays untouched.
func (d *DB) Migrate(ctx context.Context, schemas ...Schema) error {
	err := d.store.goose(ctx, func(t gooseTarget) error {
		for _, s := range schemas {
			if err := t.up(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range schemas {
		if !slices.ContainsFunc(d.schemas, func(o Schema) bool { return o.Owner == s.Owner }) {
			d.schemas = append(d.schemas, s)
		}
	}
	return nil
}

func (t gooseTarget) up(ctx context.Context, s Schema) error {
	p, err := t.provider(s)
	if err != nil {
		return fmt.Errorf("db: migrate %s: %w", s.Owner, err)
	}
	current, last, err := t.versions(ctx, s.Owner, p)
	if err != nil {
		return explain(fmt.Errorf("db: migrate %s: %w", s.Owner, err))
	}
	if current > last {
		return faultNewer(s.Owner, current, last)
	}
	if current == last {
		return nil
	}
	if t.readOnly {
		return faultOldReadOnly(s.Owner)
	}
	if _, err := p.Up(ctx); err != nil {
		return explain(fmt.Errorf("db: migrate %s: %w", s.Owner, err))
	}
	return nil
}

// versions asks for the version itself before goose does, which takes a table
// that cannot be read for one that is not there.
func (t gooseTarget) versions(ctx context.Context, owner string, p *goose.Provider) (current, last int64, err error) {
	var version sql.NullInt64
	err = t.db.QueryRowContext(ctx, "SELECT max(version_id) FROM "+quoted(owner+"_migration")).Scan(&version)
	switch {
	case err == nil:
	case absent.FindString(err.Error()) == "":
		return 0, 0, err
	case t.readOnly:
		return 0, 0, faultOldReadOnly(owner)
	}
	return p.GetVersions(ctx)
}

func (t gooseTarget) provider(s Schema) (*goose.Provider, error) {
	options := append([]goose.ProviderOption{
		goose.WithTableName(s.Owner + "_migration"),
		goose.WithDisableGlobalRegistry(true),
		goose.WithLogger(goose.NopLogger()),
	}, t.options...)
	return goose.NewProvider(t.dialect, t.db, s.FS, options...)
}

func faultNewer(owner string, has, knows int64) error {
	return fault.New(fault.Unavailable,
		"数据由更新版本的程序写成（%[1]s 第 %[2]d 版，本程序只识别到第 %[3]d 版）。请升级程序后再打开。",
		"The data was written by a newer version of the program (%[1]s version %[2]d, this one knows %[3]d). Upgrade the program, then open it again.",
		owner, has, knows)
}

// goose migrates over a connection of its own, since the writer's is taken. One
// process migrates at a time: the lock is on the folder, because closing any
// handle of the database file itself would drop SQLite's own locks on it.
func (s *sqliteStore) goose(ctx context.Context, f func(gooseTarget) error) error {
	if s.writer == nil {
		return f(gooseTarget{dialect: goose.DialectSQLite3, db: s.readDB, readOnly: true})
	}
	return locked(ctx, s.path, func() error {
		own, err := sql.Open("sqlite", sqliteName(s.path, "_txlock=immediate"))
		if err != nil {
			return fmt.Errorf("db: migrate: %w", err)
		}
		own.SetMaxOpenConns(1)
		err = f(gooseTarget{dialect: goose.DialectSQLite3, db: own})
		return errors.Join(err, own.Close())
	})
}

func (s *postgresStore) goose(_ context.Context, f func(gooseTarget) error) error {
	// Replicas that start together migrate one after another.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return fmt.Errorf("db: migrate: %w", err)
	}
	return f(gooseTarget{dialect: goose.DialectPostgres, db: s.db, options: []goose.ProviderOption{goose.WithSessionLocker(locker)}})
}

func lockFolder(ctx context.Context, folder string) (unlock func(), err error) {
	f, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.Join(err, f.Close())
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), f.Close())
		}
	}
}
