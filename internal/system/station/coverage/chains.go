package coverage

import (
	"slices"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/system/station"
)

// Chain is the operating stations of a brand, with the hours that most of them
// keep: what a new one of the brand may be expected to keep.
type Chain struct {
	Brand    station.Brand
	Stations int
	Usual    opening.Hours
}

// Chains lists the brands that have operating stations.
func (v *Survey) Chains() []Chain { return v.chains() }

func (v *Survey) findChains() []Chain {
	all := make([]Chain, len(station.Brands()))
	most := make([]int, len(all))
	for _, each := range v.Timetable().Each {
		var here [256]int // of each brand: stations with these hours
		for _, i := range each.Stations {
			here[v.Stations[i].Brand]++
		}
		for b := range all {
			all[b].Brand = station.Brand(b)
			all[b].Stations += here[b]
			if each.Hours.Known() && here[b] > most[b] {
				most[b], all[b].Usual = here[b], each.Hours
			}
		}
	}
	return slices.DeleteFunc(all, func(c Chain) bool { return c.Stations == 0 })
}
