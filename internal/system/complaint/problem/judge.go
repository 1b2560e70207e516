package problem

import (
	"context"
	"slices"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
)

// Judging is what the unit found of points that came to a problem after it was verified, as by a merge: without it their
// letters could not be reported on.
type Judging struct {
	Problem  string
	Seen     int
	Verdicts map[string]complaint.Verdict // by letter.Point.Key
}

// judged is that such points were judged.
type judged struct {
	person string

	Code    string `json:"code"`
	Points  int    `json:"points"`
	Verdict string `json:"verdict"` // of the problem, as all its points make it
}

func (judged) Kind() string      { return "complaint.points-judged" }
func (e judged) Subject() string { return Subject(e.Code) }
func (e judged) Private() any    { return complaint.ByWhom{By: e.person} }

// Unjudged are the points that came after the problem was verified and are to be judged by themselves.
func (w Whole) Unjudged() (all []letter.Point) {
	if verified(w.Stage) {
		all = unjudged(w.Points)
	}
	return all
}

func unjudged(points []letter.Point) (all []letter.Point) {
	for _, p := range points {
		if p.Verdict == "" {
			all = append(all, p)
		}
	}
	return all
}

// verified reports whether the points of a problem in a stage were judged already.
func verified(stage string) bool {
	return !slices.Contains([]string{complaint.Received, complaint.Assigned, complaint.Returned, complaint.Verifying, complaint.Empty, complaint.Settled}, stage)
}

// JudgeNew judges the points that came later. It is for the responsible unit.
func JudgeNew(ctx context.Context, s *Problems, who identity.Colleague, x Judging) (p Problem, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if p, err = Read(tx, x.Problem); err != nil {
			return err
		}
		by, err := admitUnit(tx, who, p.Lead)
		if err != nil {
			return err
		}
		if p.Version != x.Seen {
			return fault.New(fault.Conflict, "这个问题刚有变化，请看过现在的样子再认定。", "This problem has changed just now: look at it as it is, then judge.")
		}
		points, err := letter.PointsOf(tx, p.ID)
		if err != nil {
			return err
		}
		fresh := unjudged(points)
		if len(fresh) == 0 || !verified(p.Stage) {
			return fault.New(fault.Conflict, "没有等着认定的新问题点。", "No new point waits to be judged.")
		}
		if err := letter.Judge(tx, fresh, x.Verdicts); err != nil {
			return err
		}
		if err := Pointed(tx, by, fresh); err != nil {
			return err
		}
		var all []complaint.Verdict
		for _, one := range points {
			v, _ := complaint.ParseVerdict(one.Verdict)
			if one.Verdict == "" {
				v = x.Verdicts[one.Key()]
			}
			all = append(all, v)
		}
		v := complaint.Of(all)
		if p.Verdict == complaint.Untrue.Key() && v != complaint.Untrue {
			return fault.At("verdict", fault.New(fault.Invalid, "这个问题已经认定不属实：新的问题点属实的，请协调单位重开", "this problem was found untrue: where a new point is true, the coordinating office begins it again"))
		}
		p.Verdict = v.Key()
		k := &making{Problems: s, tx: tx, by: by, p: p}
		if err := noted(k, &p); err != nil {
			return err
		}
		if _, err := writeProblem.Exec(tx, p); err != nil {
			return err
		}
		return record.Append(tx, by.Sign, judged{person: by.Person, Code: p.Code, Points: len(fresh), Verdict: p.Verdict})
	})
	return p, err
}
