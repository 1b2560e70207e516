package problem

import (
	"context"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/redact"
)

// Parting takes points out of a problem: to a new problem of their own, as when two were merged that are not one, or to
// another that they belong to.
type Parting struct {
	Problem string
	Seen    int
	Points  []string // by letter.Point.Key; one at least stays
	Title   string   // of the new problem: a digest without anybody's data
	Into    string   // the code of another problem; empty: a new one
	Why     string
}

// parted is that points went from one problem to another.
type parted struct {
	person, why string

	Code   string `json:"code"`
	Into   string `json:"into"`
	Points int    `json:"points"`
}

func (parted) Kind() string      { return "complaint.points-moved" }
func (e parted) Subject() string { return Subject(e.Code) }
func (e parted) Private() any    { return complaint.ByWhom{By: e.person, Why: e.why} }

// Partable reports whether points can be taken out of a problem: it is not closed yet, and one stays.
func (w Whole) Partable() bool {
	return len(w.Points) > 1 && Mergeable(w.Stage)
}

// Mergeable reports whether points of a problem in a stage may still go elsewhere: it is not past being put right.
func Mergeable(stage string) bool {
	m, _ := complaint.Problem.Move("merge")
	return slices.Contains(m.From, stage)
}

// Part takes points out of a problem and returns where they are now. Measures and photos stay where they are.
func Part(ctx context.Context, s *Problems, who identity.Colleague, x Parting) (to Problem, err error) {
	x.Title, x.Why = strings.TrimSpace(x.Title), strings.TrimSpace(x.Why)
	if err := x.check(); err != nil {
		return to, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := Read(tx, x.Problem)
		if err != nil {
			return err
		}
		by, err := s.admit(tx, who, complaint.Coordinate, p)
		if err != nil {
			return err
		}
		k := &making{Problems: s, tx: tx, who: who, by: by, p: p}
		if k.c, err = campaign.Read(tx, p.Campaign); err != nil {
			return err
		}
		to, err = k.part(x)
		return err
	})
	return to, err
}

func (x Parting) check() error {
	switch {
	case len(x.Points) == 0:
		return fault.At("points", fault.New(fault.Invalid, "请选要分出去的问题点", "choose the points that are taken out"))
	case x.Into == "" && x.Title == "":
		return fault.At("title", fault.New(fault.Invalid, "请写新问题的摘要，或填并到哪个问题", "write the digest of the new problem, or into which one they go"))
	case x.Why == "" || len([]rune(x.Why)) > maxWhy:
		return fault.At("why", fault.New(fault.Invalid, "请写明理由（最多 %d 字）", "say why, in %d characters at most", maxWhy))
	}
	if t, ok := lang.CheckText(x.Title, maxTitle); !ok {
		return fault.At("title", &fault.Error{Kind: fault.Invalid, Text: t})
	}
	return redact.Free("title", x.Title)
}

func (k *making) part(x Parting) (to Problem, err error) {
	if k.p.Version != x.Seen {
		return to, fault.New(fault.Conflict, "这个问题刚有变化，请看过现在的样子再分。", "This problem has changed just now: look at it as it is, then take it apart.")
	}
	k.m.Why = x.Why
	if !Mergeable(k.p.Stage) {
		return to, fault.New(fault.Conflict, "问题已经办结，不能再分：是另一件事的，作为新的信访件办理。", "The problem is past being put right and cannot be taken apart: what is another matter is a new letter.")
	}
	points, err := letter.PointsOf(k.tx, k.p.ID)
	if err != nil {
		return to, err
	}
	var out []letter.Point
	for _, key := range x.Points {
		i := slices.IndexFunc(points, func(p letter.Point) bool { return p.Key() == key })
		if i < 0 {
			return to, fault.At("points", fault.New(fault.Conflict, "选的问题点已不在这个问题里", "a chosen point is no longer of this problem"))
		}
		out = append(out, points[i])
		points = slices.Delete(points, i, i+1)
	}
	if len(points) == 0 {
		return to, fault.At("points", fault.New(fault.Invalid, "至少留一点；全部并到别处的，用“并入其他问题”", "leave one point at least; if all belong elsewhere, merge the problem"))
	}
	if to, err = k.receiver(x, out); err != nil {
		return to, err
	}
	if err := k.move(out, to); err != nil {
		return to, err
	}
	letters, err := letter.Of(k.tx, k.p.ID)
	if err != nil {
		return to, err
	}
	if err := noted(k, &k.p); err != nil {
		return to, err
	}
	k.p.Letters, k.p.Kinds = len(letters), ""
	for _, one := range points {
		k.p.Kinds = union(k.p.Kinds, one.Kinds)
	}
	if _, err := writeProblem.Exec(k.tx, k.p); err != nil {
		return to, err
	}
	if to, err = Read(k.tx, to.ID); err != nil {
		return to, err
	}
	return to, record.Append(k.tx, k.by.Sign, parted{person: k.by.Person, why: x.Why, Code: k.p.Code, Into: to.Code, Points: len(out)})
}

// receiver is the problem that takes the points.
func (k *making) receiver(x Parting, out []letter.Point) (Problem, error) {
	if x.Into != "" {
		other, err := k.target(x.Into)
		return other, fault.At("into", err)
	}
	n := New{Title: x.Title, Division: k.p.Where()}
	if d := (Problem{Division: out[0].Division}).Where(); d.Valid() {
		n.Division = d
	}
	if _, err := k.admit(k.tx, k.who, complaint.Coordinate, Problem{Campaign: k.p.Campaign, Division: n.Division.Code()}); err != nil {
		return Problem{}, err // it would lie where others coordinate
	}
	kinds := ""
	for _, p := range out {
		kinds = union(kinds, p.Kinds)
		l, err := letter.Read(k.tx, p.Letter)
		if err != nil {
			return Problem{}, err
		}
		n.Key = n.Key || l.KeyItem
	}
	n.Kinds = complaint.KindsOf(kinds)
	return Add(k.tx, k.book, k.by, k.c, n)
}
