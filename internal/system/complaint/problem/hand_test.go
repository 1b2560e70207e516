package problem_test

import (
	"slices"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// A letter whose only point goes to a problem that nobody has yet is with nobody: the old unit sees it no more and owes nothing
// on it, its period goes on, and it comes to the unit that the problem comes to.
func TestALetterLeavesItsUnitWithItsPoint(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("XN2023", "city")
		c.Take("XN2023", table)
		c.Make(c.Clerk, "XN2023-0002", problem.Move{Move: "merge", Into: "XN2023-0001", Why: "看着像一件事"})
		p := c.Make(c.Clerk, "XN2023-0001", problem.Move{Move: "assign", Lead: c.Orgs["市医院"], Joint: []string{c.Orgs["水务局"]}})
		second := c.LettersOf(p)[1]
		if second.Lead != c.Orgs["市医院"] || second.Stage != "handed" {
			t.Fatalf("%+v", second)
		}
		due := *second.DueAt
		c.Later(time.Hour)
		made, err := problem.Part(c.Ctx(), c.Problems, c.Clerk, problem.Parting{Problem: p.ID, Seen: p.Version, Points: []string{second.ID + ".1"}, Title: "烧烤店油烟直排", Why: "查明是两件事"})
		if err != nil {
			t.Fatal(err)
		}
		second = c.LettersOf(made)[0]
		if second.Lead != "" || second.Stage != "received" || second.DueAt == nil || !second.DueAt.Equal(due) {
			t.Errorf("it is with %q, %s, due %v and not %v", second.Lead, second.Stage, second.DueAt, due)
		}
		if _, err := c.Letters.Assigned(c.Ctx(), c.Unit, second.ID); fault.KindOf(err) != fault.Denied {
			t.Error("the unit that has it no more still sees it:", err)
		}
		if holders := owing(t, c, second.ID); !slices.Equal(holders, []string{casework.Organisation(c.Orgs["督察整改办"])}) {
			t.Errorf("it is owed by %v", holders)
		}
		if first := c.LettersOf(c.Look(p.Code))[0]; first.Lead != c.Orgs["市医院"] {
			t.Errorf("the letter that stays is with %q", first.Lead)
		}
		c.Make(c.Clerk, made.Code, problem.Move{Move: "assign", Lead: c.Orgs["住建局"]})
		if l := c.LettersOf(made)[0]; l.Lead != c.Orgs["住建局"] || l.Stage != "handed" {
			t.Errorf("%s is with %q, %s", l.Code, l.Lead, l.Stage)
		}
		if joint := helping(t, c, second.ID); len(joint) != 0 {
			t.Errorf("who helped with the other problem still helps: %v", joint)
		}
		// Back again, into what is with the hospital: all who answer for its points have it.
		x := c.Look(made.Code)
		c.Make(c.Clerk, x.Code, problem.Move{Move: "merge", Into: p.Code, Why: "还是一件事"})
		if l := c.LettersOf(c.Look(p.Code))[1]; l.Lead != c.Orgs["市医院"] {
			t.Errorf("%s is with %q", l.Code, l.Lead)
		}
		if joint := helping(t, c, second.ID); !slices.Equal(joint, []string{c.Orgs["水务局"]}) {
			t.Errorf("%v help", joint)
		}
	})
}

// One that goes into a problem that was closed is that unit's to report on, whether the problem begins again or not.
func TestALetterOfAClosedProblemIsAnswered(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("XN2023", "city")
		c.Take("XN2023", table)
		walk{c, t, "XN2023-0001"}.rectified(40)
		closed := c.Look("XN2023-0001")
		l := c.Describe(c.LettersOf(c.Look("XN2023-0002"))[0], "烧烤店油烟直排")
		c.Make(c.Clerk, "XN2023-0002", problem.Move{Move: "merge", Into: closed.Code, Why: "同一处"})
		if children := c.Children(closed); len(children) != 1 || children[0].Process != complaint.Proposal.Key {
			t.Errorf("%+v", children)
		}
		if _, err := c.Letters.Assigned(c.Ctx(), c.Unit, l.ID); err != nil {
			t.Error("nobody answers for it:", err)
		}
	})
}

func owing(t *testing.T, c *complainttest.City, id string) (all []string) {
	t.Helper()
	err := c.DB.View(c.Ctx(), func(tx *db.Tx) error {
		duties, err := c.Book.Duties(tx, id)
		for _, one := range duties {
			all = append(all, one.Holder)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func helping(t *testing.T, c *complainttest.City, id string) (joint []string) {
	t.Helper()
	err := c.DB.View(c.Ctx(), func(tx *db.Tx) error {
		l, err := letter.Read(tx, id)
		if err != nil {
			return err
		}
		_, joint, err = c.Book.Parties(tx, casework.Case{ID: id, Life: 1, Lead: l.Lead})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return joint
}
