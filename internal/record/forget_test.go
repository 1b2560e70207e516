package record_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// dealt is an act of one person on another.
type dealt struct{ on, by, note string }

func (dealt) Kind() string    { return "test.dealt" }
func (dealt) Subject() string { return "case/1" }
func (d dealt) Private() any {
	return map[string]string{"person": d.on, "by": d.by, "note": d.note}
}

var ofBefore = db.Declare[db.None, db.None](`UPDATE record_private SET person = '', key_number = -1`)

func private(t *testing.T, d *db.DB, item record.Item) (text string, err error) {
	t.Helper()
	err = d.View(t.Context(), func(tx *db.Tx) error { text, err = record.Private(tx, item); return err })
	return text, err
}

func forget(t *testing.T, d *db.DB, person string) (n int64) {
	t.Helper()
	err := d.Update(t.Context(), func(tx *db.Tx) (err error) { n, err = record.Forget(tx, "clerk", person, "asked for"); return err })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// What is about a person goes, and nothing else, also of before it could be found. What
// they did to others keeps who did it.
func TestForget(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		appendTo(t, d, dealt{"a", "b", "1"}, dealt{"b", "a", "2"}, dealt{"", "a", "3"}, dealt{"a", "a", "4"}, visited{"1", "139"})
		err := d.Update(t.Context(), func(tx *db.Tx) error { _, err := ofBefore.Exec(tx, db.None{}); return err })
		if err != nil {
			t.Fatal(err)
		}
		appendTo(t, d, dealt{"a", "b", "5"}, dealt{"ab", "b", "6"})
		items := history(t, d, "case/1", "", 9)
		if n := forget(t, d, "a"); n != 3 {
			t.Errorf("%d private parts, want 3", n)
		}
		for i, gone := range []bool{false, true, true, false, false, true} {
			_, err := private(t, d, items[i])
			if is := fault.KindOf(err) == fault.NotFound; is != gone || !gone && err != nil {
				t.Errorf("entry %s: %v", items[i].Subject, err)
			}
		}
		after := history(t, d, "case/1", "", 9)
		for i := range items {
			if after[i] != items[i] {
				t.Errorf("%+v became %+v", items[i], after[i])
			}
		}
		told := history(t, d, "log", "", 9)
		if len(told) != 1 || told[0].Kind != record.KindForgotten || told[0].By != "clerk" {
			t.Errorf("%+v", told)
		}
		if n := forget(t, d, "a"); n != 0 {
			t.Errorf("%d private parts the second time", n)
		}
	})
}
