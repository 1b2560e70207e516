package figures

import (
	"math"

	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/selection"
)

// MissingFigures are the people whom a plan of every candidate would leave without, in
// whole people whose rows add up: Groups, Others and Short are All.
type MissingFigures struct {
	All    int64
	Groups []MissingGroup // the largest of those who reach nothing in these hours
	Others int64          // who reach nothing either
	Short  int64          // who reach some, but too few at some of the hours
}

// MissingGroup is a group and how many are in it.
type MissingGroup struct {
	GapFigures
	People int64
}

// OfMissing makes figures of whom no plan helps, with so many of the groups.
func OfMissing(c *city.City, m selection.Missing, groups int) MissingFigures {
	f := MissingFigures{All: int64(math.Round(m.All.Float())), Short: int64(math.Round(m.Short.Float()))}
	f.Others = f.All - f.Short
	for _, g := range OfGaps(c, m.Gaps[:min(groups, len(m.Gaps))]) {
		people := min(int64(math.Round(g.Demand)), f.Others)
		f.Groups = append(f.Groups, MissingGroup{g, people})
		f.Others -= people
	}
	return f
}
