package visit_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
)

// An instruction that was kept without a measure becomes one later, with its owner and day: by the office or a supervisor, and once.
func TestAnInstructionBecomesAMeasureLater(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := town(t, d)
		r := round(t, c, first, second)
		if _, err := c.Visits.Cancel(c.Ctx(), c.Clerk, visit.Cancelling{Round: r.ID, Seen: 1, Why: "另有安排"}); err != nil {
			t.Fatal(err)
		}
		kept, err := c.Visits.Tell(c.Ctx(), c.Leader, visit.Tell{At: at(r, first), What: "今晚换密封条", Day: c.Day(0)})
		if err != nil || kept.Measure != 0 || !kept.Held {
			t.Fatalf("%+v %v", kept, err)
		}
		measures := func() []problem.Measure {
			w, err := c.Problems.Get(c.Ctx(), c.Unit, first)
			if err != nil {
				t.Fatal(err)
			}
			return w.Measures
		}
		before := len(measures())
		c.Days(2)
		adopt := visit.Adopt{Act: kept.Act, Problem: first, Owner: c.Orgs["住建局"], Day: c.Day(3)}
		refused := func(name string, kind fault.Kind, words string, wrong func(*visit.Adopt)) {
			t.Helper()
			x := adopt
			wrong(&x)
			_, err := c.Visits.Adopt(c.Ctx(), c.Clerk, x)
			if text, _ := fault.In(lang.ZH, err); fault.KindOf(err) != kind || !strings.Contains(text, words) {
				t.Errorf("%s: %v", name, err)
			}
		}
		refused("no day", fault.Invalid, "期限", func(x *visit.Adopt) { x.Day = c.Day(-1) })
		refused("a telephone", fault.Invalid, "个人信息", func(x *visit.Adopt) { x.What = "找李卫东 13912345678" })
		refused("another problem", fault.NotFound, "没有这条指令", func(x *visit.Adopt) { x.Problem = second })
		if _, err := c.Visits.Adopt(c.Ctx(), c.Unit, adopt); fault.KindOf(err) != fault.Denied {
			t.Error("a unit makes a measure of it:", err)
		}
		if n := len(measures()); n != before {
			t.Fatalf("a refusal left its mark: %d measures", n-before)
		}
		now, err := c.Visits.Adopt(c.Ctx(), c.Clerk, adopt)
		if err != nil {
			t.Fatal(err)
		}
		all := measures()
		m := all[len(all)-1]
		if len(all) != before+1 || m.Number != now.Measure || m.What != "今晚换密封条" || m.Owner != c.Orgs["住建局"] || m.DueDay != c.Day(3).String() || m.Source != problem.Visit {
			t.Errorf("%+v", m)
		}
		refused("twice", fault.Conflict, "只能定一次", func(*visit.Adopt) {})
		if n := len(measures()); n != before+1 {
			t.Errorf("%d measures were made of it", n-before)
		}
		if err := d.View(c.Ctx(), func(tx *db.Tx) error {
			paid, err := visit.PaidTo(tx, c.Look(first), false)
			if err == nil && (len(paid) != 1 || len(paid[0].Told) != 1 || paid[0].Told[0].Measure != m.Number) {
				t.Errorf("the unit sees %+v", paid)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}
