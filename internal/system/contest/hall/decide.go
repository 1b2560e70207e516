package hall

import (
	"context"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

type decisionRow struct {
	Contest string    `db:"contest"`
	N       int       `db:"n"`
	What    string    `db:"what"`
	AskedBy string    `db:"asked_by"`
	By      string    `db:"by"`
	When    time.Time `db:"at"`
}

var (
	insertDecision = db.Declare[decisionRow, db.None](`INSERT INTO contest_decision (contest, n, what, asked_by, by, at) VALUES (:contest, :n, :what, :asked_by, :by, :at)`)
	decisionsOf    = db.Declare[string, decisionRow](`SELECT /*cols*/ FROM contest_decision WHERE contest = :contest ORDER BY n`)
	confirmOne     = db.Declare[decisionRow, db.None](`UPDATE contest_decision SET by = :by, at = :at WHERE contest = :contest AND n = :n`)
)

// Decision is what people settled beside the rule, or are about to.
type Decision struct {
	N int
	mark.Decision
	AskedBy, By string
}

// Decisions are those of a contest.
func Decisions(tx *db.Tx, code string) ([]Decision, error) {
	rows, err := decisionsOf.Slice(tx, code)
	if err != nil {
		return nil, err
	}
	all := make([]Decision, len(rows))
	for i, r := range rows {
		all[i] = Decision{N: r.N, AskedBy: r.AskedBy, By: r.By}
		if err := parse(r.What, &all[i].Decision); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func confirmed(tx *db.Tx, code string) ([]mark.Decision, error) {
	rows, err := Decisions(tx, code)
	all := []mark.Decision{}
	for _, d := range rows {
		if d.By != "" {
			all = append(all, d.Decision)
		}
	}
	return all, err
}

// Decide writes down how a tie was settled, or who is in at a line: of what the revealed result wants.
func (h *Halls) Decide(ctx context.Context, who identity.Colleague, code string, d mark.Decision) (n int, err error) {
	err = h.db.Update(ctx, func(tx *db.Tx) error {
		e, err := event.Read(tx, code)
		if err != nil {
			return err
		}
		by, err := who.Admit(tx, contest.Score, e.Place())
		if err != nil {
			return err
		}
		if e.State != contest.Judged && e.State != contest.Publicity {
			return fault.New(fault.Conflict, "全部公布以后才能定并列和入围线", "ties and lines are settled when all is revealed")
		}
		if err := person(by); err != nil {
			return err
		}
		b, err := Revealed(tx, code, h.facts)
		if err != nil {
			return err
		}
		if !wanted(b.Result.Wants, d) {
			return fault.New(fault.Invalid, "现在的结果不需要这个决定：要正好是那几个并列的作品", "the result wants no such decision: it has to be about exactly the entries that are tied")
		}
		d.Rule = e.RuleHash
		text, err := write(d)
		if err != nil {
			return err
		}
		rows, err := decisionsOf.Slice(tx, code)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.By == "" && r.What == text {
				return fault.New(fault.Conflict, "同一个决定（第 %d 个）已经在等监督员确认", "the same decision, number %d, waits for the supervisor already", r.N)
			}
		}
		n = len(rows) + 1
		_, err = insertDecision.Exec(tx, decisionRow{Contest: code, N: n, What: text, AskedBy: by.Person, When: tx.Now()})
		return err
	})
	return n, err
}

// Confirm has a decision stand: by another person, and while the result still wants it.
func (h *Halls) Confirm(ctx context.Context, who identity.Colleague, code string, n int) error {
	return h.db.Update(ctx, func(tx *db.Tx) error {
		e, err := event.Read(tx, code)
		if err != nil {
			return err
		}
		by, err := who.Admit(tx, contest.Supervise, e.Place())
		if err != nil {
			return err
		}
		if err := person(by); err != nil {
			return err
		}
		rows, err := Decisions(tx, code)
		if err != nil {
			return err
		}
		if n < 1 || n > len(rows) || rows[n-1].By != "" {
			return fault.New(fault.Conflict, "没有等着确认的决定 %d", "no decision %d waits to be confirmed", n)
		}
		d := rows[n-1]
		if err := another(d.AskedBy, by); err != nil {
			return err
		}
		b, err := Revealed(tx, code, h.facts)
		if err != nil {
			return err
		}
		if !wanted(b.Result.Wants, d.Decision) {
			return fault.New(fault.Conflict, "结果变了，这个决定不再需要", "the result has changed, and wants this decision no more")
		}
		if _, err := confirmOne.Exec(tx, decisionRow{Contest: code, N: n, By: by.Person, When: tx.Now()}); err != nil {
			return err
		}
		if err := record.Append(tx, by.Sign, decided{Contest: code, Decision: d.Decision, by: by.Person}); err != nil {
			return err
		}
		return event.Changed(tx, code, true)
	})
}

// wanted tells whether a result wants a decision.
func wanted(wants []scoring.Want, d mark.Decision) bool {
	return slices.ContainsFunc(wants, func(w scoring.Want) bool {
		among := slices.Sorted(slices.Values(d.Among))
		return w.By == d.By && w.Cut == d.Cut && slices.Equal(w.Entries, among) && whole(w, d)
	})
}
