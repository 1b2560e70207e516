// Package board is what everybody sees of a contest while it is judged: who is on with the clock, the last reveal, and places so
// far. The public page and the big screen show it, and the stream of a contest sends it.
//
//	boards := board.New(p)
//	s, err := boards.Of(ctx, "hall-2026")   // as of the newest number, read once for all who ask
//	@board.Live(v, s)                       // in a page: it goes on by itself
//
// All of it is made from [hall.Board], which has nothing that is not revealed.
package board

import (
	"bytes"
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/live"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/web"
)

// Show is a board as it is shown. It is shared, and nobody changes it.
type Show struct {
	hall.Board
	Releases []release.Release
	AsOf     time.Time              // of a replay; zero: now
	entries  map[string]entry.Entry // by number
}

// Clock is the time that the clocks of a picture show.
func (s *Show) Clock() time.Time {
	if s.AsOf.IsZero() {
		return time.Now()
	}
	return s.AsOf
}

// Told tells whether everybody may know whom numbers stand for: from the first release on.
func (s *Show) Told() bool { return len(s.Releases) > 0 }

// Named is the entry that a number stands for, once that is told.
func (s *Show) Named(number string) (e entry.Entry, ok bool) {
	if !s.Told() {
		return e, false
	}
	e, ok = s.entries[number]
	return e, ok
}

// Elsewhere is the board of a contest that was judged in a hall with a log of its own: whom its numbers stand for is told.
func Elsewhere(b hall.Board, releases []release.Release, entries map[string]entry.Entry) *Show {
	return &Show{Board: b, Releases: releases, entries: entries}
}

// View renders a board. What it shows of the time is as of its rendering: the page's script goes on from there.
type View func(web.Page, *Show) templ.Component

// Boards are those of a site, in memory by their numbers.
type Boards struct {
	*page.Pages
	hub   *live.Hub
	views map[string]View

	mu   sync.Mutex
	kept map[string]*Show
}

// mostKept bounds the contests whose boards are in memory.
const mostKept = 32

// Public is the view of the public page.
const Public = "board"

// New returns them, with the public view.
func New(p *page.Pages) *Boards {
	b := &Boards{Pages: p, kept: map[string]*Show{}, views: map[string]View{Public: now}}
	b.hub = live.New(live.Source{Numbers: b.numbers, Render: b.render, Log: p.Site.Log}, p.Ends)
	return b
}

// Add adds a view, while the routes are listed.
func (b *Boards) Add(name string, v View) { b.views[name] = v }

// Wake tells who watches that a step was taken, after its commit.
func (b *Boards) Wake() { b.hub.Wake() }

func (b *Boards) numbers(ctx context.Context, codes []string) (all map[string]int64, err error) {
	err = b.DB.View(ctx, func(tx *db.Tx) error { all, err = event.Boards(tx, codes); return err })
	return all, err
}

// Of is the board of a contest as of its newest number.
func (b *Boards) Of(ctx context.Context, code string) (*Show, error) {
	numbers, err := b.numbers(ctx, []string{code})
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock() // who comes meanwhile gets what is read here
	n, there := numbers[code]
	if s := b.kept[code]; there && s != nil && s.Number >= n {
		return s, nil
	}
	s := &Show{}
	if s.Board, err = b.Halls.Board(ctx, code); err != nil {
		return nil, err
	}
	err = b.DB.View(ctx, func(tx *db.Tx) error {
		if s.Releases, err = release.All(tx, code); err != nil {
			return err
		}
		s.entries, err = entry.Numbered(tx, code)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(b.kept) >= mostKept {
		clear(b.kept)
	}
	b.kept[code] = s
	return s, nil
}

// AsOf is the board of a contest that is judged, as it was at a time.
func (b *Boards) AsOf(ctx context.Context, code string, at time.Time) (s *Show, err error) {
	s = &Show{AsOf: at}
	replay := hall.Replay{Halls: b.Halls}
	if s.Board, err = replay.AsOf(ctx, code, at); err != nil {
		return nil, err
	}
	err = b.DB.View(ctx, func(tx *db.Tx) error { s.entries, err = entry.Numbered(tx, code); return err })
	return s, err
}

func (b *Boards) render(ctx context.Context, t live.Topic) ([]byte, int64, error) {
	s, err := b.Of(ctx, t.Code)
	if err != nil {
		return nil, 0, err
	}
	var out bytes.Buffer
	err = b.views[t.View](web.Page{Site: b.Site, Lang: t.Lang}, s).Render(ctx, &out)
	return out.Bytes(), s.Number, err
}

// Stream answers with the events of a contest: its board anew whenever it has changed.
func (b *Boards) Stream(w http.ResponseWriter, r *http.Request) error {
	v, err := b.Public(r, title)
	if err != nil {
		return err
	}
	view := r.URL.Query().Get("view")
	if view == "" {
		view = Public
	}
	if b.views[view] == nil {
		return fault.At("view", fault.New(fault.Invalid, "没有这种画面", "there is no such view"))
	}
	return b.hub.Serve(w, r, live.Topic{Code: v.Event.Code, View: view, Lang: v.Lang})
}

// Address is where the stream of a view is.
func Address(code, view string) string { return page.At(code, "live") + "?view=" + view }

// Title is what an entry is called, once it was called onto the stage: until then its number alone is told.
func (s *Show) Title(number string) string {
	for _, n := range s.Order {
		if n.Entry == number && n.State != hall.Waiting {
			return s.entries[number].Title
		}
	}
	return ""
}

// Millis is a time for scripts.
func Millis(t time.Time) int64 { return t.UnixMilli() }
