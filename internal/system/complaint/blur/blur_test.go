package blur_test

import (
	"bytes"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/complaint/blur"
)

var key = bytes.Repeat([]byte{7}, 32)

func made(t testing.TB, key []byte, people blur.People) *blur.Blur {
	t.Helper()
	b, err := blur.New(key, people)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func at(t interface{ Fatal(...any) }, b *blur.Blur, p geo.Point) geo.Point {
	shown, err := b.At(p)
	if err != nil {
		t.Fatal(err)
	}
	return shown
}

// few live in the west of a line through Xining, many in the east.
func few(b geo.Box) int {
	if b.Center().Point().Lon < 101.7 {
		return 3
	}
	return 800
}

var places = rapid.Custom(func(t *rapid.T) geo.Point {
	return geo.Point{Lon: rapid.Float64Range(101.5, 101.9).Draw(t, "lon"), Lat: rapid.Float64Range(36.4, 36.8).Draw(t, "lat")}
})

// Thirty letters about one gate are one point.
func TestThirtyLettersAreOnePoint(t *testing.T) {
	b := made(t, key, nil)
	rapid.Check(t, func(t *rapid.T) {
		gate := places.Draw(t, "gate")
		shown := map[geo.Point]bool{}
		for range 30 {
			shown[at(t, b, gate)] = true
		}
		if len(shown) != 1 {
			t.Fatalf("%v is shown as %v", gate, shown)
		}
	})
}

// Everywhere in a cell is one point, and cells are as large as they are said to be: along a
// line of 10 km there are some fifty, and not one for each place.
func TestOutputDependsOnTheCellOnly(t *testing.T) {
	b := made(t, key, nil)
	shown := map[geo.Point]int{}
	const steps = 10_000
	for i := range steps {
		shown[at(t, b, geo.Point{Lon: 101.8, Lat: 36.6 + float64(i)*10_000/steps/111_195})]++
	}
	if len(shown) < 50 || len(shown) > 52 {
		t.Errorf("a line of 10 km has %d points", len(shown))
	}
	for p, n := range shown {
		if n > 202 {
			t.Errorf("%v stands for %d m", p, n)
		}
	}
}

func TestDisplacementIsBounded(t *testing.T) {
	b := made(t, key, few)
	rapid.Check(t, func(t *rapid.T) {
		p := places.Draw(t, "place")
		if d, most := geo.Distance(p, at(t, b, p)), b.Reach(p); d > most || most > 7000 {
			t.Fatalf("%v moved by %.0f m of %.0f", p, d, most)
		}
	})
	// Where many live a point is near enough to be of use.
	if r := b.Reach(geo.Point{Lon: 101.85, Lat: 36.6}); r > 450 {
		t.Errorf("within the city a point is off by up to %.0f m", r)
	}
	if r := b.Reach(geo.Point{Lon: 101.55, Lat: 36.6}); r < 6000 {
		t.Errorf("where few live a point is off by %.0f m at most", r)
	}
}

// Where the shown points lie in relation to the places has no direction, and another key shows
// others: from what is shown nothing follows without the key.
func TestMovedByTheKey(t *testing.T) {
	one, other := made(t, key, nil), made(t, bytes.Repeat([]byte{8}, 32), nil)
	var east, north float64
	same, n := 0, 0
	for lon := 101.5; lon < 101.9; lon += 0.01 {
		for lat := 36.4; lat < 36.8; lat += 0.01 {
			p := geo.Point{Lon: lon, Lat: lat}
			a, b := at(t, one, p), at(t, other, p)
			if a == b {
				same++
			}
			e, m := geo.PlaneAt(lat).Vector(p.Fixed(), a.Fixed())
			east, north, n = east+e, north+m, n+1
		}
	}
	if same > 0 {
		t.Errorf("%d points are the same under another key", same)
	}
	if math.Abs(east/float64(n)) > 15 || math.Abs(north/float64(n)) > 15 {
		t.Errorf("the points lie %.0f m east and %.0f m north of their places", east/float64(n), north/float64(n))
	}
}

// No cell that stands alone has few people, and none is what is left of a larger one.
func TestNoPointMeansFewPeople(t *testing.T) {
	crowd := func(b geo.Box) int { // a village: many in one small part, nobody around
		if b.Contains(geo.Point{Lon: 101.62, Lat: 36.6}.Fixed()) {
			return 500
		}
		return 0
	}
	b := made(t, key, crowd)
	shown := map[geo.Point]bool{}
	for x := -9; x <= 9; x++ {
		for y := -9; y <= 9; y++ {
			shown[at(t, b, geo.Point{Lon: 101.62 + float64(x)*0.001, Lat: 36.6 + float64(y)*0.001})] = true
		}
	}
	if len(shown) > 4 {
		t.Errorf("a village alone has %d points", len(shown))
	}
}

func TestRefused(t *testing.T) {
	if _, err := blur.New([]byte("short"), nil); err == nil {
		t.Error("a short key was taken")
	}
	for _, p := range []geo.Point{{Lon: math.NaN()}, {Lat: 91}} {
		if _, err := made(t, key, nil).At(p); err == nil {
			t.Errorf("%v was shown", p)
		}
	}
}
