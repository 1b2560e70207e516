package contesthttp

import (
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/entries"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/join"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/office"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/orders"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/panel"
	"github.com/xiadu/xiadu/internal/web"
)

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
	entryRoutes(mux, entries.New(p))
	panelRoutes(mux, panel.New(p))
	orderRoutes(mux, orders.New(p))
	j := join.New(p)
	mux.For(contest.Organise, "GET /contests/{code}/office/join", j.Join)
	mux.For(contest.Organise, "POST /contests/{code}/office/join", j.Cards)
}

// entryRoutes are for who holds a contest and takes entries, and for units that submit them.
func entryRoutes(mux *web.Mux, e *entries.Pages) {
	const office, own = "/contests/{code}/office/entries", "/contests/{code}/submit"
	mux.For(contest.Organise, "GET "+office, e.List)
	mux.For(contest.Organise, "GET "+office+".csv", e.CSV)
	mux.For(contest.Organise, "GET "+office+".xlsx", e.XLSX)
	mux.For(contest.Organise, "GET "+office+"/new", e.TypeForm)
	mux.For(contest.Organise, "POST "+office+"/new", e.Type)
	mux.For(contest.Organise, "GET "+office+"/import", e.TakeForm)
	mux.For(contest.Organise, "POST "+office+"/import", e.Take)
	mux.For(contest.Organise, "GET "+office+"/{id}", e.Entry)
	mux.For(contest.Organise, "POST "+office+"/{id}/review", e.Review)
	mux.For(contest.Organise, "GET "+office+"/{id}/mend", e.MendForm)
	mux.For(contest.Organise, "POST "+office+"/{id}/mend", e.Mend)
	mux.For(contest.Organise, "POST "+office+"/{id}/withdraw", e.Withdraw)
	mux.For(contest.Organise, "POST "+office+"/{id}/files", e.Attach)

	u := entries.Units{Pages: e}
	mux.For(contest.Enter, "GET "+own, u.Own)
	mux.For(contest.Enter, "POST "+own, u.Submit)
	mux.For(contest.Enter, "GET "+own+"/{id}", u.OwnEntry)
	mux.For(contest.Enter, "GET "+own+"/{id}/mend", u.OwnMendForm)
	mux.For(contest.Enter, "POST "+own+"/{id}/mend", u.OwnMend)
	mux.For(contest.Enter, "POST "+own+"/{id}/withdraw", u.OwnWithdraw)
	mux.For(contest.Enter, "POST "+own+"/{id}/files", u.OwnAttach)
}

// panelRoutes are for who keeps the pool of experts and gives seats, and for experts who declare what ties them to units.
func panelRoutes(mux *web.Mux, p *panel.Pages) {
	const one, seats = panel.PoolAt + "/person/{person}", "/contests/{code}/office/seats"
	mux.For(contest.Organise, "GET "+panel.PoolAt, p.Pool)
	mux.For(contest.Organise, "POST "+panel.PoolAt, p.Add)
	mux.For(contest.Organise, "POST "+panel.PoolAt+"/invite", p.Invite)
	mux.For(contest.Organise, "GET "+one, p.One)
	mux.For(contest.Organise, "POST "+one+"/change", p.Change)
	mux.For(contest.Organise, "POST "+one+"/relate", p.Relate)
	mux.For(contest.Organise, "POST "+one+"/unrelate", p.Unrelate)
	mux.For(contest.Judge, "GET "+panel.PoolAt+"/mine", p.Mine)
	mux.For(contest.Judge, "POST "+panel.PoolAt+"/mine/relate", p.Declare)
	mux.For(contest.Judge, "POST "+panel.PoolAt+"/mine/unrelate", p.Undeclare)

	mux.For(contest.Organise, "GET "+seats, p.Seats)
	mux.For(contest.Organise, "POST "+seats+"/give", p.Give)
	mux.For(contest.Organise, "POST "+seats+"/take", p.Take)
	mux.For(contest.Organise, "POST "+seats+"/recuse", p.Recuse)
}

// orderRoutes are for who draws the order: who organises, and whoever else is the second person.
func orderRoutes(mux *web.Mux, o *orders.Pages) {
	const at = "/contests/{code}/office/order"
	mux.For("", "GET "+at, o.Order)
	mux.For("", "POST "+at+"/commit", o.Commit)
	mux.For("", "POST "+at+"/seed", o.Type)
	mux.For("", "POST "+at+"/skip", o.Skip)
	mux.For("", "POST "+at+"/cancel", o.Cancel)
	mux.For("", "POST "+at+"/close", o.Close)
}
