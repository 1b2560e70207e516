package duty

import (
	"context"
	"slices"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
)

// Absences are who takes somebody's place, and whose place they take.
type Absences struct {
	Own, Others []Absence
	Fellows     []identity.Fellow // who could
	Names       map[string]string // of the organisations, by id
}

// Absence is one of them, with what its deputy may do by their own rights: it gives none.
type Absence struct {
	Place             // the name is of the other one
	Both     []string // organisations for which both answer
	OwnAlone []string // those for which the deputy does not
}

// Absences reads who takes one's place now or later, and who could.
func (s *Desks) Absences(ctx context.Context, who identity.Colleague) (out Absences, err error) {
	people, err := s.in(who)
	if err != nil {
		return out, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out = Absences{}
		if out.Fellows, err = people.Persons.Fellows(tx, who.Person, s.rights...); err != nil {
			return err
		}
		own, others, err := s.book.Absences.Of(tx, who.Person)
		if err != nil {
			return err
		}
		for _, a := range own {
			one, err := s.absence(tx, people, who, a, a.Deputy)
			if err != nil {
				return err
			}
			out.Own = append(out.Own, one)
		}
		for _, a := range others {
			one, err := s.absence(tx, people, who, a, a.Person)
			if err != nil {
				return err
			}
			out.Others = append(out.Others, one)
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	var ids []string
	for _, f := range out.Fellows {
		ids = append(ids, f.Organisations...)
	}
	for _, a := range slices.Concat(out.Own, out.Others) {
		ids = append(append(ids, a.Both...), a.OwnAlone...)
	}
	out.Names, err = people.Organisations.Names(ctx, ids...)
	return out, err
}

func (s *Desks) absence(tx *db.Tx, people *identity.Service, who identity.Colleague, a casework.Away, other string) (out Absence, err error) {
	out.Away = a
	if out.Name, err = who.NameOf(tx, other); err != nil {
		return out, err
	}
	theirs, _, err := people.Persons.AnswersFor(tx, a.Person, s.rights...)
	if err != nil {
		return out, err
	}
	deputys, _, err := people.Persons.AnswersFor(tx, a.Deputy, s.rights...)
	for _, o := range theirs {
		if slices.Contains(deputys, o) {
			out.Both = append(out.Both, o)
		} else {
			out.OwnAlone = append(out.OwnAlone, o)
		}
	}
	return out, err
}

// Appoint has somebody take one's place, who answers for one of the same organisations:
// anybody else could do nothing there (fault.Denied of the field deputy). See
// [casework.Absences.Appoint] for what else is refused.
func (s *Desks) Appoint(ctx context.Context, who identity.Colleague, a casework.Away) error {
	people, err := s.in(who)
	if err != nil {
		return err
	}
	a.Person = who.Person
	return s.db.Update(ctx, func(tx *db.Tx) error {
		fellows, err := people.Persons.Fellows(tx, who.Person, s.rights...)
		if err != nil {
			return err
		}
		if a.Deputy != "" && a.Deputy != a.Person && !slices.ContainsFunc(fellows, func(f identity.Fellow) bool { return f.Person == a.Deputy }) {
			return fault.At("deputy", fault.New(fault.Denied, "只能托给在同一个单位有同样权限的人：代办不会给他新的权限。", "Only somebody with rights for the same unit can take your place: this gives them no new ones."))
		}
		_, err = s.book.Absences.Appoint(tx, bySelf, a)
		return err
	})
}

// Recall ends a delegation, one's own or one that one was given.
func (s *Desks) Recall(ctx context.Context, who identity.Colleague, id string) error {
	if _, err := s.in(who); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error { return s.book.Absences.Recall(tx, bySelf, id, who.Person) })
}
