package city

import (
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

// Surveyed puts stations and demand on the streets. Where nobody has given
// any demand, the estimate that came with the streets stands in, marked as such.
func Surveyed(a *atlas.Atlas, stations []station.Station, demands []demand.Demand) *coverage.Survey {
	if len(demands) == 0 {
		demands = estimateOf(a)
	}
	return coverage.New(network.New(network.Streets{
		Walk: a.Walk, Ebike: a.Ebike, WalkProfile: a.WalkProfile, EbikeProfile: a.EbikeProfile,
	}, stations), demands)
}

// estimateOf is the estimate of people that came with the streets. It is empty where the
// map shows neither buildings nor streets that anybody could live along.
func estimateOf(a *atlas.Atlas) []demand.Demand {
	if a.Estimate == nil || a.Estimate.Len() == 0 {
		return nil
	}
	d := demand.Demand{Kind: demand.People, Source: a.Info.Source, Estimated: true, Cells: make([]demand.Cell, 0, a.Estimate.Len())}
	for _, c := range a.Estimate.Cells() {
		d.Cells = append(d.Cells, demand.Cell{ID: c.ID, At: c.At, Day: c.Day, Night: c.Night, Source: d.Source})
	}
	return []demand.Demand{d}
}
