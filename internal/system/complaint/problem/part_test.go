package problem_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// What was merged by mistake comes apart again: the letter gets a problem of its own, and each problem counts its letters.
func TestAMergeIsTakenApart(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("XN2023", "city")
		c.Take("XN2023", table)
		c.Make(c.Clerk, "XN2023-0002", problem.Move{Move: "merge", Into: "XN2023-0001", Why: "看着像一件事"})
		w := walk{c, t, "XN2023-0001"}
		whole, err := c.Problems.Get(c.Ctx(), c.Clerk, w.code)
		if err != nil || len(whole.Points) != 2 || whole.Problem.Letters != 2 || !whole.Partable() {
			t.Fatal(whole.Points, whole.Problem.Letters, err)
		}
		second := whole.Points[1].Key()
		if whole.Points[0].Letter > whole.Points[1].Letter { // by their letters, which came in this order
			t.Fatal("points are in no order")
		}
		part := problem.Parting{Problem: whole.ID, Seen: whole.Version, Points: []string{second}, Title: "烧烤店油烟直排", Why: "查明是两件事"}

		for name, wrong := range map[string]func(*problem.Parting){
			"no point":      func(x *problem.Parting) { x.Points = nil },
			"no title":      func(x *problem.Parting) { x.Title = "" },
			"no reason":     func(x *problem.Parting) { x.Why = " " },
			"all points":    func(x *problem.Parting) { x.Points = []string{whole.Points[0].Key(), second} },
			"another point": func(x *problem.Parting) { x.Points = []string{"nobody/1"} },
			"into itself":   func(x *problem.Parting) { x.Into = w.code },
			"old version":   func(x *problem.Parting) { x.Seen-- },
			"a telephone":   func(x *problem.Parting) { x.Title = "张女士 13912345678 家楼下烧烤店" },
		} {
			x := part
			wrong(&x)
			if _, err := problem.Part(c.Ctx(), c.Problems, c.Clerk, x); fault.KindOf(err) != fault.Invalid && fault.KindOf(err) != fault.Conflict {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := problem.Part(c.Ctx(), c.Problems, c.Unit, part); fault.KindOf(err) != fault.Denied {
			t.Error("a unit takes a problem apart:", err)
		}

		made, err := problem.Part(c.Ctx(), c.Problems, c.Clerk, part)
		if err != nil {
			t.Fatal(err)
		}
		if made.Code != "XN2023-0004" || made.Letters != 1 || made.Stage != complaint.Received || made.Title != part.Title {
			t.Errorf("%+v", made)
		}
		if p := w.now(); p.Letters != 1 {
			t.Errorf("%d letters are left", p.Letters)
		}
		letters := c.LettersOf(made)
		if len(letters) != 1 || letters[0].Code != "D3QH202311260002" {
			t.Errorf("%+v", letters)
		}

		// To another problem, which a unit answers for: the letter is handed over to it.
		c.Make(c.Clerk, "XN2023-0003", problem.Move{Move: "merge", Into: made.Code, Why: "同一地点"})
		c.Handed(w.code, 900)
		whole, err = c.Problems.Get(c.Ctx(), c.Clerk, made.Code)
		if err != nil {
			t.Fatal(err)
		}
		back := problem.Parting{Problem: whole.ID, Seen: whole.Version, Points: []string{whole.Points[0].Key()}, Into: w.code, Why: "还是同一件事"}
		if _, err := problem.Part(c.Ctx(), c.Problems, c.Clerk, back); fault.KindOf(err) != fault.Conflict {
			t.Error("a letter without a digest goes to a unit:", err)
		}
		for _, l := range whole.Letters {
			if l.ID == whole.Points[0].Letter {
				c.Describe(l, "五四西路烧烤店夜间油烟直排")
			}
		}
		if _, err = problem.Part(c.Ctx(), c.Problems, c.Clerk, back); err != nil {
			t.Fatal(err)
		}
		for _, l := range c.LettersOf(w.now()) {
			if l.Lead != c.Orgs["市医院"] || l.Stage != "handed" {
				t.Errorf("%s is with %q, %s", l.Code, l.Lead, l.Stage)
			}
		}
		// The hospital's problem was verified before: the new point is judged by itself, by the hospital alone.
		p, err := c.Problems.Get(c.Ctx(), c.Unit, w.code)
		if err != nil || len(p.Unjudged()) != 1 {
			t.Fatal(p.Unjudged(), err)
		}
		judging := problem.Judging{Problem: p.ID, Seen: p.Version, Verdicts: map[string]complaint.Verdict{p.Unjudged()[0].Key(): complaint.PartlyTrue}}
		if _, err := problem.JudgeNew(c.Ctx(), c.Problems, c.Clerk, judging); fault.KindOf(err) != fault.Denied {
			t.Error("the office judges for the unit:", err)
		}
		old := judging
		old.Seen--
		if _, err := problem.JudgeNew(c.Ctx(), c.Problems, c.Unit, old); fault.KindOf(err) != fault.Conflict {
			t.Error("who has not seen the new point judges:", err)
		}
		if _, err := problem.JudgeNew(c.Ctx(), c.Problems, c.Unit, problem.Judging{Problem: p.ID, Seen: p.Version}); fault.KindOf(err) != fault.Invalid {
			t.Error("a point without a verdict:", err)
		}
		done, err := problem.JudgeNew(c.Ctx(), c.Problems, c.Unit, judging)
		if err != nil || done.Verdict != complaint.PartlyTrue.Key() {
			t.Error(done.Verdict, err)
		}
		if p := w.now(); p.Letters != 2 {
			t.Errorf("%d letters, not 2", p.Letters)
		}
	})
}
