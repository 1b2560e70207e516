package record

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/record/logtree"
)

// A Leaf is an entry and its hash in the tree.
type Leaf struct {
	Entry string
	Hash  tlog.Hash
}

// A Batch is entries that one call has written, in their order. They
// come into the tree together and one after another, so that an import of 160,000
// entries has 5,000 rows to be put in and not as many as entries. The hashes are
// made with the entries: who alters a row before it is in the tree alters it
// against its hash.
type Batch struct {
	ID     string // of the first entry
	Leaves []Leaf
	Bare   bool // its row has no leaf yet: it is of before there was a tree
}

const (
	// MaxBatch is the most leaves of a batch: 1.5 kB, which PostgreSQL keeps in
	// the row.
	MaxBatch = 32

	// MaxPending is how many batches one look takes, so at most 16,384 leaves: a
	// second's work for a slow disk.
	MaxPending = 512

	packedLeaf = len(uuid.UUID{}) + tlog.HashSize
)

type batchRow struct {
	ID     string `db:"id"`
	Leaves []byte `db:"leaves"` // id and hash by turns
}

var (
	insertBatch = db.Declare[batchRow, db.None](`INSERT INTO record_batch (id, leaves) VALUES (:id, :leaves)`)
	listPending = db.Declare[int, batchRow](`
		SELECT id, leaves FROM record_batch WHERE seq IS NULL ORDER BY id LIMIT :lim`)
	pendingOf = db.Declare[string, batchRow](`
		SELECT b.id AS id, b.leaves AS leaves FROM record_entry e JOIN record_batch b ON b.id = e.batch
		WHERE e.id = :id AND b.seq IS NULL`)
)

// batch writes the batches of entries that were just written. They are pending.
func batch(tx *db.Tx, leaves []Leaf) error {
	var failed error
	_, err := insertBatch.ExecEach(tx, func(yield func(batchRow) bool) {
		for chunk := range slices.Chunk(leaves, MaxBatch) {
			packed, err := Pack(chunk)
			if failed = err; err != nil || !yield(batchRow{chunk[0].Entry, packed}) {
				return
			}
		}
	})
	return errors.Join(failed, err)
}

// Pack returns leaves as a row has them.
func Pack(leaves []Leaf) ([]byte, error) {
	b := make([]byte, 0, len(leaves)*packedLeaf)
	for _, l := range leaves {
		id, err := uuid.Parse(l.Entry)
		if err != nil {
			return nil, err
		}
		b = append(append(b, id[:]...), l.Hash[:]...)
	}
	return b, nil
}

// Unpack reads what Pack wrote. What is no whole leaf at the end is left out.
func Unpack(packed []byte) (leaves []Leaf) {
	for ; len(packed) >= packedLeaf; packed = packed[packedLeaf:] {
		id := uuid.UUID(packed[:len(uuid.UUID{})])
		leaves = append(leaves, Leaf{id.String(), tlog.Hash(packed[len(id):])})
	}
	return leaves
}

// Pending returns batches that are committed and not in the tree yet, those of one
// process in the order of their making. There may be more when there are
// [MaxPending].
func Pending(tx *db.Tx) ([]Batch, error) {
	rows, err := listPending.Slice(tx, MaxPending)
	if err != nil {
		return nil, fmt.Errorf("record: pending: %w", err)
	}
	batches := make([]Batch, len(rows))
	for i, row := range rows {
		if batches[i], err = row.batch(tx); err != nil {
			return nil, err
		}
	}
	return batches, nil
}

// batch makes the hash of an entry of before there was a tree.
func (row batchRow) batch(tx *db.Tx) (Batch, error) {
	if len(row.Leaves) > 0 {
		return Batch{ID: row.ID, Leaves: Unpack(row.Leaves)}, nil
	}
	item, err := ByID(tx, row.ID)
	return Batch{row.ID, []Leaf{item.Leaf()}, true}, err
}

// Restore brings the first of some published statements back into a database that
// has lost them, and returns the batch that they make; private parts cannot come
// back. Where the database has the first it is the batch that it is in, which must
// be of these statements.
func Restore(tx *db.Tx, statements [][]byte) (b Batch, had bool, err error) {
	for _, text := range statements[:min(len(statements), MaxBatch)] {
		s, err := logtree.ParseStatement(text)
		if err != nil {
			return b, false, fmt.Errorf("record: restore: %w", err)
		}
		has, err := pendingOf.Slice(tx, s.ID)
		if err != nil {
			return b, false, fmt.Errorf("record: restore %s: %w", s.ID, err)
		}
		if len(has) > 0 && len(b.Leaves) == 0 {
			b, err = known(tx, has[0], statements)
			return b, true, err
		}
		if len(has) > 0 {
			break
		}
		item := Item{ID: s.ID, At: s.At, Kind: s.Kind, Subject: s.Subject, By: s.By, Public: string(s.Public), Commitment: s.Commitment}
		if !bytes.Equal(item.Statement(), text) {
			return b, false, fmt.Errorf("record: restore %s: %w", s.ID, errAltered)
		}
		if b.ID == "" {
			b.ID = s.ID
		}
		if _, err := insertItem.Exec(tx, itemRow{item, b.ID}); err != nil {
			return b, false, fmt.Errorf("record: restore %s: %w", s.ID, err)
		}
		b.Leaves = append(b.Leaves, item.Leaf())
	}
	if err := batch(tx, b.Leaves); err != nil {
		return b, false, fmt.Errorf("record: restore: %w", err)
	}
	return b, false, nil
}

// known is a batch that is there already, if it is of the statements.
func known(tx *db.Tx, row batchRow, statements [][]byte) (Batch, error) {
	b, err := row.batch(tx)
	if err != nil {
		return b, err
	}
	for i, leaf := range b.Leaves {
		if i >= len(statements) || tlog.RecordHash(statements[i]) != leaf.Hash {
			return b, fmt.Errorf("record: restore the batch of %s: %w", row.ID, errAltered)
		}
	}
	return b, nil
}

type membership struct {
	ID    string `db:"id"`
	Batch string `db:"batch"`
}

var (
	allEntries = db.Declare[db.None, membership](`SELECT id, batch FROM record_entry`)
	allBatches = db.Declare[db.None, batchRow](`SELECT id, leaves FROM record_batch`)
)

// Withheld returns an entry that is in no batch, so neither in the tree nor on its
// way into it, or "": only who writes to the database by other means can bring
// that about.
func Withheld(tx *db.Tx) (id string, err error) {
	// The entries and the batches' members are compared by the sum of their
	// hashes: nothing is kept in memory while all is well.
	var sum [2]uint64
	count := func(entry, batch string, sign uint64) {
		h := sha256.Sum256([]byte(entry + " " + batch))
		sum[0] += sign * binary.BigEndian.Uint64(h[:])
		sum[1] += sign * binary.BigEndian.Uint64(h[8:])
	}
	members := func(see func(entry, batch string)) error {
		for b, err := range allBatches.Each(tx, db.None{}) {
			if err != nil {
				return fmt.Errorf("record: withheld: %w", err)
			}
			if len(b.Leaves) == 0 {
				see(b.ID, b.ID)
			}
			for _, l := range Unpack(b.Leaves) {
				see(l.Entry, b.ID)
			}
		}
		return nil
	}
	for e, err := range allEntries.Each(tx, db.None{}) {
		if err != nil {
			return "", fmt.Errorf("record: withheld: %w", err)
		}
		count(e.ID, e.Batch, 1)
	}
	if err := members(func(entry, batch string) { count(entry, batch, ^uint64(0)) }); err != nil || sum == [2]uint64{} {
		return "", err
	}
	in := map[membership]bool{}
	if err := members(func(entry, batch string) { in[membership{entry, batch}] = true }); err != nil {
		return "", err
	}
	for e, err := range allEntries.Each(tx, db.None{}) {
		if err != nil {
			return "", fmt.Errorf("record: withheld: %w", err)
		}
		if !in[e] {
			return e.ID, nil
		}
	}
	return "", nil
}

// statement is what is published of the entry.
func (i Item) statement() logtree.Statement {
	return logtree.Statement{
		At: i.At, By: i.By, Commitment: i.Commitment, ID: i.ID, Kind: i.Kind, Public: []byte(i.Public), Subject: i.Subject,
	}
}

// Statement returns the canonical JSON of the entry's public columns: the bytes
// that are published and proved.
func (i Item) Statement() []byte { return i.statement().Bytes() }

// Leaf returns the entry as the tree has it.
func (i Item) Leaf() Leaf { return Leaf{i.ID, i.statement().Leaf()} }
