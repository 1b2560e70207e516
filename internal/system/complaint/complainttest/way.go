package complainttest

import (
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// Make makes a step of a problem that has to be made.
func (c *City) Make(who identity.Colleague, code string, m problem.Move) problem.Problem {
	c.t.Helper()
	p := c.Look(code)
	m.Problem, m.Seen = p.ID, p.Version
	p, err := c.Problems.Move(c.Ctx(), who, m)
	if err != nil {
		c.t.Fatalf("%s: %v", m.Move, err)
	}
	return p
}

// Handed assigns a problem to the hospital, which signs for it and finds that it is true.
func (c *City) Handed(code string, scene uint64) problem.Problem {
	c.t.Helper()
	p := c.Look(code)
	c.Make(c.Clerk, code, problem.Move{Move: "assign", Lead: c.Orgs["市医院"]})
	c.Make(c.Unit, code, problem.Move{Move: "sign"})
	return c.Make(c.Unit, code, problem.Move{Move: "found", Verdicts: c.Points(p, complaint.True), Day: c.Day(60), Files: []problem.File{c.Photo(c.Unit, scene), c.Photo(c.Unit, scene+1)}})
}

// Report reports on a letter as the hospital.
func (c *City) Report(l letter.Letter, a letter.Answer, status letter.Status) letter.Letter {
	c.t.Helper()
	c.must(c.DB.View(c.t.Context(), func(tx *db.Tx) (err error) { l, err = letter.Read(tx, l.ID); return err }))
	l, err := c.Letters.Report(c.Ctx(), c.Unit, letter.Report{Letter: l.ID, Seen: l.Version, Answer: a, Status: status})
	c.must(err)
	return l
}
