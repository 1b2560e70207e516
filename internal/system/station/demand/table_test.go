package demand

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet/sheettest"
)

func TestAWeightThatWasNotCalculatedIsRefused(t *testing.T) {
	rows := [][]any{{"id", "lon", "lat", "population", "note"}, {"a", 101.775, 36.617, nil, nil}}
	uncalculated := func(cell string) func(*excelize.File) error {
		return func(f *excelize.File) error { return f.SetCellFormula("Sheet1", cell, "50+50") }
	}
	_, err := ReadCells(t.Context(), strings.NewReader(sheettest.Book(t, rows, uncalculated("D2"))), Columns{})
	if zh, _ := fault.In(lang.ZH, err); !strings.Contains(zh, "第 2 行：单元格 D2 的公式没有算出结果") {
		t.Error(err)
	}
	cells, err := ReadCells(t.Context(), strings.NewReader(sheettest.Book(t, rows, uncalculated("E2"))), Columns{})
	if err != nil || len(cells) != 1 {
		t.Errorf("a formula in a column that nobody reads: %v %v", cells, err)
	}
}

func TestWholeNumbersKeepTheirDigits(t *testing.T) {
	ids := []string{"617700169958293503", "617700169958293519"}
	geojson := fmt.Sprintf(`{"type":"FeatureCollection","features":[{"geometry":{"type":"Point","coordinates":[101.775,36.617]},"properties":{"id":%s,"population":100}},
		{"id":%s,"geometry":{"type":"Point","coordinates":[101.776,36.617]},"properties":{"population":200}}]}`, ids[0], ids[1])
	book := sheettest.Book(t, [][]any{{"id", "lon", "lat", "population"}, {int64(617700169958293503), 101.775, 36.617, 100}, {int64(617700169958293519), 101.776, 36.617, 200}}, nil)
	for name, file := range map[string]string{"GeoJSON": geojson, "XLSX": book} {
		cells, err := ReadCells(t.Context(), strings.NewReader(file), Columns{})
		var got []string
		for _, c := range cells {
			got = append(got, c.ID)
		}
		if diff := cmp.Diff(ids, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
}

// Of two names for one thing the better one is read, and it is said.
func TestOfTwoNamesForTheWeightOneIsReadAndNamed(t *testing.T) {
	var said []string
	warn := func(text lang.Text) { said = append(said, text.ZH) }
	if _, err := Read(t.Context(), strings.NewReader("lon,lat,pop,weight\n101,36,1,2\n"), Reading{Warn: warn}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"“weight”和“pop”是一回事：只读“weight”"}, said); diff != "" {
		t.Error(diff)
	}
}

func TestTablesRefusedByName(t *testing.T) {
	const one = `{"type":"FeatureCollection","features":[{"geometry":{"type":"%s","coordinates":%s},"properties":{"id":"a","population":100}}]}`
	point := fmt.Sprintf(one, "Point", "[101.775,36.617]")
	for file, want := range map[string]string{
		"id,lon,lat,population,note\na,101.775,36.617,100,\"大十字 东\nb,101.776,36.617,200,西\n": "第 2 行有一个引号没有配对",
		point + "\n" + point: "GeoJSON 结束之后还有内容",
		fmt.Sprintf(one, "MultiLineString", "[[[101,36],[102,36]]]"): "第 1 行：有几条线或几个点（MultiLineString）：请拆开",
		fmt.Sprintf(one, "Polygon\u202e", "[]"):                      "第 1 行：的几何类型“Polygon□”不认识",
	} {
		_, err := ReadCells(t.Context(), strings.NewReader(file), Columns{})
		if zh, _ := fault.In(lang.ZH, err); !strings.Contains(zh, want) {
			t.Errorf("%.60s: %v, want %s", file, err, want)
		}
	}
}
