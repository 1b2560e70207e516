package complainttest

import (
	"errors"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// Make makes a step of a problem that has to be made.
func (c *City) Make(who identity.Colleague, code string, m problem.Move) problem.Problem {
	c.t.Helper()
	p := c.Look(code)
	m.Problem, m.Seen = p.ID, p.Version
	m.Digests = c.Digests(p)
	p, err := c.Problems.Move(c.Ctx(), who, m)
	if err != nil {
		c.t.Fatalf("%s: %v", m.Move, err)
	}
	return p
}

// Digests are those of a problem's letters that have none yet, as a clerk writes them.
func (c *City) Digests(p problem.Problem) map[string]string {
	all := map[string]string{}
	for _, l := range c.LettersOf(p) {
		if l.Digest == "" {
			all[l.ID] = "反映" + p.Title
		}
	}
	return all
}

// Describe gives a letter a digest on its own page, as a clerk does who has read it.
func (c *City) Describe(l letter.Letter, digest string) letter.Letter {
	c.t.Helper()
	l, err := c.Letters.Correct(c.Ctx(), c.Clerk, letter.Correction{Letter: l.ID, SeenAt: l.ChangedAt, Digest: digest, Kinds: l.KindList(), Division: l.Division, Key: l.KeyItem})
	c.must(err)
	return l
}

// Handed assigns a problem to the hospital, which signs for it and finds that it is true.
func (c *City) Handed(code string, scene uint64) problem.Problem {
	c.t.Helper()
	p := c.Look(code)
	c.Make(c.Clerk, code, problem.Move{Move: "assign", Lead: c.Orgs["市医院"]})
	c.Make(c.Unit, code, problem.Move{Move: "sign"})
	return c.Make(c.Unit, code, problem.Move{Move: "found", Verdicts: c.Points(p, complaint.True), Day: c.Day(60), Files: []problem.File{c.Photo(c.Unit, scene), c.Photo(c.Unit, scene+1)}})
}

// Report reports on a letter as the hospital, whose problems it brings as far first.
func (c *City) Report(l letter.Letter, a letter.Answer, status letter.Status) letter.Letter {
	c.t.Helper()
	for _, p := range c.problemsOf(l) {
		c.bring(p, status)
	}
	c.must(c.DB.View(c.t.Context(), func(tx *db.Tx) (err error) { l, err = letter.Read(tx, l.ID); return err }))
	l, err := c.Letters.Report(c.Ctx(), c.Unit, letter.Report{Letter: l.ID, Seen: l.Version, Answer: a})
	c.must(err)
	if l.Status != status {
		c.t.Errorf("%s is %q by its problems, not %q", l.Code, l.Status, status)
	}
	return l
}

func (c *City) problemsOf(l letter.Letter) (all []problem.Problem) {
	c.must(c.DB.View(c.t.Context(), func(tx *db.Tx) error {
		points, err := letter.Points(tx, l.ID)
		for _, point := range points {
			p, e := problem.Read(tx, point.Problem)
			all, err = append(all, p), errors.Join(err, e)
		}
		return err
	}))
	return all
}

// bring takes a problem that is being put right to where its letters have a status.
func (c *City) bring(p problem.Problem, status letter.Status) {
	at := c.Look(p.Code).Stage
	switch {
	case status == letter.ForAStage && at == complaint.Rectifying:
		c.Make(c.Unit, p.Code, problem.Move{Move: "stage", Day: c.Day(60), Owes: "市医院", Why: "冬季不能施工", Files: []problem.File{c.Photo(c.Unit, 9001)}})
	case status == letter.Closed && (at == complaint.Rectifying || at == complaint.Staged):
		m, err := c.Problems.AddMeasure(c.Ctx(), c.Unit, problem.NewMeasure{Problem: p.ID, What: "更换密闭门", Day: c.Day(10)})
		c.must(err)
		_, err = c.Problems.MoveMeasure(c.Ctx(), c.Unit, problem.MeasureMove{Measure: m.ID, Move: "do", Seen: m.Version, Files: []problem.File{c.Photo(c.Unit, 9002)}})
		c.must(err)
		c.Make(c.Unit, p.Code, problem.Move{Move: "done"})
	}
}

// Checked takes a problem from the office's desk through the hospital, a checker and the signer to its publicity.
func (c *City) Checked(code string, scene uint64) problem.Problem {
	c.t.Helper()
	p := c.Handed(code, scene)
	m, err := c.Problems.AddMeasure(c.Ctx(), c.Unit, problem.NewMeasure{Problem: p.ID, What: "加盖密闭", Day: c.Day(10)})
	c.must(err)
	_, err = c.Problems.MoveMeasure(c.Ctx(), c.Unit, problem.MeasureMove{Measure: m.ID, Move: "do", Seen: m.Version, Files: []problem.File{c.Photo(c.Unit, scene+2)}})
	c.must(err)
	c.Make(c.Unit, code, problem.Move{Move: "done"})
	var tests []string
	for _, one := range problem.Tests {
		tests = append(tests, one.Key)
	}
	c.Make(c.Unit, code, problem.Move{Move: "apply", Tests: tests, Files: []problem.File{c.Photo(c.Unit, scene+3)}})
	for _, l := range c.LettersOf(p) {
		c.must(c.Problems.AddWord(c.Ctx(), c.Checker, problem.NewWord{Problem: p.ID, Letter: l.ID, Source: problem.Neighbours, Says: problem.Solved, Why: "问了 5 位，在院门口"}))
	}
	c.Make(c.Checker, code, problem.Move{Move: "check", Files: []problem.File{c.Photo(c.Checker, scene+4), c.Photo(c.Checker, scene+5)}})
	_, err = c.Evidence.Develop(c.Ctx(), 50)
	c.must(err)
	return c.Make(c.Signer, code, problem.Move{Move: "sign-off"})
}

// Publish publishes what a batch has as the next bulletin, whose rows somebody looks at.
func (c *City) Publish(code string, batches ...int) bulletin.Bulletin {
	c.t.Helper()
	return c.publish(bulletin.New{Campaign: code, Batches: batches})
}

// PublishAgain publishes letters again that were published before, as the next bulletin.
func (c *City) PublishAgain(code string, letters ...letter.Letter) bulletin.Bulletin {
	c.t.Helper()
	n := bulletin.New{Campaign: code}
	for _, l := range letters {
		n.Earlier = append(n.Earlier, l.ID)
	}
	return c.publish(n)
}

func (c *City) publish(n bulletin.New) bulletin.Bulletin {
	c.t.Helper()
	n.Why = "编制公开批次"
	b, err := c.Bulletins.Prepare(c.Ctx(), c.Clerk, n)
	c.must(err)
	for place := 1; place <= b.Letters; place++ {
		r, err := c.Bulletins.Row(c.Ctx(), c.Clerk, b.Ref(), place)
		c.must(err)
		c.must(c.Bulletins.Look(c.Ctx(), c.Clerk, b.Ref(), place, r.Seen))
	}
	b, err = c.Bulletins.Publish(c.Ctx(), c.Clerk, b.Ref())
	c.must(err)
	return b
}

// Secret makes the secret of who sent a letter.
func (c *City) Secret(l letter.Letter) (token string) {
	c.t.Helper()
	c.must(c.DB.Update(c.Ctx(), func(tx *db.Tx) (err error) { token, err = letter.NewToken(tx, l.ID); return err }))
	return token
}

// Children are the objections and proposals of a problem.
func (c *City) Children(p problem.Problem) (all []problem.Child) {
	c.t.Helper()
	c.must(c.DB.View(c.t.Context(), func(tx *db.Tx) (err error) { all, err = problem.Children(tx, p.ID); return err }))
	return all
}
