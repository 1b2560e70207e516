package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/xiadu/xiadu/internal/app/rounds"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/system/station/run"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/signin"
)

// shutdownTime is how long answers under way may take after a stop is asked for.
const shutdownTime = 5 * time.Second

// Started is what a server says of itself once it can answer.
type Started struct {
	URL    string
	City   atlas.Info
	First  string // the one-time address at which the first administrators are made; empty: there are some
	Demo   bool   // the database is marked as a demo: it has a cast
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
	proxies, err := networks(c.Proxies)
	if err != nil {
		return err
	}
	senders, err := rounds.Read(c.Notices)
	if err != nil {
		return err
	}
	marked, err := identity.IsDemo(ctx, d)
	if err != nil {
		return err
	}
	if c.demo && !marked {
		return fault.New(fault.Conflict, "%s 里的数据不是演示用的（没有演示标记），--demo 不会碰它。请去掉 --demo，或换一个 --home。",
			"the data in %s are no demo (they are not marked as one), and --demo does not touch them. Leave --demo out, or choose another --home", c.Home)
	}
	staff := newStaff(c, d, log)
	kept := newAlbum(c, d, evidenceKinds(c.Systems), log)
	book, err := openBook(ctx, c, d)
	if err != nil {
		return err
	}
	p := parts{demo: marked, proxies: proxies, book: book, keys: c.Systems, db: d, runs: run.NewLedger(d), public: publiclog.Open(d, c.logFolder()), people: staff.get, album: kept.get, log: log, ends: ctx.Done()}
	started := Started{Demo: marked}
	if p.city, err = p.openCity(ctx, c.streets()); err != nil {
		return err
	}
	if p.city != nil {
		started.City = p.city.streets.Info
	}
	started.Nation = p.city == nil && serves(p.keys, stationKey)
	pages, err := p.pages(ctx)
	if err != nil {
		return err
	}
	socket, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return fault.New(fault.Unavailable, "不能在 %[1]s 上提供服务：地址被占用或不允许。请换一个：--listen 127.0.0.1:8081",
			"cannot serve on %[1]s: it is in use or not allowed. Choose another: --listen 127.0.0.1:8081", listen).Because(err)
	}
	if p.city != nil {
		fault.Go("following the city", func() { p.city.follow(ctx, log) }, nil)
	}
	began, stop := context.WithCancel(ctx)
	wait := c.sequence(began, d, log)
	passed := passOn(began, c.Relay, p.public, log)
	first := staff.open(ctx) // nobody is let in before
	developed := kept.start(began)
	rounded := p.rounds(began, senders)
	defer func() { stop(); wait(); passed(); developed(); rounded() }()
	started.URL = "http://" + socket.Addr().String()
	// Who opens late has no welcome any more: the address goes where the reason went.
	staff.late = func(first string) {
		log.WarnContext(ctx, "people can sign in now, and there are no administrators yet: make them at this one-time address within a day, and show it to nobody", "address", started.URL+signin.FirstPath(first))
	}
	fault.Go("people's upkeep", func() { staff.keep(began, upkeepEvery) }, nil)
	if first != "" {
		started.First = started.URL + signin.FirstPath(first)
	}
	ready(started)
	return serve(ctx, web.Server(pages.Handler(), log), socket)
}

// openCity opens the streets, which are the stations'. Without any there is no city: a
// site that has other systems, or runs over many cities, is served all the same.
func (p parts) openCity(ctx context.Context, streets string) (*liveCity, error) {
	if !serves(p.keys, stationKey) {
		return nil, nil //nolint:nilnil // there is none, and that is no error
	}
	city, err := newLiveCity(ctx, streets, p.db)
	if fault.KindOf(err) != fault.NotFound {
		return city, err
	}
	if found, e := p.runs.Any(ctx); e != nil || !found {
		return nil, noStreets(err)
	}
	return nil, nil //nolint:nilnil // as above
}

func noStreets(cause error) error {
	return fault.New(fault.NotFound, "还没有街道数据。先导入：xiadu import streets 城市.osm.pbf；或先看示意城市：xiadu serve --demo",
		"there are no streets yet. Import some: xiadu import streets city.osm.pbf. Or see the demo city: xiadu serve --demo").Because(cause)
}

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
