package identity

import (
	"context"
	"errors"
	"slices"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// maxPage bounds a page of people.
const maxPage = 500

// List lists persons in the order of their making, at most 500 after the one named:
// those who are at home where the actor may look.
func (s Persons) List(ctx context.Context, by Actor, after string, limit int) ([]Person, error) {
	return s.page(ctx, by, after, limit, func(tx *db.Tx, after string) ([]personRow, error) {
		return listPersons.Slice(tx, pageOf{after, maxPage})
	})
}

// page reads on until a page is full of those at whom the actor may look.
func (s Persons) page(ctx context.Context, by Actor, after string, limit int, read func(*db.Tx, string) ([]personRow, error)) (all []Person, err error) {
	limit = min(max(limit, 1), maxPage)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		may, err := s.sees(tx, by)
		if err != nil {
			return err
		}
		var seen []personRow
		for after := after; len(seen) < limit; {
			rows, err := read(tx, after)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if may(r) && len(seen) < limit {
					seen = append(seen, r)
				}
			}
			if len(rows) < maxPage {
				break
			}
			after = rows[len(rows)-1].ID
		}
		all, err = s.describe(tx, seen)
		return err
	})
	return all, err
}

// FindByPhone finds active persons by a telephone number, however it is written.
func (s Persons) FindByPhone(ctx context.Context, by Actor, phone string) (all []Person, err error) {
	normal, ok := NormalPhone(phone)
	if !ok {
		return nil, fault.New(fault.Invalid, "“%s”不是电话号码。", "“%s” is no telephone number.", lang.Short(phone))
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		may, err := s.sees(tx, by)
		if err != nil {
			return err
		}
		rows, err := s.byPhone(tx, normal)
		if err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(r personRow) bool { return !may(r) })
		all, err = s.describe(tx, rows)
		return err
	})
	return all, err
}

// byPhone looks under the key in use and, while a rotation is under way, under the
// one before.
func (s Persons) byPhone(tx *db.Tx, normal string) ([]personRow, error) {
	key, err := s.key(tx)
	if err != nil {
		return nil, err
	}
	var p phones
	if p.A, err = s.keys.Index(key, "phone", normal); err != nil {
		return nil, err
	}
	p.B = p.A
	for _, n := range s.keys.Numbers() {
		if n < key {
			if p.B, err = s.keys.Index(n, "phone", normal); err != nil {
				return nil, err
			}
			break
		}
	}
	return personsByPhone.Slice(tx, p)
}

func (s Persons) describe(tx *db.Tx, rows []personRow) ([]Person, error) {
	all := make([]Person, 0, len(rows))
	now := s.clock(tx)
	for _, row := range rows {
		p, err := s.open(row)
		if err != nil {
			return nil, err
		}
		accounts, err := accountByPerson.Slice(tx, row.ID)
		if err != nil {
			return nil, err
		}
		if len(accounts) > 0 {
			p.Login, p.Closed = accounts[0].Login, accounts[0].ClosedAt != nil
		}
		held, err := grantsOf(tx, row.ID)
		if err != nil {
			return nil, err
		}
		for _, g := range held {
			if g.InForce(now) {
				p.Roles = append(p.Roles, g)
			}
		}
		all = append(all, p)
	}
	return all, nil
}

// atHome finds one person by id, login or telephone number, for the command line.
func (s Persons) atHome(tx *db.Tx, name string) (personRow, error) {
	if row, err := personByID(tx, name); fault.KindOf(err) != fault.NotFound {
		return row, err
	}
	accounts, err := accountByLogin.Slice(tx, normalLogin(name))
	if err != nil {
		return personRow{}, err
	}
	if len(accounts) > 0 {
		return personByID(tx, accounts[0].Person)
	}
	if phone, ok := NormalPhone(name); ok {
		rows, err := s.byPhone(tx, phone)
		if err != nil || len(rows) == 1 {
			return first(rows), err
		}
		if len(rows) > 1 {
			return personRow{}, fault.New(fault.Conflict, "有 %d 个人用这个电话号码：请写账号或编号。", "%d persons have this telephone number: give a login or an id.", len(rows))
		}
	}
	return personRow{}, fault.New(fault.NotFound, "没有账号、编号或电话号码是“%s”的人。", "Nobody has the login, id or telephone number “%s”.", lang.Short(name))
}

func first[T any](rows []T) (row T) {
	if len(rows) > 0 {
		return rows[0]
	}
	return row
}

// Find returns one person by id, login or telephone number.
func (s Persons) Find(ctx context.Context, by Actor, name string) (p Person, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		row, err := s.atHome(tx, name)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if err := errors.Join(s.maySee(tx, by, row.ID), err); err != nil {
			return err
		}
		all, err := s.describe(tx, []personRow{row})
		p = first(all)
		return err
	})
	return p, err
}

// AnswersFor are the organisations for which somebody holds one of some rights now: for which they act by
// it, or over which it is held. Here is false for who has left, or whose account is closed.
func (s Persons) AnswersFor(tx *db.Tx, person string, rights ...string) (organisations []string, here bool, err error) {
	rows, err := selectPerson.Slice(tx, person)
	if err != nil || first(rows).State != stateActive {
		return nil, false, err
	}
	accounts, err := accountByPerson.Slice(tx, person)
	if err != nil || len(accounts) > 0 && accounts[0].ClosedAt != nil {
		return nil, false, err
	}
	held, err := s.held(tx, person, right.ByPassword)
	now := s.clock(tx)
	for _, g := range held {
		if g.InForce(now) && slices.ContainsFunc(rights, func(key string) bool { return s.catalogue.Has(g.Role, key) }) {
			organisations = append(organisations, answered(g)...)
		}
	}
	slices.Sort(organisations)
	return slices.Compact(organisations), true, err
}

// answered are the organisations that a grant names.
func answered(g right.Grant) (all []string) {
	if g.Organisation != "" {
		all = append(all, g.Organisation)
	}
	if o, ok := g.Scope.OfOrganisation(); ok {
		all = append(all, o)
	}
	return all
}

// Fellow is somebody who answers for organisations for which another one does, too.
type Fellow struct {
	Person, Name  string
	Organisations []string // those that both answer for
}

// Fellows are who else holds one of some rights for the organisations of a person: at most a
// hundred of each.
func (s Persons) Fellows(tx *db.Tx, person string, rights ...string) (all []Fellow, err error) {
	mine, _, err := s.AnswersFor(tx, person, rights...)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{person: true}
	for _, o := range mine {
		rows, err := grantsNaming.Slice(tx, naming{o, right.Organisations(o)[0], s.clock(tx)})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if seen[r.Holder] {
				continue
			}
			seen[r.Holder] = true
			f := Fellow{Person: r.Holder}
			theirs, here, err := s.AnswersFor(tx, r.Holder, rights...)
			if err != nil {
				return nil, err
			}
			f.Organisations = slices.DeleteFunc(theirs, func(o string) bool { return !slices.Contains(mine, o) })
			if !here || len(f.Organisations) == 0 {
				continue
			}
			row, err := personByID(tx, r.Holder)
			if err != nil {
				return nil, err
			}
			p, err := s.open(row)
			if err != nil {
				return nil, err
			}
			f.Name = p.Name
			all = append(all, f)
		}
	}
	return all, nil
}

// mostBearers bounds who is looked at for one role.
const mostBearers = 1000

type bearing struct {
	Role  string `db:"role"`
	Limit int    `db:"lim"`
}

var bearers = db.Declare[bearing, grantRow](`SELECT /*cols*/ FROM identity_grant WHERE role = :role AND revoked_at IS NULL ORDER BY id LIMIT :lim`)

// Bearers are who holds a role now, over whatever it may be, for a use case that has admitted who asks to see their names.
func (c Colleague) Bearers(tx *db.Tx, role string) (all []Holder, err error) {
	if c.people == nil {
		return nil, notSignedIn()
	}
	rows, err := bearers.Slice(tx, bearing{role, mostBearers})
	if err != nil {
		return nil, err
	}
	now := c.people.clock(tx)
	for _, r := range rows {
		h := Holder{Person: r.Holder}
		if h.Grant, err = r.grant(); err != nil {
			return nil, err
		}
		if !h.InForce(now) {
			continue
		}
		if h.Name, err = c.NameOf(tx, r.Holder); err != nil {
			return nil, err
		}
		if h.Name != "" {
			all = append(all, h)
		}
	}
	return all, nil
}
