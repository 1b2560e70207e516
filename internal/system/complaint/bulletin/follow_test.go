package bulletin_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// Who owes a next step is shown as the bulletin has it, and where it was not published the unit that leads: what a unit
// types goes out only redacted.
func TestWhoOwesIsWhatWasPublished(t *testing.T) {
	each(t, func(t *testing.T, c *complainttest.City) {
		c.Begin("XN2023", "city")
		c.Take("XN2023", "受理编号,交办问题基本情况,行政区域,污染类型\nD3QH202311260001,暂存间异味扰民,城西区,大气\n")
		p := c.Handed("XN2023-0001", 100)
		m, err := c.Problems.AddMeasure(c.Ctx(), c.Unit, problem.NewMeasure{Problem: p.ID, What: "加盖密闭", Day: c.Day(10)})
		if err == nil {
			_, err = c.Problems.MoveMeasure(c.Ctx(), c.Unit, problem.MeasureMove{Measure: m.ID, Move: "do", Seen: m.Version, Files: []problem.File{c.Photo(c.Unit, 102)}})
		}
		if err != nil {
			t.Fatal(err)
		}
		c.Make(c.Unit, "XN2023-0001", problem.Move{Move: "stage", Day: c.Day(40), Owes: " 医院后勤科 ", Why: "冬季不能施工", Files: []problem.File{c.Photo(c.Unit, 103)}})
		l := c.Report(c.LettersOf(p)[0], letter.Answer{Found: "现场有异味", Done: "已加盖"}, letter.ForAStage)
		token := c.Secret(l)
		if own, err := c.Bulletins.Own(c.Ctx(), token); err != nil || len(own.Problems) != 1 || own.Problems[0].Owes != "市医院" || own.Problems[0].Next != c.Day(40).String() {
			t.Errorf("before anything is published: %+v %v", own.Problems, err)
		}
		b := prepare(t, c, bulletin.New{Batches: []int{1}})
		lookAll(t, c, b)
		publish(t, c, b)
		f, err := c.Bulletins.Follow(c.Ctx(), "XN2023", l.Code, 0)
		if err != nil || len(f.Problems) != 1 || f.Problems[0].Owes != "医院后勤科" {
			t.Errorf("%+v %v", f.Problems, err)
		}
	})
}
