package bound_test

import (
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/bound"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

var schemas = []db.Schema{record.Schema, identity.Schema, bound.Schema}

func TestPrepare(t *testing.T) { dbtest.Prepare(t, schemas...) }

// A network has so many in a while, another its own; what is taken back is not counted, and the window ends.
func TestTake(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		identitytest.Open(t, d) // a site, with its keys
		b := bound.Bound{What: "trial", Most: 2, Window: time.Hour}
		now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
		take := func(network string) (func() error, error) {
			ctx := db.Rehearse(t.Context(), now)
			back, err := b.Take(ctx, d, network)
			return func() error { return back(ctx) }, err
		}
		for _, want := range []bool{true, true, false, false} {
			if _, err := take("10.0.0.1/32"); (err == nil) != want || err != nil && fault.KindOf(err) != fault.Denied {
				t.Fatalf("want %t: %v", want, err)
			}
		}
		back, err := take("10.0.0.2/32")
		if err != nil || back() != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := take("10.0.0.2/32"); err != nil {
				t.Error("what was taken back is counted", err)
			}
		}
		now = now.Add(time.Hour)
		if _, err := take("10.0.0.1/32"); err != nil {
			t.Error("the window does not end", err)
		}
	})
}
