package network

import "github.com/xiadu/xiadu/internal/geo/road"

// Apart returns the streets of some places, and whether they are on one.
func Apart(places []Place) (at []road.Snap, ok []bool) {
	at, ok = make([]road.Snap, len(places)), make([]bool, len(places))
	for i, p := range places {
		at[i], ok[i] = p.Snap, p.OK
	}
	return at, ok
}
