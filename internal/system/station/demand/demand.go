// Package demand is the people who need rest stations: weighted cells, by kind,
// by day and by night. It reads them from a table or GeoJSON (points, polygons,
// routes), writes them back to the same, and stores each kind whole: an import
// replaces it in one transaction and tells the record.
//
// Tables owned: station_demand_cell, station_demand_label.
package demand

import (
	"cmp"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
)

// Cell is a place with people who may need a station: a cell of a grid or a
// census tract, with how many there are by day and by night.
type Cell struct {
	ID         string
	At         geo.Point
	Day, Night float64
	Source     string
}

// Demand is one kind of need on the map. A city may hold several side by side:
// who lives and works there, where couriers wait for orders, what street
// cleaners walk.
type Demand struct {
	Kind      string // stable, for files and addresses; People is the first
	Label     string // what an office calls it; empty for a kind of the catalogue
	Source    string
	Estimated bool   // made from the map's buildings, because nobody gave one
	Cells     []Cell // by id
}

// People is the kind of demand that is meant unless someone asks for another.
const People = "people"

// Of returns a city's demand of people, or none of no cells.
func Of(people []Cell) []Demand {
	if len(people) == 0 {
		return nil
	}
	return []Demand{{Kind: People, Source: people[0].Source, Cells: people}}
}

// Compare is the order of kinds: people, then by name.
func (d Demand) Compare(o Demand) int {
	if (d.Kind == People) != (o.Kind == People) {
		if d.Kind == People {
			return -1
		}
		return 1
	}
	return cmp.Compare(d.Kind, o.Kind)
}

// Weights are the cells' weights by day, or by night, rounded so that their sum
// is right too.
func (d Demand) Weights(night bool) []reach.Weight {
	out := make([]reach.Weight, len(d.Cells))
	var rounding reach.Rounding
	for i, c := range d.Cells {
		people := c.Day
		if night {
			people = c.Night
		}
		if w, err := rounding.Add(people); err == nil { // ReadDemand lets no other in
			out[i] = w
		}
	}
	return out
}

// Totals returns the sums of the weights by day and by night.
func (d Demand) Totals() (day, night reach.Weight) {
	for _, w := range d.Weights(false) {
		day += w
	}
	for _, w := range d.Weights(true) {
		night += w
	}
	return day, night
}
