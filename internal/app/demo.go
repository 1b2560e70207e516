package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/app/subject"
	"github.com/xiadu/xiadu/internal/engine/casework"

	"github.com/xiadu/xiadu/internal/app/demo"
	"github.com/xiadu/xiadu/internal/app/disk"
	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/engine/identity/troupe"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/rehearsal"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/card"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/expert"
	"github.com/xiadu/xiadu/internal/system/contest/grant"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/nomination"
	"github.com/xiadu/xiadu/internal/system/contest/order"
	"github.com/xiadu/xiadu/internal/system/contest/publicity"
	contests "github.com/xiadu/xiadu/internal/system/contest/rehearsal"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/area"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/stars"
)

// Demo returns the configuration of the demo city, which it makes first if it
// is not there or was made by another edition of the program. The demo city
// lives in a folder and a database of its own, whatever c.DSN says.
func Demo(ctx context.Context, c Config, progress atlas.Progress) (Config, error) {
	d := Config{
		demo: true,
		Home: filepath.Join(c.Home, "demo"), WalkKmh: c.WalkKmh, EbikeKmh: c.EbikeKmh,
		LogOrigin: "demo.invalid/" + strings.ToLower(rand.Text()[:12]), // nobody is to take it for a city's
	}
	made, err := os.ReadFile(d.edition())
	if err == nil && string(made) == demoEdition() {
		return d, nil
	}
	if err != nil && d.hasDatabase() {
		return d, fault.New(fault.Conflict, "%[1]s 里有数据库，却不是演示城市自己建的，可能是恢复进去的：演示会把它换掉。请换一个 --home，或者不带 --demo 启动它。",
			"There is a database in %[1]s that the demo city did not make, as one that was restored, and the demo would replace it. Choose another --home, or start it without --demo.", d.Home)
	}
	if err := c.makeHome(); err != nil {
		return d, err
	}
	// It is made beside its place, so that a start that is cut short leaves no half a city.
	fresh := d
	if fresh.Home, err = os.MkdirTemp(filepath.Clean(c.Home), ".demo-*"); err != nil {
		return d, disk.Explained(c.Home, fmt.Errorf("making the demo city in %s: %w", c.Home, err))
	}
	if err := fresh.makeDemo(ctx, progress); err != nil {
		return d, errors.Join(fmt.Errorf("making the demo city: %w", err), os.RemoveAll(fresh.Home))
	}
	if err := os.RemoveAll(d.Home); err != nil {
		return d, fmt.Errorf("replacing the demo city: %w", err)
	}
	return d, os.Rename(fresh.Home, d.Home)
}

// edition is the file that tells which edition of the demo city this is.
func (c Config) edition() string { return filepath.Join(c.Home, "edition") }

// demoEdition changes with the drawing of the city and with the form of the
// streets file, either of which makes it anew.
func demoEdition() string { return demo.Edition() + " " + atlas.Version + " cast-10" }

// makeDemo sends the demo city through the same importers as a real one.
func (c Config) makeDemo(ctx context.Context, progress atlas.Progress) error {
	drawing := filepath.Join(c.Home, "xining-schematic.osm")
	if err := disk.Replace(drawing, disk.ForOwner, demo.Streets); err != nil {
		return err
	}
	if _, err := ImportStreets(ctx, c, drawing, "西宁（示意）", progress); err != nil {
		return err
	}
	for _, write := range []func(io.Writer) error{demo.Stations, demo.Candidates} {
		sheet, err := buffered(write)
		if err != nil {
			return err
		}
		if _, _, err := ImportStations(ctx, c, sheet, station.Reading{}, station.Importing{}); err != nil {
			return err
		}
	}
	people, err := buffered(demo.Demand)
	if err != nil {
		return err
	}
	how := demand.Reading{Source: "示意数据", Weights: []demand.Weighting{
		{Kind: demand.People, Day: "population", Night: "night"}, {Kind: "couriers", Day: "orders", Night: "orders_night"},
	}}
	if _, err := ImportDemands(ctx, c, people, how); err != nil {
		return err
	}
	areas, err := buffered(demo.Areas)
	if err != nil {
		return err
	}
	if _, err := ImportAreas(ctx, c, areas, area.Reading{}, station.Importing{}); err != nil {
		return err
	}
	start := calendar.DateOf(chinaTime()).Add(-rehearsed).Start(calendar.China)
	if err := c.makeCast(db.Rehearse(ctx, start)); err != nil {
		return err
	}
	if err := play(ctx, c, start, playMonth, playContests, playStars); err != nil {
		return err
	}
	return errors.Join(os.Remove(drawing), os.WriteFile(c.edition(), []byte(demoEdition()), 0o600))
}

// makeCast makes the people of the demo city, of whom each may do something else, and
// the organisations that they belong to.
func (c Config) makeCast(ctx context.Context) error {
	city, err := gb.Parse("630100")
	if err != nil {
		return err
	}
	east, err := gb.Parse("630102")
	if err != nil {
		return err
	}
	return People(ctx, c, func(s *identity.Service) error {
		union := identity.Unit{Name: "西宁市总工会", Division: city}
		office := identity.Unit{Name: "驿站办公室", Under: union.Name, Division: city}
		inEast := identity.Unit{Name: "城东区总工会", Under: union.Name, Division: east}
		bureau := identity.Unit{Name: "西宁市政务服务局", Division: city}
		member := func(login, name, role string, of identity.Unit, at gb.Division) identity.Member {
			return identity.Member{
				Login: login, Somebody: identity.Somebody{Name: name, Organisation: of.Name, Division: at},
				Roles: []identity.Giving{{Role: role, Scope: right.Scope{Division: at}}},
			}
		}
		everywhere := gb.Division{}
		members := []identity.Member{
			member("office", "市总工会驿站办公室", "station.office", office, everywhere),
			member("office-east", "城东区总工会", "station.office", inEast, east),
			member("referee", "星级申诉复核人", "station.referee", bureau, everywhere),
			member("planner", "规划员", "station.planner", office, everywhere),
			member("accounts", "账号管理员", right.AccountsAdmin, bureau, everywhere),
			member("grants", "授权管理员", right.GrantsAdmin, bureau, everywhere),
			member("auditor", "审计员", right.Auditor, bureau, everywhere),
		}
		units := slices.Concat([]identity.Unit{union, office, inEast, bureau}, rehearsal.Units(city), contests.Units(city))
		return s.Cast.Make(ctx, units, slices.Concat(members, rehearsal.Members(city), contests.Members(city, bureau.Name))...)
	})
}

// stage is what the systems' rehearsals are played on.
type stage struct {
	Config
	people *identity.Service
	db     *db.DB
	book   *casework.Book
	home   gb.Division
	start  time.Time // of the month that is played, midnight in China
}

// play plays the systems' rehearsals one after the other.
func play(ctx context.Context, c Config, start time.Time, plays ...func(context.Context, stage) error) error {
	return People(db.Rehearse(ctx, start), c, func(s *identity.Service) error {
		return c.withDatabase(ctx, func(d *db.DB) error {
			home, err := gb.Parse("630100")
			if err != nil {
				return err
			}
			book, err := newBook(nil)
			if err != nil {
				return err
			}
			for _, one := range plays {
				if err := one(ctx, stage{c, s, d, book, home, start}); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// rehearsed is how many days ago the month of complaints began that a demo shows.
const rehearsed = 31

// playMonth plays a month of complaints that ends the evening before.
func playMonth(ctx context.Context, s stage) error {
	d := s.db
	album, err := evidence.Open(ctx, d, evidence.Options{Folder: evidenceFolder(s.Config), Kinds: complaint.EvidenceKinds()})
	if err != nil {
		return err
	}
	problems := problem.In(d, s.book, rehearsal.Evidence(album))
	streets, err := atlas.Open(s.streets())
	if err != nil {
		return err
	}
	month := rehearsal.Stage{
		DB: d, Book: s.book, Evidence: album, People: s.people, Campaigns: campaign.In(d), Letters: letter.In(d, s.book), Problems: problems,
		Intake: intake.In(d, s.book, problems), Bulletins: bulletin.In(d), Visits: visit.In(d, problems, rehearsal.Evidence(album), func() *atlas.Atlas { return streets }),
		Home: s.home, Units: map[string]string{}, Start: s.start,
	}
	for _, u := range rehearsal.Units(s.home) {
		o, err := s.people.Organisations.Named(ctx, u.Name)
		if err != nil {
			return err
		}
		month.Units[u.Name] = o.ID
	}
	return rehearsal.Play(ctx, month)
}

// judged is how many days after the beginning of the month the contest of a demo was held.
const judged = rehearsed - 6

// spread is how many days after it a smaller one was held, whose winners others have adopted since.
const spread = 5

// playContests plays a contest that was held some days ago, and readies one for whoever wants to try.
func playContests(ctx context.Context, s stage) error {
	office, err := s.people.Organisations.Named(ctx, contests.OfficeName)
	if err != nil {
		return err
	}
	d := s.db
	album, err := evidence.Open(ctx, d, evidence.Options{Folder: evidenceFolder(s.Config), Kinds: contest.EvidenceKinds()})
	if err != nil {
		return err
	}
	event := contests.Stage{
		DB: d, People: s.people, Events: event.In(d), Entries: entry.In(d), Experts: expert.In(d), Seats: seat.In(d), Halls: hall.In(d, entry.Facts), Orders: order.In(d, entry.Facts),
		Releases: release.In(d, entry.Facts), Public: publicity.In(d, s.book, entry.Facts), Cards: card.In(d, entry.Facts, func() (*evidence.Evidence, error) { return album, nil }),
		Home: s.home, Office: office.ID, Day: s.start.AddDate(0, 0, spread),
	}
	if err := contests.Spread(ctx, event); err != nil {
		return err
	}
	event.Day = s.start.AddDate(0, 0, judged)
	if err := contests.Play(ctx, event); err != nil {
		return err
	}
	if err := playSelection(ctx, s, event); err != nil {
		return err
	}
	event.Day = s.start.AddDate(0, 0, rehearsed)
	return contests.Try(ctx, event)
}

// playStars plays a month of stars: all stations were reviewed, some surveyed, one is to be looked at again, one is to
// be lowered, and one has an appeal.
func playStars(ctx context.Context, s stage) error {
	cast, err := troupe.Of(ctx, s.people)
	if err != nil {
		return err
	}
	given := stars.In(s.db, s.book, nil)
	page, err := surveyable(ctx, s.db)
	if err != nil {
		return err
	}
	at := func(days int, login string, do func(context.Context, identity.Colleague) error) error {
		now := s.start.AddDate(0, 0, days).Add(10 * time.Hour)
		ctx := db.Rehearse(ctx, now)
		who, err := cast.As(ctx, now, login)
		if err == nil {
			err = do(ctx, who)
		}
		return err
	}
	yes, no := true, false
	survey := func(code string, n int) stars.Survey {
		area, seats := 12+n*4%40, 6+n*3%20
		v := stars.Survey{Station: code, Day: calendar.DateOf(s.start.AddDate(0, 0, 2).Add(10 * time.Hour)).String(), Area: &area, Seats: &seats, Kit: &yes, Supplies: &yes, AsPosted: &yes, Innovation: &no}
		if n%2 == 0 {
			v.Innovation = &yes
		}
		return v
	}
	lower, appeal := page[0], page[1]
	err = at(2, "office", func(ctx context.Context, who identity.Colleague) error {
		for n, code := range page {
			if err := given.Survey(ctx, who, survey(code, n)); err != nil {
				return err
			}
		}
		b, err := given.Begin(ctx, who, gb.Division{})
		if err == nil {
			_, err = given.Run(ctx, who, b, nil)
		}
		return err
	})
	if err != nil {
		return err
	}
	err = at(rehearsed-4, "office", func(ctx context.Context, who identity.Colleague) error {
		for n, code := range []string{lower, appeal, page[2]} {
			v := survey(code, n)
			v.Day, v.Kit = calendar.DateOf(s.start.AddDate(0, 0, rehearsed-4)).String(), &no
			if err := given.Survey(ctx, who, v); err != nil {
				return err
			}
			if code == page[2] {
				continue // to be looked at again
			}
			one, _, err := given.Of(ctx, code)
			if err != nil {
				return err
			}
			if _, err := given.Lower(ctx, who, stars.Lowering{Station: code, Seen: one.Version, To: one.Now(s.start.AddDate(0, 0, rehearsed-4)) - 1, Why: "示例：核查时饮水机坏着，报修三周没有修好。"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return at(rehearsed-2, "office", func(ctx context.Context, who identity.Colleague) error {
		_, err := given.Appeal(ctx, who, stars.Appealing{Station: appeal, What: "示例：零件已经订了，下周到货，有订单。"})
		return err
	})
}

// surveyable are stations whose services would bear out three stars.
func surveyable(ctx context.Context, d *db.DB) (codes []string, err error) {
	basic := station.ServicesOf(station.HotWater, station.Rest, station.Toilet, station.Charging)
	err = d.View(ctx, func(tx *db.Tx) error {
		codes = nil
		all, err := station.ReadAll(tx)
		for _, one := range all {
			minutes := 0
			for _, i := range one.Hours.Week() {
				minutes += i.To - i.From
			}
			if one.Status == station.Operating && one.Services.Has(basic) && minutes >= 48*60 && len(codes) < demoStars {
				codes = append(codes, one.Code)
			}
		}
		if err == nil && len(codes) < 3 {
			err = errors.New("the demo city has no stations to survey")
		}
		return err
	})
	return codes, err
}

// demoStars is how many stations of the demo were surveyed.
const demoStars = 24

// selected is how many days before the month of a demo its stations were judged: the money came a month later, and a year ago.
const selected = 380

// playSelection plays a selection of the most beautiful stations of the year before.
func playSelection(ctx context.Context, s stage, event contests.Stage) error {
	office, err := s.people.Organisations.Named(ctx, contests.SelectorsName)
	if err != nil {
		return err
	}
	event.Office, event.Day = office.ID, s.start.AddDate(0, 0, -selected)
	event.Chosen, event.Grants = nomination.In(s.db, subject.Look), grant.In(s.db, subject.Look, entry.Facts)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		all, err := station.ReadAll(tx)
		event.Stations = nil
		for _, one := range all {
			if one.Division.Within(s.home) && one.Status == station.Operating && len(event.Stations) < contests.Nominated {
				event.Stations = append(event.Stations, one.Code)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	return contests.Select(ctx, event)
}

func buffered(write func(io.Writer) error) (io.Reader, error) {
	var b bytes.Buffer
	return &b, write(&b)
}
