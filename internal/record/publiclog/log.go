// Package publiclog gives the log to the public: the files of C2SP tlog-tiles by
// their paths, a receipt for each entry, and all of it as a folder that any web
// server can serve.
//
//	l := publiclog.Open(d, filepath.Join(home, "log"))
//	file, err := l.File(ctx, "tile/entries/000")
//	receipt, err := l.Receipt(ctx, entryID)
//
// It knows nothing of HTTP. Of the files, "checkpoint" changes and may be cached
// for seconds; tiles never change.
//
// Nothing is stored for a partial tile: it is a range of the leaves of
// batches, or of nodes. What is given out of entries is held against their leaves, so that a row
// that was altered is an error here and not a riddle for the reader.
//
// A checkpoint is kept in the folder before it is given out ([Kept]), after the
// one that was kept before has been found in the tree.
package publiclog

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/logtree"
)

// Log is the public log of a database. It is safe for concurrent use.
type Log struct {
	db   *db.DB
	kept Kept

	mu        sync.Mutex
	published logtree.Checkpoint
	keys      string
}

// Open returns the log of a database. The folder holds what was published and
// must outlive the database; it is made with the first checkpoint.
func Open(d *db.DB, folder string) *Log { return &Log{db: d, kept: KeptIn(folder)} }

// Checkpoint publishes the newest checkpoint. It is a fault.NotFound before the
// first, and a fault.Unavailable if the database contradicts what was published.
func (l *Log) Checkpoint(ctx context.Context) (logtree.Checkpoint, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var c logtree.Checkpoint
	kept, found, err := l.kept.Load()
	if err != nil {
		return c, err
	}
	err = l.db.View(ctx, func(tx *db.Tx) error {
		head, err := ReadHead(tx)
		switch {
		case err != nil:
			return err
		case head.Note == "":
			return faultNone()
		case head.Note == string(l.published.Note):
			c = l.published
			return nil
		}
		if c, err = head.Checkpoint(tx); err != nil {
			return err
		}
		l.keys = head.Keys
		if !found {
			return nil
		}
		return Extends(tx, c, kept)
	})
	if err != nil || string(c.Note) == string(l.published.Note) {
		return c, err
	}
	if err := l.kept.Keep(c); err != nil {
		return c, err
	}
	l.published = c
	return c, nil
}

// Checkpoint reads the note of the head and holds it against the tree.
func (h Head) Checkpoint(tx *db.Tx) (c logtree.Checkpoint, err error) {
	var keys []note.Verifier
	for line := range strings.Lines(h.Keys) {
		key, err := note.NewVerifier(strings.TrimSpace(line))
		if err != nil {
			return c, faultRewritten(h.Size).Because(fmt.Errorf("%w: %w", ErrRewritten, err))
		}
		keys = append(keys, key)
	}
	c, err = logtree.OpenCheckpoint([]byte(h.Note), keys...)
	if err != nil {
		return c, faultRewritten(h.Size).Because(fmt.Errorf("%w: %w", ErrRewritten, err))
	}
	edge, err := logtree.ReadEdge(h.Size, Hashes(tx))
	switch {
	case err != nil:
		return c, faultRewritten(h.Size).Because(fmt.Errorf("%w: %w", ErrRewritten, err))
	case c.Size != h.Size || c.Root != edge.Root():
		return c, faultRewritten(h.Size)
	}
	return c, nil
}

// File returns a file of the log: "checkpoint", "keys" (a verifier key a line),
// a tile of what was published, or a file beside the log. Another path is a fault.NotFound.
func (l *Log) File(ctx context.Context, path string) ([]byte, error) {
	switch path {
	case checkpointName:
		c, err := l.Checkpoint(ctx)
		return c.Note, err
	case keysName:
		_, err := l.Checkpoint(ctx)
		l.mu.Lock()
		defer l.mu.Unlock()
		return []byte(l.keys), err
	}
	if sum, ok := besideSum(path); ok {
		return l.Beside(ctx, sum)
	}
	t, ok := logtree.ParseTilePath(path)
	if !ok {
		return nil, faultNoFile(path)
	}
	size, err := l.reaching(ctx, t)
	if err != nil {
		return nil, err
	}
	if !within(t, size) {
		return nil, faultNoFile(path)
	}
	var file []byte
	err = l.db.View(ctx, func(tx *db.Tx) error {
		if t.L == logtree.Entries {
			file, err = bundle(tx, t)
			return err
		}
		hashes, err := Hashes(tx)(t.L, t.N*logtree.TileWidth, t.W)
		if err == nil && len(hashes) != t.W {
			err = faultNode(t.L, t.N*logtree.TileWidth+int64(len(hashes)))
		}
		file = logtree.AppendHashes(nil, hashes)
		return err
	})
	return file, err
}

const keysName = "keys"

// reaching returns the published size, looking for a newer one where a tile is
// beyond it.
func (l *Log) reaching(ctx context.Context, t tlog.Tile) (int64, error) {
	l.mu.Lock()
	size := l.published.Size
	l.mu.Unlock()
	if within(t, size) {
		return size, nil
	}
	c, err := l.Checkpoint(ctx)
	return c.Size, err
}

func within(t tlog.Tile, size int64) bool {
	total := size >> min(63, logtree.TileHeight*max(t.L, 0))
	return t.N <= total/logtree.TileWidth && t.N*logtree.TileWidth+int64(t.W) <= total
}

func bundle(tx *db.Tx, t tlog.Tile) ([]byte, error) {
	items, _, err := entries(tx, t.N*logtree.TileWidth, t.W)
	var b []byte
	for _, item := range items {
		b = logtree.AppendStatement(b, item.Statement())
	}
	return b, err
}

// Receipt proves that an entry is in the log. It is a fault.NotFound when there
// is no such entry, and a fault.Unavailable while it is not in a checkpoint.
func (l *Log) Receipt(ctx context.Context, entry string) (logtree.Receipt, error) {
	all, err := l.Receipts(ctx, []string{entry})
	if err != nil {
		return logtree.Receipt{}, err
	}
	return all[0], nil
}

// Receipts are those of several entries, all under one checkpoint.
func (l *Log) Receipts(ctx context.Context, entries []string) (all []logtree.Receipt, err error) {
	c, err := l.Checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	err = l.db.View(ctx, func(tx *db.Tx) error {
		for _, entry := range entries {
			r, err := receipt(tx, c, entry)
			if err != nil {
				return fmt.Errorf("publiclog: receipt of %s: %w", entry, err)
			}
			all = append(all, r)
		}
		return nil
	})
	return all, err
}

func receipt(tx *db.Tx, c logtree.Checkpoint, entry string) (logtree.Receipt, error) {
	r := logtree.Receipt{Checkpoint: c}
	item, err := record.ByID(tx, entry)
	if err != nil {
		return r, err
	}
	in, err := selectBatchOf.Slice(tx, entry)
	if err != nil {
		return r, err
	}
	if len(in) == 0 || in[0].Seq >= c.Size {
		return r, faultNotYet()
	}
	at := slices.IndexFunc(record.Unpack(in[0].Leaves), func(l record.Leaf) bool { return l.Entry == entry })
	r.Index, r.Statement = in[0].Seq+int64(at), item.Statement()
	if at < 0 {
		return r, faultAltered(in[0].Seq, entry)
	}
	if r.Proof, err = tlog.ProveRecord(c.Size, r.Index, logtree.Hashes(c.Size, Hashes(tx))); err != nil {
		return r, err
	}
	if tlog.CheckRecord(r.Proof, c.Size, c.Root, r.Index, item.Leaf().Hash) != nil {
		return r, faultAltered(r.Index, entry)
	}
	return r, nil
}
