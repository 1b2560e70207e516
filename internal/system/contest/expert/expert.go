// Package expert is the pool of people who judge contests, and what ties them to the units whose entries they would judge.
//
//	e, err := experts.Add(ctx, who, expert.New{Person: id, Field: "营商环境", Unit: "…", Organisation: org, Division: d})
//	err = experts.Relate(ctx, who, expert.Relating{Person: id, Unit: "…", Kind: expert.Adviser, Note: "…"})
//	all, err := expert.Conflicts(tx, "hall-2026")    // before seats are given
//
// A relation is declared by the expert, or found: noted by who keeps the pool, or told from where units stand in the tree of
// organisations. Names are the same when they differ in white space and widths alone. Names that differ in how a company is called
// (有限公司, 集团) may be one unit or two: that is a question ([Alike]) and never a match.
//
// Conflicts are looked for apart from inviting: nothing here gives or takes a seat. What a relation is about in words is sealed
// under the keys of people; the record says that there is another relation of an expert, and neither whose nor to whom.
//
// Tables owned: contest_expert, contest_relation.
package expert

import (
	"context"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
)

// Expert is somebody of the pool.
type Expert struct {
	Person       string    `db:"person"`
	Division     string    `db:"division"` // whose organisers keep them
	Field        string    `db:"field"`
	Unit         string    `db:"unit"`         // their own, as written
	Organisation string    `db:"organisation"` // the same, where it is known here
	Active       bool      `db:"active"`
	Version      int64     `db:"version"`
	AddedAt      time.Time `db:"added_at"`
}

var (
	insert = db.Declare[Expert, db.None](`
		INSERT INTO contest_expert (person, division, field, unit, organisation, active, version, added_at)
		VALUES (:person, :division, :field, :unit, :organisation, :active, :version, :added_at)`)
	byPerson = db.Declare[string, Expert](`SELECT /*cols*/ FROM contest_expert WHERE person = :person`)
	write    = db.Declare[Expert, int64](`
		UPDATE contest_expert SET field = :field, unit = :unit, organisation = :organisation, active = :active, version = version + 1
		WHERE person = :person AND version = :version RETURNING version`)
	listed = db.Declare[listing, Expert](`
		SELECT /*cols*/ FROM contest_expert WHERE division >= :from_code AND division <= :until_code [AND field = :field] [AND active = :active]
		AND (division, person) > (:division, :person) ORDER BY division, person LIMIT :lim`)
)

type listing struct {
	From     string  `db:"from_code"`
	Until    string  `db:"until_code"`
	Field    *string `db:"field"`
	Active   *bool   `db:"active"`
	Division string  `db:"division"`
	Person   string  `db:"person"`
	Limit    int     `db:"lim"`
}

// Read returns an expert, or a fault.NotFound.
func Read(tx *db.Tx, person string) (Expert, error) {
	rows, err := byPerson.Slice(tx, person)
	if err != nil {
		return Expert{}, err
	}
	if len(rows) == 0 {
		return Expert{}, fault.New(fault.NotFound, "专家库里没有这个人。", "The pool has no such expert.")
	}
	return rows[0], nil
}

func (e *Expert) place() (right.Place, error) {
	d, err := gb.Parse(e.Division)
	return right.In(d), err
}

// Experts are those of a site.
type Experts struct{ db *db.DB }

// In returns the experts of a database.
func In(d *db.DB) *Experts { return &Experts{d} }

// New is an expert to be: somebody whom the site knows.
type New struct {
	Person       string
	Division     gb.Division
	Field, Unit  string
	Organisation string // empty: the unit is none that is known here
}

// Bounds, in characters.
const (
	mostField = 60
	mostUnit  = 100
	mostNote  = 500
)

// check returns the field and the unit in the form that they are kept in.
func check(tx *db.Tx, field, unit, organisation string) (string, string, error) {
	field, unit = strings.TrimSpace(field), strings.TrimSpace(unit)
	if organisation != "" {
		o, err := identity.Named(tx, organisation)
		if err != nil {
			return "", "", fault.At("organisation", err)
		}
		if unit == "" {
			unit = o.Name
		}
	}
	if field == "" {
		return "", "", fault.At("field", fault.New(fault.Invalid, "请写专业领域", "say in which field"))
	}
	if t, ok := lang.CheckText(field, mostField); !ok {
		return "", "", fault.At("field", &fault.Error{Kind: fault.Invalid, Text: t})
	}
	return field, unit, checkUnit(unit)
}

func checkUnit(unit string) error {
	if unit == "" {
		return fault.At("unit", fault.New(fault.Invalid, "请写单位：回避要靠它", "name the unit: recusals go by it"))
	}
	if t, ok := lang.CheckText(unit, mostUnit); !ok {
		return fault.At("unit", &fault.Error{Kind: fault.Invalid, Text: t})
	}
	return nil
}

// Add takes somebody into the pool.
func (s *Experts) Add(ctx context.Context, who identity.Colleague, n New) (e Expert, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if !n.Division.Valid() {
			return fault.At("division", fault.New(fault.Invalid, "请选是哪个地区的专家库", "choose the division of the pool"))
		}
		by, err := who.Admit(tx, contest.Organise, right.In(n.Division))
		if err != nil {
			return err
		}
		name, err := who.NameOf(tx, n.Person)
		if err != nil {
			return err
		}
		if name == "" {
			return fault.At("person", fault.New(fault.NotFound, "没有这个人：先在“人员”里登记", "there is no such person: enter them among the people first"))
		}
		had, err := byPerson.Slice(tx, n.Person)
		if err != nil {
			return err
		}
		if len(had) > 0 {
			return fault.At("person", fault.New(fault.Conflict, "这个人已经在专家库里", "this person is in the pool already"))
		}
		e = Expert{Person: n.Person, Division: n.Division.Code(), Organisation: n.Organisation, Active: true, Version: 1, AddedAt: tx.Now()}
		if e.Field, e.Unit, err = check(tx, n.Field, n.Unit, n.Organisation); err != nil {
			return err
		}
		if _, err := insert.Exec(tx, e); err != nil {
			return err
		}
		return record.Append(tx, by.Sign, changed{by: by.Person, person: e.Person, Division: e.Division, Field: e.Field, Active: true, New: true})
	})
	return e, err
}

// Change is an expert as they are to be.
type Change struct {
	Person       string
	Seen         int64
	Field, Unit  string
	Organisation string
	Active       bool // in the pool: else they are asked no more, and what they judged stays
}

// Change changes what the pool says of an expert.
func (s *Experts) Change(ctx context.Context, who identity.Colleague, c Change) (e Expert, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		by, err := e.kept(tx, who, c.Person)
		if err != nil {
			return err
		}
		e.Version, e.Organisation, e.Active = c.Seen, c.Organisation, c.Active
		if e.Field, e.Unit, err = check(tx, c.Field, c.Unit, c.Organisation); err != nil {
			return err
		}
		versions, err := write.Slice(tx, e)
		if err != nil {
			return err
		}
		if len(versions) == 0 {
			return fault.New(fault.Conflict, "这位专家的资料刚刚被别人改过。请看一眼现在的样子，再改一次。", "Somebody has just changed this expert. Look at them as they are now, and change them again.")
		}
		e.Version = versions[0]
		return record.Append(tx, by.Sign, changed{by: by.Person, person: e.Person, Division: e.Division, Field: e.Field, Active: e.Active})
	})
	return e, err
}

// kept reads an expert for who keeps their part of the pool.
func (e *Expert) kept(tx *db.Tx, who identity.Colleague, person string) (by identity.Admitted, err error) {
	if *e, err = Read(tx, person); err != nil {
		return by, err
	}
	at, err := e.place()
	if err != nil {
		return by, err
	}
	return who.Admit(tx, contest.Organise, at)
}

// Filter chooses experts of a division and all within it.
type Filter struct {
	Division gb.Division // none: of everywhere
	Field    string      // empty: all
	Active   bool        // those who may be asked, alone
	After    Expert      // the last of the page before
	Limit    int         // 0: 50
}

const mostListed = 200

// List is a page of the pool, for who keeps it.
func (s *Experts) List(ctx context.Context, who identity.Colleague, f Filter) (all []Expert, err error) {
	q := listing{Until: "99", Division: f.After.Division, Person: f.After.Person, Limit: min(f.Limit, mostListed)}
	if q.Limit <= 0 {
		q.Limit = 50
	}
	if f.Division.Valid() {
		code := f.Division.Code()
		wide := strings.TrimSuffix(strings.TrimSuffix(code, "00"), "00") // the digits that all within it begin with
		q.From, q.Until = code, wide+strings.Repeat("9", len(code)-len(wide))
	}
	if f.Field != "" {
		q.Field = &f.Field
	}
	if f.Active {
		q.Active = &f.Active
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if _, err := who.Admit(tx, contest.Organise, right.In(f.Division)); err != nil {
			return err
		}
		all, err = listed.Slice(tx, q)
		return err
	})
	return all, err
}

// judge is the role of who may be asked to judge.
const judge = "contest.judge"

// Candidates are who has the role of a judge where a division is, or within it, and is in no pool yet, for who keeps the pool.
func (s *Experts) Candidates(ctx context.Context, who identity.Colleague, d gb.Division) (all []identity.Holder, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		all = nil
		if _, err := who.Admit(tx, contest.Organise, right.In(d)); err != nil {
			return err
		}
		bearers, err := who.Bearers(tx, judge)
		if err != nil {
			return err
		}
		had := map[string]bool{}
		for _, b := range bearers {
			over := b.Scope.Division
			if had[b.Person] || d.Valid() && over.Valid() && !d.Within(over) && !over.Within(d) {
				continue
			}
			had[b.Person] = true
			pooled, err := byPerson.Slice(tx, b.Person)
			if err != nil {
				return err
			}
			if len(pooled) == 0 {
				all = append(all, b)
			}
		}
		return nil
	})
	return all, err
}

// Get is an expert, for themselves or who keeps the pool.
func (s *Experts) Get(ctx context.Context, who identity.Colleague, person string) (e Expert, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error { _, _, err := e.admit(tx, who, person); return err })
	return e, err
}
