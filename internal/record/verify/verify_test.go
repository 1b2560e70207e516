package verify_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/verify"
)

// files is a log in memory.
type files map[string][]byte

func (f files) source(_ context.Context, path string) ([]byte, error) {
	b, ok := f[path]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return b, nil
}

func (f files) clone() files {
	c := files{}
	for path, b := range f {
		c[path] = bytes.Clone(b)
	}
	return c
}

// signer is a log's key.
type signer struct {
	note.Signer
	public string
}

const origin = "example.com/log"

func newSigner(t *testing.T, name string) signer {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	return signer{s, vkey}
}

func statement(i int) logtree.Statement {
	s := logtree.Statement{
		At: time.Date(2026, 11, 29, 8, 0, i, 0, time.UTC), By: "clerk", ID: fmt.Sprintf("0192-%06d", i), Kind: "test.done",
		Public: fmt.Appendf(nil, `{"n":%d}`, i), Subject: "test/1",
	}
	if i%7 == 0 {
		s.Commitment = fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, i)))
	}
	return s
}

func statements(n int) (all [][]byte) {
	for i := range n {
		all = append(all, statement(i).Bytes())
	}
	return all
}

// publish makes the files of a log of statements. It is written apart from the
// product's exporter, from tlog's own tiles.
func publish(t *testing.T, key signer, all [][]byte) files {
	t.Helper()
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) (out []tlog.Hash, _ error) {
		for _, i := range indexes {
			out = append(out, stored[i])
		}
		return out, nil
	})
	f := files{"keys": []byte(key.public + "\n")}
	var edge logtree.Edge
	for i, s := range all {
		more, err := tlog.StoredHashes(int64(i), s, read)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, more...)
		edge.Add(tlog.RecordHash(s))
	}
	for _, tile := range tlog.NewTiles(8, 0, int64(len(all))) {
		data, err := tlog.ReadTileData(tile, read)
		if err != nil {
			t.Fatal(err)
		}
		f[logtree.TilePath(tile)] = data
		if tile.L == 0 {
			var b []byte
			for _, s := range all[tile.N*256 : tile.N*256+int64(tile.W)] {
				b = logtree.AppendStatement(b, s)
			}
			tile.L = logtree.Entries
			f[logtree.TilePath(tile)] = b
		}
	}
	f["checkpoint"] = sign(t, key, edge.Size(), edge.Root())
	return f
}

func sign(t *testing.T, key signer, size int64, root tlog.Hash) []byte {
	t.Helper()
	c, err := logtree.Checkpoint{Origin: origin, Size: size, Root: root}.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	return c.Note
}

func check(t *testing.T, f files, o verify.Options) verify.Report {
	t.Helper()
	r, err := verify.Log(t.Context(), f.source, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestALogThatHolds(t *testing.T) {
	key := newSigner(t, origin)
	sizes := []int{0, 1, 2, 255, 256, 257, 600, 65_536, 66_000}
	for _, size := range sizes {
		all := statements(size)
		f := publish(t, key, all)
		o := verify.Options{Keys: []string{key.public}}
		for _, earlier := range sizes {
			if earlier <= min(size, 600) {
				o.Seen = append(o.Seen, verify.File{Name: "seen", Text: publish(t, key, all[:earlier])["checkpoint"]})
			}
		}
		r := check(t, f, o)
		if len(r.Findings) > 0 || r.Kinds["test.done"] != int64(size) || r.Checkpoint.Size != int64(size) {
			t.Errorf("%d entries: %+v", size, r)
		}
	}
	// A mirror may have full tiles where the checkpoint needs partial ones.
	f := publish(t, key, statements(300))
	later := publish(t, key, statements(512))
	for path, b := range later {
		if path != "checkpoint" {
			f[path] = b
		}
	}
	for path := range f {
		if strings.Contains(path, "001.p/") {
			delete(f, path)
		}
	}
	if r := check(t, f, verify.Options{}); len(r.Findings) > 0 {
		t.Error("full tiles for partial ones:", r.Findings)
	}
}

// Whatever byte of a tile or a bundle is changed, the file or the entry is named.
func TestAnyByteChanged(t *testing.T) {
	key := newSigner(t, origin)
	f := publish(t, key, statements(600))
	random := mathrand.New(mathrand.NewPCG(9, 600))
	tried := 0
	for _, path := range slices.Sorted(maps.Keys(f)) {
		for range 25 {
			at := random.IntN(len(f[path]))
			changed := f.clone()
			changed[path][at] ^= byte(1 << random.IntN(8))
			r, err := verify.Log(t.Context(), changed.source, verify.Options{Keys: []string{key.public}})
			tried++
			switch {
			case path == "keys": // ours are used
			case err != nil && path == "checkpoint":
			case err != nil:
				t.Error(path, at, err)
			case path == "checkpoint":
				if len(r.Findings) == 0 && !bytes.Equal(text(changed[path]), text(f[path])) {
					t.Errorf("byte %d of the checkpoint: nothing found", at)
				}
			case !names(r.Findings, path, f[path], at):
				t.Errorf("byte %d of %s: %v", at, path, r.Findings)
			}
		}
	}
	t.Logf("%d bytes changed, each found and named", tried)
}

func text(signed []byte) []byte {
	text, _, _ := bytes.Cut(signed, []byte("\n\n"))
	return text
}

// names tells whether the findings name the file, or the entry that the byte is in.
func names(found []verify.Finding, path string, was []byte, at int) bool {
	index := int64(-1)
	if tile, ok := logtree.ParseTilePath(path); ok && tile.L == logtree.Entries {
		index = tile.N * 256
		for end := 0; ; index++ {
			if end += 2 + int(binary.BigEndian.Uint16(was[end:])); at < end {
				break
			}
		}
	}
	return slices.ContainsFunc(found, func(f verify.Finding) bool {
		return f.What == verify.Changed && (f.Where == path || f.Where == fmt.Sprintf("entry %d", index))
	})
}

// What cannot be used is said as such, and is no finding.
func TestCannotCheck(t *testing.T) {
	key := newSigner(t, origin)
	f := publish(t, key, statements(3))
	broken := errors.New("the line is down")
	other, err := logtree.Checkpoint{Origin: "example.com/other", Size: 0}.Sign(newSigner(t, "example.com/other"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		src  verify.Source
		o    verify.Options
		want fault.Kind
	}{
		"no log":              {files{}.source, verify.Options{}, fault.NotFound},
		"no checkpoint":       {files{"checkpoint": []byte("<html>")}.source, verify.Options{}, fault.Invalid},
		"no key":              {f.source, verify.Options{Keys: []string{"x"}}, fault.Invalid},
		"no seen checkpoint":  {f.source, verify.Options{Seen: []verify.File{{Name: "x", Text: []byte("x")}}}, fault.Invalid},
		"of another log":      {f.source, verify.Options{Seen: []verify.File{{Name: "x", Text: other.Note}}}, fault.Invalid},
		"copied of another":   {f.source, verify.Options{Seen: []verify.File{{Name: "x", Text: []byte(other.Text())}}}, fault.Invalid},
		"a line that is down": {func(context.Context, string) ([]byte, error) { return nil, broken }, verify.Options{}, 0},
	} {
		_, err := verify.Log(t.Context(), c.src, c.o)
		if err == nil || fault.KindOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A size that no file supports ends soon.
	f["checkpoint"] = sign(t, key, 1<<61, tlog.Hash{})
	if r := check(t, f, verify.Options{}); len(r.Findings) < 50 {
		t.Errorf("%d findings", len(r.Findings))
	}
}

// TestAWitnessSignsToo: there is room under a checkpoint for those who saw it, of kinds that this program does
// not know, and who reads the log passes over them.
func TestAWitnessSignsToo(t *testing.T) {
	key, witness := newSigner(t, origin), newSigner(t, "witness.example/w1")
	f := publish(t, key, statements(300))
	both, err := note.Open(f["checkpoint"], note.VerifierList())
	var unverified *note.UnverifiedNoteError
	if !errors.As(err, &unverified) {
		t.Fatal(both, err)
	}
	signed, err := note.Sign(&note.Note{Text: unverified.Note.Text}, key, witness)
	if err != nil {
		t.Fatal(err)
	}
	// A cosignature of C2SP's tlog-cosignature: another algorithm, with a time before its bytes.
	cosigned := append(signed, "— witness.example/w2 "+base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{4}, 4+8+64))+"\n"...)
	f["checkpoint"] = cosigned
	if r := check(t, f, verify.Options{}); len(r.Findings) > 0 || r.Checkpoint.Size != 300 {
		t.Errorf("%v", r.Findings)
	}
}
