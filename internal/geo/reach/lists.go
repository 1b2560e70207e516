package reach

import (
	"slices"
	"sync/atomic"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// Lists calls each once for every source with the nodes within budget decimetres
// of it, in no order: what Search.Within gives, for as many sources as a country
// has stations. It works on the given number of goroutines, from which each is
// called at the same time. The list is only valid during the call.
//
// Sources are taken in the order of their streets, so that one search finds in
// the processor's cache what the last has used, and sixteen at a time in the
// lanes of vectors where they lie close enough together to meet the same nodes.
func Lists(g *road.Graph, sources []road.Snap, budget uint32, goroutines int, each func(source int32, list []Reached)) {
	inParts(alongStreets(sources, nil), goroutines, func() func([]int32) {
		b := newBatch(g, budget)
		return func(part []int32) { b.lists(sources, part, each) }
	})
}

// alongStreets returns the sources that are wanted, all if wanted is nil, in the
// order of their streets.
func alongStreets(sources []road.Snap, wanted []bool) []int32 {
	keys := make([]uint64, 0, len(sources))
	for i := range sources {
		if wanted == nil || wanted[i] {
			keys = append(keys, uint64(sources[i].Edge)<<32|uint64(i))
		}
	}
	slices.Sort(keys)
	order := make([]int32, len(keys))
	for i, key := range keys {
		order[i] = int32(uint32(key))
	}
	return order
}

// partSize is how many sources a goroutine takes at once: enough to warm its
// cache, few enough that all goroutines end at about the same time.
const partSize = 32 * laneCount

// inParts hands out order in parts to goroutines that each work with what begin
// returns.
func inParts(order []int32, goroutines int, begin func() func(part []int32)) {
	var taken atomic.Int64
	var all fault.Group
	for range min(max(goroutines, 1), (len(order)+partSize-1)/partSize) {
		all.Go(func() {
			work := begin()
			for {
				first := int(taken.Add(partSize)) - partSize
				if first >= len(order) {
					return
				}
				work(order[first:min(first+partSize, len(order))])
			}
		})
	}
	all.Wait()
}

// batch searches from many sources, in lanes where that pays.
type batch struct {
	graph  *road.Graph
	budget uint32
	search *Search
	lanes  *lanes    // nil if there are none here
	found  []Reached // of all lanes
}

func newBatch(g *road.Graph, budget uint32) *batch {
	b := &batch{graph: g, budget: min(budget, MaxBudget), search: NewSearch(g)}
	if hasAVX2 && b.budget <= maxLaneBudget {
		b.lanes = newLanes(g)
	}
	return b
}

func (b *batch) lists(sources []road.Snap, part []int32, each func(source int32, list []Reached)) {
	for group := range slices.Chunk(part, laneCount) {
		if b.dense(sources, group) {
			b.inLanes(sources, group, each)
			continue
		}
		for _, i := range group {
			each(i, b.search.Within(sources[i], b.budget))
		}
	}
}

// denseShare is how far apart the sources of a group may lie in a straight line,
// as a share of the budget. Sixteen at one place meet the same nodes; at one and
// a half times the budget a row has three or four of them on average, and the
// lanes are as fast as one search after another. Measured, and flat from 1 to 2.
const denseShare = 1.5

// dense reports whether the lanes pay for a group.
func (b *batch) dense(sources []road.Snap, group []int32) bool {
	if b.lanes == nil || len(group) < laneCount/4 {
		return false
	}
	box := geo.Nothing
	for _, i := range group {
		tail, _ := b.graph.Ends(sources[i].Edge)
		box = box.Extend(b.graph.At(tail))
	}
	acrossM := geo.Distance(geo.Fixed{Lon: box.West, Lat: box.South}.Point(), geo.Fixed{Lon: box.East, Lat: box.North}.Point())
	return acrossM <= denseShare*float64(b.budget)/10
}

// start runs searches from a group in the lanes, each with what off leaves of the
// budget.
func (b *batch) start(sources []road.Snap, group []int32, off func(road.Snap) uint32) {
	b.lanes.begin(b.budget)
	for lane, i := range group {
		begun := off(sources[i])
		exits, n := b.graph.Exits(sources[i])
		for _, x := range exits[:n] {
			if begun <= b.budget && x.Length <= b.budget-begun {
				b.lanes.offer(lane, x.Node, b.lanes.total-begun-x.Length)
			}
		}
	}
	b.lanes.run()
}

// inLanes makes the lists of a group at once.
func (b *batch) inLanes(sources []road.Snap, group []int32, each func(source int32, list []Reached)) {
	b.start(sources, group, func(road.Snap) uint32 { return 0 })
	l := b.lanes
	room := 1
	for bucket := range l.end {
		room += len(l.bucket(bucket))
	}
	b.found = slices.Grow(b.found[:0], laneCount*room)[:laneCount*room]
	var end [laneCount]uint32
	for lane := range end {
		end[lane] = uint32(lane * room)
	}
	for bucket := asideBucket; bucket < len(l.end); bucket++ {
		dealRows(l, l.bucket(bucket), &b.found[0], &end)
	}
	for lane, i := range group {
		each(i, b.found[lane*room:end[lane]])
	}
}
