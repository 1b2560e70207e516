// Package contesthttp is the pages of the contest system. Routes lists every address. A page is a folder: its handlers,
// templates and tests lie together; they share page, below.
//
// Who organises, who judges and who keeps the scores each have a page of their own, on which they find what they do next and
// nothing that is not theirs to see. The screen and the public read what was revealed.
package contesthttp

import (
	"slices"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/board"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/desk"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/office"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/public"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/screen"
	"github.com/xiadu/xiadu/internal/web"
)

// Deps is what the program gives the pages.
type Deps = page.Deps

// System is the contest system as a site's frame needs it.
func System() web.System {
	return web.System{
		Key: contest.System, Name: lang.Text{ZH: "评审", EN: "Contests"}, Icon: web.IconLegal, Door: "/contests", Home: "/contests",
		Says: lang.Text{
			ZH: "专家评审：谁打的分、怎么算的总分，会后人人能重算。",
			EN: "Expert review: who gave which mark and how the totals come about, for anybody to compute again.",
		},
		Pages: slices.Clip(pages),
		Roles: contest.Rights.Roles,
	}
}

// pages are the second level of the navigation.
var pages = []web.NavItem{
	{
		Href: "/contests", Text: lang.Text{ZH: "公开", EN: "Published"}, Icon: web.IconLegal,
		Does: lang.Text{ZH: "各次评审走到哪一步，公布了什么成绩，怎么算的。", EN: "How far each contest is, what was revealed, and how it was computed."},
	},
}

// Routes lists every address of the system, and returns what the front page asks it for.
func Routes(mux *web.Mux, d Deps) web.Mounted {
	p := page.New(d)
	boards := board.New(p)
	everybody(mux, public.New(p, boards))
	officeRoutes(mux, p)
	inHall(mux, boards)
	return web.Mounted{}
}

// everybody reads what was published.
func everybody(mux *web.Mux, public *public.Pages) {
	mux.Open("GET /contests", public.List)
	mux.Open("GET /contests/{code}", public.Contest)
}

// inHall is what goes on while a contest is judged, for those who run it and for those who watch.
func inHall(mux *web.Mux, boards *board.Boards) {
	mux.Open("GET /contests/{code}/live", boards.Stream)
	mux.In(web.AroundHall).Open("GET /contests/{code}/screen", screen.New(boards).Screen)
	d := desk.New(boards) // for scorekeeper and supervisor: each use case asks for its own right
	mux.For("", "GET /contests/{code}/desk", d.Desk)
	mux.For("", "GET /contests/{code}/desk/now", d.Parts)
	mux.For("", "POST /contests/{code}/desk/do/{step}", d.Do)
	mux.For("", "GET /contests/{code}/desk/paper", d.Paper)
	mux.For("", "POST /contests/{code}/desk/paper", d.Type)
	mux.For("", "POST /contests/{code}/desk/paper/settle", d.Settle)
	mux.For("", "GET /contests/{code}/desk/print", d.Print)
}

// officeRoutes are for who holds contests.
func officeRoutes(mux *web.Mux, p *page.Pages) {
	o := office.New(p)
	mux.For(contest.Organise, "GET /contests/new", o.NewForm)
	mux.For(contest.Organise, "POST /contests/new", o.Begin)
	mux.For(contest.Organise, "GET /contests/{code}/office", o.Office)
	mux.For(contest.Organise, "POST /contests/{code}/office/call", o.Call)
	mux.For(contest.Organise, "POST /contests/{code}/office/rule", o.Rule)
	mux.For(contest.Organise, "POST /contests/{code}/office/cancel", o.Cancel)
	mux.For(contest.Organise, "POST /contests/{code}/office/shortlist", o.Shortlist)
	mux.For(contest.Organise, "POST /contests/{code}/office/release", o.Release)
}
