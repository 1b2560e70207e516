package db

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"time"
)

// Tx is a transaction under way. It belongs to the function it was given to:
// one goroutine, and not after the function has returned.
type Tx struct {
	ctx    context.Context
	now    time.Time
	engine string
	run    runner
	rows   *sql.Rows // an Each under way
	failed error     // the first statement that failed
	ended  bool
	heard  func() // told of every row; nil where nobody listens
	db     *DB
	waits  []deferred // see Query.Later
	kept   map[any]any
	watch  func(Asked)
	before func(text string) // see Before
}

// deferred is a statement that waits for the next one.
type deferred struct {
	*statement
	text string
	args []any
}

// A pipeline executes several statements in one round trip.
type pipeline interface {
	execAll(ctx context.Context, all []deferred) error
}

// later executes a statement at once where that costs no round trip.
func (tx *Tx) later(w deferred) error {
	if err := tx.open(); err != nil {
		return err
	}
	tx.tell(w.text)
	if _, ok := tx.run.(pipeline); ok {
		tx.waits = append(tx.waits, w)
		return nil
	}
	_, err := tx.run.exec(tx.ctx, w.text, w.args)
	return tx.doom(err)
}

// flush executes what waits.
func (tx *Tx) flush() error {
	if len(tx.waits) == 0 {
		return nil
	}
	all := tx.waits
	tx.waits = nil
	return tx.doom(tx.run.(pipeline).execAll(tx.ctx, all))
}

// Attached returns what was attached to the database under a key, or nil.
func (tx *Tx) Attached(key any) any {
	v, _ := tx.db.attached.Load(key)
	return v
}

// Keep keeps a value for the rest of the transaction under a key of a package's own type: what a use case asks for each
// row that it writes, and is the same for all. Nil takes it away, as whoever changes it must.
func (tx *Tx) Keep(key, value any) {
	if tx.kept == nil {
		tx.kept = map[any]any{}
	}
	tx.kept[key] = value
}

// Kept returns what was kept, or nil.
func (tx *Tx) Kept(key any) any { return tx.kept[key] }

// next goes to the next row, and tells whoever listens that there is one.
func (tx *Tx) next(rows *sql.Rows) bool {
	if !rows.Next() {
		return false
	}
	if tx.heard != nil {
		tx.heard()
	}
	return true
}

// A runner executes statements on one engine's transaction.
type runner interface {
	exec(ctx context.Context, text string, args []any) (int64, error)
	query(ctx context.Context, text string, args []any) (*sql.Rows, error)
	// execEach executes text once for each list of arguments, without waiting
	// for one before sending the next where the engine is across a network.
	execEach(ctx context.Context, text string, lists iter.Seq2[[]any, error]) (int64, error)
}

type inside struct{}

// newTx starts the view of a transaction. Statements run under work: on the
// SQLite writer that is a context without cancellation, since an interrupted
// statement would take the whole group's transaction with it.
func newTx(ctx context.Context, engine string, run runner) *Tx {
	now, rehearsed := ctx.Value(rehearsal{}).(time.Time)
	if !rehearsed {
		now = time.Now()
	}
	watch, _ := ctx.Value(watching{}).(func(Asked))
	before, _ := ctx.Value(beforehand{}).(func(string))
	return &Tx{
		watch:  watch,
		before: before,
		ctx:    context.WithValue(ctx, inside{}, true),
		now:    now.UTC().Truncate(time.Microsecond),
		engine: engine,
		run:    run,
	}
}

type rehearsal struct{}

// Rehearse has the transactions of a context be at a time: a month can be played through, as a demo
// and the tests of periods do. What a site does for anybody else has the clock's own time.
func Rehearse(ctx context.Context, at time.Time) context.Context {
	return context.WithValue(ctx, rehearsal{}, at)
}

type beforehand struct{}

// Before has a test told of each statement of the transactions of a context before it is sent, and with an empty text before
// they end: a process can be killed between any two.
func Before(ctx context.Context, told func(text string)) context.Context {
	return context.WithValue(ctx, beforehand{}, told)
}

func (tx *Tx) tell(text string) {
	if tx.before != nil {
		tx.before(text)
	}
}

// Context returns the context of the use case.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Now returns the time of the transaction: one for all of it, UTC, in whole
// microseconds.
func (tx *Tx) Now() time.Time { return tx.now }

var (
	errNested = errors.New("a statement inside the Each of another: collect with Slice first")
	errEnded  = errors.New("the transaction has ended")
)

// ready says whether a statement may run now, and runs before it what waits.
func (tx *Tx) ready() error {
	if err := tx.open(); err != nil {
		return err
	}
	return tx.flush()
}

// open says whether the transaction takes statements.
func (tx *Tx) open() error {
	switch {
	case tx.ended:
		return errEnded
	case tx.failed != nil:
		return tx.failed
	case tx.rows != nil:
		// PostgreSQL has one conversation per connection.
		return errNested
	}
	return tx.ctx.Err()
}

func (tx *Tx) exec(text string, args []any) (int64, error) {
	if err := tx.ready(); err != nil {
		return 0, err
	}
	tx.tell(text)
	n, err := tx.run.exec(tx.ctx, text, args)
	return n, tx.doom(err)
}

func (tx *Tx) execEach(text string, lists iter.Seq2[[]any, error]) (int64, error) {
	if err := tx.ready(); err != nil {
		return 0, err
	}
	if tx.before != nil {
		all := lists
		lists = func(yield func([]any, error) bool) {
			for args, err := range all {
				tx.tell(text)
				if !yield(args, err) {
					return
				}
			}
		}
	}
	n, err := tx.run.execEach(tx.ctx, text, lists)
	return n, tx.doom(err)
}

func (tx *Tx) query(text string, args []any) (*sql.Rows, error) {
	if err := tx.ready(); err != nil {
		return nil, err
	}
	if tx.watch != nil {
		tx.watch(Asked{text, args})
	}
	tx.tell(text)
	rows, err := tx.run.query(tx.ctx, text, args)
	if err != nil {
		return nil, tx.doom(err)
	}
	tx.rows = rows
	return rows, nil
}

// doom remembers that a statement failed.
func (tx *Tx) doom(err error) error {
	if err == nil {
		return nil
	}
	err = explain(err)
	if tx.failed == nil {
		tx.failed = err
	}
	return err
}

// done closes what was read and reports the end of the rows.
func (tx *Tx) done(rows *sql.Rows) error {
	err := rows.Err()
	if e := rows.Close(); err == nil {
		err = e
	}
	tx.rows = nil
	return tx.doom(err)
}

// do runs the use case and returns what decides between commit and rollback.
func (tx *Tx) do(f func(*Tx) error) error {
	defer func() {
		tx.ended = true
		if tx.rows != nil {
			_ = tx.rows.Close() // of an iterator that was never run to its end
		}
	}()
	if err := f(tx); err != nil {
		return err
	}
	if tx.failed != nil {
		return tx.failed
	}
	if err := tx.ctx.Err(); err != nil {
		return err
	}
	if len(tx.waits) > 0 && tx.rows != nil {
		_ = tx.done(tx.rows) // one conversation, as above
	}
	err := tx.flush()
	if err == nil {
		tx.tell("")
	}
	return err
}
