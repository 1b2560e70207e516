package problem_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// city is one with a table of letters taken in.
func city(t *testing.T, d *db.DB) walk {
	t.Helper()
	c := complainttest.Open(t, d)
	c.Begin("XN2023", "city")
	c.Take("XN2023", table)
	return walk{c, t, "XN2023-0001"}
}

// applied takes a problem to where it waits for its check.
func (w walk) applied(seed uint64) {
	w.t.Helper()
	w.rectified(seed)
	w.move(w.Unit, problem.Move{Move: "apply", Tests: allTests(), Files: w.photos(w.Unit, seed+20)})
}

// checked passes it.
func (w walk) checked(seed uint64) {
	w.t.Helper()
	w.applied(seed)
	w.say(w.Checker, problem.Solved)
	w.move(w.Checker, problem.Move{Move: "check", Files: w.photos(w.Checker, seed+30, seed+31)})
	w.develop()
}

// says is what a refusal says in Chinese.
func (w walk) says(err error, words string) {
	w.t.Helper()
	text, _ := fault.In(lang.ZH, err)
	if err == nil || !strings.Contains(text+" "+errText(err), words) {
		w.t.Errorf("%v does not say %q", err, words)
	}
}

func (w walk) notSolved() {
	w.t.Helper()
	if _, err := w.Problems.Say(w.Ctx(), problem.Said{Token: w.Secret(w.LettersOf(w.now())[0]), Says: problem.NotSolved}); err != nil {
		w.t.Fatal(err)
	}
}

func (w walk) decide(who identity.Colleague, move string) error {
	for _, c := range w.Children(w.now()) {
		if c.Open() {
			_, err := w.Problems.Decide(w.Ctx(), who, problem.Decision{Child: c.ID, Seen: c.Version, Move: move, Why: "现场看过，是另一处"})
			return err
		}
	}
	return fmt.Errorf("nothing is undecided on %s", w.code)
}

// What is said after the check holds the closing up until somebody has answered it, and is counted in what is published.
func TestSaidAfterTheCheck(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		w := city(t, d)
		w.checked(100)
		w.notSolved()
		w.refused(w.Signer, problem.Move{Move: "sign-off"}, fault.Invalid, "are undecided")
		if err := w.decide(w.Clerk, "decline"); err != nil {
			t.Fatal(err)
		}
		w.move(w.Signer, problem.Move{Move: "sign-off"})
		if _, err := w.Problems.Propose(w.Ctx(), w.Checker, w.now().ID, "现场又排了", ""); err != nil {
			t.Fatal(err)
		}
		w.Days(15)
		w.publish()
		w.refused(w.Clerk, problem.Move{Move: "file"}, fault.Invalid, "are undecided")
		if err := w.decide(w.Clerk, "decline"); err != nil {
			t.Fatal(err)
		}
		w.move(w.Clerk, problem.Move{Move: "file"})
		w.view(func(tx *db.Tx) error {
			last, err := record.History(tx, w.now().Subject(), "", 1)
			if err == nil && (len(last) != 1 || !strings.Contains(last[0].Public, `"not":1`)) {
				t.Errorf("the closing is published without the complainant's word: %v", last)
			}
			return err
		})
	})
}

// Neighbours who say so afterwards are heard, too.
func TestNeighboursAfterTheCheck(t *testing.T) {
	w := city(t, dbtest.Open(t, dbtest.SQLite(t), complainttest.Schemas...))
	w.checked(100)
	w.say(w.Somebody("complaint.checker", "城西分局"), problem.NotSolved)
	w.refused(w.Signer, problem.Move{Move: "sign-off"}, fault.Invalid, "are undecided")
}

// A problem that was checked takes no more letters, and one with open measures goes into no other: neither is a way
// around them.
func TestNoWayAroundByMerging(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		w := city(t, d)
		other := walk{w.City, t, "XN2023-0002"}
		other.move(w.Clerk, problem.Move{Move: "assign", Lead: w.Orgs["市医院"]})
		other.move(w.Unit, problem.Move{Move: "sign"})
		other.move(w.Unit, problem.Move{Move: "found", Verdicts: w.Points(other.now(), complaint.True), Day: w.Day(30), Files: w.photos(w.Unit, 700)})
		if _, err := w.Problems.AddMeasure(w.Ctx(), w.Unit, problem.NewMeasure{Problem: other.now().ID, What: "拆除烟道", Day: w.Day(10)}); err != nil {
			t.Fatal(err)
		}
		w.rectified(100)
		other.refused(w.Clerk, problem.Move{Move: "merge", Into: w.code, Why: "同一处"}, fault.Invalid, "没有处理")

		third := walk{w.City, t, "XN2023-0003"}
		w.move(w.Unit, problem.Move{Move: "apply", Tests: allTests(), Files: w.photos(w.Unit, 120)})
		w.Describe(w.LettersOf(third.now())[0], "铝厂夜间排烟")
		third.move(w.Clerk, problem.Move{Move: "merge", Into: w.code, Why: "同一处"}) // it is still to be checked, with a word of its own
		w.refused(w.Checker, problem.Move{Move: "check", Files: w.photos(w.Checker, 130, 131)}, fault.Invalid, "没有群众意见")
		w.say(w.Checker, problem.Solved)
		w.move(w.Checker, problem.Move{Move: "check", Files: w.photos(w.Checker, 130, 131)})
		w.develop()
		if err := w.decide(w.Clerk, "decline"); err != nil {
			t.Fatal(err)
		}
		w.refused(w.Signer, problem.Move{Move: "sign-off"}, fault.Conflict, "还没有认定")

		w.Take("XN2023", "受理编号,交办问题基本情况,行政区域,污染类型\nD3QH202312300010,湟源县某砂场道路扬尘，车辆不冲洗,湟源县,扬尘\n")
		late := walk{w.City, t, "XN2023-0004"}
		late.refused(w.Clerk, problem.Move{Move: "merge", Into: w.code, Why: "同一处"}, fault.Conflict, "已经核查过")
	})
}

// Who did the work, or answers for it, neither checks it nor says what the neighbours say.
func TestWhoDidItDoesNotCheckIt(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		w := city(t, d)
		water := w.UnitOf("水务局")
		w.move(w.Clerk, problem.Move{Move: "assign", Lead: w.Orgs["市医院"]})
		w.move(w.Unit, problem.Move{Move: "sign"})
		p := w.move(w.Unit, problem.Move{Move: "found", Verdicts: w.Points(w.now(), complaint.True), Day: w.Day(30), Files: w.photos(w.Unit, 100)})
		m, err := w.Problems.AddMeasure(w.Ctx(), w.Unit, problem.NewMeasure{Problem: p.ID, What: "修复污水管网", Owner: w.Orgs["水务局"], Day: w.Day(10)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Problems.MoveMeasure(w.Ctx(), water, problem.MeasureMove{Measure: m.ID, Move: "do", Seen: m.Version, Files: w.photos(water, 101)}); err != nil {
			t.Fatal(err)
		}
		w.move(w.Unit, problem.Move{Move: "done"})
		w.move(w.Unit, problem.Move{Move: "apply", Tests: allTests(), Files: w.photos(w.Unit, 121)})
		l := w.LettersOf(w.now())[0]
		word := problem.NewWord{Problem: p.ID, Letter: l.ID, Source: problem.Neighbours, Says: problem.Solved, Why: "问了 5 位，在院门口"}
		w.says(w.Problems.AddWord(w.Ctx(), w.Checker, word), "无隶属关系") // of the unit that did the measure
		w.says(w.Problems.AddWord(w.Ctx(), w.Somebody("complaint.checker", "市医院"), word), "无隶属关系")
		if err := w.Problems.AddWord(w.Ctx(), w.Another, word); err != nil {
			t.Fatal(err)
		}
		for _, why := range []string{"无", "没有", "不详"} {
			w.says(w.Problems.AddWord(w.Ctx(), w.Another, problem.NewWord{Problem: p.ID, Letter: l.ID, Source: problem.None, Why: why}), "太短")
		}
		w.refused(w.Checker, problem.Move{Move: "check", Files: w.photos(w.Checker, 132, 133)}, fault.Denied, "无隶属关系")
		w.move(w.Another, problem.Move{Move: "check", Files: w.photos(w.Another, 134, 135)})
	})
}

// A photo that was used before is judged by neither of those who brought it.
func TestWhoBroughtItDoesNotCompareIt(t *testing.T) {
	w := city(t, dbtest.Open(t, dbtest.SQLite(t), complainttest.Schemas...))
	w.applied(100)
	w.say(w.Checker, problem.Solved)
	w.move(w.Checker, problem.Move{Move: "check", Files: w.photos(w.Checker, 120, 131)}) // 120 is the unit's own
	w.develop()
	w.refused(w.Signer, problem.Move{Move: "sign-off"}, fault.Conflict, "疑似用过")
	var asked []evidence.Likeness
	w.view(func(tx *db.Tx) (err error) { asked, err = evidence.Unanswered(tx, 10); return err })
	if len(asked) != 1 {
		t.Fatal(asked)
	}
	gate := problem.Gate(w.Book)
	answer := func(who identity.Colleague) error {
		return w.Evidence.For(func(string) evidence.Gate { return gate(who) }).Answer(w.Ctx(), asked[0].A, asked[0].B, evidence.Meant, "同一角度")
	}
	w.says(answer(w.Checker), "由另一个人来做")
	if err := answer(w.Signer); err != nil {
		t.Error(err)
	}
}

// What came back is not closed again by what was done before.
func TestASecondLifeNeedsSomethingNew(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		w := city(t, d)
		w.checked(100)
		w.move(w.Signer, problem.Move{Move: "sign-off"})
		w.Days(15)
		w.publish()
		w.move(w.Clerk, problem.Move{Move: "file"})
		w.Later(time.Hour)
		w.move(w.Clerk, problem.Move{Move: "reopen", Why: "反弹"})
		w.Later(time.Hour)
		w.move(w.Unit, problem.Move{Move: "sign"})
		w.move(w.Unit, problem.Move{Move: "found", Verdicts: w.Points(w.now(), complaint.True), Day: w.Day(30), Files: w.photos(w.Unit, 300)})
		w.refused(w.Unit, problem.Move{Move: "done"}, fault.Conflict, "新完成的措施")
	})
}
