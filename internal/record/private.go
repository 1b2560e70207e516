package record

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/canonical"
)

// secret is the private part of an entry as it is kept: salt and payload are encrypted
// together, since the commitment is public and who had the salt could try what the
// payload may be. The commitment is to the plain text, so that another key breaks no
// proof. This file is the only place where one is written or read.
type secret struct {
	ID      string `db:"id"`
	Salt    string `db:"salt"`    // hex; empty when it is sealed
	Payload string `db:"payload"` // canonical JSON; sealed with the salt before it under a key
	Person  string `db:"person"`  // a reference to whom it is about
	Key     int    `db:"key_number"`
}

// saltDigits is the length of a salt in hex.
const saltDigits = 64

// place is what it is encrypted for: in another row it does not open.
func (s secret) place() string { return "record_private/" + s.ID }

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

// conceal returns the private part as it is kept, and the commitment to it.
func (c cover) conceal(id string, private any) (s secret, commitment string, err error) {
	payload, err := canonical.JSON(private)
	if err != nil {
		return secret{}, "", err
	}
	s = newSecret(id, string(payload))
	commitment = s.commitment()
	s, err = c.over(s)
	return s, commitment, err
}

// over puts what can be read under the key.
func (c cover) over(s secret) (secret, error) {
	var err error
	s.Key = c.number
	if s.Person, err = c.reference(personIn(s.Payload)); err != nil || c.number == 0 {
		return s, err
	}
	s.Payload, err = c.keys.Seal(c.number, s.place(), s.Salt+s.Payload)
	s.Salt = ""
	return s, err
}

// opened is a private part that can be read.
func (s secret) opened(k Keys) (secret, error) {
	if s.Key <= 0 {
		return s, nil
	}
	if k == nil {
		return s, faultSealed(s.Key)
	}
	text, err := k.Open(s.place(), s.Payload)
	if fault.KindOf(err) == fault.Unavailable || fault.KindOf(err) == fault.NotFound {
		return s, faultSealed(s.Key).Because(err)
	}
	if err == nil && len(text) < saltDigits {
		err = errAltered
	}
	if err != nil {
		return s, err
	}
	s.Key, s.Salt, s.Payload = 0, text[:saltDigits], text[saltDigits:]
	return s, nil
}

func faultSealed(number int) *fault.Error {
	return fault.New(fault.Unavailable,
		"这条记录里的个人信息是用第 %[1]d 号密钥加密的，密钥文件里没有它，读不出来。公开部分和证明不受影响；把含有这把密钥的 people.key 放回原处就能读。",
		"The personal data of this entry are encrypted under key %[1]d, which the key file lacks, and cannot be read. Its public part and its proofs are as they were; put the people.key that has the key back in place to read them.", number)
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
// been erased, and a fault.Unavailable when its key is not there. Of a sealed entry it
// is the private part of what is sealed.
func Private(tx *db.Tx, item Item) (string, error) {
	if item.Kind == KindSealed {
		return privateInside(tx, item)
	}
	s, err := secretByID.One(tx, item.ID)
	if err != nil {
		return "", fmt.Errorf("record: private part of %s: %w", item.ID, err)
	}
	if s, err = s.opened(KeysOf(tx)); err != nil {
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
// how many it has changed. One that does not open, since its key is lost, stays as it
// is: [Private] says so to who asks for it.
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
	var anew []secret
	for _, s := range rows {
		open, err := s.opened(c.keys)
		if err != nil {
			continue
		}
		if s, err = c.over(open); err != nil {
			return "", 0, fmt.Errorf("record: private part of %s: %w", s.ID, err)
		}
		anew = append(anew, s)
	}
	if _, err := coverAnew.ExecEach(tx, slices.Values(anew)); err != nil {
		return "", 0, fmt.Errorf("record: private parts anew: %w", err)
	}
	if len(rows) == u.Limit {
		last = rows[len(rows)-1].ID
	}
	return last, len(anew), nil
}
