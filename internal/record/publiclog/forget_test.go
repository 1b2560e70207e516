package publiclog_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/sequencer"
	"github.com/xiadu/xiadu/internal/record/verify"
)

// met is about a person.
type met struct{ person string }

func (met) Kind() string    { return "test.met" }
func (met) Subject() string { return "test/1" }
func (m met) Private() any  { return map[string]string{"person": m.person} }

// ring is a file of keys, and the number in use.
type ring struct {
	*seal.Ring
	number int
}

func (r *ring) InUse(*db.Tx) (int, error) { return r.number, nil }

// A backup that was made before somebody was erased, and before another key was put in
// use, brings nothing of them back once the log has been recovered.
func TestRecoverForgetsAgain(t *testing.T) {
	each(t, func(t *testing.T, h home) {
		file, err := seal.MakeRing(filepath.Join(t.TempDir(), "people.key"), seal.AES, 1)
		h.must(err)
		keys := &ring{file, 0}
		record.UseKeys(h.db, keys)
		meet := func(person string) {
			h.update(func(tx *db.Tx) error { return record.Append(tx, "clerk", met{person}) })
		}
		meet("a") // under no key
		keys.number = 1
		meet("a")
		meet("b")
		h.must(h.sequence())
		var backup bytes.Buffer
		h.must(h.db.Dump(t.Context(), &backup))
		keys.number, err = file.Add(seal.SM, 1)
		h.must(err)
		meet("a")
		h.update(func(tx *db.Tx) error {
			n, err := record.Forget(tx, "clerk", "a", "asked for")
			if n != 3 {
				t.Errorf("%d private parts forgotten, want 3", n)
			}
			return err
		})
		h.must(h.sequence())
		mirror := t.TempDir()
		_, err = h.log().Export(t.Context(), mirror)
		h.must(err)
		dsn := dbtest.SQLite(t)
		if h.db.Engine() == db.Postgres {
			dsn = dbtest.Postgres(t)
		}
		d, err := db.Open(t.Context(), dsn)
		h.must(err)
		t.Cleanup(func() { h.must(d.Close()) })
		h.must(d.Load(t.Context(), &backup, record.Schema))
		record.UseKeys(d, keys)
		was := home{t, d, h.folder}
		ids := was.ids()
		h.must(was.private(ids[0]))
		if n, err := sequencer.Recover(t.Context(), d, was.folder, verify.Folder(mirror)); err != nil || n != 2 {
			t.Fatal(n, err)
		}
		for i, gone := range []bool{true, true, false} {
			if err := was.private(ids[i]); (fault.KindOf(err) == fault.NotFound) != gone || !gone && err != nil {
				t.Errorf("entry %d: %v", i, err)
			}
		}
	})
}
