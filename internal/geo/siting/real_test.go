package siting_test

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/siting"
)

// TestSanFrancisco solves the instances of 16 stores and 205 census tracts that
// come with the covering literature's software, and holds the answers against the
// optima in exact_cbc.csv and against every plan there is.
func TestSanFrancisco(t *testing.T) {
	dir := os.Getenv("XIADU_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	dir = filepath.Join(dir, "mclp")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the San Francisco instances are not at %s: name the folder of real data in XIADU_DATA", dir)
	}
	solved := 0
	distances := table(t, filepath.Join(dir, "SF_network_distance_candidateStore_16_censusTract_205_new.csv"))
	for _, row := range table(t, filepath.Join(dir, "exact_cbc.csv")) {
		radius, _ := strconv.ParseFloat(row["radius"], 64)
		sites, _ := strconv.Atoi(row["p"])
		p := sanFrancisco(distances, radius)
		q := siting.Question{Sites: &sites}
		want, _ := best(p, &q)
		s, err := siting.Solve(context.Background(), p, q, siting.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if total, _ := strconv.Atoi(row["total_demand"]); s.Total != int64(total) {
			t.Errorf("the total is %d, not %d", s.Total, total)
		}
		if !s.Proven || s.Value != want {
			t.Errorf("%v m, %d sites: %d (bound %d), but the best covers %d", radius, sites, s.Value, s.Bound, want)
		}
		if published, err := strconv.ParseFloat(row["covered_demand"], 64); err != nil || float64(s.Value) != published {
			t.Errorf("%v m, %d sites: %d, but the published optimum is %s", radius, sites, s.Value, row["covered_demand"])
		}
		solved++
	}
	if solved < 6 {
		t.Errorf("only %d instances were held against", solved)
	}
}

func table(t *testing.T, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, line := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func sanFrancisco(distances []map[string]string, radius float64) *siting.Problem {
	p := &siting.Problem{Weights: [][]reach.Weight{nil}}
	stores, tracts := map[string]int{}, map[string]int32{}
	for _, row := range distances {
		metres, _ := strconv.ParseFloat(row["distance"], 64)
		people, _ := strconv.Atoi(row["demand"])
		i, ok := tracts[row["DestinationName"]]
		if !ok {
			i = int32(len(tracts))
			tracts[row["DestinationName"]] = i
			p.Weights[0] = append(p.Weights[0], reach.Weight(people))
		}
		j, ok := stores[row["name"]]
		if !ok {
			j = len(stores)
			stores[row["name"]] = j
			p.Sites = append(p.Sites, siting.Site{})
		}
		if metres <= radius {
			p.Sites[j].Cells = append(p.Sites[j].Cells, i)
		}
	}
	for j := range p.Sites {
		slices.Sort(p.Sites[j].Cells)
	}
	return p
}
