package problem

import (
	"time"

	"github.com/xiadu/xiadu/internal/db"
)

// Stand is where a problem stands, as the public log has it.
type Stand struct {
	ID        string    `db:"id"`
	Code      string    `db:"code"`
	Stage     string    `db:"stage"`
	Lead      string    `db:"lead"`
	NextDay   string    `db:"next_day"`
	ChangedAt time.Time `db:"changed_at"`
}

type standAfter struct {
	Campaign  string    `db:"campaign"`
	ChangedAt time.Time `db:"changed_at"`
	ID        string    `db:"id"`
	Limit     int       `db:"lim"`
}

var (
	stands = db.Declare[standAfter, Stand](`
		SELECT /*cols*/ FROM complaint_problem WHERE campaign = :campaign AND (changed_at, id) > (:changed_at, :id) ORDER BY changed_at, id LIMIT :lim`)
	lastStand = db.Declare[string, Stand](`
		SELECT /*cols*/ FROM complaint_problem WHERE campaign = :campaign ORDER BY changed_at DESC, id DESC LIMIT 1`)
)

const standPage = 2000

// EachStand calls f for each problem of a campaign.
func EachStand(tx *db.Tx, campaign string, f func(Stand)) error {
	after := standAfter{Campaign: campaign, Limit: standPage}
	for {
		page, err := stands.Slice(tx, after)
		if err != nil {
			return err
		}
		for _, s := range page {
			f(s)
			after.ChangedAt, after.ID = s.ChangedAt, s.ID
		}
		if len(page) < standPage {
			return nil
		}
	}
}

// LastStand is the problem of a campaign that changed last; the zero one where there is none.
func LastStand(tx *db.Tx, campaign string) (Stand, error) {
	rows, err := lastStand.Slice(tx, campaign)
	if err != nil || len(rows) == 0 {
		return Stand{}, err
	}
	return rows[0], nil
}
