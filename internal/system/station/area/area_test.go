package area

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/station"
)

// areaFile writes features, each "properties" and "coordinates".
func areaFile(features ...[2]string) string {
	var out []string
	for _, f := range features {
		out = append(out, fmt.Sprintf(`{"type":"Feature","properties":{%s},"geometry":{"type":"Polygon","coordinates":%s}}`, f[0], f[1]))
	}
	return `{"type":"FeatureCollection","features":[` + strings.Join(out, ",") + `]}`
}

const squareOfXining = `[[[101.77,36.61],[101.79,36.61],[101.79,36.63],[101.77,36.63],[101.77,36.61]]]`

var xining = geo.BoxOf(geo.Point{Lon: 101.5, Lat: 36.5}.Fixed(), geo.Point{Lon: 102, Lat: 36.8}.Fixed())

func readAreaFile(t *testing.T, text string) ([]Area, error) {
	t.Helper()
	return Read(t.Context(), strings.NewReader(text), Reading{Home: dbtest.Must[gb.Division](t)(gb.Parse("6301")), Within: xining})
}

func TestReadAreas(t *testing.T) {
	areas := dbtest.Must[[]Area](t)(readAreaFile(t, areaFile(
		[2]string{`"code":"KA-01","name":"大十字","division":"城中区","once":"95 %","twice":80,"hours":"周一至周日 7:00-21:00","demand":"couriers"`, squareOfXining},
		[2]string{`"adcode":630103,"kind":"division"`, squareOfXining},
		[2]string{`"编号":"6301Z01","名称":"甘河","类型":"功能区"`, squareOfXining},
		[2]string{`"code":"KA-02","name":"火车站","once":99.5`, squareOfXining},
	)))
	var got []string
	for _, a := range areas {
		got = append(got, fmt.Sprintf("%s %s %s %s %s/%s %s %s", a.Code, a.Name, a.Kind.Key(), a.Division.Code(), a.Target.Once, a.Target.Twice, a.Target.Hours.String(), a.Target.Demand))
	}
	want := []string{
		"KA-01 大十字 key 630103 95/80 Mo-Su 07:00-21:00 couriers",
		"630103 城中区 division 630103 0/0  ",
		"6301Z01 甘河 zone 6301Z01 0/0  ",
		"KA-02 火车站 key 630100 99.5/0 Mo-Su 07:00-21:00 ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if m := areas[0].Shape.SquareMetres(); m < 3.9e6 || m > 4.1e6 {
		t.Errorf("%.0f m²", m)
	}
}

// TestReadAreasRefuses: each mistake is named with the area and the way out, and
// nothing is read.
func TestReadAreasRefuses(t *testing.T) {
	const named = `"code":"KA-01","name":"大十字"`
	for name, c := range map[string]struct {
		properties, coordinates string
		zh, en                  string
	}{
		"crossing":   {named, `[[[101.77,36.61],[101.79,36.63],[101.79,36.61],[101.77,36.63],[101.77,36.61]]]`, "自相交", "crosses itself at 101.78000,36.62000"},
		"swapped":    {named, `[[[36.61,101.77],[36.61,101.79],[36.63,101.79],[36.61,101.77]]]`, "写反了", "swapped"},
		"not closed": {named, `[[[101.77,36.61],[101.79,36.61],[101.79,36.63],[101.77,36.63]]]`, "没有闭合", "not closed"},
		"two points": {named, `[[[101.77,36.61],[101.79,36.61],[101.77,36.61]]]`, "至少 4 个", "at least 4"},
		"elsewhere":  {named, `[[[116.3,39.9],[116.4,39.9],[116.4,40],[116.3,39.9]]]`, "在城市之外", "outside the city"},
		"projected":  {named, `[[[11330000,4390000],[11331000,4390000],[11331000,4391000],[11330000,4390000]]]`, "不是投影坐标", "not projected"},
		"no area":    {named, `[[[101.77,36.61],[101.77,36.61],[101.77,36.61],[101.77,36.61]]]`, "面积是零", "no area"},
		"no name":    {`"code":"KA-01"`, squareOfXining, "名称是空的", "name is empty"},
		"share":      {named + `,"once":0.95`, squareOfXining, "不是百分数", "no percentage"},
		"turned":     {named + `,"once":80,"twice":95`, squareOfXining, "不可能", "cannot be"},
		"hours":      {named + `,"once":80,"hours":"白天"`, squareOfXining, "白天", "白天"},
		"kind":       {named + `,"kind":"商圈"`, squareOfXining, "没有", "there is no kind"},
		"division":   {named + `,"division":"999999"`, squareOfXining, "查不到", "no division"},
	} {
		_, err := readAreaFile(t, areaFile([2]string{`"code":"OK-1","name":"好的"`, squareOfXining}, [2]string{c.properties, c.coordinates}))
		zh, _ := fault.In(lang.ZH, err)
		en, _ := fault.In(lang.EN, err)
		if !strings.Contains(zh, c.zh) || !strings.Contains(en, c.en) || !strings.Contains(zh, "第 2 个区域（KA-01）") || !strings.Contains(zh, "一个区域也没有导入") {
			t.Errorf("%s: %s / %s", name, zh, en)
		}
	}
	if _, err := readAreaFile(t, "code,name\n1,2\n"); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	twins := [2]string{named, squareOfXining}
	if _, err := readAreaFile(t, areaFile(twins, twins)); err == nil || !strings.Contains(err.Error(), "is that of area 1 already") {
		t.Error(err)
	}
}

func TestImportAreas(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema, station.Schema}, func(t *testing.T, d *db.DB) {
		s := New(d)
		ctx, outcome := t.Context(), dbtest.Must[station.Outcome](t)
		key := [2]string{`"code":"KA-01","name":"大十字","division":"城中区","once":95,"twice":80`, squareOfXining}
		county := [2]string{`"code":"630103","kind":"division"`, squareOfXining}
		both := dbtest.Must[[]Area](t)(readAreaFile(t, areaFile(key, county)))
		if got := outcome(s.Import(ctx, "t", both, station.Importing{DryRun: true})); got != (station.Outcome{Added: 2}) {
			t.Errorf("dry run: %v", got)
		}
		if got := outcome(s.Import(ctx, "t", both, station.Importing{})); got != (station.Outcome{Added: 2}) {
			t.Errorf("first: %v", got)
		}
		stored, before := dbtest.Must[[]Area](t)(s.All(ctx)), dbtest.Must[int64](t)(station.New(d).Revision(ctx))
		if diff := cmp.Diff(areaTexts(both[1], both[0]), areaTexts(stored...)); diff != "" {
			t.Error(diff)
		}
		if got := outcome(s.Import(ctx, "t", both, station.Importing{})); got != (station.Outcome{Unchanged: 2}) || dbtest.Must[int64](t)(station.New(d).Revision(ctx)) != before {
			t.Errorf("again: %v", got)
		}
		// Another key area in its place leaves the divisions alone.
		key[0] = strings.ReplaceAll(strings.ReplaceAll(key[0], "KA-01", "KA-02"), "95", "99")
		if got := outcome(s.Import(ctx, "t", dbtest.Must[[]Area](t)(readAreaFile(t, areaFile(key))), station.Importing{Replace: true})); got != (station.Outcome{Added: 1, Removed: 1}) {
			t.Errorf("replace: %v", got)
		}
		key[0] = strings.ReplaceAll(key[0], "城中区", "城东区")
		if got := outcome(s.Import(ctx, "t", dbtest.Must[[]Area](t)(readAreaFile(t, areaFile(key))), station.Importing{})); got != (station.Outcome{Changed: 1}) {
			t.Errorf("change: %v", got)
		}
		if err := s.Remove(ctx, "t", []string{"KA-02", "none"}); fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
		if err := s.Remove(ctx, "t", []string{"KA-02"}); err != nil {
			t.Error(err)
		}
		if left := dbtest.Must[[]Area](t)(s.All(ctx)); len(left) != 1 || left[0].Code != "630103" {
			t.Errorf("left: %v", areaTexts(left...))
		}
		var kinds []string
		if err := s.db.View(ctx, func(tx *db.Tx) error {
			items, err := record.History(tx, Subject("KA-02"), "", 10)
			for _, i := range items {
				kinds = append(kinds, i.Kind)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"station.area_removed", "station.area_changed", "station.area_added"}, kinds); diff != "" {
			t.Error(diff)
		}
	})
}

func areaTexts(areas ...Area) []string {
	var out []string
	for _, a := range areas {
		out = append(out, fmt.Sprint(a.facts()))
	}
	return out
}

// Of two names for one thing the better one is read, and it is said.
func TestOfTwoNamesForTheCodeOneIsReadAndNamed(t *testing.T) {
	var said []string
	warn := func(text lang.Text) { said = append(said, text.ZH) }
	file := areaFile([2]string{`"adcode":"KA-9","code":"KA-01","name":"大十字"`, squareOfXining})
	areas, err := Read(t.Context(), strings.NewReader(file), Reading{Home: dbtest.Must[gb.Division](t)(gb.Parse("6301")), Within: xining, Warn: warn})
	if err != nil || areas[0].Code != "KA-01" {
		t.Fatal(areas, err)
	}
	if diff := cmp.Diff([]string{"“code”和“adcode”是一回事：只读“code”"}, said); diff != "" {
		t.Error(diff)
	}
}

// What is written is read back to the same, targets with decimals among them.
func TestAreasAreReadBack(t *testing.T) {
	areas := dbtest.Must[[]Area](t)(readAreaFile(t, areaFile(
		[2]string{`"code":"KA-01","name":"大十字","division":"城中区","once":99.5,"twice":80,"hours":"周一至周五 7:00-21:00；节假日休息","demand":"couriers","minutes":10`, squareOfXining},
		[2]string{`"code":"6301Z01","name":"甘河","kind":"zone"`, squareOfXining},
		[2]string{`"code":"630103","kind":"division"`, squareOfXining},
	)))
	var text bytes.Buffer
	if err := Write(&text, areas); err != nil {
		t.Fatal(err)
	}
	again, err := Read(t.Context(), &text, Reading{Within: geo.Nothing})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(areaTexts(areas...), areaTexts(again...)); diff != "" {
		t.Error(diff)
	}
}
