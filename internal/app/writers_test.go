package app

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/area"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/plan"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
)

// How many write the same things at once, over two handles: a server and an
// import beside it.
const (
	writers = 8
	repeats = 4
)

// scribe is one of the writers.
type scribe struct {
	*station.Service
	data *db.DB
	t    *testing.T
	no   int
	who  identity.Colleague // who keeps plans
}

// writersAtOnce has each do the same, on both engines.
func writersAtOnce(t *testing.T, before func(d scribe), work func(ctx context.Context, d scribe, round int), after func(d scribe)) {
	t.Helper()
	for _, engine := range []struct {
		name string
		dsn  func(testing.TB) string
	}{{db.SQLite, dbtest.SQLite}, {db.Postgres, dbtest.Postgres}} {
		t.Run(engine.name, func(t *testing.T) {
			dsn := engine.dsn(t)
			var scribes [2]scribe
			var who identity.Colleague
			for i := range scribes {
				data := dbtest.Open(t, dsn, schemas()...)
				if i == 0 {
					who = identitytest.Open(t, data, station.Rights).Somebody("station.planner")
				}
				scribes[i] = scribe{Service: station.New(data), data: data, t: t, who: who}
			}
			before(scribes[0])
			var all sync.WaitGroup
			for n := range writers {
				d := scribes[n%2]
				d.no = n
				all.Go(func() {
					for round := range repeats {
						work(t.Context(), d, round)
					}
				})
			}
			all.Wait()
			after(scribes[1])
		})
	}
}

func (d scribe) plans() *plan.Service { return plan.New(d.data) }

// conflict passes a conflict that is told as one, and nothing else.
func (d scribe) conflict(what string, err error) bool {
	d.t.Helper()
	if err == nil {
		return false
	}
	if fault.KindOf(err) != fault.Conflict || strings.Contains(err.Error(), "same key") {
		d.t.Errorf("writer %d, %s: %v", d.no, what, err)
	}
	return true
}

func (d scribe) must(what string, err error) {
	d.t.Helper()
	if err != nil {
		d.t.Errorf("writer %d, %s: %v", d.no, what, err)
	}
}

func someStation(t *testing.T, code string) station.Station {
	t.Helper()
	home, err := gb.Parse("630103")
	if err != nil {
		t.Fatal(err)
	}
	hours, err := opening.Parse("24/7")
	if err != nil {
		t.Fatal(err)
	}
	return station.Station{Code: code, Name: "站 " + code, Division: home, At: geo.Point{Lon: 101.78, Lat: 36.62}, Hours: hours}
}

// Of those who change what they have seen one is first, and the others are told:
// as many versions as changes that went through, none overwritten.
func TestWritersOfStations(t *testing.T) {
	var mu sync.Mutex
	var changed int64
	writersAtOnce(t, func(d scribe) {
		changed = 0
		_, err := d.Save(t.Context(), station.ByCommand, someStation(t, "SHARED"))
		d.must("the first", err)
	}, func(ctx context.Context, d scribe, round int) {
		_, err := d.Save(ctx, station.ByCommand, someStation(t, fmt.Sprintf("OWN-%d-%d", d.no, round)))
		d.must("a station of its own", err)
		_, err = d.Save(ctx, station.ByCommand, someStation(t, fmt.Sprint("FIRST-", round)))
		d.conflict("a station that all add", err)
		seen, err := d.Get(ctx, "SHARED")
		d.must("look", err)
		seen.Name = fmt.Sprint("改 ", d.no, "-", round)
		if _, err = d.Save(ctx, station.ByCommand, seen); !d.conflict("change", err) {
			mu.Lock()
			changed++
			mu.Unlock()
		}
		if round > 0 { // some are closed for good while others change them
			code := fmt.Sprint("FIRST-", round-1)
			if seen, err := d.Get(ctx, code); err == nil {
				err = d.Remove(ctx, station.ByCommand, code, seen.Version)
				if fault.KindOf(err) != fault.NotFound {
					d.conflict("remove", err)
				}
			} else if fault.KindOf(err) != fault.NotFound {
				d.must("look", err)
			}
		}
	}, func(d scribe) {
		seen, err := d.Get(t.Context(), "SHARED")
		if err != nil || seen.Version != changed+1 {
			d.t.Errorf("version %d after %d changes: %v", seen.Version, changed, err)
		}
		entries, err := d.History(t.Context(), "SHARED", "", 1000)
		if err != nil || int64(len(entries)) != changed+1 {
			d.t.Errorf("%d entries on %d changes and the first: %v", len(entries), changed, err)
		}
	})
}

// A file comes in whole beside other files, whatever stations they share.
func TestWritersOfFiles(t *testing.T) {
	writersAtOnce(t, func(scribe) {}, func(ctx context.Context, d scribe, round int) {
		var rows strings.Builder
		rows.WriteString(head)
		for i := range 20 {
			fmt.Fprintf(&rows, "S-%d,第%d-%d批,101.78,36.62,,\n", i, d.no, round)
		}
		fmt.Fprintf(&rows, "OWN-%d-%d,自己的,101.78,36.62,,\n", d.no, round)
		home, err := gb.Parse("630103")
		d.must("parse", err)
		b, err := station.Read(ctx, strings.NewReader(rows.String()), station.Reading{Home: home})
		d.must("read", err)
		_, err = d.Import(ctx, station.ByCommand, b, station.Importing{Replace: round == 1 && d.no == 0})
		d.must("import", err)
	}, func(d scribe) {
		snap, err := city.Load(t.Context(), d.data)
		d.must("load", err)
		names := map[string]int{}
		for _, s := range snap.Stations {
			if strings.HasPrefix(s.Code, "S-") {
				names[s.Name]++
			}
		}
		if len(names) != 1 {
			d.t.Errorf("the stations are of several files: %v", names)
		}
	})
}

// Demand is that of one writer, never of two.
func TestWritersOfDemand(t *testing.T) {
	writersAtOnce(t, func(scribe) {}, func(ctx context.Context, d scribe, round int) {
		people := demand.Demand{Kind: demand.People}
		for i := range 30 {
			people.Cells = append(people.Cells, demand.Cell{ID: fmt.Sprint("c", i), At: geo.Point{Lon: 101.78, Lat: 36.62}, Day: float64(d.no*repeats + round), Source: "test"})
		}
		d.must("replace", demand.New(d.data).Replace(ctx, station.ByCommand, people))
		own := people
		own.Kind = fmt.Sprint("kind-", d.no)
		d.must("a kind of its own", demand.New(d.data).Replace(ctx, station.ByCommand, own))
		if round%2 == 1 {
			d.must("remove", demand.New(d.data).Remove(ctx, station.ByCommand, own.Kind))
		}
	}, func(d scribe) {
		snap, err := city.Load(t.Context(), d.data)
		d.must("load", err)
		if len(snap.Demands) != 1 || len(snap.Demands[0].Cells) != 30 {
			d.t.Fatalf("%d kinds are left", len(snap.Demands))
		}
		for _, c := range snap.Demands[0].Cells {
			if c.Day != snap.Demands[0].Cells[0].Day {
				d.t.Errorf("cells of two writers: %v and %v", c.Day, snap.Demands[0].Cells[0].Day)
			}
		}
	})
}

// Areas come in as files do.
func TestWritersOfAreas(t *testing.T) {
	writersAtOnce(t, func(scribe) {}, func(ctx context.Context, d scribe, round int) {
		var features []string
		for i := range 10 {
			features = append(features, fmt.Sprintf(`{"type":"Feature","properties":{"code":"Z-%d","name":"%d-%d"},"geometry":{"type":"Polygon","coordinates":`+
				`[[[101.77,36.61],[101.79,36.61],[101.79,36.63],[101.77,36.61]]]}}`, i, d.no, round))
		}
		file := `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
		home, err := gb.Parse("630103")
		d.must("parse", err)
		areas, err := area.Read(ctx, strings.NewReader(file), area.Reading{Home: home, Within: geo.Nothing})
		d.must("read", err)
		_, err = area.New(d.data).Import(ctx, station.ByCommand, areas, station.Importing{Replace: d.no == 0})
		d.must("import", err)
	}, func(d scribe) {
		areas, err := area.New(d.data).All(t.Context())
		d.must("load", err)
		names := map[string]int{}
		for _, a := range areas {
			names[a.Name]++
		}
		if len(areas) != 10 || len(names) != 1 {
			d.t.Errorf("%d areas of several files: %v", len(areas), names)
		}
	})
}

// A plan of one's own gets a number of its own; one that several change has as
// many versions as changes that went through.
func TestWritersOfPlans(t *testing.T) {
	var mu sync.Mutex
	var changed int64
	kept := func(name string) plan.Plan {
		changes, err := whatif.Parse([]string{"pause brand:icbc Sa,Su"})
		if err != nil {
			t.Fatal(err)
		}
		return plan.Plan{Name: name, Changes: changes, Basis: "abc-1", Question: coverage.Question{
			Within: 15 * time.Minute, At: time.Date(2026, 11, 23, 22, 0, 0, 0, calendar.China),
		}}
	}
	writersAtOnce(t, func(d scribe) {
		changed = 0
		_, err := d.plans().Save(t.Context(), d.who, kept("大家的"))
		d.must("the first", err)
	}, func(ctx context.Context, d scribe, round int) {
		name := fmt.Sprint("方案 ", d.no, "-", round)
		_, err := d.plans().Save(ctx, d.who, kept(name))
		d.must("a plan of its own", err)
		seen, err := d.plans().Get(ctx, "P-0001")
		d.must("look", err)
		if round%2 == 0 {
			_, err = d.plans().Rename(ctx, d.who, seen.Code, seen.Version, name, "")
		} else {
			_, err = d.plans().Archive(ctx, d.who, seen.Code, seen.Version, !seen.Archived)
		}
		if !d.conflict("change", err) {
			mu.Lock()
			changed++
			mu.Unlock()
		}
	}, func(d scribe) {
		seen, err := d.plans().Get(t.Context(), "P-0001")
		if err != nil || seen.Version != changed+1 {
			d.t.Errorf("version %d after %d changes: %v", seen.Version, changed, err)
		}
		var all int64
		for _, archived := range []bool{false, true} {
			page, err := d.plans().List(t.Context(), plan.Filter{Archived: archived})
			d.must("list", err)
			all += page.Total
		}
		if all != writers*repeats+1 {
			d.t.Errorf("%d plans, want %d", all, writers*repeats+1)
		}
	})
}
