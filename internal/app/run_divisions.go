package app

import (
	"cmp"
	"slices"

	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/station/area"
	"github.com/xiadu/xiadu/internal/system/station/demand"
)

// divisionsBy tells where a cell is by the boundaries that the city has: the
// smallest division or zone that it lies in, or none.
func divisionsBy(areas []area.Area) func(demand.Cell) gb.Division {
	type bounds struct {
		division gb.Division
		fence    *geo.Fence
	}
	var all []bounds
	for _, a := range areas {
		if a.Kind != area.KeyArea && a.Division.Valid() {
			all = append(all, bounds{a.Division, geo.NewFence(a.Shape)})
		}
	}
	slices.SortStableFunc(all, func(a, b bounds) int { return cmp.Compare(b.division.Level(), a.division.Level()) })
	return func(c demand.Cell) gb.Division {
		for _, b := range all {
			if b.fence.Contains(c.At.Fixed()) {
				return b.division
			}
		}
		return gb.Division{}
	}
}
