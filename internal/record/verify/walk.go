package verify

import (
	"context"
	"errors"
	"io/fs"
	"slices"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/xiadu/xiadu/internal/record/logtree"
)

// walk goes through the log once, a tile of 256 entries at a time.
type walk struct {
	src    Source
	report Report
	keys   []note.Verifier

	edge  logtree.Edge
	roots map[int64]tlog.Hash // at the sizes that are wanted
	whole bool                // the tree has the signed root

	above  []heldTile // of each level the tile that was read last
	differ []difference
	replay replay

	figures []*asking
	folds   []*folding
	used    map[string]bool // the files that receipts name

	wantsFiles bool // a query is of files beside the log
}

// heldTile is a hash tile as it was read.
type heldTile struct {
	n      int64
	hashes []tlog.Hash
	read   bool
}

// difference is an entry that is not what the tree has in its place.
type difference struct {
	index     int64
	got, want tlog.Hash
}

// leaves are the candidates for the leaves of one tile.
type leaves struct {
	tile       tlog.Tile
	entries    []tlog.Hash // hashes of what the bundle has
	hashes     []tlog.Hash // what the hash tile has
	statements [][]byte
	missing    bool // the bundle
}

func (w *walk) entries(ctx context.Context) error {
	size := w.report.Checkpoint.Size
	w.note()
	for n := int64(0); n*logtree.TileWidth < size; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		t := logtree.Tile(logtree.Entries, n, int(min(logtree.TileWidth, size-n*logtree.TileWidth)))
		l, err := w.read(ctx, t)
		if err != nil {
			return err
		}
		right, err := w.choose(ctx, l)
		if err != nil {
			return err
		}
		w.compare(ctx, l, right)
		for _, leaf := range right {
			for _, node := range w.edge.Add(leaf) {
				if err := w.node(ctx, node); err != nil {
					return err
				}
			}
			w.note()
		}
		if len(w.report.Findings) >= maxFindings {
			return nil
		}
	}
	w.whole = w.edge.Size() == size && w.edge.Root() == w.report.Checkpoint.Root
	if !w.whole {
		w.found(Rewritten, "checkpoint", "条目和散列合起来不是签过名的那棵树", "entries and hashes are not the tree that was signed")
	}
	return nil
}

// note remembers the root where it is wanted.
func (w *walk) note() {
	if _, ok := w.roots[w.edge.Size()]; ok {
		w.roots[w.edge.Size()] = w.edge.Root()
	}
}

// read reads a bundle and its hash tile.
func (w *walk) read(ctx context.Context, t tlog.Tile) (l leaves, err error) {
	l.tile = t
	bundle, full, err := w.file(ctx, t)
	if err != nil {
		return l, err
	}
	l.missing = bundle == nil
	if l.statements, err = logtree.SplitBundle(bundle); err != nil {
		w.found(Changed, logtree.TilePath(t), "文件不完整", "the file ends in the midst of an entry")
	}
	if full && len(l.statements) > t.W {
		l.statements = l.statements[:t.W]
	}
	for _, s := range l.statements {
		l.entries = append(l.entries, tlog.RecordHash(s))
	}
	l.hashes, err = w.tile(ctx, logtree.Tile(0, t.N, t.W))
	return l, err
}

// file reads a file that the log has to have; without it, nothing. A full tile may
// have taken the place of one that was partial.
func (w *walk) file(ctx context.Context, t tlog.Tile) (b []byte, full bool, err error) {
	path := logtree.TilePath(t)
	b, err = w.src(ctx, path)
	if errors.Is(err, fs.ErrNotExist) && t.W < logtree.TileWidth {
		full = true
		b, err = w.src(ctx, logtree.TilePath(logtree.Tile(t.L, t.N, logtree.TileWidth)))
	}
	if errors.Is(err, fs.ErrNotExist) {
		w.found(Missing, path, "文件不存在", "there is no such file")
		return nil, full, nil
	}
	if a, ok := errors.AsType[*AlteredError](err); ok {
		w.found(Altered, path, "%[1]s", "%[2]s", a.Text.ZH, a.Text.EN)
		return nil, full, nil
	}
	return b, full, err
}

// tile reads a hash tile; one of another length is no tile.
func (w *walk) tile(ctx context.Context, t tlog.Tile) ([]tlog.Hash, error) {
	b, full, err := w.file(ctx, t)
	if err != nil || b == nil {
		return nil, err
	}
	width := t.W
	if full {
		width = logtree.TileWidth
	}
	hashes, err := logtree.SplitHashes(b)
	if err != nil || len(hashes) != width {
		w.found(Changed, logtree.TilePath(t), "应有 %[1]d 个散列，文件有 %[2]d 字节", "it should have %[1]d hashes, and has %[2]d bytes", width, len(b))
		return nil, nil
	}
	return hashes[:t.W], nil
}

// hash is the n-th hash of a level above the leaves, as its tile has it.
func (w *walk) hash(ctx context.Context, level int, n int64) (h tlog.Hash, ok bool, err error) {
	for len(w.above) <= level {
		w.above = append(w.above, heldTile{})
	}
	held := &w.above[level]
	at := n / logtree.TileWidth
	if !held.read || held.n != at {
		total := w.report.Checkpoint.Size >> (logtree.TileHeight * level)
		t := logtree.Tile(level, at, int(min(logtree.TileWidth, total-at*logtree.TileWidth)))
		hashes, err := w.tile(ctx, t)
		if err != nil {
			return h, false, err
		}
		*held = heldTile{at, hashes, true}
	}
	if i := int(n % logtree.TileWidth); i < len(held.hashes) {
		return held.hashes[i], true, nil
	}
	return h, false, nil
}

// choose tells which leaves are right, those of the bundle or those of the tile.
// The tile above tells; at the right edge, where there is none, the signed root.
func (w *walk) choose(ctx context.Context, l leaves) ([]tlog.Hash, error) {
	switch {
	case slices.Equal(l.entries, l.hashes):
		return l.entries, nil
	case len(l.hashes) != l.tile.W:
		return l.entries[:min(len(l.entries), l.tile.W)], nil
	case len(l.entries) != l.tile.W:
		return l.hashes, nil
	case l.tile.W < logtree.TileWidth:
		if w.rootWith(l.entries) == w.report.Checkpoint.Root {
			return l.entries, nil
		}
		return l.hashes, nil
	}
	parent, _, err := w.hash(ctx, 1, l.tile.N)
	if err != nil {
		return nil, err
	}
	var e logtree.Edge
	for _, h := range l.entries {
		if filled := e.Add(h); len(filled) > 0 && filled[0].Hash == parent {
			return l.entries, nil
		}
	}
	return l.hashes, nil
}

// rootWith is the root of the tree with further leaves that fill no tile.
func (w *walk) rootWith(more []tlog.Hash) tlog.Hash {
	e := w.edge.Clone()
	for _, h := range more {
		e.Add(h)
	}
	return e.Root()
}

// node holds the root of a full tile against the tile above.
func (w *walk) node(ctx context.Context, n logtree.Node) error {
	has, ok, err := w.hash(ctx, n.Level, n.N)
	if err != nil || !ok {
		return err // a tile that is missing or has another length was found already
	}
	if has != n.Hash {
		at := n.N / logtree.TileWidth
		total := w.report.Checkpoint.Size >> (logtree.TileHeight * n.Level)
		t := logtree.Tile(n.Level, at, int(min(logtree.TileWidth, total-at*logtree.TileWidth)))
		w.found(Changed, logtree.TilePath(t), "第 %[1]d 个散列与条目不符", "hash %[1]d is not that of the entries", n.N%logtree.TileWidth)
	}
	return nil
}
