package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/xiadu/xiadu/internal/fault"
)

// Where nothing can be written (a disk that its owner or the kernel has made
// read-only, a backup that is mounted, a user who may only look) a database is
// still read, so that the data can be taken out: View and Dump work, Update is
// a fault.Unavailable.

// onlyReadable tells that there is a database which can be read and not written.
func onlyReadable(path string) bool {
	writable := func(path string) bool {
		return unix.Faccessat(unix.AT_FDCWD, path, unix.W_OK, unix.AT_EACCESS) == nil
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && (!writable(path) || !writable(filepath.Dir(path)))
}

func openReadOnly(ctx context.Context, path string) (*sqliteStore, error) {
	s := newSQLite(path)
	how, err := howToRead(path)
	if err == nil {
		s.readDB, err = sql.Open("sqlite", sqliteRead(path, "mode=ro&"+how))
	}
	if err != nil {
		return nil, closedOr(fmt.Errorf("db: open %s: %w", path, err))
	}
	if err := s.checkReadOnly(ctx); err != nil {
		return nil, errors.Join(closedOr(fmt.Errorf("db: open %s: %w", path, err)), s.readDB.Close())
	}
	return s, nil
}

// howToRead finds out what may stand beside the file. The index of the log is
// there when somebody else has the database open, or was killed with it: SQLite
// can use it without writing. Without it and without a log the file is all there
// is and, since it cannot be written here, does not change.
func howToRead(path string) (options string, err error) {
	mark, marked, err := readMark(path)
	if err != nil {
		return "", err
	}
	kind, err := kindOf(path)
	if err != nil {
		return "", err
	}
	if kind == fileNone && (marked || mark.instance != "") {
		return "", faultLost(path, true)
	}
	if kind != filePlain {
		options = "vfs=" + sumsVFS
	}
	if _, err := os.Stat(path + "-shm"); err == nil {
		return options, nil
	}
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		return "", fault.New(fault.Unavailable,
			"%[1]s 里还有没并入数据库的改动，而这里不能写入。请把整个目录复制到可写的位置再打开。",
			"%[1]s has changes that were not taken into the database yet, and nothing can be written here. Copy the whole folder to where it can be written, and open it there.",
			path+"-wal")
	}
	return options + "&immutable=1", nil
}

// checkReadOnly holds the database against its mark.
func (s *sqliteStore) checkReadOnly(ctx context.Context) error {
	r, err := s.openReader(ctx)
	if err != nil {
		return err
	}
	mark, _, err := readMark(s.path)
	if err == nil {
		has, e := r.state(ctx)
		if err = e; err == nil {
			err = mark.fits(s.path, has)
		}
	}
	return errors.Join(err, r.close())
}

// closedOr explains what the operating system refused.
func closedOr(err error) error {
	if _, ok := errors.AsType[*os.PathError](err); ok {
		return faultClosed().Because(err)
	}
	return explain(err)
}

func faultReadOnly(path string) error {
	return fault.New(fault.Unavailable,
		"数据库 %[1]s 只能读取（磁盘或文件夹不可写），本次操作未保存。数据可以照常查看和备份到别处；要保存，请先恢复写入权限再重启。",
		"The database %[1]s can only be read (its disk or folder cannot be written), and nothing of this was saved. The data can be looked at, and backed up to another place; to save, make it writable and start again.", path)
}

func faultOldReadOnly(owner string) error {
	return fault.New(fault.Unavailable,
		"数据库由较早的版本写成（%[1]s），要先升级，而这里不能写入。请把整个目录复制到可写的位置再打开。",
		"The database was written by an earlier version (%[1]s) and has to be upgraded first, and nothing can be written here. Copy the whole folder to where it can be written, and open it there.", owner)
}
