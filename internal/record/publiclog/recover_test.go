package publiclog_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/sequencer"
	"github.com/xiadu/xiadu/internal/record/verify"
)

// older is h with the database of a backup that was made before more entries and
// an erasure were written and published; mirror has all of it.
func (h home) older() (restored home, mirror, erased string) {
	t := h.t
	t.Helper()
	h.write(300)
	h.must(h.sequence())
	erased = h.ids()[7]
	h.write(40) // pending in the backup, in the log later
	var backup bytes.Buffer
	h.must(h.db.Dump(t.Context(), &backup))
	h.write(300)
	h.update(func(tx *db.Tx) error { return record.Erase(tx, "clerk", erased, "asked for") })
	h.must(h.sequence())
	mirror = t.TempDir()
	_, err := h.log().Export(t.Context(), mirror)
	h.must(err)
	dsn := dbtest.SQLite(t)
	if h.db.Engine() == db.Postgres {
		dsn = dbtest.Postgres(t)
	}
	d, err := db.Open(t.Context(), dsn)
	h.must(err)
	t.Cleanup(func() { h.must(d.Close()) })
	h.must(d.Load(t.Context(), &backup, record.Schema))
	return home{t, d, h.folder}, mirror, erased
}

func (h home) private(id string) error {
	return h.db.View(h.t.Context(), func(tx *db.Tx) error {
		item, err := record.ByID(tx, id)
		if err == nil {
			_, err = record.Private(tx, item)
		}
		return err
	})
}

// An older database gets back from a mirror what it has lost, and goes on.
func TestRecover(t *testing.T) {
	each(t, func(t *testing.T, h home) {
		was, mirror, erased := h.older()
		h.must(was.private(erased)) // the backup has it again
		was.write(5)                // and somebody has gone on working
		n, err := sequencer.Recover(t.Context(), was.db, was.folder, verify.Folder(mirror))
		if err != nil || n != 341 {
			t.Fatal(n, err)
		}
		h.must(was.sequence())
		if got := was.ids(); len(got) != 646 || !slices.Equal(got[:641], h.ids()) {
			t.Errorf("%d entries", len(got))
		}
		if err := was.private(erased); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the erased data: %v", err)
		}
		_, err = was.log().Export(t.Context(), mirror) // the same log, further on
		h.must(err)
		report, err := verify.Log(t.Context(), verify.Folder(mirror), verify.Options{})
		if err != nil || len(report.Findings) > 0 || report.Checkpoint.Size != 646 {
			t.Errorf("%+v, %v", report, err)
		}
	})
}

// A mirror that does not hold, or has not what was published, is refused.
func TestRecoverRefusesAFalseMirror(t *testing.T) {
	h := home{t, dbtest.Open(t, dbtest.SQLite(t), record.Schema), filepath.Join(t.TempDir(), "log")}
	was, mirror, _ := h.older()
	early := t.TempDir()
	h.must(os.CopyFS(early, os.DirFS(mirror)))
	h.write(1)
	h.must(h.sequence()) // published beyond the mirror
	if _, err := sequencer.Recover(t.Context(), was.db, was.folder, verify.Folder(early)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a mirror without the last entry: %v", err)
	}
	_, err := h.log().Export(t.Context(), mirror)
	h.must(err)
	tile := filepath.Join(mirror, "tile", "entries", "001")
	b, err := os.ReadFile(tile)
	h.must(err)
	b[40] ^= 1
	h.must(os.WriteFile(tile, b, 0o600))
	if _, err := sequencer.Recover(t.Context(), was.db, was.folder, verify.Folder(mirror)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a damaged mirror: %v", err)
	}
	b[40] ^= 1
	h.must(os.WriteFile(tile, b, 0o600))
	if n, err := sequencer.Recover(t.Context(), was.db, was.folder, verify.Folder(mirror)); n != 342 || err != nil {
		t.Error(n, err)
	}
}

// Without a mirror the log goes on under another origin, and says what was
// published under the one before.
func TestRenew(t *testing.T) {
	each(t, func(t *testing.T, h home) {
		was, mirror, _ := h.older()
		cited, err := os.ReadFile(filepath.Join(mirror, "checkpoint"))
		h.must(err)
		h.must(sequencer.Renew(t.Context(), was.db, was.folder, "example.com/log/2", "operator"))
		h.must(was.sequence())
		c, err := was.log().Checkpoint(t.Context())
		if err != nil || c.Origin != "example.com/log/2" || c.Size != 341 {
			t.Fatalf("%+v, %v", c, err)
		}
		ids := was.ids()
		r, err := was.log().Receipt(t.Context(), ids[340])
		if err != nil || !strings.Contains(string(r.Statement), strings.ReplaceAll(string(cited), "\n", `\n`)) {
			t.Errorf("%s, %v", r.Statement, err)
		}
		if err := h.sequence(); !errors.Is(err, publiclog.ErrOrigin) && !strings.Contains(err.Error(), "not signed by the key") {
			t.Errorf("the old database with the new folder: %v", err)
		}
		if err := sequencer.Renew(t.Context(), was.db, was.folder, "a b", "operator"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a name that is none: %v", err)
		}
	})
}

// A key is exchanged while the sequencer runs: readers who know the old one and
// readers who know the new one both go on.
func TestRotate(t *testing.T) {
	h := home{t, dbtest.Open(t, dbtest.SQLite(t), record.Schema), filepath.Join(t.TempDir(), "log")}
	s, err := sequencer.Open(t.Context(), h.db, h.folder, "example.com/log")
	h.must(err)
	check := func(key string) {
		t.Helper()
		h.write(3)
		h.must(s.Drain(t.Context()))
		dir := t.TempDir()
		_, err := h.log().Export(t.Context(), dir)
		h.must(err)
		report, err := verify.Log(t.Context(), verify.Folder(dir), verify.Options{Keys: []string{key}})
		if err != nil || len(report.Findings) > 0 {
			t.Errorf("%+v, %v", report.Findings, err)
		}
	}
	h.must(s.Drain(t.Context()))
	old, err := h.log().File(t.Context(), "keys")
	h.must(err)
	oldKey := strings.TrimSpace(string(old))
	check(oldKey)
	h.must(sequencer.Rotate(h.folder))
	check(oldKey)
	both, err := h.log().File(t.Context(), "keys")
	h.must(err)
	keys := strings.Fields(string(both))
	if len(keys) != 2 || keys[1] != oldKey {
		t.Fatal(keys)
	}
	check(keys[0])
	path := filepath.Join(h.folder, "key")
	text, err := os.ReadFile(path)
	h.must(err)
	h.must(os.WriteFile(path, text[:bytes.IndexByte(text, '\n')+1], 0o600))
	check(keys[0])
}
