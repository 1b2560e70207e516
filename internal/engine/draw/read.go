package draw

import (
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/record"
)

// Asked is a page of a list of draws: behind an id, the newest first. Of and List narrow it.
type Asked struct {
	Before *string `db:"before"`
	Of     *string `db:"thing"`
	List   *string `db:"list"`
	Limit  int     `db:"lim"`
}

// MostListed is the most that a page of a list has.
const MostListed = 100

var pageOf = db.Declare[Asked, Draw](`
	SELECT /*cols*/ FROM draw_draw WHERE TRUE [AND id < :before] [AND thing = :thing] [AND list = :list] ORDER BY id DESC LIMIT :lim`)

// Page lists draws, the newest first.
func (b *Book) Page(tx *db.Tx, a Asked) ([]Draw, error) {
	a.Limit = min(max(a.Limit, 1), MostListed)
	return pageOf.Slice(tx, a)
}

// Draw returns a draw as lists show it, or a fault.NotFound.
func (b *Book) Draw(tx *db.Tx, id string) (Draw, error) { return drawByID.One(tx, id) }

// List is what a draw draws from.
func (b *Book) List(tx *db.Tx, d Draw) (*lots.List, error) {
	text, err := record.File(tx, d.List)
	if err != nil {
		return nil, err
	}
	return lots.Parse(text)
}

// Steps are the entries of a draw in the record and their kinds, in order.
func (b *Book) Steps(tx *db.Tx, id string) (entries, kinds []string, err error) {
	steps, err := stepsOf.Slice(tx, id)
	for _, s := range steps {
		entries, kinds = append(entries, s.Entry), append(kinds, s.Kind)
	}
	return entries, kinds, err
}

// Waits reports for whose second typing a draw waits: how many persons have typed so far, and whether one of them is
// this one.
func (b *Book) Waits(tx *db.Tx, id, person string) (typed int, mine bool, err error) {
	all, err := typedOf.Slice(tx, id)
	for _, t := range all {
		mine = mine || t.Person == person
	}
	return len(all), mine, err
}
