package release

import (
	"context"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
)

type outs struct {
	Released int `db:"released"`
	Releases int `db:"releases"`
}

var counted = db.Declare[db.None, outs](`SELECT COUNT(DISTINCT contest) AS released, COUNT(*) AS releases FROM contest_release`)

// Now is what the figure [Results] counts, by the tables: the same as by the log once that has all of it.
func (s *Releases) Now(ctx context.Context) (n Counts, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if n.Contests, err = event.Count(tx); err != nil {
			return err
		}
		if n.Revealed, n.Corrected, err = hall.Count(tx); err != nil {
			return err
		}
		out, err := counted.One(tx, db.None{})
		n.Released, n.Releases = out.Released, out.Releases
		return err
	})
	return n, err
}
