package record

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/canonical"
)

// secret is the private part of an entry. This file is the only place where one
// is written or read: encryption at rest belongs in conceal and [Private], under
// the commitment, which is to the plain text.
type secret struct {
	ID      string `db:"id"`
	Salt    string `db:"salt"`
	Payload string `db:"payload"`
}

var (
	insertSecret = db.Declare[secret, db.None](`
		INSERT INTO record_private (id, salt, payload) VALUES (:id, :salt, :payload)`)
	secretByID   = db.Declare[string, secret](`SELECT /*cols*/ FROM record_private WHERE id = :id`)
	publicOfKind = db.Declare[string, string](`SELECT public FROM record_entry WHERE kind = :kind ORDER BY id`)
	dropSecret   = db.Declare[string, db.None](`DELETE FROM record_private WHERE id = :id`)
)

func conceal(id string, private any) (secret, error) {
	payload, err := canonical.JSON(private)
	if err != nil {
		return secret{}, err
	}
	salt := make([]byte, 32)
	rand.Read(salt) // documented never to fail
	return secret{id, hex.EncodeToString(salt), string(payload)}, nil
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

// Erased says that the private part of an entry is gone, and why. The reason is
// public: it names a ground, never a person.
type Erased struct {
	Entry  string `json:"entry"`
	Reason string `json:"reason"`

	subject string
}

// KindErased is the kind of Erased, for who replays the log.
const KindErased = "record.erased"

// Kind names the event.
func (Erased) Kind() string { return KindErased }

// Subject is that of the entry.
func (e Erased) Subject() string { return e.subject }

// Erase deletes the private part of an entry with its salt, and says so in an
// entry of its own. What was published of the entry stays, and so does every
// proof. It is a fault.NotFound when there is no private part any more.
func Erase(tx *db.Tx, by, id, reason string) error {
	item, err := ByID(tx, id)
	if err != nil {
		return err
	}
	n, err := dropSecret.Exec(tx, id)
	if err != nil {
		return fmt.Errorf("record: erase the private part of %s: %w", id, err)
	}
	if n == 0 {
		return fault.New(fault.NotFound, "这条记录没有个人信息，或已经删除", "this entry has no personal data, or they were erased before")
	}
	return Append(tx, by, Erased{id, reason, item.Subject})
}

// EraseAgain deletes the private parts that entries of the log say are erased:
// after a backup was restored, they would be back.
func EraseAgain(tx *db.Tx) (erased int64, err error) {
	told, err := publicOfKind.Slice(tx, KindErased)
	if err != nil {
		return 0, fmt.Errorf("record: erase again: %w", err)
	}
	for _, public := range told {
		var e Erased
		if err := json.Unmarshal([]byte(public), &e); err != nil {
			return 0, fmt.Errorf("record: erase again: %w", err)
		}
		n, err := dropSecret.Exec(tx, e.Entry)
		if err != nil {
			return 0, fmt.Errorf("record: erase again the private part of %s: %w", e.Entry, err)
		}
		erased += n
	}
	return erased, nil
}
