package draw

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/draw/course"
	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/fault"
)

// Typed is what became of a value that somebody typed.
type Typed struct {
	Drawn   bool // another person had typed the same: the draw is drawn
	Differs bool // others have typed, and something else: somebody has made a slip
}

// Type takes the values of a choice of the terms (1, or 2 for the fallback), one for each of its sources, as one
// person reads them in the announcement. When two persons have typed the same, none of whom was shown
// the other's, the seed is settled and the first are drawn.
func (b *Book) Type(tx *db.Tx, by Actor, id string, choice int, values []string) (Typed, error) {
	c, d, err := b.Course(tx, id)
	if err != nil {
		return Typed{}, err
	}
	if choice < 1 || choice > len(c.Terms.Seed) {
		return Typed{}, fault.New(fault.Invalid, "约定里没有第 %[1]d 种种子来源", "the terms have no choice %[1]d of sources", choice)
	}
	text, err := c.Terms.Seed[choice-1].Text(values)
	if err != nil {
		return Typed{}, err
	}
	others, err := typedOf.Slice(tx, id)
	if err != nil {
		return Typed{}, err
	}
	others = slices.DeleteFunc(others, func(o typedRow) bool { return o.Person == by.ID })
	same := slices.IndexFunc(others, func(o typedRow) bool { return o.Choice == choice && o.Seed == text })
	// What may not be seeded now is refused to the first already.
	step := &course.Seeded{Act: course.By(id, by.ID, ""), Choice: choice, Seed: text}
	if same >= 0 {
		step.Act = course.By(id, others[same].Person, by.ID)
	}
	if by.ID == "" {
		return Typed{}, fault.New(fault.Denied, "种子由人来填", "a seed is typed by a person")
	}
	if err := c.Do(step, tx.Now()); err != nil {
		return Typed{}, err
	}
	if same < 0 {
		_, err := putTyped.Exec(tx, typedRow{id, by.ID, choice, text, tx.Now()})
		return Typed{Differs: len(others) > 0}, err
	}
	if _, err := dropTyped.Exec(tx, id); err != nil {
		return Typed{}, err
	}
	return Typed{Drawn: true}, write(tx, by, d, c, step)
}

// Skipping is one that was drawn and falls out. Lot says of whose people it is; without it a person goes to no
// more lots.
type Skipping struct{ Code, Lot, Reason string }

// Skip strikes out one that was drawn, for a reason that the terms have, by two persons who have seen so many steps.
func (b *Book) Skip(tx *db.Tx, by Pair, id string, seen int, s Skipping) error {
	if err := by.check(); err != nil {
		return err
	}
	return b.step(tx, by.first, id, seen, &course.Skipped{Act: course.By(id, by.first.ID, by.second.ID), Code: s.Code, Lot: s.Lot, Reason: s.Reason})
}

// Extend draws more lots down the same order, or people for a lot.
func (b *Book) Extend(tx *db.Tx, by Actor, id string, seen int, lot string, more int) error {
	return b.step(tx, by, id, seen, &course.Extended{Act: course.By(id, by.ID, ""), Lot: lot, More: more})
}

// Cancel has a draw not count. If somebody could know its seed by now, the seed still has to come and its result
// is published; until then its purpose is held.
func (b *Book) Cancel(tx *db.Tx, by Actor, id string, seen int, reason string) error {
	return b.step(tx, by, id, seen, &course.Cancel{Act: course.By(id, by.ID, ""), Reason: reason})
}

// Close ends a draw that was drawn, or of which no source came until its last deadline.
func (b *Book) Close(tx *db.Tx, by Actor, id string, seen int) error {
	return b.step(tx, by, id, seen, &course.Closed{Act: course.By(id, by.ID, "")})
}

// Open publishes whom blind codes stand for.
func (b *Book) Open(tx *db.Tx, by Actor, id string, openings []lots.Opening) error {
	openings = slices.Clone(openings)
	slices.SortFunc(openings, func(x, y lots.Opening) int { return strings.Compare(x.Code, y.Code) })
	c, d, err := b.Course(tx, id)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(openings, course.MostOpened) {
		step := &course.Opened{Act: course.By(id, by.ID, ""), Codes: part}
		if err := c.Do(step, tx.Now()); err != nil {
			return err
		}
		if err := write(tx, by, d, c, step); err != nil {
			return err
		}
		d.Steps++
	}
	return nil
}

// step does what somebody wants who has seen the draw as it is.
func (b *Book) step(tx *db.Tx, by Actor, id string, seen int, s course.Step) error {
	c, d, err := b.Course(tx, id)
	if err != nil {
		return err
	}
	if d.Steps != seen {
		return faultFaster()
	}
	if err := c.Do(s, tx.Now()); err != nil {
		return err
	}
	return write(tx, by, d, c, s)
}

func faultFaster() error {
	return fault.New(fault.Conflict, "这次抽签刚才有了新的一步：请先看一看，再决定", "this draw has gone a step further since you looked: look again, then decide")
}

// write keeps a step that was done, and how the draw stands after it.
func write(tx *db.Tx, by Actor, d Draw, c *course.Course, s course.Step) error {
	d.Steps++
	d.State, d.Holds, d.Seeded = string(c.State), c.Open(), c.Seed != ""
	d.Drawn, d.Skipped = 0, 0
	for _, r := range c.Rows() {
		d.Drawn++
		if r.Skipped != "" {
			d.Skipped++
		}
	}
	n, err := writeDraw.Exec(tx, d)
	if err != nil {
		return err
	}
	if n != 1 {
		return faultFaster()
	}
	return keep(tx, by, d.ID, d.Steps, s)
}

// Course is a draw as its entries have it, and how it stands; a fault.NotFound without one.
func (b *Book) Course(tx *db.Tx, id string) (*course.Course, Draw, error) {
	d, err := drawByID.One(tx, id)
	if err != nil {
		return nil, d, err
	}
	steps, err := stepsOf.Slice(tx, id)
	if err != nil {
		return nil, d, err
	}
	if len(steps) != d.Steps+1 {
		return nil, d, fmt.Errorf("draw: %s has %d steps, and %d are there", id, d.Steps, len(steps)-1)
	}
	l, err := b.List(tx, d)
	if err != nil {
		return nil, d, err
	}
	c, err := course.Read([]byte(steps[0].Public), l, steps[0].At)
	for i := 1; i < len(steps) && err == nil; i++ {
		err = c.Add(steps[i].Kind, []byte(steps[i].Public), steps[i].At)
	}
	if err != nil {
		return nil, d, fmt.Errorf("draw: %s is not what its steps make: %v", id, err) //nolint:errorlint // a defect, and nobody's fault to mend
	}
	return c, d, nil
}
