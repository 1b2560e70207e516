package logtree

import (
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// Tiles of 2⁸ hashes, as C2SP has it.
const (
	TileHeight = 8
	TileWidth  = 1 << TileHeight
)

// A Node is the root of a full tile. It is the N-th hash of the tiles of Level,
// which is at least 1: level 0 has the leaves.
type Node struct {
	Level int
	N     int64
	Hash  tlog.Hash
}

// Edge is the right edge of a tree: of each level of tiles the hashes that fill
// no tile yet. The zero Edge is the empty tree.
type Edge struct {
	size   int64
	levels [][]tlog.Hash
}

// ReadHashes returns count hashes of a level of tiles, from the n-th on.
type ReadHashes func(level int, n int64, count int) ([]tlog.Hash, error)

// ReadEdge reads the edge of the tree of a size.
func ReadEdge(size int64, read ReadHashes) (*Edge, error) {
	e := &Edge{size: size}
	for level := 0; size>>(TileHeight*level) > 0; level++ {
		total := size >> (TileHeight * level)
		var hashes []tlog.Hash
		if count := int(total % TileWidth); count > 0 {
			var err error
			if hashes, err = readAll(read, level, total-int64(count), count); err != nil {
				return nil, err
			}
		}
		e.levels = append(e.levels, hashes)
	}
	return e, nil
}

func readAll(read ReadHashes, level int, n int64, count int) ([]tlog.Hash, error) {
	hashes, err := read(level, n, count)
	if err == nil && len(hashes) != count {
		err = fmt.Errorf("%d of the %d hashes of level %d from %d on", len(hashes), count, level, n)
	}
	return hashes, err
}

// Size is the number of leaves.
func (e *Edge) Size() int64 { return e.size }

// Add adds a leaf and returns the tiles that it has filled, lowest first.
func (e *Edge) Add(leaf tlog.Hash) (filled []Node) {
	e.size++
	for level := 0; ; level++ {
		if level == len(e.levels) {
			e.levels = append(e.levels, nil)
		}
		e.levels[level] = append(e.levels[level], leaf)
		if len(e.levels[level]) < TileWidth {
			return filled
		}
		leaf = perfect(e.levels[level])
		e.levels[level] = e.levels[level][:0:0]
		filled = append(filled, Node{level + 1, e.size>>(TileHeight*(level+1)) - 1, leaf})
	}
}

// Root is the root of the tree.
func (e *Edge) Root() tlog.Hash {
	// The edge as perfect trees from left to right, each smaller than the one before.
	var parts []tlog.Hash
	for _, rest := range slices.Backward(e.levels) {
		for width := TileWidth / 2; width > 0; width /= 2 {
			if len(rest) >= width {
				parts = append(parts, perfect(rest[:width]))
				rest = rest[width:]
			}
		}
	}
	if len(parts) == 0 {
		empty, _ := tlog.TreeHash(0, nil) // reads nothing and cannot fail
		return empty
	}
	root := parts[len(parts)-1]
	for i := len(parts) - 2; i >= 0; i-- {
		root = tlog.NodeHash(parts[i], root)
	}
	return root
}

// perfect is the root over a power of two of hashes.
func perfect(hashes []tlog.Hash) tlog.Hash {
	if len(hashes) == 1 {
		return hashes[0]
	}
	half := len(hashes) / 2
	return tlog.NodeHash(perfect(hashes[:half]), perfect(hashes[half:]))
}

// Hashes reads the hashes of the tree of a size for [tlog.ProveRecord] and its
// like, each tile once.
func Hashes(size int64, read ReadHashes) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		tiles := map[tlog.Tile][]tlog.Hash{}
		out := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			height, n := tlog.SplitStoredHashIndex(index)
			level, within := height/TileHeight, height%TileHeight
			from, count := n<<within, 1<<within
			t := tlog.Tile{L: level, N: from / TileWidth}
			if tiles[t] == nil {
				first := t.N * TileWidth
				width := int(min(TileWidth, size>>(TileHeight*level)-first))
				hashes, err := readAll(read, level, first, width)
				if err != nil {
					return nil, err
				}
				tiles[t] = hashes
			}
			at := int(from % TileWidth)
			if at+count > len(tiles[t]) {
				return nil, fmt.Errorf("hash %d is not in a tree of %d", index, size)
			}
			out[i] = perfect(tiles[t][at : at+count])
		}
		return out, nil
	})
}

// Clone returns an edge that grows on its own.
func (e *Edge) Clone() *Edge {
	c := &Edge{size: e.size, levels: slices.Clone(e.levels)}
	for i := range c.levels {
		c.levels[i] = slices.Clone(c.levels[i])
	}
	return c
}
