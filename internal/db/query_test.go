package db_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
)

func TestValuesRoundTrip(t *testing.T) {
	weight := 0.1
	at := time.Date(2026, 2, 28, 23, 59, 59, 123456789, time.FixedZone("CST", 8*3600))
	kept := at.UTC().Truncate(time.Microsecond)
	articles := []article{
		{ID: "1", Name: `<script>alert("x")</script> & 工会驿站`, Price: 1<<62 + 1, Fresh: true},
		{ID: "2", Name: `'; DROP TABLE shop_article; -- $1 :name [x] %_\`, Weight: &weight, MadeAt: &at, Photo: []byte{0, 1, 255}},
		{ID: "3", Name: "", Photo: []byte{}, Price: -1},
		{ID: "4", Name: "🈺龘\u2028\r\n\t", Weight: new(0.0)},
	}
	each(t, func(t *testing.T, d *db.DB) {
		update(t, d, func(tx *db.Tx) error {
			for _, a := range articles {
				if _, err := addArticle.Exec(tx, a); err != nil {
					return err
				}
			}
			return nil
		})
		got := view(t, d, func(tx *db.Tx) ([]article, error) { return listArticles.Slice(tx, articleFilter{Limit: 9}) })
		want := append([]article(nil), articles...)
		want[1].MadeAt = &kept
		if diff := cmp.Diff(want, got, cmp.Comparer(bytes.Equal)); diff != "" {
			t.Error(diff)
		}
		if got[1].MadeAt.Location() != time.UTC {
			t.Errorf("time in %v, want UTC", got[1].MadeAt.Location())
		}
	})
}

func TestLists(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		var all []string
		update(t, d, func(tx *db.Tx) error {
			for i := range 20 {
				all = append(all, fmt.Sprintf("%02d", i))
				if _, err := addArticle.Exec(tx, article{ID: all[i], Name: "tea " + all[i], Price: int64(i)}); err != nil {
					return err
				}
			}
			return nil
		})
		for _, c := range []articlesNamed{
			{IDs: nil, Under: 99},
			{IDs: all[:1], Under: 99},
			{IDs: all[:3], Under: 99},
			{IDs: all[7:12], Under: 10},
			{IDs: append(all[2:4:4], "none", "' OR 1=1 --", all[2]), Under: 99},
			{IDs: all, Under: 20},
		} {
			got := view(t, d, func(tx *db.Tx) ([]string, error) { return namedArticles.Slice(tx, c) })
			var want []string
			for i, id := range all {
				if slices.Contains(c.IDs, id) && int64(i) < c.Under {
					want = append(want, id)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%v: %s", c, diff)
			}
		}
		err := d.View(t.Context(), func(tx *db.Tx) error {
			_, err := namedArticles.Slice(tx, articlesNamed{IDs: make([]string, 5000)})
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "a list of 5000 values") {
			t.Errorf("a list without bounds: %v", err)
		}
	})
}

func TestOptionalClauses(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		update(t, d, func(tx *db.Tx) error {
			for i, name := range []string{"tea", "green tea", "rice"} {
				if _, err := addArticle.Exec(tx, article{ID: name, Name: name, Price: int64(i)}); err != nil {
					return err
				}
			}
			return nil
		})
		for _, c := range []struct {
			filter articleFilter
			want   string
		}{
			{articleFilter{Limit: 9}, "green tea,rice,tea"},
			{articleFilter{Name: new("tea"), Limit: 9}, "green tea,tea"},
			{articleFilter{Under: new(int64(1)), Limit: 9}, "tea"},
			{articleFilter{Name: new("tea"), Under: new(int64(2)), Limit: 1}, "green tea"},
			{articleFilter{Name: new("' OR 1=1 --"), Limit: 9}, ""},
		} {
			got := view(t, d, func(tx *db.Tx) (names []string, err error) {
				for a, err := range listArticles.Each(tx, c.filter) {
					if err != nil {
						return nil, err
					}
					names = append(names, a.Name)
				}
				return names, nil
			})
			if strings.Join(got, ",") != c.want {
				t.Errorf("%+v: %v, want %s", c.filter, got, c.want)
			}
		}
	})
}

func TestTextThatCannotBeStored(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		for _, name := range []string{"a\x00b", "\xff\xfe"} {
			err := d.Update(t.Context(), func(tx *db.Tx) error {
				_, err := addArticle.Exec(tx, article{ID: "x", Name: name})
				return err
			})
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%q: %v, want a fault.Invalid", name, err)
			}
		}
		if n := count(t, d); n != 0 {
			t.Errorf("%d articles, want none", n)
		}
	})
}

func TestOneOfNone(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		err := d.View(t.Context(), func(tx *db.Tx) error {
			_, err := articleByID.One(tx, "nowhere")
			return err
		})
		if fault.KindOf(err) != fault.NotFound || !strings.Contains(err.Error(), "FROM shop_article") {
			t.Errorf("%v, want a fault.NotFound that names its query", err)
		}
	})
}

func TestStatementInsideEach(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			for _, id := range []string{"a", "b"} {
				if _, err := addShelf.Exec(tx, shelf{ID: id}); err != nil {
					return err
				}
			}
			for _, err := range sizeOfShelf.Each(tx, "a") {
				if err != nil {
					return err
				}
				if _, err := growShelf.One(tx, "b"); err == nil {
					t.Error("a statement ran inside an Each")
				}
			}
			// After the loop the transaction works on.
			n, err := growShelf.One(tx, "b")
			if err == nil && n != 1 {
				t.Errorf("size %d, want 1", n)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestDeclareRefuses(t *testing.T) {
	for _, c := range []struct{ name, text string }{
		{"unknown parameter", "SELECT /*cols*/ FROM shop_shelf WHERE id = :idd"},
		{"open clause", "SELECT /*cols*/ FROM shop_shelf WHERE true [AND id = :id"},
		{"clause in clause", "SELECT /*cols*/ FROM shop_shelf [WHERE [id = :id]]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("declared")
				}
			}()
			db.Declare[shelf, shelf](c.text)
		})
	}
}

// sizes returns its columns in another order than its struct.
var sizes = db.Declare[db.None, shelf](`SELECT size, id FROM shop_shelf`)

func BenchmarkEach(b *testing.B) {
	d, err := db.Open(b.Context(), b.TempDir()+"/bench.db")
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	if err := d.Migrate(b.Context(), shop); err != nil {
		b.Fatal(err)
	}
	rows := func(yield func(shelf) bool) {
		for i := range 160_000 {
			if !yield(shelf{ID: time.Unix(int64(i), 0).UTC().Format(time.RFC3339), Size: int64(i)}) {
				return
			}
		}
	}
	start := time.Now()
	err = d.Update(b.Context(), func(tx *db.Tx) error {
		_, err := addShelf.ExecEach(tx, rows)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	inserts := 160_000 / time.Since(start).Seconds()
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		n := 0
		err := d.View(b.Context(), func(tx *db.Tx) error {
			for _, err := range sizes.Each(tx, db.None{}) {
				if err != nil {
					return err
				}
				n++
			}
			return nil
		})
		if err != nil || n != 160_000 {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/160_000, "ns/row")
	b.ReportMetric(inserts, "inserts/s")
}
