// Package key has the keys of a site that never leave it: each is made when it is first asked for, and kept sealed.
//
//	b, err := key.Of(tx, "blur")
//
// Tables owned: complaint_secret. A key is never changed: what was moved or hidden under it would be another. [Anew]
// seals the rows anew when the record is under another key.
package key

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/record"
)

type secret struct {
	Name      string `db:"name"`
	What      string `db:"what"`
	KeyNumber int    `db:"key_number"`
}

func (s secret) sealedAt() string { return "complaint_secret/" + s.Name }

var (
	secretOf  = db.Declare[string, secret](`SELECT /*cols*/ FROM complaint_secret WHERE name = :name`)
	addSecret = db.Declare[secret, db.None](`INSERT INTO complaint_secret (name, what, key_number) VALUES (:name, :what, :key_number) ON CONFLICT (name) DO NOTHING`)
)

// Anew is the table with something sealed, for when another key is in use.
var Anew = []record.Drawer{{
	Read: db.Declare[record.UnderOther, record.Own](`
		SELECT name AS id, 'complaint_secret/' || name AS place, what AS secret, key_number FROM complaint_secret
		WHERE key_number <> :key_number AND name > :after ORDER BY name LIMIT :lim`),
	Set: db.Declare[record.Own, db.None](`UPDATE complaint_secret SET what = :secret, key_number = :key_number WHERE name = :id`),
}}

// length is that of a key, in bytes.
const length = 32

// Of returns the key of a name, in a transaction that may write.
func Of(tx *db.Tx, name string) ([]byte, error) {
	rows, err := secretOf.Slice(tx, name)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		if rows, err = made(tx, name); err != nil {
			return nil, err
		}
	}
	text, err := record.OpenOwn(tx, rows[0].sealedAt(), rows[0].What)
	if err != nil {
		return nil, err
	}
	b, err := hex.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("key: %s: %w", name, err)
	}
	return b, nil
}

// made makes a key. Where another did so first, theirs stands.
func made(tx *db.Tx, name string) ([]secret, error) {
	b := make([]byte, length)
	rand.Read(b) // documented never to fail
	s := secret{Name: name}
	var err error
	if s.What, s.KeyNumber, err = record.SealOwn(tx, s.sealedAt(), hex.EncodeToString(b)); err != nil {
		return nil, err
	}
	if _, err := addSecret.Exec(tx, s); err != nil {
		return nil, err
	}
	s, err = secretOf.One(tx, name)
	return []secret{s}, err
}
