package geo_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/geo"
)

func TestDatumRoundTripIsBelowACentimetre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := geo.Point{
			Lon: rapid.Float64Range(73.5, 135).Draw(t, "lon"),
			Lat: rapid.Float64Range(18, 53.5).Draw(t, "lat"),
		}
		for _, d := range []geo.Datum{geo.WGS84, geo.GCJ02, geo.BD09} {
			out := d.FromWGS84(p)
			if back := d.ToWGS84(out); geo.Distance(p, back) > 0.01 {
				t.Fatalf("%v: %v came back as %v, %.3f m away", d, p, back, geo.Distance(p, back))
			}
			if d != geo.WGS84 && geo.Distance(p, out) < 50 {
				t.Fatalf("%v left %v where it was", d, p)
			}
		}
	})
}

// Tiananmen's flagpole, as the common conversion tools give it.
func TestDatumKnownPlaces(t *testing.T) {
	wgs := geo.Point{Lon: 116.3913, Lat: 39.9075}
	for _, c := range []struct {
		datum geo.Datum
		want  geo.Point
	}{
		{geo.GCJ02, geo.Point{Lon: 116.39754, Lat: 39.90890}},
		{geo.BD09, geo.Point{Lon: 116.40391, Lat: 39.91524}},
	} {
		if got := c.datum.FromWGS84(wgs); geo.Distance(got, c.want) > 5 {
			t.Errorf("%v of %v = %v, want %v", c.datum, wgs, got, c.want)
		}
	}
	abroad := geo.Point{Lon: -51.2, Lat: -30.03}
	if got := geo.BD09.FromWGS84(abroad); got != abroad {
		t.Errorf("BD-09 moved a point outside China: %v", got)
	}
}

func TestParseDatum(t *testing.T) {
	for in, want := range map[string]geo.Datum{"": geo.WGS84, "gcj-02": geo.GCJ02, "高德": geo.GCJ02, "bd09ll": geo.BD09, "CGCS2000": geo.WGS84} {
		if got, err := geo.ParseDatum(in); err != nil || got != want {
			t.Errorf("ParseDatum(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
	if _, err := geo.ParseDatum("beijing54"); err == nil {
		t.Error("an unknown datum was accepted")
	}
}

func TestPlaneAgreesWithGreatCircle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := geo.Point{Lon: rapid.Float64Range(100, 103).Draw(t, "lon"), Lat: rapid.Float64Range(-60, 60).Draw(t, "lat")}
		b := geo.Point{Lon: a.Lon + rapid.Float64Range(-.02, .02).Draw(t, "dlon"), Lat: a.Lat + rapid.Float64Range(-.02, .02).Draw(t, "dlat")}
		east, north := geo.PlaneAt((a.Lat+b.Lat)/2).Vector(a.Fixed(), b.Fixed())
		if got, want := math.Hypot(east, north), geo.Distance(a, b); math.Abs(got-want) > 0.05+want*1e-4 {
			t.Fatalf("%v to %v: plane %.3f m, great circle %.3f m", a, b, got, want)
		}
	})
}

func drawBoxes(t *rapid.T) []geo.Box {
	coord := rapid.Int32Range(-2000, 2000)
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) geo.Box {
		return geo.BoxOf(geo.Fixed{Lon: coord.Draw(t, "x"), Lat: coord.Draw(t, "y")}, geo.Fixed{Lon: coord.Draw(t, "x"), Lat: coord.Draw(t, "y")})
	}), 0, 700).Draw(t, "boxes")
}

func TestRTreeSearchFindsWhatAScanFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		boxes := drawBoxes(t)
		tree := geo.NewRTree(boxes)
		if rapid.Bool().Draw(t, "in order already") {
			tree = geo.PackRTree(slices.Clone(boxes))
		}
		if !tree.Valid(len(boxes)) {
			t.Fatalf("a tree of %d boxes is not valid", len(boxes))
		}
		q := geo.BoxOf(geo.Fixed{Lon: -300, Lat: -200}, geo.Fixed{Lon: rapid.Int32Range(-300, 2000).Draw(t, "e"), Lat: 500})
		got := map[uint32]int{}
		tree.Search(q, func(i uint32) bool { got[i]++; return true })
		for i, b := range boxes {
			if want := b.Intersects(q); want != (got[uint32(i)] == 1) {
				t.Fatalf("box %d %v in %v: want %v, found %d times", i, b, q, want, got[uint32(i)])
			}
		}
	})
}

func TestRTreeNearComesInOrderAndWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		boxes := drawBoxes(t)
		last, seen := -1.0, map[uint32]bool{}
		geo.NewRTree(boxes).Near(geo.Fixed{Lon: 17, Lat: -5}, func(i uint32, m float64) bool {
			if m < last {
				t.Fatalf("item %d at %.2f m came after %.2f m", i, m, last)
			}
			last, seen[i] = m, true
			return true
		})
		if len(seen) != len(boxes) {
			t.Fatalf("saw %d of %d boxes", len(seen), len(boxes))
		}
	})
}

func TestRTreeOfOneItemKnowsItsDistance(t *testing.T) {
	tree := geo.NewRTree([]geo.Box{geo.BoxOf(geo.Point{Lon: 1, Lat: 0}.Fixed())})
	tree.Near(geo.Point{}.Fixed(), func(_ uint32, metres float64) bool {
		if math.Abs(metres-111195) > 10 {
			t.Errorf("%.0f m", metres)
		}
		return true
	})
}
