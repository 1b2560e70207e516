package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/station"
)

// writeStreet writes an extract of one street, east from 101.78, 36.62.
func writeStreet(t *testing.T, name string, nodes int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(`<osm version="0.6">`)
	for i := range nodes {
		fmt.Fprintf(&b, `<node id="%d" lat="36.62" lon="%.4f"/>`, i+1, 101.78+0.001*float64(i))
	}
	b.WriteString(`<way id="1"><tag k="highway" v="residential"/><tag k="name" v="` + name + `"/>`)
	for i := range nodes {
		fmt.Fprintf(&b, `<nd ref="%d"/>`, i+1)
	}
	b.WriteString(`</way></osm>`)
	path := filepath.Join(t.TempDir(), "street.osm")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// liveCityOf opens what c's folder holds as a running server does.
func liveCityOf(t *testing.T, c Config) *liveCity {
	t.Helper()
	d, err := db.Open(t.Context(), c.dsn())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() }) // as the process ends
	if err := d.Migrate(t.Context(), schemas()...); err != nil {
		t.Fatal(err)
	}
	city, err := newLiveCity(t.Context(), c.streets(), d)
	if err != nil {
		t.Fatal(err)
	}
	return city
}

// A running server goes over to streets and stations that were imported beside
// it, and keeps what it has when the new file is damaged.
func TestLiveCityFollowsImports(t *testing.T) {
	c := Config{Home: t.TempDir()}
	if _, err := ImportStreets(t.Context(), c, writeStreet(t, "旧街", 3), "", nil); err != nil {
		t.Fatal(err)
	}
	city := liveCityOf(t, c)
	street := func() string {
		t.Helper()
		if err := city.renew(t.Context()); err != nil {
			t.Fatal(err)
		}
		g := city.now.Load().Atlas.Walk
		s, ok := g.Snap(geo.Point{Lon: 101.781, Lat: 36.62}, 100)
		if !ok {
			t.Fatal("no street")
		}
		return g.Name(s.Edge)
	}
	if got := street(); got != "旧街" {
		t.Fatalf("on %s", got)
	}
	old := city.now.Load()
	if _, err := ImportStreets(t.Context(), c, writeStreet(t, "新街", 4), "", nil); err != nil {
		t.Fatal(err)
	}
	away, leave := context.WithCancel(t.Context())
	leave()
	if err := city.renew(away); err == nil {
		t.Error("renewed while the database was away")
	}
	if got := street(); got != "新街" {
		t.Errorf("after the import still on %s", got)
	}
	if old.Atlas.Walk.Name(0) != "旧街" || old.Revision == city.now.Load().Revision {
		t.Error("an answer under way lost its streets, or the revision stayed")
	}
	_, _, err := ImportStations(t.Context(), c, strings.NewReader("编号,名称,经度,纬度,区划\nA-1,甲站,101.781,36.62,630103\n"), station.Reading{}, station.Importing{})
	if err != nil {
		t.Fatal(err)
	}
	if street(); len(city.now.Load().Network.Stations) != 1 {
		t.Errorf("%d stations after the import", len(city.now.Load().Network.Stations))
	}
	if err := os.WriteFile(c.streets()+".new", []byte("cut short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(c.streets()+".new", c.streets()); err != nil {
		t.Fatal(err)
	}
	if err := city.renew(t.Context()); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a damaged file: %v", err)
	}
	if city.now.Load().Atlas.Walk.Name(0) != "新街" {
		t.Error("a damaged file took the city away")
	}
}
