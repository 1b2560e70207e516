// Package entry is what is judged in a contest: submitted by units, reviewed by who holds the contest, and given a number.
//
//	e, err := entries.Submit(ctx, who, entry.New{Contest: "hall-2026", Organisation: unit, Draft: entry.Draft{Title: "…"}})
//	e, err = entries.Review(ctx, who, entry.Review{Entry: e.ID, Seen: e.Version, To: entry.Accepted})
//	ev, err := entries.Shortlist(ctx, who, "hall-2026", ev.Version)     // review is over, who was accepted has a number
//	all, err := entry.Shortlisted(tx, "hall-2026")                      // for the hall
//
// # Who sees what
//
// Until the end nothing public ties a number to a unit. What happens to one entry is a sealed entry of the record, since it would
// name its unit. When review is over numbers are given by chance, and a list of commitments is published beside the log
// ([lots.Blind]), before the order is drawn from the same list; of each number it commits to the [Entry.Subject], which has the
// hash of title and units. [Openings] are for who publishes whom numbers stand for. Contact and salts are sealed under the keys
// of people; who holds the contest sees contacts, and a unit its own.
//
// # States
//
//	submitted → returned (mended: submitted) | accepted | refused | withdrawn;  accepted → shortlisted
//
// A decision may become another until review is over. From then on the state stays, and the status says whether
// the entry is out ([Out]); how far it came the hall tells by its runs.
//
// Tables owned: contest_entry, contest_unit.
package entry

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// Entry is an entry as it stands.
type Entry struct {
	ID      string
	Contest string
	Number  string // empty: it has none yet
	Title   string
	Summary string
	// Groups are the units that it is of, their cities and provinces, as written, by kind: what quotas count.
	Groups       map[string][]string
	State        State
	Why          string // it was returned, refused or withdrawn
	Status       mark.Status
	Organisation string // whose it is; empty: of none that is known here
	MadeBy       string // person; empty: the office
	Version      int64
	MadeAt       time.Time
	ChangedAt    time.Time

	sealed string
}

// The kinds of groups.
const (
	Unit     = "unit"
	City     = "city"
	Province = "province"
)

// kinds in the order in which they are shown.
var kinds = []string{Unit, City, Province}

// State is how far an entry is.
type State string

// The states.
const (
	Submitted   State = "submitted"
	Returned    State = "returned" // something is missing
	Accepted    State = "accepted"
	Refused     State = "refused"
	Withdrawn   State = "withdrawn" // by its unit, before it had a number
	OnShortlist State = "shortlisted"
)

// States are what they are called.
var States = []lang.Choice{
	{Key: string(Submitted), Name: lang.Text{ZH: "待初审", EN: "waits for review"}},
	{Key: string(Returned), Name: lang.Text{ZH: "退回补正", EN: "returned to be mended"}},
	{Key: string(Accepted), Name: lang.Text{ZH: "初审通过", EN: "accepted"}},
	{Key: string(Refused), Name: lang.Text{ZH: "初审未通过", EN: "refused"}},
	{Key: string(Withdrawn), Name: lang.Text{ZH: "已撤回", EN: "withdrawn"}},
	{Key: string(OnShortlist), Name: lang.Text{ZH: "已入围", EN: "shortlisted"}},
}

// Name is what a state is called.
func (s State) Name() lang.Text {
	i := slices.IndexFunc(States, func(c lang.Choice) bool { return c.Key == string(s) })
	if i < 0 {
		return lang.Text{ZH: string(s), EN: string(s)}
	}
	return States[i].Name
}

// Contact is who presents an entry, and how they are reached.
type Contact struct {
	Presenter string `json:"presenter,omitempty"`
	Phone     string `json:"phone,omitempty"`
	Email     string `json:"email,omitempty"`
}

// secret is what a row has sealed.
type secret struct {
	Contact
	Salt string `json:"salt,omitempty"` // of its number
}

type row struct {
	ID           string    `db:"id"`
	Contest      string    `db:"contest"`
	Number       *string   `db:"number"`
	Title        string    `db:"title"`
	Summary      string    `db:"summary"`
	Sealed       string    `db:"sealed"`
	KeyNumber    int       `db:"key_number"`
	State        string    `db:"state"`
	Why          string    `db:"why"`
	Status       string    `db:"status"`
	Organisation string    `db:"organisation"`
	MadeBy       string    `db:"made_by"`
	Version      int64     `db:"version"`
	MadeAt       time.Time `db:"made_at"`
	ChangedAt    time.Time `db:"changed_at"`
}

type unitRow struct {
	Entry string `db:"entry"`
	Kind  string `db:"kind"`
	Place int    `db:"place"`
	Name  string `db:"name"`
}

var (
	insert = db.Declare[row, db.None](`
		INSERT INTO contest_entry (id, contest, number, title, summary, sealed, key_number, state, why, status, organisation, made_by, version, made_at, changed_at)
		VALUES (:id, :contest, :number, :title, :summary, :sealed, :key_number, :state, :why, :status, :organisation, :made_by, :version, :made_at, :changed_at)`)
	write = db.Declare[row, int64](`
		UPDATE contest_entry SET number = :number, title = :title, summary = :summary, sealed = :sealed, key_number = :key_number, state = :state, why = :why,
			status = :status, version = version + 1, changed_at = :changed_at
		WHERE id = :id AND version = :version RETURNING version`)
	byID       = db.Declare[string, row](`SELECT /*cols*/ FROM contest_entry WHERE id = :id`)
	insertUnit = db.Declare[unitRow, db.None](`INSERT INTO contest_unit (entry, kind, place, name) VALUES (:entry, :kind, :place, :name)`)
	dropUnits  = db.Declare[string, db.None](`DELETE FROM contest_unit WHERE entry = :entry`)
	unitsOf    = db.Declare[[]string, unitRow](`SELECT /*cols*/ FROM contest_unit WHERE entry IN :entries ORDER BY entry, kind, place`)
)

func (r row) entry() Entry {
	e := Entry{
		ID: r.ID, Contest: r.Contest, Title: r.Title, Summary: r.Summary, Groups: map[string][]string{}, State: State(r.State), Why: r.Why, Status: mark.Status(r.Status),
		Organisation: r.Organisation, MadeBy: r.MadeBy, Version: r.Version, MadeAt: r.MadeAt, ChangedAt: r.ChangedAt, sealed: r.Sealed,
	}
	if r.Number != nil {
		e.Number = *r.Number
	}
	return e
}

// row is the row of an entry, with what it has sealed under the key in use.
func (e *Entry) row(tx *db.Tx, s secret) (r row, err error) {
	r = row{
		ID: e.ID, Contest: e.Contest, Title: e.Title, Summary: e.Summary, State: string(e.State), Why: e.Why, Status: string(e.Status),
		Organisation: e.Organisation, MadeBy: e.MadeBy, Version: e.Version, MadeAt: e.MadeAt, ChangedAt: e.ChangedAt,
	}
	if e.Number != "" {
		r.Number = &e.Number
	}
	text, err := json.Marshal(s)
	if err != nil {
		return r, fmt.Errorf("entry %s: %w", e.ID, err)
	}
	r.Sealed, r.KeyNumber, err = record.SealOwn(tx, e.place(), string(text))
	e.sealed = r.Sealed
	return r, err
}

func (e *Entry) place() string { return "contest_entry/" + e.ID }

// open reads what an entry has sealed.
func (e *Entry) open(tx *db.Tx) (s secret, err error) {
	text, err := record.OpenOwn(tx, e.place(), e.sealed)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, fmt.Errorf("entry %s: %w", e.ID, err)
	}
	return s, nil
}

// write changes an entry that nobody else has changed since it was read.
func (e *Entry) write(tx *db.Tx, s secret) error {
	e.ChangedAt = tx.Now()
	r, err := e.row(tx, s)
	if err != nil {
		return err
	}
	versions, err := write.Slice(tx, r)
	if err != nil {
		return err
	}
	if len(versions) == 0 {
		return fault.New(fault.Conflict, "“%[1]s”刚刚被别人改过。请看一眼现在的样子，再改一次。", "Somebody has just changed %[1]q. Look at it as it is now, and change it again.", lang.Short(e.Title))
	}
	e.Version = versions[0]
	return nil
}

// Read returns an entry, or a fault.NotFound.
func Read(tx *db.Tx, id string) (Entry, error) {
	rows, err := byID.Slice(tx, id)
	if err != nil {
		return Entry{}, err
	}
	if len(rows) == 0 {
		return Entry{}, fault.New(fault.NotFound, "没有这件作品。", "There is no such entry.")
	}
	all := []Entry{rows[0].entry()}
	return all[0], grouped(tx, all)
}

// mostIDs is how many rows are asked for at once.
const mostIDs = 1000

// grouped puts the units of entries in.
func grouped(tx *db.Tx, all []Entry) error {
	for some := range slices.Chunk(all, mostIDs) {
		ids, at := make([]string, len(some)), map[string]int{}
		for i, e := range some {
			ids[i], at[e.ID] = e.ID, i
		}
		rows, err := unitsOf.Slice(tx, ids)
		if err != nil {
			return err
		}
		for _, r := range rows {
			groups := some[at[r.Entry]].Groups
			groups[r.Kind] = append(groups[r.Kind], r.Name)
		}
	}
	return nil
}

// units are the rows of an entry's groups.
func (e *Entry) units() (all []unitRow) {
	for _, kind := range kinds {
		for i, name := range e.Groups[kind] {
			all = append(all, unitRow{e.ID, kind, i + 1, name})
		}
	}
	return all
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("entry: %w", err)
	}
	return id.String(), nil
}

// Anew is the table with something sealed, for when another key is in use.
var Anew = []record.Drawer{{
	Read: db.Declare[record.UnderOther, record.Own](`
		SELECT id, 'contest_entry/' || id AS place, sealed AS secret, key_number FROM contest_entry
		WHERE key_number <> :key_number AND id > :after ORDER BY id LIMIT :lim`),
	Set: db.Declare[record.Own, db.None](`UPDATE contest_entry SET sealed = :secret, key_number = :key_number WHERE id = :id`),
}}
