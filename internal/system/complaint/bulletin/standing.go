package bulletin

import (
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
)

// Stands is what stands public of a letter: in which bulletin, and where it is shown.
type Stands struct {
	Letter    string // its id
	Ref       Ref
	Published time.Time
	At        *geo.Point // moved; nil: nobody knows where it is
}

type standsAfter struct {
	Campaign string `db:"campaign"`
	Letter   string `db:"letter"`
	Limit    int    `db:"lim"`
}

// stood is a row of them, without what is sealed.
type stood struct {
	Letter      string    `db:"letter"`
	Campaign    string    `db:"campaign"`
	Number      int       `db:"number"`
	Version     int       `db:"version"`
	PublishedAt time.Time `db:"published_at"`
	Lat         *float64  `db:"lat"`
	Lon         *float64  `db:"lon"`
}

var standingRows = db.Declare[standsAfter, stood](`
	SELECT /*cols*/ FROM complaint_row WHERE campaign = :campaign AND standing = TRUE AND letter > :letter ORDER BY letter LIMIT :lim`)

const standingPage = 2000

// StandingOf is what stands public of each letter of a campaign, by the ids of the letters.
func StandingOf(tx *db.Tx, campaign string) (map[string]Stands, error) {
	all := map[string]Stands{}
	for after := ""; ; {
		page, err := standingRows.Slice(tx, standsAfter{campaign, after, standingPage})
		if err != nil {
			return nil, err
		}
		for _, r := range page {
			one := Stands{Letter: r.Letter, Ref: Ref{r.Campaign, r.Number, r.Version}, Published: r.PublishedAt}
			if r.Lat != nil && r.Lon != nil {
				one.At = &geo.Point{Lat: *r.Lat, Lon: *r.Lon}
			}
			all[r.Letter], after = one, r.Letter
		}
		if len(page) < standingPage {
			return all, nil
		}
	}
}

// AllOut lists the bulletins of a campaign that are out, the last first: of each the version that stands.
func AllOut(tx *db.Tx, campaign string) ([]Bulletin, error) { return out(tx, campaign) }

// Table reads what was published in a bulletin.
func Table(tx *db.Tx, b Bulletin) (table.Table, error) { return read(tx, b) }
