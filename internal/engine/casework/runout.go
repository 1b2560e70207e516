package casework

import (
	"strings"
	"time"

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

// Recount reckons provisional clocks behind one anew, once the calendar knows more years. What
// changed is a step of the case, so that nothing moves silently. It returns how far it came, and
// false when there are no more.
func (b *Book) Recount(tx *db.Tx, after Counted, limit int) (last Counted, changed int, more bool, err error) {
	after.Limit = limit
	rows, err := provisionalClocks.Slice(tx, after)
	for i := 0; i < len(rows) && err == nil; i++ {
		k := rows[i]
		last = Counted{Case: k.Case, Life: k.Life, Name: k.Name, N: k.N}
		var moved bool
		if moved, err = b.recount(tx, k); moved {
			changed++
		}
	}
	return last, changed, len(rows) == limit, err
}

func (b *Book) recount(tx *db.Tx, k clockRow) (moved bool, err error) {
	rule, events, err := k.list()
	if err != nil {
		return false, err
	}
	r, err := clock.Reckon(rule, events, b.office)
	if err != nil {
		return false, err
	}
	was, calendar := k.DueAt, k.Calendar
	if strings.Join(r.Calendar, " ") == calendar {
		return false, nil // nothing that it asks is known yet
	}
	if k, r, err = k.reckoned(r, events); err != nil {
		return false, err
	}
	if _, err := writeClock.Exec(tx, k); err != nil {
		return false, err
	}
	if was == nil || k.DueAt == nil || was.Equal(*k.DueAt) {
		return false, nil
	}
	c, err := caseByID.One(tx, k.Case)
	if err != nil {
		return false, err
	}
	c.Version, c.ChangedAt = c.Version+1, b.now(tx)
	if err := c.write(tx); err != nil {
		return false, err
	}
	why := was.Format(time.RFC3339) + " → " + k.DueAt.Format(time.RFC3339) + " " + k.Calendar
	if err := b.keep(tx, c, c.Stage, Step{Move: turn}, stepWhat{Reason: why, Turn: &turned{k.Name, recounted}}); err != nil {
		return false, err
	}
	return true, b.owe(tx, b.processes[c.Process], c)
}

// recounted is the kind of a turn that a newer calendar made.
const recounted clock.Kind = "recounted"
