package app

import (
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/system/station/demand"
)

// estimateOf hands the estimate of people that came with the streets to the
// station system, which knows nothing of street files. It is empty where the map
// shows neither buildings nor streets that anybody could live along.
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
