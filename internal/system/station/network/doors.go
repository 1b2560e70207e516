package network

import (
	"time"

	"github.com/xiadu/xiadu/internal/system/station"
)

// Door is whether a station lets people in at a moment, as a map shows it.
type Door uint8

// The doors, in the order of which stands for the others where there is room for
// one: what a tired person can use first.
const (
	DoorOpen Door = iota
	DoorUnknown
	DoorShut
)

// Doors returns the door at a moment of each station, by its index. A map asks for
// all stations of a country: distinct hours are few, and each is asked once.
func (n *Network) Doors(at time.Time) func(i int) Door {
	const unasked = DoorShut + 1
	known := make([]Door, len(n.hours))
	for i := range known {
		known[i] = unasked
	}
	return func(i int) Door {
		f := &n.facts[i]
		if f.status != station.Operating {
			return DoorShut
		}
		if known[f.hours] == unasked {
			switch hours := n.hours[f.hours]; {
			case !hours.Known():
				known[f.hours] = DoorUnknown
			case hours.OpenAt(at):
				known[f.hours] = DoorOpen
			default:
				known[f.hours] = DoorShut
			}
		}
		return known[f.hours]
	}
}
