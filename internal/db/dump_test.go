package db_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
)

// stocked fills a database with every kind of value and its limits.
func stocked(t *testing.T, d *db.DB) {
	t.Helper()
	update(t, d, func(tx *db.Tx) error {
		for _, id := range []string{"z", "Ä", "a", "B"} {
			if _, err := addShelf.Exec(tx, shelf{ID: id, Size: math.MinInt64}); err != nil {
				return err
			}
		}
		for i, w := range []float64{0.1, math.MaxFloat64, math.SmallestNonzeroFloat64, 1e21, 3} {
			at := time.Date(1999, 12, 31, 23, 59, 59, i*1000, time.UTC)
			if _, err := addArticle.Exec(tx, article{ID: fmt.Sprint("w", i), Shelf: new("Ä"), Weight: &w, MadeAt: &at, Photo: bytes.Repeat([]byte{0, 255}, i)}); err != nil {
				return err
			}
		}
		_, err := addArticle.Exec(tx, article{ID: "text", Name: "<b>&\"'\u2028 龘\n\\u0000", Fresh: true, Price: math.MaxInt64})
		return err
	})
}

func dump(t *testing.T, d *db.DB) string {
	t.Helper()
	var b strings.Builder
	if err := d.Dump(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// body leaves out the head, which has the time, and the sum over it.
func body(copied string) []string {
	lines := strings.Split(strings.TrimSpace(copied), "\n")
	return lines[1 : len(lines)-1]
}

func fresh(t *testing.T, dsn string) *db.DB {
	t.Helper()
	return dbtest.Open(t, dsn)
}

func TestMoveBetweenEngines(t *testing.T) {
	sqlite := dbtest.Open(t, dbtest.SQLite(t), shop)
	stocked(t, sqlite)
	first := dump(t, sqlite)
	postgres := fresh(t, dbtest.Postgres(t))
	if err := postgres.Load(t.Context(), strings.NewReader(first), shop); err != nil {
		t.Fatal(err)
	}
	second := dump(t, postgres)
	if diff := cmp.Diff(body(first), body(second)); diff != "" {
		t.Error("SQLite to PostgreSQL:", diff)
	}
	back := fresh(t, dbtest.SQLite(t))
	if err := back.Load(t.Context(), strings.NewReader(second), shop); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(body(first), body(dump(t, back))); diff != "" {
		t.Error("and back:", diff)
	}
	all := func(tx *db.Tx) ([]article, error) { return listArticles.Slice(tx, articleFilter{Limit: 99}) }
	if diff := cmp.Diff(view(t, sqlite, all), view(t, back, all), cmp.Comparer(bytes.Equal)); diff != "" {
		t.Error("values:", diff)
	}
}

func TestDamagedCopy(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		stocked(t, d)
		whole := dump(t, d)
		for _, c := range []struct{ name, text string }{
			{"empty", ""},
			{"not ours", "PK\x03\x04 something else\n"},
			{"head only", whole[:strings.Index(whole, "\n")+1]},
			{"cut in a row", whole[:len(whole)/2]},
			{"without its last line", whole[:strings.LastIndex(strings.TrimSpace(whole), "\n")+1]},
			{"a changed value", strings.Replace(whole, "龘", "龙", 1)},
			{"a row missing", strings.Replace(whole, `["z",-9223372036854775808]`+"\n", "", 1)},
			{"another type", strings.Replace(whole, `["z",-9223372036854775808]`, `["z","many"]`, 1)},
			{"an unknown table", strings.Replace(whole, `{"table":"shop_shelf"`, `{"table":"shop_other"`, 1)},
		} {
			into := fresh(t, dbtest.SQLite(t))
			err := into.Load(t.Context(), strings.NewReader(c.text), shop)
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v, want a fault.Invalid", c.name, err)
			}
			if err := into.Migrate(t.Context(), shop); err != nil {
				t.Fatal(err)
			}
			if n := count(t, into); n != 0 {
				t.Errorf("%s: %d articles were loaded", c.name, n)
			}
		}
		if err := d.Load(t.Context(), strings.NewReader(whole), shop); fault.KindOf(err) != fault.Conflict {
			t.Errorf("over data: %v, want a fault.Conflict", err)
		}
	})
}

// shop2 is the next version, with a column that must not be null.
var shop2 = db.Schema{Owner: "shop", FS: fstest.MapFS{
	"0001_shelf.sql": shop.FS.(fstest.MapFS)["0001_shelf.sql"],
	"0002_row.sql": {Data: []byte(`-- +goose Up
ALTER TABLE shop_shelf ADD COLUMN aisle BIGINT NOT NULL DEFAULT 7;
`)},
}}

func TestVersions(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		stocked(t, d)
		old := dump(t, d)

		newer := fresh(t, dbtest.SQLite(t))
		if err := newer.Load(t.Context(), strings.NewReader(old), shop2); err != nil {
			t.Fatal("an older copy into a newer program:", err)
		}
		copied := dump(t, newer)
		if !strings.Contains(copied, `["z",-9223372036854775808,7]`) {
			t.Error("not migrated after loading:", copied)
		}
		for what, err := range map[string]error{
			"an older program on newer data": newer.Migrate(t.Context(), shop),
			"a newer copy into an older one": fresh(t, dbtest.SQLite(t)).Load(t.Context(), strings.NewReader(copied), shop),
			"a copy with an owner it lacks":  fresh(t, dbtest.SQLite(t)).Load(t.Context(), strings.NewReader(old)),
		} {
			if fault.KindOf(err) != fault.Unavailable {
				t.Errorf("%s: %v, want a fault.Unavailable", what, err)
			}
		}
		if err := d.Migrate(t.Context(), shop2); err != nil {
			t.Error(err)
		}
	})
}

// A load that is interrupted has happened, or it says that it was.
func TestInterruptedLoad(t *testing.T) {
	source := dbtest.Open(t, dbtest.SQLite(t), shop)
	stocked(t, source)
	copied := dump(t, source)
	for engine, dsn := range map[string]func(testing.TB) string{db.SQLite: dbtest.SQLite, db.Postgres: dbtest.Postgres} {
		t.Run(engine, func(t *testing.T) {
			loaded := 0
			for i := range 12 {
				d := fresh(t, dsn(t))
				ctx, cancel := context.WithCancel(t.Context())
				err := d.LoadThen(ctx, strings.NewReader(copied), func(*db.Tx) error {
					time.AfterFunc(time.Duration(i%4)*300*time.Microsecond, cancel)
					time.Sleep(time.Duration(i/4) * 300 * time.Microsecond)
					return nil
				}, shop)
				cancel()
				if err := d.Migrate(t.Context(), shop); err != nil {
					t.Fatal(err)
				}
				if n := count(t, d); (n > 0) != (err == nil) {
					t.Errorf("%d articles and %v", n, err)
				} else if n > 0 {
					loaded++
				}
			}
			t.Logf("of 12 interrupted loads %d had happened", loaded)
		})
	}
}
