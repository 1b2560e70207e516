package db

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
)

// TestLostTransaction lets one of a group fill the database, which may take the
// transaction of all: it alone fails, and the others are saved.
func TestLostTransaction(t *testing.T) {
	d, err := Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	exec := func(text string, args ...any) func(*Tx) error {
		return func(tx *Tx) error { _, err := tx.exec(text, args); return err }
	}
	if err := d.Update(t.Context(), exec("CREATE TABLE t (id TEXT, body TEXT)")); err != nil {
		t.Fatal(err)
	}
	if err := d.Update(t.Context(), exec("PRAGMA max_page_count = 40")); err != nil {
		t.Fatal(err)
	}
	big := strings.Repeat("x", 1<<20)
	var wg sync.WaitGroup
	var runs atomic.Int64
	for i := range 40 {
		wg.Go(func() {
			err := d.Update(t.Context(), func(tx *Tx) error {
				runs.Add(1)
				if err := exec("INSERT INTO t VALUES ($1, 'small')", strconv.Itoa(i))(tx); err != nil {
					return err
				}
				switch i % 8 {
				case 1:
					return exec("INSERT INTO t VALUES ('big', $1)", big)(tx)
				case 2:
					// The engine takes the transaction away in the midst of the group.
					return errors.Join(exec("ROLLBACK")(tx), errors.New("lost"))
				}
				return nil
			})
			switch i % 8 {
			case 1:
				if fault.KindOf(err) != fault.Unavailable {
					t.Errorf("%d: %v, want a fault.Unavailable", i, err)
				}
			case 2:
				if err == nil {
					t.Errorf("%d: saved", i)
				}
			default:
				if err != nil {
					t.Errorf("%d: %v", i, err)
				}
			}
		})
	}
	wg.Wait()
	err = d.View(t.Context(), func(tx *Tx) error {
		text := "SELECT count(*) AS version FROM t"
		rows, err := rawRows[versionRow](tx, text, text)
		if err == nil && rows[0].Version != 30 {
			t.Errorf("%d rows after %d runs, want 30", rows[0].Version, runs.Load())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestSharedCommit lets use cases wait together: one of them sees what its
// neighbours wrote while nobody outside does yet.
func TestSharedCommit(t *testing.T) {
	d, err := Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	exec := func(text string) func(*Tx) error {
		return func(tx *Tx) error { _, err := tx.exec(text, nil); return err }
	}
	rows := func(tx *Tx) (int64, error) {
		text := "SELECT count(*) AS version FROM t"
		rows, err := rawRows[versionRow](tx, text, text)
		if err != nil {
			return 0, err
		}
		return rows[0].Version, nil
	}
	if err := d.Update(t.Context(), exec("CREATE TABLE t (id TEXT)")); err != nil {
		t.Fatal(err)
	}
	queue := d.store.(*sqliteStore).writer.queue
	var wg sync.WaitGroup
	var shared atomic.Bool
	began := make(chan bool)
	wg.Go(func() {
		err := d.Update(t.Context(), func(*Tx) error {
			close(began)
			for len(queue) < 20 {
				time.Sleep(time.Millisecond)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-began
	for range 20 {
		wg.Go(func() {
			err := d.Update(t.Context(), func(tx *Tx) error {
				if err := exec("INSERT INTO t VALUES ('x')")(tx); err != nil {
					return err
				}
				inside, err := rows(tx)
				if err != nil {
					return err
				}
				return d.View(t.Context(), func(tx *Tx) error {
					outside, err := rows(tx)
					if inside > outside+1 {
						shared.Store(true)
					}
					return err
				})
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if !shared.Load() {
		t.Error("every use case had a COMMIT of its own")
	}
}

func BenchmarkUpdate(b *testing.B) {
	d, err := Open(b.Context(), filepath.Join(b.TempDir(), "x.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	update := func(text string) error {
		return d.Update(b.Context(), func(tx *Tx) error { _, err := tx.exec(text, nil); return err })
	}
	if err := update("CREATE TABLE t (id TEXT)"); err != nil {
		b.Fatal(err)
	}
	for _, callers := range []int{1, 64} {
		b.Run(fmt.Sprint(callers, " callers"), func(b *testing.B) {
			var wg sync.WaitGroup
			var next atomic.Int64
			for range callers {
				wg.Go(func() {
					for next.Add(1) <= int64(b.N) {
						if err := update("INSERT INTO t VALUES ('x')"); err != nil {
							b.Error(err)
						}
					}
				})
			}
			wg.Wait()
		})
	}
}
