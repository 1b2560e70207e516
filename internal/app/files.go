package app

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/report"
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
	forOwner   os.FileMode = 0o600 // all data
	forAnybody os.FileMode = 0o666 // what is made to be passed on
)

// WriteReport writes a file that is made to be passed on; it appears whole or
// not at all.
func WriteReport(file string, write func(io.Writer) error) error {
	return replace(file, forAnybody, write)
}

// WriteHTML writes a coverage as a document that stands alone.
func WriteHTML(ctx context.Context, file string, l lang.Lang, c *city.City, answer *coverage.Coverage, at time.Time) error {
	return WriteReport(file, func(w io.Writer) error { return report.WriteReport(ctx, w, l, c, answer, at) })
}

// replace writes a file beside its place, flushes it to the disk and moves it in.
func replace(file string, mode os.FileMode, write func(io.Writer) error) error {
	return replaceChecked(file, mode, write, func(string) error { return nil })
}

// replaceChecked is replace with a look at what was written before it is moved in.
func replaceChecked(file string, mode os.FileMode, write func(io.Writer) error, check func(beside string) error) error {
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
		return errors.Join(explained(file, err), os.Remove(beside))
	}
	return moveIn(beside, file)
}

// moveIn gives a whole file its name, for good.
func moveIn(beside, file string) error {
	if err := os.Rename(beside, file); err != nil {
		return errors.Join(explained(file, err), os.Remove(beside))
	}
	folder, err := os.Open(filepath.Dir(file))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// explained says which file found no room, or no place where it is to be.
func explained(file string, err error) error {
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

// cannotWrite tells a place where nothing can be written: a disk that is
// read-only, or a folder of somebody else.
func cannotWrite(err error) bool {
	return errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.EROFS)
}

// leftFor is how old what an unfinished command left behind has to be until it
// is swept: no command takes as long.
const leftFor = 24 * time.Hour

// makeHome makes the data folder, and removes what commands that were killed
// long ago had begun there.
func (c Config) makeHome() error {
	if err := os.MkdirAll(filepath.Clean(c.Home), 0o750); err != nil { // the zero Config is about the present folder
		return fault.New(fault.Unavailable, "不能建立数据目录 %s：请检查它所在的位置和权限，或用 --home 另指一个",
			"cannot make the data folder %s: check where it is and its permissions, or name another with --home", c.Home).Because(err)
	}
	for _, begun := range []string{".city.streets*", ".backup-*", ".restore-*", ".demo-*", ".people-*", ".turn-*"} {
		left, err := filepath.Glob(filepath.Join(c.Home, begun))
		if err != nil {
			return err
		}
		for _, path := range left {
			if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > leftFor {
				_ = os.RemoveAll(path) // the next command tries again
			}
		}
	}
	return nil
}
