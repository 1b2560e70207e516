package insight

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/geo"
)

// Cluster is several problems of one kind close to one another: one source may be behind them.
type Cluster struct {
	Kind  string
	Codes []string // of the problems, in order
}

// Within is how near problems are to one another, in a chain, to be of one cluster, in metres, and LeastCluster how many
// they are at least.
const (
	Within       = 500.0
	LeastCluster = 3
	mostClusters = 20
)

type placed struct {
	Code  string  `db:"code"`
	Kinds string  `db:"kinds"`
	Lat   float64 `db:"lat"`
	Lon   float64 `db:"lon"`
}

func (p placed) at() geo.Point { return geo.Point{Lat: p.Lat, Lon: p.Lon} }

var placedOf = db.Declare[string, placed](`
	SELECT code, kinds, lat, lon FROM complaint_problem WHERE campaign = :campaign AND lat IS NOT NULL AND stage <> 'empty' ORDER BY lat, lon, code`)

// clusters finds them, the largest first.
func clusters(tx *db.Tx, campaign string) ([]Cluster, error) {
	of := map[string][]placed{}
	for p, err := range placedOf.Each(tx, campaign) {
		if err != nil {
			return nil, err
		}
		for kind := range strings.FieldsSeq(p.Kinds) {
			of[kind] = append(of[kind], p)
		}
	}
	var all []Cluster
	for kind, problems := range of {
		for _, codes := range near(problems) {
			all = append(all, Cluster{kind, codes})
		}
	}
	slices.SortFunc(all, func(a, b Cluster) int {
		return cmp.Or(cmp.Compare(len(b.Codes), len(a.Codes)), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Codes[0], b.Codes[0]))
	})
	return all[:min(len(all), mostClusters)], nil
}

// near chains problems that are near one another. They are in the order of their latitudes, so that each looks no
// further than as many degrees as Within is.
func near(problems []placed) (groups [][]string) {
	const metresOfDegree = 111_000
	leads := make([]int, len(problems))
	for i := range leads {
		leads[i] = i
	}
	root := func(i int) int {
		for leads[i] != i {
			leads[i] = leads[leads[i]]
			i = leads[i]
		}
		return i
	}
	for i, p := range problems {
		for j := i - 1; j >= 0 && math.Abs(p.Lat-problems[j].Lat)*metresOfDegree <= Within*1.01; j-- {
			if geo.Distance(p.at(), problems[j].at()) <= Within {
				leads[root(i)] = root(j)
			}
		}
	}
	by := map[int][]string{}
	for i, p := range problems {
		by[root(i)] = append(by[root(i)], p.Code)
	}
	for _, codes := range by {
		if len(codes) >= LeastCluster {
			slices.Sort(codes)
			groups = append(groups, codes)
		}
	}
	return groups
}
