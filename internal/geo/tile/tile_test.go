package tile_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/flat"
	"github.com/xiadu/xiadu/internal/geo/osm"
	"github.com/xiadu/xiadu/internal/geo/tile"
)

// hand builds an extract from lines of positions around Xining.
type hand struct{ x osm.Extract }

func (h *hand) vertices(at ...geo.Point) []uint32 {
	var out []uint32
	for _, p := range at {
		out = append(out, uint32(len(h.x.At)))
		h.x.At = append(h.x.At, p.Fixed())
	}
	return out
}

func (h *hand) way(t osm.Tags, at ...geo.Point) {
	v := h.vertices(at...)
	if len(at) > 3 && at[0] == at[len(at)-1] {
		v[len(v)-1] = v[0]
	}
	h.x.Ways.Add(int64(h.x.Ways.Len()+1), t, v...)
}

// tags makes sorted tags from keys and values in turn.
func tags(text ...string) osm.Tags {
	var t osm.Tags
	for i := 0; i < len(text); i += 2 {
		t = append(t, osm.Tag{Key: text[i], Value: text[i+1]})
	}
	return t
}

var center = geo.Point{Lon: 101.778, Lat: 36.617}

func near(dx, dy float64) geo.Point { return geo.Point{Lon: center.Lon + dx, Lat: center.Lat + dy} }

func square(half float64) []geo.Point {
	return []geo.Point{near(-half, -half), near(half, -half), near(half, half), near(-half, half), near(-half, -half)}
}

func town() *osm.Extract {
	var h hand
	h.way(tags("highway", "primary", "name", "五四大街", "name:en", "Wusi Avenue"), near(-.02, 0), near(.02, .0005))
	h.way(tags("highway", "residential"), near(0, -.01), near(0, .01))
	h.way(tags("highway", "steps"), near(.001, .001), near(.002, .002))
	h.way(tags("building", "yes"), square(.0003)...)
	h.way(tags("leisure", "park", "name", "人民公园"), square(.004)...)
	h.x.Points = append(h.x.Points, osm.Point{ID: 1, Tags: tags("name", "西宁市", "place", "city"), At: center.Fixed()})
	return &h.x
}

// at returns the tile of p.
func at(p geo.Point, z int) (x, y int) {
	n := math.Exp2(float64(z))
	lat := p.Lat * math.Pi / 180
	return int((p.Lon + 180) / 360 * n), int((1 - math.Asinh(math.Tan(lat))/math.Pi) / 2 * n)
}

func decode(t *testing.T, b []byte) map[string][]string {
	t.Helper()
	got := map[string][]string{}
	if b == nil {
		return got
	}
	layers, err := mvt.UnmarshalGzipped(b)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range layers {
		if l.Version != 2 {
			t.Errorf("layer %s has version %d, want 2", l.Name, l.Version)
		}
		for _, f := range l.Features {
			text := fmt.Sprint(f.Properties["class"])
			if name := f.Properties.MustString("name", ""); name != "" {
				text += " " + name
			}
			got[l.Name] = append(got[l.Name], text)
		}
		slices.Sort(got[l.Name])
	}
	return got
}

func TestWhatAZoomShows(t *testing.T) {
	base := tile.Build(town())
	for z, want := range map[int]map[string][]string{
		3:  {},
		6:  {"label": {"city 西宁市"}},
		8:  {"label": {"city 西宁市"}, "street": {"primary 五四大街"}},
		12: {"green": {"park"}, "label": {"city 西宁市"}, "street": {"minor", "primary 五四大街"}},
		14: {
			"green": {"park"}, "building": {"building"}, "label": {"city 西宁市", "landmark 人民公园"},
			"street": {"minor", "primary 五四大街", "steps"},
		},
	} {
		x, y := at(center, z)
		b, err := base.Tile(z, x, y)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, decode(t, b)); diff != "" {
			t.Errorf("zoom %d (-want +got):\n%s", z, diff)
		}
	}
}

func TestNamesAreSeparateAttributes(t *testing.T) {
	x, y := at(center, 14)
	b, err := tile.Build(town()).Tile(14, x, y)
	if err != nil {
		t.Fatal(err)
	}
	layers, err := mvt.UnmarshalGzipped(b)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range layers {
		for _, f := range l.Features {
			if f.Properties["name"] == "五四大街" && f.Properties["name_en"] == "Wusi Avenue" {
				return
			}
		}
	}
	t.Error("no street with name and name_en")
}

func TestTilesOutsideAreEmpty(t *testing.T) {
	base := tile.Build(town())
	for _, c := range [][3]int{{14, 0, 0}, {15, 1, 1}, {-1, 0, 0}, {3, 8, 0}, {3, 0, -1}} {
		if b, err := base.Tile(c[0], c[1], c[2]); b != nil || err != nil {
			t.Errorf("tile %v = %d bytes, %v; want none", c, len(b), err)
		}
	}
}

func TestSavedMapDrawsTheSame(t *testing.T) {
	base := tile.Build(town())
	path := filepath.Join(t.TempDir(), "map")
	w, err := flat.Create(path, tile.Version)
	if err != nil {
		t.Fatal(err)
	}
	base.Save(w)
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	f, err := flat.Open(path, tile.Version)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := tile.Load(f)
	if err != nil {
		t.Fatal(err)
	}
	x, y := at(center, 14)
	want, _ := base.Tile(14, x, y)
	got, _ := loaded.Tile(14, x, y)
	if diff := cmp.Diff(decode(t, want), decode(t, got)); diff != "" || len(want) == 0 {
		t.Errorf("saved and loaded (-want +got):\n%s", diff)
	}
}

// Whatever is drawn, a tile's geometry stays inside the tile and its buffer,
// its outer rings turn one way, and its holes the other.
func TestGeometryStaysInsideTheTile(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var h hand
		offset := rapid.Float64Range(-.3, .3)
		spot := rapid.Custom(func(rt *rapid.T) geo.Point { return near(offset.Draw(rt, "dx"), offset.Draw(rt, "dy")) })
		for range rapid.IntRange(1, 6).Draw(rt, "ways") {
			line := rapid.SliceOfN(spot, 2, 12).Draw(rt, "line")
			if rapid.Bool().Draw(rt, "area") && len(line) > 3 {
				h.way(tags("natural", "water"), append(line, line[0])...)
			} else {
				h.way(tags("highway", "motorway"), line...)
			}
		}
		z := rapid.IntRange(5, tile.MaxZoom).Draw(rt, "z")
		x, y := at(center, z)
		b, err := tile.Build(&h.x).Tile(z, x, y)
		if err != nil {
			rt.Fatal(err)
		}
		if b == nil {
			return
		}
		layers, err := mvt.UnmarshalGzipped(b)
		if err != nil {
			rt.Fatal(err)
		}
		inside := orb.Bound{Min: orb.Point{-64, -64}, Max: orb.Point{4160, 4160}}
		for _, l := range layers {
			for _, f := range l.Features {
				if g := f.Geometry.Bound(); !inside.Contains(g.Min) || !inside.Contains(g.Max) {
					rt.Fatalf("%s reaches %v", l.Name, g)
				}
				if p, ok := f.Geometry.(orb.Polygon); ok && p[0].Orientation() != orb.CCW {
					rt.Fatalf("an outer ring turns the wrong way: %v", p)
				}
			}
		}
	})
}

func TestDotsThinOutFromAfar(t *testing.T) {
	var dots []tile.Dot
	for i := range 160_000 {
		p := geo.Point{Lon: 100 + float64(i%400)/100, Lat: 30 + float64(i/400)/100}
		dots = append(dots, tile.Dot{At: p, Attributes: map[string]any{"class": "standard"}})
	}
	x, y := at(geo.Point{Lon: 101, Lat: 31}, 5)
	b, err := tile.Encode("station", dots, 5, x, y)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(decode(t, b)["station"]); n == 0 || n > 130*130 || len(b) > 100_000 {
		t.Errorf("%d dots in %d bytes", n, len(b))
	}
	box := tile.Bounds(5, x, y)
	if !box.Contains(geo.Point{Lon: 101, Lat: 31}.Fixed()) || box.Contains(geo.Point{Lon: 80, Lat: 31}.Fixed()) {
		t.Errorf("Bounds = %v", box)
	}
}

// data returns the path of a file of real data, or skips.
func data(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("XIADU_DATA")
	if dir == "" {
		dir = "../../../../shared/data"
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no real data: %v (set XIADU_DATA to the folder that holds it)", err)
	}
	return path
}

func TestRealCities(t *testing.T) {
	for name, center := range map[string]geo.Point{
		"poa_osm.pbf":           {Lon: -51.2287, Lat: -30.0277},
		"nanjing-xinjiekou.osm": {Lon: 118.7840, Lat: 32.0440},
		"monaco.osm.pbf":        {Lon: 7.4246, Lat: 43.7384},
	} {
		t.Run(name, func(t *testing.T) {
			extract, err := osm.Read(t.Context(), data(t, name), nil)
			if err != nil {
				t.Fatal(err)
			}
			base := tile.Build(extract)
			for z := range tile.MaxZoom + 1 {
				cx, cy := at(center, z)
				for dx := -1; dx <= 1; dx++ {
					b, err := base.Tile(z, cx+dx, cy)
					if err != nil {
						t.Fatal(err)
					}
					got := decode(t, b)
					if dx == 0 && z >= 12 && len(got["street"]) == 0 {
						t.Errorf("zoom %d: no street in the middle of the city", z)
					}
					if dx == 0 {
						t.Logf("zoom %d: %d bytes, %d streets, %d buildings, %d labels", z, len(b), len(got["street"]), len(got["building"]), len(got["label"]))
					}
					if len(b) > 300_000 {
						t.Errorf("tile %d/%d/%d has %d bytes", z, cx+dx, cy, len(b))
					}
				}
			}
		})
	}
}
