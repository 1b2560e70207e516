package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/system/station/plan"
	"github.com/xiadu/xiadu/internal/system/station/published"
	"github.com/xiadu/xiadu/internal/system/station/run"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/logpages"
	"github.com/xiadu/xiadu/internal/web/people"
	"github.com/xiadu/xiadu/internal/web/signin"
)

// shutdownTime is how long answers under way may take after a stop is asked for.
const shutdownTime = 5 * time.Second

// Started is what a server says of itself once it can answer.
type Started struct {
	URL    string
	City   atlas.Info
	First  string // the one-time address at which the first administrators are made; empty: there are some
	Nation bool   // there is no city here, only runs over many
}

// Serve answers requests on listen until ctx ends. It calls ready once it can
// answer.
func Serve(ctx context.Context, c Config, listen string, log *slog.Logger, ready func(Started)) (err error) {
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if _, err := c.policy(); err != nil {
		return err
	}
	staff := newStaff(c, d, log)
	all := everySite{public: publiclog.Open(d, c.logFolder()), people: staff.get, log: log, ends: ctx.Done()}
	var started Started
	ledger := run.NewLedger(d)
	city, err := newLiveCity(ctx, c.streets(), d)
	var pages *web.Mux
	switch {
	case fault.KindOf(err) == fault.NotFound:
		if found, e := ledger.Any(ctx); e != nil || !found {
			return noStreets(err)
		}
		started.Nation = true
		pages, err = nationHandler(ledger, all)
	case err == nil:
		started.City = city.streets.Info
		pages, err = handler(ctx, city, d, ledger, all)
	}
	if err != nil {
		return err
	}
	socket, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return fault.New(fault.Unavailable, "不能在 %[1]s 上提供服务：地址被占用或不允许。请换一个：--listen 127.0.0.1:8081",
			"cannot serve on %[1]s: it is in use or not allowed. Choose another: --listen 127.0.0.1:8081", listen).Because(err)
	}
	if city != nil {
		fault.Go("following the city", func() { city.follow(ctx, log) }, nil)
	}
	began, stop := context.WithCancel(ctx)
	wait := c.sequence(began, d, log)
	passed := passOn(began, c.Relay, all.public, log)
	defer func() { stop(); wait(); passed() }()
	first := staff.open(ctx) // nobody is let in before
	fault.Go("people's upkeep", func() { staff.keep(began) }, nil)
	started.URL = "http://" + socket.Addr().String()
	if first != "" {
		started.First = started.URL + signin.FirstPath(first)
	}
	ready(started)
	return serve(ctx, web.Server(pages.Handler(), log), socket)
}

func noStreets(cause error) error {
	return fault.New(fault.NotFound, "还没有街道数据。先导入：xiadu import streets 城市.osm.pbf；或先看示意城市：xiadu serve --demo",
		"there are no streets yet. Import some: xiadu import streets city.osm.pbf. Or see the demo city: xiadu serve --demo").Because(cause)
}

// everySite is what a site has with a city or without.
type everySite struct {
	public  *publiclog.Log
	figures []figure.Query // that have receipts
	people  identity.Staff
	log     *slog.Logger
	ends    <-chan struct{} // when it stops
}

func (s everySite) routes(mux *web.Mux, site *web.Site) {
	logpages.Routes(mux, site, s.public, publiclog.NewFigures(s.public, s.figures), s.ends)
	signin.Routes(mux, site, s.people)
	people.Routes(mux, site, s.people, signin.Who(s.people))
}

// handler puts the pages on the city.
func handler(ctx context.Context, city *liveCity, d *db.DB, ledger *run.Ledger, all everySite) (*web.Mux, error) {
	info := city.streets.Info
	nav, err := navigationWith(ctx, ledger)
	if err != nil {
		return nil, err
	}
	site, err := web.New(web.Options{
		Log: all.log, City: lang.Text{ZH: info.Title, EN: info.Title},
		Attribution: info.Attribution, Schematic: info.Schematic, Nav: nav, Foot: foot, Reader: signin.Reader(all.people),
	})
	if err != nil {
		return nil, err
	}
	mux := site.NewMux()
	stationhttp.Routes(mux, stationhttp.Deps{
		Site: site, City: city.now.Load, Now: chinaTime, Stations: city.stations,
		Plans: plan.New(d), Who: signin.Who(all.people),
	})
	stationhttp.NationRoutes(mux, site, ledger)
	all.figures = published.Queries(city.now.Load)
	all.routes(mux, site)
	return mux, nil
}

// chinaTime is the time on the stations' doors: all of China keeps UTC+8.
func chinaTime() time.Time { return time.Now().In(calendar.China) }

// serve runs the server until ctx ends, and then lets answers finish.
func serve(ctx context.Context, s *http.Server, socket net.Listener) error {
	s.BaseContext = func(net.Listener) context.Context { return context.WithoutCancel(ctx) }
	failed := make(chan error, 1)
	fault.Go("serving", func() { failed <- s.Serve(socket) }, func(err error) { failed <- err })
	select {
	case err := <-failed:
		return fmt.Errorf("serving on %s: %w", socket.Addr(), err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	if err := s.Shutdown(last); err != nil {
		return s.Close()
	}
	return nil
}

// navigation is the header of every page.
var navigation = []web.NavItem{
	{Href: "/", Text: lang.Text{ZH: "找驿站", EN: "Find"}, Icon: web.IconFind},
	{Href: "/stations", Text: lang.Text{ZH: "名册", EN: "Register"}, Icon: web.IconList},
	{Href: "/coverage", Text: lang.Text{ZH: "服务圈", EN: "Coverage"}, Icon: web.IconCoverage},
	{Href: "/whatif", Text: lang.Text{ZH: "试一试", EN: "What if"}, Icon: web.IconWhatIf},
	{Href: "/siting", Text: lang.Text{ZH: "选址", EN: "Siting"}, Icon: web.IconNavigate},
	{Href: "/plans", Text: lang.Text{ZH: "方案", EN: "Plans"}, Icon: web.IconPlans},
}

// foot is what programmers and doubters look for; workers need not pass it by.
var foot = []web.NavItem{logpages.Item, signin.Item, {Href: "/api", Text: lang.Text{ZH: "开放接口", EN: "API"}}}
