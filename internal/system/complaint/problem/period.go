package problem

import (
	"context"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/period"
)

type dueAnew struct {
	ID  string    `db:"id"`
	Due time.Time `db:"due_at"`
}

var problemDue = db.Declare[dueAnew, db.None](`UPDATE complaint_problem SET due_at = :due_at WHERE id = :id`)

// Recounted takes over what a newer calendar made of a due time, with an entry. The row keeps the version that its pages
// have: casework refuses nobody for what only the calendar changed. Measures end on a day that somebody said, and
// objections keep no due time of their own.
func Recounted(tx *db.Tx, book *casework.Book, r casework.Recounted) error {
	switch r.Case.Process {
	case complaint.LetterWay.Key:
		return letter.Recounted(tx, book, r)
	case complaint.Problem.Key:
	default:
		return nil
	}
	p, err := Read(tx, r.Case.ID)
	if err != nil {
		return err
	}
	due, err := book.Due(tx, r.Case)
	if err != nil || due == nil || due.Equal(p.DueAt) {
		return err
	}
	if _, err := problemDue.Exec(tx, dueAnew{p.ID, *due}); err != nil {
		return err
	}
	return period.Recounted(tx, p.Subject(), r)
}

// Running is the clock by which the stage is owed; false where nothing is owed by a time.
func (w Whole) Running() (casework.Clock, bool) {
	stage, _ := complaint.Problem.Stage(w.Stage)
	for _, c := range slices.Backward(w.Clocks) {
		if c.Name == stage.Clock && c.Life == w.Life && c.Running {
			return c, true
		}
	}
	return casework.Clock{}, false
}

// TurnPeriod changes the period by which a problem's stage is owed. It is for the coordinating office, and not for
// somebody of the unit that answers for the problem.
func TurnPeriod(ctx context.Context, s *Problems, who identity.Colleague, t period.Turn) (p Problem, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if p, err = Read(tx, t.Case); err != nil {
			return err
		}
		by, err := s.admit(tx, who, complaint.Coordinate, p)
		if err != nil {
			return err
		}
		stage, _ := complaint.Problem.Stage(p.Stage)
		if t.Clock = stage.Clock; t.Clock == "" {
			return fault.New(fault.Conflict, "现在没有在走的期限。", "No period is under way now.")
		}
		c, _, err := period.Change(tx, s.book, by, p.Subject(), t)
		if err != nil {
			return err
		}
		if err := p.stand(tx, s.book, c); err != nil {
			return err
		}
		_, err = writeProblem.Exec(tx, p)
		return err
	})
	return p, err
}
