package station

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/xiadu/xiadu/internal/sheet/sheettest"
)

// Each kind of table that an office keeps is read as it is meant, or refused by
// name. What is wrong in one of these was once read as something else.

func TestMergedCellsHoldForTheirRows(t *testing.T) {
	file := sheettest.Book(t, [][]any{
		{"编 号", "名　称", "区\n划", "经　度", "纬 度", "营 业 时 间"},
		{"T-1", "甲", "城中区", 101.775, 36.617, "8:00-20:00"},
		{"T-2", "乙", nil, 101.776, 36.617, nil},
		{"T-3", "丙", "城东区", 101.777, 36.617, "9:00-18:00"},
	}, func(f *excelize.File) error {
		for _, column := range []string{"C", "F"} {
			if err := f.MergeCell("Sheet1", column+"2", column+"3"); err != nil {
				return err
			}
		}
		return nil
	})
	b := readSheet(t, file, Reading{Home: division(t, "6301")})
	var got []string
	for _, s := range b.Stations {
		got = append(got, s.Code+" "+s.Division.Code()+" "+s.Hours.String())
	}
	want := []string{"T-1 630103 Mo-Su 08:00-20:00", "T-2 630103 Mo-Su 08:00-20:00", "T-3 630102 Mo-Su 09:00-18:00"}
	if diff := cmp.Diff(want, got); diff != "" || b.Issues.Total != 0 {
		t.Error(diff, b.Issues.List)
	}
}

func TestAFormulaThatWasNotCalculatedIsRefused(t *testing.T) {
	stations := [][]any{{"code", "name", "lon", "lat", "hours"}, {"A-1", "甲", 101.775, 36.617, "24/7"}, {"A-2", "乙", 101.776, 36.617, nil}}
	b := readSheet(t, sheettest.Book(t, stations, func(f *excelize.File) error {
		return f.SetCellFormula("Sheet1", "E3", "50+50")
	}), Reading{Home: division(t, "630103")})
	if b.Issues.Total != 1 || b.Issues.List[0].String() != "第 3 行，营业时间：单元格 E3 的公式没有算出结果：请用表格软件打开、保存后再导入，或改成数值" {
		t.Error(b.Issues)
	}
}

// Of two names for one thing the better one is read, each time, and it is said.
func TestOfTwoNamesForOneFieldOneIsReadAndNamed(t *testing.T) {
	feature := `{"type":"FeatureCollection","features":[{"geometry":{"type":"Point","coordinates":[101.775,36.617]},"properties":{"id":"7","name:zh":"工行南大街","code":"XN-7","name":"ICBC South"}}]}`
	table := "id,name:zh,code,name,lon,lat,经度\n7,工行南大街,XN-7,ICBC South,101.775,36.617,1\n"
	for range 20 {
		for _, c := range []struct {
			file string
			said []string
		}{
			{feature, []string{"第 1 行，名称：“name”和“name:zh”是一回事：只读“name”", "第 1 行，编号：“code”和“id”是一回事：只读“code”"}},
			{table, []string{"第 1 行，名称：“name”和“name:zh”是一回事：只读“name”", "第 1 行，经度：“lon”和“经度”是一回事：只读“lon”", "第 1 行，编号：“code”和“id”是一回事：只读“code”"}},
		} {
			b := readSheet(t, c.file, Reading{Home: division(t, "630103")})
			if b.Issues.Total != 0 || len(b.Stations) != 1 || b.Stations[0].Code != "XN-7" || b.Stations[0].Name != "ICBC South" || b.Stations[0].At.Lon != 101.775 {
				t.Fatal(b.Issues, b.Stations)
			}
			var said []string
			for _, w := range b.Warnings.List {
				said = append(said, w.String())
			}
			slices.Sort(said)
			slices.Sort(c.said)
			if diff := cmp.Diff(c.said, said); diff != "" {
				t.Fatal(diff)
			}
		}
	}
}

func TestRowsOfBlanksArePassedOver(t *testing.T) {
	for name, file := range map[string]string{
		"commas": "code,name,lon,lat,hours\nS-1,甲,101.775,36.617,24/7\n,,,,\n ,,,,\n\n", "sep": "sep=;\ncode;name;lon;lat;hours\nS-1;甲;101.775;36.617;24/7\n",
		"CR": "code,name,lon,lat,hours\rS-1,甲,101.775,36.617,24/7\r", "spaces": "编 号,名　称,经 度,纬度 ,营业 时间\nS-1,甲,101.775,36.617,24/7\n　,　,　,,\n",
	} {
		if b := readSheet(t, file, Reading{Home: division(t, "630103")}); b.Issues.Total != 0 || len(b.Stations) != 1 || !b.Stations[0].Hours.Always() {
			t.Errorf("%s: %v %v", name, b.Issues.List, b.Stations)
		}
	}
}

func TestADateWithATimeIsADate(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-20 08:30": "2026-11-20", "2026/11/3 8:30:05": "2026-11-03", "2026-11-20T08:30": "2026-11-20", "2026.11.3": "2026-11-03",
		"2026年11月3日8时30分": "2026-11-03", "2026年11月3日 下午3点": "2026-11-03", "2026-11-20T20:00:00Z": "2026-11-21", "2026-11-20　08:30": "2026-11-20",
		"46346": "2026-11-20", "46346.354": "2026-11-20", "2026-11-20 soon": "", "2026-11-20-21": "", "20 Nov 2026": "", "2026-11": "",
	} {
		b := readSheet(t, "编号,名称,经度,纬度,核实时间\nT-1,甲,101.775,36.617,"+text+"\n", Reading{Home: division(t, "630103")})
		got := ""
		if len(b.Stations) == 1 {
			got = b.Stations[0].Checked.String()
		}
		if got != want || (want == "") != (b.Issues.Total == 1) {
			t.Errorf("%q is %q, want %q %v", text, got, want, b.Issues.List)
		}
	}
	book := sheettest.Book(t, [][]any{{"编号", "名称", "经度", "纬度", "核实时间"}, {"T-1", "甲", 101.775, 36.617, 46346.354}}, func(f *excelize.File) error {
		style, err := f.NewStyle(&excelize.Style{NumFmt: 22})
		if err != nil {
			return err
		}
		return f.SetCellStyle("Sheet1", "E2", "E2", style)
	})
	if b := readSheet(t, book, Reading{Home: division(t, "630103")}); len(b.Stations) != 1 || b.Stations[0].Checked.String() != "2026-11-20" {
		t.Error(b.Issues.List, b.Stations)
	}
}
