package evidence

import (
	"context"
	"fmt"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence/store"
	"github.com/xiadu/xiadu/internal/fault"
)

// A backup has originals, and neither renditions, which are made anew from them, nor
// intakes, whose senders still have the bytes. It is of a moment: what was erased after
// that and before its file was copied is in a list, which a restore applies.

// File is an original that a backup needs.
type File struct {
	Name string `db:"file"`
	Sum  string `db:"sum"`  // SHA-256 of the file as it lies there
	Item string `db:"item"` // one that it is of
}

var (
	originals = db.Declare[db.None, File](`
		SELECT b.file AS file, b.sum AS sum, MIN(i.id) AS item FROM evidence_blob b JOIN evidence_item i ON i.blob = b.hash
		WHERE i.lost_at IS NULL GROUP BY b.file, b.sum ORDER BY b.file`)
	goneFiles      = db.Declare[db.None, string](`SELECT file FROM evidence_gone ORDER BY file`)
	itemsOfFile    = db.Declare[string, string](`SELECT i.id FROM evidence_item i JOIN evidence_blob b ON b.hash = i.blob WHERE b.file = :file`)
	forgetIntakes  = db.Declare[db.None, db.None](`DELETE FROM evidence_intake`)
	forgetMade     = db.Declare[db.None, db.None](`DELETE FROM evidence_rendition`)
	developAgain   = db.Declare[time.Time, db.None](`UPDATE evidence_item SET state = 'pending', busy = :now WHERE state = 'ready'`)
	publishedAgain = db.Declare[string, Cover](`SELECT /*cols*/ FROM evidence_cover WHERE item = :item AND published = TRUE ORDER BY version DESC LIMIT 1`)
)

// Originals returns the files that a backup of this snapshot needs.
func Originals(tx *db.Tx) ([]File, error) { return originals.Slice(tx, db.None{}) }

// Gone returns the files that were ever erased.
func Gone(tx *db.Tx) ([]string, error) { return goneFiles.Slice(tx, db.None{}) }

// Missing is the fault that an original is not where it has to be, by its item.
func (f File) Missing() error {
	return fault.New(fault.Invalid, "缺少材料 %[1]s 的原件（文件 %[2]s），或它已损坏。请从别的备份找回这个文件，放回照片目录后重试；确实找不回来，用 xiadu evidence lost %[1]s 声明丢失，别的就能照常备份",
		"the original of the evidence %[1]s (file %[2]s) is missing or damaged. Find the file in another backup, put it back into the folder of evidence and try again; if it cannot be found, declare it lost with xiadu evidence lost %[1]s, and the rest can be backed up", f.Item, f.Name)
}

// Adopt puts the originals of a backup in place while its rows are being loaded. The
// store is the rows'; one that is another database's is a fault.Conflict. An original
// that the backup neither has nor says is erased is a fault.Invalid that names its item.
func Adopt(tx *db.Tx, folder string, gone map[string]bool, path func(name string) string, sum func(path string) (string, error)) error {
	all, err := Originals(tx)
	if err != nil {
		return err
	}
	for _, f := range all {
		if gone[f.Name] {
			continue
		}
		if has, err := sum(path(f.Name)); err != nil || has != f.Sum {
			return f.Missing()
		}
	}
	ids, err := readStore.Slice(tx, db.None{})
	if err != nil || len(ids) == 0 {
		return err
	}
	s, err := store.Open(folder)
	if err != nil {
		return err
	}
	id, err := s.SetID(ids[0])
	if err != nil {
		return err
	}
	if id != ids[0] {
		return fault.New(fault.Conflict, "%s 是另一个数据库的照片目录。恢复不会覆盖任何东西：请恢复到新目录（--home），或先移走它",
			"%s is the folder of evidence of another database. A restore overwrites nothing: restore into a new folder (--home), or move it away first", folder)
	}
	for _, f := range all {
		if gone[f.Name] {
			continue
		}
		if err := s.Adopt(tx.Context(), path(f.Name), f.Name); err != nil {
			return err
		}
	}
	return nil
}

// byRestore is who erases what was erased after the backup's moment.
const byRestore = "restore"

// Restored readies a database that was restored: what was erased after the backup's moment
// is erased again, and what backups leave out is made anew by the worker, with what was
// published. It may be repeated.
func Restored(ctx context.Context, d *db.DB, gone []string) error {
	err := d.Update(ctx, func(tx *db.Tx) error {
		for _, file := range gone {
			items, err := itemsOfFile.Slice(tx, file)
			if err != nil {
				return err
			}
			for _, id := range items {
				if _, err := eraseIn(tx, Doer{By: byRestore}, id, Restore, ""); err != nil {
					return err
				}
			}
		}
		if _, err := forgetIntakes.Exec(tx, db.None{}); err != nil {
			return err
		}
		if _, err := forgetMade.Exec(tx, db.None{}); err != nil {
			return err
		}
		if _, err := forgetLost.Exec(tx, db.None{}); err != nil {
			return err
		}
		_, err := developAgain.Exec(tx, tx.Now())
		return err
	})
	if err != nil {
		return fmt.Errorf("evidence: restored: %w", err)
	}
	return nil
}
