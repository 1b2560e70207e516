package intake

import (
	"context"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
)

// Link is another letter that this one cites, or that cites this one: proposed by the code in a text, and then
// confirmed by a person. Until somebody has said, Question is open.
type Link struct {
	Question
	Other letter.Letter // the zero Letter where no letter of the code is known
	Cites bool          // this one cites the other
}

// mostLinks bounds what a page of a letter shows.
const mostLinks = 100

type linkOf struct {
	Letter string `db:"letter"`
	Limit  int    `db:"lim"`
}

var (
	citing = db.Declare[linkOf, Question](`
		SELECT /*cols*/ FROM complaint_question WHERE letter = :letter AND kind = 'cited' AND answer <> 'no' ORDER BY other LIMIT :lim`)
	citedBy = db.Declare[linkOf, Question](`
		SELECT /*cols*/ FROM complaint_question WHERE other = :letter AND kind = 'cited' AND answer <> 'no' ORDER BY answer, letter LIMIT :lim`)
)

// Links lists the letters that one cites and that cite it. A letter of a campaign that the reader may not look at is
// left out.
func (s *Intake) Links(ctx context.Context, who identity.Colleague, id string) (all []Link, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		l, err := letter.Read(tx, id)
		if err != nil {
			return err
		}
		at, err := l.At(tx)
		if err != nil {
			return err
		}
		if _, err := who.Admit(tx, complaint.Look, at); err != nil {
			return err
		}
		all = nil
		for _, side := range []struct {
			ask   db.Query[linkOf, Question]
			cites bool
		}{{citing, true}, {citedBy, false}} {
			rows, err := side.ask.Slice(tx, linkOf{id, mostLinks})
			if err != nil {
				return err
			}
			for _, q := range rows {
				link, ok, err := linked(tx, who, q, side.cites)
				if err != nil {
					return err
				}
				if ok {
					all = append(all, link)
				}
			}
		}
		return nil
	})
	return all, err
}

// linked reads the letter at the other end; false where it is not for who asks.
func linked(tx *db.Tx, who identity.Colleague, q Question, cites bool) (l Link, ok bool, err error) {
	l = Link{Question: q, Cites: cites}
	other := q.Other
	if !cites {
		other = q.Letter
	}
	l.Other, err = letter.Read(tx, other)
	if fault.KindOf(err) == fault.NotFound {
		return l, cites, nil // a code that no letter has
	}
	if err != nil {
		return l, false, err
	}
	ok, err = mayLook(tx, who, l.Other)
	return l, ok, err
}
