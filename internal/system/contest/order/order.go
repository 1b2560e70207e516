// Package order draws the order in which entries run, in public.
//
//	d, err := orders.Commit(ctx, who, order.Committing{Contest: "hall-2026", Part: "show", Seen: ev.Version, Limit: 480, Warn: 30, Seed: …})
//	typed, err := orders.Type(ctx, who, "hall-2026", "show", 1, values) // and another person the same: the order stands
//
// Each part that judges mark has a draw of its own, of the purpose contest/CODE/order-PART. Its list has the numbers of the shortlist
// with the commitments that went into the log when they were given, so that it is fixed what each number stands for before the seed
// exists. What was withdrawn before is excluded; later stages have who came over the line of the stage before.
//
// With the second typing the draw is drawn and, in the same transaction, the lineup of the hall is written from its rows
// ([hall.LineUp]) and the contest becomes drawn. There is no other way for a page to write an order. An entry that is withdrawn after
// the commitment keeps its place in the draw: two people skip it there, and it is taken out of the lineup.
//
// Tables owned: contest_order, contest_skip.
package order

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/draw"
	"github.com/xiadu/xiadu/internal/engine/draw/course"
	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/engine/draw/seed"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
)

// row is a draw of a part, with the times of its presentations.
type row struct {
	Contest string    `db:"contest"`
	Part    string    `db:"part"`
	Draw    string    `db:"draw_id"`
	Limit   int       `db:"limit_s"`
	Warn    int       `db:"warn_s"`
	At      time.Time `db:"at"`
}

// Skip is that one person asks for an entry to be skipped.
type Skip struct {
	Contest string    `db:"contest"`
	Part    string    `db:"part"`
	Entry   string    `db:"entry"` // its number
	AskedBy string    `db:"asked_by"`
	Sign    string    `db:"sign"` // as what they asked
	At      time.Time `db:"at"`
}

var (
	insert   = db.Declare[row, db.None](`INSERT INTO contest_order (contest, part, draw_id, limit_s, warn_s, at) VALUES (:contest, :part, :draw_id, :limit_s, :warn_s, :at)`)
	ordersOf = db.Declare[string, row](`SELECT /*cols*/ FROM contest_order WHERE contest = :contest ORDER BY part, at, draw_id`)

	insertSkip = db.Declare[Skip, db.None](`INSERT INTO contest_skip (contest, part, entry, asked_by, sign, at) VALUES (:contest, :part, :entry, :asked_by, :sign, :at)`)
	dropSkip   = db.Declare[Skip, db.None](`DELETE FROM contest_skip WHERE contest = :contest AND part = :part AND entry = :entry`)
	skipsOf    = db.Declare[string, Skip](`SELECT /*cols*/ FROM contest_skip WHERE contest = :contest ORDER BY part, entry`)
)

// Orders are those of a site.
type Orders struct {
	db    *db.DB
	book  *draw.Book
	facts hall.Facts
}

// In returns those of a database.
func In(d *db.DB, facts hall.Facts) *Orders { return &Orders{d, draw.New(), facts} }

// withdrawn is the reason for which an entry is excluded or skipped; there is no other.
const withdrawn = "withdrawn"

// of is what the draws of a contest are of.
func of(code string) string { return "contest/" + code }

// plainPart are keys of parts that the purpose of a draw can have as they are.
var plainPart = regexp.MustCompile(`^[a-z0-9-]{1,24}$`)

func purpose(code, part string) string {
	if !plainPart.MatchString(part) {
		sum := sha256.Sum256([]byte(part))
		part = hex.EncodeToString(sum[:8])
	}
	return of(code) + "/order-" + part
}

// Committing is what a draw is to be: of which part, by which public source, and how long each presents.
type Committing struct {
	Contest, Part string
	Seen          int64 // the version of the contest
	Limit, Warn   int   // seconds
	Seed          []seed.Choice
}

// Commit publishes that the order of a part is to be drawn, and by what.
func (s *Orders) Commit(ctx context.Context, who identity.Colleague, c Committing) (d draw.Draw, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		e, err := event.Read(tx, c.Contest)
		if err != nil {
			return err
		}
		by, err := who.Admit(tx, contest.Organise, e.Place())
		if err != nil {
			return err
		}
		if e.Version != c.Seen {
			return fault.New(fault.Conflict, "这个评审刚刚被别人改过。请看一眼现在的样子，再约定一次。", "Somebody has just changed this contest. Look at it as it is now, and commit again.")
		}
		if err := hall.CheckTimes(c.Limit, c.Warn); err != nil {
			return err
		}
		list, err := s.list(tx, &e, c.Part)
		if err != nil {
			return err
		}
		if d, err = s.book.Commit(tx, actor(by), draw.Terms{
			Of: of(e.Code), Purpose: purpose(e.Code, c.Part), Title: title(&e, c.Part), List: list, Seed: c.Seed, Skips: []string{withdrawn},
		}); err != nil {
			return err
		}
		if _, err := insert.Exec(tx, row{e.Code, c.Part, d.ID, c.Limit, c.Warn, tx.Now()}); err != nil {
			return err
		}
		return event.Changed(tx, e.Code, true)
	})
	return d, err
}

func actor(by identity.Admitted) draw.Actor { return draw.Actor{ID: by.Person, Sign: by.Sign} }

// mostName bounds what a part is called in the title of its draw, in bytes.
const mostName = 48

func title(e *event.Event, part string) lang.Text {
	cut := func(s string) string {
		for i := range s {
			if i > mostName {
				return s[:i]
			}
		}
		return s
	}
	name := e.Rule.About.Names[part]
	if name.ZH == "" || name.EN == "" {
		name = lang.Text{ZH: part, EN: part}
	}
	return lang.Text{ZH: fmt.Sprintf("评审 %s “%s”的顺序", e.Code, cut(name.ZH)), EN: fmt.Sprintf("Contest %s: the order of %s", e.Code, cut(name.EN))}
}

// list is what is drawn from: the numbers that run in a part, with what commits to their bearers.
func (s *Orders) list(tx *db.Tx, e *event.Event, part string) (*lots.List, error) {
	p, stage, ok := e.Rule.Rule.Part(part)
	if !ok || p.Judged == nil {
		return nil, fault.At("part", fault.New(fault.Invalid, "规则里没有由评委打分的环节“%s”", "the rule has no part %q that is judged", lang.Short(part)))
	}
	runs, err := hall.Runs(tx, e.Code)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(runs, func(r hall.Run) bool { return r.Part == part }) {
		return nil, fault.New(fault.Conflict, "“%s”的顺序已经抽好了", "the order of %q was drawn", part)
	}
	fits := e.State == contest.Reviewed || e.State == contest.Drawn
	if stage > 0 {
		fits = e.State == contest.Drawn || e.State == contest.Hall
	}
	if !fits {
		return nil, fault.New(fault.Conflict, "这个评审现在是“%[1]s”，不能约定抽签：入围以后、开评以前才行。", "This contest is %[2]q now: its order is drawn after the shortlist and before judging.", e.State.Name().ZH, e.State.Name().EN)
	}
	in, err := s.through(tx, e, stage, runs)
	if err != nil {
		return nil, err
	}
	openings, err := entry.Openings(tx, e.Code)
	if err != nil {
		return nil, err
	}
	commitments := map[string]string{}
	for _, o := range openings {
		if commitments[o.Code], err = o.Commitment(); err != nil {
			return nil, err
		}
	}
	all, err := entry.Shortlisted(tx, e.Code)
	if err != nil {
		return nil, err
	}
	var rows []lots.Lot
	var out []lots.Exclusion
	for _, one := range all {
		if in != nil && !in[one.Number] {
			continue
		}
		rows = append(rows, lots.Lot{Code: one.Number, Blind: commitments[one.Number]})
		if one.Status != mark.Ran {
			out = append(out, lots.Exclusion{Code: one.Number, Reason: withdrawn})
		}
	}
	if len(rows) == len(out) {
		return nil, fault.New(fault.Conflict, "没有可以抽的作品", "there is no entry to draw")
	}
	return lots.New(rows, nil, out)
}

// through are the numbers that run in a stage: nil for the first, in which all do.
func (s *Orders) through(tx *db.Tx, e *event.Event, stage int, runs []hall.Run) (map[string]bool, error) {
	if stage == 0 {
		return nil, nil
	}
	before := e.Rule.Rule.Stages[stage-1].Key
	for _, r := range runs {
		_, at, _ := e.Rule.Rule.Part(r.Part)
		if at < stage && r.State != hall.Shown && r.State != hall.Forfeit && r.State != hall.Interrupted {
			return nil, notOver()
		}
	}
	if len(runs) == 0 {
		return nil, notOver()
	}
	b, err := hall.Revealed(tx, e.Code, s.facts)
	if err != nil {
		return nil, err
	}
	in, lines := map[string]bool{}, 0
	for _, c := range b.Result.Cuts {
		if c.Stage != before {
			continue
		}
		if lines++; c.Open {
			return nil, fault.New(fault.Conflict, "上一阶段的入围线上还有并列要由人决定", "a tie at the line of the stage before waits for people to decide")
		}
		for _, number := range c.In {
			in[number] = true
		}
	}
	if lines == 0 {
		for _, one := range b.Result.Entries {
			in[one.Key] = one.Status == mark.Ran
		}
	}
	return in, nil
}

func notOver() error {
	return fault.New(fault.Conflict, "上一阶段还没有全部公布：公布以后才知道谁进这一阶段", "the stage before is not all revealed: only then is it known who runs in this one")
}

// admit is for who may type a seed, and skip: whoever runs the contest, so that two different people can.
func admit(tx *db.Tx, who identity.Colleague, e *event.Event) (by identity.Admitted, err error) {
	for _, key := range []string{contest.Organise, contest.Supervise, contest.Score} {
		if by, err = who.Admit(tx, key, e.Place()); fault.KindOf(err) != fault.Denied {
			break
		}
	}
	if err == nil && by.Person == "" {
		err = fault.New(fault.Denied, "这一步要由登录的人来做", "this is for somebody who is signed in")
	}
	return by, err
}

// Drawing is a draw of the order of a part, for the public.
type Drawing struct {
	Part string
	Draw string
	At   time.Time
}

// Drawings are all draws of a contest's orders, cancelled ones too, by part and time.
func Drawings(tx *db.Tx, code string) (all []Drawing, err error) {
	rows, err := ordersOf.Slice(tx, code)
	for _, r := range rows {
		all = append(all, Drawing{r.Part, r.Draw, r.At})
	}
	return all, err
}

// present is the last draw of a part.
func (s *Orders) present(tx *db.Tx, code, part string) (r row, err error) {
	rows, err := ordersOf.Slice(tx, code)
	for _, one := range rows {
		if one.Part == part {
			r = one
		}
	}
	if err == nil && r.Draw == "" {
		err = fault.New(fault.NotFound, "“%s”还没有约定抽签", "no draw of %q was committed to", lang.Short(part))
	}
	return r, err
}

// Type takes the values of the seed as one person reads them in the announcement. When two have typed the same the order is drawn, and
// the lineup is written from it. A draw that was cancelled publishes its result and writes none.
func (s *Orders) Type(ctx context.Context, who identity.Colleague, code, part string, choice int, values []string) (typed draw.Typed, err error) {
	err = s.drawing(ctx, who, code, part, admit, func(tx *db.Tx, by identity.Admitted, e *event.Event, r row) (err error) {
		if typed, err = s.book.Type(tx, actor(by), r.Draw, choice, values); err != nil {
			return err
		}
		if !typed.Drawn {
			return event.Changed(tx, code, false)
		}
		return s.lineUp(tx, by, e, r)
	})
	return typed, err
}

// drawing does something with the draw of a part, as who is admitted to it.
func (s *Orders) drawing(ctx context.Context, who identity.Colleague, code, part string, admit admitting, do func(*db.Tx, identity.Admitted, *event.Event, row) error) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		e, err := event.Read(tx, code)
		if err != nil {
			return err
		}
		by, err := admit(tx, who, &e)
		if err != nil {
			return err
		}
		r, err := s.present(tx, code, part)
		if err != nil {
			return err
		}
		return do(tx, by, &e, r)
	})
}

// admitting admits somebody to what they want with the draws of a contest.
type admitting func(*db.Tx, identity.Colleague, *event.Event) (identity.Admitted, error)

// lineUp writes the lineup from what was drawn: in its order, without what was withdrawn since.
func (s *Orders) lineUp(tx *db.Tx, by identity.Admitted, e *event.Event, r row) error {
	c, _, err := s.book.Course(tx, r.Draw)
	if err != nil || c.State != course.Drawn {
		return err
	}
	if e.State == contest.Cancelled {
		return nil // what was drawn is public all the same
	}
	standing, err := standing(tx, e.Code)
	if err != nil {
		return err
	}
	l := hall.Lineup{Contest: e.Code, Part: r.Part, Limit: r.Limit, Warn: r.Warn}
	for _, one := range c.Rows() {
		if standing[one.Code] {
			l.Order = append(l.Order, one.Code)
		}
	}
	return hall.LineUp(tx, s.facts, by, l)
}

// standing are the numbers that take part.
func standing(tx *db.Tx, code string) (map[string]bool, error) {
	all, err := entry.Shortlisted(tx, code)
	in := map[string]bool{}
	for _, one := range all {
		in[one.Number] = one.Status == mark.Ran
	}
	return in, err
}
