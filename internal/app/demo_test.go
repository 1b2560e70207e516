package app

import (
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

// TestDemo makes the demo city as a first start does, and looks at what a
// visitor will find.
func TestDemo(t *testing.T) {
	home := Config{Home: t.TempDir(), DSN: "not for the demo"}
	c, err := Demo(t.Context(), home, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, err := atlas.Open(c.streets())
	if err != nil {
		t.Fatal(err)
	}
	if !a.Info.Schematic {
		t.Error("the demo city does not say that it is schematic")
	}
	if len(a.Places.Search("大十字", a.Info.Box.Center().Point(), 3)) == 0 {
		t.Error("the Great Cross is not found by name")
	}
	for name, g := range map[string]interface{ Nodes() int }{"walk": a.Walk, "ebike": a.Ebike} {
		if g.Nodes() < 5000 || g.Nodes() > 15000 {
			t.Errorf("%s: %d junctions", name, g.Nodes())
		}
	}
	if largest := a.Walk.Components()[0].LengthM; largest < 0.97*a.Walk.LengthM() {
		t.Errorf("the largest piece has %.0f of %.0f m", largest, a.Walk.LengthM())
	}
	err = c.withDatabase(t.Context(), func(d *db.DB) error {
		snap, err := city.Load(t.Context(), d)
		if err != nil {
			return err
		}
		n := coverage.New(network.New(network.Streets{Walk: a.Walk, Ebike: a.Ebike, WalkProfile: a.WalkProfile, EbikeProfile: a.EbikeProfile}, snap.Stations), snap.Demands)
		if lost := n.Unplaced(network.Walk); len(lost) > 0 || len(snap.Stations) < 190 {
			t.Errorf("%d stations, %d of them off every street", len(snap.Stations), len(lost))
		}
		if people := snap.Demands[0].Cells; len(people) < 1000 || people[0].Night == people[0].Day && people[1].Night == people[1].Day {
			t.Errorf("%d demand cells, by night as by day", len(people))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	// A second start finds it there; another edition makes it anew.
	before, err := os.Stat(c.streets())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Demo(t.Context(), home, nil); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(c.streets()); err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Error("the second start made the city again")
	}
}

// TestADemoIsMarked: --demo serves no database that is not marked as a demo, and a marked
// one says so on every page, whoever serves it.
func TestADemoIsMarked(t *testing.T) {
	c := Config{Home: t.TempDir()}
	if _, err := ImportStreets(t.Context(), c, writeStreet(t, "长街", 20), "", nil); err != nil {
		t.Fatal(err)
	}
	if _, body := get(t, running(t, c)+"/find"); strings.Contains(body, "data-demo") {
		t.Error("a city of its own says that it is a demo")
	}
	asDemo := c
	asDemo.demo = true
	err := Serve(t.Context(), asDemo, "127.0.0.1:0", slog.New(slog.DiscardHandler), func(Started) { t.Error("it is served as a demo") })
	if zh, _ := fault.In(lang.ZH, err); fault.KindOf(err) != fault.Conflict || !strings.Contains(zh, "没有演示标记") {
		t.Errorf("served as a demo: %v", err)
	}
	marked := Config{Home: t.TempDir()}
	if _, err := ImportStreets(t.Context(), marked, writeStreet(t, "长街", 20), "", nil); err != nil {
		t.Fatal(err)
	}
	if err := marked.makeCast(t.Context()); err != nil {
		t.Fatal(err)
	}
	site := running(t, marked)
	for _, path := range []string{"/find", "/stations", "/sign-in", "/log", "/nowhere"} {
		if _, body := get(t, site+path); !strings.Contains(body, "data-demo") {
			t.Errorf("%s does not say that it is a demo", path)
		}
	}
}
