package db_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
)

// filled makes a database file of some fifty pages, closes it and returns its path.
func filled(t *testing.T) string {
	t.Helper()
	dsn := dbtest.SQLite(t)
	d := dbtest.Open(t, dsn, shop)
	update(t, d, func(tx *db.Tx) error {
		for i := range 60 {
			a := article{ID: fmt.Sprint("art-", i), Name: strings.Repeat("茶", 40+i), Price: int64(i), Photo: bytes.Repeat([]byte{byte(i)}, 100*i)}
			if _, err := addArticle.Exec(tx, a); err != nil {
				return err
			}
		}
		return nil
	})
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(dsn, "sqlite:")
}

// dumped opens a file and returns the rows of its copy, or why it could not.
func dumped(t *testing.T, path string) ([]byte, error) {
	t.Helper()
	d, err := db.Open(t.Context(), path)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	if err := d.Migrate(t.Context(), shop); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := d.Dump(t.Context(), &b); err != nil {
		return nil, err
	}
	_, rows, _ := bytes.Cut(b.Bytes(), []byte("\n")) // the first line has the time
	return rows[:bytes.LastIndexByte(rows[:len(rows)-1], '\n')], nil
}

// damage puts content in the place of the database, in a folder of its own with
// the mark it had.
func damage(t *testing.T, path string, content []byte) string {
	t.Helper()
	place := filepath.Join(t.TempDir(), "test.db")
	mark, err := os.ReadFile(path + ".mark")
	if err := errors.Join(err, os.WriteFile(place, content, 0o600), os.WriteFile(place+".mark", mark, 0o600)); err != nil {
		t.Fatal(err)
	}
	return place
}

// Of flipped bits none may change what is read: each is refused, or nothing is
// made of the bytes that it is in.
func TestFlippedBits(t *testing.T) {
	path := filled(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want, err := dumped(t, path)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(7, 100))
	refused := 0
	for range 100 {
		at, bit := random.IntN(len(whole)), random.IntN(8)
		if random.IntN(4) == 0 {
			at = random.IntN(120) // the header is small and matters most
		}
		flipped := bytes.Clone(whole)
		flipped[at] ^= 1 << bit
		got, err := dumped(t, damage(t, path, flipped))
		switch {
		case fault.KindOf(err) == fault.Unavailable:
			refused++
		case err != nil:
			t.Errorf("byte %d, bit %d: %v, want a fault.Unavailable", at, bit, err)
		case !bytes.Equal(got, want):
			t.Errorf("byte %d, bit %d: other data", at, bit)
		}
	}
	t.Logf("%d bytes: of 100 flips %d were refused, the others harmless", len(whole), refused)
	if refused < 80 {
		t.Errorf("only %d were refused", refused)
	}
}

// Whole pages may be lost, exchanged or cut off as well.
func TestDamagedPages(t *testing.T) {
	path := filled(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	for name, harm := range map[string]func(b []byte) []byte{
		"a page of zeros": func(b []byte) []byte { clear(b[5*page : 6*page]); return b },
		"pages exchanged": func(b []byte) []byte {
			copy(b[5*page:6*page], whole[9*page:])
			copy(b[9*page:], whole[5*page:6*page])
			return b
		},
		"cut off in half":  func(b []byte) []byte { return b[:len(b)/2] },
		"one page cut off": func(b []byte) []byte { return b[:len(b)-page] },
		"half a page off":  func(b []byte) []byte { return b[:len(b)-page/2] },
		"half a header":    func(b []byte) []byte { return b[:50] },
		"zeros":            func(b []byte) []byte { clear(b); return b },
		"emptied":          func([]byte) []byte { return nil },
		"another kind":     func([]byte) []byte { return bytes.Repeat([]byte("text "), page) },
	} {
		if _, err := dumped(t, damage(t, path, harm(bytes.Clone(whole)))); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s: %v, want a fault.Unavailable", name, err)
		}
	}
}

// A mark tells a file that is not the one that was here, and what to do; taking
// the mark away lets one go on.
func TestMark(t *testing.T) {
	path := filled(t)
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	d := dbtest.Open(t, path, shop)
	update(t, d, add("later"))
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(filled(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"older": old, "exchanged": other, "emptied": {}, "lost": nil} {
		place := damage(t, path, content)
		if content == nil {
			if err := os.Remove(place); err != nil {
				t.Fatal(err)
			}
		}
		_, err := dumped(t, place)
		if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), place) {
			t.Errorf("%s: %v, want a fault.Unavailable that names the file", name, err)
		}
		if now, err := os.ReadFile(place); !bytes.Equal(now, content) || (err != nil) != (content == nil) {
			t.Errorf("%s: the file was touched: %v", name, err)
		}
		if err := os.Remove(place + ".mark"); err != nil {
			t.Fatal(err)
		}
		if _, err := dumped(t, place); err != nil {
			t.Errorf("%s, without the mark: %v", name, err)
		}
	}
	// A mark that is damaged itself says nothing against the data.
	if err := os.WriteFile(path+".mark", []byte("xiadu-m\x00rk"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := dumped(t, path); err != nil {
		t.Errorf("a damaged mark: %v", err)
	}
}

// A lost write-ahead log takes commits that were acknowledged with it.
func TestLostLog(t *testing.T) {
	path := filled(t)
	d := dbtest.Open(t, path, shop)
	update(t, d, add("in the log"))
	main, err := os.ReadFile(path) // as a killed program leaves it, but without the log
	if err != nil {
		t.Fatal(err)
	}
	if _, err := dumped(t, damage(t, path, main)); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v, want a fault.Unavailable", err)
	}
	log, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	place := damage(t, path, main)
	if err := os.WriteFile(place+"-wal", log, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := dumped(t, place); err != nil {
		t.Errorf("with the log: %v", err)
	}
	log[len(log)/2] ^= 4
	place = damage(t, path, main)
	if err := os.WriteFile(place+"-wal", log, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := dumped(t, place); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a flipped bit in the log: %v, want a fault.Unavailable", err)
	}
}

// The log of a killed program is not taken into another database that was put in the
// place of its own: nothing is touched, and the right file is as it was.
func TestLogOfAnother(t *testing.T) {
	path := filled(t)
	d := dbtest.Open(t, path, shop)
	update(t, d, add("in the log"))
	right, err := os.ReadFile(path)
	log, err2 := os.ReadFile(path + "-wal")
	other, err3 := os.ReadFile(filled(t))
	if err := errors.Join(err, err2, err3); err != nil {
		t.Fatal(err)
	}
	place := damage(t, path, other)
	if err := os.WriteFile(place+"-wal", log, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := dumped(t, place); fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), place+"-wal") {
		t.Errorf("%v, want a fault.Unavailable that names the log", err)
	}
	now, err := os.ReadFile(place)
	left, err2 := os.ReadFile(place + "-wal")
	if err := errors.Join(err, err2); err != nil || !bytes.Equal(now, other) || !bytes.Equal(left, log) {
		t.Errorf("the files were touched: %v", err)
	}
	if err := os.WriteFile(place, right, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := dumped(t, place); err != nil {
		t.Errorf("with the right file put back: %v", err)
	}
}

// A database that is taken away beside a running program is written no more.
func TestTakenAwayWhileOpen(t *testing.T) {
	for name, take := range map[string]func(path string) error{
		"removed":         os.Remove,
		"moved":           func(path string) error { return os.Rename(path, path+".away") },
		"emptied":         func(path string) error { return os.Truncate(path, 0) },
		"log removed":     func(path string) error { return os.Remove(path + "-wal") },
		"index removed":   func(path string) error { return os.Remove(path + "-shm") },
		"exchanged":       func(path string) error { return errors.Join(copyFile(path, path+".new"), os.Rename(path+".new", path)) },
		"folder replaced": func(path string) error { return os.Rename(filepath.Dir(path), filepath.Dir(path)+"-away") },
	} {
		t.Run(name, func(t *testing.T) {
			path := filled(t)
			d, err := db.Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			update(t, d, add("before"))
			if err := take(path); err != nil {
				t.Fatal(err)
			}
			for i := range 3 {
				if err := d.Update(t.Context(), add(fmt.Sprint("after-", i))); fault.KindOf(err) != fault.Unavailable {
					t.Errorf("%v, want a fault.Unavailable", err)
				}
			}
		})
	}
}

func copyFile(from, to string) error {
	b, err := os.ReadFile(from)
	return errors.Join(err, os.WriteFile(to, b, 0o600))
}

// Nothing is read from another file that was put in its place.
func TestNoReaderOfAnotherFile(t *testing.T) {
	path, other := filled(t), filled(t)
	d := dbtest.Open(t, path, shop)
	if err := errors.Join(os.Remove(path), os.Rename(other, path)); err != nil {
		t.Fatal(err)
	}
	// Enough at once that connections are opened.
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			err := d.View(t.Context(), func(*db.Tx) error {
				time.Sleep(20 * time.Millisecond)
				return nil
			})
			if fault.KindOf(err) != fault.Unavailable {
				t.Errorf("%v, want a fault.Unavailable", err)
			}
		})
	}
	all.Wait()
}

// What is moved away and put back is the same file: work goes on.
func TestPutBack(t *testing.T) {
	path := filled(t)
	d := dbtest.Open(t, path, shop)
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	if err := d.Update(t.Context(), add("away")); err == nil {
		t.Error("saved into a file without a name")
	}
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	update(t, d, add("back"))
	if n := count(t, d); n != 61 {
		t.Errorf("%d articles, want 61", n)
	}
}

// A file of before there were sums is moved into one with them, whole.
func TestSumsAreAdded(t *testing.T) {
	path := filled(t)
	want, err := dumped(t, path)
	if err != nil {
		t.Fatal(err)
	}
	plain := filepath.Join(t.TempDir(), "plain.db")
	old, err := sql.Open("sqlite", "file:"+plain+"?_journal_mode=WAL")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"CREATE TABLE shop_migration (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP)",
		"ATTACH '" + path + "' AS n",
	} {
		if _, err := old.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	var made string
	err = old.QueryRowContext(t.Context(), `SELECT group_concat(sql, ';' ORDER BY rowid) FROM n.sqlite_schema
		WHERE name IN ('shop_shelf', 'shop_article')`).Scan(&made)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		made, "CREATE UNIQUE INDEX by_name ON shop_article (name, id)", "INSERT INTO shop_migration SELECT * FROM n.shop_migration",
		"INSERT INTO shop_shelf SELECT * FROM n.shop_shelf", "INSERT INTO shop_article SELECT * FROM n.shop_article", "DETACH n",
	} {
		if _, err := old.ExecContext(t.Context(), text); err != nil {
			t.Fatal(text, err)
		}
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	header := func(at int) byte {
		b, err := os.ReadFile(plain)
		if err != nil {
			t.Fatal(err)
		}
		return b[at]
	}
	if header(20) != 0 {
		t.Fatal("the file has room for sums already")
	}
	for range 2 {
		got, err := dumped(t, plain)
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("after sums were added: %v, equal %v", err, bytes.Equal(got, want))
		}
	}
	if header(20) != 8 {
		t.Error("the file has no sums")
	}
	left, err := filepath.Glob(plain + "*")
	if err != nil || len(left) != 2 {
		t.Errorf("left beside it: %v, %v", left, err)
	}
}

// Pages are written, freed, taken again and left out: none of it may look like
// damage.
func TestSumsHoldThroughChurn(t *testing.T) {
	path := filled(t)
	d := dbtest.Open(t, path, shop)
	random := rand.New(rand.NewPCG(1, 2))
	remove := db.Declare[string, db.None](`DELETE FROM shop_article WHERE id LIKE :id || '%'`)
	for round := range 40 {
		failed := errors.New("not this time")
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			for i := range random.IntN(80) {
				a := article{ID: fmt.Sprint(round%7, "-", round, "-", i), Name: "n", Photo: make([]byte, random.IntN(30_000))}
				if _, err := addArticle.Exec(tx, a); err != nil {
					return err
				}
			}
			if _, err := remove.Exec(tx, fmt.Sprint(random.IntN(7), "-")); err != nil {
				return err
			}
			if round%5 == 4 {
				return failed
			}
			return nil
		})
		if err != nil && !errors.Is(err, failed) {
			t.Fatalf("round %d: %v", round, err)
		}
		if round%10 == 9 {
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := dumped(t, path); err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
			d = dbtest.Open(t, path, shop)
		}
	}
}
