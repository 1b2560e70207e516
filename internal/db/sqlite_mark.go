package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"hash/crc32"
	"os"

	"github.com/xiadu/xiadu/internal/fault"
)

// A mark beside the database file says which database lies there and how many
// groups have been committed to it. The same is in the database itself, in the
// one row of db_state, which moves in the transaction of each group; the mark
// follows after its COMMIT. So a database is never behind its mark, unless it
// was exchanged, restored from a copy of the file, or lost its write-ahead log;
// and a mark without a database, or beside an empty one, tells a loss from a
// first start.
//
// The mark is not flushed to the disk: what a power failure takes from it only
// leaves it behind the database, which is allowed.

// markSuffix makes the mark's name of the database's.
const markSuffix = ".mark"

type mark struct {
	instance string // of the database
	commits  int64
}

func (m mark) line() string {
	body := fmt.Sprintf("xiadu-mark %s %020d", m.instance, m.commits)
	return fmt.Sprintf("%s %08x\n", body, crc32.Checksum([]byte(body), castagnoli))
}

// readMark reads the mark of the database at path. One that is there and cannot
// be understood is known by an instance that is empty.
func readMark(path string) (m mark, found bool, err error) {
	text, err := os.ReadFile(path + markSuffix)
	if errors.Is(err, os.ErrNotExist) {
		return m, false, nil
	}
	if err != nil {
		return m, false, err
	}
	if n, _ := fmt.Sscanf(string(text), "xiadu-mark %s %d", &m.instance, &m.commits); n != 2 || m.line() != string(text) {
		return mark{}, true, nil
	}
	return m, true, nil
}

// marker writes the mark of one open database.
type marker struct {
	file     *os.File
	instance string
}

// openMarker leaves file nil where there is no room for a mark: the database is
// whole without one.
func openMarker(path, instance string) marker {
	f, err := os.OpenFile(path+markSuffix, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		f = nil
	}
	return marker{f, instance}
}

func (m marker) write(commits int64) {
	if m.file != nil {
		// A mark that could not be written stays behind, which is allowed. All
		// have one length, so that nothing of another remains.
		_, _ = m.file.WriteAt([]byte(mark{m.instance, commits}.line()), 0)
	}
}

func (m marker) close() error {
	if m.file == nil {
		return nil
	}
	return m.file.Close()
}

const (
	makeState = `CREATE TABLE IF NOT EXISTS db_state
		(one INTEGER PRIMARY KEY CHECK (one = 1), instance TEXT NOT NULL, commits INTEGER NOT NULL)`
	firstState = `INSERT INTO db_state (one, instance, commits) VALUES (1, $1, 0) ON CONFLICT DO NOTHING`
	readState  = `SELECT instance, commits FROM db_state`
	nextState  = `UPDATE db_state SET commits = commits + 1 RETURNING commits`
)

// state reads what the database says of itself; one that is new, or of before
// there were marks, says nothing.
func (s *session) state(ctx context.Context) (m mark, err error) {
	tables := 0
	err = s.conn.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE name = 'db_state'`).Scan(&tables)
	if err != nil || tables == 0 {
		return mark{}, err
	}
	err = s.conn.QueryRowContext(ctx, readState).Scan(&m.instance, &m.commits)
	if errors.Is(err, sql.ErrNoRows) {
		return mark{}, nil
	}
	return m, err
}

// name gives a database that says nothing of itself a name.
func (s *session) name(ctx context.Context) (mark, error) {
	for _, step := range []struct {
		text string
		args []any
	}{{makeState, nil}, {firstState, []any{rand.Text()}}} {
		if _, err := s.conn.ExecContext(ctx, step.text, step.args...); err != nil {
			return mark{}, err
		}
	}
	return s.state(ctx) // another process may have been faster
}

// fits holds a database against the mark beside it.
func (m mark) fits(path string, has mark) error {
	switch {
	case m.instance == "" || m.instance == has.instance && m.commits <= has.commits:
		return nil
	case m.instance != has.instance:
		return fault.New(fault.Unavailable,
			"%[1]s 不是原来的数据库：文件被换过。请把原来的文件放回；如果是有意换的，请删除 %[2]s 后再启动。",
			"%[1]s is not the database that was here: the file was exchanged. Put the right one back; or, if it was exchanged on purpose, remove %[2]s and start again.",
			path, path+markSuffix)
	}
	return fault.New(fault.Unavailable,
		"%[1]s 比最后保存的数据旧（少 %[3]d 次提交）：文件被换成旧的，或 %[1]s-wal 丢失、损坏。请把原来的文件放回，或用 xiadu restore 从备份恢复到新目录；如果接受旧数据，请删除 %[2]s 后再启动。",
		"%[1]s is older than what was last saved in it (by %[3]d commits): an older file was put in its place, or %[1]s-wal was lost or damaged. Put the right files back, or restore a backup into a new folder with xiadu restore; to go on with the older data, remove %[2]s and start again.",
		path, path+markSuffix, m.commits-has.commits)
}

// fitsBeneath holds the file by itself against the mark before anything takes the log
// beside it in: the log of another database would be written over it. What cannot be
// read without its log is the log's to mend.
func (m mark) fitsBeneath(ctx context.Context, path string) error {
	if log, err := os.Stat(path + "-wal"); err != nil || log.Size() == 0 {
		return nil
	}
	d, err := sql.Open("sqlite", sqliteRead(path, "mode=ro&immutable=1&vfs="+sumsVFS))
	if err != nil {
		return err
	}
	defer d.Close() //nolint:errcheck // it was only read
	conn, err := d.Conn(ctx)
	if err != nil {
		return nil //nolint:nilerr // as said above
	}
	s := newSession(conn)
	defer s.close() //nolint:errcheck // it was only read
	has, err := s.state(ctx)
	if err != nil || has.instance == "" || has.instance == m.instance {
		return nil //nolint:nilerr // as said above
	}
	return fault.New(fault.Unavailable,
		"%[1]s 不是原来的数据库：文件被换过，而原来那个还没并入的改动在 %[2]s 里。请把原来的文件放回；如果是有意换的，请先移走 %[2]s、%[3]s 和 %[4]s 再启动。",
		"%[1]s is not the database that was here: the file was exchanged, and %[2]s has changes of the one that was here. Put the right file back; or, if it was exchanged on purpose, move %[2]s, %[3]s and %[4]s away and start again.",
		path, path+"-wal", path+"-shm", path+markSuffix)
}

// faultLost is told of a database that is gone, or empty, where a mark says that
// there was one.
func faultLost(path string, emptied bool) error {
	what := []any{path, path + markSuffix, path + "*"}
	if emptied {
		return fault.New(fault.Unavailable,
			"%[1]s 是空文件，而这里曾有数据库。请把原来的文件放回；或移走 %[3]s，再用 xiadu restore 从备份恢复；要从头开始，也请先移走 %[3]s。",
			"%[1]s is empty, and there was a database here. Put the right file back; or move %[3]s away and restore a backup with xiadu restore; to begin anew, move %[3]s away as well.", what...)
	}
	return fault.New(fault.Unavailable,
		"%[1]s 不见了，而这里曾有数据库（%[2]s 还在）。请把原来的文件放回；或移走 %[3]s，再用 xiadu restore 从备份恢复；要从头开始，也请先移走 %[3]s。",
		"%[1]s is gone, and there was a database here (%[2]s is left). Put the file back; or move %[3]s away and restore a backup with xiadu restore; to begin anew, move %[3]s away as well.", what...)
}

// sqliteFiles are the suffixes of the files that a database consists of.
var sqliteFiles = []string{"", "-wal", "-shm"}

// watchedFiles are what the files of an open database were when it was opened. A file
// that is removed or exchanged beside a running program goes on being written
// by it under no name, and all of it is lost with the last who has it open.
type watchedFiles struct {
	path  string
	files []os.FileInfo
	size  int64 // of the database when it was last looked at; it never shrinks
}

func watchFiles(path string) (*watchedFiles, error) {
	w := &watchedFiles{path: path}
	for _, suffix := range sqliteFiles {
		info, err := os.Stat(path + suffix)
		if err != nil {
			return nil, err
		}
		w.files = append(w.files, info)
	}
	w.size = w.files[0].Size()
	return w, nil
}

// same tells whether the database is the file that it was, for connections that
// are opened later: they would read another beside the one that is written.
func (w *watchedFiles) same() error {
	if w == nil {
		return nil // nothing is written
	}
	info, err := os.Stat(w.path)
	if err == nil && os.SameFile(info, w.files[0]) {
		return nil
	}
	return faultTakenAway(w.path).Because(err)
}

// look compares the files with what they were. It opens none: closing a handle
// of a database file drops the locks that SQLite has on it.
func (w *watchedFiles) look() error {
	for i, suffix := range sqliteFiles {
		info, err := os.Stat(w.path + suffix)
		switch {
		case errors.Is(err, os.ErrNotExist), err == nil && !os.SameFile(info, w.files[i]):
			return faultTakenAway(w.path + suffix)
		case err != nil:
			return fmt.Errorf("db: look at %s: %w", w.path+suffix, err)
		case i == 0 && info.Size() < w.size:
			return faultTakenAway(w.path)
		case i == 0:
			w.size = info.Size()
		}
	}
	return nil
}

func faultTakenAway(path string) *fault.Error {
	return fault.New(fault.Unavailable,
		"数据库文件 %[1]s 在运行中被移走、清空或替换，本次操作未保存；原来的文件放回之前，什么也不保存。请停止服务，把原来的文件放回（或用 xiadu restore 恢复备份），再启动。",
		"The database file %[1]s was removed, emptied or exchanged while the program was running: nothing of this was saved, and nothing is until the right file is back. Stop the service, put the file back (or restore a backup with xiadu restore), then start it.",
		path)
}
