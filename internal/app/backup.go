package app

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
)

// A backup is a .tar.gz of two files: the database as an engine-independent
// copy, and the streets if there are any.
const (
	copyName    = "data.jsonl"
	streetsName = "city.streets"
)

// Backup writes all data to w. Readers and writers go on meanwhile: the copy is
// of one moment.
func Backup(ctx context.Context, c Config, w io.Writer) (err error) {
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()

	// tar wants the length first, so the copy goes to a file.
	data, err := os.CreateTemp(c.Home, ".backup-*")
	if err != nil {
		return fmt.Errorf("backing up %s: %w", c.Home, err)
	}
	defer func() { err = errors.Join(err, data.Close(), os.Remove(data.Name())) }()
	if err := d.Dump(ctx, data); err != nil {
		return err
	}
	zip := gzip.NewWriter(w)
	archive := tar.NewWriter(zip)
	if err := store(ctx, archive, copyName, data); err != nil {
		return err
	}
	streets, err := os.Open(c.streets())
	if err == nil {
		defer streets.Close() //nolint:errcheck // it was only read
		err = store(ctx, archive, streetsName, streets)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("backing up %s: %w", c.streets(), err)
	}
	return errors.Join(archive.Close(), zip.Close())
}

func store(ctx context.Context, archive *tar.Writer, name string, f *os.File) error {
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
	_, err = io.Copy(archive, cancellable{ctx, f})
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

// BackupTo writes a backup to a file, which appears whole or not at all.
func BackupTo(ctx context.Context, c Config, file string) error {
	return replace(file, func(w io.Writer) error { return Backup(ctx, c, w) })
}

// replace writes a file beside its place, flushes it to the disk and moves it in.
func replace(file string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*")
	if err != nil {
		return fault.New(fault.Unavailable, "写不了 %s：请检查文件夹是否存在、能否写入", "cannot write %s: see whether the folder exists and may be written to", file).Because(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	err = errors.Join(write(f), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

// Restore loads a backup into an empty database and puts its streets in place.
// A backup that is damaged is a fault.Invalid, a database that holds data a
// fault.Conflict; then nothing has changed.
func Restore(ctx context.Context, c Config, r io.Reader) (err error) {
	if err := os.MkdirAll(c.Home, 0o750); err != nil {
		return fmt.Errorf("restoring into %s: %w", c.Home, err)
	}
	zip, err := gzip.NewReader(cancellable{ctx, r})
	if err != nil {
		return damaged(err)
	}
	archive := tar.NewReader(zip)
	head, err := archive.Next()
	if err != nil || head.Name != copyName {
		return damaged(err)
	}
	d, err := db.Open(ctx, c.dsn())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.Load(ctx, archive, schemas()...); err != nil {
		return err
	}
	head, err = archive.Next()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil || head.Name != streetsName {
		return damaged(err)
	}
	return replace(c.streets(), func(w io.Writer) error {
		if _, err := io.Copy(w, archive); err != nil { //nolint:gosec // the operator's own backup, as long as its streets are
			return damaged(err)
		}
		return nil
	})
}

func damaged(cause error) error {
	return fault.New(fault.Invalid, "这不是完整的 xiadu 备份：文件损坏、不完整，或是别的文件。请换一份备份",
		"this is not a whole xiadu backup: it is damaged, cut short or something else. Use another").Because(cause)
}
