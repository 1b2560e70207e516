package areas_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// TestAreaIsItsCellsOfTheCoverage: the lowest figure of each key area is what the
// cells of /coverage.csv at that hour add up to within its boundary, told by the
// test itself.
func TestAreaIsItsCellsOfTheCoverage(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	list := pagetest.ReadJSON[figures.AreaList](t, site+"/areas.json")
	if _, page := pagetest.Get(t, site+"/areas.json", "application/json"); !pagetest.SameJSON(t, page, site+"/api/v1/areas") {
		t.Error("the API says other than the page's JSON")
	}
	if len(list.Areas) != 11 || len(list.Divisions) != 7 || len(list.Zones) != 1 || len(list.Dates) != 7 {
		t.Fatalf("%d areas, %d divisions, %d zones", len(list.Areas), len(list.Divisions), len(list.Zones))
	}
	verdicts := map[string]int{}
	for _, a := range list.Areas {
		verdicts[a.Verdict]++
		if a.Kind != "key" {
			continue
		}
		outline := pagetest.ReadJSON[struct {
			Features []struct {
				Geometry struct{ Coordinates [][][][2]float64 }
			}
		}](t, site+"/map/outline?code="+a.Code)
		ring := outline.Features[0].Geometry.Coordinates[0][0]
		worst := a.Once.Worst
		at := list.Dates[worst.FromMin/1440] + "T" + hour(worst.FromMin%1440)
		_, body := pagetest.Get(t, site+"/coverage.csv?demand="+a.DemandKind+"&at="+at, "text/csv")
		rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		total, covered := 0.0, 0.0
		for _, r := range rows[1:] {
			lon, lat, demand, stations := number(t, r[1]), number(t, r[2]), number(t, r[3]), number(t, r[4])
			if within(ring, lon, lat) {
				total += demand
				if stations > 0 {
					covered += demand
				}
			}
		}
		if total != worst.DemandTotal || covered != worst.Covered1 {
			t.Errorf("%s at %s: %g of %g, the cells say %g of %g", a.Code, at, worst.Covered1, worst.DemandTotal, covered, total)
		}
	}
	if verdicts["met"] < 2 || verdicts["missed"] < 2 || verdicts["no_target"] != 6 {
		t.Errorf("the demo city's verdicts are %v", verdicts)
	}
}

func hour(minute int) string {
	two := func(n int) string { return strconv.Itoa(n/10) + strconv.Itoa(n%10) }
	return two(minute/60) + ":" + two(minute%60)
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// within counts the crossings of a line to the east.
func within(ring [][2]float64, lon, lat float64) bool {
	in := false
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		if (a[1] > lat) != (b[1] > lat) && lon < a[0]+(b[0]-a[0])*(lat-a[1])/(b[1]-a[1]) {
			in = !in
		}
	}
	return in
}

func TestAreaPagesAndFiles(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/areas/KA-02"), "火车站与康乐", "没有达标", "每天 06:00–24:00，走 15 分钟：95% 的人到得了一个驿站", "目标 95%，没有达标", "区域里的空白", "最近的开门驿站", "它的时钟", " --areas areas.geojson ")
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/areas/KA-05"), "力盟古城台", "达标", "分钟不达标：考核时段里一直达标")
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/areas/KA-03?lang=en"), "target missed", "couriers’ orders")
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/areas"), "重点区域，达标了吗？", "没有达标", "火车站与康乐", "按区划汇总", "青海省", "西宁市", "城东区", "甘河工业园区（功能区）")
	if body := pagetest.Page(t, site+"/areas?kind=key&verdict=met&sort=-name"); strings.Contains(body, "火车站与康乐") || strings.Index(body, "大十字商圈") < strings.Index(body, "力盟古城台") {
		t.Error("the filter or the order does not hold")
	}
	if body := pagetest.Page(t, site+"/areas?demand=couriers&day=2026-12-05"); !strings.Contains(body, "2026年12月5日") {
		t.Error("the day is not said")
	}
	// A day on which a target asks for nothing does not pass.
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/areas/KA-05?day=2026-12-05"), "没有需求", "这里没有需求，不能算达标")
	_, table := pagetest.Get(t, site+"/areas.csv?kind=key", "text/csv")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(table, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 6 || rows[0][0] != "编号" {
		t.Errorf("%v %v", rows, err)
	}
	a, xlsx := pagetest.Get(t, site+"/areas.xlsx", "*/*")
	book, err := excelize.OpenReader(strings.NewReader(xlsx))
	if err != nil || a.StatusCode != http.StatusOK {
		t.Fatal(err)
	}
	if cells, err := book.GetRows(book.GetSheetName(0)); err != nil || len(cells) != 12 || cells[0][0] != "编号" {
		t.Errorf("%v %v", cells, err)
	}
	sameTable(t, site+"/areas.csv?kind=key", site+"/areas.xlsx?kind=key")
	one := pagetest.ReadJSON[figures.AreaFigures](t, site+"/areas/KA-02/figures.json")
	for _, f := range pagetest.ReadJSON[figures.AreaList](t, site+"/areas.json?q=KA-02").Areas {
		a, _ := json.Marshal(one)
		b, _ := json.Marshal(f)
		if !bytes.Equal(a, b) {
			t.Errorf("%s\n%s", a, b)
		}
	}
	for path, status := range map[string]int{"/areas/none": 404, "/areas?sort=size": 422, "/areas?kind=park": 422, "/areas?verdict=fine": 422, "/areas?day=soon": 422, "/areas?division=999999": 422} {
		if a, _ := pagetest.Get(t, site+path, "text/html"); a.StatusCode != status {
			t.Errorf("%s: %s", path, a.Status)
		}
	}
	if body := pagetest.Page(t, pagetest.TownSite(t)+"/areas"); !strings.Contains(body, "还没有区域") || !strings.Contains(body, "xiadu import areas") {
		t.Error("without areas the page does not say what to do")
	}
}

// sameTable compares a table as CSV and as a spreadsheet, cell by cell.
func sameTable(t *testing.T, asCSV, asXLSX string) {
	t.Helper()
	var rows [2][][]string
	for i, address := range []string{asCSV, asXLSX} {
		_, body := pagetest.Get(t, address, "*/*")
		f, err := sheet.Open(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.EachRow(t.Context(), func(r *sheet.Row) error { rows[i] = append(rows[i], r.Texts()); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(rows[0], rows[1]); diff != "" || len(rows[0]) < 2 {
		t.Error(diff)
	}
}

func TestCircleAgainstStreets(t *testing.T) {
	site := pagetest.TownSite(t)
	f := pagetest.ReadJSON[figures.CircleFigures](t, site+"/coverage/circle.json?at=2026-11-23T12:00")
	c := pagetest.ReadJSON[figures.CoverageFigures](t, site+"/coverage.json?at=2026-11-23T12:00")
	if f.RadiusM != 1000 || f.StreetCovered1 != c.Covered1 || math.Abs(f.Covered1-f.OnlyCircle+f.OnlyStreets-c.Covered1) > 1e-9 || f.OnlyCircle == 0 || len(f.Gaps) == 0 {
		t.Errorf("%+v", f)
	}
	if wide := pagetest.ReadJSON[figures.CircleFigures](t, site+"/coverage/circle.json?at=2026-11-23T12:00&radius=1200"); wide.Covered1 <= f.Covered1 {
		t.Errorf("%+v", wide)
	}
	pagetest.WantInOrder(t, pagetest.Page(t, site+"/coverage/circle?at=2026-11-23T12:00"), "多算了多少", "两种算法，同一批驿站", "圈里有、路上没有", "圈里到不了的地方", "--circle 1000 --only circle --json")
	cells := pagetest.ReadJSON[struct {
		Features []struct{ Properties struct{ Covered int } }
	}](t, site+"/map/circle?at=2026-11-23T12:00")
	hatched := 0
	for _, c := range cells.Features {
		if c.Properties.Covered == 0 {
			hatched++
		}
	}
	if float64(hatched*10) != f.OnlyCircle {
		t.Errorf("%d cells are hatched, %g people are in a circle only", hatched, f.OnlyCircle)
	}
	for _, wrong := range []string{"far", "10", "999999"} {
		if a, _ := pagetest.Get(t, site+"/coverage/circle?radius="+wrong, "text/html"); a.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %s", wrong, a.Status)
		}
	}
}

// TestPlannerChecksAKeyArea: from the coverage to the list, to the area that
// fails, to the hour at which it does.
func TestPlannerChecksAKeyArea(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		t.Run(name, func(t *testing.T) {
			b := webtest.Open(t, site, view)
			b.Go("/coverage")
			b.Follow(`.tabs a[href="/areas"]`)
			b.Follow(`tr.late th a[href^="/areas/KA-02"]`)
			if said := b.Text(".verdict"); said != "没有达标" {
				t.Errorf("the verdict is “%s”", said)
			}
			b.WaitMap()
			b.Shot("journey-area-" + name)
			b.Check()
			b.Click(".more > summary")
			b.Follow(`.more[open] tbody a`)
			if at := b.Path(); !strings.HasPrefix(at, "/coverage?at=2026-1") {
				t.Errorf("a span that fails leads to %s", at)
			}
		})
	}
}
