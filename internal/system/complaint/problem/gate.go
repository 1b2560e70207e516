package problem

import (
	"context"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// Gate is how somebody stands at the photos and papers of problems and their measures: who sees a problem sees
// them; who publishes, covers them; and whether two are one picture is said by whoever could sign the closing off: from
// outside the unit, and not who brought one of them.
func Gate(book *casework.Book) func(identity.Colleague) evidence.Gate {
	return func(who identity.Colleague) evidence.Gate {
		return func(tx *db.Tx, a evidence.Asked) (evidence.Doer, error) { return ask(tx, book, who, a) }
	}
}

func ask(tx *db.Tx, book *casework.Book, who identity.Colleague, a evidence.Asked) (evidence.Doer, error) {
	if a.Do == evidence.ToBring {
		by, err := admittedAny(tx, who, right.Nowhere, complaint.Answer, complaint.Check, complaint.Coordinate, complaint.Supervise)
		return evidence.Doer{By: by.Sign, Person: by.Person}, err
	}
	if strings.HasPrefix(a.Subject, sentTo) {
		by, err := atSent(tx, who, a)
		return evidence.Doer{By: by.Sign, Person: by.Person}, err
	}
	p, m, err := ofEvidence(tx, a.Subject)
	if err != nil {
		return evidence.Doer{}, err
	}
	if strings.HasPrefix(a.Subject, p.said()) {
		by, err := atSaid(tx, who, a.Do, p)
		return evidence.Doer{By: by.Sign, Person: by.Person}, err
	}
	by, err := atEvidence(tx, book, who, a.Do, p, m)
	return evidence.Doer{By: by.Sign, Person: by.Person}, err
}

// ofEvidence is the problem that a subject of evidence is of, and its measure where it is of one.
func ofEvidence(tx *db.Tx, subject string) (p Problem, m Measure, err error) {
	what, rest, _ := strings.Cut(subject, "/")
	id, _, _ := strings.Cut(rest, "/")
	switch what {
	case "problem":
		p, err = Read(tx, id)
		return p, m, err
	case "measure":
		m, p, err = readMeasure(tx, id)
		return p, m, err
	}
	return p, m, fault.New(fault.Denied, "这类材料不在这里看。", "Evidence of this kind is not for these pages.")
}

// atSaid is how somebody stands at what the public showed: it is for offices alone, and never for everybody, since it may
// tell who took it.
func atSaid(tx *db.Tx, who identity.Colleague, do evidence.Act, p Problem) (identity.Admitted, error) {
	if do == evidence.ToPublish {
		return identity.Admitted{}, notPublic()
	}
	at, err := p.At(tx)
	if err != nil {
		return identity.Admitted{}, err
	}
	return who.Admit(tx, toDo(do), at)
}

// toDo is the right that somebody of an office needs for an act.
func toDo(do evidence.Act) string {
	if do == evidence.ToErase {
		return complaint.Publish
	}
	return complaint.Look
}

func atEvidence(tx *db.Tx, book *casework.Book, who identity.Colleague, do evidence.Act, p Problem, m Measure) (identity.Admitted, error) {
	at, err := p.At(tx)
	if err != nil {
		return identity.Admitted{}, err
	}
	lead, joint, err := book.Parties(tx, casework.Case{ID: p.ID, Life: p.Life, Lead: p.Lead})
	if err != nil {
		return identity.Admitted{}, err
	}
	units := append([]string{lead, m.Owner}, joint...)
	switch do {
	case evidence.ToPublish, evidence.ToErase:
		return who.Admit(tx, complaint.Publish, at)
	case evidence.ToCompare:
		by, err := admittedAny(tx, who, at, complaint.Check, complaint.SignOff, complaint.Coordinate)
		if err != nil {
			return by, err
		}
		return by, book.Bars(tx, p.ID, "sign-off", casework.Person{ID: by.Person, Organisation: by.Organisation})
	case evidence.ToSee, evidence.ToSeeOriginal, evidence.ToBring:
	}
	by, refused := who.Admit(tx, complaint.Look, at)
	if fault.KindOf(refused) != fault.Denied {
		return by, refused
	}
	for _, unit := range units {
		if unit == "" {
			continue
		}
		by, err := admitUnit(tx, who, unit)
		if fault.KindOf(err) != fault.Denied {
			return by, err
		}
	}
	return identity.Admitted{}, refused
}

// Bring adds photos and papers to a problem that no step is shown for, as a signed sheet that was scanned: from
// the unit, or from who coordinates, checks or supervises.
func Bring(ctx context.Context, s *Problems, who identity.Colleague, id string, files []File) (p Problem, err error) {
	if len(files) == 0 {
		return p, fault.At("files", fault.New(fault.Invalid, "请选照片或扫描件", "choose a photo or a scan"))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if p, err = Read(tx, id); err != nil {
			return err
		}
		by, err := s.admit(tx, who, complaint.Answer, p)
		if fault.KindOf(err) == fault.Denied {
			at, placed := p.At(tx)
			if placed != nil {
				return placed
			}
			by, err = admittedAny(tx, who, at, complaint.Coordinate, complaint.Check, complaint.Supervise)
		}
		if err != nil {
			return err
		}
		for _, f := range files {
			if _, err := s.attach(tx, by, p.Evidence(), f); err != nil {
				return err
			}
		}
		return nil
	})
	return p, err
}
