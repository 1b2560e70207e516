package record

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/record/canonical"
)

// secret is the private part of an entry. This file is the only place where one
// is written or read: encryption at rest belongs in conceal and [Private], under
// the commitment, which is to the plain text.
type secret struct {
	ID      string `db:"id"`
	Salt    string `db:"salt"`
	Payload string `db:"payload"`
	Person  string `db:"person"` // a reference to whom it is about
	Key     int    `db:"key_number"`
}

var (
	insertSecret = db.Declare[secret, db.None](`
		INSERT INTO record_private (id, salt, payload, person, key_number)
		VALUES (:id, :salt, :payload, :person, :key_number)`)
	secretByID = db.Declare[string, secret](`SELECT /*cols*/ FROM record_private WHERE id = :id`)
	coverAnew  = db.Declare[secret, db.None](`
		UPDATE record_private SET salt = :salt, payload = :payload, person = :person, key_number = :key_number WHERE id = :id`)
	underOthers = db.Declare[under, secret](`
		SELECT /*cols*/ FROM record_private WHERE key_number <> :key_number AND id > :after ORDER BY id LIMIT :lim`)
	underNone = db.Declare[under, secret](`
		SELECT /*cols*/ FROM record_private WHERE key_number < :key_number AND id > :after ORDER BY id LIMIT :lim`)
)

type under struct {
	Key   int    `db:"key_number"`
	After string `db:"after"`
	Limit int    `db:"lim"`
}

func (c cover) conceal(id string, private any) (secret, error) {
	payload, err := canonical.JSON(private)
	if err != nil {
		return secret{}, err
	}
	salt := make([]byte, 32)
	rand.Read(salt) // documented never to fail
	s := secret{ID: id, Salt: hex.EncodeToString(salt), Payload: string(payload)}
	return c.over(s)
}

// over puts what can be read under the key.
func (c cover) over(s secret) (secret, error) {
	var err error
	s.Key = c.number
	s.Person, err = c.reference(personIn(s.Payload))
	return s, err
}

// commitment is the hash of the salt and the payload. A salt that is no longer
// what it was gives another commitment, which is all that is asked of it.
func (s secret) commitment() string {
	salt, _ := hex.DecodeString(s.Salt)
	sum := sha256.Sum256(append(salt, s.Payload...))
	return hex.EncodeToString(sum[:])
}

// Private returns the private part of an entry, canonical JSON, after holding
// it against the commitment. It is a fault.NotFound when there is none or it has
// been erased.
func Private(tx *db.Tx, item Item) (string, error) {
	s, err := secretByID.One(tx, item.ID)
	if err != nil {
		return "", fmt.Errorf("record: private part of %s: %w", item.ID, err)
	}
	if s.commitment() != item.Commitment {
		return "", fmt.Errorf("record: private part of %s: %w", item.ID, errAltered)
	}
	return s.Payload, nil
}

var errAltered = errors.New("it does not match its commitment")

// Anew puts private parts under the key in use, up to limit of those after an id that
// are under another. It returns the last id that it saw, "" when there are no more, and
// how many it has changed.
func Anew(tx *db.Tx, after string, limit int) (last string, n int, err error) {
	c, err := coverOf(tx)
	if err != nil {
		return "", 0, err
	}
	return c.anew(tx, underOthers, under{c.number, after, limit})
}

// AnewOfNone is Anew for those that are under no key: of before there was one.
func AnewOfNone(tx *db.Tx, limit int) (n int, err error) {
	c, err := coverOf(tx)
	if err != nil {
		return 0, err
	}
	_, n, err = c.anew(tx, underNone, under{min(c.number, 1), "", limit})
	return n, err
}

func (c cover) anew(tx *db.Tx, q db.Query[under, secret], u under) (last string, n int, err error) {
	rows, err := q.Slice(tx, u)
	if err != nil {
		return "", 0, fmt.Errorf("record: private parts under other keys: %w", err)
	}
	for i, s := range rows {
		if rows[i], err = c.over(s); err != nil {
			return "", 0, fmt.Errorf("record: private part of %s: %w", s.ID, err)
		}
	}
	if _, err := coverAnew.ExecEach(tx, slices.Values(rows)); err != nil {
		return "", 0, fmt.Errorf("record: private parts anew: %w", err)
	}
	if len(rows) == u.Limit {
		last = rows[len(rows)-1].ID
	}
	return last, len(rows), nil
}
