// Package db keeps the product's data in SQLite or PostgreSQL, behind one
// door: a use case is one transaction.
//
//	err := d.Update(ctx, func(tx *db.Tx) error { … })
//	err := d.View(ctx, func(tx *db.Tx) error { … })
//
// One SQL text serves both engines. Queries are declared at package level with
// [Declare], bind real parameters, and are prepared on both engines by one test
// (dbtest.Prepare). The tables of an owner (a system or an engine) are made by
// its [Schema] and bear its prefix: owner "station" has "station_visit".
//
// # What both engines promise
//
//   - A caller of Update returns only after its COMMIT is on disk.
//   - Transactions are serializable. View reads one snapshot, once.
//   - The function given to Update may run more than once: after a
//     serialisation failure (PostgreSQL) or when a neighbour in the same COMMIT
//     broke the transaction (SQLite). It acts through its Tx and on variables it
//     sets anew, on nothing else.
//   - A statement that fails dooms its use case, even when the error is dropped.
//     PostgreSQL works so; SQLite is held to it.
//   - Text is valid UTF-8 without NUL, since PostgreSQL stores no other. Anything
//     else is refused as invalid before it reaches an engine.
//   - Times are UTC and whole microseconds.
//
// # Columns
//
// The DDL common to both: TEXT, BIGINT, INTEGER, BOOLEAN, DOUBLE PRECISION,
// TIMESTAMP and BYTEA (SQLite keeps a blob as it is whatever a column is called;
// an empty one reads back as a nil slice there), CHECK, ON CONFLICT, RETURNING. Not arrays, ::casts, JSON operators, ILIKE,
// NOW(), sequences or triggers.
//
// # SQLite
//
// Each page of the file ends in a checksum (sqlite_sums.go), and a mark beside
// the file says which database it is and how far it has come (sqlite_mark.go):
// damage and exchange are refused, with a fault.Unavailable that says what to do.
// The table db_state is this package's own.
//
// One writer commits for a group of callers; see sqlite_commit.go. Another
// process, such as "xiadu import" beside "xiadu serve", may write as well: every
// writing transaction begins IMMEDIATE and waits for its turn.
package db

import (
	"context"
	"strings"
	"sync"

	"github.com/xiadu/xiadu/internal/fault"
)

// The engines, as [DB.Engine] names them.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine string
	store  store

	attached sync.Map // see Attach

	mu      sync.Mutex
	schemas []Schema // as migrated
	closed  bool
	calls   sync.WaitGroup
}

// A store is one of the two engines.
type store interface {
	update(ctx context.Context, f func(*Tx) error) error
	view(ctx context.Context, f func(*Tx) error) error
	goose(ctx context.Context, f func(gooseTarget) error) error
	close() error
}

// Open opens the database named by dsn: "sqlite:path" or a bare path (its
// folder is created), or a "postgres://" address, which may name several hosts.
// A database that cannot be reached or written is a fault.Unavailable, an
// address of another engine a fault.Invalid.
func Open(ctx context.Context, dsn string) (*DB, error) {
	var d DB
	var err error
	switch {
	case strings.HasPrefix(dsn, "postgres://"), strings.HasPrefix(dsn, "postgresql://"):
		d.engine = Postgres
		d.store, err = openPostgres(ctx, dsn)
	case strings.Contains(dsn, "://"): // the rest may hold a password
		scheme, _, _ := strings.Cut(dsn, "://")
		return nil, fault.New(fault.Invalid, "不认识 %s:// 这种数据库：请写文件路径，或 postgres://…", "%s:// is no database that is known here: write a file's path, or postgres://…", scheme)
	default:
		d.engine = SQLite
		d.store, err = openSQLite(ctx, strings.TrimPrefix(dsn, "sqlite:"))
	}
	if err != nil {
		return nil, err
	}
	return &d, nil
}

// Engine returns [SQLite] or [Postgres].
func (d *DB) Engine() string { return d.engine }

// Update runs f in one read-write transaction and returns when it is committed.
// An error or a panic of f rolls it back and reaches the caller. A full or
// failing disk is a fault.Unavailable, and nothing of f remains.
func (d *DB) Update(ctx context.Context, f func(*Tx) error) error {
	return d.call(ctx, f, d.store.update)
}

// View runs f, once, in a read-only transaction on one snapshot.
func (d *DB) View(ctx context.Context, f func(*Tx) error) error {
	return d.call(ctx, f, d.store.view)
}

func (d *DB) call(ctx context.Context, f func(*Tx) error, run func(context.Context, func(*Tx) error) error) error {
	if ctx.Value(inside{}) != nil {
		// On SQLite an Update inside an Update would wait for itself for ever.
		panic("db: a transaction inside a transaction")
	}
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return fault.New(fault.Unavailable, "数据库已关闭，服务正在停止。", "The database is closed: the service is stopping.")
	}
	d.calls.Add(1)
	d.mu.Unlock()
	defer d.calls.Done()
	if err := ctx.Err(); err != nil {
		return err
	}
	return run(ctx, func(tx *Tx) error {
		tx.db = d
		return f(tx)
	})
}

// Attach keeps a value with the database for a package that is handed nothing but
// transactions, under a key of a type of its own. A later one takes its place.
func (d *DB) Attach(key, value any) { d.attached.Store(key, value) }

// Close waits for the calls under way and closes the database. Later calls get
// a fault.Unavailable.
func (d *DB) Close() error {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return nil
	}
	d.closed = true
	d.mu.Unlock()
	d.calls.Wait()
	return d.store.close()
}
