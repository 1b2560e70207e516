package sequencer

import (
	"context"
	"fmt"
	"slices"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/publiclog"
)

type advance struct {
	Epoch int64  `db:"epoch"`
	Size  int64  `db:"size"`
	To    int64  `db:"past"`
	Note  string `db:"note"`
	Keys  string `db:"keys"`
}

type leafRow struct {
	Seq   int64  `db:"seq"`
	Entry string `db:"entry"`
	Hash  []byte `db:"hash"`
}

type nodeRow struct {
	Level int    `db:"level"`
	N     int64  `db:"n"`
	Hash  []byte `db:"hash"`
}

var (
	moveHead = db.Declare[advance, db.None](`
		UPDATE record_head SET size = :past, note = :note, keys = :keys WHERE epoch = :epoch AND size = :size`)
	insertLeaf  = db.Declare[leafRow, db.None](`INSERT INTO record_leaf (seq, entry, hash) VALUES (:seq, :entry, :hash)`)
	insertNode  = db.Declare[nodeRow, db.None](`INSERT INTO record_node (level, n, hash) VALUES (:level, :n, :hash)`)
	dropPending = db.Declare[string, db.None](`DELETE FROM record_pending WHERE id = :id`)
)

// growth is what a fold writes.
type growth struct {
	head    advance
	pending []string // rows that are done
	leaves  []leafRow
	nodes   []nodeRow
}

// fold puts what is pending into the tree, and returns how many leaves; more says
// that there was more than one fold takes. It reads in one transaction, computes,
// and writes in another if nothing has moved.
func (s *Sequencer) fold(ctx context.Context) (n int, more bool, err error) {
	kept, err := s.loadFolder()
	if err != nil {
		return 0, false, err
	}
	var g growth
	var edge *logtree.Edge
	err = s.db.View(ctx, func(tx *db.Tx) error {
		head, err := publiclog.ReadHead(tx)
		if err != nil {
			return err
		}
		if head.Epoch != s.epoch {
			return errDeposed
		}
		var leaves []record.Leaf
		if g.pending, leaves, err = record.Pending(tx); err != nil || len(leaves) == 0 {
			return err
		}
		if _, edge, err = s.fit(tx, head, kept); err != nil {
			return err
		}
		g.head = advance{Epoch: head.Epoch, Size: head.Size}
		g.grow(edge, leaves)
		return nil
	})
	if err != nil || len(g.leaves) == 0 {
		return 0, false, err
	}
	c, err := logtree.Checkpoint{Origin: s.keys.origin, Size: edge.Size(), Root: edge.Root()}.Sign(s.keys.signers...)
	if err != nil {
		return 0, false, fmt.Errorf("sequencer: sign: %w", err)
	}
	g.head.To, g.head.Note, g.head.Keys = c.Size, string(c.Note), s.keys.public
	if err := s.db.Update(ctx, g.write); err != nil {
		return 0, false, fmt.Errorf("sequencer: fold %d entries from %d on: %w", len(g.leaves), g.head.Size, err)
	}
	return len(g.leaves), len(g.pending) == record.MaxPending, s.kept.Keep(c)
}

// grow adds leaves at the edge.
func (g *growth) grow(edge *logtree.Edge, leaves []record.Leaf) {
	for _, leaf := range leaves {
		g.leaves = append(g.leaves, leafRow{edge.Size(), leaf.Entry, leaf.Hash[:]})
		for _, n := range edge.Add(leaf.Hash) {
			g.nodes = append(g.nodes, nodeRow{n.Level, n.N, n.Hash[:]})
		}
	}
}

func (g *growth) write(tx *db.Tx) error {
	moved, err := moveHead.Exec(tx, g.head)
	if err != nil {
		return err
	}
	if moved == 0 {
		return errDeposed
	}
	done, err := dropPending.ExecEach(tx, slices.Values(g.pending))
	if err != nil {
		return err
	}
	if done != int64(len(g.pending)) {
		return errDeposed // somebody took rows away since they were read
	}
	return g.insert(tx)
}

func (g *growth) insert(tx *db.Tx) error {
	if _, err := insertLeaf.ExecEach(tx, slices.Values(g.leaves)); err != nil {
		return err
	}
	_, err := insertNode.ExecEach(tx, slices.Values(g.nodes))
	return err
}
