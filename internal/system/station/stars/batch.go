package stars

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/system/station"
)

// Batch is a review of all stations of a division, a page at a time. What is done is done; how far it came is kept, so that it can be
// stopped and goes on where it was.
type Batch struct {
	ID       string    `db:"id"`
	Division string    `db:"division"`
	Region   string    `db:"region"`
	Total    int64     `db:"total"`
	Done     int64     `db:"done"`
	Given    int64     `db:"given"`
	Held     int64     `db:"held"`
	After    string    `db:"after"`
	State    string    `db:"state"`
	Begun    time.Time `db:"begun"`
	Moved    time.Time `db:"moved"`
}

// The states of a batch.
const (
	Going   = "going"
	Stopped = "stopped"
	Done    = "done"
	Closed  = "closed" // it was stopped, and another was begun over the same division
)

// batchPage is how many stations a transaction reviews.
const batchPage = 200

var (
	insertBatch = db.Declare[Batch, db.None](`
		INSERT INTO station_star_batch (id, division, region, total, done, given, held, after, state, begun, moved)
		VALUES (:id, :division, :region, :total, :done, :given, :held, :after, :state, :begun, :moved)`)
	writeBatch  = db.Declare[Batch, db.None](`UPDATE station_star_batch SET done = :done, given = :given, held = :held, after = :after, state = :state, moved = :moved WHERE id = :id`)
	batchByID   = db.Declare[string, Batch](`SELECT /*cols*/ FROM station_star_batch WHERE id = :id`)
	openBatches = db.Declare[db.None, Batch](`SELECT /*cols*/ FROM station_star_batch WHERE state = 'going' OR state = 'stopped' ORDER BY begun`)
	lastBatch   = db.Declare[db.None, Batch](`SELECT /*cols*/ FROM station_star_batch ORDER BY begun DESC LIMIT 1`)
)

// Last is the batch that was begun last.
func (s *Stars) Last(ctx context.Context) (b Batch, there bool, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := lastBatch.Slice(tx, db.None{})
		if there = len(rows) > 0; there {
			b = rows[0]
		}
		return err
	})
	return b, there, err
}

// divisionPlace is where a batch is: everywhere, for the zero division.
func divisionPlace(within gb.Division) right.Place { return right.In(within) }

// May is a fault.Denied for who gives no stars anywhere.
func (s *Stars) May(ctx context.Context, who identity.Colleague) error {
	return s.db.View(ctx, func(tx *db.Tx) error {
		_, err := who.Admit(tx, station.ReviewStars, right.Nowhere)
		return fault.At("staff", err)
	})
}

// still is how long a batch that is going may not move; after that whoever worked at it has ended.
const still = time.Hour

// Begin begins a batch over a division. While one is going that reaches into it no other begins; one that was stopped there is closed.
func (s *Stars) Begin(ctx context.Context, who identity.Colleague, within gb.Division) (b Batch, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		may, err := who.Admits(tx, station.ReviewStars)
		if err != nil {
			return fault.At("staff", err)
		}
		if _, err := may(divisionPlace(within)); err != nil {
			return fault.At("staff", err)
		}
		rows, err := openBatches.Slice(tx, db.None{})
		if err != nil {
			return err
		}
		region := station.Region(within)
		for _, had := range rows {
			if !strings.HasPrefix(had.Region, region) && !strings.HasPrefix(region, had.Region) {
				continue
			}
			if had.State == Going && tx.Now().Sub(had.Moved) < still {
				return fault.New(fault.Conflict, "这里有一次批量评定正在做：请等它做完，或先停下它。", "A batch is going here: wait for it, or stop it first.")
			}
			had.State, had.Moved = Closed, tx.Now()
			if _, err := writeBatch.Exec(tx, had); err != nil {
				return err
			}
		}
		total, err := station.CountIn(tx, region)
		if err != nil {
			return err
		}
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		b = Batch{ID: id.String(), Division: within.Code(), Region: region, Total: total, State: Going, Begun: tx.Now(), Moved: tx.Now()}
		_, err = insertBatch.Exec(tx, b)
		return err
	})
	return b, err
}

// Advance reviews the next page of a batch that is going, and says how it stands.
func (s *Stars) Advance(ctx context.Context, who identity.Colleague, id string) (b Batch, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if b, err = batchByID.One(tx, id); err != nil || b.State != Going {
			return err
		}
		may, err := who.Admits(tx, station.ReviewStars)
		if err != nil {
			return fault.At("staff", err)
		}
		page, err := station.After(tx, b.Region, b.After, batchPage)
		if err != nil {
			return err
		}
		for i := range page {
			at := &page[i]
			by, err := may(place(at))
			if err != nil {
				return fault.At("staff", err)
			}
			_, held, err := review(tx, at, by, true)
			if err != nil {
				return err
			}
			if b.Done, b.After = b.Done+1, at.Code; held != nil {
				b.Held++
			} else {
				b.Given++
			}
		}
		if len(page) < batchPage {
			b.State = Done
		}
		b.Moved = tx.Now()
		_, err = writeBatch.Exec(tx, b)
		return err
	})
	return b, err
}

// Turn stops a batch that is going, or has one that was stopped go on.
func (s *Stars) Turn(ctx context.Context, who identity.Colleague, id, to string) (b Batch, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if b, err = batchByID.One(tx, id); err != nil {
			return err
		}
		within, err := Division(b.Division)
		if err != nil {
			return err
		}
		if _, err := who.Admit(tx, station.ReviewStars, divisionPlace(within)); err != nil {
			return fault.At("staff", err)
		}
		if b.State == Done || b.State == Closed || to != Going && to != Stopped {
			return fault.New(fault.Conflict, "这次批量评定已经做完了。", "This batch is done.")
		}
		b.State, b.Moved = to, tx.Now()
		_, err = writeBatch.Exec(tx, b)
		return err
	})
	return b, err
}

// Run advances a batch until it is done, stopped, or ctx ends.
func (s *Stars) Run(ctx context.Context, who identity.Colleague, b Batch, told func(Batch)) (_ Batch, err error) {
	for b.State == Going && ctx.Err() == nil {
		if b, err = s.Advance(ctx, who, b.ID); err != nil {
			return b, err
		}
		if told != nil {
			told(b)
		}
	}
	return b, ctx.Err()
}
