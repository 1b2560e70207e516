package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
)

// TestSilentServer talks to PostgreSQL over a line that begins to swallow what
// is sent: connections open and nothing comes back, as from a stopped process.
func TestSilentServer(t *testing.T) {
	line := &dbtest.Line{}
	d := dbtest.Open(t, line.Between(t, dbtest.Postgres(t)), shop)
	update(t, d, add("x"))

	line.Silence(true)
	for name, use := range map[string]func(context.Context, func(*db.Tx) error) error{"view": d.View, "update": d.Update} {
		began := time.Now()
		err := use(t.Context(), func(*db.Tx) error { return nil })
		if took := time.Since(began); fault.KindOf(err) != fault.Unavailable || took > 10*time.Second {
			t.Errorf("%s: %v after %v, want a fault.Unavailable well before a page's write timeout", name, err, took)
		}
	}
	line.Silence(false)
	line.HangUp()
	if n := count(t, d); n != 1 {
		t.Errorf("it answers again, with %d articles, want 1", n)
	}
}
