package publiclog

import (
	"fmt"

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

// logged is an entry with its place in the tree.
type logged struct {
	record.Item
	Seq  int64  `db:"seq"`
	Hash []byte `db:"hash"`
}

type leafRow struct {
	Seq  int64  `db:"seq"`
	Hash []byte `db:"hash"`
}

var (
	selectHead   = db.Declare[db.None, Head](`SELECT /*cols*/ FROM record_head`)
	selectLeaves = db.Declare[span, []byte](`SELECT hash FROM record_leaf WHERE seq >= :first AND seq < :past ORDER BY seq`)
	selectNodes  = db.Declare[span, []byte](`
		SELECT hash FROM record_node WHERE level = :level AND n >= :first AND n < :past ORDER BY n`)
	selectEntries = db.Declare[span, logged](`
		SELECT /*cols*/ FROM record_leaf JOIN record_entry ON id = entry
		WHERE seq >= :first AND seq < :past ORDER BY seq`)
	selectLeafOf = db.Declare[string, leafRow](`SELECT seq, hash FROM record_leaf WHERE entry = :id`)
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
		q := selectLeaves
		if level > 0 {
			q = selectNodes
		}
		rows, err := q.Slice(tx, span{level, n, n + int64(count)})
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

// entries reads the entries of the indices from on, as many as count, and holds
// each against its leaf.
func entries(tx *db.Tx, from int64, count int) ([]logged, error) {
	rows, err := selectEntries.Slice(tx, span{0, from, from + int64(count)})
	if err != nil {
		return nil, fmt.Errorf("publiclog: entries from %d on: %w", from, err)
	}
	for i := range count {
		index := from + int64(i)
		if i >= len(rows) || rows[i].Seq != index {
			return nil, faultAltered(index, "")
		}
		if leaf := rows[i].Leaf(); string(leaf.Hash[:]) != string(rows[i].Hash) {
			return nil, faultAltered(index, rows[i].ID)
		}
	}
	return rows, nil
}
