package duty

import (
	"context"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
)

// Address is when somebody's calendar was given its secret address, or false.
func (s *Desks) Address(ctx context.Context, who identity.Colleague) (made time.Time, ok bool, err error) {
	if _, err := s.in(who); err != nil {
		return made, false, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		f, found, err := s.book.Feeds.Of(tx, who.Person)
		made, ok = f.MadeAt, found
		return err
	})
	return made, ok, err
}

// MakeAddress gives somebody's calendar another secret address, and tells it this once.
func (s *Desks) MakeAddress(ctx context.Context, who identity.Colleague) (secret string, err error) {
	if _, err := s.in(who); err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error { secret, err = s.book.Feeds.Make(tx, bySelf, who.Person); return err })
	return secret, err
}

// EndAddress makes the address lead nowhere.
func (s *Desks) EndAddress(ctx context.Context, who identity.Colleague) error {
	if _, err := s.in(who); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error { return s.book.Feeds.End(tx, bySelf, who.Person) })
}

// maxEvents bounds a calendar: a phone reads all of it each hour.
const maxEvents = 500

// Agenda is what somebody's calendar has, and how much more they owe that has a time.
type Agenda struct {
	Rows []Row
	Left int  // not in it
	Over bool // and more than are counted
}

// noTime is before what has no time by which it is owed.
var noTime = time.Date(8999, 1, 1, 0, 0, 0, 0, time.UTC)

// Calendar is what the person owes whose calendar has a secret, as far as it has a time. Where that is too much, what is
// late takes half of it at most while there is something ahead: a calendar is to warn. A secret that opens none, or that
// of somebody who is not here any more, is the same fault.NotFound.
func (s *Desks) Calendar(ctx context.Context, secret string) (a Agenda, err error) {
	people, err := s.people()
	if err != nil {
		return a, err
	}
	gone := fault.New(fault.NotFound, "这个日历地址无效，或已经作废。请在“我要办的”里重新做一个。", "This address of a calendar is not valid, or was revoked. Make another on your own page.")
	err = s.db.View(ctx, func(tx *db.Tx) error {
		a = Agenda{}
		f, found, err := s.book.Feeds.By(tx, secret)
		if err != nil {
			return err
		}
		if !found {
			return gone
		}
		d, here, err := s.desk(tx, people, f.Person)
		if err != nil {
			return err
		}
		if !here {
			return gone
		}
		now := s.now()
		late, err := s.owed(tx, d, time.Time{}, now)
		if err != nil {
			return err
		}
		ahead, err := s.owed(tx, d, now, noTime)
		if err != nil {
			return err
		}
		late = late[:min(len(late), max(maxEvents/2, maxEvents-len(ahead)))]
		ahead = ahead[:min(len(ahead), maxEvents-len(late))]
		if a.Rows, err = s.rows(tx, append(late, ahead...)); err != nil || len(a.Rows) < maxEvents {
			return err
		}
		n, err := s.book.Lists.CountOwed(tx, d.holders, time.Time{}, noTime)
		a.Left, a.Over = max(0, n-len(a.Rows)), n > casework.MaxCount
		return err
	})
	return a, err
}

// owed is what is owed from one time until before another, the soonest first, as far as a calendar could have it.
func (s *Desks) owed(tx *db.Tx, d desk, from, until time.Time) (all []casework.Owing, err error) {
	page := casework.Page{After: casework.Duty{DueAt: from}, Until: until, Limit: 100}
	for len(all) < maxEvents {
		owed, err := s.book.Lists.Owed(tx, d.holders, page)
		if err != nil {
			return nil, err
		}
		all = append(all, owed...)
		if len(owed) < page.Limit {
			break
		}
		page.After = owed[len(owed)-1].Duty
	}
	return all, nil
}
