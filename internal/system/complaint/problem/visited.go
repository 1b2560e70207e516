package problem

import (
	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
)

// Promised is a problem with the day by which the next of its measures was promised; never where none is open.
type Promised struct {
	Problem
	Promise string `db:"promise"`
}

// Never is the day of a promise that nobody made.
var Never = calendar.DateOf(never).String()

// Mark is behind this problem.
func (p Promised) Mark() Promise { return Promise{p.Promise, p.ID} }

// Promise is the problem behind which a page begins, by its promise; the zero one is the beginning.
type Promise struct{ Day, ID string }

type promises struct {
	Campaign string  `db:"campaign"`
	Text     *string `db:"text"`
	Never    string  `db:"never"`
	AtDay    string  `db:"at_day"`
	AtID     string  `db:"at_id"`
	Limit    int     `db:"lim"`
}

type leadsOf struct {
	Campaign string `db:"campaign"`
	Limit    int    `db:"lim"`
}

var (
	problemsToVisit = db.Declare[promises, Promised](`
		SELECT /*cols*/ FROM (
			SELECT p.*, COALESCE((SELECT MIN(m.due_day) FROM complaint_measure m WHERE m.problem = p.id AND m.stage = 'open'), :never) AS promise
			FROM complaint_problem p
			WHERE p.campaign = :campaign AND p.lead <> ''
			AND p.stage IN ('verifying', 'rectifying', 'staged', 'done', 'applied', 'accepted', 'checked', 'publicity', 'filed')
			[AND (p.code LIKE :text OR p.title LIKE :text OR p.site LIKE :text)]
		) AS promised WHERE (promise, id) > (:at_day, :at_id) ORDER BY promise, id LIMIT :lim`)
	problemLeads = db.Declare[leadsOf, string](`SELECT DISTINCT lead FROM complaint_problem WHERE campaign = :campaign AND lead <> '' ORDER BY lead LIMIT :lim`)
)

// ToVisit is a page of the problems of a campaign that somebody answers for and that are not settled: those whose next promise is
// due soonest first, so those that broke one before all, for who asks of each whether they may.
func ToVisit(tx *db.Tx, campaign, text string, after Promise, limit int) ([]Promised, error) {
	f := Filter{Text: text}.listing(tx.Now())
	return problemsToVisit.Slice(tx, promises{campaign, f.Text, Never, after.Day, after.ID, min(limit, maxPage)})
}

// mostLeads bounds the units of a menu: a city has some dozens that take part.
const mostLeads = 200

// Leads are the units that answer for a problem of a campaign.
func Leads(tx *db.Tx, campaign string) ([]string, error) {
	return problemLeads.Slice(tx, leadsOf{campaign, mostLeads})
}
