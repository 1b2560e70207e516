package logpages_test

import (
	"path/filepath"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/web/logpages"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// TestReceiptsLookRight at both widths.
func TestReceiptsLookRight(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t), record.Schema)
	folder := filepath.Join(t.TempDir(), "log")
	write(t, d, folder, 40)
	at := site(t, d, folder)
	var items []record.Item
	err := d.View(t.Context(), func(tx *db.Tx) (err error) {
		items, err = record.History(tx, "test/7", "", 1)
		return err
	})
	if err != nil || len(items) != 1 {
		t.Fatal(items, err)
	}
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		t.Run(name, func(t *testing.T) {
			b := webtest.Open(t, at, view)
			b.Go(logpages.ReceiptPath(items[0].ID))
			b.Shot("receipt-" + name)
			b.Check()
		})
	}
}
