package draw

import (
	"context"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/draw/course"
	"github.com/xiadu/xiadu/internal/engine/draw/drawfile"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/shared"
)

// Public is what everybody may see of draws, which is all of them. It is safe for concurrent use.
type Public struct {
	book *Book
	db   *db.DB
	log  *publiclog.Log

	courses shared.Memo[courseKey, *course.Course]
}

// courseKey is a draw as it was after so many steps, of which nothing changes.
type courseKey struct {
	id    string
	steps int
}

// InPublic returns the public side of a book.
func InPublic(b *Book, d *db.DB, log *publiclog.Log) *Public {
	return &Public{book: b, db: d, log: log}
}

// Page lists draws, the newest first.
func (p *Public) Page(ctx context.Context, a Asked) (all []Draw, err error) {
	err = p.db.View(ctx, func(tx *db.Tx) error {
		all, err = p.book.Page(tx, a)
		return err
	})
	return all, err
}

// Look is a draw as its page shows it. The course is not to be changed.
type Look struct {
	Draw
	Course         *course.Course
	Entries, Kinds []string // of its steps
	Related        []Draw   // of the same thing, then those of the same list for another
}

const (
	mostCourses = 8 // that are kept: what many look at is one or two
	mostRelated = 20
)

// Look returns a draw, or a fault.NotFound. Its order is computed once for all who ask.
func (p *Public) Look(ctx context.Context, by shared.Asker, id string) (l Look, err error) {
	err = p.db.View(ctx, func(tx *db.Tx) error {
		if l.Draw, err = p.book.Draw(tx, id); err != nil {
			return err
		}
		if l.Entries, l.Kinds, err = p.book.Steps(tx, id); err != nil {
			return err
		}
		l.Related, err = p.book.related(tx, l.Draw)
		return err
	})
	if err != nil {
		return l, err
	}
	l.Course, err = p.courses.Get(ctx, by, courseKey{id, l.Steps}, mostCourses, func(ctx context.Context) (c *course.Course, err error) {
		err = p.db.View(ctx, func(tx *db.Tx) error {
			c, _, err = p.book.Course(tx, id)
			return err
		})
		return c, err
	})
	return l, err
}

func (b *Book) related(tx *db.Tx, d Draw) (all []Draw, err error) {
	had := map[string]bool{d.ID: true}
	for _, asked := range []Asked{{Of: &d.Of, Limit: mostRelated}, {List: &d.List, Limit: mostRelated}} {
		some, err := b.Page(tx, asked)
		if err != nil {
			return nil, err
		}
		for _, o := range some {
			if !had[o.ID] {
				all = append(all, o)
			}
			had[o.ID] = true
		}
	}
	return all, nil
}

// File is the public file of a draw, under the newest checkpoint. It is a fault.Unavailable while its last entry is
// under none, which takes a fraction of a second.
func (p *Public) File(ctx context.Context, id string) ([]byte, error) {
	var c *course.Course
	var entries []string
	err := p.db.View(ctx, func(tx *db.Tx) (err error) {
		if c, _, err = p.book.Course(tx, id); err != nil {
			return err
		}
		entries, _, err = p.book.Steps(tx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	receipts, err := p.log.Receipts(ctx, entries)
	if err != nil {
		return nil, err
	}
	keys, err := p.log.File(ctx, "keys")
	if err != nil {
		return nil, err
	}
	return drawfile.New(receipts, strings.Fields(string(keys)), c.List, c.Rows())
}
