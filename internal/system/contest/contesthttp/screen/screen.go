// Package screen is the picture on the wall of the hall: who is on and for how long still, what was revealed last, places so far,
// and the final list. It shows what everybody may see, so that the machine behind the projector signs nobody in.
//
// It is read from the back row: the figures on it are at least a fortieth of the picture's height, whatever the projector.
package screen

import (
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/board"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/web"
)

// Pages is the screen.
type Pages struct{ *board.Boards }

// view is what its stream is called.
const view = "screen"

// New returns it, and has the stream know its picture.
func New(b *board.Boards) *Pages {
	b.Add(view, func(p web.Page, s *board.Show) templ.Component { return picture(p, s) })
	return &Pages{b}
}

var title = lang.Text{ZH: "大屏", EN: "Big screen"}

type screenView struct {
	page.Contest
	show    *board.Show
	address string // of the public page
}

// Screen is the picture.
func (p *Pages) Screen(w http.ResponseWriter, r *http.Request) error {
	c, err := p.Public(r, title)
	if err != nil {
		return err
	}
	v := screenView{Contest: c, address: p.ForGuests(r, page.At(c.Event.Code))}
	v.Title, v.Unlisted = c.Event.Title, true
	if v.show, err = p.Of(r.Context(), c.Event.Code); err != nil {
		return err
	}
	return v.Write(w, r, wall(v))
}

// Places that stand on one picture: beside a run, and where the list has the picture to itself.
const (
	beside = 10
	whole  = 30
)

// sheets cuts the final list into pictures.
func sheets(rows []board.Row) [][]board.Row { return slices.Collect(slices.Chunk(rows, whole)) }

// first are the rows that have room beside a run.
func first(rows []board.Row) []board.Row { return rows[:min(len(rows), beside)] }
