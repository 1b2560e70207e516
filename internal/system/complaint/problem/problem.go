// Package problem keeps what is behind one letter or several: what is assigned to a unit, put right and
// closed.
//
//	p, err := problems.Move(ctx, who, problem.Move{Problem: id, Move: "sign", Seen: version})
//
// The way of a problem is data (complaint.Problem). One use case carries all its moves: it asks for the right of
// the move where it is made, lets casework look for what the move needs, writes where the problem stands onto its
// own row, and appends the entry, in one transaction. What is special about a move (a lead unit, verdicts of
// points, a date) is read in prepare; what follows from it (letters handed over, words opened) in follow.
//
// A problem has no text of a letter: its title is a digest without anybody's data, so that the responsible
// unit and the record may have it.
//
// Tables owned: complaint_problem, complaint_measure, complaint_sanction, complaint_word, complaint_child,
// complaint_extension.
package problem

import (
	"fmt"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
)

// Problem is a problem as it stands.
type Problem struct {
	ID        string     `db:"id"` // of its case
	Campaign  string     `db:"campaign"`
	Number    int64      `db:"number"`
	Code      string     `db:"code"`
	Title     string     `db:"title"`
	Division  string     `db:"division"`
	Site      string     `db:"site"`
	USC       string     `db:"usc"`
	Lat       *float64   `db:"lat"`
	Lon       *float64   `db:"lon"`
	Kinds     string     `db:"kinds"`
	KeyItem   bool       `db:"key_item"`
	Letters   int        `db:"letters"`
	Stage     string     `db:"stage"`
	DueAt     time.Time  `db:"due_at"`
	Lead      string     `db:"lead"`
	Life      int        `db:"life"`
	Verdict   string     `db:"verdict"`
	NextDay   string     `db:"next_day"`
	NextOwes  string     `db:"next_owes"`
	MergedIn  string     `db:"merged_in"`
	FiledAt   *time.Time `db:"filed_at"`
	Accepted  string     `db:"accepted"`
	Version   int        `db:"version"` // of its case
	OpenedAt  time.Time  `db:"opened_at"`
	ChangedAt time.Time  `db:"changed_at"`
}

// never is when something is due that has no date: behind all that has one.
var never = time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)

// HasDue reports whether something is due by a time.
func (p Problem) HasDue() bool { return p.DueAt.Before(never) }

// Late reports whether what is owed now is late.
func (p Problem) Late(now time.Time) bool { return p.DueAt.Before(now) }

// KindList are the kinds that it is of.
func (p Problem) KindList() []complaint.Kind { return complaint.KindsOf(p.Kinds) }

// Subject is the name under which the record keeps a problem's history.
func (p Problem) Subject() string { return Subject(p.Code) }

// Subject is the name under which the record keeps the history of a problem by its code.
func Subject(code string) string { return "problem/" + code }

// Evidence is the subject of what is shown for a problem: what was shown in a former life of it, or for
// another, shows nothing now.
func (p Problem) Evidence() string { return fmt.Sprintf("problem/%s/%d", p.ID, p.Life) }

// Where is the division that it lies in; the zero one where that is not known.
func (p Problem) Where() gb.Division {
	d, err := gb.Parse(p.Division)
	if err != nil {
		return gb.Division{}
	}
	return d
}

var (
	insertProblem = db.Declare[Problem, db.None](`
		INSERT INTO complaint_problem (id, campaign, number, code, title, division, site, usc, lat, lon, kinds, key_item, letters, stage, due_at, lead,
			life, verdict, next_day, next_owes, merged_in, filed_at, accepted, version, opened_at, changed_at)
		VALUES (:id, :campaign, :number, :code, :title, :division, :site, :usc, :lat, :lon, :kinds, :key_item, :letters, :stage, :due_at, :lead,
			:life, :verdict, :next_day, :next_owes, :merged_in, :filed_at, :accepted, :version, :opened_at, :changed_at)`)
	writeProblem = db.Declare[Problem, db.None](`
		UPDATE complaint_problem SET title = :title, division = :division, site = :site, usc = :usc, lat = :lat, lon = :lon, kinds = :kinds, key_item = :key_item,
			letters = :letters, stage = :stage, due_at = :due_at, lead = :lead, life = :life, verdict = :verdict, next_day = :next_day, next_owes = :next_owes,
			merged_in = :merged_in, filed_at = :filed_at, accepted = :accepted, version = :version, changed_at = :changed_at
		WHERE id = :id`)
	problemByID   = db.Declare[string, Problem](`SELECT /*cols*/ FROM complaint_problem WHERE id = :id`)
	problemByCode = db.Declare[string, Problem](`SELECT /*cols*/ FROM complaint_problem WHERE code = :code`)
)

// Read returns a problem, or a fault.NotFound.
func Read(tx *db.Tx, id string) (Problem, error) { return problemByID.One(tx, id) }

// ByCode returns the problem of a code, or a fault.NotFound.
func ByCode(tx *db.Tx, code string) (Problem, error) {
	rows, err := problemByCode.Slice(tx, strings.ToUpper(strings.TrimSpace(code)))
	if err == nil && len(rows) == 0 {
		err = noSuch(code)
	}
	if err != nil {
		return Problem{}, err
	}
	return rows[0], nil
}

func noSuch(code string) error {
	return fault.New(fault.NotFound, "没有编号为“%[1]s”的问题。", "There is no problem with the code %[1]q.", strings.TrimSpace(code))
}

// New is a problem to be.
type New struct {
	Title    string
	Division gb.Division
	Site     string
	Kinds    []complaint.Kind
	Key      bool
	Number   int64 // of those that its campaign gave (campaign.NextProblems); 0: the next
}

// Add opens a problem with one letter.
func Add(tx *db.Tx, book *casework.Book, by identity.Admitted, c campaign.Campaign, n New) (Problem, error) {
	if n.Number == 0 {
		next, err := campaign.NextProblems(tx, c.Code, 1)
		if err != nil {
			return Problem{}, err
		}
		n.Number = next
	}
	p := Problem{
		Campaign: c.Code, Number: n.Number, Code: fmt.Sprintf("%s-%04d", c.Code, n.Number), Title: n.Title, Division: n.Division.Code(), Site: n.Site,
		Kinds: complaint.KindKeys(n.Kinds), KeyItem: n.Key, Letters: 1, OpenedAt: tx.Now(),
	}
	made, err := book.Open(tx, casework.Opening{
		Process: complaint.Problem.Key, Code: p.Code, Division: p.Division, Asker: c.Office,
		By: []casework.Person{{ID: by.Person, Organisation: by.Organisation}},
	})
	if err != nil {
		return p, err
	}
	p.ID = made.ID
	if err := p.stand(tx, book, made); err != nil {
		return p, err
	}
	if err := insertProblem.Later(tx, p); err != nil {
		return p, err
	}
	return p, record.Append(tx, by.Sign, opened{person: by.Person, Code: p.Code, Division: p.Division, Kinds: keys(n.Kinds), Key: p.KeyItem})
}

func keys(kinds []complaint.Kind) []string {
	all := make([]string, len(kinds))
	for i, k := range kinds {
		all[i] = k.Key()
	}
	return all
}

// stand takes over where its case stands now.
func (p *Problem) stand(tx *db.Tx, book *casework.Book, c casework.Case) error {
	p.Stage, p.Lead, p.Life, p.Version, p.ChangedAt, p.DueAt = c.Stage, c.Lead, c.Life, c.Version, c.ChangedAt, never
	due, err := book.Due(tx, c)
	if due != nil {
		p.DueAt = *due
	}
	return err
}

// At is where a problem lies: in its division, or in the campaign's where that is not known.
func (p Problem) At(tx *db.Tx) (right.Place, error) {
	if d := p.Where(); d.Valid() {
		return right.In(d), nil
	}
	c, err := campaign.Read(tx, p.Campaign)
	return right.In(c.Home), err
}

// Problems are those of a site.
type Problems struct {
	db       *db.DB
	book     *casework.Book
	evidence Album
}

// Album returns the photos and papers of a site, or why they are away: then nothing that needs one can be done, and
// all else can.
type Album func() (*evidence.Evidence, error)

// In returns the problems of a database.
func In(d *db.DB, book *casework.Book, album Album) *Problems { return &Problems{d, book, album} }
