package publiclog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/record/logtree"
)

// Kept is the last checkpoint that was published from a folder. It is outside
// the database, so that a database which is put back to an older state is noticed
// before it contradicts what readers have.
type Kept struct{ folder string }

// KeptIn returns the one of a folder, which need not exist.
func KeptIn(folder string) Kept { return Kept{folder} }

const checkpointName = "checkpoint"

// Load returns what is kept; found is false where nothing ever was.
func (k Kept) Load() (c logtree.Checkpoint, found bool, err error) {
	text, err := os.ReadFile(filepath.Join(k.folder, checkpointName))
	if errors.Is(err, fs.ErrNotExist) {
		return c, false, nil
	}
	if err == nil {
		c, err = logtree.ParseCheckpoint(text)
	}
	if err != nil {
		return c, true, fmt.Errorf("publiclog: the checkpoint kept in %s: %w", k.folder, err)
	}
	return c, true, nil
}

// Keep keeps c unless a later one is kept already, and returns when it is on the
// disk. Who calls it has held c against what is kept.
func (k Kept) Keep(c logtree.Checkpoint) error {
	return k.locked(func() error {
		has, found, err := k.Load()
		if err != nil || found && has.Origin == c.Origin && has.Size >= c.Size {
			return err
		}
		return k.write(c)
	})
}

// Replace keeps c whatever was kept: a log has begun anew.
func (k Kept) Replace(c logtree.Checkpoint) error {
	return k.locked(func() error { return k.write(c) })
}

// locked runs f while no other process changes the folder.
func (k Kept) locked(f func() error) (err error) {
	if err := os.MkdirAll(k.folder, 0o700); err != nil {
		return fmt.Errorf("publiclog: %w", err)
	}
	folder, err := os.Open(k.folder)
	if err != nil {
		return fmt.Errorf("publiclog: %w", err)
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	if err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("publiclog: lock %s: %w", k.folder, err)
	}
	if err := f(); err != nil {
		return err
	}
	return folder.Sync()
}

func (k Kept) write(c logtree.Checkpoint) error {
	path := filepath.Join(k.folder, checkpointName)
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return fmt.Errorf("publiclog: keep: %w", err)
	}
	_, err = f.Write(c.Note)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return fmt.Errorf("publiclog: keep: %w", err)
	}
	return nil
}

// Extends says whether the tree in the database, of which c is the checkpoint, is
// a later state of the one that was kept. What is kept is to be loaded before the
// transaction begins: another process may keep a later one meanwhile.
func Extends(tx *db.Tx, c, kept logtree.Checkpoint) error {
	switch {
	case kept.Origin != c.Origin:
		return faultOrigin(c.Origin, kept.Origin)
	case kept.Size > c.Size:
		return faultOlder(c.Size, kept.Size)
	}
	root, err := tlog.TreeHash(kept.Size, logtree.Hashes(kept.Size, Hashes(tx)))
	if err == nil && root != kept.Root {
		err = faultRewritten(kept.Size)
	}
	return err
}
