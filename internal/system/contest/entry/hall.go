package entry

import (
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// What other rooms read and write of entries: by their numbers, in their own transactions, after they have admitted who does so and with
// an entry of the record of their own.

type byNumber struct {
	Contest string `db:"contest"`
	Number  string `db:"number"`
}

var (
	numbered = db.Declare[string, row](`SELECT /*cols*/ FROM contest_entry WHERE contest = :contest AND number > '' ORDER BY number`)
	ofNumber = db.Declare[byNumber, row](`SELECT /*cols*/ FROM contest_entry WHERE contest = :contest AND number = :number`)
	standing = db.Declare[row, db.None](`UPDATE contest_entry SET status = :status, version = version + 1, changed_at = :changed_at WHERE id = :id`)
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

// Numbered are those entries by number.
func Numbered(tx *db.Tx, code string) (map[string]Entry, error) {
	all, err := Shortlisted(tx, code)
	named := make(map[string]Entry, len(all))
	for _, e := range all {
		named[e.Number] = e
	}
	return named, err
}

// Facts are those entries as a score is computed from them.
func Facts(tx *db.Tx, code string) ([]mark.Entry, error) {
	all, err := Shortlisted(tx, code)
	if err != nil {
		return nil, err
	}
	facts := make([]mark.Entry, len(all))
	for i, e := range all {
		facts[i] = mark.Entry{Key: e.Number, Status: e.Status, Groups: e.Groups}
	}
	return facts, nil
}

// Out has an entry take part no more, as of a decision that the caller has admitted: it was withdrawn, or disqualified. How far it came
// and whether it ran the hall tells.
func Out(tx *db.Tx, code, number string, how mark.Status) error {
	if how != mark.Withdrawn && how != mark.Disqualified {
		return fault.At("status", fault.New(fault.Invalid, "没有“%[1]s”这种情况", "there is no status %[1]q", lang.Short(string(how))))
	}
	rows, err := ofNumber.Slice(tx, byNumber{code, number})
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fault.New(fault.NotFound, "这次评审没有编号为“%[1]s”的作品", "this contest has no entry %[1]q", lang.Short(number))
	}
	r := rows[0]
	r.Status, r.ChangedAt = string(how), tx.Now()
	_, err = standing.Exec(tx, r)
	return err
}
