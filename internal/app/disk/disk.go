// Package disk opens files that a user named and writes files that appear whole or
// not at all, and says of a file that could not be had why, and what to do.
package disk

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/xiadu/xiadu/internal/fault"
)

// OpenInput opens a file that the user named; - is standard input.
func OpenInput(name string) (*os.File, error) {
	if name == "-" {
		return os.Stdin, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.New(fault.NotFound, "打不开文件 %s：请检查文件名和权限", "cannot open the file %s: check its name and permissions", name).Because(err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		_ = f.Close() // nothing was read
		return nil, fault.New(fault.Invalid, "%s 是文件夹：请给出其中的文件", "%s is a folder: name a file in it", name)
	}
	return f, nil
}

// Who may read a file that is written, as far as the umask lets them.
const (
	ForOwner   os.FileMode = 0o600 // all data
	ForAnybody os.FileMode = 0o666 // what is made to be passed on
)

// Replace writes a file beside its place, flushes it to the disk and moves it in.
func Replace(file string, mode os.FileMode, write func(io.Writer) error) error {
	return ReplaceChecked(file, mode, write, func(string) error { return nil })
}

// ReplaceChecked is Replace with a look at what was written before it is moved in.
func ReplaceChecked(file string, mode os.FileMode, write func(io.Writer) error, check func(beside string) error) error {
	beside := filepath.Join(filepath.Dir(file), "."+filepath.Base(file)+"-"+rand.Text())
	f, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fault.New(fault.Unavailable, "写不了 %s：请检查文件夹是否存在、能否写入", "cannot write %s: see whether the folder exists and may be written to", file).Because(err)
	}
	err = errors.Join(write(f), f.Sync(), f.Close())
	if err == nil {
		err = check(beside)
	}
	if err != nil {
		return errors.Join(Explained(file, err), os.Remove(beside))
	}
	return MoveIn(beside, file)
}

// MoveIn gives a whole file its name, for good.
func MoveIn(beside, file string) error {
	if err := os.Rename(beside, file); err != nil {
		return errors.Join(Explained(file, err), os.Remove(beside))
	}
	folder, err := os.Open(filepath.Dir(file))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// Explained says which file found no room, or no place where it is to be.
func Explained(file string, err error) error {
	switch {
	case fault.KindOf(err) != 0 || errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fault.New(fault.Unavailable, "磁盘已满，%s 没有写成，原有的数据未动。请腾出空间后重试",
			"the disk is full: %s was not written and what was there is untouched. Free some space and try again", file).Because(err)
	case errors.Is(err, os.ErrPermission), errors.Is(err, os.ErrNotExist), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EISDIR):
		return fault.New(fault.Unavailable, "写不了 %s：请检查它所在的位置和权限", "cannot write %s: check where it is and its permissions", file).Because(err)
	}
	return err
}

// CannotWrite tells a place where nothing can be written: a disk that is
// read-only, or a folder of somebody else.
func CannotWrite(err error) bool {
	return errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.EROFS)
}
