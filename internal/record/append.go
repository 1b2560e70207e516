package record

import (
	"fmt"
	"iter"
	"slices"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/canonical"
	"github.com/xiadu/xiadu/internal/record/logtree"
)

// itemRow is an entry and the batch that it is in.
type itemRow struct {
	Item
	Batch string `db:"batch"`
}

var insertItem = db.Declare[itemRow, db.None](`
	INSERT INTO record_entry (id, at, kind, subject, actor, public, commitment, batch)
	VALUES (:id, :at, :kind, :subject, :actor, :public, :commitment, :batch)`)

// Append writes e as done by the named actor at the time of the transaction.
// One that is too long to be published is a fault.Invalid. It goes to the database
// together with what the use case does next, or with its commit.
func Append(tx *db.Tx, by string, e Entry) error {
	_, err := AppendID(tx, by, e)
	return err
}

// AppendID is Append for who has to name the entry later, as to open a sealed one.
func AppendID(tx *db.Tx, by string, e Entry) (id string, err error) {
	var c cover
	_, personal := e.(Personal)
	if _, sealed := e.(Sealed); personal || sealed {
		if c, err = coverOf(tx); err != nil {
			return "", err
		}
	}
	item, leaf, hidden, err := c.compose(tx, by, e)
	if err != nil {
		return "", err
	}
	if err := insertItem.Later(tx, itemRow{item, item.ID}); err != nil {
		return "", fmt.Errorf("record: append %s for %s: %w", item.Kind, item.Subject, err)
	}
	if hidden != nil {
		if err := insertSecret.Later(tx, *hidden); err != nil {
			return "", fmt.Errorf("record: append private part of %s for %s: %w", item.Kind, item.Subject, err)
		}
	}
	packed, err := Pack([]Leaf{leaf})
	if err == nil {
		err = insertBatch.Later(tx, batchRow{leaf.Entry, packed})
	}
	if err != nil {
		return "", fmt.Errorf("record: append %s for %s: %w", item.Kind, item.Subject, err)
	}
	return item.ID, nil
}

// AppendAll writes many entries, as an import does: on PostgreSQL they share
// round trips. The entries must not use tx while they are made.
func AppendAll[E Entry](tx *db.Tx, by string, entries iter.Seq[E]) error {
	c, err := coverOf(tx)
	if err != nil {
		return err
	}
	var hidden []secret
	var leaves []Leaf
	var failed error
	in := "" // the batch
	_, err = insertItem.ExecEach(tx, func(yield func(itemRow) bool) {
		for e := range entries {
			item, leaf, s, err := c.compose(tx, by, e)
			if failed = err; err != nil {
				return
			}
			if s != nil {
				hidden = append(hidden, *s)
			}
			if len(leaves)%MaxBatch == 0 {
				in = item.ID
			}
			leaves = append(leaves, leaf)
			if !yield(itemRow{item, in}) {
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
	if err := batch(tx, leaves); err != nil {
		return fmt.Errorf("record: append entries by %s: %w", by, err)
	}
	return nil
}

func (c cover) compose(tx *db.Tx, by string, e Entry) (Item, Leaf, *secret, error) {
	fail := func(err error) (Item, Leaf, *secret, error) {
		return Item{}, Leaf{}, nil, fmt.Errorf("record: %s for %s: %w", e.Kind(), e.Subject(), err)
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
	var private any
	p, personal := e.(Personal)
	if personal {
		private = p.Private()
	}
	switch _, sealed := e.(Sealed); {
	case sealed:
		var s secret
		if item, s, err = c.seal(item, private); err != nil {
			return fail(err)
		}
		hidden = &s
	case personal:
		s, commitment, err := c.conceal(item.ID, private)
		if err != nil {
			return fail(err)
		}
		hidden, item.Commitment = &s, commitment
	}
	statement := item.statement().Whole()
	if len(statement) > logtree.MaxStatement {
		return fail(faultLong(len(statement)))
	}
	return item, Leaf{item.ID, tlog.RecordHash(statement)}, hidden, nil
}

func faultLong(size int) error {
	return fault.New(fault.Invalid, "这次改动要公开的记录有 %[1]d 字节，最多 %[2]d 字节。请分几次做，或缩短其中的文字",
		"what would be published of this change has %[1]d bytes, and %[2]d is the most. Do it in several steps, or shorten its texts", size, logtree.MaxStatement)
}
