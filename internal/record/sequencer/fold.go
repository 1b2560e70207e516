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

type placeRow struct {
	ID  string `db:"id"`
	Seq int64  `db:"seq"` // of the first leaf
}

type leavesRow struct {
	ID     string `db:"id"`
	Leaves []byte `db:"leaves"`
}

type nodeRow struct {
	Level int    `db:"level"`
	N     int64  `db:"n"`
	Hash  []byte `db:"hash"`
}

var (
	moveHead = db.Declare[advance, db.None](`
		UPDATE record_head SET size = :past, note = :note, keys = :keys WHERE epoch = :epoch AND size = :size`)
	placeBatch = db.Declare[placeRow, db.None](`UPDATE record_batch SET seq = :seq WHERE id = :id AND seq IS NULL`)
	// A batch of before there was a tree has no leaf yet.
	fillBatch  = db.Declare[leavesRow, db.None](`UPDATE record_batch SET leaves = :leaves WHERE id = :id`)
	insertNode = db.Declare[nodeRow, db.None](`INSERT INTO record_node (level, n, hash) VALUES (:level, :n, :hash)`)
)

// growth is what a fold writes.
type growth struct {
	head    advance
	batches []placeRow
	bare    []leavesRow
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
		batches, err := record.Pending(tx)
		if err != nil || len(batches) == 0 {
			return err
		}
		if _, edge, err = s.fit(tx, head, kept); err != nil {
			return err
		}
		g.head = advance{Epoch: head.Epoch, Size: head.Size}
		return g.grow(edge, batches)
	})
	if err != nil || len(g.batches) == 0 {
		return 0, false, err
	}
	c, err := logtree.Checkpoint{Origin: s.keys.origin, Size: edge.Size(), Root: edge.Root()}.Sign(s.keys.signers...)
	if err != nil {
		return 0, false, fmt.Errorf("sequencer: sign: %w", err)
	}
	g.head.To, g.head.Note, g.head.Keys = c.Size, string(c.Note), s.keys.public
	if err := s.db.Update(ctx, g.write); err != nil {
		return 0, false, fmt.Errorf("sequencer: fold %d batches from %d on: %w", len(g.batches), g.head.Size, err)
	}
	return int(c.Size - g.head.Size), len(g.batches) == record.MaxPending, s.kept.Keep(c)
}

// grow adds batches at the edge.
func (g *growth) grow(edge *logtree.Edge, batches []record.Batch) error {
	for _, b := range batches {
		if b.Bare {
			packed, err := record.Pack(b.Leaves)
			if err != nil {
				return err
			}
			g.bare = append(g.bare, leavesRow{b.ID, packed})
		}
		g.batches = append(g.batches, placeRow{b.ID, edge.Size()})
		for _, leaf := range b.Leaves {
			for _, n := range edge.Add(leaf.Hash) {
				g.nodes = append(g.nodes, nodeRow{n.Level, n.N, n.Hash[:]})
			}
		}
	}
	return nil
}

func (g *growth) write(tx *db.Tx) error {
	moved, err := moveHead.Exec(tx, g.head)
	if err != nil {
		return err
	}
	if moved == 0 {
		return errDeposed
	}
	return g.insert(tx)
}

func (g *growth) insert(tx *db.Tx) error {
	done, err := placeBatch.ExecEach(tx, slices.Values(g.batches))
	if err != nil {
		return err
	}
	if done != int64(len(g.batches)) {
		return errDeposed // somebody has changed them since they were read
	}
	if _, err := fillBatch.ExecEach(tx, slices.Values(g.bare)); err != nil {
		return err
	}
	_, err = insertNode.ExecEach(tx, slices.Values(g.nodes))
	return err
}
