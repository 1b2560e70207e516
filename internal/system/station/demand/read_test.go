package demand

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/station"
)

func TestReadDemandsOfSeveralKinds(t *testing.T) {
	text := "lon,lat,population,population_night,orders\n101.1,36.5,120,80,7\n101.2,36.6,,,1.5\n"
	demands, err := Read(t.Context(), strings.NewReader(text), Reading{
		Weights: []Weighting{{Day: "population", Night: "population_night"}, {Kind: "couriers", Label: "骑手热力", Day: "orders"}}, Source: "调查",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []Demand{
		{Kind: People, Source: "调查", Cells: []Cell{{"2", geo.Point{Lon: 101.1, Lat: 36.5}, 120, 80, "调查"}, {"3", geo.Point{Lon: 101.2, Lat: 36.6}, 0, 0, "调查"}}},
		{Kind: "couriers", Label: "骑手热力", Source: "调查", Cells: []Cell{{"2", geo.Point{Lon: 101.1, Lat: 36.5}, 7, 7, "调查"}, {"3", geo.Point{Lon: 101.2, Lat: 36.6}, 1.5, 1.5, "调查"}}},
	}
	if diff := cmp.Diff(want, demands); diff != "" {
		t.Error(diff)
	}
	if demands[1].Name().ZH != "骑手热力" || demands[1].Unit().ZH != "单" || demands[0].Name().EN != "people" {
		t.Error(demands[1].Name(), demands[0].Name())
	}
}

// A fine raster has cells of less than half a thousandth of a person. They are
// added before they are rounded.
func TestTinyWeightsAddUp(t *testing.T) {
	var file strings.Builder
	file.WriteString("id,lon,lat,day,night\n")
	for i := range 1000 {
		fmt.Fprintf(&file, "%d,101.77%03d,36.617,0.0004,0.00005\n", i, i)
	}
	demands, err := Read(t.Context(), strings.NewReader(file.String()), Reading{Weights: []Weighting{{Day: "day", Night: "night"}}})
	if err != nil {
		t.Fatal(err)
	}
	if day, night := demands[0].Totals(); day.String() != "0.4" || night.String() != "0.05" {
		t.Errorf("%v by day and %v by night, want 0.4 and 0.05", day, night)
	}
}

func TestReadDemandsOfPolygonsAndRoutes(t *testing.T) {
	file := `{"type":"FeatureCollection","features":[
	{"type":"Feature","properties":{"id":"yard","shifts":30},"geometry":{"type":"Polygon","coordinates":[[[101.0,36.0],[101.01,36.0],[101.01,36.01],[101.009,36.01],[101.009,36.001],[101.001,36.001],[101.001,36.01],[101.0,36.01],[101.0,36.0]]]}},
	{"type":"Feature","properties":{"id":"round","shifts":6},"geometry":{"type":"LineString","coordinates":[[101.0,36.0],[101.0,36.0027],[101.0,36.0054]]}},
	{"type":"Feature","properties":{"id":"spot"},"geometry":{"type":"Point","coordinates":[101,36]}}]}`
	demands, err := Read(t.Context(), strings.NewReader(file), Reading{Weights: []Weighting{{Kind: "cleaners", Day: "shifts"}}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	total := 0.0
	for _, c := range demands[0].Cells {
		got = append(got, fmt.Sprintf("%s %.3f %.4f %g", c.ID, c.At.Lon, c.At.Lat, c.Day))
		total += c.Day
	}
	// The yard is a horseshoe: its balance point would lie outside.
	if yard := demands[0].Cells[7]; yard.ID != "yard" || yard.At.Lat > 36.001 && yard.At.Lon > 101.001 && yard.At.Lon < 101.009 {
		t.Errorf("the yard's people are at %s", got[7])
	}
	want := []string{"round.1 101.000 36.0005 1", "round.2 101.000 36.0014 1", "round.3 101.000 36.0022 1", "round.4 101.000 36.0031 1", "round.5 101.000 36.0040 1", "round.6 101.000 36.0050 1", "spot 101.000 36.0000 0"}
	if diff := cmp.Diff(want, got[:7]); diff != "" || math.Abs(total-36) > 1e-9 {
		t.Error(total, diff)
	}
}

func TestReadDemandsRefuses(t *testing.T) {
	point := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"orders":1},"geometry":{"type":"Point","coordinates":[1,2]}}]}`
	for name, c := range map[string]struct {
		text    string
		weights []Weighting
		want    string
	}{
		"kind":     {"lon,lat,n\n1,2,3\n", []Weighting{{Kind: "骑手", Day: "n"}}, "需求种类“骑手”不行"},
		"twice":    {"lon,lat,n\n1,2,3\n", []Weighting{{Kind: "a", Day: "n"}, {Kind: "a", Day: "n"}}, "写了两次"},
		"column":   {"lon,lat,n\n1,2,3\n", []Weighting{{Day: "n", Night: "m"}}, "缺少列“m”"},
		"property": {point, []Weighting{{Day: "order"}}, "没有一个要素有属性“order”"},
		"crossed":  {strings.ReplaceAll(strings.ReplaceAll(point, "Point", "Polygon"), "[1,2]", "[[[0,0],[1,1],[1,0],[0,1],[0,0]]]"), []Weighting{{Day: "orders"}}, "第 1 行：边界在"},
		"swapped":  {"lon,lat,n\n36.6,101.7,3\n", []Weighting{{Day: "n"}}, "写反了"},
	} {
		_, err := Read(t.Context(), strings.NewReader(c.text), Reading{Weights: c.weights})
		if zh, _ := fault.In(lang.ZH, err); !strings.Contains(zh, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if w, err := ParseWeighting("couriers=orders/orders_night"); err != nil || w != (Weighting{Kind: "couriers", Day: "orders", Night: "orders_night"}) {
		t.Error(w, err)
	}
	if _, err := ParseWeighting("orders"); err == nil {
		t.Error("a weight without a kind is read")
	}
}

func TestDemandKindsStandSideBySide(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema, station.Schema}, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		at := geo.Point{Lon: 101, Lat: 36}
		people := Demand{Kind: People, Source: "a", Cells: []Cell{{"1", at, 1, 2, "a"}}}
		couriers := Demand{Kind: "couriers", Label: "骑手", Source: "b", Cells: []Cell{{"1", at, 3, 4, "b"}}}
		stored := func() []Demand { return dbtest.Must[[]Demand](t)(stored(ctx, d)) }
		if err := New(d).ReplaceAll(ctx, "t", []Demand{couriers, people}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]Demand{people, couriers}, stored()); diff != "" {
			t.Error(diff)
		}
		couriers.Label, couriers.Cells[0].Day = "", 5
		if err := New(d).Replace(ctx, "t", couriers); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]Demand{people, couriers}, stored()); diff != "" {
			t.Error(diff)
		}
		if err := New(d).Remove(ctx, "t", "couriers"); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]Demand{people}, stored()); diff != "" {
			t.Error(diff)
		}
		if err := New(d).Remove(ctx, "t", "couriers"); fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
	})
}

func TestDemandIsReplaced(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema, station.Schema}, func(t *testing.T, d *db.DB) {
		for _, demand := range [][]Cell{
			{{ID: "b", At: geo.Point{Lon: 1, Lat: 2}, Day: 3, Night: 4}, {ID: "a", At: geo.Point{Lon: 5, Lat: 6}, Day: 7, Source: "普查"}},
			{{ID: "c", At: geo.Point{Lon: 1, Lat: 2}, Day: 3, Night: 4}},
		} {
			before := dbtest.Must[int64](t)(station.New(d).Revision(t.Context()))
			if err := New(d).Replace(t.Context(), "t", Of(demand)[0]); err != nil {
				t.Fatal(err)
			}
			slices.SortFunc(demand, func(a, b Cell) int { return strings.Compare(a.ID, b.ID) })
			demands := dbtest.Must[[]Demand](t)(stored(t.Context(), d))
			if diff := cmp.Diff(Of(demand), demands); diff != "" || dbtest.Must[int64](t)(station.New(d).Revision(t.Context())) != before+1 {
				t.Error(dbtest.Must[int64](t)(station.New(d).Revision(t.Context())), diff)
			}
		}
	})
}

// What is written is read back to the same, ids that look like formulas among them.
func TestDemandIsReadBack(t *testing.T) {
	cells := []Cell{
		{"'=x", geo.Point{Lon: 101.1234567, Lat: 36.1}, 1.25, 0, "普查, 2020"},
		{"-1+2", geo.Point{Lon: -51, Lat: -30.0000001}, 0.001, 1e9, "=SUM(A1)"},
		{"a", geo.Point{Lon: 101, Lat: 36}, 3, 4, "b"},
	}
	var file bytes.Buffer
	if err := Write(&file, Demand{Kind: "couriers", Cells: cells}); err != nil {
		t.Fatal(err)
	}
	demands, err := Read(t.Context(), &file, Reading{Weights: []Weighting{{Kind: "couriers", Day: "day", Night: "night"}}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(cells, demands[0].Cells); diff != "" {
		t.Error(diff)
	}
}

func TestReadDemand(t *testing.T) {
	text := "id,lon,lat,population,jobs\na,-51.1,-30.0,120,7\nb,-51.2,-30.1,0,1214\n"
	people, err := ReadCells(t.Context(), strings.NewReader(text), Columns{Night: "population", Day: "jobs"})
	if err != nil || len(people) != 2 || people[0].Day != 7 || people[0].Night != 120 || people[1].At.Lat != -30.1 {
		t.Fatal(people, err)
	}
	for text, want := range map[string]string{
		"id,lon,lat,jobs\na,1,2,3\n":                           "缺少列“weight”",
		"id,lon,lat,population\na,1,2,-3\n":                    "第 2 行：day 的值“-3”不对",
		"id,lon,lat,population\na,1,2,NaN\n":                   "不对",
		"id,lon,lat,population\na,1,92,3\n":                    "第 2 行：lat",
		"id,lon,lat,population\na,1,2,3\n\na,1,2,3\n":          "第 4 行：编号“a”与第 2 行重复",
		"id,lon,lat,population\n":                              "没有需求点",
		`{"type":"FeatureCollection","features":[{"id":"a"}]}`: "第 1 行：没有位置",
	} {
		_, err := ReadCells(t.Context(), strings.NewReader(text), Columns{})
		if msg, ok := fault.In(lang.ZH, err); !ok || !strings.Contains(msg, want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	total := 0.0
	geojson := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"x","population":5},"geometry":{"type":"Point","coordinates":[1,2]}}]}`
	people, err = ReadCells(t.Context(), strings.NewReader(geojson), Columns{})
	for _, c := range people {
		total += c.Night
	}
	if err != nil || math.Abs(total-5) > 0 {
		t.Fatal(people, err)
	}
}

// The population of Porto Alegre, as the real file has it.
func TestReadRealDemand(t *testing.T) {
	file, err := os.Open(filepath.Join(dataDir(), "poa_hexgrid.csv"))
	if err != nil {
		t.Skip("the real data are not here (XIADU_DATA):", err)
	}
	defer file.Close()
	demand, err := ReadCells(t.Context(), file, Columns{Day: "jobs", Night: "population"})
	if err != nil {
		t.Fatal(err)
	}
	night := 0.0
	for _, c := range demand {
		night += c.Night
	}
	if len(demand) != 1227 || night != 812935 {
		t.Errorf("%d cells with %v people, want 1227 with 812935", len(demand), night)
	}
}

func dataDir() string {
	if dir := os.Getenv("XIADU_DATA"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "..", "..", "..", "shared", "data")
}

// stored reads all demand.
func stored(ctx context.Context, d *db.DB) (all []Demand, err error) {
	err = d.View(ctx, func(tx *db.Tx) error {
		all, err = All(tx)
		return err
	})
	return all, err
}
