package duty

import (
	"context"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
)

// Call is a notice that should have gone out and has not.
type Call struct {
	casework.Notice
	Unit string // by name; empty: it is gone
	What lang.Text
	Href string // of the case
}

// mostCalls is how many notices there are on a page.
const mostCalls = 60

type mayAt func(right.Place) (identity.Admitted, error)

// mayCall is where who asks may ring up; whoever may nowhere is refused.
func (s *Desks) mayCall(tx *db.Tx, who identity.Colleague) (mayAt, error) {
	at, err := who.Admits(tx, Calls)
	if err != nil {
		return nil, err
	}
	_, err = at(right.Nowhere)
	return at, err
}

// call holds a notice against where who asks is responsible.
func (at mayAt) call(n casework.Notice) (identity.Admitted, error) {
	d, err := gb.Parse(n.Division)
	if err != nil {
		return identity.Admitted{}, err
	}
	return at(right.In(d, right.Organisations(n.Organisation)...))
}

// Calls lists what could not be sent, unit by unit behind a notice, to who may ring up where it is for.
// More says that it goes on.
func (s *Desks) Calls(ctx context.Context, who identity.Colleague, after casework.Notice) (all []Call, more bool, err error) {
	people, err := s.in(who)
	if err != nil {
		return nil, false, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		all, more = nil, false
		at, err := s.mayCall(tx, who)
		if err != nil {
			return err
		}
		if all, more, err = s.calls(tx, at, after); err != nil {
			return err
		}
		refs := make([]casework.Ref, len(all))
		for i, c := range all {
			refs[i] = casework.Ref{Process: c.Process, Case: c.Case, Code: c.Code}
		}
		called, err := s.show(tx, refs)
		for i, c := range all {
			all[i].Href = called[c.Case].Href
		}
		return err
	})
	if err != nil {
		return nil, false, err
	}
	var ids []string
	for _, c := range all {
		ids = append(ids, c.Organisation)
	}
	names, err := people.Organisations.Names(ctx, ids...)
	for i, c := range all {
		all[i].Unit = names[c.Organisation]
	}
	return all, more, err
}

// calls reads on until a page is full of what its reader may see.
func (s *Desks) calls(tx *db.Tx, at mayAt, after casework.Notice) (all []Call, more bool, err error) {
	for {
		rows, err := s.book.Notices.Unsent(tx, after, mostCalls)
		if err != nil {
			return nil, false, err
		}
		for _, n := range rows {
			after = n
			if _, err := at.call(n); fault.KindOf(err) == fault.Denied {
				continue
			} else if err != nil {
				return nil, false, err
			}
			if len(all) == mostCalls {
				return all, true, nil
			}
			all = append(all, Call{Notice: n, What: s.stage(n.Process, n.Stage)})
		}
		if len(rows) < mostCalls {
			return all, false, nil
		}
	}
}

// Called notes that units were told by telephone, or has their notices tried anew.
func (s *Desks) Called(ctx context.Context, who identity.Colleague, ids []string, again bool) error {
	if _, err := s.in(who); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		at, err := s.mayCall(tx, who)
		if err != nil {
			return err
		}
		for _, id := range ids {
			n, err := s.book.Notices.Get(tx, id)
			if err != nil {
				return err
			}
			by, err := at.call(n)
			switch {
			case err != nil:
				return err
			case again:
				err = s.book.Notices.Again(tx, n)
			default:
				err = s.book.Notices.Told(tx, by.Sign, by.Person, n)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
