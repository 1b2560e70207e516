// Package visit is 现场督办: a supervisor's round of a day, what was found at each site beside what had been promised, the
// instructions that were given there, and who signed.
//
//	r, err := visits.Plan(ctx, who, visit.New{Day: today, Mode: visit.Walk, Problems: codes})
//	err = visits.See(ctx, who, visit.See{At: visit.At{Round: r.ID, Problem: code, Act: id, Happened: then}, Measure: 1, Found: visit.Kept})
//
// A *round* is the sites of a day in the order of their way, which is measured on the city's streets. A *stop* is one of
// them, by its problem. On site there are three kinds of act: what was *seen* of a promise or of the site as a whole, what
// was *told*, which becomes a measure of the problem in the same transaction, and what was *signed*, which says which of
// the acts it covers.
//
// # Sync
//
// Acts only add: each is a row under its own id, and how a stop stands is read from all of them, the last by the time it
// happened (then by its id). So devices may come back in any order, and twice, and what is there is the same. One thing
// can have moved meanwhile: a problem that takes no measure any more. Then the act is a conflict that shows both; who does it
// all the same has it kept with the visit, and where the problem is called done, proposes to begin it again.
//
// # Changes
//
// A round that is not finished is changed (its stops, their order, the day, who goes) or cancelled with a reason; a stop at which something was
// noted stays. A phone may have the old round, and who carries it goes by that: what it brings for a stop that is no longer of the
// round, or of a round that was cancelled, is kept and marked as *held*. It instructs nobody until the office makes a measure of it, counts for
// nothing, and is late until the office says that it looked at it.
//
// # Who
//
// Whoever supervises where a problem lies, whosever round it is: two may go together. Who looks at all of it reads the rounds. A
// unit sees a visit on the page of its problem once it was there: a planned one is a sealed entry until then, and so is its change.
//
// Tables owned: complaint_round, complaint_stop, complaint_seen, complaint_told, complaint_signed.
package visit

import (
	"time"

	"github.com/google/uuid"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

func says(zh, en string) lang.Text { return lang.Text{ZH: zh, EN: en} }

// Mode is how a round is made.
type Mode string

// The modes. Who drives is measured on the streets of the quicker of the city's two graphs.
const (
	Walk  Mode = "walk"
	Drive Mode = "drive"
)

// Round is the sites of a day.
type Round struct {
	ID       string    `db:"id"`
	Campaign string    `db:"campaign"`
	Division string    `db:"division"`
	Day      string    `db:"day"`
	Mode     Mode      `db:"mode"`
	Person   string    `db:"person"`
	Stops    int       `db:"stops"`
	Metres   int       `db:"metres"`
	Seconds  int       `db:"seconds"`
	Entry    string    `db:"entry"`
	Opened   bool      `db:"opened"`
	MadeAt   time.Time `db:"made_at"`
	MadeBy   string    `db:"made_by"`

	Version   int    `db:"version"`
	Cancelled bool   `db:"cancelled"`
	Why       string `db:"why"`     // it was changed last, or cancelled
	Changes   string `db:"changes"` // their entries that are sealed still, with a space between them
}

// Stop is one site of a round.
type Stop struct {
	Round   string   `db:"round"`
	Problem string   `db:"problem"`
	Place   int      `db:"place"`
	Lat     *float64 `db:"lat"`
	Lon     *float64 `db:"lon"`
	Metres  int      `db:"metres"`
	Seconds int      `db:"seconds"`
	Removed bool     `db:"removed"` // the round goes there no more
}

// Placed reports whether it is known where it is.
func (s Stop) Placed() bool { return s.Lat != nil && s.Lon != nil }

// Subject is the name under which the record keeps the history of a round.
func (r Round) Subject() string { return "visit/" + r.ID }

// Streets are the city's as they are now; nil where there are none.
type Streets func() *atlas.Atlas

// Visits are those of a site.
type Visits struct {
	db       *db.DB
	problems *problem.Problems
	evidence problem.Album
	streets  Streets
}

// In returns the visits of a database.
func In(d *db.DB, problems *problem.Problems, album problem.Album, streets Streets) *Visits {
	return &Visits{d, problems, album, streets}
}

type insertable struct {
	Round
	Sketch string `db:"sketch"`
}

const roundColumns = "id, campaign, division, day, mode, person, stops, metres, seconds, entry, opened, made_at, made_by, version, cancelled, why, changes"

var (
	insertRound = db.Declare[insertable, db.None](`
		INSERT INTO complaint_round (` + roundColumns + `, sketch)
		VALUES (:id, :campaign, :division, :day, :mode, :person, :stops, :metres, :seconds, :entry, :opened, :made_at, :made_by, :version, :cancelled, :why, :changes, :sketch)`)
	roundByID  = db.Declare[string, Round](`SELECT ` + roundColumns + ` FROM complaint_round WHERE id = :id`)
	sketchOf   = db.Declare[string, string](`SELECT sketch FROM complaint_round WHERE id = :id`)
	openRound  = db.Declare[string, db.None](`UPDATE complaint_round SET opened = TRUE, changes = '' WHERE id = :id`)
	insertStop = db.Declare[Stop, db.None](`
		INSERT INTO complaint_stop (round, problem, place, lat, lon, metres, seconds, removed) VALUES (:round, :problem, :place, :lat, :lon, :metres, :seconds, :removed)
		ON CONFLICT (round, problem) DO UPDATE SET place = excluded.place, lat = excluded.lat, lon = excluded.lon, metres = excluded.metres, seconds = excluded.seconds,
			removed = excluded.removed`)
	stopsOf = db.Declare[string, Stop](`SELECT /*cols*/ FROM complaint_stop WHERE round = :round ORDER BY place, problem`)
	stopAt  = db.Declare[Stop, Stop](`SELECT /*cols*/ FROM complaint_stop WHERE round = :round AND problem = :problem`)
)

// read returns a round, or a fault.NotFound.
func read(tx *db.Tx, id string) (Round, error) {
	rows, err := roundByID.Slice(tx, id)
	if err == nil && len(rows) == 0 {
		err = fault.New(fault.NotFound, "没有这次督办。", "There is no such visit.")
	}
	if err != nil {
		return Round{}, err
	}
	return rows[0], nil
}

// where is the place that a round is at.
func (r Round) where(tx *db.Tx) (right.Place, error) {
	if d, err := gb.Parse(r.Division); err == nil && d.Valid() {
		return right.In(d), nil
	}
	c, err := campaign.Read(tx, r.Campaign)
	return right.In(c.Home), err
}

// admitted asks for any of several rights at a place.
func admitted(tx *db.Tx, who identity.Colleague, at right.Place, keys ...string) (by identity.Admitted, err error) {
	for _, key := range keys {
		if by, err = who.Admit(tx, key, at); err == nil || fault.KindOf(err) != fault.Denied {
			return by, err
		}
	}
	return by, err
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	return id.String(), err
}

// Evidence is the subject of what was photographed and signed for a problem on a round. Whoever sees the problem sees it.
func Evidence(problem, round string) string { return "problem/" + problem + "/visit/" + round }

// Anew is the table with something sealed, for when another key is in use.
var Anew = []record.Drawer{{
	Read: db.Declare[record.UnderOther, record.Own](`
		SELECT act AS id, 'complaint_signed/' || act AS place, name AS secret, key_number FROM complaint_signed
		WHERE key_number <> :key_number AND name <> '' AND act > :after ORDER BY act LIMIT :lim`),
	Set: db.Declare[record.Own, db.None](`UPDATE complaint_signed SET name = :secret, key_number = :key_number WHERE act = :id`),
}}

// admittedFor admits who supervises or coordinates where a problem lies.
func admittedFor(tx *db.Tx, who identity.Colleague, p problem.Problem) (identity.Admitted, error) {
	at, err := p.At(tx)
	if err != nil {
		return identity.Admitted{}, err
	}
	return admitted(tx, who, at, complaint.Supervise, complaint.Coordinate)
}

// supervises admits who acts on site: whoever supervises where the problem lies.
func supervises(tx *db.Tx, who identity.Colleague, p problem.Problem) (identity.Admitted, error) {
	at, err := p.At(tx)
	if err != nil {
		return identity.Admitted{}, err
	}
	return who.Admit(tx, complaint.Supervise, at)
}
