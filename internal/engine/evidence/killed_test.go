package evidence_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
)

// homeOf tells the test binary that it is the process that is going to be killed.
const homeOf = "XIADU_EVIDENCE_KILLED"

// opening opens the evidence of a home.
func opening(t *testing.T, home string) archive {
	t.Helper()
	d := dbtest.Open(t, "sqlite:"+filepath.Join(home, "xiadu.db"), schemas...)
	if _, err := identity.Open(t.Context(), d, identity.Options{
		Catalogue: right.NewCatalogue(right.People), Policy: identity.Plain, KeyFile: filepath.Join(home, "people.key"),
	}); err != nil {
		t.Fatal(err)
	}
	return open(t, d, filepath.Join(home, "evidence"), 0)
}

// TestVictim brings, develops and erases until it is killed.
func TestVictim(t *testing.T) {
	home := os.Getenv(homeOf)
	if home == "" {
		t.Skip("it is run by TestKilled")
	}
	a := opening(t, home)
	b := photo(t, 3)
	for i := 0; ; i++ {
		item := a.bring("case.photo", "measure/1", append(bytes.Clone(b), byte(i), byte(os.Getpid())))
		a.develop()
		if i%3 == 0 {
			if err := a.Erase(t.Context(), "office", item.ID, "order"); err != nil {
				t.Fatal(err)
			}
		}
		fmt.Println("done", item.ID)
	}
}

// A process that is killed at any moment leaves a file without a row, never a row without
// a file; the next goes on where it was, and the sweep leaves what rows name.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes; run without -short")
	}
	home := t.TempDir()
	t.Run("first", func(t *testing.T) { opening(t, home) })
	for round := range 12 {
		victim := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestVictim$", "-test.timeout=60s")
		victim.Env = append(os.Environ(), homeOf+"="+home)
		out, err := victim.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := victim.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Read(make([]byte, 100)); err != nil { // it is at work
			t.Fatal(err)
		}
		time.Sleep(time.Duration(round*17) * time.Millisecond)
		if err := victim.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = victim.Wait() // killed
	}
	t.Run("after", func(t *testing.T) { afterKills(t, opening(t, home)) })
}

func afterKills(t *testing.T, a archive) {
	t.Helper()
	var items []evidence.Item
	a.view(func(tx *db.Tx) (err error) { items, err = evidence.Items(tx, "case", "measure/1"); return err })
	if len(items) < 12 {
		t.Fatalf("%d items", len(items))
	}
	old(t, a.stored()...)
	if _, err := a.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	free(t, a)
	a.develop()
	files := 0
	for _, item := range items {
		item = a.item(item.ID)
		switch item.State {
		case evidence.Ready:
			files += 4
			if _, err := a.seen(item.ID, "看"); err != nil {
				t.Errorf("%s: %v", item.ID, err)
			}
			for _, p := range []evidence.Purpose{evidence.Thumb, evidence.Screen, evidence.Full} {
				if _, err := a.Rendition(t.Context(), item.ID, p); err != nil {
					t.Errorf("%s of %s: %v", p, item.ID, err)
				}
			}
		case evidence.Erased:
		case evidence.Pending, evidence.Only, evidence.Unreadable:
			t.Errorf("%+v", item)
		}
	}
	// An intake of before a kill still waits.
	if n := len(a.stored()); n < files || n > files+12 {
		t.Errorf("%d files, of %d renditions and originals", n, files)
	}
}

var freeAll = db.Declare[time.Time, db.None](`UPDATE evidence_item SET busy = :now`)

// free lets what a killed process had begun be begun again at once.
func free(t *testing.T, a archive) {
	t.Helper()
	if err := a.db.Update(t.Context(), func(tx *db.Tx) error { _, err := freeAll.Exec(tx, tx.Now().Add(-time.Hour)); return err }); err != nil {
		t.Fatal(err)
	}
}
