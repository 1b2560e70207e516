package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"

	"github.com/xiadu/xiadu/internal/app/listen"
	"github.com/xiadu/xiadu/internal/app/rounds"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp"
	"github.com/xiadu/xiadu/internal/system/station/run"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/signin"
)

// Started is what a server says of itself once it can answer.
type Started struct {
	URL    string
	LAN    []string // at which other machines of the network reach it; none where it listens to this one alone
	Guests []string // the same of what everybody may read, where that has an address of its own
	Hall   bool     // contests are served, and nothing that needs streets
	City   atlas.Info
	First  string // the one-time address at which the first administrators are made; empty: there are some
	Demo   bool   // the database is marked as a demo: it has a cast
	Nation bool   // there is no city here, only runs over many
}

// Serve answers requests on an address until ctx ends. It calls ready once it can
// answer.
func Serve(ctx context.Context, c Config, listenTo string, log *slog.Logger, ready func(Started)) (err error) {
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
	p := parts{demo: marked, proxies: proxies, book: book, keys: c.Systems, db: d, runs: run.NewLedger(d), public: publiclog.Open(d, c.logFolder()), people: staff.get, album: kept.get, log: log, ends: ctx.Done(), reached: new(contesthttp.Reached)}
	started := Started{Demo: marked}
	if p.city, err = p.openCity(ctx, c.streets()); err != nil {
		return err
	}
	if p.city != nil {
		started.City = p.city.streets.Info
	}
	started.Hall = p.city == nil && serves(p.keys, contest.System) && !serves(p.keys, stationKey)
	started.Nation = p.city == nil && serves(p.keys, stationKey)
	pages, err := p.pages(ctx)
	if err != nil {
		return err
	}
	sockets, err := p.listen(ctx, listenTo, c.Guests, &started)
	if err != nil {
		return err
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
	// Who opens late has no welcome any more: the address goes where the reason went.
	staff.late = func(first string) {
		log.WarnContext(ctx, "people can sign in now, and there are no administrators yet: make them at this one-time address within a day, and show it to nobody", "address", started.URL+signin.FirstPath(first))
	}
	fault.Go("people's upkeep", func() { staff.keep(began, upkeepEvery) }, nil)
	if first != "" {
		started.First = started.URL + signin.FirstPath(first)
	}
	ready(started)
	return listen.Serve(ctx, p.servers(pages, len(sockets)), sockets)
}

// listen opens the addresses, and notes where the site is reached.
func (p parts) listen(ctx context.Context, address, guests string, s *Started) ([]net.Listener, error) {
	sockets, err := listen.At(ctx, address, guests)
	if err != nil {
		return nil, err
	}
	s.URL, s.LAN = "http://"+listen.Here(sockets[0].Addr()), listen.LAN(sockets[0].Addr())
	if len(sockets) > 1 {
		if s.Guests = listen.LAN(sockets[1].Addr()); len(s.Guests) == 0 {
			s.Guests = []string{"http://" + listen.Here(sockets[1].Addr())}
		}
	}
	p.reached.Inside, p.reached.Guests = s.LAN, s.Guests
	return sockets, nil
}

// servers serve the pages, and where there is a second address what everybody may read.
func (p parts) servers(pages *web.Mux, n int) []*http.Server {
	all := []*http.Server{web.Server(pages.Handler(), p.log)}
	if n > 1 {
		all = append(all, web.Server(pages.Guests(beside.Key), p.log))
	}
	return all
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
