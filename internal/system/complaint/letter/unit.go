package letter

import (
	"context"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
)

// Brief is a letter as its unit may see it: by its code and digest, and nothing that came.
type Brief struct {
	ID      string
	Title   string
	Digest  string
	Stage   string
	DueAt   *time.Time
	Lead    string
	Verdict string
	Status  Status
	Version int
}

// Brief is the letter for its unit.
func (l Letter) Brief() Brief {
	return Brief{l.ID, l.Title(), l.Digest, l.Stage, l.DueAt, l.Lead, l.Verdict, l.Status, l.Version}
}

// Assigned is a letter that a unit reports on.
type Assigned struct {
	Brief
	Campaign string
	Points   []Point
	Answer   Answer // what was said of it last
	Stands   Status // how far it is, by its problems
}

// Assigned returns a letter for the unit that leads.
func (s *Letters) Assigned(ctx context.Context, who identity.Colleague, id string) (out Assigned, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		l, err := Read(tx, id)
		if fault.KindOf(err) == fault.NotFound {
			err = fault.New(fault.NotFound, "没有这封信访件。", "There is no such letter.").Because(err)
		}
		if err != nil {
			return err
		}
		if _, err := admitUnit(tx, who, l.Lead); err != nil {
			return err
		}
		out = Assigned{Brief: l.Brief(), Campaign: l.Campaign}
		if out.Points, err = Points(tx, l.ID); err != nil {
			return err
		}
		if out.Stands, err = stands(tx, l.ID); err != nil {
			return err
		}
		out.Answer, err = l.OpenAnswer(tx)
		return err
	})
	return out, err
}
