package coverage

import (
	"slices"
	"testing"

	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

// The digest does not depend on the order in which things came.
func TestDigestsAreOfWhatIsThere(t *testing.T) {
	cells := []demand.Cell{
		{ID: "'=x", At: geo.Point{Lon: 101.1234567, Lat: 36.1}, Day: 1.25, Night: 0, Source: "普查, 2020"},
		{ID: "-1+2", At: geo.Point{Lon: -51, Lat: -30.0000001}, Day: 0.001, Night: 1e9, Source: "=SUM(A1)"},
		{ID: "a", At: geo.Point{Lon: 101, Lat: 36}, Day: 3, Night: 4, Source: "b"},
	}
	stations := []station.Station{{Code: "A", Division: dbtest.Must[gb.Division](t)(gb.Parse("630103"))}, {Code: "B", Division: dbtest.Must[gb.Division](t)(gb.Parse("630103"))}}
	one := New(network.New(network.Streets{}, slices.Clone(stations)), []demand.Demand{{Kind: demand.People, Cells: slices.Clone(cells)}})
	slices.Reverse(stations)
	slices.Reverse(cells)
	other := New(network.New(network.Streets{}, stations), []demand.Demand{{Kind: demand.People, Cells: slices.Clone(cells)}})
	if one.Digest("") != other.Digest("") {
		t.Error("the digests differ")
	}
	cells[0].Day++
	if changed := New(network.New(network.Streets{}, stations), []demand.Demand{{Kind: demand.People, Cells: cells}}); changed.Digest("") == one.Digest("") {
		t.Error("the digest is the same")
	}
}
