package tile

import (
	"math/rand/v2"
	"testing"

	"github.com/xiadu/xiadu/internal/geo"
)

// The series gives what the formula gives; where that lies between two units of
// nine millimetres, either.
func TestProjectorProjects(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	var p projector
	apart := 0
	for range 100_000 {
		at := geo.Fixed{Lon: int32(random.Int64N(3_600_000_000) - 1_800_000_000), Lat: int32(random.Int64N(1_800_000_000) - 900_000_000)}
		for range 3 { // near each other, as the vertices of a street are
			got, want := p.fixed(at), project(at.Point())
			if dy := got.Lat - want.Lat; got.Lon != want.Lon || dy < -1 || dy > 1 {
				t.Fatalf("%v is at %v, want %v", at, got, want)
			} else if dy != 0 {
				apart++
			}
			at.Lat += int32(random.IntN(2000))
			at.Lat = min(at.Lat, 900_000_000)
		}
	}
	if apart > 100 {
		t.Errorf("%d of 300,000 are a unit off", apart)
	}
}
