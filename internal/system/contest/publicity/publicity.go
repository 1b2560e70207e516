// Package publicity is what comes behind a judged contest: its result hangs out, anybody may object, and in the end it is final.
//
//	p, err := publicities.Post(ctx, organiser, "hall-2026", seen)
//	o, err := publicities.Object(ctx, publicity.Objecting{Contest: "hall-2026", What: "…"})
//	o, err = publicities.Examine(ctx, organiser, publicity.Examining{Objection: o.ID, Seen: o.Version, Found: "…"})
//	o, err = publicities.Decide(ctx, supervisor, publicity.Deciding{Objection: o.ID, Seen: o.Version, Move: "uphold", Why: "…"})
//	p, err = publicities.Finish(ctx, organiser, "hall-2026", seen)
//
// An objection is a case ([contest.Objection]): one person looks into it, another decides, each with a reason that everybody reads. What
// was said, and how to reach who said it, is sealed; nobody is asked who they are. Where it holds, the result is corrected as in the hall,
// or the entry that it was about is out, and another release has to follow: a list is final only when its period is over, no objection is
// open, and its last release is younger than the last objection that was upheld.
//
// Tables owned: contest_publicity, contest_objection.
package publicity

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/release"
)

// Publicity is the time in which a result hangs out.
type Publicity struct {
	Contest string     `db:"contest"`
	From    time.Time  `db:"from_at"`
	Until   time.Time  `db:"until_at"`
	Rule    string     `db:"rule"` // of its length, as JSON
	FinalN  int        `db:"final_n"`
	FinalAt *time.Time `db:"final_at"`
}

// Open tells whether objections are taken.
func (p *Publicity) Open(now time.Time) bool { return p.FinalAt == nil && now.Before(p.Until) }

// Source is the rule of its length.
func (p *Publicity) Source() (r clock.Rule, err error) {
	return r, json.Unmarshal([]byte(p.Rule), &r)
}

var (
	insert = db.Declare[Publicity, db.None](`INSERT INTO contest_publicity (contest, from_at, until_at, rule, final_n, final_at) VALUES (:contest, :from_at, :until_at, :rule, :final_n, :final_at)`)
	ofCode = db.Declare[string, Publicity](`SELECT /*cols*/ FROM contest_publicity WHERE contest = :contest`)
	finish = db.Declare[Publicity, db.None](`UPDATE contest_publicity SET final_n = :final_n, final_at = :final_at WHERE contest = :contest`)
)

//go:embed rules.txt
var rulesText string

var rules = sync.OnceValues(func() (map[string]clock.Rule, error) {
	all, err := clock.ReadRules(rulesText)
	byName := make(map[string]clock.Rule, len(all))
	for _, r := range all {
		byName[r.Name] = r
	}
	return byName, err
})

// The periods, by their names in rules.txt.
const (
	periodOf    = "评审.公示"
	objectionOf = "评审.异议"
)

func ruleOf(name string) (clock.Rule, error) {
	all, err := rules()
	r, ok := all[name]
	if err == nil && !ok {
		err = fmt.Errorf("publicity: there is no rule %s", name)
	}
	return r, err
}

// Publicities are those of a site.
type Publicities struct {
	db    *db.DB
	book  *casework.Book
	facts hall.Facts
}

// In returns those of a database.
func In(d *db.DB, book *casework.Book, facts hall.Facts) *Publicities {
	return &Publicities{d, book, facts}
}

// Of is that of a contest; false: its result does not hang out yet.
func Of(tx *db.Tx, code string) (p Publicity, there bool, err error) {
	rows, err := ofCode.Slice(tx, code)
	if err != nil || len(rows) == 0 {
		return p, false, err
	}
	return rows[0], true, nil
}

// Of is Of in a transaction of its own.
func (s *Publicities) Of(ctx context.Context, code string) (p Publicity, there bool, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error { p, there, err = Of(tx, code); return err })
	return p, there, err
}

// Post hangs the released result of a contest out, for as long as the rule says.
func (s *Publicities) Post(ctx context.Context, who identity.Colleague, code string, seen int64) (p Publicity, err error) {
	err = s.organised(ctx, who, code, seen, func(tx *db.Tx, by identity.Admitted, e *event.Event) error {
		if e.State != contest.Judged {
			return fault.New(fault.Conflict, "这个评审现在是“%[1]s”，还不能公示，或者已经公示过。", "This contest is %[2]q: its result cannot hang out yet, or has done so already.", e.State.Name().ZH, e.State.Name().EN)
		}
		n, err := release.Last(tx, code)
		if err != nil {
			return err
		}
		if n.N == 0 {
			return fault.New(fault.Conflict, "先放出公开文件，再公示：公示的名单要能从文件里重算。", "Release the public file first: what hangs out has to be computed again from it.")
		}
		rule, err := ruleOf(periodOf)
		if err != nil {
			return err
		}
		known, err := casework.Calendar(tx, calendar.Official)
		if err != nil {
			return err
		}
		now := tx.Now().UTC().Truncate(time.Second)
		until, err := clock.Reckon(rule, []clock.Event{{Kind: clock.Started, Happened: now, Recorded: now}}, clock.Office{Calendar: known})
		if err != nil {
			return err
		}
		text, err := json.Marshal(rule)
		if err != nil {
			return err
		}
		p = Publicity{Contest: code, From: now, Until: until.Due.UTC(), Rule: string(text)}
		if _, err := insert.Exec(tx, p); err != nil {
			return err
		}
		e.State = contest.Publicity
		return record.Append(tx, by.Sign, posted{Contest: code, Release: n.N, Until: p.Until.Format(time.RFC3339), by: by.Person})
	})
	return p, err
}

// Finish makes the result final: its period is over, nothing is open, and what was upheld has been released.
func (s *Publicities) Finish(ctx context.Context, who identity.Colleague, code string, seen int64) (p Publicity, err error) {
	err = s.organised(ctx, who, code, seen, func(tx *db.Tx, by identity.Admitted, e *event.Event) error {
		var there bool
		if p, there, err = Of(tx, code); err != nil {
			return err
		}
		if !there || e.State != contest.Publicity {
			return fault.New(fault.Conflict, "这个评审现在是“%[1]s”，不在公示。", "This contest is %[2]q, and its result does not hang out.", e.State.Name().ZH, e.State.Name().EN)
		}
		if tx.Now().Before(p.Until) {
			return fault.New(fault.Conflict, "公示到 %[1]s 才结束，在那以后才能定榜。", "Its publicity ends at %[1]s: the list is final after that.", p.Until.In(calendar.China).Format("2006-01-02 15:04"))
		}
		last, err := s.settled(tx, code)
		if err != nil {
			return err
		}
		now := tx.Now().UTC().Truncate(time.Second)
		p.FinalN, p.FinalAt = last.N, &now
		if _, err := finish.Exec(tx, p); err != nil {
			return err
		}
		e.State = contest.Final
		return record.Append(tx, by.Sign, finished{Contest: code, Release: last.N, File: last.File, by: by.Person})
	})
	return p, err
}

// settled is the last release, where no objection is open and what was upheld is in it.
func (s *Publicities) settled(tx *db.Tx, code string) (last release.Release, err error) {
	if last, err = release.Last(tx, code); err != nil {
		return last, err
	}
	all, err := listed.Slice(tx, code)
	if err != nil {
		return last, err
	}
	b, err := hall.Revealed(tx, code, s.facts)
	if err != nil {
		return last, err
	}
	if b.Event.Frozen {
		return last, fault.New(fault.Conflict, "还有更正没有办完", "a correction is under way")
	}
	for _, o := range all {
		switch {
		case o.EndedAt == nil:
			return last, fault.New(fault.Conflict, "第 %d 号异议还没有决定", "objection %d is not decided yet", o.N)
		case o.Stage == contest.ObjectionUpheld && !last.At.After(*o.EndedAt):
			return last, fault.New(fault.Conflict, "第 %d 号异议成立，还没有重新公布：先更正，再放出新的公开文件", "objection %d was upheld, and nothing was released since: correct it, and release another file", o.N)
		}
	}
	return last, nil
}

// organised changes a contest as its organiser, who saw a version of it.
func (s *Publicities) organised(ctx context.Context, who identity.Colleague, code string, seen int64, do func(*db.Tx, identity.Admitted, *event.Event) error) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		e, err := event.Read(tx, code)
		if err != nil {
			return err
		}
		by, err := who.Admit(tx, contest.Organise, e.Place())
		if err != nil {
			return err
		}
		if err := do(tx, by, &e); err != nil {
			return err
		}
		e.Version = seen
		if err := e.Write(tx); err != nil {
			return err
		}
		return event.Changed(tx, code, true)
	})
}
