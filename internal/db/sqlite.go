package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"modernc.org/sqlite"

	"github.com/xiadu/xiadu/internal/fault"
)

const (
	// Versions before it may lose pages when a WAL is reset (fixed in 3.51.3).
	oldestSQLite = "3.51.3"

	// How long to wait for another process that writes. An import of a large
	// city holds the file for some ten seconds.
	busyWait = 60 * time.Second

	// Texts vary with their optional clauses, so the number of prepared
	// statements is bounded in practice; the limit is for the unforeseen.
	maxStatements = 512
)

type sqliteStore struct {
	path    string
	readDB  *sql.DB
	writeDB *sql.DB
	writer  *writer
	readers chan *session // idle ones; nil stands for one not opened yet
}

func openSQLite(ctx context.Context, path string) (*sqliteStore, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("db: open %s: %w", path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, faultFolder(path).Because(err)
	}
	if err := settings(); err != nil {
		return nil, fmt.Errorf("db: open %s: %w", path, err)
	}
	if err := locked(ctx, path, func() error { return prepare(ctx, path) }); err != nil {
		return nil, faultOpen(path, err)
	}
	s := &sqliteStore{path: path, readers: make(chan *session, max(4, 2*runtime.NumCPU()))}
	if s.writeDB, err = sql.Open("sqlite", sqliteName(path, "_txlock=immediate")); err != nil {
		return nil, fmt.Errorf("db: open %s: %w", path, err)
	}
	if s.readDB, err = sql.Open("sqlite", sqliteName(path, "mode=ro")); err != nil {
		return nil, fmt.Errorf("db: open %s: %w", path, err)
	}
	for range cap(s.readers) {
		s.readers <- nil
	}
	if s.writer, err = s.openWriter(ctx); err != nil {
		return nil, errors.Join(faultOpen(path, err), s.writeDB.Close(), s.readDB.Close())
	}
	return s, nil
}

// settings of the library, for the whole process.
func settings() error {
	if !registerSums() {
		return errors.New("SQLite takes no layer of ours")
	}
	// A commit is as durable with fdatasync; it spares the file's timestamps.
	if _, err := sqlite.Fdatasync(true); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	// Locks that belong to what is open and not to the process are not lost when
	// something else in it opens and closes the file.
	_, _ = sqlite.OFDLocking(true) // where there are none, nothing else may open it
	return nil
}

// openWriter opens the connection that writes, holds the database against its
// mark and has it watched.
func (s *sqliteStore) openWriter(ctx context.Context) (w *writer, err error) {
	conn, err := s.writeDB.Conn(ctx)
	if err != nil {
		return nil, err
	}
	session := newSession(conn)
	defer func() {
		if err != nil {
			err = errors.Join(err, session.close())
		}
	}()
	if err := checkSQLite(ctx, conn); err != nil {
		return nil, err
	}
	mark, marked, err := readMark(s.path) // before the database, which may move on meanwhile
	if err != nil {
		return nil, err
	}
	has, err := session.state(ctx)
	if err != nil {
		return nil, err
	}
	if err := mark.fits(s.path, has); err != nil {
		return nil, err
	}
	if has.instance == "" {
		if has, err = session.name(ctx); err != nil {
			return nil, err
		}
	}
	files, err := watchFiles(s.path)
	if err != nil {
		return nil, err
	}
	marker := openMarker(s.path, has.instance)
	if !marked || mark.instance == "" {
		marker.write(has.commits)
	}
	return startWriter(session, files, marker), nil
}

// locked runs f while no other process makes, moves or migrates the database.
func locked(ctx context.Context, path string, f func() error) error {
	unlock, err := lockFolder(ctx, filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("db: lock %s: %w", filepath.Dir(path), err)
	}
	defer unlock()
	return f()
}

func sqliteName(path, extra string) string {
	file := url.URL{Path: path}
	return fmt.Sprintf("file:%s?_busy_timeout=%d&_journal_mode=WAL&_synchronous=FULL&_foreign_keys=1&_dqs=0&_time_format=sqlite&_timezone=UTC&vfs=%s&%s",
		file.EscapedPath(), busyWait.Milliseconds(), sumsVFS, extra)
}

func faultFolder(path string) *fault.Error {
	return fault.New(fault.Unavailable,
		"不能在 %[1]s 建立数据库：文件夹不可写。请检查权限，或用 --db 另指一个位置。",
		"The database cannot be made in %[1]s: the folder cannot be written. Check its permissions, or name another place with --db.",
		filepath.Dir(path))
}

// faultOpen names the folder when that is what refuses.
func faultOpen(path string, err error) error {
	f, openErr := os.CreateTemp(filepath.Dir(path), ".xiadu-*")
	if openErr != nil {
		return faultFolder(path).Because(err)
	}
	err = fmt.Errorf("db: open %s: %w", path, err)
	if _, ok := errors.AsType[*os.PathError](err); ok {
		err = faultClosed().Because(err)
	}
	return errors.Join(explain(err), f.Close(), os.Remove(f.Name()))
}

// checkSQLite touches the file, so that one that is no database is told at
// once, and refuses a library with a known way to lose data.
func checkSQLite(ctx context.Context, conn *sql.Conn) error {
	var version, mode string
	var tables int
	if err := conn.QueryRowContext(ctx, "SELECT sqlite_version(), (SELECT count(*) FROM sqlite_schema)").Scan(&version, &tables); err != nil {
		return err
	}
	if older(version, oldestSQLite) {
		return fmt.Errorf("SQLite %s is older than %s", version, oldestSQLite)
	}
	if err := conn.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("the journal mode is %s, not wal", mode)
	}
	return nil
}

// older compares dotted numbers.
func older(a, b string) bool {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		x, _ := strconv.Atoi(as[i])
		y, _ := strconv.Atoi(bs[i])
		if x != y {
			return x < y
		}
	}
	return len(as) < len(bs)
}

func (s *sqliteStore) update(ctx context.Context, f func(*Tx) error) error {
	return s.writer.update(ctx, f)
}

func (s *sqliteStore) view(ctx context.Context, f func(*Tx) error) (err error) {
	var r *session
	select {
	case r = <-s.readers:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { s.readers <- r }()
	if r == nil {
		conn, err := s.readDB.Conn(ctx)
		if err != nil {
			return explain(err)
		}
		r = newSession(conn)
	}
	background := context.WithoutCancel(ctx)
	if _, err := r.exec(background, "BEGIN", nil); err != nil {
		return explain(err)
	}
	defer func() {
		if _, e := r.exec(background, "ROLLBACK", nil); err == nil {
			err = explain(e)
		}
	}()
	return newTx(ctx, SQLite, r).do(f)
}

func (s *sqliteStore) close() error {
	s.writer.stop()
	var errs []error
	for range cap(s.readers) {
		if r := <-s.readers; r != nil {
			errs = append(errs, r.close())
		}
	}
	return errors.Join(append(errs, s.readDB.Close(), s.writer.session.close(), s.writeDB.Close(), s.writer.mark.close())...)
}

// session is one connection with its prepared statements.
type session struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

func newSession(conn *sql.Conn) *session {
	return &session{conn: conn, stmts: map[string]*sql.Stmt{}}
}

func (s *session) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if st, ok := s.stmts[text]; ok {
		return st, nil
	}
	if len(s.stmts) >= maxStatements {
		for _, st := range s.stmts {
			_ = st.Close()
		}
		clear(s.stmts)
	}
	st, err := s.conn.PrepareContext(ctx, text)
	if err == nil {
		s.stmts[text] = st
	}
	return st, err
}

func (s *session) exec(ctx context.Context, text string, args []any) (int64, error) {
	st, err := s.prepare(ctx, text) //nolint:sqlclosecheck // the session keeps it for the next time
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (s *session) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	st, err := s.prepare(ctx, text) //nolint:sqlclosecheck // the session keeps it for the next time
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

func (s *session) execEach(ctx context.Context, text string, lists iter.Seq2[[]any, error]) (int64, error) {
	return execLoop(ctx, text, lists, s.exec)
}

func (s *session) close() error {
	var errs []error
	for _, st := range s.stmts {
		errs = append(errs, st.Close())
	}
	return errors.Join(append(errs, s.conn.Close())...)
}
