package problem_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// A measure gets more time by two people, the second of them of the office and not the one who asked; its history and the explanation of its
// day say who, when and why.
func TestAMeasureGetsMoreTime(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("XN2023", "city")
		c.Take("XN2023", table)
		p := c.Handed("XN2023-0001", 60)
		m, err := c.Problems.AddMeasure(c.Ctx(), c.Unit, problem.NewMeasure{Problem: p.ID, What: "加盖密闭", Day: c.Day(10)})
		if err != nil {
			t.Fatal(err)
		}
		second := c.Somebody("complaint.coordinator", "督察整改办")
		ask := func(who identity.Colleague, day calendar.Date, why string) error {
			_, err := problem.AskExtension(c.Ctx(), c.Problems, who, problem.Extending{Measure: m.ID, Seen: m.Version, Day: day, Why: why})
			return err
		}
		decide := func(who identity.Colleague, grant bool, why string) error {
			now, err := problem.DecideExtension(c.Ctx(), c.Problems, who, problem.Granting{Measure: m.ID, Seen: m.Version, Grant: grant, Why: why})
			if err == nil {
				m = now
			}
			return err
		}
		refused := func(name string, err error, kind fault.Kind, words string) {
			t.Helper()
			if text, _ := fault.In(lang.ZH, err); fault.KindOf(err) != kind || !strings.Contains(text, words) {
				t.Errorf("%s: %v", name, err)
			}
		}
		refused("nobody asked", decide(c.Clerk, true, ""), fault.Conflict, "没有等着批")
		refused("no reason", ask(c.Unit, c.Day(20), " "), fault.Invalid, "为什么要延期")
		refused("a telephone", ask(c.Unit, c.Day(20), "李卫东 13912345678 请假"), fault.Invalid, "个人信息")
		refused("no later day", ask(c.Unit, c.Day(10), "设备没到货"), fault.Invalid, "以后")
		refused("beyond the problem", ask(c.Unit, c.Day(61), "设备没到货"), fault.Invalid, "整改期限")
		refused("another unit", ask(c.Stranger, c.Day(20), "设备没到货"), fault.Denied, "")
		if err := ask(c.Unit, c.Day(20), "设备没到货"); err != nil {
			t.Fatal(err)
		}
		if now := measureOf(t, c, p); now.DueDay != c.Day(10).String() {
			t.Errorf("it was extended by being asked for: %s", now.DueDay)
		}
		refused("asked twice", ask(c.Clerk, c.Day(21), "设备没到货"), fault.Conflict, "等批了再提")
		refused("the unit approves itself", decide(c.Unit, true, ""), fault.Denied, "")
		refused("a checker approves", decide(c.Checker, true, ""), fault.Denied, "")
		refused("declined without a reason", decide(c.Clerk, false, ""), fault.Invalid, "理由")
		if err := decide(c.Clerk, false, "合同里写明了到货日"); err != nil {
			t.Fatal(err)
		}
		// The office asks for itself: its other person approves, and not the one who asked.
		if err := ask(c.Clerk, c.Day(25), "设备到货晚了"); err != nil {
			t.Fatal(err)
		}
		refused("who asked approves", decide(c.Clerk, true, ""), fault.Denied, "另一个人")
		waiting, err := problem.Asked(c.Ctx(), c.Problems, c.Clerk, "XN2023", 10)
		if err != nil || len(waiting) != 1 || waiting[0].Code != p.Code || waiting[0].Number != 1 {
			t.Errorf("%+v %v", waiting, err)
		}
		c.Days(2)
		if err := decide(second, true, "同意"); err != nil {
			t.Fatal(err)
		}
		if now := measureOf(t, c, p); now.DueDay != c.Day(23).String() || now.Version != m.Version {
			t.Errorf("%+v", now)
		}
		if waiting, err = problem.Asked(c.Ctx(), c.Problems, c.Clerk, "XN2023", 10); err != nil || len(waiting) != 0 {
			t.Errorf("%+v %v", waiting, err)
		}
		explained(t, c, p, m)
		unmoved(t, c, p)
		// What is late is not extended, and the problem's own period is as it was.
		if now := c.Look(p.Code); !now.DueAt.Equal(p.DueAt) {
			t.Errorf("the problem is due at %v, not %v", now.DueAt, p.DueAt)
		}
		c.Days(30)
		refused("late", ask(c.Unit, c.Day(20), "设备没到货"), fault.Late, "到期以后不能再延")
	})
}

func explained(t *testing.T, c *complainttest.City, p problem.Problem, m problem.Measure) {
	t.Helper()
	var d problem.Deferred
	var text []byte
	err := c.DB.View(c.Ctx(), func(tx *db.Tx) (err error) {
		if d, err = problem.DeferredOf(tx, c.Problems, m); err != nil {
			return err
		}
		r, err := problem.PeriodOf(tx, c.Problems, p.Code, m.Number)
		if err == nil {
			text, err = json.Marshal(r.Named(func(id string) string {
				for name, org := range c.Orgs {
					if org == id {
						return name
					}
				}
				return id
			}))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Asked) != 2 || d.Asked[0].State != "declined" || !d.Asked[1].Granted() || d.Asked[1].DecidedWhy != "同意" {
		t.Errorf("%+v", d.Asked)
	}
	if last := d.History[len(d.History)-1]; last.Move != "clock" || last.Reason != "设备到货晚了" {
		t.Errorf("%+v", last)
	}
	for _, part := range []string{`"changes":[{"kind":"extended"`, `"by":"督察整改办"`, `"asked":"督察整改办"`, `"why":"设备到货晚了"`, `"happened":"`} {
		if !strings.Contains(string(text), part) {
			t.Errorf("%s is not in %s", part, text)
		}
	}
}

func measureOf(t *testing.T, c *complainttest.City, p problem.Problem) problem.Measure {
	t.Helper()
	var all []problem.Measure
	if err := c.DB.View(c.Ctx(), func(tx *db.Tx) (err error) { all, err = problem.Measures(tx, p.ID); return err }); err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	return all[0]
}

// unmoved holds the entry of a measure's period to say nothing of the problem's own, which the figure of the log follows.
func unmoved(t *testing.T, c *complainttest.City, p problem.Problem) {
	t.Helper()
	err := c.DB.View(c.Ctx(), func(tx *db.Tx) error {
		all, err := record.Latest(tx, "complaint.period-changed", "", 10)
		if err == nil && (len(all) != 1 || all[0].Subject != p.Subject() || strings.Contains(all[0].Public, `"code"`) || !strings.Contains(all[0].Public, `"measure":1`)) {
			t.Errorf("%+v", all)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
