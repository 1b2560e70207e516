package visit

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/act"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// Tell is an instruction: what is to be done, by whom, until when.
type Tell struct {
	At
	What  string
	Owner string // an organisation; empty: the unit that leads
	Day   calendar.Date
	Saw   int // the version of the problem that was seen
}

// Told is an instruction as it is kept.
type Told struct {
	Act      string    `db:"act"`
	Round    string    `db:"round"`
	Problem  string    `db:"problem"`
	What     string    `db:"what"`
	Owner    string    `db:"owner"`
	DueDay   string    `db:"due_day"`
	Measure  int       `db:"measure"`
	Stage    string    `db:"stage"`
	Items    string    `db:"items"`
	Person   string    `db:"person"`
	MadeBy   string    `db:"made_by"`
	Happened time.Time `db:"happened"`
	CameAt   time.Time `db:"came_at"`
	Held     bool      `db:"held"`
	Looked   bool      `db:"looked"`
}

var insertTold = db.Declare[Told, db.None](`
	INSERT INTO complaint_told (act, round, problem, what, owner, due_day, measure, stage, items, person, made_by, happened, came_at, held)
	VALUES (:act, :round, :problem, :what, :owner, :due_day, :measure, :stage, :items, :person, :made_by, :happened, :came_at, :held)`)

// MovedOn is that a problem takes no measure where it stands now: an instruction can be kept with the visit all the same, by
// who has seen the version of now.
type MovedOn struct { //nolint:errname // it is what an instruction met
	Code    string
	Stage   lang.Text
	Version int
	Reopens bool // then it is proposed to begin the problem again
}

func (m *MovedOn) Error() string { return "visit: " + m.Code + " takes no measure" }

// Now says how it stands, and what comes of doing it all the same.
func (m *MovedOn) Now() lang.Text {
	then := says("指令只记在督办里，不成为措施", "the instruction is kept with the visit and becomes no measure")
	if m.Reopens {
		then = says("指令记在督办里，并建议重开，由协调单位决定", "the instruction is kept with the visit, and it is proposed to begin again, which the office decides")
	}
	return says("“"+m.Code+"”现在是“"+m.Stage.ZH+"”，不能加措施。仍然照办的："+then.ZH+"。", m.Code+" is now "+m.Stage.EN+" and takes no measure. If you do it all the same, "+then.EN+".")
}

// Unwrap makes it a fault.
func (m *MovedOn) Unwrap() error { return &fault.Error{Kind: fault.Conflict, Text: m.Now()} }

// asMoved reports whether an instruction met a problem that takes no measure.
func asMoved(err error) (*MovedOn, bool) { return errors.AsType[*MovedOn](err) }

// Takes reports whether a problem takes measures where it stands.
func Takes(stage string) bool { return stage == complaint.Rectifying || stage == complaint.Staged }

// Reopens reports whether an instruction for a problem that takes no measure proposes to begin it again.
func Reopens(stage string) bool {
	return slices.Contains([]string{complaint.Done, complaint.Applied, complaint.Accepted, complaint.Checked, complaint.Publicity, complaint.Filed}, stage)
}

// Tell keeps an instruction and makes it a measure of the problem.
func (v *Visits) Tell(ctx context.Context, who identity.Colleague, t Tell) (kept Told, err error) {
	asks := t
	asks.Saw = 0 // the same instruction, whatever of the problem was seen
	err = v.db.Update(ctx, func(tx *db.Tx) error {
		id, again, err := act.Filled(tx, act.Form{Number: t.Form, Person: who.Person, Says: asks}, func() (string, error) { kept, err = v.TellIn(tx, who, t); return kept.Act, err })
		if again {
			kept, err = toldByAct.One(tx, id)
		}
		return err
	})
	return kept, err
}

// TellIn is Tell in a transaction that does more.
func (v *Visits) TellIn(tx *db.Tx, who identity.Colleague, t Tell) (kept Told, err error) {
	d, err := v.begin(tx, who, t.At, complaint.ProofPhoto)
	if err != nil {
		return kept, err
	}
	t.What = strings.TrimSpace(t.What)
	said := calendar.DateOf(d.at.Happened.In(calendar.China))
	if t.Day == (calendar.Date{}) || t.Day.Before(said) {
		return kept, fault.At("day", fault.New(fault.Invalid, "请填写期限：督办当天（%[1]v）或以后的一天", "give the day by which it is due: that of the visit (%[1]v) or a later one", said))
	}
	if t.Owner == "" {
		t.Owner = d.p.Lead
	}
	kept = Told{
		Act: d.at.Act, Round: d.round.ID, Problem: d.p.ID, What: t.What, Owner: t.Owner, DueDay: t.Day.String(), Stage: d.p.Stage, Items: strings.Join(d.items, " "),
		Person: d.by.Person, MadeBy: d.by.Sign, Happened: d.at.Happened, CameAt: tx.Now(), Held: d.held,
	}
	entry := told{person: d.by.Person, Visit: d.round.ID, Code: d.p.Code, Happened: d.moment(), Stage: d.p.Stage, Held: d.held}
	switch {
	case d.held:
		if err := checkWhat(t.What); err != nil {
			return kept, err
		}
		entry.what = t.What
	case Takes(d.p.Stage):
		m, err := v.problems.AddMeasureIn(tx, who, problem.NewMeasure{Problem: d.p.ID, What: t.What, Owner: t.Owner, Day: t.Day, Said: said, Source: problem.Visit, Act: t.Act})
		if err != nil {
			return kept, err
		}
		kept.Measure, entry.Measure = m.Number, m.Number
	default:
		if err := d.allTheSame(t); err != nil {
			return kept, err
		}
		entry.what = t.What
	}
	if _, err := insertTold.Exec(tx, kept); err != nil {
		return kept, err
	}
	return kept, record.Append(tx, d.by.Sign, entry)
}

// allTheSame is an instruction about a problem that takes no measure: it is kept if who gives it knows how the problem
// stands.
func (d *doing) allTheSame(t Tell) error {
	moved := &MovedOn{Code: d.p.Code, Version: d.p.Version, Reopens: Reopens(d.p.Stage)}
	stage, _ := complaint.Problem.Stage(d.p.Stage)
	moved.Stage = stage.Name
	if t.Saw != d.p.Version {
		return moved
	}
	if err := checkWhat(t.What); err != nil {
		return err
	}
	if !moved.Reopens {
		return nil
	}
	_, err := problem.ProposeIn(d.tx, d.problems, d.who, d.p.ID, t.What)
	return err
}

func checkWhat(what string) error {
	if what == "" {
		return fault.At("what", fault.New(fault.Invalid, "请写要做什么", "say what is to be done"))
	}
	return checkNote("what", what)
}
