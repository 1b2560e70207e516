package hall

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// Ask is a correction that was asked for: the judge seals the sheet once more, and another person confirms it.
type Ask struct {
	ID      string    `db:"id"`
	Contest string    `db:"contest"`
	Part    string    `db:"part"`
	Entry   string    `db:"entry"`
	Seat    string    `db:"seat"`
	Reason  string    `db:"reason"`
	AskedBy string    `db:"asked_by"`
	State   string    `db:"state"`
	When    time.Time `db:"at"`
}

// The states of a correction.
const (
	asked    = "asked"
	resealed = "resealed"
	done     = "done"
	dropped  = "dropped"
)

var (
	insertAsk = db.Declare[Ask, db.None](`
		INSERT INTO contest_ask (id, contest, part, entry, seat, reason, asked_by, state, at) VALUES (:id, :contest, :part, :entry, :seat, :reason, :asked_by, :state, :at)`)
	askByID  = db.Declare[string, Ask](`SELECT /*cols*/ FROM contest_ask WHERE id = :id`)
	asksOpen = db.Declare[string, Ask](`SELECT /*cols*/ FROM contest_ask WHERE contest = :contest AND state IN ('asked', 'resealed') ORDER BY at, id`)
	setAsk   = db.Declare[Ask, db.None](`UPDATE contest_ask SET state = :state WHERE id = :id`)
)

// Asks are the corrections of a contest that nobody has ended yet.
func Asks(tx *db.Tx, code string) ([]Ask, error) { return asksOpen.Slice(tx, code) }

// Correct asks that a revealed sheet be corrected, with a reason. The screen is frozen until it is ended.
func (h *Halls) Correct(ctx context.Context, who identity.Colleague, at At, key, reason string) (a Ask, err error) {
	err = h.do(ctx, who, contest.Score, at, true, func(s *step) error {
		why, err := seat.Because(reason)
		if err != nil {
			return err
		}
		if err := s.from(Shown); err != nil {
			return err
		}
		if _, err := s.counting(key); err != nil {
			return err
		}
		open, err := Asks(s.tx, at.Contest)
		if err != nil {
			return err
		}
		for _, o := range open {
			if o.Part == at.Part && o.Entry == at.Entry && o.Seat == key {
				return fault.New(fault.Conflict, "席位 %s 的这张评分表已经有一个更正在办", "a correction of this sheet of seat %s is under way", key)
			}
		}
		a = Ask{ID: uuid.Must(uuid.NewV7()).String(), Contest: at.Contest, Part: at.Part, Entry: at.Entry, Seat: key, Reason: why, AskedBy: s.by.Person, State: asked, When: s.tx.Now()}
		if _, err := insertAsk.Exec(s.tx, a); err != nil {
			return err
		}
		return s.freeze(true)
	})
	return a, err
}

// freeze keeps the screen as it is, or lets it go on.
func (s *step) freeze(frozen bool) error {
	if s.e.Frozen == frozen {
		return nil
	}
	s.e.Frozen = frozen
	return s.e.Write(s.tx)
}

// counting is the sheet of a seat that is scored.
func (s *step) counting(key string) (Sheet, error) {
	sheets, err := s.sheets()
	if err != nil {
		return Sheet{}, err
	}
	for _, one := range sheets {
		if one.Seat == key && one.counts() {
			return one, nil
		}
	}
	return Sheet{}, fault.New(fault.NotFound, "席位 %[1]s 没有给作品 %[2]s 计分的评分表", "seat %[1]s has no sheet of %[2]s that counts", key, s.run.Entry)
}

// asking is the run that a correction is about.
func asking(ctx context.Context, d *db.DB, id string) (at At, err error) {
	err = d.View(ctx, func(tx *db.Tx) error {
		rows, err := askByID.Slice(tx, id)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.New(fault.NotFound, "没有这个更正", "there is no such correction")
		}
		a := rows[0]
		runs, err := Runs(tx, a.Contest)
		for _, r := range runs {
			if r.Part == a.Part && r.Entry == a.Entry && r.State != Interrupted {
				at = r.At
			}
		}
		return err
	})
	return at, err
}

// Reseal seals the judge's corrected sheet, once by a lock's id: it counts when somebody else has confirmed it.
func (h *Halls) Reseal(ctx context.Context, who identity.Colleague, id string, l Lock) (r Receipt, err error) {
	at, err := asking(ctx, h.db, id)
	if err != nil {
		return r, err
	}
	l.At = at
	err = h.db.Update(ctx, func(tx *db.Tx) error {
		s, mine, err := h.judging(tx, who, at, l.Device, Shown)
		if err != nil {
			return err
		}
		rows, err := askByID.Slice(tx, id)
		if err != nil {
			return err
		}
		versions, err := s.sheetsOf(mine.Seat)
		if err != nil {
			return err
		}
		a := rows[0]
		if a.Seat != mine.Seat || a.State != asked {
			if n := len(versions); n > 0 && l.LockID != "" && versions[n-1].LockID == l.LockID { // of this seat alone
				return r.again(tx, &versions[n-1], l)
			}
			return fault.New(fault.Conflict, "这个更正不等您封存", "this correction does not wait for you")
		}
		// The version before counts until somebody confirms: two versions are never scored at once.
		if r, err = s.seal(mine.Seat, len(versions)+1, l); err != nil {
			return err
		}
		late := Sheet{ID: sheetID(r.Opening), State: voidSheet, Reason: a.Reason, AskedBy: a.AskedBy}
		if _, err := markSheet.Exec(tx, late); err != nil {
			return err
		}
		_, err = setAsk.Exec(tx, Ask{ID: id, State: resealed})
		return err
	})
	return r, err
}

// Correction confirms a resealed sheet; [Requests.Correction] drops it.
func (h *Halls) Correction(ctx context.Context, who identity.Colleague, id string) error {
	at, err := asking(ctx, h.db, id)
	if err != nil {
		return err
	}
	return h.do(ctx, who, contest.Supervise, at, true, func(s *step) error {
		a, err := s.underWay(id)
		if err != nil {
			return err
		}
		if a.State != resealed {
			return fault.New(fault.Conflict, "评委还没有重新封存，不能确认", "the judge has not sealed the sheet once more")
		}
		if err := another(a.AskedBy, s.by); err != nil {
			return err
		}
		if err := s.exchange(a, true); err != nil {
			return err
		}
		return s.ended(a, done)
	})
}

// underWay is a correction that has not ended.
func (s *step) underWay(id string) (a Ask, err error) {
	rows, err := askByID.Slice(s.tx, id)
	if err != nil {
		return a, err
	}
	if a = rows[0]; a.State == done || a.State == dropped {
		err = fault.New(fault.Conflict, "这个更正已经办完了", "this correction has ended")
	}
	return a, err
}

// ended ends a correction; with the last of them the screen goes on.
func (s *step) ended(a Ask, state string) error {
	a.State = state
	if _, err := setAsk.Exec(s.tx, a); err != nil {
		return err
	}
	open, err := Asks(s.tx, a.Contest)
	if err != nil {
		return err
	}
	return s.freeze(len(open) > 0)
}

// exchange has the resealed version count in place of the one before, or leaves it void.
func (s *step) exchange(a Ask, confirm bool) error {
	was, err := s.counting(a.Seat)
	if err != nil {
		return err
	}
	versions, err := s.sheetsOf(a.Seat)
	if err != nil {
		return err
	}
	for _, one := range versions {
		if !one.waits() {
			continue
		}
		if err := opened(s, one.LogEntry); err != nil {
			return err
		}
		if !confirm {
			one.By = s.by.Person
			_, err := markSheet.Exec(s.tx, one)
			return err
		}
		was.State, was.Reason, was.AskedBy, was.By = correctedSheet, a.Reason, a.AskedBy, s.by.Person
		if _, err := markSheet.Exec(s.tx, was); err != nil {
			return err
		}
		one.State, one.Reason, one.AskedBy = openedSheet, "", ""
		if _, err := markSheet.Exec(s.tx, one); err != nil {
			return err
		}
		all, err := everything(s.tx, s.facts, s.e)
		if err != nil {
			return err
		}
		before := s.run.Score
		if s.run.Score, err = s.scoreOf(&all); err != nil {
			return err
		}
		s.run.Openings = all.openings(&s.run)
		if err := record.Append(s.tx, s.by.Sign, corrected{Contest: a.Contest, Part: a.Part, Entry: a.Entry, Seat: a.Seat, Version: one.Version, Before: before, Score: s.run.Score, by: s.by.Person, why: a.Reason}); err != nil {
			return err
		}
		return s.run.save(s.tx)
	}
	return fault.New(fault.Conflict, "评委还没有重新封存，不能确认", "the judge has not sealed the sheet once more")
}
