package geo_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/xiadu/xiadu/internal/geo"
)

func ring(points ...[2]int32) geo.Ring {
	var r geo.Ring
	for _, p := range append(points, points[0]) {
		r = append(r, geo.Fixed{Lon: p[0], Lat: p[1]})
	}
	return r
}

// square100 is a square with a square hole.
var square100 = geo.Shape{{ring([2]int32{0, 0}, [2]int32{100, 0}, [2]int32{100, 100}, [2]int32{0, 100}), ring([2]int32{40, 40}, [2]int32{40, 60}, [2]int32{60, 60}, [2]int32{60, 40})}}

func TestFenceContains(t *testing.T) {
	f := geo.NewFence(square100)
	for _, c := range []struct {
		lon, lat int32
		in       bool
	}{{10, 10, true}, {50, 50, false}, {41, 50, false}, {39, 50, true}, {101, 50, false}, {-1, 50, false}, {50, 101, false}, {99, 99, true}} {
		if got := f.Contains(geo.Fixed{Lon: c.lon, Lat: c.lat}); got != c.in {
			t.Errorf("%d,%d: %v", c.lon, c.lat, got)
		}
	}
}

// TestFencesShareNobody lays a square out in triangles with common corners:
// every point, on edges and corners too, is in exactly one of them.
func TestFencesShareNobody(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		middle := [2]int32{1 + chance.Int32N(19), 1 + chance.Int32N(19)}
		corners := [][2]int32{{0, 0}, {20, 0}, {20, 20}, {0, 20}}
		whole := geo.NewFence(geo.Shape{{ring(corners...)}})
		var parts []*geo.Fence
		for i := range corners {
			parts = append(parts, geo.NewFence(geo.Shape{{ring(corners[i], corners[(i+1)%4], middle)}}))
		}
		for lon := int32(-1); lon <= 21; lon++ {
			for lat := int32(-1); lat <= 21; lat++ {
				p, in := geo.Fixed{Lon: lon, Lat: lat}, 0
				for _, f := range parts {
					if f.Contains(p) {
						in++
					}
				}
				if want := map[bool]int{true: 1}[whole.Contains(p)]; in != want {
					t.Fatalf("%v with the middle at %v is in %d parts, not in %d", p, middle, in, want)
				}
			}
		}
	}
}

func TestFenceCrossing(t *testing.T) {
	for name, c := range map[string]struct {
		shape   geo.Shape
		crosses bool
	}{
		"square with a hole": {square100, false},
		"bow tie":            {geo.Shape{{ring([2]int32{0, 0}, [2]int32{10, 10}, [2]int32{10, 0}, [2]int32{0, 10})}}, true},
		"there and back":     {geo.Shape{{ring([2]int32{0, 0}, [2]int32{10, 0}, [2]int32{10, 10}, [2]int32{10, 0}, [2]int32{5, -5})}}, true},
		"hole through wall":  {geo.Shape{{square100[0][0], ring([2]int32{50, 50}, [2]int32{150, 50}, [2]int32{60, 70})}}, true},
		"two that overlap":   {geo.Shape{{square100[0][0]}, {ring([2]int32{90, 90}, [2]int32{190, 90}, [2]int32{190, 190})}}, true},
		"touching corners":   {geo.Shape{{square100[0][0]}, {ring([2]int32{100, 100}, [2]int32{190, 100}, [2]int32{190, 190})}}, false},
	} {
		at, crosses := geo.NewFence(c.shape).Crossing()
		if crosses != c.crosses || crosses && !c.shape.Box().Contains(at) {
			t.Errorf("%s: %v %v", name, at, crosses)
		}
	}
}

func TestShapeInside(t *testing.T) {
	horseshoe := geo.Shape{{ring([2]int32{0, 0}, [2]int32{100, 0}, [2]int32{100, 100}, [2]int32{90, 100}, [2]int32{90, 10}, [2]int32{10, 10}, [2]int32{10, 100}, [2]int32{0, 100})}}
	for _, s := range []geo.Shape{square100, horseshoe} {
		if p := s.Inside(); !geo.NewFence(s).Contains(p) {
			t.Errorf("%v is not inside", p)
		}
	}
}

func TestShapeSquareMetres(t *testing.T) {
	const side = 10_000_000 / 100 // a hundredth of a degree
	s := geo.Shape{{ring([2]int32{0, 0}, [2]int32{side, 0}, [2]int32{side, side}, [2]int32{0, side}), ring([2]int32{1000, 1000}, [2]int32{1000, side / 2}, [2]int32{side / 2, side / 2}, [2]int32{side / 2, 1000})}}
	half := 1.0 - math.Pow((side/2-1000)/float64(side), 2)
	if got, want := s.SquareMetres(), 1111.95*1111.95*half; math.Abs(got-want) > want/1000 {
		t.Errorf("%.0f m², want %.0f", got, want)
	}
}
