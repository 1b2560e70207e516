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

// Dividing divides a letter into points.
type Dividing struct {
	Letter string
	Seen   int // Letter.Version
	Parts  []Part
	Why    string // of a letter that is with a unit already, or was divided before
}

// Part is a point of a letter, as somebody who has read it divides it.
type Part struct {
	Text     string
	Title    string // of its problem: a digest without anybody's data; not of a part that stays with a problem in hand
	Division gb.Division
	Kinds    []complaint.Kind
}

// divided is that a letter was divided into points, each with its problem.
type divided struct {
	letter, person, why string

	Points []string `json:"points"` // the codes of their problems
}

func (divided) Kind() string      { return "complaint.letter-divided" }
func (e divided) Subject() string { return letter.Subject(e.letter) }
func (e divided) Private() any    { return complaint.ByWhom{By: e.person, Why: e.why} }

// mostParts bounds the points of one letter.
const mostParts = 20

// Way is how a letter can be divided as it stands.
type Way uint8

// The ways.
const (
	// Anew: nothing was done about it yet. Its first part keeps the problem, whatever it is called now.
	Anew Way = iota
	// InHand: its one problem is with a unit, or is of other letters, too. The first part stays there with what was done and judged.
	InHand
	// Further: it has several points, and gets more.
	Further
)

// WayOf tells how a letter with these points can be divided, the first of them being of a problem.
func WayOf(points []letter.Point, first problem.Problem) Way {
	switch {
	case len(points) > 1:
		return Further
	case first.Letters == 1 && (first.Stage == complaint.Received || first.Stage == complaint.Returned):
		return Anew
	}
	return InHand
}

// Bars says why a letter cannot be divided as it stands, and the way out; nil: it can.
func (w Way) Bars(l letter.Letter, first problem.Problem) error {
	switch {
	case w == Anew:
		return nil
	case l.Stage != "received" && l.Stage != "handed":
		return fault.New(fault.Conflict, "这封信访件已经报结或答复，不能直接拆：先在“审核报结”里退回重报或重新办理，再拆；原来的答复留着。",
			"This letter was reported on or answered and cannot be divided as it is: under its review send it back or take it up again, then divide it. What was answered stays.")
	case w == InHand && !problem.Mergeable(first.Stage):
		return fault.New(fault.Conflict, "问题 %[1]s 已经办结，不能再拆：还没解决的，在问题页上建议重开；是另一件事的，作为新的信访件办理。",
			"The problem %[1]s is past being put right, and the letter cannot be divided: if it is not solved, propose to reopen it; another matter is a new letter.", first.Code)
	}
	return nil
}

// check says what is wrong with the parts.
func (x *Dividing) check(w Way, had int) error {
	if w == Further && (len(x.Parts) == 0 || had+len(x.Parts) > mostParts) {
		return fault.At("parts", fault.New(fault.Invalid, "至少加一点；一封信访件最多 %[1]d 点，已有 %[2]d 点", "add one point at least; a letter has %[1]d at most, and this has %[2]d", mostParts, had))
	}
	if w != Further && (len(x.Parts) < 2 || len(x.Parts) > mostParts) {
		return fault.At("parts", fault.New(fault.Invalid, "至少拆成两点，最多 %d 点", "divide it into two points at least, and %d at most", mostParts))
	}
	for i := range x.Parts {
		part := &x.Parts[i]
		part.Text, part.Title = strings.TrimSpace(part.Text), strings.TrimSpace(part.Title)
		stays := w == InHand && i == 0
		if part.Text == "" || part.Title == "" && !stays {
			return fault.At("parts", fault.New(fault.Invalid, "第 %[1]d 点要有原文和摘要", "point %[1]d needs its text and a digest", i+1))
		}
		if err := redact.Free("parts", part.Title); err != nil {
			return err
		}
	}
	if x.Why = strings.TrimSpace(x.Why); w != Anew && (x.Why == "" || len([]rune(x.Why)) > mostWhy) {
		return fault.At("ground", fault.New(fault.Invalid, "这封信访件已经在办，请写明为什么现在拆（最多 %d 字）", "this letter is in hand: say why it is divided now, in %d characters at most", mostWhy))
	}
	return redact.Free("ground", x.Why)
}

const mostWhy = 500

// Divide splits a letter into numbered points, each with a problem of its own. Of a letter that is in hand, what was done, judged and
// answered stays with the first part; the further points wait to be assigned.
func (s *Intake) Divide(ctx context.Context, who identity.Colleague, x Dividing) error {
	return s.db.Update(ctx, func(tx *db.Tx) error { return s.DivideIn(tx, who, x) })
}

// DivideIn is Divide in a transaction that does more.
func (s *Intake) DivideIn(tx *db.Tx, who identity.Colleague, x Dividing) error {
	x.Parts = slices.Clone(x.Parts)
	l, err := letter.Read(tx, x.Letter)
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
	points, err := letter.Points(tx, l.ID)
	if err != nil {
		return err
	}
	first, err := problem.Read(tx, points[0].Problem)
	if err != nil {
		return err
	}
	w := WayOf(points, first)
	if err := w.Bars(l, first); err != nil {
		return err
	}
	if l.Version != x.Seen {
		return fault.New(fault.Conflict, "这封信访件刚被改过或已经拆分，请重新打开。", "This letter was changed just now, or is divided already: open it again.")
	}
	if err := x.check(w, len(points)); err != nil {
		return err
	}
	d := dividing{Intake: s, tx: tx, by: by, l: l, said: divided{letter: l.ID, person: by.Person, why: x.Why, Points: []string{}}}
	if d.c, err = campaign.Read(tx, l.Campaign); err != nil {
		return err
	}
	return d.divide(w, x, points, first)
}

// dividing is a letter while it is divided.
type dividing struct {
	*Intake
	tx   *db.Tx
	by   identity.Admitted
	c    campaign.Campaign
	l    letter.Letter
	said divided
}

func (d *dividing) divide(w Way, x Dividing, points []letter.Point, first problem.Problem) (err error) {
	number, rest := len(points), x.Parts
	if w != Further {
		one := points[0]
		one.Division, one.Kinds = rest[0].Division.Code(), complaint.KindKeys(rest[0].Kinds)
		if err := letter.Reword(d.tx, one, rest[0].Text); err != nil {
			return err
		}
		d.said.Points, rest = append(d.said.Points, first.Code), rest[1:]
		if w == Anew {
			_, err = problem.Retitle(d.tx, first, x.Parts[0].Title, x.Parts[0].Division, x.Parts[0].Kinds)
		} else {
			err = problem.Repointed(d.tx, d.book, d.by, first, x.Why)
		}
		if err != nil {
			return err
		}
	}
	for i, part := range rest {
		p, err := problem.Add(d.tx, d.book, d.by, d.c, problem.New{Title: part.Title, Division: part.Division, Kinds: part.Kinds, Key: d.l.KeyItem})
		if err != nil {
			return err
		}
		d.said.Points = append(d.said.Points, p.Code)
		point := letter.Point{Letter: d.l.ID, Number: number + i + 1, Problem: p.ID, Division: part.Division.Code(), Kinds: complaint.KindKeys(part.Kinds)}
		if err := letter.AddPoint(d.tx, point, part.Text); err != nil {
			return err
		}
	}
	if err := letter.Noted(d.tx, d.book, d.by, d.l, x.Why); err != nil {
		return err
	}
	if err := record.Append(d.tx, d.by.Sign, d.said); err != nil {
		return err
	}
	return problem.Pointed(d.tx, d.by, points)
}
