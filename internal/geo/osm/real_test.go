package osm

import (
	"os"
	"path/filepath"
	"testing"
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
	for w := range eachWay(x) {
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

// The counts are those of the data's own description and of an independent
// reader of the format.
func TestPBF(t *testing.T) {
	for _, c := range []struct {
		name              string
		streets, vertices int
		year              int
	}{
		{"poa_osm.pbf", 15886, 42122, 2020},
		{"monaco.osm.pbf", 2924, 178076, 2016}, // 1,097 of them only in administrative borders
	} {
		x, err := Read(t.Context(), realFile(t, c.name), nil)
		if err != nil {
			t.Fatal(err)
		}
		checkExtract(t, x)
		streets := map[int64]bool{}
		for w := range eachWay(x) {
			if w.Tags.Get("highway") != "" {
				streets[w.ID] = true
			}
		}
		if len(streets) != c.streets || len(x.At) != c.vertices || x.Source.Date.Year() != c.year {
			t.Errorf("%s: %d streets, %d vertices, of %v; want %d, %d, %d", c.name, len(streets), len(x.At), x.Source.Date, c.streets, c.vertices, c.year)
		}
	}
}

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
