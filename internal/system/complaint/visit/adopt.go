package visit

import (
	"context"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// Adopt makes a measure of an instruction that was kept without one: its problem took none then, or the round did not go there any
// more when it came. It is done once.
type Adopt struct {
	Act     string // of the instruction
	Problem string // its code
	What    string // empty: as it was said
	Owner   string // an organisation; empty: as it was said
	Day     calendar.Date
}

var (
	toldByAct = db.Declare[string, Told](`SELECT /*cols*/ FROM complaint_told WHERE act = :act`)
	adoptTold = db.Declare[Told, db.None](`UPDATE complaint_told SET measure = :measure, owner = :owner, due_day = :due_day WHERE act = :act AND measure = 0`)
)

// Adopt makes the measure, by who supervises or coordinates where the problem lies.
func (v *Visits) Adopt(ctx context.Context, who identity.Colleague, a Adopt) (t Told, err error) {
	err = v.db.Update(ctx, func(tx *db.Tx) error { t, err = v.adopt(tx, who, a); return err })
	return t, err
}

func (v *Visits) adopt(tx *db.Tx, who identity.Colleague, a Adopt) (t Told, err error) {
	rows, err := toldByAct.Slice(tx, a.Act)
	if err != nil {
		return t, err
	}
	p, err := problem.ByCode(tx, a.Problem)
	if err != nil {
		return t, err
	}
	if len(rows) == 0 || rows[0].Problem != p.ID {
		return t, fault.New(fault.NotFound, "“%[1]s”没有这条指令。", "%[1]q has no such instruction.", p.Code)
	}
	if t = rows[0]; t.Measure != 0 {
		return t, adopted(p.Code, t.Measure)
	}
	what, owner := strings.TrimSpace(a.What), a.Owner
	if what == "" {
		what = t.What
	}
	if owner == "" {
		owner = t.Owner
	}
	m, err := v.problems.AddMeasureIn(tx, who, problem.NewMeasure{Problem: p.ID, What: what, Owner: owner, Day: a.Day, Source: problem.Visit, Later: true})
	if err != nil {
		return t, err
	}
	t.Measure, t.Owner, t.DueDay = m.Number, m.Owner, m.DueDay
	n, err := adoptTold.Exec(tx, t)
	if err == nil && n != 1 {
		err = adopted(p.Code, 0)
	}
	if err != nil {
		return t, err
	}
	by, err := admittedFor(tx, who, p)
	if err != nil {
		return t, err
	}
	return t, record.Append(tx, by.Sign, toldLater{person: by.Person, Visit: t.Round, Code: p.Code, Measure: t.Measure})
}

func adopted(code string, measure int) error {
	if measure == 0 {
		return fault.New(fault.Conflict, "别人刚把这条指令定为措施。", "Somebody has just made a measure of this instruction.")
	}
	return fault.New(fault.Conflict, "这条指令已经是“%[1]s”的第 %[2]d 项措施，只能定一次。", "This instruction is measure %[2]d of %[1]q already: that is done once.", code, measure)
}
