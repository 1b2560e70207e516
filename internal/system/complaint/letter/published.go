package letter

import (
	"time"

	"github.com/xiadu/xiadu/internal/db"
)

// Out is a published letter by what its bulletin has told: nothing that is sealed.
type Out struct {
	ID         string    `db:"id"`
	Code       string    `db:"code"`
	CodeKey    string    `db:"code_key"`
	CodeBatch  int       `db:"code_batch"`
	Batch      int       `db:"batch"`
	Bulletin   int       `db:"bulletin"`
	ReceivedAt time.Time `db:"received_at"`
}

// Behind says that a published letter has a point of a problem.
type Behind struct {
	Letter   string `db:"letter"`
	Number   int    `db:"number"`
	Problem  string `db:"problem"`
	Bulletin int    `db:"bulletin"`
}

type outAfter struct {
	Campaign string `db:"campaign"`
	Bulletin int    `db:"bulletin"`
	Letter   string `db:"letter"`
	Number   int    `db:"number"`
	Limit    int    `db:"lim"`
}

var (
	publishedLetters = db.Declare[outAfter, Out](`
		SELECT /*cols*/ FROM complaint_letter WHERE campaign = :campaign AND bulletin > 0 AND (bulletin, id) > (:bulletin, :letter)
		ORDER BY bulletin, id LIMIT :lim`)
	publishedPoints = db.Declare[outAfter, Behind](`
		SELECT p.letter AS letter, p.number AS number, p.problem AS problem, l.bulletin AS bulletin
		FROM complaint_letter l JOIN complaint_point p ON p.letter = l.id
		WHERE l.campaign = :campaign AND l.bulletin > 0 AND (l.bulletin, l.id, p.number) > (:bulletin, :letter, :number)
		ORDER BY l.bulletin, l.id, p.number LIMIT :lim`)
)

const outPage = 2000

// EachPublished calls f for each published letter of a campaign.
func EachPublished(tx *db.Tx, campaign string, f func(Out)) error {
	after := outAfter{Campaign: campaign, Limit: outPage}
	for {
		page, err := publishedLetters.Slice(tx, after)
		if err != nil {
			return err
		}
		for _, l := range page {
			f(l)
			after.Bulletin, after.Letter = l.Bulletin, l.ID
		}
		if len(page) < outPage {
			return nil
		}
	}
}

// EachBehind calls f for each point of each published letter of a campaign.
func EachBehind(tx *db.Tx, campaign string, f func(Behind)) error {
	after := outAfter{Campaign: campaign, Limit: outPage}
	for {
		page, err := publishedPoints.Slice(tx, after)
		if err != nil {
			return err
		}
		for _, b := range page {
			f(b)
			after.Bulletin, after.Letter, after.Number = b.Bulletin, b.Letter, b.Number
		}
		if len(page) < outPage {
			return nil
		}
	}
}
