package entry

import (
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

// Recommended makes an entry of what was recommended up the levels of a selection, whose review that is: it is accepted. The caller has
// admitted who does so.
func Recommended(tx *db.Tx, by identity.Admitted, code string, d Draft) (e Entry, err error) {
	ev, err := event.Read(tx, code)
	if err != nil {
		return e, err
	}
	if err := taken(tx, &ev, true); err != nil {
		return e, err
	}
	if d, err = d.check(); err != nil {
		return e, err
	}
	if err := room(tx, &ev, "", true, 1); err != nil {
		return e, err
	}
	e = Entry{Contest: code, State: Accepted, Version: 1, MadeBy: by.Person, MadeAt: tx.Now(), ChangedAt: tx.Now()}
	e.wrote(d)
	if e.ID, err = newID(); err != nil {
		return e, err
	}
	r, err := e.row(tx, secret{})
	if err != nil {
		return e, err
	}
	if _, err := insert.Exec(tx, r); err != nil {
		return e, err
	}
	if _, err := insertUnit.ExecEach(tx, slices.Values(e.units())); err != nil {
		return e, err
	}
	return e, record.Append(tx, by.Sign, e.submitted(by, false))
}

// Recalled withdraws such an entry with its recommendation, until review is over. One that who holds the contest has refused or sent
// back is out of it already.
func Recalled(tx *db.Tx, by identity.Admitted, id, why string) error {
	e, err := Read(tx, id)
	if err != nil {
		return err
	}
	if slices.Contains([]State{Returned, Refused, Withdrawn}, e.State) {
		return nil
	}
	if e.State != Accepted {
		return fault.New(fault.Conflict, "“%[1]s”在评审里是“%[2]s”，不能从这里撤回", "%[1]q is %[3]q in the contest and cannot be withdrawn here", lang.Short(e.Title), e.State.Name().ZH, e.State.Name().EN)
	}
	sealed, err := e.open(tx)
	if err != nil {
		return err
	}
	e.State, e.Why = Withdrawn, strings.TrimSpace(why)
	if err := e.write(tx, sealed); err != nil {
		return err
	}
	return record.Append(tx, by.Sign, moved{person: by.Person, why: e.Why, Contest: e.Contest, Entry: e.ID, To: string(Withdrawn)})
}
