package record

import (
	"fmt"
	"iter"
	"slices"

	"github.com/google/uuid"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/canonical"
	"github.com/xiadu/xiadu/internal/record/logtree"
)

var insertItem = db.Declare[Item, db.None](`
	INSERT INTO record_entry (id, at, kind, subject, actor, public, commitment)
	VALUES (:id, :at, :kind, :subject, :actor, :public, :commitment)`)

// Append writes e as done by the named actor at the time of the transaction.
// One that is too long to be published is a fault.Invalid.
func Append(tx *db.Tx, by string, e Entry) error {
	item, hidden, err := compose(tx, by, e)
	if err != nil {
		return err
	}
	if _, err := insertItem.Exec(tx, item); err != nil {
		return fmt.Errorf("record: append %s for %s: %w", item.Kind, item.Subject, err)
	}
	if hidden != nil {
		if _, err := insertSecret.Exec(tx, *hidden); err != nil {
			return fmt.Errorf("record: append private part of %s for %s: %w", item.Kind, item.Subject, err)
		}
	}
	if err := wait(tx, []Leaf{item.Leaf()}); err != nil {
		return fmt.Errorf("record: append %s for %s: %w", item.Kind, item.Subject, err)
	}
	return nil
}

// AppendAll writes many entries, as an import does: on PostgreSQL they share
// round trips. The entries must not use tx while they are made.
func AppendAll[E Entry](tx *db.Tx, by string, entries iter.Seq[E]) error {
	var hidden []secret
	var leaves []Leaf
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
			leaves = append(leaves, item.Leaf())
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
	if _, err = insertSecret.ExecEach(tx, slices.Values(hidden)); err != nil {
		return fmt.Errorf("record: append private parts by %s: %w", by, err)
	}
	if err := wait(tx, leaves); err != nil {
		return fmt.Errorf("record: append entries by %s: %w", by, err)
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
	public, err := canonical.JSON(e)
	if err != nil {
		return fail(err)
	}
	item := Item{ID: id.String(), At: tx.Now(), Kind: e.Kind(), Subject: e.Subject(), By: by, Public: string(public)}
	var hidden *secret
	if p, ok := e.(Personal); ok {
		s, err := conceal(item.ID, p.Private())
		if err != nil {
			return fail(err)
		}
		hidden, item.Commitment = &s, s.commitment()
	}
	if size := item.statement().Size(); size > logtree.MaxStatement {
		return fail(faultLong(size))
	}
	return item, hidden, nil
}

func faultLong(size int) error {
	return fault.New(fault.Invalid, "这次改动要公开的记录有 %[1]d 字节，最多 %[2]d 字节。请分几次做，或缩短其中的文字",
		"what would be published of this change has %[1]d bytes, and %[2]d is the most. Do it in several steps, or shorten its texts", size, logtree.MaxStatement)
}
