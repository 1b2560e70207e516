package identity_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/sequencer"
	"github.com/xiadu/xiadu/internal/record/verify"
)

// TestAnErasedPersonDoesNotComeBack: a backup of before somebody was erased, once its log
// is taken from a mirror, knows them no longer when people are let in again; others stay.
func TestAnErasedPersonDoesNotComeBack(t *testing.T) {
	each(t, identity.Plain, func(t *testing.T, w *town) {
		folder, mirror := filepath.Join(t.TempDir(), "log"), t.TempDir()
		publish := func() {
			t.Helper()
			s, err := sequencer.Open(t.Context(), w.db, folder, "example.com/log")
			w.must(err)
			w.must(s.Drain(t.Context()))
			_, err = publiclog.Open(w.db, folder).Export(t.Context(), mirror)
			w.must(err)
		}
		person, other := w.clerk("dawa"), w.clerk("karma")
		publish()
		var backup bytes.Buffer
		w.must(w.db.Dump(t.Context(), &backup))
		w.must(w.Persons.Leave(t.Context(), w.accounts, person, ""))
		w.must(w.Persons.Erase(t.Context(), w.accounts, person))
		publish()

		dsn := dbtest.SQLite(t)
		if w.db.Engine() == db.Postgres {
			dsn = dbtest.Postgres(t)
		}
		d, err := db.Open(t.Context(), dsn)
		w.must(err)
		t.Cleanup(func() { w.must(d.Close()) })
		w.must(d.Load(t.Context(), &backup, record.Schema, identity.Schema))
		w.db = d
		w.Service = w.process()
		_, err = sequencer.Recover(t.Context(), d, folder, verify.Folder(mirror))
		w.must(err)
		known := func(id string) bool {
			for _, row := range w.dump("identity_person") {
				if strings.Contains(row, id) {
					return !strings.Contains(row, `["`+id+`","","","","",""`) && !strings.Contains(row, `"erased"`)
				}
			}
			t.Fatalf("%s is in no row", id)
			return false
		}
		if !known(person) {
			t.Fatal("the backup is not of before")
		}
		_, err = w.Upkeep.Beat(t.Context())
		w.must(err)
		if known(person) || !known(other) {
			t.Errorf("the erased is known: %t, another: %t", known(person), known(other))
		}
		if rows := strings.Join(w.dump("identity_account"), ""); strings.Contains(rows, person) || !strings.Contains(rows, other) {
			t.Errorf("accounts: %s", rows)
		}
		n := len(w.entries("identity.person-erased"))
		_, err = w.Upkeep.Beat(t.Context())
		w.must(err)
		if again := len(w.entries("identity.person-erased")); again != n {
			t.Errorf("erased again and again: %d, %d", n, again)
		}
	})
}
