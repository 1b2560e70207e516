package app

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/xiadu/xiadu/internal/app/disk"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/atlas"
)

// A backup is a .tar.gz: the database as an engine-independent copy, the streets if
// there are any, and the originals of evidence with the list of those that were erased;
// see backup_evidence.go. One of before there was evidence ends with the streets.
const (
	copyName    = "data.jsonl"
	streetsName = "city.streets"
)

// Backup writes all data to w. Readers and writers go on meanwhile: the copy is
// of one moment. Data or streets that are damaged are refused.
func Backup(ctx context.Context, c Config, w io.Writer) error {
	_, err := backup(ctx, c, w)
	return err
}

// backup returns the sums of what it wrote.
func backup(ctx context.Context, c Config, w io.Writer) (wrote sums, err error) {
	if err := c.makeHome(); err != nil { // a place to work in, also beside PostgreSQL
		return nil, err
	}
	d, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()

	if err := errors.Join(d.Sound(ctx), c.checkStreets()); err != nil {
		return nil, err
	}
	// tar wants the length first, so the copy goes to a file.
	data, err := os.CreateTemp(filepath.Clean(c.Home), ".backup-*")
	if disk.CannotWrite(err) { // the data are to be had all the same
		data, err = os.CreateTemp("", "xiadu-backup-*")
	}
	if err != nil {
		return nil, disk.Explained(c.Home, fmt.Errorf("backing up %s: %w", c.Home, err))
	}
	defer func() { err = errors.Join(err, data.Close(), os.Remove(data.Name())) }()
	if err := d.Dump(ctx, data); err != nil {
		return nil, disk.Explained(data.Name(), err)
	}
	zip := gzip.NewWriter(w)
	archive := tar.NewWriter(zip)
	wrote = sums{}
	if err := storeFile(ctx, archive, wrote, copyName, data); err != nil {
		return nil, err
	}
	streets, err := os.Open(c.streets())
	if err == nil {
		defer streets.Close() //nolint:errcheck // it was only read
		err = storeFile(ctx, archive, wrote, streetsName, streets)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("backing up %s: %w", c.streets(), err)
	}
	if err := storeEvidence(ctx, c, d, archive, wrote); err != nil {
		return nil, err
	}
	return wrote, errors.Join(archive.Close(), zip.Close())
}

// checkStreets refuses to back up streets that are damaged: the day of the
// restore is too late to learn of it.
func (c Config) checkStreets() error {
	_, err := atlas.Open(c.streets())
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}

// sums has the SHA-256 of each file of a backup.
type sums map[string][sha256.Size]byte

func storeFile(ctx context.Context, archive *tar.Writer, wrote sums, name string, f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: info.Size(), ModTime: info.ModTime()}); err != nil {
		return err
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(archive, sum), cancellable{ctx, f})
	wrote[name] = [sha256.Size]byte(sum.Sum(nil))
	return err
}

// cancellable stops a long copy.
type cancellable struct {
	ctx context.Context
	r   io.Reader
}

func (c cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// Restore loads a backup into an empty database and puts its streets in place.
// A backup that is damaged is a fault.Invalid, a database that holds data, or
// streets where there are to be others, a fault.Conflict; then nothing has changed.
func Restore(ctx context.Context, c Config, r io.Reader) (err error) {
	if err := c.makeHome(); err != nil {
		return err
	}
	// All of the backup is read before any of it is used, so that one that is
	// cut short in the streets leaves no database without streets.
	beside, err := os.MkdirTemp(filepath.Clean(c.Home), ".restore-*")
	if err != nil {
		return disk.Explained(c.Home, fmt.Errorf("restoring into %s: %w", c.Home, err))
	}
	defer func() { err = errors.Join(err, os.RemoveAll(beside)) }()
	names, err := unpack(ctx, r, beside)
	if err != nil {
		return err
	}
	if err := c.roomForStreets(names); err != nil {
		return err
	}
	gone, err := goneIn(beside)
	if err != nil {
		return err
	}
	data, err := os.Open(filepath.Join(beside, copyName))
	if err != nil {
		return err
	}
	defer data.Close() //nolint:errcheck // it was only read
	d, err := db.Open(ctx, c.dsn())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	waiting := ""
	err = d.LoadThen(ctx, data, func(tx *db.Tx) (err error) {
		if slices.Contains(names, streetsName) {
			waiting, err = c.wait(tx, filepath.Join(beside, streetsName))
		}
		if err == nil {
			err = adoptEvidence(c, tx, beside, gone)
		}
		return err
	}, schemas()...)
	// Interrupted at its end, a load that is committed may say that it was
	// cancelled: the database tells whether these streets are its own.
	if settled := c.settle(context.WithoutCancel(ctx), d); err == nil {
		// Who had signed out since the backup must not be in again.
		return errors.Join(settled, identity.Restored(context.WithoutCancel(ctx), d), evidence.Restored(context.WithoutCancel(ctx), d, gone), casework.Restored(context.WithoutCancel(ctx), d))
	}
	_ = os.Remove(waiting) // unless they have just been moved in
	return err
}

// roomForStreets refuses streets that would take the place of others.
func (c Config) roomForStreets(names []string) error {
	if !slices.Contains(names, streetsName) {
		return nil
	}
	if _, err := os.Stat(c.streets()); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fault.New(fault.Conflict, "%[1]s 已经存在。恢复不会覆盖任何东西：请恢复到新目录（--home），或先移走这个文件",
		"%[1]s is there already. A restore overwrites nothing: restore into a new folder (--home), or move this file away first", c.streets())
}

// unpack writes the files of a backup into a folder and returns their names.
func unpack(ctx context.Context, r io.Reader, folder string) (names []string, err error) {
	zip, err := gzip.NewReader(cancellable{ctx, r})
	if err != nil {
		return nil, damaged(err)
	}
	archive := tar.NewReader(zip)
	for {
		head, err := archive.Next()
		if errors.Is(err, io.EOF) && len(names) > 0 {
			break
		}
		if err != nil || !follows(names, head.Name) {
			return nil, damaged(err)
		}
		if err := unpackFile(archive, filepath.Join(folder, filepath.Base(head.Name))); err != nil {
			return nil, err
		}
		names = append(names, head.Name)
	}
	// The checksum of the whole is at the very end, past what tar reads.
	if _, err := io.Copy(io.Discard, zip); err != nil { //nolint:gosec // nothing is kept
		return nil, damaged(err)
	}
	return names, nil
}

func unpackFile(archive io.Reader, file string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, disk.ForOwner)
	if err != nil {
		return disk.Explained(file, err)
	}
	from := failing{r: archive}
	_, err = io.Copy(f, &from)
	if from.err != nil {
		err = damaged(from.err)
	}
	return disk.Explained(file, errors.Join(err, f.Sync(), f.Close()))
}

// failing remembers why reading failed, to tell a damaged backup from a disk
// that cannot take it.
type failing struct {
	r   io.Reader
	err error
}

func (f *failing) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		f.err = err
	}
	return n, err
}

func damaged(cause error) error {
	if errors.Is(cause, context.Canceled) {
		return cause
	}
	return fault.New(fault.Invalid, "这不是完整的 xiadu 备份：文件损坏、不完整，或是别的文件。请换一份备份",
		"this is not a whole xiadu backup: it is damaged, cut short or something else. Use another").Because(cause)
}
