package problem

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
)

type ledBy struct {
	Lead  string    `db:"lead"`
	AtDue time.Time `db:"at_due"`
	AtID  string    `db:"at_id"`
	Limit int       `db:"lim"`
}

var problemsLed = db.Declare[ledBy, Problem](`
	SELECT /*cols*/ FROM complaint_problem WHERE lead = :lead AND stage <> 'empty' AND (due_at, id) > (:at_due, :at_id) ORDER BY due_at, id LIMIT :lim`)

// Mine is a page of the problems that somebody's units answer for, in all inspections and also those that nothing is owed
// on now: the soonest due first, behind a mark.
func Mine(ctx context.Context, s *Problems, who identity.Colleague, after Mark, limit int) (all []Problem, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		all = nil
		for _, unit := range unitsOf(who) {
			_, err := admitUnit(tx, who, unit)
			if fault.KindOf(err) == fault.Denied {
				continue
			}
			if err != nil {
				return err
			}
			page, err := problemsLed.Slice(tx, ledBy{unit, after.DueAt, after.ID, limit})
			if err != nil {
				return err
			}
			all = append(all, page...)
		}
		return nil
	})
	slices.SortFunc(all, func(a, b Problem) int { return cmp.Or(a.DueAt.Compare(b.DueAt), cmp.Compare(a.ID, b.ID)) })
	return all[:min(len(all), limit)], err
}

// unitsOf are the organisations that somebody's grants are for, each once.
func unitsOf(who identity.Colleague) (ids []string) {
	for _, g := range who.Grants {
		id := g.Organisation
		if over, ok := g.Scope.OfOrganisation(); ok {
			id = over
		}
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}
