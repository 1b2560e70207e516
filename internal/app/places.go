package app

import (
	"iter"
	"strings"

	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/system/station"
)

// shopKinds are the kinds of place that OpenStreetMap has under other keys.
var shopKinds = map[string]string{
	"shop=mobile_phone": station.TelecomShop.Key(), "shop=telecommunication": station.TelecomShop.Key(),
	"office=telecommunication": station.TelecomShop.Key(),
}

// placesOf hands the places of a city to the station system, which knows
// nothing of street files.
func placesOf(a *atlas.Atlas) iter.Seq[station.Place] {
	return func(yield func(station.Place) bool) {
		for i := range a.Places.Len() {
			p := a.Places.At(i)
			kind, ok := strings.CutPrefix(p.Kind, "amenity=")
			if !ok {
				kind, ok = shopKinds[p.Kind]
			}
			if !ok {
				continue
			}
			tags := make(map[string]string, len(p.Tags))
			for _, t := range p.Tags {
				tags[t.Key] = t.Value
			}
			if !yield(station.Place{
				ID: p.Ref, Kind: kind, Name: p.Name, Operator: tags["operator"], Address: tags["addr:street"] + tags["addr:housenumber"],
				Hours: tags["opening_hours"], At: p.At, Tags: tags,
			}) {
				return
			}
		}
	}
}
