package casework

import (
	"cmp"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework/process"
)

// Duty is what somebody owes now.
type Duty struct {
	Holder   string    `db:"holder"` // organisation/…
	Case     string    `db:"case_id"`
	Name     string    `db:"name"` // the stage
	Division string    `db:"division"`
	Asker    string    `db:"asker"` // organisation/…: who waits for it
	DueAt    time.Time `db:"due_at"`
	Since    time.Time `db:"since"`
}

// never is when something is due that has no clock, or whose clock stands still: behind all
// that has one.
var never = time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)

// always is behind all that is due and all that has no time.
var always = never.AddDate(1, 0, 0)

// HasDue reports whether the duty has a time by which it is owed.
func (d Duty) HasDue() bool { return d.DueAt.Before(never) }

type owing struct {
	Holder string    `db:"holder"`
	At     time.Time `db:"due_at"`
	Case   string    `db:"case_id"`
	Until  time.Time `db:"until_at"`
	Limit  int       `db:"lim"`
}

// dutyOf is a duty with what a list says of its case, so that the list need not ask for each.
type dutyOf struct {
	Duty
	Process   string    `db:"process"`
	Code      string    `db:"code"`
	ChangedAt time.Time `db:"changed_at"`
	Version   int       `db:"version"`
}

const ofCases = `
	SELECT d.holder, d.case_id, d.name, d.division, d.asker, d.due_at, d.since, c.process, c.code, c.changed_at, c.version
	FROM casework_duty AS d JOIN casework_case AS c ON c.id = d.case_id`

var (
	deleteDuties = db.Declare[string, db.None](`DELETE FROM casework_duty WHERE case_id = :case_id`)
	insertDuty   = db.Declare[Duty, db.None](`
		INSERT INTO casework_duty (holder, case_id, name, division, asker, due_at, since)
		VALUES (:holder, :case_id, :name, :division, :asker, :due_at, :since)`)
	dutiesOf = db.Declare[string, Duty](`SELECT /*cols*/ FROM casework_duty WHERE case_id = :case_id ORDER BY holder`)
	owedBy   = db.Declare[owing, dutyOf](ofCases + `
		WHERE d.holder = :holder AND (d.due_at, d.case_id) > (:due_at, :case_id) AND d.due_at < :until_at ORDER BY d.due_at, d.case_id LIMIT :lim`)
	awaitedBy = db.Declare[owing, dutyOf](ofCases + `
		WHERE d.asker = :holder AND d.holder <> :holder AND (d.due_at, d.case_id) > (:due_at, :case_id) AND d.due_at < :until_at
		ORDER BY d.due_at, d.case_id LIMIT :lim`)
)

// Organisation is the name of a holder that is an organisation.
func Organisation(id string) string { return ofOrganisation + id }

// OfOrganisation is the organisation that a holder is, if it is one.
func OfOrganisation(holder string) (id string, ok bool) {
	return strings.CutPrefix(holder, ofOrganisation)
}

// Somebody is the name of a holder that is a person.
func Somebody(id string) string { return "person/" + id }

const ofOrganisation = "organisation/"

// owe writes what is owed in the stage in which a case stands now.
func (b *Book) owe(tx *db.Tx, p *process.Process, c Case) error {
	var had []Duty
	var err error
	if c.began == nil {
		if had, err = dutiesOf.Slice(tx, c.ID); err != nil {
			return err
		}
	}
	if len(had) > 0 {
		if _, err := deleteDuties.Exec(tx, c.ID); err != nil {
			return err
		}
	}
	owed, err := b.owed(tx, p, c, had)
	if err != nil {
		return err
	}
	for _, d := range owed {
		if err := insertDuty.Later(tx, d); err != nil {
			return err
		}
	}
	return b.Notices.announce(tx, p, c, had, owed)
}

// owed are the duties of the stage in which a case stands.
func (b *Book) owed(tx *db.Tx, p *process.Process, c Case, had []Duty) (all []Duty, err error) {
	stage, _ := p.Stage(c.Stage)
	holders, err := b.holders(tx, stage, c)
	if err != nil || len(holders) == 0 {
		return nil, err
	}
	d := Duty{Case: c.ID, Name: stage.Key, Division: c.Division, DueAt: never, Since: b.now(tx)}
	if c.Asker != "" {
		d.Asker = Organisation(c.Asker)
	}
	if stage.Clock != "" {
		k, ok, err := lastClock(tx, c, stage.Clock)
		if err != nil {
			return nil, err
		}
		if ok && k.Running && k.DueAt != nil {
			d.DueAt = *k.DueAt
		}
	}
	for _, holder := range holders {
		d.Holder = holder
		since := d
		for _, old := range had { // what is still owed is owed since then
			if old.Holder == holder && old.Name == d.Name {
				since.Since = old.Since
			}
		}
		all = append(all, since)
	}
	return all, nil
}

// holders are those who owe the next move.
func (b *Book) holders(tx *db.Tx, s process.Stage, c Case) (all []string, err error) {
	switch s.Owes {
	case process.Lead:
		if c.Lead != "" {
			all = append(all, Organisation(c.Lead))
		}
	case process.Asker:
		if c.Asker != "" {
			all = append(all, Organisation(c.Asker))
		}
	case process.Joint:
		_, joint, err := b.Parties(tx, c)
		for _, o := range joint {
			all = append(all, Organisation(o))
		}
		return all, err
	case process.Nobody:
	}
	return all, nil
}

// Page is a part of a list of duties: those behind one, in the order in which they are due.
type Page struct {
	After Duty      // zero: from the beginning
	Until time.Time // those that are due before; zero: all
	Limit int
}

func (p Page) of(holder string) owing {
	return owing{holder, p.After.DueAt, p.After.Case, cmp.Or(p.Until, always), cmp.Or(p.Limit, maxPage)}
}

// maxPage bounds what one question answers.
const maxPage = 100

// Duties lists what is owed on a case now.
func (b *Book) Duties(tx *db.Tx, id string) ([]Duty, error) { return dutiesOf.Slice(tx, id) }

// Owed lists what a holder owes, the soonest first.
func (b *Book) Owed(tx *db.Tx, holder string, p Page) ([]Duty, error) {
	return duties(owedBy.Slice(tx, p.of(holder)))
}

// Awaited lists what others owe that a holder waits for.
func (b *Book) Awaited(tx *db.Tx, holder string, p Page) ([]Duty, error) {
	return duties(awaitedBy.Slice(tx, p.of(holder)))
}

func duties(rows []dutyOf, err error) (all []Duty, _ error) {
	for _, r := range rows {
		all = append(all, r.Duty)
	}
	return all, err
}
