package geo_test

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/geo"
)

// A grid finds what measuring to each point finds, wherever it is asked from.
func TestGridFindsWhatMeasuringToEveryPointFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wide := rapid.SampledFrom([]int32{0, 3, 5_000, 3_000_000, 400_000_000}).Draw(t, "width")
		spot := rapid.Custom(func(t *rapid.T) geo.Fixed {
			return geo.Fixed{Lon: 1_000_000_000 + rapid.Int32Range(-wide, wide).Draw(t, "lon"), Lat: 300_000_000 + rapid.Int32Range(-wide, wide).Draw(t, "lat")}
		})
		at := rapid.SliceOfN(spot, 0, 60).Draw(t, "points")
		has := make([]uint64, len(at))
		for i := range has {
			has[i] = rapid.Uint64Range(0, 7).Draw(t, "has")
		}
		g := geo.NewGrid(at, has)
		for range 5 {
			from, k, all := spot.Draw(t, "from"), rapid.IntRange(1, 8).Draw(t, "k"), rapid.Uint64Range(0, 7).Draw(t, "all")
			if rapid.Bool().Draw(t, "beside") {
				from.Lon -= 2*wide + 7
			}
			pl := geo.PlaneAt(from.Point().Lat)
			var want []geo.Near
			for i, p := range at {
				if east, north := pl.Vector(from, p); has[i]&all == all {
					want = append(want, geo.Near{Metres2: east*east + north*north, Item: uint32(i)})
				}
			}
			slices.SortFunc(want, func(a, b geo.Near) int { return cmp.Or(cmp.Compare(a.Metres2, b.Metres2), cmp.Compare(a.Item, b.Item)) })
			want = want[:min(len(want), k)]
			got := g.Nearest([]geo.Near{{Metres2: math.Inf(-1)}}, from, k, all)
			if !slices.Equal(got[1:], want) {
				t.Fatalf("%d of %b from %v are %v, want %v", k, all, from, got[1:], want)
			}
		}
	})
}
