package casework

import (
	"fmt"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
)

type runOut struct {
	Now   time.Time `db:"now"`
	Limit int       `db:"lim"`
}

type behind struct {
	Now   time.Time `db:"now"`
	DueAt time.Time `db:"due_at"`
	Case  string    `db:"case_id"`
	Name  string    `db:"name"`
}

// Counted is how far [Book.Recount] has come. The zero Counted is the beginning.
type Counted struct {
	Case  string `db:"case_id"`
	Life  int    `db:"life"`
	Name  string `db:"name"`
	N     int    `db:"n"`
	Limit int    `db:"lim"`
}

var (
	ranOut = db.Declare[runOut, clockRow](`
		SELECT /*cols*/ FROM casework_clock
		WHERE running = TRUE AND due_at <= :now AND handed_at IS NULL ORDER BY due_at, case_id LIMIT :lim`)
	nextOut = db.Declare[behind, clockRow](`
		SELECT /*cols*/ FROM casework_clock
		WHERE running = TRUE AND due_at <= :now AND handed_at IS NULL AND (due_at, case_id, name) > (:due_at, :case_id, :name)
		ORDER BY due_at, case_id, name LIMIT 1`)
	provisionalClocks = db.Declare[Counted, clockRow](`
		SELECT /*cols*/ FROM casework_clock
		WHERE running = TRUE AND provisional = TRUE AND (case_id, life, name, n) > (:case_id, :life, :name, :n)
		ORDER BY case_id, life, name, n LIMIT :lim`)
)

// RanOut is a clock whose time is over.
type RanOut struct {
	Case  Case
	Clock string
	DueAt time.Time
}

// RunOut hands out clocks that have run out, each once: what comes of it (a reminder, the end of an
// observation window) is done in the same transaction. Several processes that ask at once are
// in an order, by their transactions.
func (b *Book) RunOut(tx *db.Tx, limit int) ([]RanOut, error) {
	now := b.now(tx)
	rows, err := ranOut.Slice(tx, runOut{now, limit})
	if err != nil {
		return nil, err
	}
	return handOut(tx, rows, now)
}

func handOut(tx *db.Tx, rows []clockRow, now time.Time) ([]RanOut, error) {
	all := make([]RanOut, len(rows))
	for i, k := range rows {
		c, err := caseByID.One(tx, k.Case)
		if err != nil {
			return nil, err
		}
		all[i] = RanOut{c, k.Name, *k.DueAt}
		k.HandedAt = &now
		if _, err := writeClock.Exec(tx, k); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// NextRunOut is RunOut for one clock, the first behind another one: whoever could not do what comes of
// one goes on behind it, and comes back to it later. It returns false where there is none.
func (b *Book) NextRunOut(tx *db.Tx, after RanOut) (RanOut, bool, error) {
	now := b.now(tx)
	rows, err := nextOut.Slice(tx, behind{now, after.DueAt, after.Case.ID, after.Clock})
	if err != nil || len(rows) == 0 {
		return RanOut{}, false, err
	}
	all, err := handOut(tx, rows, now)
	if err != nil {
		return RanOut{}, false, err
	}
	return all[0], true, nil
}

// Recounted is a clock whose due time is another one since the calendar knows more.
type Recounted struct {
	Case  Case
	Clock string
	DueAt time.Time
}

// Recount reckons provisional clocks behind one anew, once the calendar knows more years. What
// changed is a step of the case, so that nothing moves silently, and nobody who saw the case before is refused for it;
// what the system keeps of its due time is for the caller to write, in the same transaction. It returns how far it
// came, also with an error, and false when there are no more.
func (b *Book) Recount(tx *db.Tx, after Counted, limit int) (changed []Recounted, last Counted, more bool, err error) {
	last, after.Limit = after, limit
	rows, err := provisionalClocks.Slice(tx, after)
	for _, k := range rows {
		last = Counted{Case: k.Case, Life: k.Life, Name: k.Name, N: k.N}
		one, moved, err := b.recount(tx, k)
		if err != nil {
			return nil, last, len(rows) == limit, err
		}
		if moved {
			changed = append(changed, one)
		}
	}
	return changed, last, len(rows) == limit, err
}

func (b *Book) recount(tx *db.Tx, k clockRow) (to Recounted, moved bool, err error) {
	rule, events, err := k.list()
	if err != nil {
		return to, false, err
	}
	r, err := clock.Reckon(rule, events, b.office)
	if err != nil {
		return to, false, err
	}
	was := k.DueAt
	if strings.Join(r.Calendar, " ") == k.Calendar {
		return to, false, nil // nothing that it asks is known yet
	}
	if k, r, err = k.reckoned(r, events); err != nil {
		return to, false, err
	}
	if _, err := writeClock.Exec(tx, k); err != nil {
		return to, false, err
	}
	if was == nil || k.DueAt == nil || was.Equal(*k.DueAt) {
		return to, false, nil
	}
	c, err := caseByID.One(tx, k.Case)
	if err != nil {
		return to, false, err
	}
	p := b.processes[c.Process]
	if p == nil {
		return to, false, fmt.Errorf("casework: the process %q of %s is not there", c.Process, c.Code)
	}
	c.Version, c.ChangedAt = c.Version+1, b.now(tx)
	if err := c.write(tx); err != nil {
		return to, false, err
	}
	const minute = "2006-01-02 15:04"
	why := was.In(calendar.China).Format(minute) + " → " + k.DueAt.In(calendar.China).Format(minute) + " " + k.Calendar
	if err := b.keep(tx, c, c.Stage, Step{Move: turn}, stepWhat{Reason: why, Turn: &turned{k.Name, clock.Recounted}}); err != nil {
		return to, false, err
	}
	return Recounted{c, k.Name, *k.DueAt}, true, b.owe(tx, p, c)
}
