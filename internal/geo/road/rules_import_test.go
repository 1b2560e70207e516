package road

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/osm"
)

// What the table admits must come in: the reader of extracts drops what nobody
// asks for, and once dropped ways that were admitted for foot=yes alone.
func TestEveryWayThatTheRulesAdmitIsImported(t *testing.T) {
	for _, p := range []Profile{Walking(0), Ebike(0)} {
		for _, r := range p.ways {
			if r.Then != Allow {
				continue
			}
			for i := range r.conditions[0].values {
				var tags strings.Builder
				for _, c := range r.conditions {
					if len(c.values) == 0 {
						continue
					}
					fmt.Fprintf(&tags, `<tag k=%q v=%q/>`, c.key, c.values[min(i, len(c.values)-1)])
				}
				if g := graphOf(t, p, `<node id="1" lat="0" lon="0"/><node id="2" lat="0" lon="0.01"/>
					<way id="1"><nd ref="1"/><nd ref="2"/>`+tags.String()+`</way>`); g.Edges() != 1 {
					t.Errorf("%s: a way of %s is not in the graph", p.Name, tags.String())
				}
			}
		}
	}
}

// Who is let into a building or a park cannot walk along its outline for that.
func TestOutlinesAreNoStreets(t *testing.T) {
	for tags, want := range map[string]int{
		`<tag k="foot" v="yes"/>`:                                                    2, // a ring of path, cut in two
		`<tag k="foot" v="yes"/><tag k="highway" v="service"/>`:                      2,
		`<tag k="foot" v="yes"/><tag k="railway" v="platform"/>`:                     2,
		`<tag k="foot" v="yes"/><tag k="building" v="yes"/>`:                         0,
		`<tag k="foot" v="yes"/><tag k="building:part" v="yes"/>`:                    0,
		`<tag k="foot" v="designated"/><tag k="leisure" v="park"/>`:                  0,
		`<tag k="foot" v="yes"/><tag k="landuse" v="grass"/>`:                        0,
		`<tag k="foot" v="customers"/><tag k="amenity" v="parking"/>`:                0,
		`<tag k="foot" v="yes"/><tag k="area" v="yes"/>`:                             0,
		`<tag k="foot" v="yes"/><tag k="leisure" v="x"/><tag k="highway" v="path"/>`: 2,
	} {
		ring := `<node id="1" lat="0" lon="0"/><node id="2" lat="0" lon="0.01"/><node id="3" lat="0.01" lon="0"/>
			<way id="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/>` + tags + `</way>`
		if g := graphOf(t, Walking(0), ring); g.Edges() != want {
			t.Errorf("%s makes %d edges, want %d", tags, g.Edges(), want)
		}
		if g := graphOf(t, Ebike(0), strings.ReplaceAll(strings.ReplaceAll(ring, "foot", "bicycle"), "customers", "permissive")); (g.Edges() > 0) != (want > 0) {
			t.Errorf("%s makes %d edges by e-bike", tags, g.Edges())
		}
	}
}

// A piece leads somewhere from 5 km on, or a tenth of all pieces, as docs/streets.md says.
func TestPieceThatLeadsSomewhere(t *testing.T) {
	const degree = 111_195.0 // metres, on the equator
	for _, c := range []struct {
		largeM, smallM float64
		isolated       bool
	}{{900, 104, false}, {900, 95, true}, {200_000, 5_010, false}, {200_000, 4_980, true}} {
		g := graphOf(t, Walking(0), fmt.Sprintf(`<node id="1" lat="1" lon="0"/><node id="2" lat="1" lon="%f"/>
			<node id="3" lat="0" lon="0"/><node id="4" lat="0" lon="%f"/>
			<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="service"/></way>
			<way id="2"><nd ref="3"/><nd ref="4"/><tag k="highway" v="service"/></way>`, c.largeM/degree, c.smallM/degree))
		if s, ok := g.Snap(geo.Point{}, 10); !ok || s.Isolated != c.isolated {
			t.Errorf("%.0f m beside %.0f m: isolated %v, want %v", c.smallM, c.largeM, s.Isolated, c.isolated)
		}
	}
}

// A square with more than 24 entrances has ways between 24 of them, and is counted.
func TestSquareOfManyEntrances(t *testing.T) {
	var nodes, ring, spurs strings.Builder
	const n = 30
	for i := range n {
		x := float64(i*i) / 1e6 // a parabola: every corner sees every other
		fmt.Fprintf(&nodes, `<node id="%d" lat="%f" lon="%f"/><node id="%d" lat="%f" lon="%f"/>`, i+1, x, float64(i)/1e4, i+101, x-1e-4, float64(i)/1e4)
		fmt.Fprintf(&ring, `<nd ref="%d"/>`, i+1)
		fmt.Fprintf(&spurs, `<way id="%d"><nd ref="%d"/><nd ref="%d"/><tag k="highway" v="path"/></way>`, i+1, i+1, i+101)
	}
	g := graphOf(t, Walking(0), nodes.String()+spurs.String()+`<way id="99">`+ring.String()+`<nd ref="1"/><tag k="place" v="square"/></way>`)
	if g.ThinnedSquares() != 1 || g.Edges() >= 2*n+24*23/2 || g.Edges() < 2*n+200 {
		t.Errorf("%d squares thinned, %d edges", g.ThinnedSquares(), g.Edges())
	}
}

// graphOf builds the graph of a small map.
func graphOf(t *testing.T, p Profile, objects string) *Graph {
	t.Helper()
	path := filepath.Join(t.TempDir(), "town.osm")
	if err := os.WriteFile(path, []byte("<osm>"+objects+"</osm>"), 0o600); err != nil {
		t.Fatal(err)
	}
	x, err := osm.Read(context.Background(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	g, err := FromExtract(context.Background(), x, p)
	if err != nil {
		t.Fatal(err)
	}
	return g
}
