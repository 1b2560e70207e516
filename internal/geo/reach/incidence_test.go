package reach_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
)

func onStreets(t *rapid.T, snaps []road.Snap, name string) []bool {
	return rapid.SliceOfN(rapid.Bool(), len(snaps), len(snaps)).Draw(t, name)
}

func TestIncidenceIsBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, true)
		people, stations := w.drawSnaps(t, 0, 12, "people"), w.drawSnaps(t, 0, 8, "stations")
		there, open := onStreets(t, people, "people on streets"), onStreets(t, stations, "stations on streets")
		budget := rapid.Uint32Range(0, 12_000).Draw(t, "budget")
		var want [][]int32
		pairs := 0
		for j, s := range stations {
			list := []int32{}
			for i, p := range people {
				if there[i] && open[j] && w.streets(p, s) != never && w.streets(p, s)+doors(p, s) <= budget {
					list = append(list, int32(i))
				}
			}
			want, pairs = append(want, list), pairs+len(list)
		}
		places := reach.NewPlaces(w.Graph, people, there)
		if pairs > 0 {
			if _, ok := incideAll(places, stations, open, budget, pairs-1); ok {
				t.Fatal("more pairs than were allowed")
			}
		}
		x, ok := incideAll(places, stations, open, budget, pairs)
		if !ok || x.Stations() != len(stations) || x.Entries() != pairs {
			t.Fatalf("%d pairs, %v, want %d", x.Entries(), ok, pairs)
		}
		for j, list := range want {
			if !slices.Equal(x.Of(j), list) {
				t.Fatalf("station %d is reached by %v, want %v", j, x.Of(j), list)
			}
		}
	})
}

// Stations come and go in any order; the tally knows what counting anew finds.
func TestTallyIsCountingAnew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const cells, stations = 10, 6
		weights := [2][]reach.Weight{}
		for v := range weights {
			for range cells {
				weights[v] = append(weights[v], reach.Weight(rapid.IntRange(0, 5000).Draw(t, "weight")))
			}
		}
		var lists [stations][]int32
		for s := range lists {
			for c := range int32(cells) {
				if rapid.Bool().Draw(t, "reaches") {
					lists[s] = append(lists[s], c)
				}
			}
		}
		times := rapid.IntRange(1, 4).Draw(t, "times")
		tally := reach.NewTally(times, weights[0], weights[1])
		var open [stations]bool
		for range rapid.IntRange(0, 20).Draw(t, "changes") {
			s := rapid.IntRange(0, stations-1).Draw(t, "station")
			if open[s] = !open[s]; open[s] {
				tally.Add(lists[s])
			} else {
				tally.Remove(lists[s])
			}
		}
		var counts [cells]int
		for s, list := range lists {
			for _, c := range list {
				if open[s] {
					counts[c]++
				}
			}
		}
		for v := range weights {
			for k := range times + 1 {
				var want reach.Weight
				for c, count := range counts {
					if count >= k {
						want += weights[v][c]
					}
				}
				if got := tally.AtLeast(v)[k]; got != want {
					t.Fatalf("by weighting %d, %v have %d or more, want %v", v, got, k, want)
				}
			}
		}
		for c, count := range tally.Counts() {
			if int(count) != min(counts[c], times) {
				t.Fatalf("cell %d counts %d, want %d", c, count, counts[c])
			}
		}
	})
}

// In a batch, some of it in lanes, stations are reached by the same places as one
// by one; and a larger budget loses none.
func TestIncidenceIsOneByOne(t *testing.T) {
	g := lattice(t, 60)
	stations, at := scatter(g, 700), scatter(g, 900)
	for i := range stations {
		stations[i].OffM = float64(i%7) * 31.4
	}
	for i := range at {
		at[i].OffM = float64(i%5) * 200
	}
	all := slices.Repeat([]bool{true}, 900)
	places := reach.NewPlaces(g, at, all)
	around := reach.NewAround(places)
	smaller, _ := incideAll(places, stations, all[:700], 4000, math.MaxInt32)
	for _, budget := range []uint32{12_000, 65_534, 65_535} {
		pairs, ok := incideAll(places, stations, all[:700], budget, math.MaxInt32)
		if !ok {
			t.Fatal("there are more pairs than fit")
		}
		for i, s := range stations {
			if want := around.Append(nil, s, budget); !slices.Equal(pairs.Of(i), want) {
				t.Fatalf("budget %d: station %d is reached by %v in the batch, by %v alone", budget, i, pairs.Of(i), want)
			}
			for _, place := range smaller.Of(i) {
				if _, ok := slices.BinarySearch(pairs.Of(i), place); !ok {
					t.Fatalf("place %d reaches station %d within 4000 and not within %d", place, i, budget)
				}
			}
		}
		if _, ok := incideAll(places, stations, all[:700], budget, pairs.Entries()-1); ok {
			t.Errorf("budget %d: %d pairs are not more than one fewer", budget, pairs.Entries())
		}
	}
}
