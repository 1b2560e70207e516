package publiclog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
)

// Export writes the log as files below dir, or brings a folder up to date that
// has an earlier state of it, and returns the checkpoint. The checkpoint comes
// last, so that whoever reads meanwhile finds all it names.
//
// By the queries it knows which files beside the log were withdrawn; without them it removes none.
//
// On the way it holds every row against the others: entries against leaves, nodes
// against leaves, all against the signed root, and that no entry was kept out.
func (l *Log) Export(ctx context.Context, dir string, queries ...figure.Query) (logtree.Checkpoint, error) {
	c, err := l.Checkpoint(ctx)
	if err != nil {
		return c, err
	}
	if err := ahead(dir, c); err != nil {
		return c, err
	}
	e := exporter{db: l.db, dir: dir, size: c.Size, shelves: shelving(queries)}
	for n := int64(0); n*logtree.TileWidth < c.Size; n++ {
		if err := e.bundle(ctx, n); err != nil {
			return c, err
		}
	}
	if err := e.edges(); err != nil {
		return c, err
	}
	if e.edge.Root() != c.Root {
		return c, faultRewritten(c.Size)
	}
	err = l.db.View(ctx, func(tx *db.Tx) error {
		id, err := record.Withheld(tx)
		if err == nil && id != "" {
			err = faultWithheld(id)
		}
		return err
	})
	if err == nil {
		err = e.besides(ctx)
	}
	if err != nil {
		return c, err
	}
	l.mu.Lock()
	keys := l.keys
	l.mu.Unlock()
	return c, errors.Join(put(filepath.Join(dir, keysName), []byte(keys)), put(filepath.Join(dir, checkpointName), c.Note))
}

// ahead refuses to go back behind what a folder has.
func ahead(dir string, c logtree.Checkpoint) error {
	has, found, err := KeptIn(dir).Load()
	switch {
	case err != nil || !found:
		return err
	case has.Origin != c.Origin:
		return faultOrigin(c.Origin, has.Origin)
	case has.Size > c.Size:
		return faultOlder(c.Size, has.Size)
	}
	return nil
}

// exporter goes through the log once, from the first entry to the last.
type exporter struct {
	db    *db.DB
	dir   string
	size  int64
	edge  logtree.Edge
	tiles [][]tlog.Hash // of each level the tile that is being filled
	count []int64       // of full tiles, by level

	shelves []*figure.Folding
}

func (e *exporter) bundle(ctx context.Context, n int64) error {
	t := logtree.Tile(logtree.Entries, n, int(min(logtree.TileWidth, e.size-n*logtree.TileWidth)))
	var file []byte
	err := e.db.View(ctx, func(tx *db.Tx) error {
		items, leaves, err := entries(tx, n*logtree.TileWidth, t.W)
		if err != nil {
			return err
		}
		for i, item := range items {
			file = logtree.AppendStatement(file, item.Statement())
			leaf := leaves[i].Hash
			for _, f := range e.shelves {
				if err := addTo(f, n*logtree.TileWidth+int64(i), item, leaf); err != nil {
					return err
				}
			}
			if err := e.hash(0, leaf); err != nil {
				return err
			}
			for _, node := range e.edge.Add(leaf) {
				has, err := Hashes(tx)(node.Level, node.N, 1)
				if err != nil {
					return err
				}
				if len(has) != 1 || has[0] != node.Hash {
					return faultNode(node.Level, node.N)
				}
				if err := e.hash(node.Level, node.Hash); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return e.put(t, file)
}

// hash adds a hash to the tile that is being filled.
func (e *exporter) hash(level int, h tlog.Hash) error {
	if level == len(e.tiles) {
		e.tiles, e.count = append(e.tiles, nil), append(e.count, 0)
	}
	e.tiles[level] = append(e.tiles[level], h)
	if len(e.tiles[level]) < logtree.TileWidth {
		return nil
	}
	full := e.tiles[level]
	e.tiles[level] = nil
	e.count[level]++
	return e.put(logtree.Tile(level, e.count[level]-1, logtree.TileWidth), logtree.AppendHashes(nil, full))
}

// edges writes the tiles that are not full.
func (e *exporter) edges() error {
	for level, hashes := range e.tiles {
		if len(hashes) == 0 {
			continue
		}
		if err := e.put(logtree.Tile(level, e.count[level], len(hashes)), logtree.AppendHashes(nil, hashes)); err != nil {
			return err
		}
	}
	return nil
}

func (e *exporter) put(t tlog.Tile, file []byte) error {
	path := filepath.Join(e.dir, filepath.FromSlash(logtree.TilePath(t)))
	has, err := os.ReadFile(path)
	if err == nil && !bytes.Equal(has, file) {
		return faultMirror(path)
	}
	if err == nil {
		return nil
	}
	if err := put(path, file); err != nil {
		return err
	}
	if t.W == logtree.TileWidth {
		return os.RemoveAll(path + ".p") // those of it that were not full
	}
	return nil
}

func faultMirror(path string) *fault.Error {
	return fault.New(fault.Conflict,
		"%[1]s 已经存在，内容与现在的公开日志不符：那里的文件被改动过，或是另一份日志。请先用 xiadu verify 核对，或导出到新文件夹",
		"%[1]s is there and is not what the public log has: the file was changed, or it is of another log. Check the folder with xiadu verify, or export into a new one", path).Because(ErrRewritten)
}

// put writes a file that appears whole or not at all.
func put(path string, file []byte) error {
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path+".new", file, 0o644)
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrExist) {
		return fault.New(fault.Unavailable, "写不了 %s：请检查文件夹能否写入", "cannot write %s: see whether the folder may be written to", path).Because(err)
	}
	if err != nil {
		return fmt.Errorf("publiclog: export: %w", err)
	}
	return nil
}
