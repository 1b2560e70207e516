package hall

import (
	"context"
	"encoding/json"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

type anewRow struct {
	Contest string    `db:"contest"`
	Rule    string    `db:"rule"`
	Reason  string    `db:"reason"`
	AskedBy string    `db:"asked_by"`
	When    time.Time `db:"at"`
}

var (
	putAnew = db.Declare[anewRow, db.None](`
		INSERT INTO contest_anew (contest, rule, reason, asked_by, at) VALUES (:contest, :rule, :reason, :asked_by, :at)
		ON CONFLICT (contest) DO UPDATE SET rule = excluded.rule, reason = excluded.reason, asked_by = excluded.asked_by, at = excluded.at`)
	anewOf   = db.Declare[string, anewRow](`SELECT /*cols*/ FROM contest_anew WHERE contest = :contest`)
	dropAnew = db.Declare[string, db.None](`DELETE FROM contest_anew WHERE contest = :contest`)
)

// Again is judging that is to begin anew once another person confirms it.
type Again struct {
	Rule    rule.File
	Reason  string
	AskedBy string
}

// Restart is judging that begins anew.
type Restart struct{ *Halls }

// Ask asks that judging begin anew by another rule, which voids every sheet: before the first reveal only.
func (h Restart) Ask(ctx context.Context, who identity.Colleague, code string, f rule.File, reason string) error {
	return h.db.Update(ctx, func(tx *db.Tx) error {
		e, err := event.Read(tx, code)
		if err != nil {
			return err
		}
		by, err := who.Admit(tx, contest.Organise, e.Place())
		if err != nil {
			return err
		}
		why, err := seat.Because(reason)
		if err != nil {
			return err
		}
		if _, err := unrevealed(tx, &e); err != nil {
			return err
		}
		if err := f.Rule.Check(); err != nil {
			return err
		}
		text, err := json.Marshal(f)
		if err != nil {
			return err
		}
		_, err = putAnew.Exec(tx, anewRow{Contest: code, Rule: string(text), Reason: why, AskedBy: by.Person, When: tx.Now()})
		return err
	})
}

// unrevealed are the runs of a contest of which nothing is revealed yet.
func unrevealed(tx *db.Tx, e *event.Event) ([]Run, error) {
	runs, err := Runs(tx, e.Code)
	if err != nil {
		return nil, err
	}
	if e.State != contest.Hall {
		return nil, fault.New(fault.Conflict, "只有开评以后、公布第一个成绩以前，才能作废重评", "judging begins anew only after it has begun and before the first reveal")
	}
	for _, r := range runs {
		if r.State == Shown {
			return nil, fault.New(fault.Conflict, "已经公布过成绩，不能再换规则", "a score was revealed, and the rule stands for good")
		}
	}
	return runs, nil
}

// Confirm confirms it, by another person: every sheet is void, and each entry runs again in its place.
func (h Restart) Confirm(ctx context.Context, who identity.Colleague, code string) error {
	return h.db.Update(ctx, func(tx *db.Tx) error {
		s := &step{Halls: h.Halls, tx: tx}
		var err error
		if s.e, err = event.Read(tx, code); err != nil {
			return err
		}
		if s.by, err = who.Admit(tx, contest.Supervise, s.e.Place()); err != nil {
			return err
		}
		rows, err := anewOf.Slice(tx, code)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.New(fault.Conflict, "组织方没有提出作废重评", "the organiser has not asked for it")
		}
		if err := another(rows[0].AskedBy, s.by); err != nil {
			return err
		}
		runs, err := unrevealed(tx, &s.e)
		if err != nil {
			return err
		}
		if err := s.again(runs, rows[0]); err != nil {
			return err
		}
		var f rule.File
		if err := json.Unmarshal([]byte(rows[0].Rule), &f); err != nil {
			return err
		}
		if err := s.e.Renew(tx, s.by, f); err != nil {
			return err
		}
		if err := record.Append(tx, s.by.Sign, voided{Contest: code, Rule: s.e.RuleHash, by: s.by.Person, why: rows[0].Reason}); err != nil {
			return err
		}
		if _, err := dropAnew.Exec(tx, code); err != nil {
			return err
		}
		return event.Changed(tx, code, true)
	})
}

// again voids what was sealed and lines every run up once more.
func (s *step) again(runs []Run, asked anewRow) error {
	for _, r := range runs {
		if r.State == Waiting || r.State == Interrupted {
			continue
		}
		s.run = r
		s.run.AskedBy = asked.AskedBy
		if err := s.void(asked.Reason); err != nil {
			return err
		}
		next := Run{At: r.At, Place: r.Place, State: Waiting, LimitS: r.LimitS, WarnS: r.WarnS, Version: 1}
		next.Attempt++
		if _, err := insertRun.Exec(s.tx, next); err != nil {
			return err
		}
		s.run.State, s.run.Why = Interrupted, asked.Reason
		if err := s.run.save(s.tx); err != nil {
			return err
		}
	}
	return nil
}
