package intake

import (
	"context"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/redact"
)

// Part is a point of a letter, as somebody who has read it divides it.
type Part struct {
	Text     string
	Title    string // of its problem: a digest without anybody's data
	Division gb.Division
	Kinds    []complaint.Kind
}

// divided is that a letter was divided into points, each with its problem.
type divided struct {
	letter, person string

	Points []string `json:"points"` // the codes of their problems
}

func (divided) Kind() string      { return "complaint.letter-divided" }
func (e divided) Subject() string { return letter.Subject(e.letter) }
func (e divided) Private() any    { return complaint.ByWhom{By: e.person} }

// mostParts bounds the points of one letter.
const mostParts = 20

// Divide splits a letter into numbered points, each with a problem of its own. The first keeps the problem that the
// letter began with, which must not have been taken in hand yet.
func (s *Intake) Divide(ctx context.Context, who identity.Colleague, id string, seen int, parts []Part) error {
	return s.db.Update(ctx, func(tx *db.Tx) error { return s.DivideIn(tx, who, id, seen, parts) })
}

// DivideIn is Divide in a transaction that does more.
func (s *Intake) DivideIn(tx *db.Tx, who identity.Colleague, id string, seen int, parts []Part) error {
	parts, err := checked(parts)
	if err != nil {
		return err
	}
	l, err := letter.Read(tx, id)
	if err != nil {
		return err
	}
	c, err := campaign.Read(tx, l.Campaign)
	if err != nil {
		return err
	}
	at, err := l.At(tx)
	if err != nil {
		return err
	}
	by, err := who.Admit(tx, complaint.Coordinate, at)
	if err != nil {
		return err
	}
	points, err := letter.Points(tx, id)
	if err != nil {
		return err
	}
	if l.Version != seen || len(points) != 1 {
		return fault.New(fault.Conflict, "这封信访件刚被改过或已经拆分，请重新打开。", "This letter was changed just now, or is divided already: open it again.")
	}
	first, err := problem.Read(tx, points[0].Problem)
	if err != nil {
		return err
	}
	if first.Letters != 1 || first.Stage != complaint.Received && first.Stage != complaint.Returned {
		return fault.New(fault.Conflict, "问题 %[1]s 已经交办或已有别的信访件，不能再拆：先让单位退件，或另立问题。", "The problem %[1]s is in hand already, or has other letters: it cannot be divided now.", first.Code)
	}
	said := divided{letter: id, person: by.Person}
	for i, part := range parts {
		p := first
		if i > 0 {
			p, err = problem.Add(tx, s.book, by, c, problem.New{Title: part.Title, Division: part.Division, Kinds: part.Kinds, Key: l.KeyItem})
		} else {
			p, err = problem.Retitle(tx, first, part.Title, part.Division, part.Kinds)
		}
		if err != nil {
			return err
		}
		said.Points = append(said.Points, p.Code)
		point := letter.Point{Letter: id, Number: i + 1, Problem: p.ID, Division: part.Division.Code(), Kinds: complaint.KindKeys(part.Kinds)}
		if i == 0 {
			err = letter.Reword(tx, point, part.Text)
		} else {
			err = letter.AddPoint(tx, point, part.Text)
		}
		if err != nil {
			return err
		}
	}
	return record.Append(tx, by.Sign, said)
}

// checked are parts that a letter can be divided into.
func checked(parts []Part) ([]Part, error) {
	if len(parts) < 2 || len(parts) > mostParts {
		return nil, fault.At("parts", fault.New(fault.Invalid, "至少拆成两点，最多 %d 点", "divide it into two points at least, and %d at most", mostParts))
	}
	parts = slices.Clone(parts)
	for i := range parts {
		parts[i].Text, parts[i].Title = strings.TrimSpace(parts[i].Text), strings.TrimSpace(parts[i].Title)
		if parts[i].Text == "" || parts[i].Title == "" {
			return nil, fault.At("parts", fault.New(fault.Invalid, "第 %[1]d 点要有原文和摘要", "point %[1]d needs its text and a digest", i+1))
		}
		if err := redact.Free("parts", parts[i].Title); err != nil {
			return nil, err
		}
	}
	return parts, nil
}
