package reach

import (
	"cmp"
	"context"
	"slices"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/road"
)

const (
	// bandM is how far beside a reached street its area extends: the plots
	// that open onto it.
	bandM = 35
	// cellM is the grid that areas are drawn on. Its diagonal is below bandM, so
	// that nothing on a reached street falls between two grid points.
	cellM = 20
	// maxGridPoints bounds the memory of a drawing to 16 MB; where an area is
	// larger, the grid and the band grow coarser together.
	maxGridPoints = 4 << 20
	// holeM2 is the smallest hole that is drawn: a block's inner yard is not a
	// place that people cannot reach.
	holeM2 = 2500
)

// Areas returns, for each budget, the area from which people travel to one of
// the stations within it, to draw on a map.
//
// The area is everything within 35 m of the stretches of street that are within
// the budget, the reached part of an edge included, so it follows the streets
// and leaves a park or a river open. It is the contour of the distance to those
// stretches, taken on a grid of 20 m by marching squares and simplified by at
// most 4 m; where two parts of it would meet at a point they are kept apart. All
// budgets share one grid, and the smaller area lies within the larger but for
// those 4 m. Holes below 2,500 m² are filled, and a ferry's course is not drawn.
// An area too large for four million grid points is drawn more coarsely.
//
// The only error is ctx's, soon after its end.
func Areas(ctx context.Context, g *road.Graph, stations []road.Snap, budgets []uint32) ([]MultiPolygon, error) {
	areas := make([]MultiPolygon, len(budgets))
	order := make([]int, len(budgets))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(budgets[a], budgets[b]) })
	if len(order) == 0 {
		return areas, nil
	}
	r, err := newReached(ctx, g, stations, budgets[order[len(order)-1]])
	if err != nil {
		return nil, err
	}
	box := geo.Nothing
	r.each(nothing, int64(r.budget), func(line []geo.Fixed) { box = box.Union(geo.BoxOf(line...)) })
	if box.Empty() {
		return areas, nil
	}
	raster := newRaster(box)
	before := int64(nothing)
	for _, i := range order { // each budget adds to the one before
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		budget := int64(min(budgets[i], MaxBudget))
		r.each(before, budget, raster.draw)
		areas[i], before = raster.contour(), budget
	}
	return areas, nil
}

// nothing is the budget that reaches nothing, not even where a station is.
const nothing = -1

// reached is what lies within the largest budget of some stations.
type reached struct {
	graph    *road.Graph // turned round: outward from the stations
	stations []road.Snap
	budget   uint32
	near     *Nearby
	nodes    []road.Node
	edges    []road.Edge // that a reached node can be left by
	line     []geo.Fixed // scratch
}

func newReached(ctx context.Context, g *road.Graph, stations []road.Snap, budget uint32) (*reached, error) {
	near, err := Nearest(ctx, g, stations, 1, budget)
	if err != nil {
		return nil, err
	}
	r := &reached{graph: g.Reverse(), stations: stations, budget: near.Budget(), near: near}
	for n := range road.Node(g.Nodes()) {
		if len(near.At(n)) == 0 {
			continue
		}
		r.nodes = append(r.nodes, n)
		for a, end := r.graph.Out(n); a < end; a++ {
			e, _ := r.graph.EdgeOf(a)
			r.edges = append(r.edges, e)
		}
	}
	slices.Sort(r.edges)
	r.edges = slices.Compact(r.edges)
	return r, nil
}

// ends returns how much of e, from its tail and from its head, is within budget.
func (r *reached) ends(e road.Edge, budget int64) (low, high uint32) {
	tail, head := r.graph.Ends(e)
	forward, backward := r.graph.Directions(e)
	if forward {
		low = r.beyond(tail, e, budget)
	}
	if backward {
		high = r.beyond(head, e, budget)
	}
	return low, high
}

// beyond returns how far along e, which leaves n, the budget goes.
func (r *reached) beyond(n road.Node, e road.Edge, budget int64) uint32 {
	near := r.near.At(n)
	if len(near) == 0 || int64(near[0].Length) > budget {
		return 0
	}
	return min(uint32(budget)-near[0].Length, r.graph.EdgeLength(e))
}

// around returns the stretch of its own street that is within budget of station
// s, in dm from the tail; low is beyond high if none is.
func (r *reached) around(s road.Snap, budget int64) (low, high uint32) {
	off := door(s)
	if int64(off) > budget {
		return 1, 0
	}
	rest := uint32(budget) - off
	low, high = s.Along, s.Along
	forward, backward := r.graph.Directions(s.Edge)
	if backward {
		low -= min(low, rest)
	}
	if forward {
		high = min(high+rest, r.graph.EdgeLength(s.Edge))
	}
	return low, high
}

// each calls draw with the stretches of street that are within the budget, but
// for those that were within the smaller one before.
func (r *reached) each(before, budget int64, draw func(line []geo.Fixed)) {
	for _, s := range r.stations {
		low, high := r.around(s, budget)
		if l, h := r.around(s, before); low <= high && (l != low || h != high) {
			r.stretch(s.Edge, low, high, draw)
		}
	}
	for _, n := range r.nodes {
		if d := int64(r.near.At(n)[0].Length); before < d && d <= budget {
			r.line = append(r.line[:0], r.graph.At(n), r.graph.At(n))
			draw(r.line)
		}
	}
	for _, e := range r.edges {
		low, high := r.ends(e, budget)
		if l, h := r.ends(e, before); l == low && h == high {
			continue
		}
		length := r.graph.EdgeLength(e)
		if low+high >= length {
			low, high = length, 0
		}
		if low > 0 {
			r.stretch(e, 0, low, draw)
		}
		if high > 0 {
			r.stretch(e, length-high, length, draw)
		}
	}
}

// stretch draws the course of e between two places, in dm from its tail.
func (r *reached) stretch(e road.Edge, low, high uint32, draw func(line []geo.Fixed)) {
	if r.graph.Kind(e) == road.Ferry {
		return
	}
	if low == 0 && high == r.graph.EdgeLength(e) {
		draw(r.graph.Shape(e))
		return
	}
	r.line = r.graph.Course(r.line[:0], e, low, high)
	draw(r.line)
}
