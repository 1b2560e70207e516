// Package store is the folder in which the bytes of evidence lie, encrypted.
//
//	s, err := store.Open(folder)
//	b, err := s.Begin()                 // a file in folder/incoming, written as it is read
//	_, err = io.Copy(b, reader)
//	sealed, err := b.Seal()             // whole, hashed and on the disk
//	commit, err := s.Keep(ctx, sealed)  // moved to folder/ab/…, its shard locked
//	…                                   // a transaction names it
//	commit()
//
// Each file has a name and a key of its own, both random, so that two who bring the same
// bytes never write one file, a name tells nothing of what is in it, and a key that is
// erased is enough where a copy of the file is left. What the bytes are is in rows.
//
// A file is its head and chunks of 64 KiB under AES-256-GCM. The nonce has the chunk's
// number and whether it is the last, so that chunks cannot be moved, left out or cut off.
//
// Nobody deletes but [Store.Sweep]: a lost answer to COMMIT is no failure. Whoever brings
// a file holds the shared lock of its first two letters from the move until after the
// commit of the row that names it; the sweep takes the exclusive one, asks whether a row
// names a file, and waits out a grace period besides. So what a crash leaves is a file
// without a row, never a row without a file. A file that is there is never written again.
//
// Several processes may share the folder, over a network file system that has locks.
package store

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
)

// Store is a folder. It is safe for concurrent use.
type Store struct {
	folder string
	told   func() // nil where nobody listens
}

// Tell has a test told before and after each step by which a file is made: a process can be killed between any two.
func (s *Store) Tell(told func()) { s.told = told }

func (s *Store) tell() {
	if s.told != nil {
		s.told()
	}
}

const (
	incoming = "incoming" // longer than a shard, whose names are any two letters
	idFile   = "store-id"
	lockFile = ".lock"
)

// Open returns the store of a folder, which is made.
func Open(folder string) (*Store, error) {
	if err := os.MkdirAll(filepath.Join(folder, incoming), 0o700); err != nil {
		return nil, fault.New(fault.Unavailable, "不能建立照片目录 %s：请检查它所在的位置和权限", "cannot make the folder of evidence %s: check where it is and its permissions", folder).Because(err)
	}
	return &Store{folder: folder}, nil
}

// At is the store of a folder that is only read.
func At(folder string) *Store { return &Store{folder: folder} }

// Folder is where it is.
func (s *Store) Folder() string { return s.folder }

// ID returns the store's id, "" where it has none yet.
func (s *Store) ID() (string, error) {
	b, err := os.ReadFile(filepath.Join(s.folder, idFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(b)), err
}

// SetID gives the store an id, unless it has one: two processes may begin at once, and
// the first is right. It returns the one that it has.
func (s *Store) SetID(id string) (string, error) {
	beside := filepath.Join(s.folder, incoming, rand.Text())
	if err := os.WriteFile(beside, []byte(id+"\n"), 0o600); err != nil {
		return "", explained(s.folder, err)
	}
	err := os.Link(beside, filepath.Join(s.folder, idFile)) // fails where there is one
	if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	if err := errors.Join(err, os.Remove(beside), syncFolder(s.folder)); err != nil {
		return "", explained(s.folder, err)
	}
	return s.ID()
}

// names of files: the alphabet of rand.Text.
var named = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// IsName tells a file's name from a path that leads elsewhere.
func IsName(name string) bool { return named.MatchString(name) }

func (s *Store) shard(name string) string { return filepath.Join(s.folder, strings.ToLower(name[:2])) }

// Path is where a file of that name is.
func (s *Store) Path(name string) string { return filepath.Join(s.shard(name), name) }

// lock takes the lock of the shard of a name. It waits until ctx ends.
func (s *Store) lock(ctx context.Context, name string, how int) (unlock func(), err error) {
	if err := os.MkdirAll(s.shard(name), 0o700); err != nil {
		return nil, explained(s.folder, err)
	}
	f, err := os.OpenFile(filepath.Join(s.shard(name), lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, explained(s.folder, err)
	}
	for {
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil // nothing was written
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.Join(err, f.Close())
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), f.Close())
		}
	}
}

// Keep moves a sealed file to its place and returns what ends the lock of its shard: to
// be called once the transaction that names it has ended, however.
func (s *Store) Keep(ctx context.Context, b *Sealed) (committed func(), err error) {
	s.tell()
	unlock, err := s.lock(ctx, b.Name, syscall.LOCK_SH)
	if err == nil {
		err = errors.Join(os.Rename(b.path, s.Path(b.Name)), syncFolder(s.shard(b.Name)), syncFolder(s.folder))
		if err != nil {
			unlock()
		}
	}
	if err != nil {
		return nil, explained(s.folder, errors.Join(err, b.Drop()))
	}
	b.done()
	s.tell()
	return unlock, nil
}

// Put seals bytes and keeps them, for what was made here.
func (s *Store) Put(ctx context.Context, bytes []byte) (sealed *Sealed, committed func(), err error) {
	b, err := s.Begin()
	if err != nil {
		return nil, nil, err
	}
	if _, err := b.Write(bytes); err != nil {
		return nil, nil, errors.Join(err, b.Drop())
	}
	if sealed, err = b.Seal(); err != nil {
		return nil, nil, err
	}
	committed, err = s.Keep(ctx, sealed)
	return sealed, committed, err
}

// Adopt moves a file that a backup had to its place. One that is there already stays.
func (s *Store) Adopt(ctx context.Context, file, name string) error {
	unlock, err := s.lock(ctx, name, syscall.LOCK_SH)
	if err != nil {
		return err
	}
	defer unlock()
	err = os.Link(file, s.Path(name))
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil { // on another file system
		if err = copyFile(file, filepath.Join(s.folder, incoming, name)); err == nil {
			err = os.Rename(filepath.Join(s.folder, incoming, name), s.Path(name))
		}
	}
	return explained(s.folder, errors.Join(err, syncFolder(s.shard(name)), syncFolder(s.folder)))
}

func copyFile(from, to string) error {
	r, err := os.Open(from)
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // it was only read
	w, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, w.Sync(), w.Close())
}

func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// explained says of a file that found no room what to do.
func explained(folder string, err error) error {
	switch {
	case err == nil, fault.KindOf(err) != 0:
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return fault.New(fault.Unavailable, "存放照片的磁盘已满（%s），这一份没有收下，其他的都在。请告诉管理员；腾出空间后再交一次。",
			"The disk that keeps the photos is full (%s): this one was not taken, all others are there. Tell the administrator, and send it again once there is room.", folder).Because(err)
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		return fault.New(fault.Unavailable, "照片目录 %s 写不进去：请检查权限。", "The folder of evidence %s cannot be written to: check its permissions.", folder).Because(err)
	}
	return err
}
