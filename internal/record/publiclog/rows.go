package publiclog

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/logtree"
)

// Head says who may write the tree and how far it has come. Without a row it is
// all zero.
type Head struct {
	Epoch  int64  `db:"epoch"`
	Leader string `db:"leader"`
	Size   int64  `db:"size"`
	Note   string `db:"note"`
	Keys   string `db:"keys"`
}

type span struct {
	Level int   `db:"level"`
	From  int64 `db:"first"`
	To    int64 `db:"past"`
}

// placed is a batch with the index of its first leaf.
type placed struct {
	ID     string `db:"id"`
	Seq    int64  `db:"seq"`
	Leaves []byte `db:"leaves"`
}

// member is an entry and the batch that it says it is in.
type member struct {
	record.Item
	Batch string `db:"batch"`
}

type idRange struct {
	First string `db:"first"`
	Last  string `db:"last"`
	Limit int    `db:"lim"`
}

var (
	selectHead    = db.Declare[db.None, Head](`SELECT /*cols*/ FROM record_head`)
	selectBatches = db.Declare[span, placed](`
		SELECT /*cols*/ FROM record_batch WHERE seq > :first AND seq < :past ORDER BY seq`)
	selectNodes = db.Declare[span, []byte](`
		SELECT hash FROM record_node WHERE level = :level AND n >= :first AND n < :past ORDER BY n`)
	selectEntries = db.Declare[idRange, member](`
		SELECT /*cols*/ FROM record_entry WHERE id >= :first AND id <= :last ORDER BY id LIMIT :lim`)
	selectBatchOf = db.Declare[string, placed](`
		SELECT b.id AS id, b.seq AS seq, b.leaves AS leaves FROM record_entry e JOIN record_batch b ON b.id = e.batch
		WHERE e.id = :id AND b.seq IS NOT NULL`)
)

// ReadHead reads the head of the tree.
func ReadHead(tx *db.Tx) (Head, error) {
	rows, err := selectHead.Slice(tx, db.None{})
	if err != nil {
		return Head{}, fmt.Errorf("publiclog: head: %w", err)
	}
	if len(rows) == 0 {
		return Head{}, nil
	}
	return rows[0], nil
}

// Hashes reads the tree from its rows.
func Hashes(tx *db.Tx) logtree.ReadHashes {
	return func(level int, n int64, count int) ([]tlog.Hash, error) {
		if level == 0 {
			found, err := leaves(tx, n, count)
			hashes := make([]tlog.Hash, len(found))
			for i, leaf := range found {
				hashes[i] = leaf.Hash
			}
			return hashes, err
		}
		rows, err := selectNodes.Slice(tx, span{level, n, n + int64(count)})
		if err != nil {
			return nil, fmt.Errorf("publiclog: hashes: %w", err)
		}
		hashes := make([]tlog.Hash, len(rows))
		for i, row := range rows {
			copy(hashes[i][:], row) // one of another length is another hash
		}
		return hashes, nil
	}
}

// around are the batches that may have leaves of the indices from on.
func around(from int64, count int) span {
	return span{From: from - record.MaxBatch, To: from + int64(count)}
}

// leaf is a leaf and the batch that it is in.
type leaf struct {
	record.Leaf
	batch string
}

// leaves reads leaves by their index, up to the first that is missing.
func leaves(tx *db.Tx, from int64, count int) (found []leaf, err error) {
	rows, err := selectBatches.Slice(tx, around(from, count))
	if err != nil {
		return nil, fmt.Errorf("publiclog: leaves from %d on: %w", from, err)
	}
	next := from
	for _, row := range rows {
		all := record.Unpack(row.Leaves)
		past := row.Seq + int64(len(all))
		if past <= next {
			continue
		}
		if row.Seq > next {
			break
		}
		for _, l := range all[next-row.Seq:] {
			found = append(found, leaf{l, row.ID})
		}
		next = past
	}
	return found[:min(len(found), count)], nil
}

// entries reads the entries of the indices from on, as many as count, and holds
// each against its leaf.
func entries(tx *db.Tx, from int64, count int) ([]record.Item, []leaf, error) {
	tree, err := leaves(tx, from, count)
	if err != nil {
		return nil, nil, err
	}
	byID, err := members(tx, tree)
	if err != nil {
		return nil, nil, fmt.Errorf("publiclog: entries from %d on: %w", from, err)
	}
	items := make([]record.Item, count)
	for i := range items {
		index := from + int64(i)
		if i >= len(tree) {
			return nil, nil, faultAltered(index, "")
		}
		m, ok := byID[tree[i].Entry]
		if !ok || m.Leaf() != tree[i].Leaf || m.Batch != tree[i].batch {
			return nil, nil, faultAltered(index, tree[i].Entry)
		}
		items[i] = m.Item
	}
	return items, tree, nil
}

// members reads the entries of leaves. What stands together in the tree was mostly
// written together, so that its ids are a short stretch; where others lie between
// them, as while an import goes on for an hour, they are read one by one.
func members(tx *db.Tx, tree []leaf) (map[string]member, error) {
	byID := make(map[string]member, len(tree))
	if len(tree) == 0 {
		return byID, nil
	}
	order := func(x, y leaf) int { return strings.Compare(x.Entry, y.Entry) }
	stretch := idRange{slices.MinFunc(tree, order).Entry, slices.MaxFunc(tree, order).Entry, 4 * len(tree)}
	rows, err := selectEntries.Slice(tx, stretch)
	if err == nil && len(rows) == stretch.Limit {
		rows = rows[:0]
		for _, l := range tree {
			one, err := selectEntries.Slice(tx, idRange{l.Entry, l.Entry, 1})
			if err != nil {
				return nil, err
			}
			rows = append(rows, one...)
		}
	}
	for _, row := range rows {
		byID[row.ID] = row
	}
	return byID, err
}
