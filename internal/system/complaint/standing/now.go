package standing

import (
	"time"

	"github.com/xiadu/xiadu/internal/db"
)

type asked struct {
	Campaign string `db:"campaign"`
}

type row struct {
	Stage string    `db:"stage"`
	DueAt time.Time `db:"due_at"`
	Life  int       `db:"life"`
}

var (
	standings = db.Declare[asked, row](`SELECT stage, due_at, life FROM complaint_problem WHERE campaign = :campaign AND stage <> 'empty'`)
	letters   = db.Declare[asked, int](`SELECT COALESCE(SUM(letters), 0) AS n FROM complaint_batch WHERE campaign = :campaign`)
)

// Now is the figure as the database has it, for pages that show many; a receipt of the same minute says the same.
func Now(tx *db.Tx, campaign string, at time.Time) (Result, error) {
	r := Result{Stages: map[string]int{}}
	var err error
	if r.Letters, err = letters.One(tx, asked{campaign}); err != nil {
		return r, err
	}
	for p, err := range standings.Each(tx, asked{campaign}) {
		if err != nil {
			return r, err
		}
		r.add(p.Stage, p.DueAt, p.Life > 1, at)
	}
	return r, nil
}
