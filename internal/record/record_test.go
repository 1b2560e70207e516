package record_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

type opened struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func (o opened) Kind() string    { return "station.opened" }
func (o opened) Subject() string { return "station/" + o.ID }

// visited has a person in its private part.
type visited struct {
	ID    string `json:"id"`
	Phone string `json:"-"`
}

func (v visited) Kind() string    { return "station.visited" }
func (v visited) Subject() string { return "station/" + v.ID }
func (v visited) Private() any    { return map[string]string{"phone": v.Phone} }

func TestPrepare(t *testing.T) { dbtest.Prepare(t, record.Schema) }

func each(t *testing.T, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	dbtest.Each(t, []db.Schema{record.Schema}, f)
}

func appendTo(t *testing.T, d *db.DB, entries ...record.Entry) {
	t.Helper()
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		for _, e := range entries {
			if err := record.Append(tx, "import", e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func view[R any](t *testing.T, d *db.DB, f func(tx *db.Tx) (R, error)) (r R) {
	t.Helper()
	err := d.View(t.Context(), func(tx *db.Tx) (err error) {
		r, err = f(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func history(t *testing.T, d *db.DB, subject, after string, limit int) []record.Item {
	t.Helper()
	return view(t, d, func(tx *db.Tx) ([]record.Item, error) { return record.History(tx, subject, after, limit) })
}

func TestAppendAndReadBack(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		name := "<b>驿站</b>\x00'; DROP TABLE record_entry; --\u2028"
		var now time.Time
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			now = tx.Now()
			return record.Append(tx, "clerk", opened{"1", name})
		})
		if err != nil {
			t.Fatal(err)
		}
		items := history(t, d, "station/1", "", 9)
		if len(items) != 1 {
			t.Fatalf("%d entries, want 1", len(items))
		}
		want := record.Item{
			ID: items[0].ID, At: now, Kind: "station.opened", Subject: "station/1", By: "clerk",
			Public: `{"id":"1","name":"<b>驿站</b>\u0000'; DROP TABLE record_entry; --` + "\u2028" + `"}`,
		}
		if diff := cmp.Diff(want, items[0]); diff != "" {
			t.Error(diff)
		}
		byID := view(t, d, func(tx *db.Tx) (record.Item, error) { return record.ByID(tx, want.ID) })
		if diff := cmp.Diff(want, byID); diff != "" {
			t.Error(diff)
		}
		err = d.View(t.Context(), func(tx *db.Tx) error { _, err := record.ByID(tx, "nothing"); return err })
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%v, want a fault.NotFound", err)
		}
	})
}

func TestPages(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		for i := range 7 {
			appendTo(t, d, opened{"1", strconv.Itoa(i)}, opened{"2", "another"})
		}
		var names []string
		for after := ""; ; {
			items := history(t, d, "station/1", after, 3)
			if len(items) == 0 {
				break
			}
			for _, i := range items {
				names = append(names, i.Public[len(`{"id":"1","name":"`):len(i.Public)-2])
			}
			after = items[len(items)-1].ID
		}
		if got := strings.Join(names, ""); got != "6543210" {
			t.Errorf("pages give %s, want the newest first: 6543210", got)
		}
	})
}

func TestRollsBackWithItsUseCase(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		no := errors.New("no")
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			return errors.Join(record.Append(tx, "x", opened{"1", ""}), record.Append(tx, "x", visited{"1", "139"}), no)
		})
		if !errors.Is(err, no) {
			t.Error(err)
		}
		if items := history(t, d, "station/1", "", 9); len(items) != 0 {
			t.Errorf("%d entries of a use case that failed", len(items))
		}
	})
}

func TestPrivatePart(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		appendTo(t, d, visited{"1", "13900000000"}, visited{"1", "13900000000"}, opened{"1", "x"})
		items := history(t, d, "station/1", "", 9)
		if items[1].Commitment == items[2].Commitment {
			t.Error("equal data have equal commitments: a guess could be tested")
		}
		for _, i := range items[1:] {
			statement := string(i.Statement())
			if strings.Contains(statement, "13900000000") || !strings.Contains(statement, i.Commitment) {
				t.Errorf("statement %s", statement)
			}
			got := view(t, d, func(tx *db.Tx) (string, error) { return record.Private(tx, i) })
			if got != `{"phone":"13900000000"}` {
				t.Errorf("private part %s", got)
			}
			i.Commitment = items[0].Commitment
			err := d.View(t.Context(), func(tx *db.Tx) error { _, err := record.Private(tx, i); return err })
			if err == nil {
				t.Error("a private part that does not match its commitment was returned")
			}
		}
		err := d.View(t.Context(), func(tx *db.Tx) error { _, err := record.Private(tx, items[0]); return err })
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%v, want a fault.NotFound", err)
		}
	})
}

func TestLeaf(t *testing.T) {
	i := record.Item{
		ID: "0192", At: time.Date(2026, 5, 1, 8, 0, 0, 5000, time.UTC), Kind: "station.opened",
		Subject: "station/1", By: "clerk", Public: `{"name":"<驿站>"}`,
	}
	const want = `{"at":"2026-05-01T08:00:00.000005Z","by":"clerk","id":"0192","kind":"station.opened","public":{"name":"<驿站>"},"subject":"station/1"}`
	if got := string(i.Statement()); got != want {
		t.Error(got)
	}
	if leaf := i.Leaf(); leaf.Entry != i.ID || leaf.Hash != sha256.Sum256([]byte("\x00"+want)) {
		t.Errorf("%x", leaf)
	}
}

func TestRevision(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		seen := map[string]bool{}
		revision := func(kinds ...string) string {
			return view(t, d, func(tx *db.Tx) (string, error) { return record.Revision(tx, kinds...) })
		}
		fresh := func(what string) {
			t.Helper()
			r := revision("station.opened", "station.closed")
			if seen[r] {
				t.Errorf("%s did not change the revision", what)
			}
			if seen[r] = true; r != revision("station.opened", "station.closed") {
				t.Errorf("the revision changes by itself after %s", what)
			}
		}
		fresh("the beginning")
		appendTo(t, d, opened{"1", "a"})
		fresh("an entry")
		before := revision()
		appendTo(t, d, visited{"1", "139"})
		if r := revision("station.opened", "station.closed"); !seen[r] {
			t.Error("an entry of another kind changed the revision")
		}
		if revision() == before {
			t.Error("an entry did not change the revision of all kinds")
		}
		if d.Engine() == db.SQLite {
			return // has one writer
		}
		// A slow transaction shows entries whose ids are older than the newest.
		var wg sync.WaitGroup
		written, later := make(chan bool, 1), make(chan bool)
		wg.Go(func() {
			var once sync.Once
			err := d.Update(t.Context(), func(tx *db.Tx) error {
				err := record.Append(tx, "slow", opened{"2", "slow"})
				once.Do(func() { written <- true; <-later })
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
		<-written
		appendTo(t, d, opened{"3", "quick"})
		fresh("the quick entry")
		close(later)
		wg.Wait()
		fresh("the slow entry")
	})
}

func TestAppendAll(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		const n = 20_000
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			return record.AppendAll(tx, "import", func(yield func(record.Entry) bool) {
				for i := range n {
					var e record.Entry = opened{"1", strconv.Itoa(i)}
					if i%1000 == 0 {
						e = visited{"2", strconv.Itoa(i)}
					}
					if !yield(e) {
						return
					}
				}
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		items := history(t, d, "station/1", "", 1)
		if items[0].Public != fmt.Sprintf(`{"id":"1","name":"%d"}`, n-1) {
			t.Error("the newest is not the last:", items[0].Public)
		}
		visits := history(t, d, "station/2", "", 99)
		if len(visits) != n/1000 {
			t.Errorf("%d entries with a private part", len(visits))
		}
		if got := view(t, d, func(tx *db.Tx) (string, error) { return record.Private(tx, visits[0]) }); got != `{"phone":"19000"}` {
			t.Error("private part", got)
		}
	})
}

// TestAppendOnly reads the package and those below it: no statement changes or
// removes an entry, a leaf or a node.
func TestAppendOnly(t *testing.T) {
	forbidden := regexp.MustCompile(`(?i)\b(update|delete\s+from|drop\s+table|truncate)\s+record_(entry|leaf|node)`)
	upsert := regexp.MustCompile(`(?is)\binto\s+record_(entry|leaf|node)[^\x60]*do\s+update`)
	for _, text := range []string{"UPDATE record_entry SET", "delete from record_leaf"} {
		if !forbidden.MatchString(text) {
			t.Fatal("the pattern does not find", text)
		}
	}
	read := 0
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, p := range []*regexp.Regexp{forbidden, upsert} {
			if m := p.Find(text); m != nil {
				t.Errorf("%s: %s", path, m)
			}
		}
		read++
		return err
	})
	if err != nil || read < 5 {
		t.Errorf("%d files read, %v", read, err)
	}
}

// What is too long to be published is refused whole, with what to do.
func TestTooLongForTheLog(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			return record.Append(tx, "x", opened{"1", strings.Repeat("站", 30_000)})
		})
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v, want a fault.Invalid", err)
		}
		appendTo(t, d, opened{"1", strings.Repeat("x", 60_000)})
	})
}

func TestErase(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		appendTo(t, d, visited{"1", "139"}, visited{"1", "138"})
		items := history(t, d, "station/1", "", 9)
		erase := func(id string) error {
			return d.Update(t.Context(), func(tx *db.Tx) error { return record.Erase(tx, "clerk", id, "asked by the person") })
		}
		if err := erase(items[0].ID); err != nil {
			t.Fatal(err)
		}
		if err := erase(items[0].ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("again: %v, want a fault.NotFound", err)
		}
		after := history(t, d, "station/1", "", 9)
		if len(after) != 3 || after[0].Kind != record.KindErased || after[1].Leaf() != items[0].Leaf() {
			t.Errorf("%+v", after)
		}
		for i, want := range []fault.Kind{fault.NotFound, 0} {
			err := d.View(t.Context(), func(tx *db.Tx) error { _, err := record.Private(tx, items[i]); return err })
			if fault.KindOf(err) != want || want == 0 && err != nil {
				t.Errorf("private part %d: %v", i, err)
			}
		}
	})
}

func BenchmarkAppendAll(b *testing.B) {
	for _, engine := range []func(testing.TB) string{dbtest.SQLite, dbtest.Postgres} {
		d := dbtest.Open(b, engine(b), record.Schema)
		b.Run(d.Engine(), func(b *testing.B) {
			for range b.N {
				err := d.Update(b.Context(), func(tx *db.Tx) error {
					return record.AppendAll(tx, "import", func(yield func(opened) bool) {
						for i := range 160_000 {
							if !yield(opened{strconv.Itoa(i), "工会驿站"}) {
								return
							}
						}
					})
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(160_000*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}
