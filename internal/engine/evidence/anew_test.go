package evidence_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/engine/identity/seal"
)

var keyNumbers = db.Declare[db.None, int](`
	SELECT key_number FROM evidence_blob UNION ALL SELECT key_number FROM evidence_intake UNION ALL
	SELECT key_number FROM evidence_item UNION ALL SELECT key_number FROM evidence_rendition`)

// After another key of people is in use every row is under it, and all is read as before.
func TestAnew(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		o := identity.Options{Catalogue: right.NewCatalogue(right.People), Policy: identity.Plain, KeyFile: filepath.Join(t.TempDir(), "people.key")}
		s, err := identity.Open(t.Context(), d, o)
		if err != nil {
			t.Fatal(err)
		}
		a := open(t, d, t.TempDir(), 0)
		b := photo(t, 1)
		item := a.bring("case.photo", "measure/1", b)
		a.develop()
		waiting := a.take("case.photo", "zhao", b)
		number, _, err := s.Keys.Rotate(t.Context(), identity.CommandLine, seal.AES, false)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := identity.Open(t.Context(), d, o); err != nil { // as another process, which reads the file anew
			t.Fatal(err)
		}
		if n, err := evidence.Anew(t.Context(), d); err != nil || n != 6 {
			t.Fatalf("%d rows anew, %v", n, err)
		}
		if n, err := evidence.Anew(t.Context(), d); err != nil || n != 0 {
			t.Errorf("%d rows anew again, %v", n, err)
		}
		a.view(func(tx *db.Tx) error {
			all, err := keyNumbers.Slice(tx, db.None{})
			for _, n := range all {
				if n != number {
					t.Errorf("a row is under key %d, not %d", n, number)
				}
			}
			told, err2 := evidence.Told(tx, item.ID)
			if err2 != nil || told.Device != "Pinecone P 12" {
				t.Errorf("%+v, %v", told, err2)
			}
			return err
		})
		if got, err := a.seen(item.ID, "看"); err != nil || !bytes.Equal(got, b) {
			t.Error(err)
		}
		if _, err := a.Rendition(t.Context(), item.ID, evidence.Thumb); err != nil {
			t.Error(err)
		}
		if _, err := a.attach("case.photo", "zhao", "measure/2", waiting.Hash); err != nil {
			t.Error(err)
		}
	})
}
