package hall

import (
	"context"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// The ticks of a clock.
const (
	start = "start"
	pause = "pause"
	stop  = "stop"
)

// Call asks an entry onto the stage. With the first call of a contest its rule stands.
func (h *Halls) Call(ctx context.Context, who identity.Colleague, at At) error {
	return h.do(ctx, who, contest.Score, at, true, func(s *step) error {
		if err := s.from(Waiting); err != nil {
			return err
		}
		if s.e.State == contest.Drawn {
			s.e.State = contest.Hall
			if err := s.e.Write(s.tx); err != nil {
				return err
			}
		}
		s.run.State, s.run.AskedBy = Called, ""
		return s.run.save(s.tx)
	})
}

// Start starts the clock, or lets it go on.
func (h *Halls) Start(ctx context.Context, who identity.Colleague, at At) error {
	return h.do(ctx, who, contest.Score, at, true, func(s *step) error {
		if err := s.from(Called, Presenting); err != nil {
			return err
		}
		ticks, err := ticksOf.Slice(s.tx, at)
		if err != nil {
			return err
		}
		if len(ticks) > 0 && ticks[len(ticks)-1].What == start {
			return fault.New(fault.Conflict, "已经在计时", "the clock is running")
		}
		s.run.State, s.run.AskedBy = Presenting, ""
		return s.tick(ticks, start)
	})
}

// Pause holds the clock.
func (h *Halls) Pause(ctx context.Context, who identity.Colleague, at At) error {
	return h.do(ctx, who, contest.Score, at, true, func(s *step) error {
		if err := s.from(Presenting); err != nil {
			return err
		}
		ticks, err := ticksOf.Slice(s.tx, at)
		if err != nil {
			return err
		}
		if len(ticks) == 0 || ticks[len(ticks)-1].What != start {
			return fault.New(fault.Conflict, "没有在计时", "the clock is not running")
		}
		return s.tick(ticks, pause)
	})
}

func (s *step) tick(before []Tick, what string) error {
	if _, err := insertTick.Exec(s.tx, Tick{At: s.run.At, N: len(before) + 1, What: what, When: s.tx.Now()}); err != nil {
		return err
	}
	return s.run.save(s.tx)
}

// Stop ends a presentation: its seconds are those of its ticks.
func (h *Halls) Stop(ctx context.Context, who identity.Colleague, at At) error {
	return h.do(ctx, who, contest.Score, at, true, func(s *step) error {
		if err := s.from(Presenting); err != nil {
			return err
		}
		ticks, err := ticksOf.Slice(s.tx, at)
		if err != nil {
			return err
		}
		s.run.State, s.run.Seconds = Heard, int(Elapsed(ticks, s.tx.Now())/time.Second)
		if s.run.Heard, err = record.AppendID(s.tx, s.by.Sign, heard{Contest: at.Contest, Part: at.Part, Entry: at.Entry, Attempt: at.Attempt, Place: s.run.Place, Seconds: s.run.Seconds, by: s.by.Person}); err != nil {
			return err
		}
		return s.tick(ticks, stop)
	})
}

// Elapsed is how long a clock has run by its ticks.
func Elapsed(ticks []Tick, now time.Time) (sum time.Duration) {
	for i, t := range ticks {
		if t.What != start {
			continue
		}
		until := now
		if i+1 < len(ticks) {
			until = ticks[i+1].When
		}
		sum += max(0, until.Sub(t.When))
	}
	return sum
}

// Clock are the ticks of a run.
func Clock(tx *db.Tx, at At) ([]Tick, error) { return ticksOf.Slice(tx, at) }

// Postpone puts an entry that was called, and is not there yet, at the end.
func (h *Halls) Postpone(ctx context.Context, who identity.Colleague, at At, reason string) error {
	return h.do(ctx, who, contest.Score, at, true, func(s *step) error {
		why, err := seat.Because(reason)
		if err != nil {
			return err
		}
		if err := s.from(Called); err != nil {
			return err
		}
		runs, err := Runs(s.tx, at.Contest)
		if err != nil {
			return err
		}
		s.run.State, s.run.AskedBy, s.run.Why, s.run.Place = Waiting, "", why, last(runs, at.Part)+1
		if err := record.Append(s.tx, s.by.Sign, moved{Contest: at.Contest, Part: at.Part, Entry: at.Entry, Attempt: at.Attempt, To: "postponed", by: s.by.Person, why: why}); err != nil {
			return err
		}
		return s.run.save(s.tx)
	})
}

func last(runs []Run, part string) (place int) {
	for _, r := range runs {
		if r.Part == part {
			place = max(place, r.Place)
		}
	}
	return place
}

// Ask says why a run cannot go on as it is: an entry that did not come, or an attempt of which something is sealed. The supervisor
// makes it a forfeit, or interrupts it, until the run goes on: with a call, a start or a postponement the request lapses.
func (h *Halls) Ask(ctx context.Context, who identity.Colleague, at At, reason string) error {
	return h.do(ctx, who, contest.Score, at, false, func(s *step) error {
		why, err := seat.Because(reason)
		if err != nil {
			return err
		}
		if err := s.from(Waiting, Called, Presenting, Heard); err != nil {
			return err
		}
		s.run.AskedBy, s.run.Why = s.by.Person, why
		return s.run.save(s.tx)
	})
}

// asked refuses what nobody asked for, or who asked.
func (s *step) asked() error {
	if s.run.AskedBy == "" {
		return fault.New(fault.Conflict, "计分员还没有提出，监督员不能先确认：作品 %s", "the scorekeeper has not asked for it yet: %s", s.run.Entry)
	}
	return another(s.run.AskedBy, s.by)
}

// Interrupt ends an attempt that cannot go on: the entry runs again at the end, and what was sealed of it is void.
func (h *Halls) Interrupt(ctx context.Context, who identity.Colleague, at At) error {
	return h.do(ctx, who, contest.Supervise, at, true, func(s *step) error {
		if err := s.from(Presenting, Heard); err != nil {
			return err
		}
		if err := s.asked(); err != nil {
			return err
		}
		if err := s.void(s.run.Why); err != nil {
			return err
		}
		runs, err := Runs(s.tx, at.Contest)
		if err != nil {
			return err
		}
		again := Run{At: at, Place: last(runs, at.Part) + 1, State: Waiting, LimitS: s.run.LimitS, WarnS: s.run.WarnS, Version: 1}
		again.Attempt++
		if _, err := insertRun.Exec(s.tx, again); err != nil {
			return err
		}
		s.run.State = Interrupted
		if err := record.Append(s.tx, s.by.Sign, moved{Contest: at.Contest, Part: at.Part, Entry: at.Entry, Attempt: at.Attempt, To: string(Interrupted), by: s.by.Person, why: s.run.Why}); err != nil {
			return err
		}
		return s.run.save(s.tx)
	})
}

// Forfeit confirms that an entry did not come.
func (h *Halls) Forfeit(ctx context.Context, who identity.Colleague, at At) error {
	return h.do(ctx, who, contest.Supervise, at, true, func(s *step) error {
		if err := s.from(Waiting, Called); err != nil {
			return err
		}
		if err := s.asked(); err != nil {
			return err
		}
		s.run.State, s.run.Revealed = Forfeit, s.e.Board+1
		if err := record.Append(s.tx, s.by.Sign, moved{Contest: at.Contest, Part: at.Part, Entry: at.Entry, Attempt: at.Attempt, To: string(Forfeit), by: s.by.Person, why: s.run.Why}); err != nil {
			return err
		}
		if err := s.unseal(); err != nil { // of an attempt before, and who was away
			return err
		}
		if err := s.run.save(s.tx); err != nil {
			return err
		}
		return s.finished()
	})
}

// Recuse has a judge mark nothing of an entry: before anything of it is sealed. The organiser says so, or the judge.
func (h *Halls) Recuse(ctx context.Context, who identity.Colleague, a seat.Away) error {
	return h.db.Update(ctx, func(tx *db.Tx) error {
		e, by, err := barring(tx, h.facts, who, a)
		if err != nil {
			return err
		}
		if a.Reason, err = seat.Because(a.Reason); err != nil {
			return err
		}
		sheets, err := sheetsOf.Slice(tx, a.Contest)
		if err != nil {
			return err
		}
		for _, one := range sheets {
			if one.Entry == a.Entry {
				return fault.New(fault.Conflict, "作品 %s 已经有封存的评分表，不能再加回避：回避要在打分之前", "a sheet of %s is sealed, and no recusal can be added: they come before any mark", a.Entry)
			}
		}
		runs, err := Runs(tx, a.Contest)
		if err != nil {
			return err
		}
		for _, r := range runs {
			if r.Entry == a.Entry && (r.State == Closed || r.State == Checked || r.public()) {
				return fault.New(fault.Conflict, "作品 %[1]s 现在是“%[2]s”，不能再加回避", "%[1]s is %[3]q, and no recusal can be added", a.Entry, r.State.Name().ZH, r.State.Name().EN)
			}
		}
		a.Why, a.AskedBy, a.By = "recused", by.Person, by.Person
		for i := range e.Rule.Rule.Stages {
			for _, p := range e.Rule.Rule.Stages[i].Parts {
				if p.Judged == nil {
					continue
				}
				a.Part = p.Key
				if err := seat.Note(tx, by, a, true); err != nil {
					return err
				}
			}
		}
		return event.Changed(tx, a.Contest, false)
	})
}

func barring(tx *db.Tx, facts Facts, who identity.Colleague, a seat.Away) (e event.Event, by identity.Admitted, err error) {
	if e, err = event.Read(tx, a.Contest); err != nil {
		return e, by, err
	}
	if by, err = who.Admit(tx, contest.Organise, e.Place()); fault.KindOf(err) == fault.Denied {
		var mine seat.Seat
		if mine, by, err = seat.Admit(tx, who, &e); err == nil && mine.Seat != a.Seat {
			err = fault.New(fault.Denied, "只能为自己的席位申请回避。", "A judge recuses their own seat only.")
		}
	}
	if err != nil {
		return e, by, err
	}
	entries, err := facts(tx, a.Contest)
	if err != nil {
		return e, by, err
	}
	found := false
	for _, one := range entries {
		found = found || one.Key == a.Entry
	}
	seats, err := seat.All(tx, a.Contest)
	sits := false
	for _, one := range seats {
		sits = sits || one.Seat == a.Seat
	}
	if err == nil && (!found || !sits) {
		err = fault.New(fault.NotFound, "没有作品 %[1]s 或席位 %[2]s", "there is no entry %[1]s or seat %[2]s", a.Entry, a.Seat)
	}
	return e, by, err
}

// Missing asks that a seat which owes a sheet and cannot give it be absent; a supervisor confirms it with [Halls.Away].
func (h *Halls) Missing(ctx context.Context, who identity.Colleague, at At, key, reason string) error {
	return h.do(ctx, who, contest.Score, at, false, func(s *step) error {
		a, err := s.owing(key, reason)
		if err != nil {
			return err
		}
		a.AskedBy = s.by.Person
		return seat.Note(s.tx, s.by, a, false)
	})
}

// owing is an absence of a seat that owes a sheet of the run.
func (s *step) owing(key, reason string) (a seat.Away, err error) {
	why, err := seat.Because(reason)
	if err != nil {
		return a, err
	}
	if err := s.from(Waiting, Called, Presenting, Heard); err != nil {
		return a, err
	}
	sheets, err := s.sheets()
	if err != nil {
		return a, err
	}
	for _, one := range sheets {
		if one.Seat == key {
			return a, fault.New(fault.Conflict, "席位 %s 已经封存过这个作品的评分表，不能再写缺席", "seat %s has sealed a sheet of this entry, and cannot be absent from it", key)
		}
	}
	seats, err := seat.All(s.tx, s.e.Code)
	if err != nil {
		return a, err
	}
	for _, one := range seats {
		if one.Seat == key {
			return seat.Away{Contest: s.e.Code, Part: s.run.Part, Entry: s.run.Entry, Seat: key, Why: "absent", Reason: why}, nil
		}
	}
	return a, fault.New(fault.NotFound, "没有席位 %s", "there is no seat %s", key)
}

// Away confirms an absence.
func (h *Halls) Away(ctx context.Context, who identity.Colleague, at At, key string) error {
	return h.do(ctx, who, contest.Supervise, at, false, func(s *step) error {
		asked, ok, err := seat.At(s.tx, at.Contest, at.Part, at.Entry, key)
		if err != nil {
			return err
		}
		if !ok || asked.Stands() {
			return fault.New(fault.Conflict, "没有等着确认的缺席", "no absence waits to be confirmed")
		}
		if err := another(asked.AskedBy, s.by); err != nil {
			return err
		}
		a, err := s.owing(key, asked.Reason)
		if err != nil {
			return err
		}
		a.AskedBy, a.By = asked.AskedBy, s.by.Person
		return seat.Note(s.tx, s.by, a, true)
	})
}
