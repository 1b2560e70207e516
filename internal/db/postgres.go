package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/xiadu/xiadu/internal/fault"
)

const (
	// Attempts at a transaction that PostgreSQL could not serialise. With the
	// growing pause between them they last about two seconds, which is as long
	// as a person waits before repeating.
	maxAttempts = 24
	maxPause    = 100 * time.Millisecond

	// Connections live briefly so that all move to a new primary soon after a
	// failover.
	connLife = 30 * time.Second
	maxConns = 32

	// How long a server that says nothing is waited for: it may take connections
	// and answer none (a stopped process, a network that swallows packets). A
	// page waits so long at most, and its write timeout (60 s) is further off.
	connectTime = 2 * time.Second
	beginTime   = 5 * time.Second  // for a connection and its BEGIN
	answerTime  = 30 * time.Second // for each statement, and between two rows

	// Statements sent before their answers are read: enough that the network's
	// delay no longer counts, few enough to keep in memory.
	batchLength = 1000
)

type postgresStore struct{ db *sql.DB }

func openPostgres(ctx context.Context, dsn string) (*postgresStore, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		// The error of pgx leaves the password out.
		return nil, fault.New(fault.Invalid,
			"PostgreSQL 地址无效。格式为 postgres://用户:密码@主机[,主机]/数据库。",
			"The PostgreSQL address is not valid. It is written postgres://user:password@host[,host]/database.").Because(err)
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTime
	}
	if len(config.Fallbacks) > 0 && config.ValidateConnect == nil {
		// Of several hosts one is the primary; the others would refuse writes.
		config.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	d := stdlib.OpenDB(*config)
	d.SetConnMaxLifetime(connLife)
	d.SetMaxOpenConns(maxConns)
	d.SetMaxIdleConns(maxConns / 2)
	if err := d.PingContext(ctx); err != nil {
		return nil, errors.Join(explain(fmt.Errorf("db: open postgres: %w", err)), d.Close())
	}
	return &postgresStore{d}, nil
}

func (s *postgresStore) update(ctx context.Context, f func(*Tx) error) error {
	pause := time.Millisecond
	taken := ""
	for attempt := 1; ; attempt++ {
		err := s.run(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable}, f)
		before := taken
		if taken = takenKey(err); taken != "" && taken == before || taken == "" && !unserialisable(err) {
			return err
		}
		if attempt == maxAttempts {
			return fault.New(fault.Conflict,
				"多人同时修改同一内容，本次操作未保存。请稍候重试。",
				"Many were changing the same thing at once, and nothing of this was saved. Wait a moment, then repeat.").Because(err)
		}
		select {
		case <-time.After(pause/2 + rand.N(pause)):
		case <-ctx.Done():
			return ctx.Err()
		}
		pause = min(2*pause, maxPause)
	}
}

// view asks for a repeatable read: a snapshot like SQLite's that never fails to
// serialise, so the function runs once and may write to a response meanwhile.
func (s *postgresStore) view(ctx context.Context, f func(*Tx) error) error {
	return s.run(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, f)
}

func (s *postgresStore) run(ctx context.Context, opts *sql.TxOptions, f func(*Tx) error) error {
	ctx, w := watched(ctx)
	defer w.end()
	conn, tx, err := s.begin(ctx, opts)
	if err != nil {
		return w.explain(ctx, err)
	}
	defer conn.Close()  //nolint:errcheck // it only goes back to the pool
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back, after a failure it is told already
	w.heard()
	t := newTx(ctx, Postgres, pgRunner{conn, tx, w})
	t.heard = w.heard
	if err := t.do(f); err != nil {
		if unserialisable(t.failed) || takenKey(t.failed) != "" {
			return t.failed // even where f put its own error in place
		}
		return w.explain(ctx, err)
	}
	w.heard()
	return w.explain(ctx, tx.Commit())
}

// watch cancels a transaction whose server has fallen silent.
type watch struct {
	timer *time.Timer
	end   func()
}

var errSilent = errors.New("the server has fallen silent")

func watched(ctx context.Context) (context.Context, watch) {
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(beginTime, func() { cancel(errSilent) })
	return ctx, watch{timer, func() {
		timer.Stop()
		cancel(nil)
	}}
}

// heard gives the server its time anew.
func (w watch) heard() { w.timer.Reset(answerTime) }

func (w watch) explain(ctx context.Context, err error) error {
	if err != nil && errors.Is(context.Cause(ctx), errSilent) {
		return faultSilent().Because(err)
	}
	if _, connecting := errors.AsType[*pgconn.ConnectError](err); connecting && ctx.Err() == nil {
		return faultUnreachable().Because(err) // the deadline that passed was connectTime, not the caller's
	}
	return explain(err)
}

// begin passes over connections that broke while they lay in the pool, such as
// after a failover or a use case that was cancelled.
func (s *postgresStore) begin(ctx context.Context, opts *sql.TxOptions) (*sql.Conn, *sql.Tx, error) {
	for broken := 0; ; broken++ {
		conn, tx, err := s.tryBegin(ctx, opts)
		if !errors.Is(err, driver.ErrBadConn) || broken == maxConns {
			return conn, tx, err
		}
	}
}

func (s *postgresStore) tryBegin(ctx context.Context, opts *sql.TxOptions) (*sql.Conn, *sql.Tx, error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return nil, nil, err
	}
	tx, err := conn.BeginTx(ctx, opts)
	if err != nil {
		return nil, nil, errors.Join(err, conn.Close())
	}
	return conn, tx, nil
}

func (s *postgresStore) close() error { return s.db.Close() }

// unserialisable reports a failure that running again may mend.
func unserialisable(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "40001" || e.Code == "40P01")
}

// takenKey names the key that err says exists already. Of two use cases that
// compute the next number at once, the slower one is told of its number's key and
// not that the two cannot be serialised; run again it computes another. A key
// that a second run meets again is not of that sort: it is in the way for good.
func takenKey(err error) string {
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || e.Code != "23505" {
		return ""
	}
	return e.ConstraintName + " " + e.Detail
}

// pgRunner runs statements on a transaction. The driver keeps them prepared.
type pgRunner struct {
	conn  *sql.Conn
	tx    *sql.Tx
	watch watch
}

func (r pgRunner) exec(ctx context.Context, text string, args []any) (int64, error) {
	r.watch.heard()
	res, err := r.tx.ExecContext(ctx, text, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (r pgRunner) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	r.watch.heard()
	return r.tx.QueryContext(ctx, text, args...)
}

func (r pgRunner) execEach(ctx context.Context, text string, lists iter.Seq2[[]any, error]) (sum int64, err error) {
	next, stop := iter.Pull2(lists)
	defer stop()
	err = r.conn.Raw(func(c any) error {
		for more := true; more; {
			var batch pgx.Batch
			for batch.Len() < batchLength {
				var args []any
				if args, err, more = next(); !more {
					break
				}
				if err != nil {
					return err
				}
				batch.Queue(text, args...).Exec(func(tag pgconn.CommandTag) error {
					sum += tag.RowsAffected()
					return nil
				})
			}
			r.watch.heard()
			if err := c.(*stdlib.Conn).Conn().SendBatch(ctx, &batch).Close(); err != nil {
				return err
			}
		}
		return nil
	})
	return sum, err
}

// execAll sends all statements before it waits for the first.
func (r pgRunner) execAll(ctx context.Context, all []deferred) error {
	r.watch.heard()
	return r.conn.Raw(func(c any) error {
		var batch pgx.Batch
		for _, w := range all {
			batch.Queue(w.text, w.args...)
		}
		results := c.(*stdlib.Conn).Conn().SendBatch(ctx, &batch)
		for _, w := range all {
			if _, err := results.Exec(); err != nil {
				_ = results.Close() // which says the same
				return w.wrap(err)
			}
		}
		return results.Close()
	})
}
