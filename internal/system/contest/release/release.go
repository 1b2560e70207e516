// Package release puts a judged contest out as a file from which anybody computes it again.
//
//	r, err := releases.Release(ctx, who, "hall-2026", "")
//	text, err := releases.File(ctx, "hall-2026", r.N)
//
// The file lies beside the log and is named by its hash in an entry. It is made from what is revealed ([hall.Board.File]) and is
// verified before it goes out by the code with which a stranger verifies it: a contest that does not hold is not released. An upheld
// objection or a later correction makes another release, with a reason; none is taken back. With the first one the log tells which entry
// each number stands for ([entry.Open], and [order.Open] in the draws), and from then on everybody may read it.
//
// Tables owned: contest_release.
package release

import (
	"context"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/order"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// Release is one file that went out.
type Release struct {
	Contest  string    `db:"contest"`
	N        int       `db:"n"` // from 1
	File     string    `db:"file"`
	LogEntry string    `db:"log_entry"`
	Why      string    `db:"why"`
	At       time.Time `db:"at"`
}

type numbered struct {
	Contest string `db:"contest"`
	N       int    `db:"n"`
}

var (
	insert = db.Declare[Release, db.None](`INSERT INTO contest_release (contest, n, file, log_entry, why, at) VALUES (:contest, :n, :file, :log_entry, :why, :at)`)
	listed = db.Declare[string, Release](`SELECT /*cols*/ FROM contest_release WHERE contest = :contest ORDER BY n`)
	one    = db.Declare[numbered, Release](`SELECT /*cols*/ FROM contest_release WHERE contest = :contest AND n = :n`)
)

// Releases are those of a site.
type Releases struct {
	db    *db.DB
	facts hall.Facts
}

// In returns those of a database.
func In(d *db.DB, facts hall.Facts) *Releases { return &Releases{d, facts} }

// List lists the releases of a contest.
func (s *Releases) List(ctx context.Context, code string) (all []Release, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error { all, err = All(tx, code); return err })
	return all, err
}

// File is the text of a release.
func (s *Releases) File(ctx context.Context, code string, n int) (text []byte, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := one.Slice(tx, numbered{code, n})
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.New(fault.NotFound, "没有第 %d 次公布", "there is no release %d", n)
		}
		text, err = record.File(tx, rows[0].File)
		return err
	})
	return text, err
}

// Release puts a contest out; every release but the first has a reason.
func (s *Releases) Release(ctx context.Context, who identity.Colleague, code, why string) (r Release, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error { r, err = s.release(tx, who, code, why); return err })
	return r, err
}

func (s *Releases) release(tx *db.Tx, who identity.Colleague, code, why string) (r Release, err error) {
	b, err := hall.Revealed(tx, code, s.facts)
	if err != nil {
		return r, err
	}
	by, err := who.Admit(tx, contest.Organise, b.Event.Place())
	if err != nil {
		return r, err
	}
	if err := settled(tx, &b); err != nil {
		return r, err
	}
	before, err := listed.Slice(tx, code)
	if err != nil {
		return r, err
	}
	r = Release{Contest: code, N: len(before) + 1, At: tx.Now()}
	if len(before) > 0 {
		if r.Why, err = seat.Because(why); err != nil {
			return r, err
		}
	} else if err := opened(tx, by, code); err != nil {
		return r, err
	}
	f := b.File()
	if found := seal.Verify(f).Findings; len(found) > 0 {
		return r, fault.New(fault.Conflict, "公开文件自己核对不上，没有公布：%[1]s %[2]s", "the public file does not hold, and was not released: %[1]s %[3]s", found[0].At, found[0].Text.ZH, found[0].Text.EN)
	}
	text, err := f.Text()
	if err != nil {
		return r, err
	}
	if r.File, err = record.PutFile(tx, text); err != nil {
		return r, err
	}
	if len(before) > 0 && before[len(before)-1].File == r.File {
		return r, fault.New(fault.Conflict, "和上一次公布的一样，没有再公布", "it is what was released last, and was not released again")
	}
	if r.LogEntry, err = record.AppendID(tx, by.Sign, released{Contest: code, N: r.N, File: r.File, by: by.Person, why: r.Why}); err != nil {
		return r, err
	}
	if _, err := insert.Exec(tx, r); err != nil {
		return r, err
	}
	return r, event.Changed(tx, code, true)
}

// opened tells in the log of the contest, and in its draws, what numbers stand for.
func opened(tx *db.Tx, by identity.Admitted, code string) error {
	if err := entry.Open(tx, by, code); err != nil {
		return err
	}
	return order.Open(tx, by, code)
}

// settled refuses what is not all revealed, corrected and decided.
func settled(tx *db.Tx, b *hall.Board) error {
	asks, err := hall.Asks(tx, b.Event.Code)
	if err != nil {
		return err
	}
	open := false
	for _, c := range b.Result.Cuts {
		open = open || c.Open
	}
	switch {
	case !b.All || b.Event.State != contest.Judged && !b.Event.State.After(contest.Judged):
		return fault.New(fault.Conflict, "还没有全部公布成绩", "not everything is revealed yet")
	case len(asks) > 0:
		return fault.New(fault.Conflict, "还有 %d 个更正没有办完", "%d corrections are under way", len(asks))
	case open:
		return fault.New(fault.Conflict, "入围线上还有并列要由人决定", "a tie at a line waits for people to decide")
	}
	return nil
}

// Last is the newest release of a contest; its number is 0 where there is none.
func Last(tx *db.Tx, code string) (r Release, err error) {
	out, err := All(tx, code)
	if err == nil && len(out) > 0 {
		r = out[len(out)-1]
	}
	return r, err
}

// All are the releases of a contest, in their order. With the first of them everybody may know whom numbers stand for.
func All(tx *db.Tx, code string) ([]Release, error) { return listed.Slice(tx, code) }

type released struct {
	Contest string `json:"contest"`
	N       int    `json:"n"`
	File    string `json:"file"`

	by, why string
}

func (released) Kind() string      { return "contest.released" }
func (e released) Subject() string { return contest.Subject(e.Contest) }
func (e released) Private() any    { return contest.ByWhom{By: e.by, Why: e.why} }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{
		{Example: released{Contest: "hall-2026", N: 1, File: "9f86d081…"}, Says: lang.Text{ZH: "评审的公开文件公布了，这是它的校验值", EN: "A contest's public file was released, and what its hash is"}},
	}
}
