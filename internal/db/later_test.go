package db_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
)

// What waits is there for the next statement and after the commit, and is nowhere
// when the use case fails; an error of it comes out in one of the two.
func TestLater(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		later := func(tx *db.Tx, id string) {
			if err := addArticle.Later(tx, article{ID: id, Name: id}); err != nil {
				t.Error(err)
			}
		}
		update(t, d, func(tx *db.Tx) error {
			later(tx, "a")
			later(tx, "b")
			if n, err := countArticles.One(tx, db.None{}); n != 2 || err != nil {
				t.Errorf("the next statement sees %d, %v", n, err)
			}
			later(tx, "c")
			return nil
		})
		if n := count(t, d); n != 3 {
			t.Errorf("%d rows after the commit", n)
		}
		if err := d.Update(t.Context(), func(tx *db.Tx) error { later(tx, "d"); return errNo }); err != errNo { //nolint:errorlint // it is the very same
			t.Error(err)
		}
		for _, last := range []func(*db.Tx) error{
			func(*db.Tx) error { return nil },
			func(tx *db.Tx) error { _, err := countArticles.One(tx, db.None{}); return err },
			func(tx *db.Tx) error { _, _ = countArticles.One(tx, db.None{}); return nil },
		} {
			err := d.Update(t.Context(), func(tx *db.Tx) error {
				_ = addArticle.Later(tx, article{ID: "e", Name: "e"})
				_ = addArticle.Later(tx, article{ID: "a", Name: "again"})
				return last(tx)
			})
			if fault.KindOf(err) != fault.Conflict {
				t.Errorf("a key that is taken: %v", err)
			}
		}
		err := d.Update(t.Context(), func(tx *db.Tx) error { return addArticle.Later(tx, article{ID: "f", Name: "\x00"}) })
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("a text that cannot be stored: %v", err)
		}
		if n := count(t, d); n != 3 {
			t.Errorf("%d rows at the end", n)
		}
	})
}

type slot struct{}

func TestAttach(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		for _, want := range []any{nil, 1, 2} {
			if want != nil {
				d.Attach(slot{}, want)
			}
			update(t, d, func(tx *db.Tx) error {
				if got := tx.Attached(slot{}); got != want {
					t.Errorf("attached %v, want %v", got, want)
				}
				return nil
			})
		}
	})
}
