package letter

import (
	"slices"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// Name is what it is called.
func (s Status) Name() lang.Text {
	switch s {
	case Closed:
		return lang.Text{ZH: "已办结", EN: "done"}
	case ForAStage:
		return lang.Text{ZH: "阶段性办结", EN: "done for a stage"}
	case Doing:
		return lang.Text{ZH: "正在办理", EN: "in hand"}
	case Unreported:
	}
	return lang.Text{ZH: "未报结", EN: "not reported on"}
}

var stagesBehind = db.Declare[string, string](`
	SELECT DISTINCT stage FROM complaint_problem WHERE id IN (SELECT problem FROM complaint_point WHERE letter = :letter) ORDER BY stage`)

// StatusIn is how far a letter is by the stages of the problems that are behind it. A unit does not say so itself: a
// letter is done when each of its problems was called done, which takes every measure with its proof, and done for
// a stage when each was closed for one at least. What was found untrue is in hand until somebody else has looked.
func StatusIn(stages []string) Status {
	is := Closed
	for _, s := range stages {
		switch {
		case complaint.CalledDone(s):
		case s == complaint.Staged:
			is = ForAStage
		default:
			return Doing
		}
	}
	if len(stages) == 0 {
		return Doing
	}
	return is
}

// stands is how far a letter is now.
func stands(tx *db.Tx, id string) (Status, error) {
	stages, err := stagesBehind.Slice(tx, id)
	return StatusIn(stages), err
}

// Follow has the letters of a problem that has moved say how far they are now, those that were reported on: so that
// they are published again.
func Follow(tx *db.Tx, by identity.Admitted, problem string) error {
	letters, err := Of(tx, problem)
	if err != nil {
		return err
	}
	for _, l := range letters {
		if !slices.Contains([]string{"reported", "answered"}, l.Stage) {
			continue
		}
		is, err := stands(tx, l.ID)
		if err != nil {
			return err
		}
		if is == l.Status {
			continue
		}
		l.Status, l.ChangedAt = is, tx.Now()
		if _, err := writeLetter.Exec(tx, l); err != nil {
			return err
		}
		err = record.Append(tx, by.Sign, moved{id: l.ID, person: by.Person, Move: "status", To: l.Stage, Lead: l.Lead, Verdict: l.Verdict, Status: l.Status})
		if err != nil {
			return err
		}
	}
	return nil
}
