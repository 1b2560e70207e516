package evidence

import (
	"context"
	"fmt"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
)

// Act is what somebody wants with evidence.
type Act string

// The acts. ToBring is asked of a kind, with no subject yet: whoever may bring something
// of the kind anywhere. All others are asked of a subject.
const (
	ToBring       Act = "bring"
	ToSee         Act = "see"      // what was made of it for eyes
	ToSeeOriginal Act = "original" // what came, as it came: with a reason, on record
	ToPublish     Act = "publish"  // cover it, publish it, withdraw it
	ToErase       Act = "erase"    // on request or by order, with a ground that is public
	ToCompare     Act = "compare"  // say whether two are one picture: not the unit that is responsible
)

// Asked is what a system is asked about its evidence.
type Asked struct {
	Do      Act
	Kind    string
	Subject string
}

// Doer is how the record is to name who does something.
type Doer struct {
	By     string // by what kind of official, for the public part
	Person string // for the private part
}

// Gate is how a system lets one person at its evidence, or not, which is a fault.Denied.
// It is asked in the transaction of what is done.
type Gate func(tx *db.Tx, a Asked) (Doer, error)

// shut lets nobody.
func shut(*db.Tx, Asked) (Doer, error) {
	return Doer{}, fault.New(fault.Denied, "这类材料不在这里看。", "Evidence of this kind is not for these pages.")
}

// orShut is the gate, or one that lets nobody where there is none.
func (g Gate) orShut() Gate {
	if g == nil {
		return shut
	}
	return g
}

// System is the one whose kind of evidence it is: what is before the point of its key.
func (k Kind) System() string {
	system, _, _ := strings.Cut(k.Key, ".")
	return system
}

// Visitor is somebody who comes to the evidence of any system: what they may do is asked
// at the gate of each, in the transaction of what they do.
type Visitor struct {
	e    *Evidence
	gate func(system string) Gate // nil lets nobody
}

// For returns what somebody can do who stands at these gates.
func (e *Evidence) For(gate func(system string) Gate) Visitor { return Visitor{e, gate} }

// MayBring returns who they are to the evidence of a kind that they bring.
func (v Visitor) MayBring(ctx context.Context, k Kind) (by Doer, err error) {
	err = v.e.db.View(ctx, func(tx *db.Tx) error {
		by, err = v.gate(k.System()).orShut()(tx, Asked{Do: ToBring, Kind: k.Key})
		return err
	})
	return by, err
}

// Found is an item that somebody may do a thing with.
type Found struct {
	Item
	Covers []Cover // what was painted over it, the latest first
}

// Find returns an item to somebody who may do a thing with it.
func (v Visitor) Find(ctx context.Context, do Act, id string) (f Found, err error) {
	err = v.e.db.View(ctx, func(tx *db.Tx) error {
		if f.Item, _, err = v.admitted(tx, do, id); err != nil {
			return err
		}
		f.Covers, err = coversOf.Slice(tx, id)
		return err
	})
	return f, err
}

func (v Visitor) admitted(tx *db.Tx, do Act, id string) (i Item, by Doer, err error) {
	if i, err = v.e.Item(tx, id); err != nil {
		return i, by, err
	}
	by, err = v.through(tx, do, i)
	return i, by, err
}

func (v Visitor) through(tx *db.Tx, do Act, i Item) (Doer, error) {
	return v.gate(i.System).orShut()(tx, Asked{do, i.Kind, i.Subject})
}

// Original is [Evidence.Original].
func (v Visitor) Original(ctx context.Context, id, why string) (*Original, error) {
	return originalFor(ctx, v.e, id, why, func(tx *db.Tx, i Item) (Doer, error) { return v.through(tx, ToSeeOriginal, i) })
}

// Paint is [Evidence.Paint].
func (v Visitor) Paint(ctx context.Context, id, shapes string) (version int, err error) {
	err = v.e.db.Update(ctx, func(tx *db.Tx) error {
		_, by, err := v.admitted(tx, ToPublish, id)
		if err != nil {
			return err
		}
		version, err = v.e.Paint(tx, by.By, id, shapes)
		return err
	})
	return version, err
}

// Covered is what the public would get of an item that was found, under a version of its
// cover: a JPEG, to be looked at before it is confirmed.
func (v Visitor) Covered(ctx context.Context, f Found, version int) ([]byte, error) {
	bytes, err := v.e.covered(ctx, f.ID, version)
	if err != nil {
		return nil, fmt.Errorf("evidence: covered %s: %w", f.ID, err)
	}
	return bytes, nil
}

// Publish is [Evidence.Publish].
func (v Visitor) Publish(ctx context.Context, id string, version int) error {
	return publish(ctx, v.e, id, version, func(tx *db.Tx, i Item) (Doer, error) { return v.through(tx, ToPublish, i) })
}

// Withdraw is [Withdraw].
func (v Visitor) Withdraw(ctx context.Context, id, reason string) error {
	return v.e.db.Update(ctx, func(tx *db.Tx) error {
		_, by, err := v.admitted(tx, ToPublish, id)
		if err != nil {
			return err
		}
		return Withdraw(tx, id, by.By, by.Person, reason)
	})
}

// Erase is [Evidence.Erase]; the note goes with who did it.
func (v Visitor) Erase(ctx context.Context, id string, ground Ground, note string) error {
	if err := ground.Check(); err != nil {
		return err
	}
	return eraseFor(ctx, v.e, id, ground, note, func(tx *db.Tx, i Item) (Doer, error) { return v.through(tx, ToErase, i) })
}

// Question is a likeness with both its items.
type Question struct {
	Likeness
	Later, Earlier Item
}

// Question returns what was asked about two items to somebody who may answer: whom the
// systems of both let.
func (v Visitor) Question(ctx context.Context, a, b string) (q Question, err error) {
	err = v.e.db.View(ctx, func(tx *db.Tx) error {
		q, _, err = v.question(tx, a, b)
		return err
	})
	return q, err
}

func (v Visitor) question(tx *db.Tx, a, b string) (q Question, by Doer, err error) {
	if q.Likeness, err = readLikeness.One(tx, pair{a, b}); err != nil {
		return q, by, err
	}
	if q.Earlier, _, err = v.admitted(tx, ToCompare, b); err != nil {
		return q, by, err
	}
	q.Later, by, err = v.admitted(tx, ToCompare, a)
	return q, by, err
}

// mostOpen bounds a list of questions, of which each is asked about at its gate.
const mostOpen = 200

// Questions returns what nobody has answered and this visitor may answer, the oldest first.
func (v Visitor) Questions(ctx context.Context) (open []Question, err error) {
	err = v.e.db.View(ctx, func(tx *db.Tx) error {
		open = nil
		all, err := Unanswered(tx, mostOpen)
		if err != nil {
			return err
		}
		for _, l := range all {
			q, _, err := v.question(tx, l.A, l.B)
			if fault.KindOf(err) == fault.Denied {
				continue
			}
			if err != nil {
				return err
			}
			open = append(open, q)
		}
		return nil
	})
	return open, err
}

// Answer is [Evidence.Answer].
func (v Visitor) Answer(ctx context.Context, a, b string, answer Answer, note string) error {
	err := v.e.db.Update(ctx, func(tx *db.Tx) error {
		_, by, err := v.question(tx, a, b)
		if err != nil {
			return err
		}
		return v.e.Answer(tx, a, b, Said{Answer: answer, By: by.By, Person: by.Person, Note: note})
	})
	if err != nil {
		return fmt.Errorf("evidence: answer: %w", err)
	}
	return nil
}
