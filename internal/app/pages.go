package app

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/app/subject"
	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/act/inbox"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/draw"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/sequencer"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/period"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	complaints "github.com/xiadu/xiadu/internal/system/complaint/published"
	"github.com/xiadu/xiadu/internal/system/complaint/recovered"
	"github.com/xiadu/xiadu/internal/system/complaint/standing"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/card"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/expert"
	"github.com/xiadu/xiadu/internal/system/contest/grant"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/nomination"
	"github.com/xiadu/xiadu/internal/system/contest/order"
	"github.com/xiadu/xiadu/internal/system/contest/publicity"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
	"github.com/xiadu/xiadu/internal/system/contest/taken"
	"github.com/xiadu/xiadu/internal/system/duty/dutyhttp"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/area"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/plan"
	"github.com/xiadu/xiadu/internal/system/station/published"
	"github.com/xiadu/xiadu/internal/system/station/run"
	"github.com/xiadu/xiadu/internal/system/station/stars"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/draws"
	"github.com/xiadu/xiadu/internal/web/due"
	"github.com/xiadu/xiadu/internal/web/front"
	"github.com/xiadu/xiadu/internal/web/logpages"
	"github.com/xiadu/xiadu/internal/web/offline"
	"github.com/xiadu/xiadu/internal/web/people"
	"github.com/xiadu/xiadu/internal/web/photos"
	"github.com/xiadu/xiadu/internal/web/signin"
)

// parts are what the pages of a site stand on.
type parts struct {
	keys    []string // of the systems that are on
	db      *db.DB
	city    *liveCity   // nil: there are no streets, or the stations are off
	runs    *run.Ledger // over many cities
	public  *publiclog.Log
	people  identity.Staff
	album   func() (*evidence.Evidence, error)
	book    *casework.Book // the cases of all systems
	log     *slog.Logger
	demo    bool                 // the database is marked as one
	proxies []netip.Prefix       // that are trusted
	ends    <-chan struct{}      // when the site stops
	reached *contesthttp.Reached // at which addresses of the network, once it listens; nil: it does not
}

// beside is what is shown beside the systems to who is signed in.
var beside = web.System{
	Key: "me", Name: lang.Text{ZH: "我的", EN: "Mine"}, Icon: web.IconPerson, Door: dutyhttp.Item.Href,
	Pages: append([]web.NavItem{dutyhttp.Item, dutyhttp.CallsItem, offline.Item, signin.Account}, people.Items...),
}

// kinds are the entries that the program writes, in the order of docs/record.md.
func kinds() [][]record.Kind {
	return [][]record.Kind{
		record.Kinds(), sequencer.Kinds(), station.EntryKinds(), demand.EntryKinds(), area.EntryKinds(),
		plan.EntryKinds(), run.EntryKinds(), stars.EntryKinds(), identity.Kinds(), evidence.EntryKinds(),
		campaign.EntryKinds(), letter.EntryKinds(), period.EntryKinds(), problem.EntryKinds(), visit.EntryKinds(), intake.EntryKinds(), bulletin.EntryKinds(), recovered.EntryKinds(), casework.EntryKinds(), draw.EntryKinds(), inbox.EntryKinds(),
		event.EntryKinds(), entry.Kinds(), expert.EntryKinds(), seat.EntryKinds(), hall.EntryKinds(), release.EntryKinds(), publicity.EntryKinds(), taken.EntryKinds(), card.EntryKinds(),
		nomination.EntryKinds(), grant.EntryKinds(),
	}
}

// pages puts the pages of the systems that are on together.
func (p parts) pages(ctx context.Context) (*web.Mux, error) {
	nation, err := p.runs.Any(ctx)
	if err != nil {
		return nil, err
	}
	on, off, err := systems(p.keys, p.city != nil, nation)
	if err != nil {
		return nil, err
	}
	o := web.Options{
		Log: p.log, Demo: p.demo, Proxies: p.proxies, Systems: on, Mine: beside, Reader: signin.Reader(p.people), Kinds: record.Says(kinds()...),
		Checkpoint: p.logLine,
		Foot:       []web.NavItem{due.Item, draws.Item, logpages.Item, signin.Item},
	}
	if p.city != nil {
		info := p.city.streets.Info
		o.City, o.Attribution, o.Schematic = lang.Text{ZH: info.Title, EN: info.Title}, info.Attribution, info.Schematic
		o.Foot = append(o.Foot, web.NavItem{Href: "/api", Text: lang.Text{ZH: "开放接口", EN: "API"}})
	} else if nation {
		o.City = lang.Text{ZH: "全国", EN: "The country"}
	}
	site, err := web.New(o)
	if err != nil {
		return nil, err
	}
	mux := site.NewMux()
	album := photos.New(photos.Deps{Site: site, Evidence: p.album, Who: signin.Who(p.people)}) // systems say by album.Let who may do what
	figures := slices.Concat(complaints.Queries(), standing.Queries(), draw.Queries(), release.Queries(), card.Queries())
	if p.city != nil {
		figures = append(published.Queries(p.city.now.Load), figures...)
	}
	answers := publiclog.NewFigures(p.public, figures)
	mounted := make([]web.Mounted, len(on))
	acts := actKinds{}
	for i, s := range on {
		if s.Key == stationKey {
			mounted[i] = p.stations(mux.Of(s.Key), site, nation)
		}
		if s.Key == complaint.System {
			mounted[i] = p.complaints(mux.Of(s.Key), site, album, acts)
		}
		if s.Key == contest.System {
			mounted[i] = p.contests(mux.Of(s.Key), site, album, answers)
		}
		mounted[i].System = s
	}
	front.Routes(mux, front.Deps{Site: site, Systems: mounted, Off: off, Now: chinaTime, Checkpoint: p.public.Checkpoint})
	logpages.Routes(mux, site, p.public, answers, p.ends)
	due.Routes(mux, site, p.book.Office(), chinaTime)
	draws.Routes(mux, site, draw.InPublic(draw.New(), p.db, p.public))
	signin.Routes(mux.Of(beside.Key), site, p.people)
	p.offline(mux.Of(beside.Key), site, acts)
	album.Routes(mux)
	showKit(mux, site)
	dutyhttp.Routes(mux.Of(beside.Key), dutyhttp.Deps{Site: site, Desks: p.desks(), In: signin.In(p.people)})
	people.Routes(mux.Of(beside.Key), site, p.people, signin.Who(p.people))
	return mux, nil
}

// stations mounts the station system: of a city, and of runs over many.
func (p parts) stations(mux *web.Mux, site *web.Site, nation bool) (m web.Mounted) {
	alone := stationhttp.NationRoutes(mux, site, p.runs)
	if p.city != nil {
		return stationhttp.Routes(mux, stationhttp.Deps{
			Site: site, City: p.city.now.Load, Now: chinaTime, Stations: p.city.stations,
			Plans: plan.New(p.db), Stars: stars.In(p.db, p.book, p.complained()), Who: signin.Who(p.people),
		})
	}
	if nation {
		m.Alone = alone
	}
	return m
}

// complaints mounts the complaint system, and adds what phones send to it.
func (p parts) complaints(mux *web.Mux, site *web.Site, album *photos.Album, acts actKinds) web.Mounted {
	problems := problem.In(p.db, p.book, p.album)
	album.Let(complaint.System, problem.Gate(p.book))
	visits := visit.In(p.db, problems, p.album, p.streets)
	maps.Copy(acts, visits.Kinds())
	return complainthttp.Routes(mux, complainthttp.Deps{
		Site: site, DB: p.db, Campaigns: campaign.In(p.db), Letters: letter.In(p.db, p.book), Problems: problems, Intake: intake.In(p.db, p.book, problems), Bulletins: bulletin.In(p.db), Visits: visits,
		Album: p.album, Photos: album, People: p.people, Ground: p.ground, Now: chinaTime, Who: signin.Who(p.people),
	})
}

// contests mounts the contest system.
func (p parts) contests(mux *web.Mux, site *web.Site, album *photos.Album, figures *publiclog.Figures) web.Mounted {
	album.Let(contest.System, card.Gate)
	return contesthttp.Routes(mux, contesthttp.Deps{
		Reached: func() contesthttp.Reached { return *cmp.Or(p.reached, new(contesthttp.Reached)) },
		Site:    site, DB: p.db, Events: event.In(p.db), Entries: entry.In(p.db), Experts: expert.In(p.db), Seats: seat.In(p.db), Halls: hall.In(p.db, entry.Facts), Orders: order.In(p.db, entry.Facts), Releases: release.In(p.db, entry.Facts), Publicities: publicity.In(p.db, p.book, entry.Facts),
		Cards: card.In(p.db, entry.Facts, p.album), Figures: figures,
		Nominations: nomination.In(p.db, subject.Look), Grants: grant.In(p.db, subject.Look, entry.Facts),
		Album: p.album, Photos: album, People: p.people, Now: chinaTime, Who: signin.Who(p.people), Ends: p.ends,
	})
}

// ground is the map of the city with nothing on it, which any system may draw on. There is none without streets.
func (p parts) ground() (web.MapView, bool) {
	if p.city == nil {
		return web.MapView{}, false
	}
	return stationhttp.GroundView(p.city.now.Load()), true
}

// streets are the city's as they are now; nil where there are none.
func (p parts) streets() *atlas.Atlas {
	if p.city == nil {
		return nil
	}
	return p.city.now.Load().Atlas
}

// logLine is the log's size and root, as verify --checkpoint takes them, or nothing while there is none.
func (p parts) logLine(ctx context.Context) string {
	c, err := p.public.Checkpoint(ctx)
	if err != nil {
		return "" // a paper without it is a paper still
	}
	return strconv.FormatInt(c.Size, 10) + " " + c.Root.String()
}

// chinaTime is the time on the stations' doors: all of China keeps UTC+8.
func chinaTime() time.Time { return time.Now().In(calendar.China) }

// actKinds are the kinds of acts that phones send, by their keys: each system that works on
// site brings its own when it is mounted.
type actKinds map[string]inbox.Kind[identity.Colleague]

// offline mounts what phones send to.
func (p parts) offline(mux *web.Mux, site *web.Site, kinds actKinds) {
	box := inbox.Open(p.db, inbox.Options[identity.Colleague]{Kinds: kinds, As: p.author, Files: p.files()})
	offline.Routes(mux, offline.Deps{Site: site, Inbox: box, Who: signin.Who(p.people)})
}

// author is who signed an act, as of now.
func (p parts) author(tx *db.Tx, person, login string) (identity.Colleague, bool, error) {
	people, err := p.people()
	if err != nil {
		return identity.Colleague{}, false, err
	}
	return people.Author(tx, person, login)
}

// files is where the photos and papers of acts go.
func (p parts) files() inbox.Files {
	return inbox.Files{
		Limit: func(kind string) (int64, error) {
			e, err := p.album()
			if err != nil {
				return 0, err
			}
			k, err := e.Kind(kind)
			return k.MaxBytes, err
		},
		Missing: evidence.Missing,
		Take: func(ctx context.Context, r io.Reader, kind, person string, f inbox.File) error {
			e, err := p.album()
			if err != nil {
				return err
			}
			_, err = e.Take(ctx, r, evidence.Sent{Kind: kind, By: person, Hash: f.Hash, Size: f.Size})
			return err
		},
	}
}
