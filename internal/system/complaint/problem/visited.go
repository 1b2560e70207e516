package problem

import (
	"github.com/xiadu/xiadu/internal/db"
)

var (
	problemsToVisit = db.Declare[listing, Problem](`
		SELECT /*cols*/ FROM complaint_problem WHERE ` + where + ` AND lead <> ''
		AND stage IN ('verifying', 'rectifying', 'staged', 'done', 'applied', 'accepted', 'checked', 'publicity', 'filed')
		AND (due_at, id) > (:at_due, :at_id) ORDER BY due_at, id LIMIT :lim`)
	problemLeads = db.Declare[leadsOf, string](`SELECT DISTINCT lead FROM complaint_problem WHERE campaign = :campaign AND lead <> '' ORDER BY lead LIMIT :lim`)
)

type leadsOf struct {
	Campaign string `db:"campaign"`
	Limit    int    `db:"lim"`
}

// ToVisit is a page of the problems that somebody answers for and that are not settled, what is due soonest first, for who
// asks of each whether they may; next is the zero Mark on the last page.
func ToVisit(tx *db.Tx, f Filter) (all []Problem, next Mark, err error) {
	q := f.listing(tx.Now())
	if all, err = problemsToVisit.Slice(tx, q); err == nil && len(all) == q.Limit {
		next = all[len(all)-1].Mark()
	}
	return all, next, err
}

// mostLeads bounds the units of a menu: a city has some dozens that take part.
const mostLeads = 200

// Leads are the units that answer for a problem of a campaign.
func Leads(tx *db.Tx, campaign string) ([]string, error) {
	return problemLeads.Slice(tx, leadsOf{campaign, mostLeads})
}
