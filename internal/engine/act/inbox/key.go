package inbox

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

type keyRow struct {
	Number    int       `db:"number"`
	Public    string    `db:"public"`
	Secret    string    `db:"secret"`
	KeyNumber int       `db:"key_number"`
	MadeAt    time.Time `db:"made_at"`
}

func (r keyRow) place() string { return "offline_key/" + strconv.Itoa(r.Number) }

var (
	insertKey   = db.Declare[keyRow, db.None](`INSERT INTO offline_key (number, public, secret, key_number, made_at) VALUES (:number, :public, :secret, :key_number, :made_at)`)
	newestKey   = db.Declare[db.None, keyRow](`SELECT /*cols*/ FROM offline_key ORDER BY number DESC LIMIT 1`)
	keyByNumber = db.Declare[int, keyRow](`SELECT /*cols*/ FROM offline_key WHERE number = :number`)
	keysUnder   = db.Declare[int, keyRow](`SELECT /*cols*/ FROM offline_key WHERE key_number <> :key_number ORDER BY number LIMIT 500`)
	sealAnew    = db.Declare[keyRow, db.None](`UPDATE offline_key SET secret = :secret, key_number = :key_number WHERE number = :number`)
)

// SiteKey is what devices seal to.
type SiteKey struct {
	Number int    `json:"number"`
	Public []byte `json:"public"`
}

// SiteKey returns the public half of the newest pair, and makes the first. A site whose key of
// people was lost makes another: what was sealed to the old one cannot be opened any more.
func (b *Inbox[W]) SiteKey(ctx context.Context) (k SiteKey, err error) {
	made := false
	read := func(tx *db.Tx) error {
		made = false
		rows, err := newestKey.Slice(tx, db.None{})
		if err != nil || len(rows) == 0 {
			return err
		}
		lost, err := b.lost(tx, rows[0])
		if err != nil || lost {
			return err
		}
		made, k.Number = true, rows[0].Number
		k.Public, err = base64.StdEncoding.DecodeString(rows[0].Public)
		return err
	}
	if err := b.db.View(ctx, read); err != nil || made {
		return k, err
	}
	err = b.db.Update(ctx, func(tx *db.Tx) error {
		if err := read(tx); err != nil || made {
			return err
		}
		k, err = makeKey(tx)
		return err
	})
	if err != nil {
		return SiteKey{}, fmt.Errorf("inbox: the site's key: %w", err)
	}
	return k, nil
}

// lost reports whether a pair lies under a key of people that is in the file no more.
func (b *Inbox[W]) lost(tx *db.Tx, row keyRow) (bool, error) {
	_, err := b.open(tx, row)
	if err == nil {
		return false, nil
	}
	keys := record.KeysOf(tx)
	if keys == nil {
		return false, err
	}
	number, other := keys.InUse(tx)
	if other != nil || number == row.KeyNumber {
		return false, err
	}
	return true, nil
}

func makeKey(tx *db.Tx) (SiteKey, error) {
	keys := record.KeysOf(tx)
	row := keyRow{Number: 1, MadeAt: tx.Now()}
	var err error
	if keys != nil {
		if row.KeyNumber, err = keys.InUse(tx); err != nil {
			return SiteKey{}, err
		}
	}
	if row.KeyNumber == 0 {
		return SiteKey{}, fault.New(fault.Unavailable, "还没有个人信息的密钥，手机上还不能离线办事。请先运行一次 xiadu serve。",
			"There is no key of personal data yet, so that phones cannot work without a signal. Run xiadu serve once.")
	}
	had, err := newestKey.Slice(tx, db.None{})
	if err != nil {
		return SiteKey{}, err
	}
	if len(had) > 0 {
		row.Number = had[0].Number + 1
	}
	pair, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return SiteKey{}, err
	}
	public := pair.PublicKey().Bytes()
	row.Public = base64.StdEncoding.EncodeToString(public)
	if row.Secret, err = keys.Seal(row.KeyNumber, row.place(), base64.StdEncoding.EncodeToString(pair.Bytes())); err != nil {
		return SiteKey{}, err
	}
	_, err = insertKey.Exec(tx, row)
	return SiteKey{row.Number, public}, err
}

// private returns the private half of a pair.
func (b *Inbox[W]) private(tx *db.Tx, number int) (*ecdh.PrivateKey, error) {
	b.mu.Lock()
	pair := b.keys[number]
	b.mu.Unlock()
	if pair != nil {
		return pair, nil
	}
	rows, err := keyByNumber.Slice(tx, number)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, otherSite()
	}
	if lost, err := b.lost(tx, rows[0]); err != nil || lost {
		if err == nil {
			err = fault.New(fault.Denied, "封这一件用的密钥已经丢失，打不开了。请照设备上的那一行重新办一次。",
				"The key that this was sealed to is lost, and it cannot be opened. Do it anew by the line that the device shows.")
		}
		return nil, err
	}
	return b.open(tx, rows[0])
}

func otherSite() error {
	return fault.New(fault.Denied, "这一件是封给另一个站点的，这里打不开。请送到办它的那个站点。", "This was sealed to another site and cannot be opened here. Bring it to the site that it was done for.")
}

func (b *Inbox[W]) open(tx *db.Tx, row keyRow) (*ecdh.PrivateKey, error) {
	keys := record.KeysOf(tx)
	if keys == nil {
		return nil, fault.New(fault.Unavailable, "没有个人信息的密钥，打不开手机送来的。", "There is no key of personal data, without which what phones send cannot be opened.")
	}
	text, err := keys.Open(row.place(), row.Secret)
	if err != nil {
		return nil, err
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	pair, err := ecdh.P256().NewPrivateKey(raw)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.keys[row.Number] = pair
	return pair, nil
}

// Anew puts the site's pairs under the key of people in use, after another was put in use,
// and returns how many rows were. What does not open stays as it is.
func Anew(ctx context.Context, d *db.DB) (rows int, err error) {
	err = d.Update(ctx, func(tx *db.Tx) error {
		rows = 0
		keys := record.KeysOf(tx)
		if keys == nil {
			return nil
		}
		number, err := keys.InUse(tx)
		if err != nil {
			return err
		}
		all, err := keysUnder.Slice(tx, number)
		if err != nil {
			return err
		}
		for _, row := range all {
			text, err := keys.Open(row.place(), row.Secret)
			if err != nil {
				continue
			}
			if row.Secret, err = keys.Seal(number, row.place(), text); err != nil {
				return err
			}
			row.KeyNumber = number
			if _, err := sealAnew.Exec(tx, row); err != nil {
				return err
			}
			rows++
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("inbox: anew: %w", err)
	}
	return rows, nil
}
