package evidence

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

type losing struct {
	Blob string     `db:"blob"`
	At   *time.Time `db:"at"`
}

// Absence is an item whose original was declared lost.
type Absence struct {
	Item string    `db:"id"`
	Kind string    `db:"kind"`
	At   time.Time `db:"lost_at"`
}

var (
	setLost  = db.Declare[losing, db.None](`UPDATE evidence_item SET lost_at = :at WHERE blob = :blob`)
	lostOf   = db.Declare[string, string](`SELECT id FROM evidence_item WHERE blob = :blob AND lost_at IS NOT NULL ORDER BY id`)
	mendBlob = db.Declare[blobRow, db.None](`UPDATE evidence_blob SET file = :file, sum = :sum, secret = :secret, key_number = :key_number WHERE hash = :hash`)
	lostOnes = db.Declare[db.None, Absence](`SELECT /*cols*/ FROM evidence_item WHERE lost_at IS NOT NULL ORDER BY id`)
	// forgetLost is of a restored database: the renditions that were left are not in a backup.
	forgetLost = db.Declare[db.None, db.None](`UPDATE evidence_item SET state = 'unreadable' WHERE lost_at IS NOT NULL AND state IN ('ready', 'pending')`)
)

// Lost lists the items whose originals were declared lost: a backup goes without them.
func Lost(tx *db.Tx) ([]Absence, error) { return lostOnes.Slice(tx, db.None{}) }

// DeclareLost says of an item, and of all with the same bytes, that the original is not to be had
// any more, or that it was found again. Which of the two is looked at in the store: an original that is whole cannot
// be declared lost, which is a fault.Conflict. Sum is how a file is summed.
func (e *Evidence) DeclareLost(ctx context.Context, by, id string, sum func(path string) (string, error)) (lostNow bool, err error) {
	err = e.db.Update(ctx, func(tx *db.Tx) error {
		row, err := itemByID.One(tx, id)
		if err != nil {
			return fault.New(fault.NotFound, "没有材料 %s。编号在备份的报错里，也在照片的地址里：/photos/编号/…", "there is no evidence %s. Its id is in the message of the backup, and in the address of the photo: /photos/id/…", id)
		}
		if row.State == Erased {
			return gone()
		}
		blob, err := blobByHash.One(tx, row.Blob)
		if err != nil {
			return err
		}
		has, err := sum(e.store.Path(blob.File))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		whole := err == nil && has == blob.Sum
		if lostNow = !whole; lostNow == (row.LostAt != nil) {
			if whole {
				return fault.New(fault.Conflict, "材料 %s 的原件是好的，没有丢失。", "the original of the evidence %s is whole: it is not lost.", id)
			}
			return fault.New(fault.Conflict, "材料 %s 已经声明丢失了；把好的文件 %s 放回照片目录后再来，就改回找到。", "the evidence %s is declared lost already; put the whole file %s back into the folder of evidence and come again, and it is found.", id, blob.File)
		}
		at := tx.Now()
		change := losing{Blob: row.Blob}
		if lostNow {
			change.At = &at
		}
		if _, err := setLost.Exec(tx, change); err != nil {
			return err
		}
		same, err := itemsOfBlob.Slice(tx, row.Blob)
		if err != nil {
			return err
		}
		for _, one := range same {
			if err := record.Append(tx, by, lost{one, lostNow}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("evidence: lost %s: %w", id, err)
	}
	return lostNow, nil
}

// found is that somebody brought the bytes again of items whose original was lost.
func found(tx *db.Tx, by, blob string, missed []string) error {
	if _, err := setLost.Exec(tx, losing{Blob: blob}); err != nil {
		return err
	}
	for _, id := range missed {
		if err := record.Append(tx, by, lost{Item: id}); err != nil {
			return err
		}
	}
	return nil
}
