package evidence

import (
	"context"
	"fmt"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/record"
)

// sealedRow is what a row has sealed, of any of the tables.
type sealedRow struct {
	ID        string `db:"id"`
	Place     string `db:"place"`
	Secret    string `db:"secret"`
	KeyNumber int    `db:"key_number"`
}

type underOther struct {
	Key   int    `db:"key_number"`
	After string `db:"after"`
	Limit int    `db:"lim"`
}

// secrets are the tables with something sealed: how to read it, and how to put it anew.
var secrets = []struct {
	read db.Query[underOther, sealedRow]
	set  db.Query[sealedRow, db.None]
}{
	{
		db.Declare[underOther, sealedRow](`
		SELECT hash AS id, 'evidence_blob/' || hash AS place, secret, key_number FROM evidence_blob
		WHERE key_number <> :key_number AND hash > :after ORDER BY hash LIMIT :lim`),
		db.Declare[sealedRow, db.None](`UPDATE evidence_blob SET secret = :secret, key_number = :key_number WHERE hash = :id`),
	},
	{
		db.Declare[underOther, sealedRow](`
		SELECT id, 'evidence_intake/' || id AS place, secret, key_number FROM evidence_intake
		WHERE key_number <> :key_number AND id > :after ORDER BY id LIMIT :lim`),
		db.Declare[sealedRow, db.None](`UPDATE evidence_intake SET secret = :secret, key_number = :key_number WHERE id = :id`),
	},
	{
		db.Declare[underOther, sealedRow](`
		SELECT id, 'evidence_item/' || id AS place, private AS secret, key_number FROM evidence_item
		WHERE key_number <> :key_number AND state <> 'erased' AND id > :after ORDER BY id LIMIT :lim`),
		db.Declare[sealedRow, db.None](`UPDATE evidence_item SET private = :secret, key_number = :key_number WHERE id = :id`),
	},
	{
		db.Declare[underOther, sealedRow](`
		SELECT file AS id, 'evidence_rendition/' || item || '/' || purpose AS place, secret, key_number FROM evidence_rendition
		WHERE key_number <> :key_number AND file > :after ORDER BY file LIMIT :lim`),
		db.Declare[sealedRow, db.None](`UPDATE evidence_rendition SET secret = :secret, key_number = :key_number WHERE file = :id`),
	},
}

// anewBatch bounds a transaction of Anew, so that others get theirs in between.
const anewBatch = 500

// Anew seals what rows have under the key in use, after another was put in use, and
// returns how many were sealed anew. The files stay as they are: only their keys are
// sealed. What does not open, since its key is lost, stays, too. It may be repeated.
func Anew(ctx context.Context, d *db.DB) (rows int, err error) {
	for _, table := range secrets {
		for after, more := "", true; more; {
			var last string
			var n int
			err := d.Update(ctx, func(tx *db.Tx) (err error) {
				last, n = "", 0
				keys := record.KeysOf(tx)
				if keys == nil {
					return nil
				}
				number, err := keys.InUse(tx)
				if err != nil {
					return err
				}
				page, err := table.read.Slice(tx, underOther{number, after, anewBatch})
				if err != nil {
					return err
				}
				for _, row := range page {
					text, err := keys.Open(row.Place, row.Secret)
					if err != nil {
						continue
					}
					if row.Secret, row.KeyNumber, err = sealedIn(tx, row.Place, text); err != nil {
						return err
					}
					if _, err := table.set.Exec(tx, row); err != nil {
						return err
					}
					n++
				}
				if len(page) == anewBatch {
					last = page[len(page)-1].ID
				}
				return nil
			})
			if err != nil {
				return rows, fmt.Errorf("evidence: anew: %w", err)
			}
			rows += n
			after, more = last, last != ""
		}
	}
	return rows, nil
}
