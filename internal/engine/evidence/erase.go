package evidence

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

type tombstone struct {
	File string    `db:"file"`
	At   time.Time `db:"at"`
}

type going struct {
	ID     string    `db:"id"`
	Ground Ground    `db:"ground"`
	Now    time.Time `db:"now"`
}

var (
	filesOfItem = db.Declare[string, string](`SELECT file FROM evidence_rendition WHERE item = :item`)
	dropFiles   = db.Declare[string, db.None](`DELETE FROM evidence_rendition WHERE item = :item`)
	dropPrint   = db.Declare[string, db.None](`DELETE FROM evidence_print WHERE item = :item`)
	dropCovers  = db.Declare[string, db.None](`DELETE FROM evidence_cover WHERE item = :item`)
	dropBlob    = db.Declare[string, db.None](`DELETE FROM evidence_blob WHERE hash = :hash`)
	eraseItem   = db.Declare[going, db.None](`
		UPDATE evidence_item SET state = 'erased', blob = '', private = '', size = 0, width = 0, height = 0, gone_at = :now, gone_why = :ground, lost_at = NULL
		WHERE id = :id`)
	insertGone  = db.Declare[tombstone, db.None](`INSERT INTO evidence_gone (file, at) VALUES (:file, :at) ON CONFLICT (file) DO NOTHING`)
	dropIntakes = db.Declare[time.Time, db.None](`DELETE FROM evidence_intake WHERE until < :now`)
)

// Erase deletes an item by order: its bytes when no other item has them, what was made of
// them, and its private fields with the salt of what the log commits to. What stays is that
// it was. The ground is public and names nobody. Files go once that is committed; if the
// process dies in between, with the next sweep.
func (e *Evidence) Erase(ctx context.Context, by, id string, ground Ground) error {
	return eraseFor(ctx, e, id, ground, "", func(*db.Tx, Item) (Doer, error) { return Doer{By: by}, nil })
}

func eraseFor(ctx context.Context, e *Evidence, id string, ground Ground, note string, who func(*db.Tx, Item) (Doer, error)) error {
	var files []string
	err := e.db.Update(ctx, func(tx *db.Tx) error {
		i, err := e.Item(tx, id)
		if err != nil {
			return err
		}
		by, err := who(tx, i)
		if err == nil {
			files, err = eraseIn(tx, by, id, ground, note)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("evidence: erase %s: %w", id, err)
	}
	return remove(ctx, e, id, files)
}

// remove deletes the files of what was erased.
func remove(ctx context.Context, e *Evidence, id string, files []string) error {
	if _, err := e.store.Remove(ctx, files, e.named); err != nil {
		return fmt.Errorf("evidence: erase the files of %s: %w", id, err)
	}
	return nil
}

// eraseIn erases rows and returns the files that are to go.
func eraseIn(tx *db.Tx, by Doer, id string, ground Ground, note string) (files []string, err error) {
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
	for _, q := range []db.Query[string, db.None]{dropFiles, dropPrint, dropCovers} {
		if _, err := q.Exec(tx, id); err != nil {
			return nil, err
		}
	}
	if _, err := eraseItem.Exec(tx, going{id, ground, tx.Now()}); err != nil {
		return nil, err
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
	if err := record.Append(tx, by.By, erased{by.Person, note, id, ground}); err != nil {
		return nil, err
	}
	if err := record.Erase(tx, by.By, row.Entry, string(ground)); fault.KindOf(err) != fault.NotFound { // its person may be forgotten
		return files, err
	}
	return files, nil
}

// eraseAgain erases items that the log says are erased: an older database may have been
// restored, and its log taken from a mirror.
func (e *Evidence) eraseAgain(ctx context.Context) error {
	for before := ""; ; {
		var page []record.Item
		var back []erased
		err := e.db.View(ctx, func(tx *db.Tx) (err error) {
			if page, err = record.Latest(tx, kindErased, before, pageOfLog); err != nil {
				return err
			}
			for _, entry := range page {
				id := strings.TrimPrefix(entry.Subject, subjectOf(""))
				rows, err := itemByID.Slice(tx, id)
				if err != nil {
					return err
				}
				if len(rows) > 0 && rows[0].State != Erased {
					one := erased{Item: id}
					if err := json.Unmarshal([]byte(entry.Public), &one); err != nil {
						return err
					}
					back = append(back, one)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, one := range back {
			if err := e.Erase(ctx, byRestore, one.Item, one.Reason); err != nil && fault.KindOf(err) != fault.NotFound {
				return err
			}
		}
		if len(page) < pageOfLog {
			return nil
		}
		before = page[len(page)-1].ID
	}
}

const pageOfLog = 1000

// Sweep erases again what the log says is erased, drops intakes that have run out and
// deletes files that no row names. It is the only deleter, and may run beside all else,
// in any number of processes.
func (e *Evidence) Sweep(ctx context.Context) (removed int, err error) {
	if err := e.eraseAgain(ctx); err != nil {
		return 0, fmt.Errorf("evidence: sweep: %w", err)
	}
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
