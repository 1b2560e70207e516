package intake_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// A letter that is with a unit is divided, too: what was judged and answered stays, what is new waits to be assigned, and the counts are
// those of what there is.
func TestALetterInHandIsDivided(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("XN2023", "city")
		c.Take("XN2023", "受理编号,交办问题基本情况,行政区域,污染类型\nD3QH202311260001,后院暂存间异味扰民；另外锅炉房冒黑烟,城西区,固废、大气\nD3QH202311260002,烧烤店油烟,城西区,油烟\n")
		p := c.Handed("XN2023-0001", 70)
		l := c.LettersOf(p)[0]
		x := intake.Dividing{Letter: l.ID, Seen: l.Version, Why: "信里还有锅炉房的事", Parts: []intake.Part{
			{Text: "后院暂存间异味扰民", Division: l.Where(), Kinds: []complaint.Kind{complaint.Waste}},
			{Text: "锅炉房冒黑烟", Title: "医院锅炉房黑烟", Division: l.Where(), Kinds: []complaint.Kind{complaint.Air}},
		}}
		refused := func(name string, kind fault.Kind, words string, wrong func(*intake.Dividing)) {
			t.Helper()
			y := x
			y.Parts = append([]intake.Part{}, x.Parts...)
			wrong(&y)
			err := c.Intake.Divide(c.Ctx(), c.Clerk, y)
			if text, _ := fault.In(lang.ZH, err); fault.KindOf(err) != kind || !strings.Contains(text, words) {
				t.Errorf("%s: %v", name, err)
			}
		}
		refused("no reason", fault.Invalid, "为什么现在拆", func(y *intake.Dividing) { y.Why = " " })
		refused("one part", fault.Invalid, "至少拆成两点", func(y *intake.Dividing) { y.Parts = y.Parts[:1] })
		refused("no digest", fault.Invalid, "摘要", func(y *intake.Dividing) { y.Parts[1].Title = "" })
		refused("a telephone", fault.Invalid, "个人信息", func(y *intake.Dividing) { y.Parts[1].Title = "李卫东 13912345678 家旁的锅炉房" })
		refused("old version", fault.Conflict, "重新打开", func(y *intake.Dividing) { y.Seen-- })
		if err := c.Intake.Divide(c.Ctx(), c.Unit, x); fault.KindOf(err) != fault.Denied {
			t.Error("a unit divides its letter:", err)
		}
		if n := total(t, c); n != 2 {
			t.Fatalf("a refusal left its mark: %d problems", n)
		}

		if err := c.Intake.Divide(c.Ctx(), c.Clerk, x); err != nil {
			t.Fatal(err)
		}
		refused("twice", fault.Conflict, "重新打开", func(*intake.Dividing) {})
		points := pointsOf(t, c, l.ID)
		if len(points) != 2 || points[0].Problem != p.ID || points[0].Verdict != complaint.True.Key() || points[0].Kinds != " waste " || points[1].Verdict != "" {
			t.Fatalf("%+v", points)
		}
		now, fresh := c.Look(p.Code), c.Look("XN2023-0003")
		if now.Stage != complaint.Rectifying || now.Title != p.Title || now.Letters != 1 || now.Kinds != " waste " || now.Version <= p.Version {
			t.Errorf("%+v", now)
		}
		if fresh.Stage != complaint.Received || fresh.Lead != "" || fresh.Letters != 1 || fresh.Title != "医院锅炉房黑烟" {
			t.Errorf("%+v", fresh)
		}
		waiting, n, err := c.Problems.List(c.Ctx(), c.Clerk, problem.Filter{Campaign: "XN2023", Stage: complaint.Received, Limit: 10})
		if err != nil || n != 2 || len(waiting) != 2 || total(t, c) != 3 {
			t.Errorf("%d wait of %d, %v", n, total(t, c), err)
		}
		if l := c.LettersOf(now)[0]; l.Lead != c.Orgs["市医院"] || l.Stage != "handed" {
			t.Errorf("%+v", l)
		}
		// Who has the first point must look again before their next step, and reports once the other is judged.
		if _, err := c.Problems.Move(c.Ctx(), c.Unit, problem.Move{Problem: p.ID, Move: "done", Seen: p.Version}); fault.KindOf(err) != fault.Conflict {
			t.Error("who has not seen that it was divided goes on:", err)
		}
		answer := letter.Answer{Found: "暂存间密闭不严", Done: "已更换"}
		l = c.LettersOf(now)[0]
		report := func() error {
			_, err := c.Letters.Report(c.Ctx(), c.Unit, letter.Report{Letter: l.ID, Seen: l.Version, Answer: answer})
			return err
		}
		if err := report(); fault.KindOf(err) != fault.Conflict {
			t.Error("it was reported on while a point is not judged:", err)
		}
		c.Handed("XN2023-0003", 80)
		l = c.LettersOf(now)[0]
		if err := report(); err != nil {
			t.Error(err)
		}

		// One that was reported on is taken back first; then it gets further points, and the answer is still there.
		l = c.LettersOf(now)[0]
		more := intake.Dividing{Letter: l.ID, Seen: l.Version, Why: "还提到停车场", Parts: []intake.Part{{Text: "停车场扬尘", Title: "医院停车场扬尘", Division: l.Where(), Kinds: []complaint.Kind{complaint.Dust}}}}
		err = c.Intake.Divide(c.Ctx(), c.Clerk, more)
		if text, _ := fault.In(lang.ZH, err); fault.KindOf(err) != fault.Conflict || !strings.Contains(text, "退回重报") {
			t.Error("a letter that was reported on was divided:", err)
		}
		if l, err = c.Letters.Review(c.Ctx(), c.Clerk, letter.Review{Letter: l.ID, Seen: l.Version, Move: "rework", Why: "还有一点没有答"}); err != nil {
			t.Fatal(err)
		}
		more.Seen = l.Version
		if err := c.Intake.Divide(c.Ctx(), c.Clerk, more); err != nil {
			t.Fatal(err)
		}
		if points := pointsOf(t, c, l.ID); len(points) != 3 || points[0].Verdict == "" || points[2].Number != 3 {
			t.Errorf("%+v", points)
		}
		kept, err := c.Letters.Assigned(c.Ctx(), c.Unit, l.ID)
		if err != nil || kept.Answer != answer {
			t.Errorf("the answer is %+v, %v", kept.Answer, err)
		}
	})
}

// A letter whose problem is past being put right is not divided, and is told the way out.
func TestALetterThatIsClosedIsNotDivided(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("XN2023", "city")
		c.Take("XN2023", "受理编号,交办问题基本情况,行政区域,污染类型\nD3QH202311260001,后院暂存间异味扰民,城西区,固废\n")
		p := c.Checked("XN2023-0001", 90)
		l := c.LettersOf(p)[0]
		err := c.Intake.Divide(c.Ctx(), c.Clerk, intake.Dividing{Letter: l.ID, Seen: l.Version, Why: "还有一件事", Parts: []intake.Part{{Text: "一"}, {Text: "二", Title: "二"}}})
		if text, _ := fault.In(lang.ZH, err); fault.KindOf(err) != fault.Conflict || !strings.Contains(text, "新的信访件") {
			t.Error(err)
		}
	})
}

func pointsOf(t *testing.T, c *complainttest.City, id string) (all []letter.Point) {
	t.Helper()
	if err := c.DB.View(c.Ctx(), func(tx *db.Tx) (err error) { all, err = letter.Points(tx, id); return err }); err != nil {
		t.Fatal(err)
	}
	return all
}

// total counts the problems of the inspection by where they stand.
func total(t *testing.T, c *complainttest.City) (n int) {
	t.Helper()
	all, err := c.Problems.Stages(c.Ctx(), c.Clerk, "XN2023")
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		n += one.N
	}
	return n
}
