package publiclog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/sequencer"
	"github.com/xiadu/xiadu/internal/record/verify"
)

func TestPrepare(t *testing.T) { dbtest.Prepare(t, record.Schema) }

// visited has a person in its private part.
type visited struct {
	N     int    `json:"n"`
	Phone string `json:"-"`
}

func (visited) Kind() string    { return "test.visited" }
func (visited) Subject() string { return "test/1" }
func (v visited) Private() any  { return map[string]string{"phone": v.Phone} }

// home is a database, the folder beside it, and who sequences.
type home struct {
	t      *testing.T
	db     *db.DB
	folder string
}

func each(t *testing.T, f func(t *testing.T, h home)) {
	t.Helper()
	dbtest.Each(t, []db.Schema{record.Schema}, func(t *testing.T, d *db.DB) {
		f(t, home{t, d, filepath.Join(t.TempDir(), "log")})
	})
}

func (h home) write(entries int) {
	h.t.Helper()
	h.update(func(tx *db.Tx) error {
		return record.AppendAll(tx, "clerk", func(yield func(record.Entry) bool) {
			for i := range entries {
				if !yield(visited{i, "13912345678"}) {
					return
				}
			}
		})
	})
}

func (h home) update(f func(*db.Tx) error) {
	h.t.Helper()
	if err := h.db.Update(h.t.Context(), f); err != nil {
		h.t.Fatal(err)
	}
}

// sequence puts everything into the tree.
func (h home) sequence() error {
	s, err := sequencer.Open(h.t.Context(), h.db, h.folder, "example.com/log")
	if err != nil {
		return err
	}
	return s.Drain(h.t.Context())
}

func (h home) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h home) log() *publiclog.Log { return publiclog.Open(h.db, h.folder) }

func (h home) ids() (ids []string) {
	h.t.Helper()
	h.must(h.db.View(h.t.Context(), func(tx *db.Tx) error {
		packed, err := packedInOrder.Slice(tx, db.None{})
		for _, b := range packed {
			for _, l := range record.Unpack(b) {
				ids = append(ids, l.Entry)
			}
		}
		return err
	}))
	return ids
}

var packedInOrder = db.Declare[db.None, []byte](`SELECT leaves FROM record_batch WHERE seq IS NOT NULL ORDER BY seq`)

func TestFiles(t *testing.T) {
	each(t, func(t *testing.T, h home) {
		log := h.log()
		file := func(path string) []byte {
			t.Helper()
			b, err := log.File(t.Context(), path)
			if err != nil {
				t.Fatal(path, err)
			}
			return b
		}
		none := func(path string) {
			t.Helper()
			if b, err := log.File(t.Context(), path); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %d bytes, %v; want a fault.NotFound", path, len(b), err)
			}
		}
		for _, path := range []string{"checkpoint", "tile/0/000.p/1", "keys", ""} {
			none(path)
		}
		h.write(300)
		h.must(h.sequence())
		if c, err := logtree.ParseCheckpoint(file("checkpoint")); err != nil || c.Size != 300 || c.Origin != "example.com/log" {
			t.Errorf("%+v, %v", c, err)
		}
		full, edge := file("tile/0/000"), file("tile/0/001.p/44")
		if len(full) != 8192 || len(edge) != 44*32 || len(file("tile/1/000.p/1")) != 32 {
			t.Errorf("tiles of %d and %d bytes", len(full), len(edge))
		}
		if !bytes.HasPrefix(edge, file("tile/0/001.p/43")) {
			t.Error("a partial tile of an earlier size is another")
		}
		parts, err := logtree.SplitBundle(file("tile/entries/001.p/44"))
		if err != nil || len(parts) != 44 || tlog.RecordHash(parts[43]) != tlog.Hash(edge[43*32:]) || bytes.Contains(parts[0], []byte("13912345678")) {
			t.Errorf("bundle of %d, %v", len(parts), err)
		}
		for _, path := range []string{
			"tile/0/000.p/256", "tile/0/001", "tile/0/001.p/45", "tile/1/000", "tile/1/000.p/2", "tile/2/000.p/1", "tile/63/000.p/1",
			"tile/0/x999/x999/x999/x999/999", "tile/entries/001", "tile/entries/002.p/1", "../key", "key", "tile/0/000/",
		} {
			none(path)
		}
		// What is in the tree and not published yet is not given out.
		before := file("tile/0/001.p/44")
		h.write(400)
		h.must(h.sequence())
		if !bytes.HasPrefix(file("tile/0/001"), before) {
			t.Error("the tile has changed")
		}
	})
}

func TestReceipt(t *testing.T) {
	each(t, func(t *testing.T, h home) {
		h.write(300)
		h.must(h.sequence())
		ids := h.ids()
		log := h.log()
		var keys []note.Verifier
		vkey, err := log.File(t.Context(), "keys")
		h.must(err)
		key, err := note.NewVerifier(strings.TrimSpace(string(vkey)))
		h.must(err)
		keys = append(keys, key)
		for _, i := range []int{0, 255, 256, 299} {
			r, err := log.Receipt(t.Context(), ids[i])
			h.must(err)
			again, err := logtree.ParseReceipt(r.Bytes())
			if err == nil {
				err = again.Check(keys...)
			}
			if err != nil || again.Index != int64(i) || !strings.Contains(string(again.Statement), ids[i]) {
				t.Errorf("receipt %d: %v", i, err)
			}
		}
		if _, err := log.Receipt(t.Context(), "nothing"); fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
		h.write(1)
		var late string
		h.must(h.db.View(t.Context(), func(tx *db.Tx) error {
			items, err := record.History(tx, "test/1", "", 1)
			late = items[0].ID
			return err
		}))
		if _, err := log.Receipt(t.Context(), late); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("not yet: %v", err)
		}
	})
}

// A folder is brought up to date, a verifier finds nothing wrong with any state,
// and neither does a program that was not made from this one.
func TestExport(t *testing.T) {
	each(t, func(t *testing.T, h home) {
		dir := t.TempDir()
		var seen []verify.File
		for _, more := range []int{1, 254, 1, 1, 300, 0} {
			h.write(more)
			h.must(h.sequence())
			c, err := h.log().Export(t.Context(), dir)
			h.must(err)
			report, err := verify.Log(t.Context(), verify.Folder(dir), verify.Options{Seen: seen})
			if err != nil || len(report.Findings) > 0 || report.Checkpoint.Size != c.Size {
				t.Fatalf("%d entries: %+v, %v", c.Size, report, err)
			}
			seen = append(seen, verify.File{Name: strconv.FormatInt(c.Size, 10), Text: c.Note})
			h.foreign(dir, c)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "tile", "*", "000.p")); len(left) != 1 { // of level 1
			t.Errorf("partial tiles beside full ones: %v", left)
		}
	})
}

// foreign reads the log with torchwood over HTTP.
func (h home) foreign(dir string, c logtree.Checkpoint) {
	t := h.t
	t.Helper()
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer server.Close()
	fetch, err := torchwood.NewTileFetcher(server.URL)
	h.must(err)
	text, err := fetch.ReadEndpoint(t.Context(), "keys")
	h.must(err)
	key, err := note.NewVerifier(strings.TrimSpace(string(text)))
	h.must(err)
	signed, err := fetch.ReadEndpoint(t.Context(), "checkpoint")
	h.must(err)
	n, err := note.Open(signed, note.VerifierList(key))
	h.must(err)
	theirs, err := torchwood.ParseCheckpoint(n.Text)
	if err != nil || theirs.N != c.Size || theirs.Hash != c.Root {
		t.Fatalf("torchwood reads %+v, %v", theirs, err)
	}
	client, err := torchwood.NewClient(fetch)
	h.must(err)
	next := int64(0)
	for next < theirs.N {
		from := next
		for i, entry := range client.Entries(t.Context(), theirs.Tree, next) {
			if s, err := logtree.ParseStatement(entry); err != nil || i != next || s.Kind != "test.visited" {
				t.Fatalf("entry %d: %+v, %v", i, s, err)
			}
			next++
		}
		if client.Err() != nil || next == from {
			t.Fatalf("torchwood stops at %d of %d: %v", next, theirs.N, client.Err())
		}
	}
	entry, proof, err := client.Entry(t.Context(), theirs.Tree, theirs.N-1)
	h.must(err)
	r, err := h.log().Receipt(t.Context(), h.ids()[theirs.N-1])
	h.must(err)
	if string(entry) != string(r.Statement) || fmt.Sprint(proof) != fmt.Sprint(r.Proof) {
		t.Errorf("torchwood proves %s by %v, the receipt %s by %v", entry, proof, r.Statement, r.Proof)
	}
}

// Erasing takes the data, and leaves every proof as it was.
func TestErasureBreaksNoProof(t *testing.T) {
	each(t, func(t *testing.T, h home) {
		dir := t.TempDir()
		h.write(300)
		h.must(h.sequence())
		id := h.ids()[100]
		before, err := h.log().Receipt(t.Context(), id)
		h.must(err)
		h.update(func(tx *db.Tx) error { return record.Erase(tx, "clerk", id, "asked for") })
		h.must(h.sequence())
		after, err := h.log().Receipt(t.Context(), id)
		h.must(err)
		if string(after.Statement) != string(before.Statement) {
			t.Error("the statement has changed")
		}
		_, err = h.log().Export(t.Context(), dir)
		h.must(err)
		report, err := verify.Log(t.Context(), verify.Folder(dir), verify.Options{Receipts: []verify.File{{Name: "before", Text: before.Bytes()}}})
		if err != nil || len(report.Findings) > 0 || report.Kinds[record.KindErased] != 1 {
			t.Errorf("%+v, %v", report, err)
		}
	})
}

// A folder that has a later state, or another's files, is not written over.
func TestExportRefusesAnotherFolder(t *testing.T) {
	h := home{t, dbtest.Open(t, dbtest.SQLite(t), record.Schema), filepath.Join(t.TempDir(), "log")}
	dir := t.TempDir()
	h.write(300)
	h.must(h.sequence())
	_, err := h.log().Export(t.Context(), dir)
	h.must(err)
	tile := filepath.Join(dir, "tile", "0", "000")
	b, err := os.ReadFile(tile)
	h.must(err)
	b[7] ^= 1
	h.must(os.WriteFile(tile, b, 0o600))
	if _, err := h.log().Export(t.Context(), dir); fault.KindOf(err) != fault.Conflict || !errors.Is(err, publiclog.ErrRewritten) {
		t.Errorf("a changed tile: %v", err)
	}
	other := home{t, dbtest.Open(t, dbtest.SQLite(t), record.Schema), filepath.Join(t.TempDir(), "log")}
	h.must(other.sequence())
	if _, err := other.log().Export(context.Background(), dir); !errors.Is(err, publiclog.ErrOlder) {
		t.Errorf("a later state: %v", err)
	}
}

// An import that goes on while others write has ids far apart, with the others'
// between them: its entries are found all the same.
func TestIdsFarApart(t *testing.T) {
	each(t, func(t *testing.T, h home) {
		if h.db.Engine() == db.SQLite {
			t.Skip("has one writer")
		}
		h.update(func(tx *db.Tx) error {
			return record.AppendAll(tx, "slow", func(yield func(visited) bool) {
				for i := range 32 {
					h.write(40)
					if !yield(visited{-i, "138"}) {
						return
					}
				}
			})
		})
		h.must(h.sequence())
		dir := t.TempDir()
		_, err := h.log().Export(t.Context(), dir)
		h.must(err)
		report, err := verify.Log(t.Context(), verify.Folder(dir), verify.Options{})
		if err != nil || len(report.Findings) > 0 || report.Checkpoint.Size != 32*41 {
			t.Errorf("%+v, %v", report, err)
		}
	})
}
