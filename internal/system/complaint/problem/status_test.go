package problem_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// A unit does not say that a letter is done: its problems do, also after it was reported on, and the log has it.
func TestHowFarALetterIs(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		w := city(t, d)
		w.Handed(w.code, 100)
		is := func(want letter.Status) {
			t.Helper()
			if l := w.LettersOf(w.now())[0]; l.Status != want {
				t.Errorf("in %s it is %q, want %q", w.now().Stage, l.Status, want)
			}
		}
		l := w.LettersOf(w.now())[0]
		if _, err := w.Letters.Report(w.Ctx(), w.Unit, letter.Report{Letter: l.ID, Seen: l.Version, Answer: letter.Answer{Found: "属实。", Done: "已经全部整改到位。"}}); err != nil {
			t.Fatal(err)
		}
		is(letter.Doing)
		w.move(w.Unit, problem.Move{Move: "stage", Day: w.Day(40), Owes: "市医院", Why: "冬季", Files: w.photos(w.Unit, 150)})
		is(letter.ForAStage)
		w.move(w.Unit, problem.Move{Move: "resume", Day: w.Day(40)})
		is(letter.Doing)
		m, err := w.Problems.AddMeasure(w.Ctx(), w.Unit, problem.NewMeasure{Problem: w.now().ID, What: "加盖密闭", Day: w.Day(9)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Problems.MoveMeasure(w.Ctx(), w.Unit, problem.MeasureMove{Measure: m.ID, Move: "do", Seen: m.Version, Files: w.photos(w.Unit, 160)}); err != nil {
			t.Fatal(err)
		}
		w.move(w.Unit, problem.Move{Move: "done"})
		is(letter.Closed)
		w.view(func(tx *db.Tx) error {
			all, err := record.History(tx, letter.Subject(l.ID), "", 1)
			if err == nil && (len(all) != 1 || !strings.Contains(all[0].Public, `"status":"done"`)) {
				t.Errorf("the log does not say so: %v", all)
			}
			return err
		})
		w.move(w.Unit, problem.Move{Move: "apply", Tests: allTests(), Files: w.photos(w.Unit, 170)})
		w.say(w.Checker, problem.NotSolved)
		w.move(w.Checker, problem.Move{Move: "fail", Why: "还有味道", Day: w.Day(20), Files: w.photos(w.Checker, 171)})
		is(letter.Doing)
	})
}

// The least of several problems counts, and what was found untrue is not over before somebody else has looked.
func TestStatusOfSeveral(t *testing.T) {
	for _, c := range []struct {
		stages []string
		want   letter.Status
	}{
		{nil, letter.Doing},
		{[]string{complaint.Rectifying}, letter.Doing},
		{[]string{complaint.Unfounded}, letter.Doing},
		{[]string{complaint.Checked}, letter.Closed},
		{[]string{complaint.Done, complaint.Staged}, letter.ForAStage},
		{[]string{complaint.Staged, complaint.Settled}, letter.ForAStage},
		{[]string{complaint.Filed, complaint.Received}, letter.Doing},
		{[]string{complaint.Done, complaint.Publicity, complaint.Settled}, letter.Closed},
	} {
		if got := letter.StatusIn(c.stages); got != c.want {
			t.Errorf("%v: %q, want %q", c.stages, got, c.want)
		}
	}
}
