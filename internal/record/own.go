package record

import (
	"context"
	"fmt"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
)

// Engines and systems have rows with personal data of their own: the text of a letter, the
// key of a file. This is how they keep them under the keys of people, as the private parts
// of entries are.

// SealOwn encrypts a text of an owner's own row for a place under the key in use, and says which
// that is. Without any key it is a fault.Unavailable.
func SealOwn(tx *db.Tx, place, text string) (sealed string, number int, err error) {
	keys := KeysOf(tx)
	if keys != nil {
		if number, err = keys.InUse(tx); err != nil {
			return "", 0, err
		}
	}
	if number == 0 {
		return "", 0, fault.New(fault.Unavailable, "还没有个人信息的密钥，不能收照片和信件。请先运行一次 xiadu serve。",
			"There is no key of personal data yet, so that no photo and no letter can be taken. Run xiadu serve once.")
	}
	sealed, err = keys.Seal(number, place, text)
	return sealed, number, err
}

// OpenOwn decrypts what SealOwn made for the same place. A key that is not there is a
// fault.Unavailable.
func OpenOwn(tx *db.Tx, place, sealed string) (string, error) {
	keys := KeysOf(tx)
	if keys == nil {
		return "", fault.New(fault.Unavailable, "没有个人信息的密钥，读不出这份内容。", "There is no key of personal data, without which this cannot be read.")
	}
	return keys.Open(place, sealed)
}

// Own is what a row has sealed.
type Own struct {
	ID        string `db:"id"`
	Place     string `db:"place"`
	Secret    string `db:"secret"`
	KeyNumber int    `db:"key_number"`
}

// UnderOther asks for rows behind one that are not under a key.
type UnderOther struct {
	Key   int    `db:"key_number"`
	After string `db:"after"`
	Limit int    `db:"lim"`
}

// Drawer is a table with something sealed: how its rows are read in the order of their
// ids, and put anew.
type Drawer struct {
	Read db.Query[UnderOther, Own]
	Set  db.Query[Own, db.None]
}

// ownBatch bounds a transaction of OwnAnew, so that others get theirs in between.
const ownBatch = 500

// OwnAnew seals what rows have under the key in use, after another was put in use, and
// returns how many were sealed anew. What does not open, since its key is lost, stays. It
// may be repeated.
func OwnAnew(ctx context.Context, d *db.DB, drawers ...Drawer) (rows int, err error) {
	for _, drawer := range drawers {
		for after, more := "", true; more; {
			var last string
			var n int
			err := d.Update(ctx, func(tx *db.Tx) (err error) {
				last, n, err = drawer.anew(tx, after)
				return err
			})
			if err != nil {
				return rows, fmt.Errorf("sealing anew: %w", err)
			}
			rows += n
			after, more = last, last != ""
		}
	}
	return rows, nil
}

// anew seals one batch, and returns the id behind which there may be more.
func (d Drawer) anew(tx *db.Tx, after string) (last string, n int, err error) {
	keys := KeysOf(tx)
	if keys == nil {
		return "", 0, nil
	}
	number, err := keys.InUse(tx)
	if err != nil {
		return "", 0, err
	}
	page, err := d.Read.Slice(tx, UnderOther{number, after, ownBatch})
	if err != nil {
		return "", 0, err
	}
	for _, row := range page {
		text, err := keys.Open(row.Place, row.Secret)
		if err != nil {
			continue
		}
		if row.Secret, row.KeyNumber, err = SealOwn(tx, row.Place, text); err != nil {
			return "", 0, err
		}
		if _, err := d.Set.Exec(tx, row); err != nil {
			return "", 0, err
		}
		n++
	}
	if len(page) == ownBatch {
		last = page[len(page)-1].ID
	}
	return last, n, nil
}
