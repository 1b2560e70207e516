package contesthttp

import (
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/money"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/stations"
	"github.com/xiadu/xiadu/internal/web"
)

// selection is a contest whose entries are stations: who recommends them, what is known of them, and where the money went.
func selection(mux *web.Mux, p *page.Pages) {
	const at = "/contests/{code}"
	s := stations.New(p)
	mux.Open("GET "+at+"/stations", s.List)
	mux.Open("GET "+at+"/stations/{station}", s.File)
	mux.Open("GET "+at+"/stations/{station}/files/{n}", s.Text)
	mux.For(contest.Recommend, "GET "+at+"/recommend", s.Desk)
	mux.For(contest.Recommend, "POST "+at+"/recommend", s.Nominate)
	mux.For(contest.Recommend, "GET "+at+"/recommend/{station}", s.One)
	mux.For(contest.Recommend, "POST "+at+"/recommend/{station}/{move}", s.Do)
	mux.For(contest.Organise, "GET "+at+"/office/quotas", s.Quotas)
	mux.For(contest.Organise, "POST "+at+"/office/quotas", s.SetQuota)

	m := money.New(p)
	mux.OpenHeavy("GET "+at+"/money", m.Book)
	mux.OpenHeavy("GET "+at+"/money.xlsx", m.XLSX)
	mux.OpenHeavy("GET "+at+"/money/{station}", m.One)
	mux.For(contest.Fund, "GET "+at+"/money/post", m.Form)
	mux.For(contest.Fund, "POST "+at+"/money/post", m.Post)
	mux.For(contest.Fund, "POST "+at+"/money/import", m.Import)
	mux.For(contest.Recommend, "POST "+at+"/money/{station}/effect", m.Tell)
}
