package entry

import (
	"slices"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

// What the hall reads and writes of entries: by their numbers, in its own transactions, after it has admitted who does so and with
// an entry of the record of its own.

type byNumber struct {
	Contest string `db:"contest"`
	Number  string `db:"number"`
}

var (
	numbered = db.Declare[string, row](`SELECT /*cols*/ FROM contest_entry WHERE contest = :contest AND number > '' ORDER BY number`)
	ofNumber = db.Declare[byNumber, row](`SELECT /*cols*/ FROM contest_entry WHERE contest = :contest AND number = :number`)
	standing = db.Declare[row, db.None](`UPDATE contest_entry SET stage = :stage, status = :status, version = version + 1, changed_at = :changed_at WHERE id = :id`)
)

// Shortlisted are the entries of a contest that have numbers, by number, with those that were withdrawn since.
func Shortlisted(tx *db.Tx, code string) ([]Entry, error) {
	rows, err := numbered.Slice(tx, code)
	if err != nil {
		return nil, err
	}
	all := make([]Entry, len(rows))
	for i, r := range rows {
		all[i] = r.entry()
	}
	return all, grouped(tx, all)
}

// Facts are those entries as a score is computed from them.
func Facts(tx *db.Tx, code string) ([]mark.Entry, error) {
	all, err := Shortlisted(tx, code)
	if err != nil {
		return nil, err
	}
	facts := make([]mark.Entry, len(all))
	for i, e := range all {
		facts[i] = mark.Entry{Key: e.Number, Stage: e.Stage, Status: e.Status, Groups: e.Groups}
	}
	return facts, nil
}

// statuses are what may become of an entry in the hall.
var statuses = []mark.Status{mark.Ran, mark.Forfeit, mark.Withdrawn, mark.Disqualified}

// SetStatus says what became of an entry in its stage.
func SetStatus(tx *db.Tx, code, number string, to mark.Status) error {
	if !slices.Contains(statuses, to) {
		return fault.At("status", fault.New(fault.Invalid, "没有“%[1]s”这种情况", "there is no status %[1]q", lang.Short(string(to))))
	}
	return stand(tx, code, number, func(r *row) { r.Status = string(to) })
}

// Reach says that an entry came to a stage of the contest's rule. It ran there until [SetStatus] says otherwise; one that is out
// comes to no other stage.
func Reach(tx *db.Tx, code, number, stage string) error {
	ev, err := event.Read(tx, code)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(ev.Rule.Rule.Stages, func(s rule.Stage) bool { return s.Key == stage }) {
		return fault.At("stage", fault.New(fault.Invalid, "规则里没有“%[1]s”这个阶段", "the rule has no stage %[1]q", lang.Short(stage)))
	}
	return stand(tx, code, number, func(r *row) { r.Stage = stage })
}

func stand(tx *db.Tx, code, number string, to func(*row)) error {
	rows, err := ofNumber.Slice(tx, byNumber{code, number})
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fault.New(fault.NotFound, "这次评审没有编号为“%[1]s”的作品", "this contest has no entry %[1]q", lang.Short(number))
	}
	r := rows[0]
	was := r
	to(&r)
	if r.Stage != was.Stage && r.Status != string(mark.Ran) {
		return fault.New(fault.Conflict, "“%[1]s”已经不参加了，不能再进下一阶段", "%[1]q takes part no more, and comes to no other stage", number)
	}
	r.ChangedAt = tx.Now()
	_, err = standing.Exec(tx, r)
	return err
}
