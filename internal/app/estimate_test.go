package app

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/system/station/demand"
)

// A city without demand has the estimate of its streets until demand is imported.
func TestEstimateStandsInForDemand(t *testing.T) {
	c := Config{Home: t.TempDir()}
	if _, err := ImportStreets(t.Context(), c, writeStreet(t, "长街", 20), "", nil); err != nil {
		t.Fatal(err)
	}
	city := liveCityOf(t, c)
	people := func() demand.Demand {
		t.Helper()
		if err := city.renew(t.Context()); err != nil {
			t.Fatal(err)
		}
		people, ok := city.now.Load().Survey.Demand("")
		if !ok {
			t.Fatal("there is nobody")
		}
		return people
	}
	if got := people(); !got.Estimated || got.Kind != demand.People || got.Source != "street.osm" || len(got.Cells) < 10 {
		t.Errorf("before an import: %d cells of %s from %s, estimated %v", len(got.Cells), got.Kind, got.Source, got.Estimated)
	}
	if _, err := ImportDemand(t.Context(), c, strings.NewReader("id,lon,lat,population\na,101.781,36.62,7\n"), demand.Columns{}); err != nil {
		t.Fatal(err)
	}
	if got := people(); got.Estimated || len(got.Cells) != 1 {
		t.Errorf("after it: %d cells, estimated %v", len(got.Cells), got.Estimated)
	}
}
