package visit

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The order visits each place once, is no longer than going to the nearest each time, and on a few places hardly longer than the
// shortest there is.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 7).Draw(t, "n")
		var at [][2]float64
		for range n {
			at = append(at, [2]float64{rapid.Float64Range(0, 100).Draw(t, "x"), rapid.Float64Range(0, 100).Draw(t, "y")})
		}
		cost := make([][]float64, n)
		for i := range cost {
			for j := range n {
				dx, dy := at[i][0]-at[j][0], at[i][1]-at[j][1]
				if dx < 0 { // it is uphill to the east
					dx *= 1.2
				}
				cost[i] = append(cost[i], max(dx, -dx)+max(dy, -dy))
			}
		}
		got := order(cost)
		if sorted := slices.Sorted(slices.Values(got)); len(got) != n || slices.Compact(sorted)[n-1] != n-1 {
			t.Fatalf("%v is no order of %d places", got, n)
		}
		for start := range n {
			if near := length(nearest(cost, start), cost); length(got, cost) > near+least {
				t.Fatalf("%v takes %f, the nearest each time from %d %f", got, length(got, cost), start, near)
			}
		}
		best := shortest(cost)
		if length(got, cost) > 1.35*best+least {
			t.Fatalf("%v takes %f, the shortest %f", got, length(got, cost), best)
		}
	})
}

// shortest tries all orders.
func shortest(cost [][]float64) (best float64) {
	best = -1
	var all func(way, left []int)
	all = func(way, left []int) {
		if len(left) == 0 {
			if l := length(way, cost); best < 0 || l < best {
				best = l
			}
			return
		}
		for i := range left {
			rest := slices.Delete(slices.Clone(left), i, i+1)
			all(append(slices.Clone(way), left[i]), rest)
		}
	}
	var places []int
	for i := range cost {
		places = append(places, i)
	}
	all(nil, places)
	return best
}
