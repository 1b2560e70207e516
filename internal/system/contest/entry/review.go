package entry

import (
	"context"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

// from are the states in which a decision may be made.
var from = map[State][]State{
	Accepted: {Submitted, Returned, Refused},
	Returned: {Submitted, Accepted},
	Refused:  {Submitted, Returned, Accepted},
}

// Review is what is decided of an entry: accepted, returned with what is missing, or refused with a reason.
type Review struct {
	Entry string
	Seen  int64
	To    State
	Why   string
}

// Review decides on an entry, as who holds the contest, until review is over. A refusal that is taken back needs a reason, too.
func (s *Entries) Review(ctx context.Context, who identity.Colleague, r Review) (e Entry, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if e, err = Read(tx, r.Entry); err != nil {
			return err
		}
		ev, err := event.Read(tx, e.Contest)
		if err != nil {
			return err
		}
		by, err := who.Admit(tx, contest.Organise, ev.Place())
		if err != nil {
			return err
		}
		if err := taken(tx, &ev, true); err != nil {
			return err
		}
		states, known := from[r.To]
		if !known {
			return fault.At("to", fault.New(fault.Invalid, "请选通过、退回或不通过", "choose: accept, return or refuse"))
		}
		if !slices.Contains(states, e.State) {
			return fault.New(fault.Conflict, "“%[1]s”现在是“%[2]s”，不能改成“%[4]s”。", "%[1]q is %[3]q now, and cannot become %[5]q.",
				lang.Short(e.Title), e.State.Name().ZH, e.State.Name().EN, r.To.Name().ZH, r.To.Name().EN)
		}
		if r.Why, err = checkWhy(r.Why, r.To != Accepted || e.State == Refused); err != nil {
			return err
		}
		sealed, err := e.open(tx)
		if err != nil {
			return err
		}
		e.Version, e.State, e.Why = r.Seen, r.To, r.Why
		if err := e.write(tx, sealed); err != nil {
			return err
		}
		return record.Append(tx, by.Sign, moved{person: by.Person, why: r.Why, Contest: e.Contest, Entry: e.ID, To: string(r.To)})
	})
	return e, err
}

// mostWhy bounds a reason, in characters.
const mostWhy = 500

func checkWhy(why string, needed bool) (string, error) {
	why = strings.TrimSpace(why)
	if why == "" && needed {
		return why, fault.At("why", fault.New(fault.Invalid, "请写明原因：缺什么，或为什么", "give the reason: what is missing, or why"))
	}
	if t, ok := lang.CheckLines(why, mostWhy); !ok {
		return why, fault.At("why", &fault.Error{Kind: fault.Invalid, Text: t})
	}
	return why, nil
}

// withdraw sets what a withdrawal makes of an entry, if it still can be withdrawn.
func (e *Entry) withdraw(ev *event.Event) error {
	early := e.State == Submitted || e.State == Returned || e.State == Accepted
	switch {
	case early && ev.State == contest.Called:
		e.State = Withdrawn
	case e.State == OnShortlist && e.Status == mark.Ran && (ev.State == contest.Reviewed || ev.State == contest.Drawn):
		e.Status = mark.Withdrawn
	default:
		return fault.New(fault.Conflict, "“%[1]s”现在是“%[2]s”，评审是“%[4]s”，不能再撤回：请联系承办单位。", "%[1]q is %[3]q and the contest %[5]q: it cannot be withdrawn any more. Ask who holds the contest.",
			lang.Short(e.Title), e.State.Name().ZH, e.State.Name().EN, ev.State.Name().ZH, ev.State.Name().EN)
	}
	return nil
}
