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
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/cards"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/objections"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/panel"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/public"
	"github.com/xiadu/xiadu/internal/web"
)

// Deps is what the program gives the pages.
type Deps = page.Deps

// Reached are the addresses at which a site answers.
type Reached = page.Reached

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
	{
		Href: cards.LibraryAt, Text: lang.Text{ZH: "案例库", EN: "Cases"}, Icon: web.IconList,
		Does: lang.Text{ZH: "获奖案例怎么做的、成效多少、哪些单位在用。", EN: "How cases that won were done, what came of them, and which units work that way."},
	},
	{
		Href: panel.PoolAt, Text: lang.Text{ZH: "专家库", EN: "Experts"}, Icon: web.IconPeople, Rights: []string{contest.Organise},
		Does: lang.Text{ZH: "能请来当评委的人，和他们与各单位的关系。", EN: "Who may be asked to judge, and what ties them to units."},
	},
	{
		Href: panel.PoolAt + "/mine", Text: lang.Text{ZH: "回避声明", EN: "My relations"}, Icon: web.IconPaper, Rights: []string{contest.Judge},
		Does: lang.Text{ZH: "评委声明和哪些单位有关系，系统据此安排回避。", EN: "A judge declares ties to units, by which recusals are made."},
	},
	{
		Href: "/contests/judge", Text: lang.Text{ZH: "打分", EN: "Judge"}, Icon: web.IconEdit, Rights: []string{contest.Judge},
		Does: lang.Text{ZH: "评委在自己的席位上打分、封存。", EN: "A judge marks and seals from their own seat."},
	},
}

// Routes lists every address of the system, and returns what the front page asks it for.
func Routes(mux *web.Mux, d Deps) web.Mounted {
	p := page.New(d)
	boards := board.New(p)
	public := public.New(p, boards)
	everybody(mux, public)
	cardRoutes(mux, cards.New(p))
	hangingOut(mux, objections.New(boards))
	officeRoutes(mux, p)
	judgeRoutes(mux, p)
	inHall(mux, boards)
	selection(mux, p)
	return web.Mounted{Article: public.Article, State: func() string { return d.Now().Format("15:04") }}
}

// cardRoutes are the cases that won, and who has adopted them. Units and who holds a contest share pages: each use case asks for its own right.
func cardRoutes(mux *web.Mux, c *cards.Pages) {
	const own = "/contests/{code}/cards/{number}"
	mux.Open("GET "+cards.LibraryAt, c.Library)
	mux.Open("GET "+cards.SpreadAt, c.Spread)
	mux.Open("GET /contests/{code}/cards", c.Own)
	mux.OpenHeavy("GET "+own, c.Card)
	mux.Open("GET "+own+"/card.json", c.File)
	mux.Open("GET "+own+"/adoptions/{id}", c.Adoption)
	mux.For("", "GET "+own+"/edit", c.EditForm)
	mux.For("", "POST "+own+"/edit", c.Edit)
	mux.For("", "POST "+own+"/step", c.Step)
	mux.For("", "GET "+own+"/adopt", c.AdoptForm)
	mux.For("", "POST "+own+"/adopt", c.Adopt)
	mux.For("", "POST "+own+"/adoptions/{id}/files", c.Attach)
	mux.For("", "POST "+own+"/adoptions/{id}/decide", c.Decide)
}

// hangingOut is a result in its publicity: everybody may object, the office and the supervisor answer.
func hangingOut(mux *web.Mux, o *objections.Pages) {
	mux.Open("GET /contests/{code}/objections", o.List)
	mux.Open("POST /contests/{code}/objections", o.Object)
	mux.OpenHeavy("GET /contests/{code}/list.pdf", o.Paper)
	mux.OpenHeavy("GET /contests/{code}/entries/{number}/certificate.pdf", o.Certificate)
	mux.For(contest.Organise, "POST /contests/{code}/objections/post", o.Post)
	mux.For(contest.Organise, "POST /contests/{code}/objections/finish", o.Finish)
	mux.For("", "GET /contests/{code}/objections/{n}", o.One)
	mux.For("", "POST /contests/{code}/objections/{n}/examine", o.Examine)
	mux.For("", "POST /contests/{code}/objections/{n}/decide", o.Decide)
}

// everybody reads what was published.
func everybody(mux *web.Mux, public *public.Pages) {
	mux.Open("GET /contests", public.List)
	mux.Open("GET /contests/{code}", public.Contest)
	mux.Open("GET /contests/{code}/results", public.Results)
	mux.Open("GET /contests/{code}/entries/{number}", public.Trace)
	mux.Open("GET /contests/{code}/rule", public.Rule)
	mux.Open("GET /contests/{code}/rule.json", public.RuleFile)
	mux.OpenHeavy("GET /contests/{code}/releases/{n}", public.File)
	mux.Open("GET /contests/{code}/proofs/{n}", public.Proof)
}
