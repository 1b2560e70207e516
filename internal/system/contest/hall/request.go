package hall

import (
	"context"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// Requests end what one person asked for and no other has confirmed: who asked takes it back, or a supervisor refuses it with a reason.
// Nothing else changes, and the log has which of both it was.
type Requests struct{ *Halls }

// What may be asked for, as the log has it.
const (
	ofForfeit      = "forfeit"
	ofInterruption = "interruption"
	ofAbsence      = "absence"
	ofCorrection   = "correction"
)

// Run ends the request that a run be a forfeit, or be interrupted.
func (h Requests) Run(ctx context.Context, who identity.Colleague, at At, why string) error {
	return h.do(ctx, who, at, func(s *step) error {
		if err := s.from(Waiting, Called, Presenting, Heard); err != nil {
			return err
		}
		if s.run.AskedBy == "" {
			return fault.New(fault.Conflict, "没有等着确认的请求：作品 %s", "nothing that was asked of %s waits", s.run.Entry)
		}
		what := ofInterruption
		if s.run.State == Waiting || s.run.State == Called {
			what = ofForfeit
		}
		if err := s.end(what, s.run.AskedBy, s.run.Why, why); err != nil {
			return err
		}
		s.run.AskedBy, s.run.Why = "", ""
		return s.run.save(s.tx)
	})
}

// Absence ends the request that a seat be absent from a run.
func (h Requests) Absence(ctx context.Context, who identity.Colleague, at At, key, why string) error {
	return h.do(ctx, who, at, func(s *step) error {
		a, there, err := seat.At(s.tx, at.Contest, at.Part, at.Entry, key)
		if err != nil {
			return err
		}
		if !there || a.Stands() {
			return fault.New(fault.Conflict, "没有等着确认的缺席", "no absence waits to be confirmed")
		}
		if err := s.end(ofAbsence, a.AskedBy, a.Reason, why); err != nil {
			return err
		}
		return seat.Drop(s.tx, a)
	})
}

// Correction ends a correction, and the screen goes on. Once the judge has sealed once more it is the supervisor's to decide: both
// versions are in the public file, and what became of the second is said by somebody else than who asked.
func (h Requests) Correction(ctx context.Context, who identity.Colleague, id, why string) error {
	at, err := asking(ctx, h.db, id)
	if err != nil {
		return err
	}
	return h.do(ctx, who, at, func(s *step) error {
		a, err := s.underWay(id)
		if err != nil {
			return err
		}
		if a.State == resealed {
			if a.AskedBy == s.by.Person {
				return fault.New(fault.Conflict, "评委已经重新封存，不能再收回：由监督员确认，或不同意", "the judge has sealed once more, and it cannot be taken back: a supervisor confirms or refuses it")
			}
			if err := s.exchange(a, false); err != nil {
				return err
			}
		}
		if err := s.end(ofCorrection, a.AskedBy, a.Reason, why); err != nil {
			return err
		}
		return s.ended(a, dropped)
	})
}

// do admits who supervises, or who may have asked.
func (h Requests) do(ctx context.Context, who identity.Colleague, at At, f func(*step) error) error {
	err := h.Halls.do(ctx, who, contest.Supervise, at, true, f)
	if fault.KindOf(err) == fault.Denied {
		err = h.Halls.do(ctx, who, contest.Score, at, true, func(s *step) error { s.asks = true; return f(s) })
	}
	return err
}

// end notes that a request was taken back, or refused with a reason.
func (s *step) end(what, askedBy, asked, why string) (err error) {
	e := requestEnded{Contest: s.run.Contest, Part: s.run.Part, Entry: s.run.Entry, Attempt: s.run.Attempt, What: what, How: "taken-back", by: s.by.Person, asked: asked}
	if askedBy != s.by.Person {
		if s.asks {
			return fault.New(fault.Denied, "只有提出的人能收回，或由监督员不同意。", "Only who asked takes it back, or a supervisor refuses it.")
		}
		e.How = "refused"
		if e.why, err = seat.Because(why); err != nil {
			return err
		}
	}
	return record.Append(s.tx, s.by.Sign, e)
}
