package contesthttp

import (
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/judge"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/web"
)

// judgeRoutes are for judges: each marks what their own seat owes, on a page with nothing around it that leads away.
func judgeRoutes(mux *web.Mux, p *page.Pages) {
	j := judge.New(p)
	mux = mux.In(web.AroundTask)
	mux.For(contest.Judge, "GET /contests/judge", j.Own)
	mux.For(contest.Judge, "GET /contests/{code}/judge", j.Page)
	mux.For(contest.Judge, "POST /contests/{code}/judge", j.Act)
	mux.For(contest.Judge, "POST /contests/{code}/judge/beat", j.Beat)
	mux.For(contest.Judge, "POST /contests/{code}/judge/mark", j.Mark)
	mux.For(contest.Judge, "POST /contests/{code}/judge/lock", j.Lock)
	mux.For(contest.Judge, "POST /contests/{code}/judge/hand", j.Hand)
	mux.For(contest.Judge, "POST /contests/{code}/judge/recuse", j.Recuse)
}
