package logtree

import (
	"encoding/binary"
	"errors"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Entries is the level of a tile that is a bundle of statements.
const Entries = -1

// Tile is the tile of a level, its place, and its width.
func Tile(level int, n int64, width int) tlog.Tile {
	return tlog.Tile{H: TileHeight, L: level, N: n, W: width}
}

// TilePath is the place of a tile as C2SP writes it, which is not as tlog does:
// tile/0/x001/234.p/5, tile/entries/000.
func TilePath(t tlog.Tile) string {
	rest := strings.TrimPrefix(t.Path(), "tile/8/")
	if data, ok := strings.CutPrefix(rest, "data/"); ok {
		rest = "entries/" + data
	}
	return "tile/" + rest
}

// ParseTilePath reads what TilePath writes, and nothing else.
func ParseTilePath(path string) (tlog.Tile, bool) {
	rest, ok := strings.CutPrefix(path, "tile/")
	if data, entries := strings.CutPrefix(rest, "entries/"); entries {
		rest = "data/" + data
	}
	t, err := tlog.ParseTilePath("tile/8/" + rest)
	return t, ok && err == nil && t.L < 64 && TilePath(t) == path
}

// AppendHashes appends hashes as a tile has them.
func AppendHashes(to []byte, hashes []tlog.Hash) []byte {
	for _, h := range hashes {
		to = append(to, h[:]...)
	}
	return to
}

var errTile = errors.New("not a whole number of hashes")

// SplitHashes takes a tile apart.
func SplitHashes(tile []byte) ([]tlog.Hash, error) {
	if len(tile)%tlog.HashSize != 0 {
		return nil, errTile
	}
	hashes := make([]tlog.Hash, len(tile)/tlog.HashSize)
	for i := range hashes {
		hashes[i] = tlog.Hash(tile[i*tlog.HashSize:])
	}
	return hashes, nil
}

// AppendStatement appends a statement of at most [MaxStatement] as a bundle has it.
func AppendStatement(to, statement []byte) []byte {
	to = binary.BigEndian.AppendUint16(to, uint16(len(statement)))
	return append(to, statement...)
}

var errBundle = errors.New("the bundle ends in the midst of an entry")

// SplitBundle takes a bundle apart. Of one that is cut short it returns the
// statements that are whole, and an error.
func SplitBundle(bundle []byte) (statements [][]byte, err error) {
	for len(bundle) > 0 {
		if len(bundle) < 2 {
			return statements, errBundle
		}
		n := 2 + int(binary.BigEndian.Uint16(bundle))
		if len(bundle) < n {
			return statements, errBundle
		}
		statements = append(statements, bundle[2:n])
		bundle = bundle[n:]
	}
	return statements, nil
}
