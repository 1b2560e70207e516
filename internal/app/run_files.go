package app

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/station/run"
)

// shelf is a folder of files by their checksums.
type shelf struct{ folder string }

func (s shelf) path(sum run.Sum) string { return filepath.Join(s.folder, string(sum)) }

// put writes a file and returns its checksum.
func (s shelf) put(write func(io.Writer) error) (run.Sum, error) {
	if err := os.MkdirAll(s.folder, 0o750); err != nil {
		return "", explained(s.folder, err)
	}
	beside := filepath.Join(s.folder, ".new")
	if err := replace(beside, forOwner, write); err != nil {
		return "", err
	}
	sum, err := sumOf(beside)
	if err != nil {
		return "", err
	}
	return sum, moveIn(beside, s.path(sum))
}

// link puts a file on the shelf as it is now: an import replaces streets by
// others and leaves these alone, so a second name for them is enough where the
// disk has such.
func (s shelf) link(file string) (run.Sum, error) {
	if err := os.MkdirAll(s.folder, 0o750); err != nil {
		return "", explained(s.folder, err)
	}
	beside := filepath.Join(s.folder, ".linked")
	if err := os.Remove(beside); err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	if err := os.Link(file, beside); err != nil {
		return s.put(func(w io.Writer) error {
			f, err := os.Open(filepath.Clean(file))
			if err != nil {
				return err
			}
			defer f.Close() //nolint:errcheck // it was only read
			_, err = io.Copy(w, f)
			return err
		})
	}
	sum, err := sumOf(beside)
	if err != nil {
		return "", err
	}
	return sum, moveIn(beside, s.path(sum))
}

// complete returns a fault.NotFound unless all files that the items need are
// there: they are in no backup, so after a restore they are not.
func (s shelf) complete(r run.Run, tasks []run.Task) error {
	for _, t := range tasks {
		for _, sum := range []run.Sum{t.Streets, t.Inputs} {
			if _, err := os.Stat(s.path(sum)); err != nil {
				return fault.New(fault.NotFound, "第 %[1]d 次运行定住的数据不在 %[2]s 里了（备份不带它们）：写上原来的城市再运行一次，数据没变就接着做；变了就先放弃它（xiadu run --drop）",
					"what run %[1]d had set aside is gone from %[2]s (backups do not carry it): run it again naming its cities, and it goes on if their data are the same; if not, give it up first (xiadu run --drop)", r.Number, s.folder).Because(err)
			}
		}
	}
	return nil
}

// clear removes what a run that has ended needed.
func (s shelf) clear() error {
	if err := os.RemoveAll(s.folder); err != nil {
		return fmt.Errorf("clearing %s: %w", s.folder, err)
	}
	return nil
}

func sumOf(file string) (run.Sum, error) {
	f, err := os.Open(filepath.Clean(file))
	if err != nil {
		return "", explained(file, err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	sum, err := run.SumOf(f)
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", file, err)
	}
	return sum, nil
}

// lockRuns keeps a second coordinator out of the folder: both would be right,
// but one's clearing up would take the other's files.
func (c Config) lockRuns() (release func(), err error) {
	if err := os.MkdirAll(c.runsFolder(), 0o750); err != nil {
		return nil, explained(c.runsFolder(), err)
	}
	f, err := os.Open(c.runsFolder())
	if err != nil {
		return nil, explained(c.runsFolder(), err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close() // nothing was written
		return nil, fault.New(fault.Unavailable, "%s 里已经有一个 xiadu run 在做：等它做完，或到它那里按 Ctrl+C", "another xiadu run is at work in %s: wait for it, or stop it with Ctrl+C", c.Home).Because(err)
	}
	return func() { _ = f.Close() }, nil
}
