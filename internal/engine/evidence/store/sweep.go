package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Naming tells which of some files a row names. It is asked while nobody can bring one.
type Naming func(ctx context.Context, names []string) (map[string]bool, error)

// Remove deletes files that no row names any more, at once. It is for what was erased.
func (s *Store) Remove(ctx context.Context, names []string, named Naming) (removed int, err error) {
	for _, name := range names {
		if !IsName(name) {
			continue
		}
		n, err := s.removeUnnamed(ctx, []string{name}, named)
		removed += n
		if err != nil {
			return removed, err
		}
	}
	return removed, nil
}

// removeUnnamed is about files of one shard.
func (s *Store) removeUnnamed(ctx context.Context, names []string, named Naming) (removed int, err error) {
	unlock, err := s.lock(ctx, names[0], syscall.LOCK_EX)
	if err != nil {
		return 0, err
	}
	defer unlock()
	keep, err := named(ctx, names)
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		if keep[name] {
			continue
		}
		switch err := os.Remove(s.Path(name)); {
		case err == nil:
			removed++
		case !errors.Is(err, os.ErrNotExist):
			return removed, err
		}
	}
	return removed, syncFolder(s.shard(names[0]))
}

// Sweep deletes what no row names and is older than grace: files of a transaction that
// failed, of intakes that ran out, and what somebody who was killed was writing.
func (s *Store) Sweep(ctx context.Context, grace time.Duration, named Naming) (removed int, err error) {
	old := func(e os.DirEntry) bool {
		info, err := e.Info()
		return err == nil && time.Since(info.ModTime()) > grace
	}
	left, err := os.ReadDir(filepath.Join(s.folder, incoming))
	if err != nil {
		return 0, err
	}
	for _, e := range left {
		if old(e) && abandoned(filepath.Join(s.folder, incoming, e.Name())) {
			removed++
		}
	}
	shards, err := os.ReadDir(s.folder)
	if err != nil {
		return removed, err
	}
	for _, shard := range shards {
		if !shard.IsDir() || len(shard.Name()) != 2 {
			continue
		}
		files, err := os.ReadDir(filepath.Join(s.folder, shard.Name()))
		if err != nil {
			return removed, err
		}
		var names []string
		for _, f := range files {
			if IsName(f.Name()) && old(f) && s.Path(f.Name()) == filepath.Join(s.folder, shard.Name(), f.Name()) {
				names = append(names, f.Name())
			}
		}
		if len(names) == 0 {
			continue
		}
		n, err := s.removeUnnamed(ctx, names, named)
		removed += n
		if err != nil {
			return removed, err
		}
	}
	return removed, nil
}

// abandoned removes a file of the intake that nobody is writing.
func abandoned(path string) bool {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer f.Close() //nolint:errcheck // nothing was written
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return false
	}
	return os.Remove(path) == nil
}
