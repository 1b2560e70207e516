package logtree_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"filippo.io/torchwood"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/record/logtree"
)

// stored is a tree as tlog keeps it, and as tiles.
type stored struct {
	hashes []tlog.Hash
	nodes  map[int][]tlog.Hash // by level of tiles
}

func (s *stored) ReadHashes(indexes []int64) (out []tlog.Hash, err error) {
	for _, i := range indexes {
		out = append(out, s.hashes[i])
	}
	return out, nil
}

func (s *stored) read(level int, n int64, count int) ([]tlog.Hash, error) {
	if n+int64(count) > int64(len(s.nodes[level])) {
		return nil, errors.New("beyond the tree")
	}
	return s.nodes[level][n : n+int64(count)], nil
}

// The edge has the root that tlog computes over all, at every size and also
// when it is read back; its nodes are the tiles' hashes.
func TestEdge(t *testing.T) {
	s := &stored{nodes: map[int][]tlog.Hash{}}
	var e logtree.Edge
	for i := range int64(70_000) {
		leaf := tlog.RecordHash(fmt.Append(nil, i))
		more, err := tlog.StoredHashesForRecordHash(i, leaf, s)
		if err != nil {
			t.Fatal(err)
		}
		s.hashes = append(s.hashes, more...)
		s.nodes[0] = append(s.nodes[0], leaf)
		for _, n := range e.Add(leaf) {
			if n.N != int64(len(s.nodes[n.Level])) || s.hashes[tlog.StoredHashIndex(8*n.Level, n.N)] != n.Hash {
				t.Fatalf("node %d of level %d", n.N, n.Level)
			}
			s.nodes[n.Level] = append(s.nodes[n.Level], n.Hash)
		}
		if i > 1000 && i%509 != 0 && (i+1)%256 > 1 {
			continue
		}
		want, err := tlog.TreeHash(i+1, s)
		again, err2 := logtree.ReadEdge(i+1, s.read)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		if e.Size() != i+1 || e.Root() != want || again.Root() != want {
			t.Fatalf("root of %d", i+1)
		}
	}
	for _, size := range []int64{1, 255, 256, 257, 65_536, 69_999, 70_000} {
		want, err := tlog.ProveRecord(size, size/2, s)
		got, err2 := tlog.ProveRecord(size, size/2, logtree.Hashes(size, s.read))
		if diff := cmp.Diff(want, got); diff != "" || err != nil || err2 != nil {
			t.Errorf("proof in %d: %s %v %v", size, diff, err, err2)
		}
		data, err := tlog.ReadTileData(logtree.Tile(0, size/512, 1), s)
		if err != nil || !bytes.Equal(data, logtree.AppendHashes(nil, s.nodes[0][size/512*256:size/512*256+1])) {
			t.Errorf("tile of %d: %v", size, err)
		}
	}
	var empty logtree.Edge
	if want, _ := tlog.TreeHash(0, nil); empty.Root() != want {
		t.Error("root of nothing")
	}
}

// tiles lists the hash tiles and bundles of the tree of a size, level by level
// and with the partial ones at the edge; bundles come last.
func tiles(size int64) iter.Seq[tlog.Tile] {
	levels := []int{}
	for level := 0; size>>(logtree.TileHeight*level) > 0; level++ {
		levels = append(levels, level)
	}
	return func(yield func(tlog.Tile) bool) {
		for _, level := range append(levels, logtree.Entries) {
			total := size >> (logtree.TileHeight * max(level, 0))
			for n := int64(0); n*logtree.TileWidth < total; n++ {
				if !yield(logtree.Tile(level, n, int(min(logtree.TileWidth, total-n*logtree.TileWidth)))) {
					return
				}
			}
		}
	}
}

// The list of C2SP: 273 full tiles and one of 112, one full and one of 17, one of 1.
func TestTiles(t *testing.T) {
	var paths []string
	for tile := range tiles(70_000) {
		path := logtree.TilePath(tile)
		if got, ok := logtree.ParseTilePath(path); !ok || got != tile || path != torchwood.TilePath(tile) {
			t.Errorf("%s is read as %v", path, got)
		}
		if tile.L != 0 && tile.L != logtree.Entries || tile.W != 256 {
			paths = append(paths, path)
		}
	}
	want := []string{"tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1", "tile/entries/273.p/112"}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Error(diff)
	}
	for _, path := range []string{
		"", "tile/", "tile/0/000.p/256", "tile/0/000.p/0", "tile/0/00", "tile/64/000", "tile/-1/000", "tile/data/000", "tile/8/0/000",
		"tile/entries/000/..", "tile/0/x000/000/", "tile/00/000", "tile/0/000.p/01", "../tile/0/000",
	} {
		if tile, ok := logtree.ParseTilePath(path); ok {
			t.Errorf("%q is read as %v", path, tile)
		}
	}
}

func TestStatement(t *testing.T) {
	s := logtree.Statement{
		At: time.Date(2026, 11, 29, 8, 0, 0, 5000, time.UTC), By: "clerk\n\"", ID: "1", Kind: "k", Public: []byte(`{"a":"<驿站>"}`), Subject: "s/😀",
		Commitment: "ab",
	}
	got, err := logtree.ParseStatement(s.Bytes())
	if diff := cmp.Diff(s, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	s.Public = []byte(`"` + strings.Repeat("x", 70_000) + `"`)
	long, err := logtree.ParseStatement(s.Bytes())
	if err != nil || len(long.PublicSHA256) != 64 || long.Public != nil {
		t.Errorf("a long one: %+v, %v", long, err)
	}
	for _, in := range []string{
		``, `{}`, `[]`, `{"at":"2026-11-29T08:00:00.000005Z","by":"c","id":"1","kind":"k","public":{"b":1,"a":2},"subject":"s"}`,
		`{"at":"2026-11-29T08:00:00Z","by":"c","id":"1","kind":"k","public":{},"subject":"s"}`,
		`{"at":"2026-11-29T08:00:00.000005Z","by":"c","id":"1","kind":"k","public":{},"subject":"s"} `,
		`{"at":"2026-11-29T08:00:00.000005Z","by":"c","id":"1","kind":"k","more":1,"public":{},"subject":"s"}`,
		`{"at":"2026-11-29T08:00:00.000005Z","by":"c","id":"1","kind":"k","public":{},"subject":"s","subject":"s"}`,
	} {
		if got, err := logtree.ParseStatement([]byte(in)); err == nil {
			t.Errorf("%s is read as %+v", in, got)
		}
	}
}

func TestBundle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOf(rapid.SliceOf(rapid.Byte())).Draw(t, "statements")
		var b []byte
		for _, s := range want {
			b = logtree.AppendStatement(b, s)
		}
		got, err := logtree.SplitBundle(b)
		if err != nil || len(got) != len(want) {
			t.Fatalf("%d of %d, %v", len(got), len(want), err)
		}
		for i := range want {
			if !bytes.Equal(got[i], want[i]) {
				t.Fatal(i)
			}
		}
		if len(want) > 0 {
			if got, err := logtree.SplitBundle(b[:len(b)-1]); err == nil || len(got) != len(want)-1 {
				t.Fatalf("cut short: %d, %v", len(got), err)
			}
		}
	})
}

func key(t *testing.T, name string) (note.Signer, note.Verifier) {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(skey)
	v, err2 := note.NewVerifier(vkey)
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return s, v
}

func TestCheckpoint(t *testing.T) {
	ours, verifier := key(t, "example.com/log")
	other, otherVerifier := key(t, "example.com/other")
	c, err := logtree.Checkpoint{Origin: "example.com/log", Size: 7, Root: tlog.RecordHash(nil)}.Sign(ours)
	if err != nil {
		t.Fatal(err)
	}
	got, err := logtree.OpenCheckpoint(c.Note, verifier, otherVerifier)
	if diff := cmp.Diff(c, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	theirs, err := torchwood.ParseCheckpoint(c.Text())
	if err != nil || theirs.N != 7 || theirs.Hash != c.Root || theirs.Origin != c.Origin {
		t.Errorf("torchwood reads %+v, %v", theirs, err)
	}
	if _, err := logtree.OpenCheckpoint(c.Note, otherVerifier); err == nil {
		t.Error("opened with another's key")
	}
	// Another log's key signs a text that names this one.
	forged, err := c.Sign(other)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := logtree.OpenCheckpoint(forged.Note, verifier, otherVerifier); err == nil {
		t.Error("opened what another log has signed")
	}
	for i := range c.Note {
		changed := bytes.Clone(c.Note)
		changed[i] ^= 1
		if got, err := logtree.OpenCheckpoint(changed, verifier); err == nil && got.Text() != c.Text() {
			t.Errorf("byte %d changed and opened", i)
		}
	}
	for _, in := range []string{"", "\n\n", "a\n1\n\n", "a\n-1\nAA==\n\n— a b\n", "a\n07\n" + strings.Split(c.Text(), "\n")[2] + "\n\n"} {
		if got, err := logtree.ParseCheckpoint([]byte(in)); err == nil {
			t.Errorf("%q is read as %+v", in, got)
		}
	}
}

func TestReceipt(t *testing.T) {
	signer, verifier := key(t, "example.com/log")
	var e logtree.Edge
	s := &stored{nodes: map[int][]tlog.Hash{}}
	for i := range 300 {
		leaf := tlog.RecordHash(fmt.Append(nil, i))
		s.nodes[0] = append(s.nodes[0], leaf)
		for _, n := range e.Add(leaf) {
			s.nodes[n.Level] = append(s.nodes[n.Level], n.Hash)
		}
	}
	c, err := logtree.Checkpoint{Origin: "example.com/log", Size: 300, Root: e.Root()}.Sign(signer)
	proof, err2 := tlog.ProveRecord(300, 258, logtree.Hashes(300, s.read))
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	r := logtree.Receipt{Statement: []byte("258"), Index: 258, Proof: proof, Checkpoint: c}
	got, err := logtree.ParseReceipt(r.Bytes())
	if diff := cmp.Diff(r, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if err := got.Check(verifier); err != nil {
		t.Error(err)
	}
	whole := r.Bytes()
	for i := range whole[:bytes.LastIndexByte(whole, ' ')] {
		changed := bytes.Clone(whole)
		changed[i] ^= 1
		if got, err := logtree.ParseReceipt(changed); err == nil && got.Check(verifier) == nil {
			t.Errorf("byte %d changed and still a receipt:\n%s", i, changed)
		}
	}
}
