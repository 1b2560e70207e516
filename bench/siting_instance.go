package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/geo/siting"
)

// sitingInstance is a maximal covering problem: candidates and demand at random
// junctions, weights of 1 to 100, a quarter of an hour on foot.
type sitingInstance struct {
	name     string
	problem  siting.Problem
	question siting.Question
	pairs    int
}

// sitingSizes are the instances' candidates, cells of demand and sites to open.
// D lies on the metropolis, whose copies of the city are towns with nothing
// between them, so that a candidate reaches little; the others on the city.
var sitingSizes = map[string]struct {
	candidates, cells, sites int
	seed                     uint64
	metropolis               bool
}{
	"A": {500, 5_000, 20, 1, false},
	"B": {1_000, 20_000, 50, 2, false},
	"C": {2_000, 20_000, 100, 3, false},
	"D": {5_000, 50_000, 100, 4, true},
	"E": {5_000, 37_000, 100, 5, false},
}

func (in *inputs) sitingInstance(ctx context.Context, name string) (*sitingInstance, error) {
	size := sitingSizes[name]
	open := in.openCity
	if size.metropolis {
		open = in.openMetropolis
	}
	a, err := open(ctx)
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(size.seed, 15))
	sites := junctions(a, random, size.candidates)
	cells := junctions(a, random, size.cells)
	places := reach.NewPlaces(a.Walk, cells, everywhere(len(cells)))
	who, err := reach.Incide(context.Background(), places, sites, everywhere(len(sites)), a.WalkProfile.Budget(15*time.Minute), 1<<28)
	if err != nil {
		return nil, fmt.Errorf("instance %s: %w", name, err)
	}
	x := &sitingInstance{name: name, question: siting.Question{Sites: &size.sites}, pairs: who.Entries()}
	weights := make([]reach.Weight, len(cells))
	for i := range weights {
		weights[i] = reach.Weight(1 + random.IntN(100))
	}
	x.problem.Weights = [][]reach.Weight{weights}
	for j := range sites {
		x.problem.Sites = append(x.problem.Sites, siting.Site{Cells: who.Of(j)})
	}
	return x, nil
}

// junctions draws count of them, none twice while there are enough.
func junctions(a *atlas.Atlas, random *rand.Rand, count int) []road.Snap {
	var all []road.Snap
	for len(all) < count {
		for _, n := range random.Perm(a.Walk.Nodes()) {
			if snap, ok := a.Walk.SnapNode(road.Node(n)); ok && len(all) < count {
				all = append(all, snap)
			}
		}
	}
	return all
}

func everywhere(n int) []bool { return slices.Repeat([]bool{true}, n) }

func (x *sitingInstance) String() string {
	return fmt.Sprintf("%d candidates, %d cells, %d pairs, %d sites", len(x.problem.Sites), len(x.problem.Weights[0]), x.pairs, *x.question.Sites)
}

// covered counts what a plan covers, without any of the solver.
func (x *sitingInstance) covered(plan []int32) int64 {
	seen := map[int32]bool{}
	sum := int64(0)
	for _, j := range plan {
		for _, i := range x.problem.Sites[j].Cells {
			if !seen[i] {
				seen[i] = true
				sum += int64(x.problem.Weights[0][i])
			}
		}
	}
	return sum
}

// exhaust returns the most that plan and up to more sites from the given one on can cover.
func (x *sitingInstance) exhaust(plan []int32, from, more int) int64 {
	best := x.covered(plan)
	if more == 0 {
		return best
	}
	for j := from; j < len(x.problem.Sites); j++ {
		best = max(best, x.exhaust(append(slices.Clone(plan), int32(j)), j+1, more-1))
	}
	return best
}

// readSanFrancisco reads who lives within a radius of which store, in metres
// along the streets.
func readSanFrancisco(dir string, radius float64) (*sitingInstance, error) {
	rows, err := readCSV(filepath.Join(dir, "SF_network_distance_candidateStore_16_censusTract_205_new.csv"))
	if err != nil {
		return nil, err
	}
	x := &sitingInstance{name: "San Francisco"}
	stores, tracts := map[string]int{}, map[string]int32{}
	var weights []reach.Weight
	for _, row := range rows {
		metres, err := strconv.ParseFloat(row["distance"], 64)
		if err != nil {
			return nil, err
		}
		people, err := strconv.ParseFloat(row["demand"], 64)
		if err != nil {
			return nil, err
		}
		i, ok := tracts[row["DestinationName"]]
		if !ok {
			i = int32(len(weights))
			tracts[row["DestinationName"]], weights = i, append(weights, reach.Weight(people))
		}
		j, ok := stores[row["name"]]
		if !ok {
			j = len(stores)
			stores[row["name"]], x.problem.Sites = j, append(x.problem.Sites, siting.Site{})
		}
		if s := &x.problem.Sites[j]; metres <= radius {
			s.Cells = append(s.Cells, i)
			x.pairs++
		}
	}
	for j := range x.problem.Sites {
		slices.Sort(x.problem.Sites[j].Cells)
	}
	x.problem.Weights = [][]reach.Weight{weights}
	return x, nil
}
