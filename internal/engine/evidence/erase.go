package evidence

import (
	"context"
	"fmt"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

type tombstone struct {
	File string    `db:"file"`
	At   time.Time `db:"at"`
}

type retention struct {
	System  string    `db:"system"`
	Subject string    `db:"subject"`
	Until   time.Time `db:"until"`
}

type dueBy struct {
	Now   time.Time `db:"now"`
	Limit int       `db:"lim"`
}

var (
	filesOfItem = db.Declare[string, string](`SELECT file FROM evidence_rendition WHERE item = :item`)
	dropFiles   = db.Declare[string, db.None](`DELETE FROM evidence_rendition WHERE item = :item`)
	dropPrint   = db.Declare[string, db.None](`DELETE FROM evidence_print WHERE item = :item`)
	dropCovers  = db.Declare[string, db.None](`DELETE FROM evidence_cover WHERE item = :item`)
	dropBlob    = db.Declare[string, db.None](`DELETE FROM evidence_blob WHERE hash = :hash`)
	eraseItem   = db.Declare[string, db.None](`
		UPDATE evidence_item SET state = 'erased', blob = '', private = '', size = 0, width = 0, height = 0 WHERE id = :id`)
	insertGone    = db.Declare[tombstone, db.None](`INSERT INTO evidence_gone (file, at) VALUES (:file, :at) ON CONFLICT (file) DO NOTHING`)
	retainSubject = db.Declare[retention, db.None](`
		UPDATE evidence_item SET until = :until WHERE system = :system AND subject = :subject AND state <> 'erased'`)
	retired     = db.Declare[dueBy, string](`SELECT id FROM evidence_item WHERE until <= :now AND state <> 'erased' ORDER BY until LIMIT :lim`)
	dropIntakes = db.Declare[time.Time, db.None](`DELETE FROM evidence_intake WHERE until < :now`)
)

// Erase deletes an item by order or by rule: its bytes when no other item has them, what
// was made of them, and its private fields with the salt of what the log commits to. What
// stays is that it was. The reason is public: a ground, never a person. Files go once that
// is committed; if the process dies in between, with the next sweep.
func (e *Evidence) Erase(ctx context.Context, by, id, reason string) error {
	var files []string
	err := e.db.Update(ctx, func(tx *db.Tx) (err error) {
		files, err = eraseIn(tx, by, id, reason)
		return err
	})
	if err != nil {
		return fmt.Errorf("evidence: erase %s: %w", id, err)
	}
	if _, err := e.store.Remove(ctx, files, e.named); err != nil {
		return fmt.Errorf("evidence: erase the files of %s: %w", id, err)
	}
	return nil
}

// eraseIn erases rows and returns the files that are to go.
func eraseIn(tx *db.Tx, by, id, reason string) (files []string, err error) {
	row, err := itemByID.One(tx, id)
	if err != nil {
		return nil, err
	}
	if row.State == Erased {
		return nil, gone()
	}
	if files, err = filesOfItem.Slice(tx, id); err != nil {
		return nil, err
	}
	for _, q := range []db.Query[string, db.None]{dropFiles, dropPrint, dropCovers, eraseItem} {
		if _, err := q.Exec(tx, id); err != nil {
			return nil, err
		}
	}
	others, err := itemsOfBlob.Slice(tx, row.Blob)
	if err != nil {
		return nil, err
	}
	if len(others) == 0 {
		blobs, err := blobByHash.Slice(tx, row.Blob)
		if err != nil {
			return nil, err
		}
		for _, b := range blobs {
			files = append(files, b.File)
		}
		if _, err := dropBlob.Exec(tx, row.Blob); err != nil {
			return nil, err
		}
	}
	for _, f := range files {
		if _, err := insertGone.Exec(tx, tombstone{f, tx.Now()}); err != nil {
			return nil, err
		}
	}
	if err := record.Append(tx, by, erased{id, reason}); err != nil {
		return nil, err
	}
	if err := record.Erase(tx, by, row.Entry, reason); fault.KindOf(err) != fault.NotFound { // its person may be forgotten
		return files, err
	}
	return files, nil
}

// Retain says until when the evidence of a subject is kept, as a rule has it that counts
// from the end of a case.
func Retain(tx *db.Tx, system, subject string, until time.Time) error {
	if _, err := retainSubject.Exec(tx, retention{system, subject, until}); err != nil {
		return fmt.Errorf("evidence: retain %s of %s: %w", subject, system, err)
	}
	return nil
}

// byRule is who erases what a rule has erased.
const byRule = "rule"

// Retire erases up to limit items whose time has come, and returns how many.
func (e *Evidence) Retire(ctx context.Context, limit int) (n int, err error) {
	var ids []string
	err = e.db.View(ctx, func(tx *db.Tx) (err error) {
		ids, err = retired.Slice(tx, dueBy{tx.Now(), limit})
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("evidence: retire: %w", err)
	}
	for _, id := range ids {
		err := e.Erase(ctx, byRule, id, "retention")
		if fault.KindOf(err) == fault.NotFound { // another process was faster
			continue
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// Sweep drops intakes that have run out and deletes files that no row names. It is the
// only deleter, and may run beside all else, in any number of processes.
func (e *Evidence) Sweep(ctx context.Context) (removed int, err error) {
	err = e.db.Update(ctx, func(tx *db.Tx) error { _, err := dropIntakes.Exec(tx, tx.Now()); return err })
	if err == nil {
		removed, err = e.store.Sweep(ctx, e.grace, e.named)
	}
	if err != nil {
		return removed, fmt.Errorf("evidence: sweep: %w", err)
	}
	return removed, nil
}

var namedFile = db.Declare[string, string](`
	SELECT file FROM evidence_blob WHERE file = :file UNION ALL
	SELECT file FROM evidence_intake WHERE file = :file UNION ALL
	SELECT file FROM evidence_rendition WHERE file = :file LIMIT 1`)

// named tells which files rows name.
func (e *Evidence) named(ctx context.Context, files []string) (map[string]bool, error) {
	out := map[string]bool{}
	err := e.db.View(ctx, func(tx *db.Tx) error {
		for _, f := range files {
			rows, err := namedFile.Slice(tx, f)
			if err != nil {
				return err
			}
			out[f] = len(rows) > 0
		}
		return nil
	})
	return out, err
}
