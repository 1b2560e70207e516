package problem

import (
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
)

// A merge moves points: letters keep their codes and their own answers, and the problem that has no point any
// more leads to the other.

// into finds the problem that one is merged into.
func (k *making) into() error {
	other, err := k.target(k.m.Into)
	if err != nil {
		return fault.At("into", err)
	}
	k.p.MergedIn, k.says.Into = other.ID, other.Code
	return nil
}

// target is a problem that can take points of this one.
func (k *making) target(code string) (other Problem, err error) {
	if other, err = ByCode(k.tx, code); err != nil {
		return other, err
	}
	switch {
	case other.ID == k.p.ID:
		return other, fault.New(fault.Invalid, "不能并入自己", "a problem cannot be merged into itself")
	case other.Campaign != k.p.Campaign:
		return other, fault.New(fault.Invalid, "“%[1]s”是另一次督察的问题，只能互相引用", "%[1]q is of another inspection: the two can only cite one another", other.Code)
	case other.Stage == complaint.Empty:
		return other, fault.New(fault.Invalid, "“%[1]s”自己已经并入别的问题", "%[1]q was merged into another itself", other.Code)
	case other.Stage == complaint.Settled:
		return other, fault.New(fault.Invalid, "“%[1]s”已经巩固，不能再并入；请作为新问题办理", "%[1]q is settled: deal with this as a new problem", other.Code)
	case passed(other.Stage) || other.Stage == complaint.Unfounded:
		return other, fault.New(fault.Conflict, "“%[1]s”已经核查过，并进去就没有人再核查这些信访件了：要是同一件事，先建议重开它，决定重开以后再并入；不是的，作为新问题办理",
			"%[1]q was checked, and what is merged into it now would be checked by nobody: if it is one matter propose to reopen that one, and merge once it was; if not, deal with this as a new problem", other.Code)
	}
	_, err = k.admit(k.tx, k.who, complaint.Coordinate, other)
	return other, err
}

// merge moves the points, once the step is made.
func (k *making) merge() error {
	other, err := Read(k.tx, k.p.MergedIn)
	if err != nil {
		return err
	}
	points, err := letter.PointsOf(k.tx, k.p.ID)
	if err != nil {
		return err
	}
	k.p.Letters = 0
	return k.move(points, other)
}

// move gives points to another problem. To one that is past being put right it is a proposal to begin that one again.
func (k *making) move(points []letter.Point, other Problem) error {
	if err := noted(k, &other); err != nil {
		return err
	}
	for _, p := range points {
		p.Problem = other.ID
		if err := letter.WritePoint(k.tx, p); err != nil {
			return err
		}
		other.Kinds = union(other.Kinds, p.Kinds)
	}
	if err := Pointed(k.tx, k.by, points); err != nil {
		return err
	}
	letters, err := letter.Of(k.tx, other.ID)
	if err != nil {
		return err
	}
	other.Letters = len(letters)
	for _, l := range letters {
		other.KeyItem = other.KeyItem || l.KeyItem
	}
	if _, err := writeProblem.Exec(k.tx, other); err != nil {
		return err
	}
	if closed(other.Stage) && len(points) > 0 {
		for _, l := range letters {
			if l.ID == points[0].Letter {
				if err := k.ProposeFor(k.tx, k.by, other, l, ""); err != nil {
					return err
				}
			}
		}
	}
	if other.Lead != "" {
		if err := seeable(k, points, other); err != nil {
			return err
		}
	}
	if err := handOver(k, points); err != nil {
		return err
	}
	return letter.Follow(k.tx, k.by, other.ID)
}

// noted writes into the history of a problem that its points changed, so that whoever has not seen it is told before they
// make a step of it.
func noted(k *making, p *Problem) error {
	c, err := casework.Note(k.tx, k.book, p.ID, []casework.Person{{ID: k.by.Person, Organisation: k.by.Organisation}}, k.m.Why)
	if err != nil {
		return err
	}
	p.Version, p.ChangedAt = c.Version, c.ChangedAt
	return nil
}

// Repointed notes that the points of a problem say something else than before: its kinds are those of its points.
func Repointed(tx *db.Tx, book *casework.Book, by identity.Admitted, p Problem, why string) error {
	points, err := letter.PointsOf(tx, p.ID)
	if err != nil {
		return err
	}
	p.Kinds = ""
	for _, one := range points {
		p.Kinds = union(p.Kinds, one.Kinds)
	}
	k := &making{Problems: &Problems{book: book}, tx: tx, by: by}
	k.m.Why = why
	if err := noted(k, &p); err != nil {
		return err
	}
	_, err = writeProblem.Exec(tx, p)
	return err
}

// union are the kinds of both.
func union(a, b string) string {
	for key := range strings.FieldsSeq(b) {
		if !strings.Contains(a, " "+key+" ") {
			a = " " + strings.TrimSpace(a+key) + " "
		}
	}
	return a
}
