package tile

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/osm"
)

// Monaco has its harbour and the open sea to the south-east.
func TestMonacoLiesBesideTheSea(t *testing.T) {
	dir := os.Getenv("XIADU_DATA")
	if dir == "" {
		dir = "../../../../shared/data"
	}
	path := filepath.Join(dir, "monaco.osm.pbf")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no real data: %v (set XIADU_DATA to the folder that holds it)", err)
	}
	x, err := osm.Read(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	water := seas(x, x.Box)
	wet := func(lon, lat float64) bool {
		in := false
		for _, sea := range water {
			for _, ring := range sea {
				in = in != osm.Inside(geo.Point{Lon: lon, Lat: lat}.Fixed(), ring)
			}
		}
		return in
	}
	for name, c := range map[string]struct {
		lon, lat float64
		wet      bool
	}{
		"the open sea": {7.4370, 43.7330, true}, "the harbour": {7.4255, 43.7350, true},
		"the casino": {7.4282, 43.7393, false}, "the palace": {7.4203, 43.7314, false}, "the station": {7.4190, 43.7385, false},
	} {
		if got := wet(c.lon, c.lat); got != c.wet {
			t.Errorf("%s: wet %v, want %v", name, got, c.wet)
		}
	}
}
