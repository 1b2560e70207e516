package visit

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/act"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/redact"
)

// At is where and when something is done on site, and by which act of which device.
type At struct {
	Round    string
	Problem  string    // its code
	Act      string    // empty: of a form, which the use case gives an id
	Happened time.Time // zero: now
	Files    []string  // hashes of bytes that were brought
	Form     string    // the number of a form (act.Form); empty: of none
}

// doing is an act on site while it is done.
type doing struct {
	*Visits
	tx    *db.Tx
	who   identity.Colleague
	by    identity.Admitted
	at    At
	round Round
	p     problem.Problem
	items []string
	held  bool // the stop is no longer of the round, or the round was cancelled
}

// begin admits who acts and attaches what was photographed. It opens what is sealed of a round.
func (v *Visits) begin(tx *db.Tx, who identity.Colleague, at At, kind string) (d doing, err error) {
	d = doing{Visits: v, tx: tx, who: who, at: at}
	if d.round, err = read(tx, at.Round); err != nil {
		return d, err
	}
	if d.p, err = problem.ByCode(tx, at.Problem); err != nil {
		return d, err
	}
	rows, err := stopAt.Slice(tx, Stop{Round: d.round.ID, Problem: d.p.ID})
	if err != nil {
		return d, err
	}
	if len(rows) == 0 {
		return d, fault.New(fault.NotFound, "这次督办没有“%s”这一站。", "This round has no stop %q.", d.p.Code)
	}
	d.held = rows[0].Removed || d.round.Cancelled
	if d.by, err = supervises(tx, who, d.p); err != nil {
		return d, err
	}
	if d.at.Act == "" {
		id, err := newID()
		if err != nil {
			return d, err
		}
		d.at.Act = "form/" + id
	}
	if d.at.Happened.IsZero() || tx.Now().Before(d.at.Happened) {
		d.at.Happened = tx.Now()
	}
	if err := d.attach(kind); err != nil {
		return d, err
	}
	return d, d.round.open(tx, d.by.Sign)
}

func (d *doing) attach(kind string) error {
	if len(d.at.Files) == 0 {
		return nil
	}
	album, err := d.evidence()
	if err != nil {
		return fault.At("photo", err)
	}
	for _, hash := range d.at.Files {
		item, err := album.Attach(d.tx, evidence.New{
			Hash: hash, Kind: complaint.System + "." + kind, System: complaint.System, Subject: Evidence(d.p.ID, d.round.ID), By: d.by.Sign, Person: d.by.Person,
		})
		if err != nil {
			return fault.At("photo", err)
		}
		d.items = append(d.items, item.ID)
	}
	return nil
}

// open publishes the plan of a round and what it was changed to.
func (r *Round) open(tx *db.Tx, by string) error {
	ids := strings.Fields(r.Changes)
	if !r.Opened {
		ids = append([]string{r.Entry}, ids...)
	}
	for _, id := range ids {
		if err := record.Open(tx, by, id); err != nil {
			return err
		}
	}
	if len(ids) == 0 {
		return nil
	}
	r.Opened, r.Changes = true, ""
	_, err := openRound.Exec(tx, r.ID)
	return err
}

// moment is when it happened, where that is another time than that of the entry.
func (d *doing) moment() string {
	if d.at.Happened.Equal(d.tx.Now()) {
		return ""
	}
	return d.at.Happened.UTC().Format(time.RFC3339)
}

// maxNote bounds what is written on site, in characters.
const maxNote = 500

func checkNote(field, text string) error {
	if t, ok := lang.CheckLines(text, maxNote); !ok {
		return fault.At(field, &fault.Error{Kind: fault.Invalid, Text: t})
	}
	return nil
}

// Found is what was found.
type Found string

// What may be found: of a promise, and of the site as a whole.
const (
	Kept   Found = "kept"
	Partly Found = "part"
	NotYet Found = "not"

	Met    Found = "met"
	Absent Found = "absent"
	Closed Found = "closed"
)

// OfPromise and OfSite are the choices, in the order in which they are asked.
var (
	OfPromise = []lang.Choice{
		{Key: string(Kept), Name: says("已兑现", "kept")}, {Key: string(Partly), Name: says("部分兑现", "partly kept")}, {Key: string(NotYet), Name: says("未兑现", "not kept")},
	}
	OfSite = []lang.Choice{
		{Key: string(Met), Name: says("到场看了", "seen on site")}, {Key: string(Absent), Name: says("单位没人在场", "nobody of the unit was there")}, {Key: string(Closed), Name: says("门关着，进不去", "the door was closed")},
	}
)

// Name is what was found, in words.
func (f Found) Name() lang.Text {
	for _, c := range slices.Concat(OfPromise, OfSite) {
		if c.Key == string(f) {
			return c.Name
		}
	}
	return lang.Text{}
}

// ParseFound reads what was found by its key, or by its name in either language, as a form without a signal has it.
func ParseFound(text string) Found {
	text = strings.TrimSpace(text)
	for _, c := range slices.Concat(OfPromise, OfSite) {
		if text == c.Key || text == c.Name.ZH || text == c.Name.EN {
			return Found(c.Key)
		}
	}
	return ""
}

// See is what somebody saw: of a promise, or of the site.
type See struct {
	At
	Measure int // its number; 0: the site
	Found   Found
	Note    string
}

// Seen is what was found, as it is kept.
type Seen struct {
	Act      string    `db:"act"`
	Round    string    `db:"round"`
	Problem  string    `db:"problem"`
	Measure  int       `db:"measure"`
	Found    Found     `db:"found"`
	Note     string    `db:"note"`
	Items    string    `db:"items"`
	Person   string    `db:"person"`
	MadeBy   string    `db:"made_by"`
	Happened time.Time `db:"happened"`
	CameAt   time.Time `db:"came_at"`
	Held     bool      `db:"held"`
	Looked   bool      `db:"looked"` // the office looked at it since
}

var insertSeen = db.Declare[Seen, db.None](`
	INSERT INTO complaint_seen (act, round, problem, measure, found, note, items, person, made_by, happened, came_at, held)
	VALUES (:act, :round, :problem, :measure, :found, :note, :items, :person, :made_by, :happened, :came_at, :held)`)

// See keeps what somebody saw.
func (v *Visits) See(ctx context.Context, who identity.Colleague, s See) error {
	return v.db.Update(ctx, func(tx *db.Tx) error {
		_, _, err := act.Filled(tx, act.Form{Number: s.Form, Person: who.Person, Says: s}, func() (string, error) { return "", v.SeeIn(tx, who, s) })
		return err
	})
}

// SeeIn is See in a transaction that does more.
func (v *Visits) SeeIn(tx *db.Tx, who identity.Colleague, s See) error {
	s.Note = strings.TrimSpace(s.Note)
	if err := redact.Free("note", s.Note); err != nil { // the unit reads it
		return err
	}
	if err := checkNote("note", s.Note); err != nil {
		return err
	}
	known := OfPromise
	if s.Measure == 0 {
		known = OfSite
	}
	if !slices.ContainsFunc(known, func(c lang.Choice) bool { return c.Key == string(s.Found) }) {
		return fault.At("found", fault.New(fault.Invalid, "请选看到的情况", "choose what you found"))
	}
	d, err := v.begin(tx, who, s.At, complaint.ProofPhoto)
	if err != nil {
		return err
	}
	if s.Measure != 0 {
		all, err := problem.Measures(tx, d.p.ID)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(m problem.Measure) bool { return m.Number == s.Measure }) {
			return fault.New(fault.NotFound, "“%[1]s”没有第 %[2]d 项措施。", "%[1]q has no measure number %[2]d.", d.p.Code, s.Measure)
		}
	}
	if _, err := insertSeen.Exec(tx, Seen{
		Act: d.at.Act, Round: d.round.ID, Problem: d.p.ID, Measure: s.Measure, Found: s.Found, Note: s.Note, Items: strings.Join(d.items, " "),
		Person: d.by.Person, MadeBy: d.by.Sign, Happened: d.at.Happened, CameAt: tx.Now(), Held: d.held,
	}); err != nil {
		return err
	}
	return record.Append(tx, d.by.Sign, seen{
		person: d.by.Person, note: s.Note, Visit: d.round.ID, Code: d.p.Code, Measure: s.Measure, Found: string(s.Found), Photos: len(d.items), Happened: d.moment(), Held: d.held,
	})
}
