package visit

import (
	"context"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// Change is what a round is to be from here on: all of it, with the stops that stay.
type Change struct {
	Round string
	Seen  int // Round.Version
	New
	InOrder bool   // the problems stand in the order of the way; else the streets decide
	Person  string // who goes; empty: whichever supervisor does
	Why     string
}

type changedRound struct {
	Round
	Sketch string `db:"sketch"`
}

var (
	writeRound = db.Declare[changedRound, db.None](`
		UPDATE complaint_round SET division = :division, day = :day, mode = :mode, person = :person, stops = :stops, metres = :metres, seconds = :seconds, sketch = :sketch,
			version = :version, cancelled = :cancelled, why = :why, changes = :changes
		WHERE id = :id`)
	removeStops = db.Declare[string, db.None](`UPDATE complaint_stop SET removed = TRUE, place = 0 WHERE round = :round`)
)

func checkWhy(why string) (string, error) {
	why = strings.TrimSpace(why)
	if t, ok := lang.CheckLines(why, maxNote); why == "" || !ok {
		if why == "" {
			t = says("请写明理由", "give the reason")
		}
		return why, fault.At("why", &fault.Error{Kind: fault.Invalid, Text: t})
	}
	return why, nil
}

// changeable reads a round for who may change it, as they saw it. One that is finished or cancelled stays as it is.
func (v *Visits) changeable(tx *db.Tx, who identity.Colleague, id string, seen int) (w Whole, by identity.Admitted, err error) {
	if w, err = v.whole(tx, who, id); err != nil {
		return w, by, err
	}
	at, err := w.where(tx)
	if err != nil {
		return w, by, err
	}
	if by, err = admitted(tx, who, at, complaint.Supervise, complaint.Coordinate); err != nil {
		return w, by, err
	}
	switch {
	case w.Cancelled:
		err = fault.New(fault.Conflict, "这次督办已经取消。要去的，另外安排一次。", "This round was cancelled: plan another.")
	case w.Finished():
		err = fault.New(fault.Conflict, "这次督办每一站都看过了，不能再改。要再去的，另外安排一次。", "Each stop of this round was seen, and it stays as it is: plan another.")
	case w.Version != seen:
		err = fault.New(fault.Conflict, "这次督办刚被改过，请看过现在的样子再改。", "This round was changed just now: look at it as it is.")
	}
	return w, by, err
}

// Change changes a round that is not finished. A stop at which something was noted stays.
func (v *Visits) Change(ctx context.Context, who identity.Colleague, c Change) (r Round, err error) {
	if c.Why, err = checkWhy(c.Why); err != nil {
		return r, err
	}
	c.Problems = codesOf(c.Problems, !c.InOrder)
	var sites []problem.Problem
	if err := v.db.View(ctx, func(tx *db.Tx) error {
		w, _, err := v.changeable(tx, who, c.Round, c.Seen)
		if err != nil {
			return err
		}
		sites, err = v.changedSites(tx, who, &c, w)
		return err
	}); err != nil {
		return r, err
	}
	stops, drawn, total, err := v.route(c.Mode, sites, c.InOrder) // outside of the transaction: it takes its time
	if err != nil {
		return r, err
	}
	err = v.db.Update(ctx, func(tx *db.Tx) error {
		w, _, err := v.changeable(tx, who, c.Round, c.Seen)
		if err != nil {
			return err
		}
		if err := kept(w, c.Problems); err != nil {
			return err
		}
		r = w.Round
		r.Day, r.Mode, r.Person, r.Stops, r.Metres, r.Seconds, r.Version, r.Why = c.Day.String(), c.Mode, c.Person, len(stops), total.metres, total.seconds, r.Version+1, c.Why
		r.Division = w.divisionWith(sites)
		at, err := r.where(tx)
		if err != nil {
			return err
		}
		by, err := admitted(tx, who, at, complaint.Supervise, complaint.Coordinate)
		if err != nil {
			return err
		}
		if _, err := removeStops.Exec(tx, r.ID); err != nil {
			return err
		}
		for i, s := range stops {
			s.Round, s.Place, s.Removed = r.ID, i+1, false
			if _, err := insertStop.Exec(tx, s); err != nil {
				return err
			}
		}
		return r.write(tx, by, drawn)
	})
	return r, err
}

// divisionWith is where a round is once it goes to these sites. One that leaves its district is of the whole city: phones may still
// bring what was done at stops that it had.
func (w Whole) divisionWith(sites []problem.Problem) string {
	if to := divisionOf(w.Campaign, sites); to == w.Division {
		return to
	}
	return w.Campaign.Home.Code()
}

// write keeps a round as it was changed, sealed as its plan was. That one is cancelled on which somebody was already warns nobody.
func (r *Round) write(tx *db.Tx, by identity.Admitted, drawn string) error {
	id, err := record.AppendID(tx, by.Sign, changed{
		person: by.Person, why: r.Why, Visit: r.ID, Day: r.Day, Mode: string(r.Mode), Cancelled: r.Cancelled, Stops: r.Stops,
	})
	if err != nil {
		return err
	}
	r.Changes = strings.TrimSpace(r.Changes + " " + id)
	if r.Cancelled && r.Opened {
		if err := r.open(tx, by.Sign); err != nil {
			return err
		}
	}
	_, err = writeRound.Exec(tx, changedRound{*r, drawn})
	return err
}

// kept wants each stop at which something was noted to stay.
func kept(w Whole, codes []string) error {
	for _, h := range w.Stops {
		if h.Touched() && !slices.Contains(codes, h.Problem.Code) {
			return fault.At("problem", fault.New(fault.Conflict, "“%[1]s”这一站已经记了东西，不能去掉", "something was noted at the stop %[1]q: it cannot be taken out", h.Problem.Code))
		}
	}
	return nil
}

// changedSites reads the problems of a round as it is to be. Those that it has may be where they are now; others have to be such as are visited.
func (v *Visits) changedSites(tx *db.Tx, who identity.Colleague, c *Change, w Whole) (all []problem.Problem, err error) {
	c.Campaign = w.Round.Campaign
	today := calendar.DateOf(tx.Now().In(calendar.China))
	if c.Day.String() == w.Day { // a round of days ago that is not finished keeps its day
		today = c.Day
	}
	if err := c.check(today); err != nil {
		return nil, err
	}
	if err := kept(w, c.Problems); err != nil {
		return nil, err
	}
	if c.Person != "" && c.Person != who.Person && c.Person != w.Person {
		return nil, fault.At("person", fault.New(fault.Invalid, "只能改成谁去都行，或自己去", "a round is for whoever goes, or for yourself"))
	}
	for _, code := range c.Problems {
		if i := slices.IndexFunc(w.Stops, func(h Halt) bool { return h.Problem.Code == code }); i >= 0 {
			all = append(all, w.Stops[i].Problem)
			continue
		}
		more, err := v.sites(tx, who, New{Campaign: c.Campaign, Problems: []string{code}})
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// Cancelling a round that is not finished.
type Cancelling struct {
	Round string
	Seen  int // Round.Version
	Why   string
}

// Cancel cancels a round. What was noted on it stays; what phones still bring is held.
func (v *Visits) Cancel(ctx context.Context, who identity.Colleague, c Cancelling) (r Round, err error) {
	if c.Why, err = checkWhy(c.Why); err != nil {
		return r, err
	}
	err = v.db.Update(ctx, func(tx *db.Tx) error {
		w, by, err := v.changeable(tx, who, c.Round, c.Seen)
		if err != nil {
			return err
		}
		r = w.Round
		r.Cancelled, r.Version, r.Why = true, r.Version+1, c.Why
		drawn, err := sketchOf.One(tx, r.ID)
		if err != nil {
			return err
		}
		return r.write(tx, by, drawn)
	})
	return r, err
}
