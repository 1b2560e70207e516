package osm

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
)

// town has a street, a square with a hole as a multipolygon, a bank, and each
// kind of flaw once.
func town() drawing {
	at := func(id int64, x, y float64) drawnNode {
		return drawnNode{id: id, lon: 101.7 + x/1000, lat: 36.6 + y/1000}
	}
	bank := at(9, 5, 5)
	bank.tags = map[string]string{"amenity": "bank", "name": "工商银行", "phone": "0971-1234567"}
	return drawing{
		nodes: []drawnNode{
			at(1, 0, 0), at(2, 1, 0), at(3, 2, 0), at(4, 2, 2), at(5, 0, 2),
			at(11, 0.5, 0.5), at(12, 1, 0.5), at(13, 1, 1), bank,
		},
		ways: []drawnWay{
			{100, []int64{1, 2, 3, 77, 4, 5}, map[string]string{"highway": "residential", "name": "莫家街", "source": "survey"}},
			{101, []int64{1, 3, 4}, nil},
			{102, []int64{4, 5, 1}, map[string]string{"barrier": "fence"}},
			{103, []int64{11, 12, 13, 11}, nil},
			{104, []int64{3}, map[string]string{"highway": "path"}},
			{105, []int64{1, 4}, map[string]string{"power": "line"}},
		},
		relations: []drawnRelation{{7, []int64{101, 102}, []int64{103}, map[string]string{"type": "multipolygon", "place": "square", "name": "中心广场"}}},
	}
}

func mustRead(t *testing.T, data []byte) *Extract {
	t.Helper()
	x, err := read(t.Context(), bytes.NewReader(data), "town", int64(len(data)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestBothFormatsGiveTheSame(t *testing.T) {
	d := town()
	want := mustRead(t, d.xml())
	ignore := cmp.Options{cmpopts.IgnoreFields(Source{}, "Format", "Bytes"), cmp.AllowUnexported(Ways{}, wayRow{})}
	if diff := cmp.Diff(want, mustRead(t, d.pbf()), ignore); diff != "" {
		t.Errorf("xml against pbf:\n%s", diff)
	}
	d.waysFirst = true
	for _, data := range [][]byte{d.xml(), d.pbf()} {
		if diff := cmp.Diff(want, mustRead(t, data), ignore); diff != "" {
			t.Errorf("nodes first against ways first:\n%s", diff)
		}
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write(d.xml())
	_ = z.Close()
	if diff := cmp.Diff(want, mustRead(t, zipped.Bytes()), ignore); diff != "" {
		t.Errorf("plain against gzip:\n%s", diff)
	}
}

func TestWhatIsKept(t *testing.T) {
	x := mustRead(t, town().xml())
	if x.Ways.Len() != 2 || x.Ways.At(0).ID != 100 || x.Ways.At(1).ID != 100 {
		t.Fatalf("want street 100 cut in two at its missing node, got %v", slices.Collect(eachWay(x)))
	}
	if got, want := x.Ways.At(0).Tags, (Tags{{"highway", "residential"}, {"name", "莫家街"}}); !cmp.Equal(got, want) {
		t.Errorf("tags %v, want %v", got, want)
	}
	if got, want := x.Line(x.Ways.At(1).Vertices), []geo.Fixed{{Lon: 1017020000, Lat: 366020000}, {Lon: 1017000000, Lat: 366020000}}; !cmp.Equal(got, want) {
		t.Errorf("second piece %v, want %v", got, want)
	}
	if len(x.Points) != 1 || x.Points[0].Tags.Get("phone") != "" || x.Points[0].Tags.Get("amenity") != "bank" {
		t.Errorf("points %v", x.Points)
	}
	if len(x.Relations) != 1 || len(x.Relations[0].Polygons) != 1 || len(x.Relations[0].Polygons[0]) != 2 {
		t.Fatalf("want one square with one hole, got %v", x.Relations)
	}
	if outer := x.Relations[0].Polygons[0][0]; len(outer) != 5 || outer[0] != outer[4] {
		t.Errorf("outline %v is not the ring of four corners", outer)
	}
	want := []Warning{{MissingNodes, 1, 77}, {ShortWays, 1, 104}, {Unsorted, 1, 9}}
	if diff := cmp.Diff(want, x.Warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	for _, w := range x.Warnings {
		if w.Text().ZH == "" || strings.Contains(w.Text().EN, "%!") {
			t.Errorf("warning reads %q", w.Text().EN)
		}
	}
	if x.Source.Date.Year() != 2021 || x.Source.Program != "hand" {
		t.Errorf("source %+v", x.Source)
	}
}

// A border that closes is kept beside the multipolygons; one that the extract
// cuts through is left out, and that is no flaw of the file.
func TestBorders(t *testing.T) {
	d := town()
	border := func(id int64, outer ...int64) drawnRelation {
		return drawnRelation{id, outer, nil, map[string]string{"type": "boundary", "boundary": "administrative", "admin_level": "8", "name": "仁智街道"}}
	}
	d.ways[2].tags = nil
	before := mustRead(t, d.xml())
	d.relations = append(d.relations, border(8, 101, 102), border(9, 101, 102, 999), border(10, 101), border(11, 999))
	for _, data := range [][]byte{d.xml(), d.pbf()} {
		x := mustRead(t, data)
		if len(x.Borders) != 1 || x.Borders[0].ID != 8 || len(x.Borders[0].Polygons) != 1 || x.Borders[0].Tags.Get("name") != "仁智街道" {
			t.Errorf("borders %v", x.Borders)
		}
		if diff := cmp.Diff(before.Warnings, x.Warnings) + cmp.Diff(before.Relations, x.Relations); diff != "" {
			t.Errorf("borders changed what else was read:\n%s", diff)
		}
	}
}

func TestLaterDuplicateCounts(t *testing.T) {
	d := town()
	d.nodes = append(d.nodes, drawnNode{id: 2, lon: 101.75, lat: 36.65})
	d.ways = append(d.ways, drawnWay{100, []int64{1, 2}, map[string]string{"highway": "steps"}})
	for _, data := range [][]byte{d.xml(), d.pbf()} {
		x := mustRead(t, data)
		if x.Ways.Len() != 1 || x.Ways.At(0).Tags.Get("highway") != "steps" {
			t.Fatalf("ways %v", slices.Collect(eachWay(x)))
		}
		if got := x.At[x.Ways.At(0).Vertices[1]]; got != (geo.Fixed{Lon: 1017500000, Lat: 366500000}) {
			t.Errorf("node 2 is at %v", got)
		}
		count := map[WarningKind]int{}
		for _, w := range x.Warnings {
			count[w.Kind] = w.Count
		}
		if count[DuplicateNodes] != 1 || count[DuplicateWays] != 1 {
			t.Errorf("warnings %v", x.Warnings)
		}
	}
}

func TestUnusableFilesSayWhyAndWhere(t *testing.T) {
	xml, pbf := town().xml(), town().pbf()
	noise := make([]byte, 4096)
	for i := range noise {
		noise[i] = byte(rand.New(rand.NewPCG(1, uint64(i))).Uint32())
	}
	for name, c := range map[string]struct {
		data []byte
		say  string
	}{
		"empty":          {nil, "empty"},
		"page.osm.pbf":   {[]byte("<!DOCTYPE html><html><body>404</body></html>"), "web page"},
		"other.xml":      {[]byte("<gpx></gpx>"), "<gpx>"},
		"map.geojson":    {[]byte(`{"type":"FeatureCollection"}`), "GeoJSON"},
		"archive.zip":    {[]byte("PK\x03\x04rest"), "ZIP"},
		"noise":          {noise, "neither PBF nor XML"},
		"cut.osm":        {xml[:len(xml)/2], "breaks off"},
		"cut.osm.pbf":    {pbf[:len(pbf)-10], "breaks off here"},
		"cut in length":  {append(bytes.Clone(pbf), 0, 0), "breaks off here"},
		"nodeless":       {[]byte("<osm></osm>"), "not one node"},
		"diff.osc":       {[]byte("<osmChange></osmChange>"), "file of changes"},
		"bad number":     {[]byte(`<osm><node id="x"/></osm>`), "line 1"},
		"huge tag":       {append([]byte(`<osm><node id="1" lat="`), bytes.Repeat([]byte("1"), 2<<20)...), "malformed"},
		"gzip of noise":  {append([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0}, noise...), "compressed data is damaged"},
		"bzip2 of noise": {append([]byte("BZh9"), noise...), "compressed data is damaged"},
		"bad block":      {flip(pbf, len(pbf)-20), "does not inflate"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(t.Context(), bytes.NewReader(c.data), name, int64(len(c.data)), nil)
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("error %v is no fault.Invalid", err)
			}
			en, _ := fault.In(lang.EN, err)
			if !strings.Contains(en, c.say) || !strings.Contains(en, name) {
				t.Errorf("message %q does not name the file and %q", en, c.say)
			}
			if zh, _ := fault.In(lang.ZH, err); strings.Contains(zh, "%!") || !strings.Contains(zh, "重新") {
				t.Errorf("message %q", zh)
			}
		})
	}
}

func flip(data []byte, i int) []byte {
	out := bytes.Clone(data)
	out[i] ^= 0xff
	return out
}

func TestReadStopsWhenCancelled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "town.osm")
	if err := os.WriteFile(path, town().xml(), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ctx, path, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want cancelled", err)
	}
	if _, err := Read(t.Context(), path+"x", nil); fault.KindOf(err) != fault.NotFound {
		t.Errorf("error %v, want not found", err)
	}
}

// A file whose every block inflates a thousandfold must be refused early.
func TestBombIsRefused(t *testing.T) {
	bomb := append(town().pbf(), blobBytes("OSMData", make([]byte, 31<<20))...)
	if _, err := read(t.Context(), bytes.NewReader(bomb), "bomb", int64(len(bomb)), nil); fault.KindOf(err) != fault.Invalid {
		t.Errorf("error %v", err)
	}
}

func FuzzRead(f *testing.F) {
	d := town()
	f.Add(d.xml())
	f.Add(d.pbf())
	d.waysFirst = true
	f.Add(d.xml())
	f.Add(d.pbf())
	for _, part := range []string{
		`<way id="5"><nd ref="1" lat="1" lon="1"/><nd ref="2" lat="1" lon="2"/><tag k="highway" v="path"/></way>`,
		`<way id="5" version="2" visible="false"/><node id="2" visible="false"/>`,
		`<relation id="7"><member type="way" ref="5" role="outer"><nd lat="1" lon="1"/><nd/></member><tag k="type" v="multipolygon"/><tag k="natural" v="water"/></relation>`,
		`<remark>runtime error: timed out</remark>`, `<action type="delete"/>`,
	} {
		f.Add(document(corners, part))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := read(t.Context(), bytes.NewReader(data), "fuzz", int64(len(data)), nil)
		if err != nil {
			if fault.KindOf(err) == 0 {
				t.Fatalf("error without a message for the user: %v", err)
			}
			if strings.Contains(err.Error(), "panic") {
				t.Fatal(err)
			}
			return
		}
		checkExtract(t, x)
	})
}

// FuzzBlock goes past the compression, which random bytes seldom survive.
func FuzzBlock(f *testing.F) {
	d := town()
	for _, framed := range [][]byte{d.pbfNodes(), d.pbfOthers()} {
		b, err := nextBlob(newReader(framed), 1)
		if err != nil {
			f.Fatal(err)
		}
		var in inflater
		raw, err := in.inflate(b)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(bytes.Clone(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var k block
		if b, ok := k.parse(raw); ok {
			c := &collector{}
			c.add(b)
			x, err := c.extract(Source{}, geo.Nothing)
			if err != nil {
				t.Fatal(err)
			}
			checkExtract(t, x)
		}
	})
}

// eachWay goes through the ways of x.
func eachWay(x *Extract) iter.Seq[Way] {
	return func(yield func(Way) bool) {
		for i := range x.Ways.Len() {
			if !yield(x.Ways.At(i)) {
				return
			}
		}
	}
}

// checkExtract fails unless everything in x is in order and within bounds.
func checkExtract(t *testing.T, x *Extract) {
	t.Helper()
	for i, at := range x.At {
		if !at.Point().Valid() {
			t.Fatalf("vertex %d at %v", i, at)
		}
	}
	for i, p := range x.Points {
		if i > 0 && x.Points[i-1].ID >= p.ID {
			t.Fatalf("points out of order at %d", i)
		}
		if p.Vertex != NoVertex && int(p.Vertex) >= len(x.At) {
			t.Fatalf("point %d is vertex %d of %d", p.ID, p.Vertex, len(x.At))
		}
	}
	for a := range x.Areas() {
		for _, p := range a.Polygons {
			for _, ring := range p {
				if len(ring) < 4 || ring[0] != ring[len(ring)-1] {
					t.Fatalf("area %d has ring %v", a.ID, ring)
				}
				x.Line(ring)
			}
		}
	}
	for w := range eachWay(x) {
		if len(w.Vertices) < 2 {
			t.Fatalf("way %d has %v", w.ID, w.Vertices)
		}
		x.Line(w.Vertices)
	}
}
