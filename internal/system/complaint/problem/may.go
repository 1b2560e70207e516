package problem

import (
	"context"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
)

// Barred is a move of which somebody holds the right, and that is for others all the same: their unit is no
// outsider, or they made the step that is looked at.
type Barred struct {
	Move string
	Why  error // a fault
}

// may sorts the moves that begin where a problem stands, as far as somebody holds the right of them.
func may(tx *db.Tx, s *Problems, who identity.Colleague, c campaign.Campaign, p Problem) (can []string, barred []Barred, err error) {
	for _, m := range complaint.Problem.From(p.Stage) {
		if rights[m.Key] == "" || m.Key == "uphold" || !accepts(c, m.Key) {
			continue
		}
		by, err := s.admit(tx, who, rights[m.Key], p)
		if fault.KindOf(err) == fault.Denied {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		err = s.book.Bars(tx, p.ID, m.Key, casework.Person{ID: by.Person, Organisation: by.Organisation})
		switch {
		case err == nil:
			can = append(can, m.Key)
		case fault.KindOf(err) == fault.Denied:
			barred = append(barred, Barred{m.Key, err})
		default:
			return nil, nil, err
		}
	}
	return can, barred, nil
}

// accepts reports whether a campaign knows a way to accept on site; other moves all of them know.
func accepts(c campaign.Campaign, move string) bool {
	switch move {
	case "accept":
		return c.Acceptor == campaign.BySuperior
	case "check", "check-against":
		return c.Acceptor != campaign.BySuperior
	}
	return true
}

// Waiting is a problem that waits for somebody who checks or signs off.
type Waiting struct {
	Problem
	May    []string
	Barred []Barred
}

// WaitingStages are where a problem waits for somebody from outside, in the order of its way.
func WaitingStages() []string {
	return []string{complaint.Applied, complaint.Accepted, complaint.Unfounded, complaint.Checked}
}

// WaitingFor lists the problems of a campaign in a stage for whoever checks or signs off: with what they can do, and why
// others are not for them. Filter.Stage is one of WaitingStages.
func WaitingFor(ctx context.Context, s *Problems, who identity.Colleague, f Filter) (all []Waiting, next Mark, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if err := admitAny(tx, who, right.Nowhere, complaint.Check, complaint.SignOff); err != nil {
			return err
		}
		c, err := campaign.Read(tx, f.Campaign)
		if err != nil {
			return err
		}
		q := f.listing(tx.Now())
		rows, err := listProblems.Slice(tx, q)
		if err != nil {
			return err
		}
		if len(rows) == q.Limit {
			next = rows[len(rows)-1].Mark()
		}
		all = nil
		for _, p := range rows {
			w := Waiting{Problem: p}
			if w.May, w.Barred, err = may(tx, s, who, c, p); err != nil {
				return err
			}
			if len(w.May)+len(w.Barred) > 0 {
				all = append(all, w)
			}
		}
		return nil
	})
	return all, next, err
}

// admitAny asks for any of several rights at a place.
func admitAny(tx *db.Tx, who identity.Colleague, at right.Place, keys ...string) (err error) {
	_, err = admittedAny(tx, who, at, keys...)
	return err
}

func admittedAny(tx *db.Tx, who identity.Colleague, at right.Place, keys ...string) (by identity.Admitted, err error) {
	for _, key := range keys {
		if by, err = who.Admit(tx, key, at); err == nil || fault.KindOf(err) != fault.Denied {
			return by, err
		}
	}
	return by, err
}
