package record

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"

	"github.com/google/uuid"

	"github.com/xiadu/xiadu/internal/db"
)

type secret struct {
	ID      string `db:"id"`
	Salt    string `db:"salt"`
	Payload string `db:"payload"`
}

var (
	insertItem = db.Declare[Item, db.None](`
		INSERT INTO record_entry (id, at, kind, subject, actor, public, commitment)
		VALUES (:id, :at, :kind, :subject, :actor, :public, :commitment)`)
	insertSecret = db.Declare[secret, db.None](`
		INSERT INTO record_private (id, salt, payload) VALUES (:id, :salt, :payload)`)
)

// Append writes e as done by the named actor at the time of the transaction.
func Append(tx *db.Tx, by string, e Entry) error {
	item, hidden, err := compose(tx, by, e)
	if err != nil {
		return err
	}
	if _, err := insertItem.Exec(tx, item); err != nil {
		return fmt.Errorf("record: append %s for %s: %w", item.Kind, item.Subject, err)
	}
	if hidden == nil {
		return nil
	}
	if _, err := insertSecret.Exec(tx, *hidden); err != nil {
		return fmt.Errorf("record: append private part of %s for %s: %w", item.Kind, item.Subject, err)
	}
	return nil
}

// AppendAll writes many entries, as an import does: on PostgreSQL they share
// round trips. The entries must not use tx while they are made.
func AppendAll[E Entry](tx *db.Tx, by string, entries iter.Seq[E]) error {
	var hidden []secret
	var failed error
	_, err := insertItem.ExecEach(tx, func(yield func(Item) bool) {
		for e := range entries {
			item, s, err := compose(tx, by, e)
			if failed = err; err != nil {
				return
			}
			if s != nil {
				hidden = append(hidden, *s)
			}
			if !yield(item) {
				return
			}
		}
	})
	if failed != nil {
		return failed
	}
	if err != nil {
		return fmt.Errorf("record: append entries by %s: %w", by, err)
	}
	_, err = insertSecret.ExecEach(tx, func(yield func(secret) bool) {
		for _, s := range hidden {
			if !yield(s) {
				return
			}
		}
	})
	if err != nil {
		return fmt.Errorf("record: append private parts by %s: %w", by, err)
	}
	return nil
}

func compose(tx *db.Tx, by string, e Entry) (Item, *secret, error) {
	fail := func(err error) (Item, *secret, error) {
		return Item{}, nil, fmt.Errorf("record: %s for %s: %w", e.Kind(), e.Subject(), err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fail(err)
	}
	public, err := canonical(e)
	if err != nil {
		return fail(err)
	}
	item := Item{ID: id.String(), At: tx.Now(), Kind: e.Kind(), Subject: e.Subject(), By: by, Public: string(public)}
	p, ok := e.(Personal)
	if !ok {
		return item, nil, nil
	}
	payload, err := canonical(p.Private())
	if err != nil {
		return fail(err)
	}
	salt := make([]byte, 32)
	rand.Read(salt) // documented never to fail
	item.Commitment = commitment(salt, payload)
	return item, &secret{item.ID, hex.EncodeToString(salt), string(payload)}, nil
}

func commitment(salt, payload []byte) string {
	sum := sha256.Sum256(append(append([]byte{}, salt...), payload...))
	return hex.EncodeToString(sum[:])
}
