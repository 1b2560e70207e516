package station

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xiadu/xiadu/internal/geo"
)

// What is written is read back to the same, ids that look like formulas and
// targets with decimals among them.
func TestInputsAreReadBack(t *testing.T) {
	cells := []Cell{
		{"'=x", geo.Point{Lon: 101.1234567, Lat: 36.1}, 1.25, 0, "普查, 2020"},
		{"-1+2", geo.Point{Lon: -51, Lat: -30.0000001}, 0.001, 1e9, "=SUM(A1)"},
		{"a", geo.Point{Lon: 101, Lat: 36}, 3, 4, "b"},
	}
	var file bytes.Buffer
	if err := WriteDemand(&file, Demand{Kind: "couriers", Cells: cells}); err != nil {
		t.Fatal(err)
	}
	demands, err := ReadDemands(t.Context(), &file, DemandReading{Weights: []Weighting{{Kind: "couriers", Day: "day", Night: "night"}}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(cells, demands[0].Cells); diff != "" {
		t.Error(diff)
	}
	areas := must[[]Area](t)(readAreaFile(t, areaFile(
		[2]string{`"code":"KA-01","name":"大十字","division":"城中区","once":99.5,"twice":80,"hours":"周一至周五 7:00-21:00；节假日休息","demand":"couriers","minutes":10`, squareOfXining},
		[2]string{`"code":"6301Z01","name":"甘河","kind":"zone"`, squareOfXining},
		[2]string{`"code":"630103","kind":"division"`, squareOfXining},
	)))
	var text bytes.Buffer
	if err := WriteAreas(&text, areas); err != nil {
		t.Fatal(err)
	}
	again, err := ReadAreas(t.Context(), &text, AreaReading{Within: geo.Nothing})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(areaTexts(areas...), areaTexts(again...)); diff != "" {
		t.Error(diff)
	}
	// The digest does not depend on the order in which things came.
	stations := []Station{{Code: "A", Division: division(t, "630103")}, {Code: "B", Division: division(t, "630103")}}
	one := NewSurvey(NewNetwork(Streets{}, slices.Clone(stations)), []Demand{{Kind: People, Cells: slices.Clone(cells)}})
	slices.Reverse(stations)
	slices.Reverse(cells)
	other := NewSurvey(NewNetwork(Streets{}, stations), []Demand{{Kind: People, Cells: slices.Clone(cells)}})
	if one.Digest("") != other.Digest("") {
		t.Error("the digests differ")
	}
	cells[0].Day++
	if changed := NewSurvey(NewNetwork(Streets{}, stations), []Demand{{Kind: People, Cells: cells}}); changed.Digest("") == one.Digest("") {
		t.Error("the digest is the same")
	}
}
