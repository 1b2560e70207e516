package db

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

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
				if err := exec("INSERT INTO t VALUES ($1, 'small')", fmt.Sprint(i))(tx); err != nil {
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
