package record_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// ring is a file of keys, and the number in use.
type ring struct {
	*seal.Ring
	number int
}

func (r *ring) InUse(*db.Tx) (int, error) { return r.number, nil }

func newRing(t *testing.T) *ring {
	t.Helper()
	file, err := seal.MakeRing(filepath.Join(t.TempDir(), "people.key"), seal.AES, 1)
	if err != nil {
		t.Fatal(err)
	}
	return &ring{file, 0}
}

type kept struct {
	ID      string `db:"id"`
	Salt    string `db:"salt"`
	Payload string `db:"payload"`
	Person  string `db:"person"`
	Key     int    `db:"key_number"`
}

var (
	keptRows = db.Declare[db.None, kept](`SELECT /*cols*/ FROM record_private ORDER BY id`)
	swapRows = db.Declare[kept, db.None](`UPDATE record_private SET payload = :payload, salt = :salt, person = :person, key_number = :key_number WHERE id = :id`)
)

func keptOf(t *testing.T, d *db.DB) []kept {
	t.Helper()
	return view(t, d, func(tx *db.Tx) ([]kept, error) { return keptRows.Slice(tx, db.None{}) })
}

func update(t *testing.T, d *db.DB, f func(*db.Tx) error) {
	t.Helper()
	if err := d.Update(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// The private part is not to be read from the database: neither what was written before
// there was a key, once it is put under one, nor what is written after, nor the salt.
func TestPrivatePartsAreSealed(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		keys := newRing(t)
		record.UseKeys(d, keys)
		appendTo(t, d, dealt{"tashi", "b", "plain"})
		update(t, d, func(tx *db.Tx) error { _, err := ofBefore.Exec(tx, db.None{}); return err })
		keys.number = 1
		appendTo(t, d, dealt{"tashi", "b", "sealed"}, dealt{"", "b", "sealed"})
		items := history(t, d, "case/1", "", 9)
		readable := func() {
			t.Helper()
			for i, note := range []string{"sealed", "sealed", "plain"} {
				if text, err := private(t, d, items[i]); err != nil || !strings.Contains(text, `"note":"`+note+`"`) {
					t.Errorf("%s, %v", text, err)
				}
			}
		}
		readable()
		hidden := func(number, want int) {
			t.Helper()
			n := 0
			for _, k := range keptOf(t, d) {
				if k.Key == number && k.Salt == "" && !strings.Contains(k.Payload, "note") && !strings.Contains(k.Person, "tashi") {
					n++
				}
			}
			if n != want {
				t.Errorf("%d rows under key %d, want %d: %+v", n, number, want, keptOf(t, d))
			}
		}
		hidden(1, 2)
		update(t, d, func(tx *db.Tx) error {
			n, err := record.AnewOfNone(tx, 10)
			if n != 1 {
				t.Errorf("%d rows put under a key, want 1", n)
			}
			return err
		})
		hidden(1, 3)
		readable()
		number, err := keys.Add(seal.SM, 1)
		if err != nil {
			t.Fatal(err)
		}
		keys.number = number
		for after, more := "", true; more; {
			update(t, d, func(tx *db.Tx) (err error) { after, _, err = record.Anew(tx, after, 2); return err })
			more = after != ""
		}
		hidden(number, 3)
		readable()
		if now := history(t, d, "case/1", "", 9); now[0] != items[0] || now[2] != items[2] {
			t.Error("another key has changed what is public")
		}
		if n := forget(t, d, "tashi"); n != 2 {
			t.Errorf("%d forgotten, want 2", n)
		}
	})
}

// What is sealed belongs to its row, and without its key says what is wrong and keeps
// nobody from appending or reading what is public.
func TestSealedPartsWithoutTheirKey(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		keys := newRing(t)
		keys.number = 1
		record.UseKeys(d, keys)
		appendTo(t, d, dealt{"a", "b", "1"}, dealt{"a", "b", "2"})
		items := history(t, d, "case/1", "", 9)
		rows := keptOf(t, d)
		moved := rows[0]
		moved.ID = rows[1].ID
		update(t, d, func(tx *db.Tx) error { _, err := swapRows.Exec(tx, moved); return err })
		if _, err := private(t, d, items[0]); err == nil || !strings.Contains(err.Error(), "altered, moved") {
			t.Errorf("in another row: %v", err)
		}
		update(t, d, func(tx *db.Tx) error { _, err := swapRows.Exec(tx, rows[1]); return err })

		lost, err := os.ReadFile(keys.Path())
		if err != nil {
			t.Fatal(err)
		}
		keys.Ring = newRing(t).Ring
		if keys.number, err = keys.Add(seal.AES, 1); err != nil {
			t.Fatal(err)
		}
		// Its key 1 is another's, which tells itself by not opening. One that has no
		// key 1 at all names what is missing.
		if _, err := private(t, d, items[0]); err == nil {
			t.Error("it opened with another key")
		}
		text, err := os.ReadFile(keys.Path())
		if err != nil {
			t.Fatal(err)
		}
		only := string(text[strings.Index(string(text), "\n2 ")+1:])
		if err := os.WriteFile(keys.Path(), []byte(only), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err = private(t, d, items[0])
		if en, _ := fault.In(lang.EN, err); fault.KindOf(err) != fault.Unavailable || !strings.Contains(en, "under key 1") {
			t.Errorf("without the key: %v", err)
		}
		appendTo(t, d, dealt{"a", "b", "3"})
		update(t, d, func(tx *db.Tx) error {
			if _, n, err := record.Anew(tx, "", 10); n != 0 || err != nil {
				t.Errorf("%d rows put under another key, %v", n, err)
			}
			return nil
		})
		if after := history(t, d, "case/1", "", 9); len(after) != 3 || after[1] != items[0] {
			t.Errorf("%+v", after)
		}
		if err := os.WriteFile(keys.Path(), append([]byte(only), lost...), 0o600); err != nil {
			t.Fatal(err)
		}
		if text, err := private(t, d, items[0]); err != nil || !strings.Contains(text, `"note":"2"`) {
			t.Errorf("with the key back: %s, %v", text, err)
		}
		record.UseKeys(d, nil)
		if _, err := private(t, d, items[0]); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("without keys: %v", err)
		}
	})
}
