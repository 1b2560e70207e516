// Package draw draws lots in public, so that anybody can draw them again and nobody could choose.
//
// What is to be drawn is committed to in the public log before the chance exists that decides it. A contest that
// draws the order of its presenters:
//
//	list, err := lots.New(rows, nil, nil)
//	d, err := book.Commit(tx, office, draw.Terms{
//		Of: "contest/"+id, Purpose: "contest/"+id+"/order", Title: …, List: list,
//		Seed:  []seed.Choice{{Sources: []seed.Ref{{Source: "ssq", At: "2026-12-01"}}, Until: …}},
//		Skips: []string{"absent", "withdrawn"},
//	})
//	…                                                     // the lottery is drawn
//	typed, err := book.Type(tx, clerk, d.ID, 1, values)      // and another person the same: then it is drawn
//	c, d, err := book.Course(tx, d.ID)
//	for _, row := range c.Rows() { … row.Place, row.Code … }
//	err = book.Skip(tx, draw.Two(clerk, supervisor), d.ID, d.Steps, draw.Skipping{Code: …, Reason: "absent"})
//	err = book.Extend(tx, clerk, d.ID, d.Steps, "", 1)
//
// A replacement is a skip and an extension in one transaction. For inspections the list has
// enterprises and, as people, officers, with recusals as exclusions; its codes are blind ([lots.Blind]) where
// nobody is to know who is drawn, and [Book.Open] says it later. The list is published with the commitment.
//
// Purposes are made by systems of the ids of their things, never of what somebody types: that is what keeps an
// organiser from having two draws of one thing. Who may do what is the systems' to ask, in the same
// transaction. The engine itself wants two persons where it promises two: for the seed, and for a skip.
//
// docs/adr/0017 has the states and the attacks, docs/draw.md how to check a draw by hand. What entries
// mean is in package course, which the file's check uses as well.
//
// Tables owned: draw_draw, draw_step, draw_typed. A step is the entry of the record once more, in the
// order in which the use cases were; nothing of it changes.
package draw

import (
	"embed"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/draw/course"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

//go:embed schema
var files embed.FS

// Schema is the tables of draws.
var Schema = db.SchemaIn("draw", files)

// EntryKinds lists the entries of draws.
func EntryKinds() []record.Kind { return course.EntryKinds() }

// Book is the draws of all systems. It is safe for concurrent use.
type Book struct{ id func() (string, error) }

// New returns the draws.
func New() *Book { return &Book{newID} }

func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("draw: %w", err)
	}
	return id.String(), nil
}

// Actor is who does something: ID is opaque, and Sign is what the log says of them, a role.
type Actor struct{ ID, Sign string }

// Pair is two persons who do something together; the first signs in the log.
type Pair struct{ first, second Actor }

// Two is both of them.
func Two(first, second Actor) Pair { return Pair{first, second} }

func (p Pair) check() error {
	if p.first.ID == "" || p.first.ID == p.second.ID || p.second.ID == "" {
		return fault.New(fault.Denied, "这一步要两个不同的人一起做", "this takes two different persons")
	}
	return nil
}

// Draw is a draw as lists show it.
type Draw struct {
	ID      string `db:"id"` // UUIDv7
	Purpose string `db:"purpose"`
	Of      string `db:"thing"`
	Number  int    `db:"number"` // within its purpose
	TitleZH string `db:"title_zh"`
	TitleEN string `db:"title_en"`
	List    string `db:"list"`

	State   string    `db:"state"`
	Holds   bool      `db:"holds"` // its purpose: no other draw of it may begin
	Steps   int       `db:"steps"`
	Seeded  bool      `db:"seeded"`
	Drawn   int       `db:"drawn"`
	Skipped int       `db:"skipped"`
	Begun   time.Time `db:"begun_at"`
	From    time.Time `db:"from_at"` // somebody may know a part of the seed
	Due     time.Time `db:"due_at"`
}

// Title is what people call it.
func (d Draw) Title() lang.Text { return lang.Text{ZH: d.TitleZH, EN: d.TitleEN} }

// stepRow is an entry of a draw.
type stepRow struct {
	Draw   string    `db:"draw_id"`
	N      int       `db:"n"` // 0 is the commitment
	Entry  string    `db:"entry"`
	Kind   string    `db:"kind"`
	Public string    `db:"public"`
	At     time.Time `db:"at"`
}

type typedRow struct {
	Draw   string    `db:"draw_id"`
	Person string    `db:"person"`
	Choice int       `db:"choice"`
	Seed   string    `db:"seed"`
	At     time.Time `db:"at"`
}

var (
	insertDraw = db.Declare[Draw, db.None](`
		INSERT INTO draw_draw (id, purpose, thing, number, title_zh, title_en, list, state, holds, steps, seeded, drawn, skipped, begun_at, from_at, due_at)
		VALUES (:id, :purpose, :thing, :number, :title_zh, :title_en, :list, :state, :holds, :steps, :seeded, :drawn, :skipped, :begun_at, :from_at, :due_at)`)
	// writeDraw changes what was read, and nothing where somebody was faster.
	writeDraw = db.Declare[Draw, db.None](`
		UPDATE draw_draw SET state = :state, holds = :holds, steps = :steps, seeded = :seeded, drawn = :drawn, skipped = :skipped
		WHERE id = :id AND steps = :steps - 1`)
	drawByID   = db.Declare[string, Draw](`SELECT /*cols*/ FROM draw_draw WHERE id = :id`)
	lastOf     = db.Declare[string, Draw](`SELECT /*cols*/ FROM draw_draw WHERE purpose = :purpose ORDER BY number DESC LIMIT 1`)
	insertStep = db.Declare[stepRow, db.None](`
		INSERT INTO draw_step (draw_id, n, entry, kind, public, at) VALUES (:draw_id, :n, :entry, :kind, :public, :at)`)
	stepsOf  = db.Declare[string, stepRow](`SELECT /*cols*/ FROM draw_step WHERE draw_id = :draw_id ORDER BY n`)
	putTyped = db.Declare[typedRow, db.None](`
		INSERT INTO draw_typed (draw_id, person, choice, seed, at) VALUES (:draw_id, :person, :choice, :seed, :at)
		ON CONFLICT (draw_id, person) DO UPDATE SET choice = excluded.choice, seed = excluded.seed, at = excluded.at`)
	typedOf   = db.Declare[string, typedRow](`SELECT /*cols*/ FROM draw_typed WHERE draw_id = :draw_id ORDER BY at, person`)
	dropTyped = db.Declare[string, db.None](`DELETE FROM draw_typed WHERE draw_id = :draw_id`)
)
