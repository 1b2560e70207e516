package atlas_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/atlas"
)

// town is two crossing streets with what stands along them.
const town = `<?xml version="1.0"?>
<osm version="0.6" generator="hand"><bounds minlon="101.7" minlat="36.6" maxlon="101.71" maxlat="36.61"/>
<node id="1" lon="101.700" lat="36.605"/><node id="2" lon="101.705" lat="36.605"/><node id="3" lon="101.710" lat="36.605"/>
<node id="4" lon="101.705" lat="36.600"/><node id="5" lon="101.705" lat="36.610"/>
<node id="6" lon="101.7050" lat="36.6060"/><node id="7" lon="101.7056" lat="36.6060"/>
<node id="8" lon="101.7056" lat="36.6066"/><node id="9" lon="101.7050" lat="36.6066"/>
<node id="10" lon="101.7055" lat="36.6061"/><node id="11" lon="101.7055" lat="36.6066"/>
<node id="20" lon="101.701" lat="36.6051"><tag k="amenity" v="bank"/><tag k="name" v="工商银行莫家街支行"/><tag k="name:en" v="ICBC Mojia Street"/><tag k="opening_hours" v="Mo-Su 09:00-17:00"/><tag k="phone" v="0971-1234567"/></node>
<node id="21" lon="101.709" lat="36.6051"><tag k="amenity" v="toilets"/></node>
<node id="22" lon="101.708" lat="36.6051"><tag k="addr:street" v="莫家街"/><tag k="addr:housenumber" v="12"/></node>
<node id="23" lon="101.702" lat="36.6052"><tag k="amenity" v="cafe"/><tag k="name" v="Café Müller"/></node>
<node id="24" lon="101.703" lat="36.6052"><tag k="shop" v="supermarket"/><tag k="name" v="重庆超市"/></node>
<way id="100"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/><tag k="name" v="莫家街"/><tag k="oneway" v="yes"/></way>
<way id="101"><nd ref="4"/><nd ref="2"/><nd ref="5"/><tag k="highway" v="secondary"/><tag k="name" v="长江路"/></way>
<way id="102"><nd ref="6"/><nd ref="7"/><nd ref="8"/><nd ref="11"/><nd ref="10"/><nd ref="9"/><nd ref="6"/><tag k="building" v="yes"/><tag k="amenity" v="post_office"/><tag k="name" v="中国邮政"/></way>
</osm>`

func write(tb testing.TB, name string, data []byte) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

func imported(t *testing.T, src string) (*atlas.Atlas, atlas.Report) {
	t.Helper()
	dst := filepath.Join(t.TempDir(), "city.atlas")
	report, err := atlas.Import(t.Context(), src, dst, atlas.Options{Title: "西宁"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, err := atlas.Open(dst)
	if err != nil {
		t.Fatal(err)
	}
	return a, report
}

func TestImportAndOpen(t *testing.T) {
	a, report := imported(t, write(t, "town.osm", []byte(town)))
	if a.Walk.Nodes() != 5 || a.Walk.Arcs() != 8 || !a.Walk.Symmetric() {
		t.Errorf("walking: %d nodes, %d arcs", a.Walk.Nodes(), a.Walk.Arcs())
	}
	if a.Ebike.Nodes() != 5 || a.Ebike.Arcs() != 6 {
		t.Errorf("e-bike: %d nodes, %d arcs, want the one-way street once", a.Ebike.Nodes(), a.Ebike.Arcs())
	}
	if _, share := report.Walk.LargestShare(); report.Walk.Pieces != 1 || share < 0.999 || report.Places != a.Places.Len() || report.Bytes == 0 {
		t.Errorf("report %+v", report)
	}
	want := atlas.Info{
		Source: "town.osm", Title: "西宁", Attribution: "© OpenStreetMap contributors",
		Box: geo.Box{West: 1017000000, South: 366000000, East: 1017100000, North: 366100000}, WalkKmh: 4.8, EbikeKmh: 15, Hash: a.Info.Hash,
	}
	if diff := cmp.Diff(want, a.Info); diff != "" || a.Info.Hash == "" {
		t.Errorf("info (-want +got):\n%s", diff)
	}
	if again, _ := imported(t, write(t, "town.osm", []byte(town))); again.Info.Hash != a.Info.Hash {
		t.Errorf("the same extract gave %s and %s", a.Info.Hash, again.Info.Hash)
	}
}

func TestSchematicIsCarried(t *testing.T) {
	a, _ := imported(t, write(t, "demo.osm", []byte(strings.Replace(town, `"hand"`, `"xiadu schematic"`, 1))))
	if !a.Info.Schematic || a.Info.Attribution != "" {
		t.Errorf("info %+v", a.Info)
	}
}

func TestPlacesOfAKind(t *testing.T) {
	a, _ := imported(t, write(t, "town.osm", []byte(town)))
	got := slices.Collect(a.Places.Of("amenity=bank", "amenity=toilets", "amenity=post_office"))
	if len(got) != 3 || got[0].Ref != "n20" || got[1].Name != "" || got[2].Ref != "w102" {
		t.Fatalf("places %v", got)
	}
	if got[0].Tags.Get("opening_hours") == "" || got[0].Tags.Get("phone") != "" {
		t.Errorf("tags %v", got[0].Tags)
	}
	// The post office is an L whose middle lies outside it.
	if at := got[2].At; at.Lon > 101.7055 && at.Lat > 36.6061 || at.Lon < 101.705 || at.Lat < 36.606 {
		t.Errorf("post office at %v, outside its walls", at)
	}
}

func TestSearch(t *testing.T) {
	a, _ := imported(t, write(t, "town.osm", []byte(town)))
	near := geo.Point{Lon: 101.705, Lat: 36.605}
	for query, want := range map[string]string{
		"莫家街":         "莫家街",
		"莫家":          "莫家街",
		"工商":          "工商银行莫家街支行",
		"莫家街 工商":      "工商银行莫家街支行",
		"mojia icbc":  "工商银行莫家街支行",
		"ＩＣＢＣ":        "工商银行莫家街支行",
		"mjj":         "莫家街",
		"mojiajie":    "莫家街",
		"gsyh":        "工商银行莫家街支行",
		"cqcs":        "重庆超市",
		"zqcs":        "重庆超市",
		"chongqing":   "重庆超市",
		"cafe muller": "Café Müller",
		"莫家街12号":      "莫家街12号",
		"邮政":          "中国邮政",
		"火车站":         "",
		"   ":         "",
	} {
		got := a.Places.Search(query, near, 5)
		switch {
		case want == "" && len(got) > 0:
			t.Errorf("%q found %v", query, got)
		case want != "" && (len(got) == 0 || got[0].Name != want):
			t.Errorf("%q found %v, want %s first", query, got, want)
		}
	}
	if got := a.Places.Search("莫家街", near, 1); len(got) != 1 {
		t.Errorf("limit 1 gave %d", len(got))
	}
}

func TestImportLeavesNothingHalfDone(t *testing.T) {
	src := write(t, "town.osm", []byte(town))
	bad := write(t, "cut.osm", []byte(town[:len(town)/2]))
	nowhere := write(t, "nowhere.osm", []byte(`<osm><node id="1" lon="1" lat="1"/></osm>`))
	dir := t.TempDir()
	dst := filepath.Join(dir, "city.atlas")
	if err := os.WriteFile(dst, []byte("the old one"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		src  string
		stop atlas.Step // cancel when this step begins
		kind fault.Kind
	}{
		"cut short":          {bad, 0, fault.Invalid},
		"no streets":         {nowhere, 0, fault.Invalid},
		"no file":            {src + "x", 0, fault.NotFound},
		"onto itself":        {dst, 0, fault.Invalid},
		"cancelled reading":  {src, atlas.Reading, 0},
		"cancelled building": {src, atlas.Walking, 0},
		"cancelled drawing":  {src, atlas.Drawing, 0},
		"cancelled placing":  {src, atlas.Placing, 0},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := atlas.Import(ctx, c.src, dst, atlas.Options{}, func(s atlas.Step, _, _ int64) {
			if s == c.stop {
				cancel()
			}
		})
		cancel()
		if c.stop != 0 && !errors.Is(err, context.Canceled) || fault.KindOf(err) != c.kind {
			t.Errorf("%s: error %v", name, err)
		}
		left, err := os.ReadDir(dir)
		if old, _ := os.ReadFile(dst); err != nil || len(left) != 1 || string(old) != "the old one" {
			t.Errorf("%s: left %v, %q", name, left, old)
		}
	}
	if _, err := atlas.Import(t.Context(), src, filepath.Join(dir, "no", "such", "city.atlas"), atlas.Options{}, nil); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// townAtlas imports the town and returns its file and what is in it.
func townAtlas(t *testing.T) (file string, content []byte) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "city.atlas")
	if _, err := atlas.Import(t.Context(), write(t, "town.osm", []byte(town)), file, atlas.Options{}, nil); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return file, content
}

func TestDamagedAtlasIsRefused(t *testing.T) {
	dst, whole := townAtlas(t)
	random := rand.New(rand.NewPCG(7, 7))
	for range 200 {
		data := bytes.Clone(whole)
		if random.IntN(2) == 0 {
			data = data[:random.IntN(len(data))]
		} else {
			data[random.IntN(len(data))] ^= 1 << random.IntN(8)
		}
		a, err := atlas.Open(write(t, "bad.atlas", data))
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("error %v", err)
			}
			continue
		}
		// Only the gaps between sections may differ without anyone minding.
		if a.Places.Len() == 0 || a.Walk.Nodes() != 5 {
			t.Fatal("a damaged atlas opened")
		}
	}
	if _, err := atlas.Open(dst + "x"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("absent: %v", err)
	}
}

// Whatever byte of whatever section is changed, the file is refused.
func TestEverySectionIsGuarded(t *testing.T) {
	_, whole := townAtlas(t)
	var table struct {
		Sections map[string]struct{ Offset, Bytes int }
	}
	start := binary.LittleEndian.Uint64(whole[8:])
	if err := json.Unmarshal(whole[start:], &table); err != nil || len(table.Sections) < 40 {
		t.Fatalf("%d sections, %v", len(table.Sections), err)
	}
	places := map[string]int{"magic": 0, "start": 8, "length": 16, "sum": 20, "table": int(start) + 5, "end": len(whole) - 1}
	for name, s := range table.Sections {
		if s.Bytes > 0 {
			places[name], places[name+", middle"], places[name+", end"] = s.Offset, s.Offset+s.Bytes/2, s.Offset+s.Bytes-1
		}
	}
	for name, at := range places {
		for _, bits := range []byte{0x01, 0x80, 0xFF} {
			bad := bytes.Clone(whole)
			bad[at] ^= bits
			if _, err := atlas.Open(write(t, "bad.atlas", bad)); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s, byte %d xor %x: %v", name, at, bits, err)
			}
		}
	}
}

func TestStepsAreTimed(t *testing.T) {
	var seconds atomic.Int64 // parts are made side by side and all ask the clock
	report, err := atlas.Import(t.Context(), write(t, "town.osm", []byte(town)), filepath.Join(t.TempDir(), "a"), atlas.Options{
		Now: func() time.Time { return time.Unix(seconds.Add(1), 0) },
	}, nil)
	if err != nil || len(report.Steps) != 7 {
		t.Fatalf("steps %v, error %v", report.Steps, err)
	}
	for _, s := range report.Steps {
		if s.Took < time.Second || s.Step.Text().ZH == "" {
			t.Errorf("step %v", s)
		}
	}
}

// FuzzImport mutates a small extract: whatever becomes of it, the import makes
// a whole atlas or none.
func FuzzImport(f *testing.F) {
	f.Add(uint64(1), 1, []byte(town))
	f.Add(uint64(2), 9, []byte(town))
	f.Fuzz(func(t *testing.T, seed uint64, changes int, data []byte) {
		if len(data) == 0 {
			return
		}
		data = bytes.Clone(data)
		random := rand.New(rand.NewPCG(seed, 0))
		for range min(max(changes, 0), 20) {
			data[random.IntN(len(data))] = town[random.IntN(len(town))]
		}
		dir := t.TempDir()
		dst := filepath.Join(dir, "city.atlas")
		_, err := atlas.Import(t.Context(), write(t, "fuzz.osm", data), dst, atlas.Options{}, nil)
		left, _ := os.ReadDir(dir)
		if err != nil {
			if fault.KindOf(err) == 0 || len(left) != 0 {
				t.Fatalf("error %v, left %v", err, left)
			}
			return
		}
		a, err := atlas.Open(dst)
		if err != nil || len(left) != 1 {
			t.Fatalf("error %v, left %v", err, left)
		}
		for i := range a.Places.Len() {
			a.Places.Search(a.Places.At(i).Name, a.Places.At(i).At, 3)
		}
	})
}

func TestRealCities(t *testing.T) {
	dir := os.Getenv("XIADU_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	for _, c := range []struct {
		file, search, found string
		banks               int
		share               [2]float64 // of the nodes that hang together on foot
	}{
		{"nanjing-xinjiekou.osm", "xjk", "新街口", 22, [2]float64{0.75, 0.86}},
		{"poa_osm.pbf", "praca da alfandega", "Praça da Alfândega", 1, [2]float64{0.975, 0.995}},
		{"monaco.osm.pbf", "casino", "Casino", 10, [2]float64{0.94, 0.99}},
	} {
		path := filepath.Join(dir, c.file)
		if _, err := os.Stat(path); err != nil {
			t.Skipf("real data is not here (set XIADU_DATA to its folder): %v", err)
		}
		a, report := imported(t, path)
		nodes, length := report.Walk.LargestShare()
		t.Logf("%s: %d places, %d features, %d kB, largest piece %.1f %% of nodes and %.1f %% of length of %d pieces",
			c.file, report.Places, report.MapFeatures, report.Bytes/1000, 100*nodes, 100*length, report.Walk.Pieces)
		if nodes < c.share[0] || nodes > c.share[1] {
			t.Errorf("%s: %.3f of the nodes are in the largest piece, want %v", c.file, nodes, c.share)
		}
		banks := 0
		for range a.Places.Of("amenity=bank") {
			banks++
		}
		if banks < c.banks || c.file[0] == 'n' && banks != c.banks {
			t.Errorf("%s: %d banks, want %d", c.file, banks, c.banks)
		}
		got := a.Places.Search(c.search, a.Info.Box.Center().Point(), 8)
		if !slices.ContainsFunc(got, func(p atlas.Place) bool { return strings.Contains(p.Name, c.found) }) {
			t.Errorf("%s: %q found %v", c.file, c.search, got)
		}
		for i := range a.Places.Len() {
			if p := a.Places.At(i); !p.At.Valid() || p.Kind == "" {
				t.Fatalf("%s: place %v", c.file, p)
			}
		}
	}
}

// The parts of an import are made side by side, and the file is the same bytes
// whichever is done first.
func TestImportIsTheSameEachTime(t *testing.T) {
	src := filepath.Join(t.TempDir(), "town.osm")
	if err := os.WriteFile(src, []byte(town), 0o600); err != nil {
		t.Fatal(err)
	}
	var first []byte
	for range 50 {
		dst := filepath.Join(t.TempDir(), "city.streets")
		if _, err := atlas.Import(t.Context(), src, dst, atlas.Options{}, nil); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(dst)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = data
		}
		if !bytes.Equal(first, data) {
			t.Fatal("another import of the same extract wrote other bytes")
		}
	}
}
