package reach

import (
	"slices"

	"github.com/xiadu/xiadu/internal/geo/road"
)

// Plainly makes s search without vectors, as on a processor that has none.
func (s *Search) Plainly() *Search {
	s.vectors = false
	return s
}

// ListsInLanes is Lists with every group in lanes, however far apart, and false
// where there are none.
func ListsInLanes(g *road.Graph, sources []road.Snap, budget uint32, each func(source int32, list []Reached)) bool {
	b := newBatch(g, budget)
	if b.lanes == nil {
		return false
	}
	for group := range slices.Chunk(alongStreets(sources, nil), laneCount) {
		b.inLanes(sources, group, each)
	}
	return true
}
