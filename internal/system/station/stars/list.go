package stars

import (
	"context"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/system/station"
)

// Filter chooses stations of a list. Its zero value chooses all that were ever reviewed.
type Filter struct {
	Within  gb.Division
	Star    *int          // as it is now
	Lapsing time.Duration // those that end within it
	Caused  bool          // those to be looked at again
	Appeals bool          // those with an open appeal
	After   string        // the last of the page before
	Limit   int
}

type filterRow struct {
	Now    time.Time  `db:"now"`
	Region *string    `db:"region"`
	Star   *int       `db:"star"`
	Until  *time.Time `db:"until"`
	None   *string    `db:"none"`
	Closed *string    `db:"closed"`
	After  string     `db:"after"`
	Limit  int        `db:"lim"`
}

// shown is the star at a time, as [Star.Now] has it.
const shown = `CASE WHEN until_at <= :now THEN 0 WHEN lower_to >= 0 AND appeal = '' AND lower_at <= :now THEN lower_to ELSE star END`

var (
	listed = db.Declare[filterRow, Star](`
		SELECT /*cols*/ FROM station_star WHERE station > :after AND :now = :now [AND region LIKE :region || '%'] [AND ` + shown + ` = :star]
			[AND until_at > :now AND until_at <= :until] [AND cause <> :none] [AND appeal <> :closed] ORDER BY station LIMIT :lim`)
	counted = db.Declare[filterRow, Count](`
		SELECT ` + shown + ` AS star, COUNT(*) AS n FROM station_star WHERE true [AND region LIKE :region || '%'] GROUP BY 1 ORDER BY 1`)
	waiting = db.Declare[filterRow, int64](`SELECT COUNT(*) AS n FROM station_star WHERE cause <> '' [AND region LIKE :region || '%']`)
)

func (f Filter) row(now time.Time) filterRow {
	r := filterRow{Now: now, Star: f.Star, After: f.After, Limit: min(max(f.Limit, 1), station.MaxPage)}
	none := ""
	if f.Within.Valid() {
		region := station.Region(f.Within)
		r.Region = &region
	}
	if f.Lapsing > 0 {
		until := now.Add(f.Lapsing)
		r.Until = &until
	}
	if f.Caused {
		r.None = &none
	}
	if f.Appeals {
		r.Closed = &none
	}
	return r
}

// List returns a page of the stations that were reviewed, by code, and whether there are more.
func (s *Stars) List(ctx context.Context, f Filter) (all []Star, more bool, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		r := f.row(tx.Now())
		r.Limit++
		if all, err = listed.Slice(tx, r); err != nil {
			return err
		}
		if more = len(all) == r.Limit; more {
			all = all[:r.Limit-1]
		}
		return nil
	})
	return all, more, err
}

// Count is how many stations have a star.
type Count struct {
	Star int   `db:"star"`
	N    int64 `db:"n"`
}

// Counts are how many have which star now, within a division, and how many are to be looked at again.
func (s *Stars) Counts(ctx context.Context, within gb.Division) (by [Most + 1]int64, again int64, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		by = [Most + 1]int64{}
		r := Filter{Within: within}.row(tx.Now())
		all, err := counted.Slice(tx, r)
		if err != nil {
			return err
		}
		for _, c := range all {
			by[c.Star] = c.N
		}
		again, err = waiting.One(tx, r)
		return err
	})
	return by, again, err
}
