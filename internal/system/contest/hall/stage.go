package hall

import (
	"context"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// Stage is the run that is on, with its clock. It has nothing of any mark, and not how far the desk is.
type Stage struct {
	At
	Place        int
	State        State // called, presenting or heard
	LimitS       int
	WarnS        int
	Seconds      int           // of one that was heard
	Before       time.Duration // of all that the clock has run, up to Since
	Since        *time.Time    // it runs since then; nil: it stands
	Interruption bool          // an attempt before was interrupted
}

// Elapsed is how long it has run.
func (s *Stage) Elapsed(now time.Time) time.Duration {
	if s.Since == nil {
		return s.Before
	}
	return s.Before + max(0, now.Sub(*s.Since))
}

// stage is the run that is on: who presents before who was called, and who was called before who was heard last and is not
// revealed; nil: nobody is.
func stage(tx *db.Tx, runs []Run) (*Stage, error) {
	rank := func(r *Run) int {
		switch r.State {
		case Presenting:
			return 3
		case Called:
			return 2
		case Heard, Closed, Checked:
			return 1
		case Waiting, Shown, Forfeit, Interrupted:
		}
		return 0
	}
	var on *Run
	for i := range runs {
		r := &runs[i]
		if rank(r) == 0 {
			continue
		}
		// The id of an entry of the record grows with time.
		if on == nil || rank(r) > rank(on) || rank(r) == rank(on) && (r.Heard > on.Heard || r.Heard == on.Heard && r.Place < on.Place) {
			on = r
		}
	}
	if on == nil {
		return nil, nil //nolint:nilnil // nobody is on, which is no error
	}
	ticks, err := Clock(tx, on.At)
	if err != nil {
		return nil, err
	}
	s := stageOf(on, ticks)
	if rank(on) == 1 {
		s.State = Heard
	}
	return s, nil
}

// stageOf is a run with what its clock came to.
func stageOf(on *Run, ticks []Tick) *Stage {
	s := &Stage{At: on.At, Place: on.Place, State: on.State, LimitS: on.LimitS, WarnS: on.WarnS, Seconds: on.Seconds, Interruption: on.Attempt > 1}
	if n := len(ticks); n > 0 && ticks[n-1].What == start {
		s.Since = &ticks[n-1].When
		ticks = ticks[:n-1]
	}
	s.Before = Elapsed(ticks, time.Time{})
	return s
}

// Cue is what who hosts is told: how far each run is and what may be revealed, and of marks nothing but what everybody sees.
type Cue struct {
	Board
	Ready []Ready // what may be revealed, in the order of the stage
}

// Ready is a run that was checked.
type Ready struct {
	At
	Place    int
	Openings string // the hash of what was checked
}

// Console is what who hosts sees.
type Console struct{ *Halls }

// Cue reads it.
func (h Console) Cue(ctx context.Context, who identity.Colleague, code string) (c Cue, err error) {
	err = h.db.View(ctx, func(tx *db.Tx) error {
		e, err := event.Read(tx, code)
		if err != nil {
			return err
		}
		by, err := who.Admit(tx, contest.Host, e.Place())
		if err != nil {
			return err
		}
		if _, sits, err := seat.Of(tx, code, by.Person); err != nil || sits {
			if err == nil {
				err = fault.New(fault.Denied, "评委不能主持。", "A judge does not host.")
			}
			return err
		}
		if c.Board, err = Revealed(tx, code, h.facts); err != nil {
			return err
		}
		runs, err := Runs(tx, code)
		for i := range runs {
			if r := &runs[i]; r.State == Checked {
				c.Ready = append(c.Ready, Ready{At: r.At, Place: r.Place, Openings: r.Openings})
			}
		}
		return err
	})
	return c, err
}

// Seen has each step of a run refused where the run is no longer the one that was seen, by its version: of two people who look at
// one run the second is told, and changes nothing.
func (h *Halls) Seen(version int64) *Halls {
	seen := *h
	seen.seen = version
	return &seen
}

// overtaken refuses a step by who has not seen what others did meanwhile.
func (s *step) overtaken() error {
	if s.seen == 0 || s.seen == s.run.Version {
		return nil
	}
	return fault.New(fault.Conflict, "您看着的时候，作品 %[1]s 被别人动过：现在是“%[2]s”。什么也没有改，请看一眼再按。", "Somebody has moved %[1]s on while you were looking: it is %[3]q. Nothing was changed; look, and press again.", s.run.Entry, s.run.State.Name().ZH, s.run.State.Name().EN)
}
