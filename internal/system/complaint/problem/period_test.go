package problem_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/period"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

func days(n int) clock.Length { return clock.Length{N: n, Unit: clock.Day} }

// A period stands still while a sample is measured, goes on where it stopped, is extended within its rule, and never by
// the unit whose period it is.
func TestThePeriodOfAProblem(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("XN2023", "city")
		c.Take("XN2023", table)
		w := walk{c, t, "XN2023-0001"}
		turn := func(who identity.Colleague, turn period.Turn) error {
			p := w.now()
			turn.Case, turn.Seen = p.ID, p.Version
			_, err := problem.TurnPeriod(c.Ctx(), c.Problems, who, turn)
			return err
		}
		refused := func(err error, kind fault.Kind, words string) {
			t.Helper()
			if text, _ := fault.In(lang.ZH, err); err == nil || fault.KindOf(err) != kind || !strings.Contains(text+errText(err), words) {
				t.Errorf("%v, not a refusal of kind %d that says %q", err, kind, words)
			}
		}
		pause := period.Turn{Kind: clock.Paused, Reason: "检测", Why: "送样检测，市监测站要五天"}
		refused(turn(c.Clerk, pause), fault.Conflict, "没有在走的期限")

		c.Make(c.Clerk, w.code, problem.Move{Move: "assign", Lead: c.Orgs["市医院"]})
		refused(turn(c.Clerk, pause), fault.Invalid, "没有可以中止的情形") // signing for it
		c.Make(c.Unit, w.code, problem.Move{Move: "sign"})
		due := w.now().DueAt

		refused(turn(c.Unit, pause), fault.Denied, "权限")
		refused(turn(c.Clerk, period.Turn{Kind: clock.Paused, Reason: "检测"}), fault.Invalid, "理由")
		refused(turn(c.Clerk, period.Turn{Kind: clock.Paused, Reason: "下雨", Why: "下雨"}), fault.Invalid, "可以中止的情形：检测")
		if err := turn(c.Clerk, pause); err != nil {
			t.Fatal(err)
		}
		if p := w.now(); p.HasDue() {
			t.Errorf("it stands still, and is due at %v", p.DueAt)
		}
		c.Days(10)
		if p := w.now(); p.Late(c.Now) {
			t.Error("it is late though it stood still")
		}
		if err := turn(c.Clerk, period.Turn{Kind: clock.Resumed, Reason: "检测", Why: "检测报告到了"}); err != nil {
			t.Fatal(err)
		}
		if p := w.now(); !p.DueAt.Equal(due.AddDate(0, 0, 9)) { // the day on which it goes on counts
			t.Errorf("due at %v, was due at %v before nine days that do not count", p.DueAt, due)
		}
		refused(turn(c.Clerk, period.Turn{Kind: clock.Extended, Length: days(8), Why: "疑难"}), fault.Invalid, "每次最多延长7日")
		if err := turn(c.Clerk, period.Turn{Kind: clock.Extended, Length: days(5), Why: "疑难"}); err != nil {
			t.Fatal(err)
		}
		if p := w.now(); !p.DueAt.Equal(due.AddDate(0, 0, 14)) {
			t.Errorf("due at %v", p.DueAt)
		}
		refused(turn(c.Clerk, period.Turn{Kind: clock.Extended, Length: days(1), Why: "疑难"}), fault.Conflict, "已经用完")
		whole, err := c.Problems.Get(c.Ctx(), c.Clerk, w.code)
		if err != nil {
			t.Fatal(err)
		}
		running, _ := whole.Running()
		at := func(days int) string { return c.Now.AddDate(0, 0, days).In(calendar.China).Format("2006-01-02 15:04") }
		var said []string
		for _, line := range running.Named(func(id string) string { return map[string]string{c.Orgs["督察整改办"]: "督察整改办"}[id] }).Changed() {
			said = append(said, line.ZH)
		}
		if want := []string{
			at(-10) + " 中止（检测），督察整改办：送样检测，市监测站要五天", at(0) + " 恢复（检测），督察整改办：检测报告到了", at(0) + " 延长5日，督察整改办批准：疑难",
		}; !slices.Equal(said, want) {
			t.Errorf("who, when and why: %q, not %q", said, want)
		}

		p := w.now()
		old := period.Turn{Case: p.ID, Seen: p.Version - 1, Kind: clock.Paused, Reason: "检测", Why: "再送样"}
		_, err = problem.TurnPeriod(c.Ctx(), c.Problems, c.Clerk, old)
		if fault.KindOf(err) != fault.Conflict {
			t.Error("a change by somebody who has not seen the problem as it is:", err)
		}
	})
}

// A letter that becomes a key one while its period stands still keeps its pause.
func TestAPauseAcrossAChangeOfPriority(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Now = c.Day(1).Start(calendar.China).Add(10 * time.Hour) // an hour later is the same day
		c.Begin("XN2023", "city")
		c.Take("XN2023", table)
		c.Make(c.Clerk, "XN2023-0001", problem.Move{Move: "assign", Lead: c.Orgs["市医院"]})
		l := c.LettersOf(c.Look("XN2023-0001"))[0]
		due := *l.DueAt
		turn := func(kind clock.Kind, why string) {
			t.Helper()
			var err error
			l, err = c.Letters.TurnPeriod(c.Ctx(), c.Clerk, period.Turn{Case: l.ID, Seen: l.Version, Kind: kind, Reason: "检测", Why: why})
			if err != nil {
				t.Fatal(err)
			}
		}
		c.Later(time.Hour)
		turn(clock.Paused, "送样")
		if l.DueAt != nil {
			t.Error("it stands still, and is due at", l.DueAt)
		}
		c.Days(6)
		l, err := c.Letters.Correct(c.Ctx(), c.Clerk, letter.Correction{Letter: l.ID, SeenAt: l.ChangedAt, Digest: l.Digest, Key: true, Division: l.Division, Kinds: l.KindList(), Why: "领导批示"})
		if err != nil {
			t.Fatal(err)
		}
		if !l.KeyItem {
			t.Error("it is no key item")
		}
		c.Days(1)
		turn(clock.Resumed, "报告到了")
		if want := due.AddDate(0, 0, 6+2); l.DueAt == nil || !l.DueAt.Equal(want) { // six days that do not count, and five days in place of three
			t.Errorf("due at %v, not %v", l.DueAt, want)
		}
	})
}
