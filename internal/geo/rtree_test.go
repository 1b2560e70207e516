package geo_test

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/geo"
)

// What NearWithin visits is what lies within the bound, nearest first; a bound
// that shrinks to the nearest leaves only that, and what is as near.
func TestNearWithinIsASortedScan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		coord := rapid.Int32Range(-200_000, 200_000) // two kilometres about 0, 0
		at := make([]geo.Fixed, rapid.IntRange(0, 60).Draw(t, "count"))
		boxes := make([]geo.Box, len(at))
		for i := range at {
			at[i] = geo.Fixed{Lon: coord.Draw(t, "lon"), Lat: coord.Draw(t, "lat")}
			boxes[i] = geo.BoxOf(at[i])
		}
		from := geo.Fixed{Lon: coord.Draw(t, "from lon"), Lat: coord.Draw(t, "from lat")}
		bound := rapid.Float64Range(0, 3000).Draw(t, "bound")
		metres := func(i uint32) float64 { return geo.Distance(from.Point(), at[i].Point()) }
		var all []uint32
		for i := range uint32(len(at)) {
			if metres(i) <= bound {
				all = append(all, i)
			}
		}
		slices.SortFunc(all, func(a, b uint32) int { return cmp.Compare(metres(a), metres(b)) })
		tree := geo.NewRTree(boxes)
		var got []uint32
		tree.NearWithin(from, bound, func(i uint32, m float64) float64 {
			if d := metres(i); m < d-0.01 || m > d+0.01 {
				t.Fatalf("item %d is %.3f m away, not %.3f", i, d, m)
			}
			got = append(got, i)
			return bound
		})
		if d := len(all) - len(got); d < -1 || d > 1 { // one may lie on the bound to a millimetre
			t.Fatalf("%v of %v", got, all)
		}
		for k := 1; k < len(got); k++ {
			if metres(got[k]) < metres(got[k-1])-0.01 {
				t.Fatalf("%v is not in order", got)
			}
		}
		visits := 0
		tree.NearWithin(from, bound, func(i uint32, m float64) float64 {
			if visits++; m > metres(all[0])+0.01 {
				t.Fatalf("item %d at %.1f m was visited beyond the nearest, at %.1f m", i, m, metres(all[0]))
			}
			return m
		})
		if (visits == 0) != (len(got) == 0) {
			t.Fatalf("%d visits where %d are near", visits, len(got))
		}
	})
}
