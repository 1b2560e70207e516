package letter

import (
	"context"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/period"
)

type dueAnew struct {
	ID  string    `db:"id"`
	Due time.Time `db:"due_at"`
}

var letterDue = db.Declare[dueAnew, db.None](`UPDATE complaint_letter SET due_at = :due_at WHERE id = :id`)

// Recounted takes over what a newer calendar made of the due time of a letter, with an entry.
func Recounted(tx *db.Tx, book *casework.Book, r casework.Recounted) error {
	l, err := Read(tx, r.Case.ID)
	if err != nil {
		return err
	}
	due, err := book.Due(tx, r.Case)
	if err != nil || due == nil || l.DueAt != nil && due.Equal(*l.DueAt) {
		return err
	}
	if _, err := letterDue.Exec(tx, dueAnew{l.ID, *due}); err != nil {
		return err
	}
	return period.Recounted(tx, Subject(l.ID), r)
}

// owed reports whether the period of its report is under way; it may stand still, and then has no due time.
func (l Letter) owed() bool { return l.Stage == "received" || l.Stage == "handed" }

// TurnPeriod changes the period in which a letter is to be reported on. It is for the coordinating office, and not for
// somebody of the unit that answers for the letter.
func (s *Letters) TurnPeriod(ctx context.Context, who identity.Colleague, t period.Turn) (l Letter, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		var by identity.Admitted
		if l, by, err = admitOffice(tx, who, t.Case, complaint.Coordinate); err != nil {
			return err
		}
		t.Clock = complaint.ClockReport
		c, _, err := period.Change(tx, s.book, by, Subject(l.ID), t)
		if err != nil {
			return err
		}
		if err := l.follow(tx, s.book, c); err != nil {
			return err
		}
		_, err = writeLetter.Exec(tx, l)
		return err
	})
	return l, err
}
