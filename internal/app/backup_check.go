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
	"maps"
	"os"

	"github.com/xiadu/xiadu/internal/app/disk"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// BackupTo writes a backup to a file, which appears whole or not at all: it is
// read again from its first byte to its last and held against the sums of what
// was written before it gets its name. A backup that is there and holds more is
// a fault.Conflict unless larger is true. More is an entry of the record, which
// only grows, or streets: who has fewer is another city, or has lost some.
func BackupTo(ctx context.Context, c Config, file string, larger bool) error {
	before, err := backupThere(ctx, file)
	if err != nil {
		return err
	}
	var wrote sums
	write := func(w io.Writer) (err error) {
		wrote, err = backup(ctx, c, w)
		return err
	}
	return disk.ReplaceChecked(file, disk.ForOwner, write, func(beside string) error {
		now, err := readBackup(ctx, beside)
		switch {
		case fault.KindOf(err) == fault.Invalid, err == nil && !maps.Equal(now.sums, wrote):
			return fault.New(fault.Unavailable, "写到 %[1]s 的备份读回来不一样：没有备份成功，原有的文件未动。请检查这块磁盘，或写到别处",
				"what was written to %[1]s reads back as something else: there is no new backup, and what was there is untouched. Check this disk, or write elsewhere", file).Because(err)
		case err != nil:
			return fmt.Errorf("reading back %s: %w", file, err)
		case !larger && before.entries > now.entries:
			return fault.New(fault.Conflict, "%[1]s 里的备份记着 %[2]d 次改动，这次的数据只有 %[3]d 次：没有替换。请查明少了什么，或换一个文件名；确实要替换，加 --replace",
				"the backup in %[1]s has %[2]d changes on record and the data now only %[3]d: it was not replaced. Find out what is missing, or name another file; to replace it all the same, add --replace",
				file, before.entries, now.entries)
		case !larger && before.hasStreets() && !now.hasStreets():
			return fault.New(fault.Conflict, "%[1]s 里的备份有街道，这次没有：没有替换。请查明原因，或换一个文件名；确实要替换，加 --replace",
				"the backup in %[1]s has streets and there are none now: it was not replaced. Find out why, or name another file; to replace it all the same, add --replace", file)
		}
		return nil
	})
}

// contents are what a backup holds.
type contents struct {
	entries int64 // of the record
	sums    sums
}

func (c contents) hasStreets() bool {
	_, ok := c.sums[streetsName]
	return ok
}

// backupThere reads the backup that is to be replaced. Nothing, or an empty
// file, holds nothing; what is no whole backup is not replaced.
func backupThere(ctx context.Context, file string) (contents, error) {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && info.Mode().IsRegular() && info.Size() == 0:
		return contents{}, nil
	case err != nil:
		return contents{}, disk.Explained(file, err)
	case info.Mode().IsRegular():
		has, err := readBackup(ctx, file)
		if fault.KindOf(err) != fault.Invalid {
			return has, err
		}
	}
	return contents{}, fault.New(fault.Conflict, "%[1]s 已经存在，而且不是完整的 xiadu 备份：没有替换。请换一个文件名，或先移走它",
		"%[1]s is there and is no whole xiadu backup: it was not replaced. Name another file, or move it away first", file)
}

// readBackup reads a whole backup. One that is not whole is a fault.Invalid.
func readBackup(ctx context.Context, file string) (contents, error) {
	f, err := os.Open(file)
	if err != nil {
		return contents{}, disk.Explained(file, err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	zip, err := gzip.NewReader(cancellable{ctx, f})
	if err != nil {
		return contents{}, damaged(err)
	}
	archive := tar.NewReader(zip)
	has := contents{sums: sums{}}
	for {
		head, err := archive.Next()
		if errors.Is(err, io.EOF) && len(has.sums) > 0 {
			break
		}
		if err != nil {
			return contents{}, damaged(err)
		}
		sum := sha256.New()
		entry := io.TeeReader(archive, sum)
		if head.Name == copyName {
			rows, err := db.CheckCopy(ctx, entry)
			if err != nil {
				return contents{}, damaged(err)
			}
			has.entries = rows[record.Table]
		}
		if _, err := io.Copy(io.Discard, entry); err != nil {
			return contents{}, damaged(err)
		}
		has.sums[head.Name] = [sha256.Size]byte(sum.Sum(nil))
	}
	// The checksum of the whole is at the very end, past what tar reads.
	if _, err := io.Copy(io.Discard, zip); err != nil { //nolint:gosec // nothing is kept
		return contents{}, damaged(err)
	}
	return has, nil
}
