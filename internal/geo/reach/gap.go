package reach

import (
	"cmp"
	"math"
	"slices"

	"github.com/xiadu/xiadu/internal/geo"
)

// Gap is a group of neighbouring cells without a station, no larger than what
// one station could mend.
type Gap struct {
	Weight      Weight
	Unreachable Weight    // the part of Weight that no street comes near
	Center      geo.Point // of the people, not of the area
	Cells       []int32   // indexes, ascending
}

// neighbourShare is how far neighbours are apart at most, as a multiple of the
// usual distance between cells: above the diagonal of a square grid, below the
// second ring of a hexagonal one.
const neighbourShare = 1.5

// Gaps groups the cells whose people reach fewer than times stations, and
// returns the gaps with the most people first, at most limit. A gap grows from
// the cell with the most people that is in none yet, over neighbours, as far as
// the budget goes in a straight line: at night the whole city may lack a station,
// and that is many places to act, not one. Cells are neighbours when they lie
// about as close as cells of this grid do: the grid is not asked for, it is the
// median distance to the nearest other cell. Cells where nobody is belong to no
// gap.
func Gaps(cells []Cell, c Coverage, times, limit int) []Gap {
	if len(cells) == 0 {
		return nil
	}
	boxes := make([]geo.Box, len(cells))
	for i, cell := range cells {
		boxes[i] = geo.BoxOf(cell.At.Fixed())
	}
	tree := geo.NewRTree(boxes)
	reachM := neighbourShare * spacing(cells, tree)
	open := make([]bool, len(cells)) // a cell of a gap that is in no group yet
	var seeds []int32
	for i, cell := range cells {
		if int(c.Counts[i]) < times && cell.Weight > 0 {
			open[i] = true
			seeds = append(seeds, int32(i))
		}
	}
	slices.SortFunc(seeds, func(a, b int32) int {
		return cmp.Or(cmp.Compare(cells[b].Weight, cells[a].Weight), cmp.Compare(a, b))
	})
	var gaps []Gap
	for _, i := range seeds {
		if open[i] {
			gaps = append(gaps, gather(cells, tree, reachM, float64(c.Budget)/10, i, open))
		}
	}
	slices.SortStableFunc(gaps, func(a, b Gap) int { return cmp.Compare(b.Weight, a.Weight) })
	return gaps[:min(len(gaps), max(limit, 0))]
}

// gather collects the open cells that are connected to the first by steps of at
// most reachM and lie within radiusM of it, and closes them.
func gather(cells []Cell, tree geo.RTree, reachM, radiusM float64, first int32, open []bool) Gap {
	g := Gap{Cells: []int32{first}}
	open[first] = false
	middle := cells[first].At
	for next := 0; next < len(g.Cells); next++ {
		at := cells[g.Cells[next]].At
		tree.NearWithin(at.Fixed(), reachM, func(i uint32, _ float64) float64 {
			if open[i] && geo.Distance(middle, cells[i].At) <= radiusM {
				open[i] = false
				g.Cells = append(g.Cells, int32(i))
			}
			return reachM
		})
	}
	slices.Sort(g.Cells)
	for _, i := range g.Cells {
		cell := cells[i]
		g.Weight += cell.Weight
		if !cell.OnStreet {
			g.Unreachable += cell.Weight
		}
		g.Center.Lon += cell.At.Lon * float64(cell.Weight)
		g.Center.Lat += cell.At.Lat * float64(cell.Weight)
	}
	g.Center = geo.Point{Lon: g.Center.Lon / float64(g.Weight), Lat: g.Center.Lat / float64(g.Weight)}
	return g
}

// spacing is the median distance from a cell to the nearest other, in metres,
// over at most a thousand cells spread through the list.
func spacing(cells []Cell, tree geo.RTree) float64 {
	const sample = 1000
	step := (len(cells) + sample - 1) / sample
	var distances []float64
	for i := 0; i < len(cells); i += step {
		tree.Near(cells[i].At.Fixed(), func(_ uint32, metres float64) bool {
			if metres == 0 {
				return true // itself, or another at the very place
			}
			distances = append(distances, metres)
			return false
		})
	}
	if len(distances) == 0 {
		return 0
	}
	slices.Sort(distances)
	return math.Max(1, distances[len(distances)/2])
}
