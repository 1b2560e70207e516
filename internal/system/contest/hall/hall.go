// Package hall is the judging itself: runs and their clock, marks that are sealed, what takes two people, and the reveal.
//
//	err := hall.LineUp(tx, facts, by, hall.Lineup{…})  // in the order that was drawn
//	err = halls.Draft(ctx, judge, hall.Draft{…})       // each tap, durable before it is answered
//	r, err := halls.Lock(ctx, judge, hall.Lock{…})     // sealed: the log has a commitment
//	err = halls.Reveal(ctx, host, at, openings)        // what was checked, and nothing else
//	b, err := hall.Revealed(tx, "hall-2026", entries)  // all that anybody may see
//
// # A run
//
// is an entry before a panel in one part, at one attempt: waiting → called → presenting → heard → closed → checked → revealed. Each way
// back has a move and a reason: who is late is put at the end, who was interrupted runs again as another attempt, and a check that fails
// opens the run again.
//
// # Nobody sees a score before its reveal
//
// Marks lie sealed under the site's key, and the record has a sealed entry of each sheet. [Revealed] is the one function from which
// screens, pages, events and files are made: it selects runs that are revealed and opens their sheets only. The desk ([Halls.Desk]) sees
// marks of closed runs. A judge sees their own ([Halls.Mine]). A corrected sheet is nobody's but its judge's until it is confirmed or dropped.
//
// # Two people
//
// Forfeits, absences, checks, corrections and decisions are asked for by one person and confirmed by another; persons are compared,
// whatever roles they hold, so that each is somebody who is signed in. What was asked for lapses when the run goes on without it, and ends
// when who asked takes it back or a supervisor refuses it ([Requests]).
//
// Tables owned: contest_run, contest_tick, contest_mark, contest_sheet, contest_ask, contest_decision, contest_paper, contest_anew.
package hall

import (
	"context"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

// State is how far a run is.
type State string

// The states.
const (
	Waiting     State = "waiting"
	Called      State = "called"
	Presenting  State = "presenting"
	Heard       State = "heard"
	Closed      State = "closed"
	Checked     State = "checked"
	Shown       State = "revealed"
	Forfeit     State = "forfeit"
	Interrupted State = "interrupted" // another attempt follows
)

// At is one run.
type At struct {
	Contest string `db:"contest"`
	Part    string `db:"part"`
	Entry   string `db:"entry"` // its number
	Attempt int    `db:"attempt"`
}

// Run is an entry before a panel.
type Run struct {
	At
	Place     int    `db:"place"`
	State     State  `db:"state"`
	LimitS    int    `db:"limit_s"`
	WarnS     int    `db:"warn_s"`
	Seconds   int    `db:"seconds"`
	Heard     string `db:"heard"`
	AskedBy   string `db:"asked_by"`
	CheckedBy string `db:"checked_by"`
	Score     string `db:"score"`
	Openings  string `db:"openings"`
	Revealed  int64  `db:"revealed"`
	Why       string `db:"why"`
	Version   int64  `db:"version"`
}

// Tick is a start, pause or stop of a run's clock.
type Tick struct {
	At
	N    int       `db:"n"`
	What string    `db:"what"`
	When time.Time `db:"at"`
}

const runColumns = "contest, part, entry, attempt, place, state, limit_s, warn_s, seconds, heard, asked_by, checked_by, score, openings, revealed, why, version"

var (
	insertRun = db.Declare[Run, db.None](`
		INSERT INTO contest_run (` + runColumns + `)
		VALUES (:contest, :part, :entry, :attempt, :place, :state, :limit_s, :warn_s, :seconds, :heard, :asked_by, :checked_by, :score, :openings, :revealed, :why, :version)`)
	runsOf  = db.Declare[string, Run](`SELECT ` + runColumns + ` FROM contest_run WHERE contest = :contest ORDER BY part, place, entry, attempt`)
	runAt   = db.Declare[At, Run](`SELECT ` + runColumns + ` FROM contest_run WHERE contest = :contest AND part = :part AND entry = :entry AND attempt = :attempt`)
	saveRun = db.Declare[Run, int64](`
		UPDATE contest_run SET place = :place, state = :state, seconds = :seconds, heard = :heard, asked_by = :asked_by, checked_by = :checked_by, score = :score, openings = :openings,
			revealed = :revealed, why = :why, version = version + 1
		WHERE contest = :contest AND part = :part AND entry = :entry AND attempt = :attempt AND version = :version RETURNING version`)
	insertTick = db.Declare[Tick, db.None](`INSERT INTO contest_tick (contest, part, entry, attempt, n, what, at) VALUES (:contest, :part, :entry, :attempt, :n, :what, :at)`)
	ticksOf    = db.Declare[At, Tick](`SELECT contest, part, entry, attempt, n, what, at FROM contest_tick WHERE contest = :contest AND part = :part AND entry = :entry AND attempt = :attempt ORDER BY n`)
)

// Facts gives the entries of a contest with what quotas count: from the room of entries.
type Facts func(tx *db.Tx, contest string) ([]mark.Entry, error)

// Halls are those of a site.
type Halls struct {
	db    *db.DB
	facts Facts
	seen  int64 // the version of a run that was looked at; 0: not said
}

// In returns those of a database.
func In(d *db.DB, facts Facts) *Halls { return &Halls{db: d, facts: facts} }

// Runs are all runs of a contest, by part and place.
func Runs(tx *db.Tx, code string) ([]Run, error) { return runsOf.Slice(tx, code) }

func read(tx *db.Tx, at At) (Run, error) {
	rows, err := runAt.Slice(tx, at)
	if err != nil {
		return Run{}, err
	}
	if len(rows) == 0 {
		return Run{}, fault.New(fault.NotFound, "“%[2]s”里没有作品 %[1]s 的第 %[3]d 次展示", "%[1]s has no run %[3]d in part %[2]q", at.Entry, at.Part, at.Attempt)
	}
	return rows[0], nil
}

// save writes a run that nobody else has moved since it was read.
func (r *Run) save(tx *db.Tx) error {
	versions, err := saveRun.Slice(tx, *r)
	if err != nil {
		return err
	}
	if len(versions) == 0 {
		return fault.New(fault.Conflict, "作品 %s 刚刚被别人动过，请看一眼现在的样子。", "Somebody has just moved %s on; look at it as it is now.", r.Entry)
	}
	r.Version = versions[0]
	return nil
}

// step is a use case about one run: who does it, what it stands at.
type step struct {
	*Halls
	tx  *db.Tx
	by  identity.Admitted
	e   event.Event
	run Run

	asks bool // who does it keeps the scores, and supervises not: see [Requests]
}

// do admits who acts, reads the run, and tells the hall afterwards; public: everybody.
func (h *Halls) do(ctx context.Context, who identity.Colleague, key string, at At, public bool, f func(*step) error) error {
	return h.db.Update(ctx, func(tx *db.Tx) error {
		s := &step{Halls: h, tx: tx}
		var err error
		if s.e, err = event.Read(tx, at.Contest); err != nil {
			return err
		}
		if s.by, err = who.Admit(tx, key, s.e.Place()); err != nil {
			return err
		}
		if err := person(s.by); err != nil {
			return err
		}
		if s.e.State == contest.Cancelled {
			return fault.New(fault.Conflict, "这个评审已经取消", "this contest was cancelled")
		}
		if s.run, err = read(tx, at); err != nil {
			return err
		}
		if err := s.overtaken(); err != nil {
			return err
		}
		if err := f(s); err != nil {
			return err
		}
		return event.Changed(tx, at.Contest, public)
	})
}

// from holds a move against the states from which it goes.
func (s *step) from(states ...State) error {
	if slices.Contains(states, s.run.State) {
		return nil
	}
	return fault.New(fault.Conflict, "作品 %[1]s 现在是“%[2]s”，这一步不能做", "%[1]s is %[3]q, from which this cannot be done", s.run.Entry, s.run.State.Name().ZH, s.run.State.Name().EN)
}

// person refuses a program and the command line: who confirms is compared with who asked, and those are nobody.
func person(by identity.Admitted) error {
	if by.Person == "" {
		return fault.New(fault.Denied, "会场里的每一步都要由登录的人来做。", "Each step in the hall is taken by somebody who is signed in.")
	}
	return nil
}

// another refuses who asked to be the one who confirms.
func another(asked string, by identity.Admitted) error {
	if asked == by.Person {
		return fault.New(fault.Denied, "提出的人自己不能确认，要另一个人来。", "Who asked for it cannot confirm it; it takes another person.")
	}
	return nil
}
