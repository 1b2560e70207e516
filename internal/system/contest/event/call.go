package event

import (
	"context"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
)

// Call has a contest take entries until a time, as whoever saw a version of it decides. While it takes them the time may become
// another, which the log tells, too.
func (s *Events) Call(ctx context.Context, who identity.Colleague, code string, seen int64, until time.Time) (Event, error) {
	return s.change(ctx, who, code, seen, func(tx *db.Tx, by identity.Admitted, e *Event) error {
		if e.State != contest.Prepared && e.State != contest.Called {
			return fault.New(fault.Conflict, "这个评审现在是“%[1]s”，不能再征集作品。", "This contest is %[2]q now, and takes no more entries.", e.State.Name().ZH, e.State.Name().EN)
		}
		if !until.After(tx.Now()) {
			return fault.At("until", fault.New(fault.Invalid, "截止时间已经过了：请填以后的时间", "this is over already: give a time that is still to come"))
		}
		until = until.UTC().Truncate(time.Second)
		e.State, e.Until = contest.Called, &until
		return record.Append(tx, by.Sign, called{Contest: e.Code, Until: until.Format(time.RFC3339), person: by.Person})
	})
}

// mostReason bounds why a contest is cancelled, in characters.
const mostReason = 200

// Cancel ends a contest that will not be held. It stays where it is, with the reason, for everybody to read. Once it is in the
// hall there are seals, each of which has to be opened or voided first.
func (s *Events) Cancel(ctx context.Context, who identity.Colleague, code string, seen int64, why string) (Event, error) {
	why = strings.TrimSpace(why)
	if why == "" {
		return Event{}, fault.At("why", fault.New(fault.Invalid, "请写明为什么取消：会公开", "say why it is cancelled: it is public"))
	}
	if t, ok := lang.CheckText(why, mostReason); !ok {
		return Event{}, fault.At("why", &fault.Error{Kind: fault.Invalid, Text: t})
	}
	return s.change(ctx, who, code, seen, func(tx *db.Tx, by identity.Admitted, e *Event) error {
		switch {
		case e.State == contest.Cancelled:
			return fault.New(fault.Conflict, "这个评审已经取消了。", "This contest is cancelled already.")
		case e.State.After(contest.Drawn):
			return fault.New(fault.Conflict, "已经开评，不能直接取消：要先作废全部评分表。", "Judging has begun, and it cannot just be cancelled: every sheet has to be voided first.")
		}
		was := e.State
		e.State, e.Why = contest.Cancelled, why
		return record.Append(tx, by.Sign, cancelled{Contest: e.Code, Reason: why, Was: string(was), person: by.Person})
	})
}

// change changes a contest as its organiser, and tells everybody that something is new.
func (s *Events) change(ctx context.Context, who identity.Colleague, code string, seen int64, to func(*db.Tx, identity.Admitted, *Event) error) (e Event, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if e, err = Read(tx, code); err != nil {
			return err
		}
		by, err := who.Admit(tx, contest.Organise, e.Place())
		if err != nil {
			return err
		}
		e.Version = seen
		if err := to(tx, by, &e); err != nil {
			return err
		}
		if err := e.Write(tx); err != nil {
			return err
		}
		return Changed(tx, e.Code, true)
	})
	return e, err
}
