package published_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
)

func mustCheckpoint(t *testing.T, r figure.Receipt) logtree.Checkpoint {
	t.Helper()
	c, err := logtree.ParseCheckpoint([]byte(r.Checkpoint))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func placeOf(t *testing.T, tx *db.Tx, l letter.Letter) right.Place {
	t.Helper()
	at, err := l.At(tx)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
