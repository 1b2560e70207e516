package osm

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/paulmach/osm"
	"github.com/paulmach/osm/osmpbf"
)

// realFile returns a file of real data, or skips the test.
func realFile(tb testing.TB, name string) string {
	tb.Helper()
	dir := os.Getenv("XIADU_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		tb.Skipf("real data is not here (set XIADU_DATA to its folder): %v", err)
	}
	return path
}

func TestNanjing(t *testing.T) {
	x, err := Read(t.Context(), realFile(t, "nanjing-xinjiekou.osm"), nil)
	if err != nil {
		t.Fatal(err)
	}
	streets, buildings, banks := map[int64]bool{}, map[int64]bool{}, 0
	for _, w := range x.Ways {
		if w.Tags.Get("highway") != "" {
			streets[w.ID] = true
		}
		if w.Tags.Get("building") != "" {
			buildings[w.ID] = true
		}
		if w.Tags.Is("amenity", "bank") {
			banks++
		}
	}
	for _, p := range x.Points {
		if p.Tags.Is("amenity", "bank") {
			banks++
		}
	}
	if len(streets) != 384 || len(buildings) < 1200 || banks != 22 {
		t.Errorf("%d streets, %d buildings, %d banks; want 384, about 1278 and 22", len(streets), len(buildings), banks)
	}
	checkExtract(t, x)
}

// The library that everyone uses must find the same in the same file.
func TestAgreesWithOsmpbf(t *testing.T) {
	for _, name := range []string{"monaco.osm.pbf", "poa_osm.pbf"} {
		x, err := Read(t.Context(), realFile(t, name), nil)
		if err != nil {
			t.Fatal(err)
		}
		checkExtract(t, x)
		lines := map[int64]int{}
		for _, w := range x.Ways {
			lines[w.ID] += len(w.Vertices)
		}
		f, err := os.Open(realFile(t, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		scanner := osmpbf.New(t.Context(), f, runtime.GOMAXPROCS(0))
		defer scanner.Close()
		at, seen := map[osm.NodeID]*osm.Node{}, 0
		for scanner.Scan() {
			switch o := scanner.Object().(type) {
			case *osm.Node:
				at[o.ID] = o
			case *osm.Way:
				if o.Tags.Find("highway") == "" || len(o.Nodes) < 2 {
					continue
				}
				known := 0
				for i, n := range o.Nodes {
					if at[n.ID] != nil && (i == 0 || o.Nodes[i-1].ID != n.ID) {
						known++
					}
				}
				if seen++; lines[int64(o.ID)] > known || lines[int64(o.ID)] < known-2 {
					t.Errorf("%s: street %d has %d vertices, want %d", name, o.ID, lines[int64(o.ID)], known)
				}
			}
		}
		if scanner.Err() != nil || seen < 1000 {
			t.Fatalf("%s: %d streets, error %v", name, seen, scanner.Err())
		}
		for i, id := range x.IDs {
			if n := at[osm.NodeID(id)]; n == nil || abs(n.Lon-x.At[i].Point().Lon) > 6e-8 || abs(n.Lat-x.At[i].Point().Lat) > 6e-8 {
				t.Fatalf("%s: node %d at %v, want %v", name, id, x.At[i], n)
			}
		}
		t.Logf("%s: %d ways, %d multipolygons, %d points, %d vertices, %v %v", name, len(x.Ways), len(x.Relations), len(x.Points), len(x.At), x.Box, x.Source)
		for _, w := range x.Warnings {
			t.Log(w.Text().EN)
		}
	}
}

func abs(v float64) float64 { return max(v, -v) }

func BenchmarkRead(b *testing.B) {
	path := realFile(b, "poa_osm.pbf")
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	for b.Loop() {
		if _, err := Read(b.Context(), path, nil); err != nil {
			b.Fatal(err)
		}
	}
}
