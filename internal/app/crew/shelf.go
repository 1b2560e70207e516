package crew

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/xiadu/xiadu/internal/app/disk"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/station/run"
)

// Shelf is a folder of files by their checksums.
type Shelf struct{ Folder string }

func (s Shelf) path(sum run.Sum) string { return filepath.Join(s.Folder, string(sum)) }

// Put writes a file and returns its checksum.
func (s Shelf) Put(write func(io.Writer) error) (run.Sum, error) {
	if err := os.MkdirAll(s.Folder, 0o750); err != nil {
		return "", disk.Explained(s.Folder, err)
	}
	beside := filepath.Join(s.Folder, ".new")
	if err := disk.Replace(beside, disk.ForOwner, write); err != nil {
		return "", err
	}
	sum, err := sumOf(beside)
	if err != nil {
		return "", err
	}
	return sum, disk.MoveIn(beside, s.path(sum))
}

// Link puts a file on the shelf as it is now: an import replaces streets by
// others and leaves these alone, so a second name for them is enough where the
// disk has such.
func (s Shelf) Link(file string) (run.Sum, error) {
	if err := os.MkdirAll(s.Folder, 0o750); err != nil {
		return "", disk.Explained(s.Folder, err)
	}
	beside := filepath.Join(s.Folder, ".linked")
	if err := os.Remove(beside); err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	if err := os.Link(file, beside); err != nil {
		return s.Put(func(w io.Writer) error {
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
	return sum, disk.MoveIn(beside, s.path(sum))
}

// Complete returns a fault.NotFound unless all files that the items need are
// there: they are in no backup, so after a restore they are not.
func (s Shelf) Complete(r run.Run, tasks []run.Task) error {
	for _, t := range tasks {
		for _, sum := range []run.Sum{t.Streets, t.Inputs} {
			if _, err := os.Stat(s.path(sum)); err != nil {
				return fault.New(fault.NotFound, "第 %[1]d 次运行定住的数据不在 %[2]s 里了（备份不带它们）：写上原来的城市再运行一次，数据没变就接着做；变了就先放弃它（xiadu run --drop）",
					"what run %[1]d had set aside is gone from %[2]s (backups do not carry it): run it again naming its cities, and it goes on if their data are the same; if not, give it up first (xiadu run --drop)", r.Number, s.Folder).Because(err)
			}
		}
	}
	return nil
}

// Clear removes what a run that has ended needed.
func (s Shelf) Clear() error {
	if err := os.RemoveAll(s.Folder); err != nil {
		return fmt.Errorf("clearing %s: %w", s.Folder, err)
	}
	return nil
}

func sumOf(file string) (run.Sum, error) {
	f, err := os.Open(filepath.Clean(file))
	if err != nil {
		return "", disk.Explained(file, err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	sum, err := run.SumOf(f)
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", file, err)
	}
	return sum, nil
}
