package insight

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xiadu/xiadu/internal/geo"
)

// Clusters are those that comparing each with each finds, however dense the points are.
func TestNearIsAsComparingAll(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	for range 60 {
		all := make([]placed, r.IntN(60))
		for i := range all {
			all[i] = placed{Code: fmt.Sprintf("P%02d", i), Lat: 36.6 + r.Float64()*0.03, Lon: 101.7 + r.Float64()*0.03}
		}
		slices.SortFunc(all, func(a, b placed) int {
			if a.Lat < b.Lat {
				return -1
			}
			return 1
		})
		got := near(all)
		slices.SortFunc(got, slices.Compare)
		if diff := cmp.Diff(plainNear(all), got); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
}

// plainNear grows each group until nothing is near it any more.
func plainNear(all []placed) (groups [][]string) {
	left := slices.Clone(all)
	for len(left) > 0 {
		group := left[:1:1]
		left = left[1:]
		for grown := true; grown; {
			grown = false
			for i, p := range left {
				if slices.ContainsFunc(group, func(q placed) bool { return geo.Distance(p.at(), q.at()) <= Within }) {
					group, grown = append(group, p), true
					left = slices.Delete(slices.Clone(left), i, i+1)
					break
				}
			}
		}
		if len(group) >= LeastCluster {
			var codes []string
			for _, p := range group {
				codes = append(codes, p.Code)
			}
			slices.Sort(codes)
			groups = append(groups, codes)
		}
	}
	slices.SortFunc(groups, slices.Compare)
	return groups
}

// Two late of fifty and one of fifty are the same; thirty of fifty are not.
func TestBeside(t *testing.T) {
	for _, c := range []struct{ late, problems, want int }{{2, 50, 0}, {1, 50, 0}, {30, 50, 1}, {0, 20, 0}, {0, 500, -1}} {
		if got := (Unit{Late: c.late, Problems: c.problems}).Beside(0.05); got != c.want {
			t.Errorf("%d of %d: %d, want %d", c.late, c.problems, got, c.want)
		}
	}
}
