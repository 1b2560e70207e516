package hall

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

// Moment is something that changed what everybody sees of a contest.
type Moment struct {
	At    time.Time
	What  string // started, or the kind of an entry of the log
	Part  string
	Entry string
	Seat  string // of a correction

	attempt, version int
	to, out          string
}

// began is that a clock was started, which the log has no entry of.
const began = "started"

// told are the kinds of entries that change what everybody sees, in the hall and after it.
var told = []string{heard{}.Kind(), moved{}.Kind(), revealed{}.Kind(), corrected{}.Kind(), decided{}.Kind(), objectionMoved}

// objectionMoved is the kind of an entry of the room of publicity, by which an entry may be out.
const objectionMoved = "contest.objection-moved"

var ticksIn = db.Declare[string, Tick](`SELECT contest, part, entry, attempt, n, what, at FROM contest_tick WHERE contest = :contest ORDER BY part, entry, attempt, n`)

// moments are what changed the board of a contest, in their order.
func moments(tx *db.Tx, code string) (all []Moment, err error) {
	ticks, err := ticksIn.Slice(tx, code)
	if err != nil {
		return nil, err
	}
	for _, t := range ticks {
		if t.What == start {
			all = append(all, Moment{At: t.When, What: began, Part: t.Part, Entry: t.Entry, attempt: t.Attempt})
		}
	}
	const most = 1000
	for after := ""; ; {
		items, err := record.History(tx, contest.Subject(code), after, most)
		if err != nil {
			return nil, err
		}
		for _, i := range items {
			if !slices.Contains(told, i.Kind) {
				continue
			}
			var e struct {
				Part    string `json:"part"`
				Entry   string `json:"entry"`
				Seat    string `json:"seat"`
				Attempt int    `json:"attempt"`
				Version int    `json:"version"`
				To      string `json:"to"`
				Out     string `json:"out"`
			}
			if err := json.Unmarshal([]byte(i.Public), &e); err != nil {
				return nil, err
			}
			all = append(all, Moment{At: i.At, What: i.Kind, Part: e.Part, Entry: e.Entry, Seat: e.Seat, attempt: e.Attempt, version: e.Version, to: e.To, out: e.Out})
		}
		if len(items) < most {
			break
		}
		after = items[len(items)-1].ID
	}
	slices.SortStableFunc(all, func(a, b Moment) int { return a.At.Compare(b.At) })
	return all, nil
}

// Replay is a contest that is played again.
type Replay struct{ *Halls }

// Story is what everybody could see happen in the hall, in its order.
func (h Replay) Story(ctx context.Context, code string) (all []Moment, err error) {
	err = h.db.View(ctx, func(tx *db.Tx) error {
		if _, err := event.Read(tx, code); err != nil {
			return err
		}
		all, err = moments(tx, code)
		return err
	})
	return slices.DeleteFunc(all, func(m Moment) bool { return m.What == objectionMoved }), err
}

// AsOf is what everybody could see of a contest that is judged, at a time: of a clock when it was started and stopped, of everything else
// what the log has. That somebody was called, and that the screen was frozen, it does not tell.
func (h Replay) AsOf(ctx context.Context, code string, at time.Time) (b Board, err error) {
	err = h.db.View(ctx, func(tx *db.Tx) error { b, err = asOf(tx, code, h.facts, at); return err })
	return b, err
}

func asOf(tx *db.Tx, code string, facts Facts, at time.Time) (b Board, err error) {
	e, err := event.Read(tx, code)
	if err != nil {
		return b, err
	}
	if !e.State.After(contest.Hall) {
		return b, fault.New(fault.Conflict, "评审还没有结束，不能回放", "judging is not over: it cannot be played again yet")
	}
	a, err := everything(tx, facts, e)
	if err != nil {
		return b, err
	}
	all, err := moments(tx, code)
	if err != nil {
		return b, err
	}
	a.turnBack(all, at)
	if b, err = a.board(tx); err != nil {
		return b, err
	}
	b.Event.Frozen = false
	if !b.All {
		b.Event.State = contest.Hall
	}
	b.Stage, err = a.onAt(tx, at)
	return b, err
}

// turnBack takes back what happened after a time.
func (a *all) turnBack(happened []Moment, at time.Time) {
	type key struct{ part, entry string }
	shown, past := map[key]State{}, map[At]State{}
	decisions := 0
	for _, m := range happened {
		later := m.At.After(at)
		of := At{a.e.Code, m.Part, m.Entry, m.attempt}
		switch m.What {
		case began:
			if !later {
				past[of] = Presenting
			}
		case heard{}.Kind():
			if !later {
				past[of] = Heard
			}
		case revealed{}.Kind():
			if !later {
				shown[key{m.Part, m.Entry}] = Shown
			}
		case moved{}.Kind():
			if !later && m.to == string(Forfeit) {
				shown[key{m.Part, m.Entry}] = Forfeit
			}
		case decided{}.Kind():
			if !later {
				decisions++
			}
		case corrected{}.Kind():
			if later {
				a.uncorrect(m)
			}
		case objectionMoved:
			if later && m.out != "" {
				for i := range a.given {
					if a.given[i].Key == m.out {
						a.given[i].Status = mark.Ran
					}
				}
			}
		}
	}
	for i := range a.runs {
		r := &a.runs[i]
		switch s := shown[key{r.Part, r.Entry}]; {
		case r.State == Interrupted:
		case s != "":
			r.State = s
		case past[r.At] != "":
			r.State = past[r.At]
		default:
			r.State = Waiting
		}
	}
	a.said = a.said[:min(decisions, len(a.said))]
	a.facts = came(&a.e, a.given, a.runs)
}

// uncorrect has the version before a correction count.
func (a *all) uncorrect(m Moment) {
	for i := range a.sheets {
		s := &a.sheets[i]
		if s.Part != m.Part || s.Entry != m.Entry || s.Seat != m.Seat {
			continue
		}
		switch {
		case s.Version == m.version:
			s.State = voidSheet
		case s.Version == m.version-1 && s.State == correctedSheet:
			s.State = openedSheet
		}
	}
}

// onAt is who presented or had been heard last at a time.
func (a *all) onAt(tx *db.Tx, at time.Time) (*Stage, error) {
	var on *Run
	for i := range a.runs {
		r := &a.runs[i]
		if r.State != Presenting && r.State != Heard {
			continue
		}
		if on == nil || r.State == Presenting && on.State != Presenting || r.State == on.State && r.Heard > on.Heard {
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
	ticks = slices.DeleteFunc(ticks, func(t Tick) bool { return t.When.After(at) })
	return stageOf(on, ticks), nil
}
