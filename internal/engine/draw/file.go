package draw

import (
	"context"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/draw/course"
	"github.com/xiadu/xiadu/internal/engine/draw/drawfile"
	"github.com/xiadu/xiadu/internal/record/publiclog"
)

// File is the public file of a draw, under the newest checkpoint. It is a fault.Unavailable while its last entry is
// under none, which takes a fraction of a second.
func (b *Book) File(ctx context.Context, d *db.DB, log *publiclog.Log, id string) ([]byte, error) {
	var c *course.Course
	var entries []string
	err := d.View(ctx, func(tx *db.Tx) (err error) {
		if c, _, err = b.Course(tx, id); err != nil {
			return err
		}
		entries, err = b.Entries(tx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	receipts, err := log.Receipts(ctx, entries)
	if err != nil {
		return nil, err
	}
	keys, err := log.File(ctx, "keys")
	if err != nil {
		return nil, err
	}
	return drawfile.New(receipts, strings.Fields(string(keys)), c.List, c.Rows())
}
