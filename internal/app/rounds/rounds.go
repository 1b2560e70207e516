// Package rounds does what the cases of a site want done by time: what comes of clocks that
// have run out, due times reckoned anew once the calendar knows more, and notices sent.
//
//	rounds.Run(ctx, rounds.Deps{DB: d, Book: book, RanOut: …, Senders: senders, Log: log})
//
// Any number of processes may go their rounds on one database: what is done is marked in the
// transaction that does it, and a notice is leased to one sender at a time. A sender that is
// killed between sending and saying so sends that one again; mails carry the same Message-ID,
// and what is posted the same id, so that a gateway can tell.
//
// Senders are data; see [Read].
package rounds

import (
	"context"
	"log/slog"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/fault"
)

// Deps are what the rounds stand on.
type Deps struct {
	DB   *db.DB
	Book *casework.Book
	// RanOut is what comes of a clock that has run out, in the same transaction. Nil: nothing.
	RanOut func(*db.Tx, casework.RanOut) error
	// Recounted is what comes of a due time that the calendar moved, in the same transaction. Nil: nothing.
	Recounted func(*db.Tx, casework.Recounted) error

	Senders Senders
	// Unit is the name of an organisation.
	Unit func(ctx context.Context, id string) (string, error)
	Log  *slog.Logger
	// Trust has the rounds go by whatever time it is, as in a demo.
	Trust bool
}

// How often, and how much at once.
const (
	every     = 15 * time.Second
	batch     = 20
	lease     = 5 * time.Minute // longer than a sender may take for a batch
	keepSent  = 90 * 24 * time.Hour
	recounted = 200
)

// Run goes the rounds until ctx ends.
func Run(ctx context.Context, d Deps) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	d.tell(ctx, "reckoning anew", fault.Safely(func() error { return d.Recount(ctx) })())
	d.tell(ctx, "forgetting old notices", fault.Safely(func() error { return d.forget(ctx) })())
	for {
		d.Round(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Round goes one round. Where the machine's time cannot be right nothing is done by it, and the log says so.
func (d Deps) Round(ctx context.Context) {
	err := d.DB.Update(ctx, func(tx *db.Tx) error { return casework.SeeTime(tx, d.Trust) })
	d.tell(ctx, "the time of this machine", err)
	if err != nil {
		return
	}
	d.tell(ctx, "clocks that ran out", fault.Safely(func() error { return d.Clocks(ctx) })())
	d.tell(ctx, "sending notices", fault.Safely(func() error { return d.Send(ctx) })())
}

func (d Deps) tell(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		d.Log.WarnContext(ctx, "the rounds of cases failed", "at", what, "error", err)
	}
}

// Clocks does what comes of all clocks that have run out. One that cannot be done is left for the next
// round, and keeps none behind it waiting.
func (d Deps) Clocks(ctx context.Context) error {
	var behind casework.RanOut
	for ctx.Err() == nil {
		var one casework.RanOut
		var ok bool
		err := d.DB.Update(ctx, func(tx *db.Tx) (err error) {
			if one, ok, err = d.Book.NextRunOut(tx, behind); err != nil || !ok || d.RanOut == nil {
				return err
			}
			return fault.Safely(func() error { return d.RanOut(tx, one) })()
		})
		switch {
		case !ok:
			return err
		case err != nil:
			d.Log.WarnContext(ctx, "nothing came of a clock that ran out: it is tried again", "process", one.Case.Process, "code", one.Case.Code, "clock", one.Clock, "error", err)
			behind = one
		}
	}
	return nil
}

// Recount reckons the clocks anew that waited for the holidays of a year that the program knows now, a page at a time. One that
// cannot be is left as it is, and keeps none behind it waiting.
func (d Deps) Recount(ctx context.Context) error {
	var last casework.Counted
	page := recounted
	for more := true; more && ctx.Err() == nil; {
		next := last
		err := d.DB.Update(ctx, func(tx *db.Tx) (err error) {
			var changed []casework.Recounted
			if changed, next, more, err = d.Book.Recount(tx, last, page); err != nil || d.Recounted == nil {
				return err
			}
			for _, one := range changed {
				if err := fault.Safely(func() error { return d.Recounted(tx, one) })(); err != nil {
					return err
				}
			}
			return nil
		})
		switch {
		case err != nil && page > 1:
			page, more = 1, true // one by one, to leave only that one out
			continue
		case err != nil && next == last:
			return err // it came to none
		case err != nil:
			d.Log.WarnContext(ctx, "a clock could not be reckoned anew: it is due as before", "case", next.Case, "clock", next.Name, "error", err)
			page = recounted
		}
		last = next
	}
	return ctx.Err()
}

func (d Deps) forget(ctx context.Context) error {
	return d.DB.Update(ctx, func(tx *db.Tx) error {
		_, err := d.Book.Notices.Forget(tx, tx.Now().Add(-keepSent))
		return err
	})
}

// Send sends the notices that are due. Without a sender they stay for whoever rings up.
func (d Deps) Send(ctx context.Context) error {
	for len(d.Senders.All) > 0 && ctx.Err() == nil {
		var taken []casework.Notice
		err := d.DB.Update(ctx, func(tx *db.Tx) (err error) { taken, err = d.Book.Notices.Take(tx, batch, lease); return err })
		if err != nil || len(taken) == 0 {
			return err
		}
		until := time.Now().Add(lease - time.Minute)
		for _, n := range taken {
			if time.Now().After(until) || ctx.Err() != nil {
				return nil // what is left is taken again once the lease has run out
			}
			if err := d.send(ctx, n); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d Deps) send(ctx context.Context, n casework.Notice) error {
	unit, err := d.Unit(ctx, n.Organisation)
	if err != nil {
		return err
	}
	s, ok := d.Senders.For(n, unit)
	why := casework.NoSender
	if ok {
		why, err = "", fault.Safely(func() error { return s.Send(ctx, d.Senders.message(d.Book, n, unit)) })()
		if err != nil {
			why = reason(err)
		}
	}
	return d.DB.Update(context.WithoutCancel(ctx), func(tx *db.Tx) error { // what went out is known to have
		if why != "" {
			return d.Book.Notices.Failed(tx, n, why, !ok)
		}
		return d.Book.Notices.Sent(tx, n)
	})
}
