package record

import (
	"bytes"
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

// pending has entries that one call has written, packed, until the sequencer has
// put them into the tree: an import of 160,000 entries has 5,000 rows here. The hash is made with the entry, so that who alters a row
// before it is in the tree alters it against its hash.
type pending struct {
	ID     string `db:"id"`     // of the first entry
	Leaves []byte `db:"leaves"` // id and hash by turns; empty for an entry of before there was a tree
}

const (
	// MaxPending is how many rows one look takes, so at most 16,384 leaves: a
	// second's work for a slow disk.
	MaxPending = 512

	packedLeaf = len(uuid.UUID{}) + tlog.HashSize

	// 1.5 kB a row, which PostgreSQL keeps in its place.
	maxPacked = 32
)

var (
	insertPending = db.Declare[pending, db.None](`INSERT INTO record_pending (id, leaves) VALUES (:id, :leaves)`)
	listPending   = db.Declare[int, pending](`SELECT id, leaves FROM record_pending ORDER BY id LIMIT :lim`)
)

// wait marks entries that were just written as not in the tree yet.
func wait(tx *db.Tx, leaves []Leaf) error {
	var failed error
	_, err := insertPending.ExecEach(tx, func(yield func(pending) bool) {
		for chunk := range slices.Chunk(leaves, maxPacked) {
			packed, err := pack(chunk)
			if failed = err; err != nil || !yield(pending{chunk[0].Entry, packed}) {
				return
			}
		}
	})
	return errors.Join(failed, err)
}

func pack(leaves []Leaf) ([]byte, error) {
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

func (p pending) unpack() ([]Leaf, error) {
	if len(p.Leaves)%packedLeaf != 0 {
		return nil, fmt.Errorf("record: %d bytes of leaves pending from %s on", len(p.Leaves), p.ID)
	}
	var leaves []Leaf
	for b := range slices.Chunk(p.Leaves, packedLeaf) {
		id := uuid.UUID(b[:len(uuid.UUID{})])
		leaves = append(leaves, Leaf{id.String(), tlog.Hash(b[len(id):])})
	}
	return leaves, nil
}

// Pending returns entries that are committed and not in the tree yet, those of
// one process in the order of their making, and the keys of their rows. There may
// be more when there are [MaxPending] rows.
func Pending(tx *db.Tx) (rows []string, leaves []Leaf, err error) {
	found, err := listPending.Slice(tx, MaxPending)
	if err != nil {
		return nil, nil, fmt.Errorf("record: pending: %w", err)
	}
	for _, p := range found {
		l, err := p.unpack()
		if err != nil {
			return nil, nil, err
		}
		if len(l) == 0 {
			item, err := ByID(tx, p.ID)
			if err != nil {
				return nil, nil, err
			}
			l = []Leaf{item.Leaf()}
		}
		rows, leaves = append(rows, p.ID), append(leaves, l...)
	}
	return rows, leaves, nil
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

// Restore makes an entry of its published statement, for a database that has
// lost it. The private part cannot come back.
func Restore(tx *db.Tx, statement []byte) (Leaf, error) {
	s, err := logtree.ParseStatement(statement)
	if err != nil {
		return Leaf{}, fmt.Errorf("record: restore: %w", err)
	}
	item := Item{ID: s.ID, At: s.At, Kind: s.Kind, Subject: s.Subject, By: s.By, Public: string(s.Public), Commitment: s.Commitment}
	has, err := itemByID.Slice(tx, s.ID)
	if err != nil {
		return Leaf{}, fmt.Errorf("record: restore %s: %w", s.ID, err)
	}
	if len(has) > 0 {
		item = has[0]
	} else if _, err = insertItem.Exec(tx, item); err != nil {
		return Leaf{}, fmt.Errorf("record: restore %s: %w", s.ID, err)
	}
	if !bytes.Equal(item.Statement(), statement) {
		return Leaf{}, fmt.Errorf("record: restore %s: %w", s.ID, errAltered)
	}
	return item.Leaf(), nil
}

var (
	allPending = db.Declare[db.None, pending](`SELECT id, leaves FROM record_pending`)
	notInTree  = db.Declare[db.None, string](`
		SELECT id FROM record_entry LEFT JOIN record_leaf ON entry = id WHERE seq IS NULL`)
)

// Withheld returns an entry that is neither in the tree nor pending, or "": only
// who writes to the database by other means can bring that about.
func Withheld(tx *db.Tx) (id string, err error) {
	waiting := map[string]bool{}
	for p, err := range allPending.Each(tx, db.None{}) {
		if err != nil {
			return "", fmt.Errorf("record: withheld: %w", err)
		}
		leaves, err := p.unpack()
		if err != nil {
			return "", err
		}
		waiting[p.ID] = true
		for _, l := range leaves {
			waiting[l.Entry] = true
		}
	}
	for id, err := range notInTree.Each(tx, db.None{}) {
		if err != nil {
			return "", fmt.Errorf("record: withheld: %w", err)
		}
		if !waiting[id] {
			return id, nil
		}
	}
	return "", nil
}
