package problem_test

import (
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
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

const table = `受理编号,交办问题基本情况,行政区域,污染类型
D3QH202311260001,市医院后院医疗废物暂存间异味扰民，污水外溢到人行道,城西区,固废、大气
D3QH202311260002,五四西路某烧烤店夜间油烟直排，噪声大,城西区,大气、噪音
*D3QH202311260003,某铝厂夜间偷排，烟气呛人,大通县,大气
`

// walk is a problem on its way, with a test that fails at the line that asked.
type walk struct {
	*complainttest.City
	t    *testing.T
	code string
}

func (w walk) now() problem.Problem { w.t.Helper(); return w.Look(w.code) }

// move makes a step that has to be made.
func (w walk) move(who identity.Colleague, m problem.Move) problem.Problem {
	w.t.Helper()
	p := w.now()
	m.Problem, m.Seen, m.Digests = p.ID, p.Version, w.Digests(p)
	p, err := w.Problems.Move(w.Ctx(), who, m)
	if err != nil {
		w.t.Fatalf("%s: %v", m.Move, err)
	}
	return p
}

// refused makes a step that must not be made, and holds what it is told against words; a kind of 0 is any.
func (w walk) refused(who identity.Colleague, m problem.Move, kind fault.Kind, words string) {
	w.t.Helper()
	p := w.now()
	m.Problem, m.Seen = p.ID, p.Version
	_, err := w.Problems.Move(w.Ctx(), who, m)
	text, _ := fault.In(lang.ZH, err)
	if err == nil || kind != 0 && fault.KindOf(err) != kind || !strings.Contains(text+" "+errText(err), words) {
		w.t.Errorf("%s is %v, not a refusal of kind %d that says %q", m.Move, err, kind, words)
	}
	if after := w.now(); after.Version != p.Version || after.Stage != p.Stage {
		w.t.Errorf("%s was refused and left its mark: %+v", m.Move, after)
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// develop looks at the photos, as the worker of a server does.
func (w walk) develop() {
	w.t.Helper()
	if _, err := w.Evidence.Develop(w.Ctx(), 50); err != nil {
		w.t.Fatal(err)
	}
}

func (w walk) photos(who identity.Colleague, seeds ...uint64) (all []problem.File) {
	for _, s := range seeds {
		all = append(all, w.Photo(who, s))
	}
	return all
}

func allTests() (keys []string) {
	for _, t := range problem.Tests {
		keys = append(keys, t.Key)
	}
	return keys
}

// rectified takes a problem from the office's desk to where it is called done.
func (w walk) rectified(seed uint64) {
	w.t.Helper()
	w.move(w.Clerk, problem.Move{Move: "assign", Lead: w.Orgs["市医院"]})
	w.move(w.Unit, problem.Move{Move: "sign"})
	p := w.now()
	w.move(w.Unit, problem.Move{Move: "found", Verdicts: w.Points(p, complaint.True), Day: w.Day(30), Files: w.photos(w.Unit, seed)})
	m, err := w.Problems.AddMeasure(w.Ctx(), w.Unit, problem.NewMeasure{Problem: p.ID, What: "加盖密闭，加装除臭设备", Day: w.Day(10), Money: 12_000_000})
	if err != nil {
		w.t.Fatal(err)
	}
	w.refused(w.Unit, problem.Move{Move: "done"}, fault.Invalid, "还有 1 项")
	if _, err := w.Problems.MoveMeasure(w.Ctx(), w.Unit, problem.MeasureMove{Measure: m.ID, Move: "do", Seen: m.Version}); fault.KindOf(err) != fault.Invalid {
		w.t.Errorf("a measure was done without proof: %v", err)
	}
	if _, err := w.Problems.MoveMeasure(w.Ctx(), w.Unit, problem.MeasureMove{Measure: m.ID, Move: "do", Seen: m.Version, Files: w.photos(w.Unit, seed+1)}); err != nil {
		w.t.Fatal(err)
	}
	w.move(w.Unit, problem.Move{Move: "done"})
}

// A problem goes its way to the end, and at each step whoever must not make it is refused.
func TestTheWayOfAProblem(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("XN2023", "city")
		if o := c.Take("XN2023", table); o.Added != 3 || o.Number != 1 {
			t.Fatalf("%+v", o)
		}
		w := walk{c, t, "XN2023-0001"}

		w.refused(c.Unit, problem.Move{Move: "assign", Lead: c.Orgs["市医院"]}, fault.Denied, "权限")
		w.refused(c.Clerk, problem.Move{Move: "assign", Lead: c.Orgs["督察整改办"]}, fault.Invalid, "交办给自己")
		w.refused(c.Clerk, problem.Move{Move: "sign"}, fault.Denied, "没有交办")
		w.rectifiedUntilReturned()
		w.rectified(100)

		w.refused(c.Unit, problem.Move{Move: "apply", Tests: []string{"done"}, Files: w.photos(c.Unit, 120)}, fault.Invalid, "五项标准")
		w.move(c.Unit, problem.Move{Move: "apply", Tests: allTests(), Files: w.photos(c.Unit, 121)})

		// Nobody closes it for themselves: not the unit, not its superior, not without anybody's word.
		w.refused(c.Unit, problem.Move{Move: "check", Files: w.photos(c.Unit, 130, 131)}, fault.Denied, "权限")
		w.refused(c.Superior, problem.Move{Move: "check", Files: w.photos(c.Superior, 130, 131)}, 0, "nothing to do with the responsible one")
		w.refused(c.Checker, problem.Move{Move: "check", Files: w.photos(c.Checker, 130, 131)}, fault.Invalid, "没有群众意见")
		w.refused(c.Checker, problem.Move{Move: "accept", Files: w.photos(c.Checker, 130, 131)}, fault.Conflict, "没有上级验收")
		w.say(c.Checker, problem.NotSolved)
		w.refused(c.Checker, problem.Move{Move: "check", Files: w.photos(c.Checker, 130, 131)}, fault.Conflict, "没有解决")
		w.say(c.Checker, problem.Solved) // by whoever brought the "not solved": it stays
		w.refused(c.Checker, problem.Move{Move: "check", Files: w.photos(c.Checker, 130, 131)}, fault.Conflict, "没有解决")
		w.say(c.Somebody("complaint.checker", "城西分局"), problem.Solved)
		w.refused(c.Checker, problem.Move{Move: "check", Files: w.photos(c.Checker, 130)}, fault.Invalid, "需要 2 份")
		w.refused(c.Checker, problem.Move{Move: "check", Files: w.photos(c.Checker, 130, 130)}, fault.Invalid, "同一份只算一次")
		w.move(c.Checker, problem.Move{Move: "check", Files: w.photos(c.Checker, 132, 133)})

		w.refused(c.Signer, problem.Move{Move: "sign-off"}, fault.Late, "照片还在处理")
		w.develop()
		w.move(c.Signer, problem.Move{Move: "sign-off"})

		// While it is open to objections it cannot be filed, nor while one is undecided, nor unpublished.
		w.refused(c.Clerk, problem.Move{Move: "file"}, 0, "has not ended")
		child, err := c.Problems.Object(c.Ctx(), w.code, "夜里还有味道\r\n白天也有", "")
		if err != nil {
			t.Fatal(err)
		}
		c.Days(15)
		w.refused(c.Clerk, problem.Move{Move: "file"}, 0, "are undecided")
		if _, err := c.Problems.Decide(c.Ctx(), c.Clerk, problem.Decision{Child: child.ID, Seen: child.Version, Move: "dismiss", Why: "复测达标"}); err != nil {
			t.Fatal(err)
		}
		w.refused(c.Clerk, problem.Move{Move: "file"}, fault.Conflict, "还没有公开")
		w.publish()
		p := w.move(c.Clerk, problem.Move{Move: "file"})
		if p.FiledAt == nil || p.Stage != complaint.Filed {
			t.Errorf("%+v", p)
		}
		w.wordAfter(p)
		w.window(p)
	})
}

// wordAfter is a word by the secret once the closing is published: nothing seals it any more.
func (w walk) wordAfter(p problem.Problem) {
	w.t.Helper()
	secret := w.Secret(w.LettersOf(p)[0])
	if _, err := w.Problems.Say(w.Ctx(), problem.Said{Token: secret, Says: problem.Solved}); err != nil {
		w.t.Fatal(err)
	}
	err := w.DB.Update(w.Ctx(), func(tx *db.Tx) error {
		words, err := problem.Words(tx, p)
		if err != nil {
			return err
		}
		for _, one := range words {
			if err := record.Open(tx, "", one.Entry); fault.KindOf(err) != fault.Conflict {
				w.t.Errorf("a word %s of %s is still sealed: %v", one.Says, one.Source, err)
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// rectifiedUntilReturned sends a problem to a unit that sends it back.
func (w walk) rectifiedUntilReturned() {
	w.t.Helper()
	w.move(w.Clerk, problem.Move{Move: "assign", Lead: w.Orgs["住建局"], Joint: []string{w.Orgs["市医院"]}})
	w.refused(w.Stranger, problem.Move{Move: "return"}, fault.Invalid, "理由")
	w.move(w.Stranger, problem.Move{Move: "return", Why: "医院的暂存间归卫健系统管"})
	w.move(w.Clerk, problem.Move{Move: "insist", Why: "先办理，再协商"})
	w.move(w.Stranger, problem.Move{Move: "return", Why: "再次说明：归卫健系统管"})
}

// say puts down what the neighbours say of each letter.
func (w walk) say(who identity.Colleague, says string) {
	w.t.Helper()
	p := w.now()
	for _, l := range w.LettersOf(p) {
		if err := w.Problems.AddWord(w.Ctx(), who, problem.NewWord{Problem: p.ID, Letter: l.ID, Source: problem.Neighbours, Says: says, Why: "问了 5 位，在院门口"}); err != nil {
			w.t.Fatal(err)
		}
	}
}

// publish stands for the bulletin, which has a room of its own.
func (w walk) publish() {
	w.t.Helper()
	err := w.DB.Update(w.Ctx(), func(tx *db.Tx) error {
		for _, l := range w.LettersOf(w.now()) {
			if err := letter.Published(tx, l.ID, 1); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// window takes a closed problem through a rebound, and its second closing to the end.
func (w walk) window(p problem.Problem) {
	t := w.t
	t.Helper()
	w.runOut()
	if got := w.now(); got.Stage != complaint.Filed {
		t.Errorf("it was settled before its window ended: %s", got.Stage)
	}
	// A new letter that says the same proposes to begin again; until that is decided nothing is settled.
	w.Days(30)
	o := w.Take(p.Campaign, "受理编号,交办问题基本情况,行政区域,污染类型\nD3QH202312300009,市医院后院医疗废物暂存间又有异味扰民，污水外溢到人行道,城西区,固废\n")
	if o.Reopenings != 1 {
		t.Fatalf("%+v", o)
	}
	w.Days(400)
	w.runOut()
	if got := w.now(); got.Stage != complaint.Filed {
		t.Errorf("it was settled with a proposal undecided: %s", got.Stage)
	}
	var child problem.Child
	w.view(func(tx *db.Tx) error {
		all, err := problem.Children(tx, p.ID)
		for _, c := range all {
			if c.Open() {
				child = c
			}
		}
		return err
	})
	accepted := w.now().Accepted
	got, err := w.Problems.Decide(w.Ctx(), w.Clerk, problem.Decision{Child: child.ID, Seen: child.Version, Move: "take", Why: "又反映同一问题，现场确有"})
	if err != nil || got.Stage != complaint.Assigned || got.Life != 2 || got.FiledAt != nil {
		t.Fatalf("%+v %v", got, err)
	}
	w.view(func(tx *db.Tx) error {
		all, err := record.History(tx, p.Subject(), "", 1)
		if err == nil && (len(all) != 1 || !strings.Contains(all[0].Public, `"accepted":"`+accepted+`"`) || accepted == "") {
			t.Errorf("the acceptance that failed is not named: %v", all)
		}
		return err
	})
	w.move(w.Unit, problem.Move{Move: "sign"})
	w.refused(w.Unit, problem.Move{Move: "found", Verdicts: w.Points(p, complaint.Untrue), Day: w.Day(9), Files: w.photos(w.Unit, 300)}, fault.Invalid, "不属实")
}

func (w walk) runOut() {
	w.t.Helper()
	err := w.DB.Update(w.Ctx(), func(tx *db.Tx) error {
		out, err := w.Book.RunOut(tx, 100)
		for _, r := range out {
			if err == nil {
				err = w.Problems.RanOut(tx, r)
			}
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w walk) view(f func(tx *db.Tx) error) {
	w.t.Helper()
	if err := w.DB.View(w.t.Context(), f); err != nil {
		w.t.Fatal(err)
	}
}

// A unit finds what it leads, also while nothing is owed on it; nobody else's.
func TestMine(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("XN2023", "city")
		c.Take("XN2023", table)
		for _, code := range []string{"XN2023-0001", "XN2023-0002"} {
			walk{c, t, code}.move(c.Clerk, problem.Move{Move: "assign", Lead: c.Orgs["市医院"]})
		}
		first, err := problem.Mine(c.Ctx(), c.Problems, c.Unit, problem.Mark{}, 1)
		if err != nil || len(first) != 1 {
			t.Fatal(first, err)
		}
		second, err := problem.Mine(c.Ctx(), c.Problems, c.Unit, first[0].Mark(), 10)
		if err != nil || len(second) != 1 || second[0].ID == first[0].ID {
			t.Error(second, err)
		}
		if got, err := problem.Mine(c.Ctx(), c.Problems, c.Stranger, problem.Mark{}, 10); err != nil || len(got) != 0 {
			t.Error(got, err)
		}
	})
}

// What went back is not applied for again as it was: something has to be done anew, and photos of before are past.
func TestSentBackNeedsSomethingNew(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("XN2023", "city")
		c.Take("XN2023", table)
		w := walk{c, t, "XN2023-0001"}
		w.rectified(400)
		w.move(c.Unit, problem.Move{Move: "apply", Tests: allTests(), Files: w.photos(c.Unit, 400)}) // the photo of before again
		w.say(c.Checker, problem.Solved)
		w.move(c.Checker, problem.Move{Move: "check", Files: w.photos(c.Checker, 430, 431)})
		w.develop()
		w.refused(c.Signer, problem.Move{Move: "sign-off"}, fault.Conflict, "疑似用过")
		var asked []evidence.Likeness
		w.view(func(tx *db.Tx) (err error) { asked, err = evidence.Unanswered(tx, 10); return err })
		if len(asked) != 1 {
			t.Fatalf("%+v", asked)
		}
		err := d.Update(c.Ctx(), func(tx *db.Tx) error {
			return c.Evidence.Answer(tx, asked[0].A, asked[0].B, evidence.Said{Answer: evidence.Same, By: "complaint.signer", Person: c.Signer.Person})
		})
		if err != nil {
			t.Fatal(err)
		}
		w.refused(c.Signer, problem.Move{Move: "sign-off"}, fault.Conflict, "重复使用")
		c.Later(time.Hour)
		w.move(c.Signer, problem.Move{Move: "refuse", Why: "照片是以前的", Day: c.Day(20)})
		w.refused(c.Unit, problem.Move{Move: "done"}, fault.Conflict, "新完成的措施")
		c.Later(time.Hour)
		p := w.now()
		m, err := c.Problems.AddMeasure(c.Ctx(), c.Unit, problem.NewMeasure{Problem: p.ID, What: "更换滤芯，重新拍照", Day: c.Day(5)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Problems.MoveMeasure(c.Ctx(), c.Unit, problem.MeasureMove{Measure: m.ID, Move: "do", Seen: m.Version, Files: w.photos(c.Unit, 440)}); err != nil {
			t.Fatal(err)
		}
		c.Later(time.Hour)
		w.move(c.Unit, problem.Move{Move: "done"})
		w.move(c.Unit, problem.Move{Move: "apply", Tests: allTests(), Files: w.photos(c.Unit, 441)})
		w.say(c.Checker, problem.Solved)
		w.move(c.Checker, problem.Move{Move: "check", Files: w.photos(c.Checker, 450, 451)})
		w.develop()
		w.move(c.Signer, problem.Move{Move: "sign-off"})
	})
}

// Nobody's data is written where units and the public read.
func TestNobodysDataInATitle(t *testing.T) {
	c := complainttest.Open(t, dbtest.Open(t, dbtest.SQLite(t), complainttest.Schemas...))
	c.Begin("XN2023", "city")
	c.Take("XN2023", table)
	p := c.Look("XN2023-0001")
	_, err := c.Problems.Describe(c.Ctx(), c.Clerk, problem.Description{Problem: p.ID, SeenAt: p.ChangedAt, Title: "夜间施工，13897612345 反映", Division: c.Home})
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "13897612345") {
		t.Error(err)
	}
}

// Who answers for a next step is told to the public.
func TestNobodysDataInWhoOwes(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		w := walk{City: complainttest.Open(t, d), t: t, code: "XN2023-0001"}
		w.Begin("XN2023", "central")
		w.Take("XN2023", table)
		w.Handed(w.code, 900)
		for owes, words := range map[string]string{"后勤科李志强，手机 13997123456": "13997123456", strings.Repeat("科", 81): "80", "后勤科\u202e": "看不见"} {
			w.refused(w.Unit, problem.Move{Move: "stage", Day: w.Day(40), Owes: owes, Why: "冬季不能施工", Files: []problem.File{w.Photo(w.Unit, 903)}}, fault.Invalid, words)
		}
	})
}
