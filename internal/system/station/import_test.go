package station

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
)

func division(tb testing.TB, code string) gb.Division {
	tb.Helper()
	d, err := gb.Parse(code)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

const twoStations = `编号,站点名称,品牌,依托单位,类型,行政区划,地址,经度,纬度,坐标系,进入方式,服务项目,无障碍,状态,营业时间,核实日期
XN-0001,东关支行驿站,工行驿站,工商银行东关支行,标准站,城东区,东关大街 1 号,101.7951,36.6215,,问工作人员,热水、休息、充电,是,,周一至周五 8:30-17:30；周六、周日 9:30-16:00；节假日休息,2026/11/3
XN-0002,邮政支局驿站,邮爱驿站,,微型,西宁市城中区,,101.7782,36.6171,,,热水;卫生间,,,24小时营业,
`

func readSheet(tb testing.TB, text string, how Reading) Batch {
	tb.Helper()
	b, err := Read(context.Background(), strings.NewReader(text), how)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func TestReadSheet(t *testing.T) {
	how := Reading{Home: division(t, "6301"), Source: "市总工会台账"}
	b := readSheet(t, twoStations, how)
	if b.Issues.Total != 0 || len(b.Stations) != 2 {
		t.Fatal(b.Issues, len(b.Stations))
	}
	icbc, _ := ParseBrand("icbc")
	want := Cells{
		"XN-0001", "东关支行驿站", icbc.Key(), "工商银行东关支行", "", "standard", "630102", "东关大街 1 号", "101.7951000", "36.6215000", "WGS-84",
		"ask_staff", "hot_water,rest,charging", "yes", "open", "Mo-Fr 08:30-17:30; Sa,Su 09:30-16:00; PH off", "", "市总工会台账", "2026-11-03",
	}
	if got := b.Stations[0].Canonical(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if s := b.Stations[1]; s.Size != Micro || s.Division.Code() != "630103" || !s.Hours.Always() || s.Services != ServicesOf(HotWater, Toilet) {
		t.Errorf("second row: %q", s.Canonical())
	}
}

func TestReadKnowsEncodingsAndFormats(t *testing.T) {
	how := Reading{Home: division(t, "6301")}
	want := readSheet(t, twoStations, how).Stations
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(twoStations)
	if err != nil {
		t.Fatal(err)
	}
	var xlsx bytes.Buffer
	if err := WriteXLSX(&xlsx, lang.ZH, slices.Values(want)); err != nil {
		t.Fatal(err)
	}
	geojson := `{"type":"FeatureCollection","features":[
		{"type":"Feature","id":"XN-0001","geometry":{"type":"Point","coordinates":[101.7951,36.6215]},"properties":{"name":"东关支行驿站","brand":"icbc","host":"工商银行东关支行","division":"630102","address":"东关大街 1 号","access":"ask_staff","services":["hot_water","rest","charging"],"wheelchair":"yes","opening_hours":"Mo-Fr 08:30-17:30; Sa,Su 09:30-16:00; PH off","checked":"2026-11-03"}},
		{"type":"Feature","geometry":{"type":"Point","coordinates":[101.7782,36.6171]},"properties":{"编号":"XN-0002","名称":"邮政支局驿站","品牌":"邮爱驿站","类型":"微型站","区划":"630103","服务":"热水、卫生间","营业时间":"24/7"}}]}`
	for name, text := range map[string]string{
		"BOM": "\ufeff" + twoStations, "GBK": gbk, "tabs": strings.ReplaceAll(twoStations, ",", "\t"), "CRLF": strings.ReplaceAll(twoStations, "\n", "\r\n"),
		"XLSX": xlsx.String(), "GeoJSON": geojson,
	} {
		b := readSheet(t, text, how)
		if b.Issues.Total != 0 || len(b.Stations) != len(want) {
			t.Errorf("%s: %v, %d stations", name, b.Issues.List, len(b.Stations))
			continue
		}
		for i, s := range b.Stations {
			if s.Canonical() != want[i].Canonical() {
				t.Errorf("%s: got  %q\nwant %q", name, s.Canonical(), want[i].Canonical())
			}
		}
	}
}

// Each bad cell is put into a good row; the complaint must name the row, the
// field and a remedy, and nothing of the sheet may be importable.
func TestBadCells(t *testing.T) {
	for _, c := range []struct {
		field Field
		text  string
		want  string
	}{
		{FieldCode, "", "第 3 行，编号：编号“”不合格：请用 1–40 个字母"},
		{FieldCode, "XN 0002", "不合格"},
		{FieldCode, "XN-0001", "与第 2 行重复"},
		{FieldCode, "<script>", "不合格"},
		{FieldName, "", "第 3 行，名称：名称是空的"},
		{FieldName, strings.Repeat("驿", 81), "太长：最多 80 个字"},
		{FieldName, "驿站\x07", "控制字符"},
		{FieldName, "驿站\u202e", "控制字符"},
		{FieldBrand, "某某驿站", "第 3 行，品牌：“某某驿站”不在目录里：请填"},
		{FieldSize, "巨型", "第 3 行，类型：“巨型”不在目录里：请填 标准站、微型站、流动站"},
		{FieldDivision, "999999", "第 3 行，区划：区划代码“999999”查不到"},
		{FieldDivision, "乌有区", "第 3 行，区划：区划“乌有区”查不到"},
		{FieldLon, "", "“”不是度数"},
		{FieldLon, "东经一百度", "“东经一百度”不是度数：请写成十进制度"},
		{FieldLon, "NaN", "不是度数"},
		{FieldLat, "101.7782", "第 3 行，纬度：纬度 101.7782 不可能：应在 -90 到 90 之间"},
		{FieldDatum, "北京54", "第 3 行，坐标系：坐标系“北京54”不认识"},
		{FieldAccess, "翻墙", "不在目录里"},
		{FieldServices, "热水、按摩", "第 3 行，服务：服务“按摩”不在目录里"},
		{FieldWheelchair, "也许", "不在目录里"},
		{FieldStatus, "'; DROP TABLE station_station; --", "不在目录里"},
		{FieldHours, "22:00-8:00", "第 3 行，营业时间：“22:00-8:00”：22:00–08:00 跨过午夜，请写成两段或写明“次日”"},
		{FieldHours, "8:00-12:00,11:00-14:00", "重叠：请合并成一段"},
		{FieldHours, "看心情", "读不懂"},
		{FieldPremises, "城堡", "第 3 行，场所：“城堡”不在目录里"},
		{FieldCost, "很贵", "第 3 行，开办费用（元）：金额“很贵”读不懂"},
		{FieldChecked, "2026-13-01", "第 3 行，核实日期：日期“2026-13-01”读不懂"},
	} {
		good := readSheet(t, twoStations, Reading{Home: division(t, "6301")}).Stations
		var headings []string
		for f := range lastField {
			headings = append(headings, f.Name().ZH)
		}
		first, second := good[0].sheet(lang.ZH), good[1].sheet(lang.ZH)
		second[c.field] = c.text
		b := readSheet(t, written(headings, first[:], second[:]), Reading{})
		msg, ok := fault.In(lang.ZH, b.Err())
		if !ok || !strings.Contains(msg, c.want) || b.Issues.Total != 1 {
			t.Errorf("%s %q: %d issues: %s; want %s", c.field.Key(), c.text, b.Issues.Total, msg, c.want)
		}
		if en, ok := fault.In(lang.EN, b.Err()); !ok || !strings.Contains(en, "row 3, "+c.field.Name().EN) {
			t.Errorf("%s %q in English: %s", c.field.Key(), c.text, en)
		}
	}
}

func written(rows ...[]string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.WriteAll(rows) // a strings.Builder does not fail
	return b.String()
}

func TestUnreadableFiles(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "没有站点",
		"编号,名称,经度,纬度\n":                  "没有站点",
		"编号,名称\nA,B\n":                   "缺少列：经度、纬度",
		"\x89PNG\r\n\x1a\n\x00\x00":      "编码认不出",
		"PK\x03\x04 not a zip":           "XLSX 文件打不开",
		`{"type":"Feature"}`:             "GeoJSON 格式有误",
		`{"type":"FeatureCollection",`:   "GeoJSON 格式有误",
		"a,b\n\"unclosed\nand more text": "缺少列",
	} {
		_, err := Read(t.Context(), strings.NewReader(text), Reading{})
		if msg, ok := fault.In(lang.ZH, err); !ok || !strings.Contains(msg, want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestDoubtfulPositions(t *testing.T) {
	home := geo.Point{Lon: 101.78, Lat: 36.62}
	how := Reading{Home: division(t, "630103"), NearestStreet: func(p geo.Point) (float64, bool) {
		d := geo.Distance(p, home)
		return d, d < 5000
	}}
	gcj, bd := geo.GCJ02.FromWGS84(home), geo.BD09.FromWGS84(home)
	for _, c := range []struct {
		lon, lat float64
		datum    string
		want     string // empty: no warning
	}{
		{home.Lon, home.Lat, "", ""},
		{gcj.Lon, gcj.Lat, "GCJ-02", ""},
		{bd.Lon, bd.Lat, "百度", ""},
		{bd.Lon, bd.Lat, "", "很可能是 BD-09 坐标，请在“坐标系”列写明"},
		{home.Lon + 1, home.Lat, "", "附近没有街道：请核对经纬度"},
		{121.9, 30.1, "", "附近没有街道"},
	} {
		text := fmt.Sprintf("code,name,lon,lat,datum\nA,B,%.7f,%.7f,%s\n", c.lon, c.lat, c.datum)
		b := readSheet(t, text, how)
		if b.Issues.Total != 0 || (c.want == "") != (b.Warnings.Total == 0) || c.want != "" && !strings.Contains(b.Warnings.List[0].String(), c.want) {
			t.Errorf("%v,%v %s: issues %v, warnings %v, want %q", c.lon, c.lat, c.datum, b.Issues.List, b.Warnings.List, c.want)
		}
	}
	if b := readSheet(t, "code,name,lon,lat\nA,B,36.62,101.78\n", how); !strings.Contains(fmt.Sprint(b.Err()), "swapped, it should be longitude 101.78, latitude 36.62") {
		t.Errorf("swapped axes: %v", b.Err())
	}
	far := geo.Point{Lon: 80, Lat: 44} // where both orders are on earth
	how.NearestStreet = func(p geo.Point) (float64, bool) { d := geo.Distance(p, far); return d, d < 5000 }
	b := readSheet(t, "code,name,lon,lat\nA,B,44,80\n", how)
	if b.Warnings.Total != 1 || !strings.Contains(b.Warnings.List[0].String(), "写反") {
		t.Errorf("swapped axes: %v", b.Warnings.List)
	}
}

func TestTwinsAreNoticed(t *testing.T) {
	b := readSheet(t, "code,name,lon,lat\nA,同名,101.78,36.62\nB,同名,101.7801,36.62\nC,同名,101.79,36.62\nD,别名,101.78,36.62\n", Reading{Home: division(t, "630103")})
	if b.Issues.Total != 0 || b.Warnings.Total != 1 || b.Warnings.List[0].Row != 3 {
		t.Errorf("%v %v", b.Issues.List, b.Warnings.List)
	}
}

func drawStation(t *rapid.T) Station {
	text := func(limit int) *rapid.Generator[string] {
		return rapid.Map(rapid.OneOf(
			rapid.StringOfN(rapid.RuneFrom([]rune("站港湾 aZ0=+-@'\"<>&;,%|\\/()（）")), 1, limit, -1),
			rapid.SampledFrom([]string{"=1+1", "'=x", "''@SUM(A1)", "<script>alert(1)</script>", "Robert'); DROP TABLE station_station;--", "-2+3", "+8613800000000"}),
		), strings.TrimSpace)
	}
	datum := rapid.SampledFrom([]geo.Datum{geo.WGS84, geo.GCJ02, geo.BD09}).Draw(t, "datum")
	s := Station{
		Code: rapid.StringMatching(`[A-Z]{2}-[0-9]{4}`).Draw(t, "code"), Name: text(20).Filter(func(s string) bool { return s != "" }).Draw(t, "name"),
		Brand: rapid.SampledFrom(Brands()).Draw(t, "brand"), Host: text(20).Draw(t, "host"), Size: Size(rapid.IntRange(0, 2).Draw(t, "size")),
		Address: text(40).Draw(t, "address"), Datum: datum, Access: Access(rapid.IntRange(0, 2).Draw(t, "access")),
		At:       geo.Point{Lon: rapid.Float64Range(74, 134).Draw(t, "lon"), Lat: rapid.Float64Range(19, 53).Draw(t, "lat")}.Fixed().Point(),
		Services: Services(rapid.Uint64Range(0, 1<<lastNeed-1).Draw(t, "services")), Wheelchair: Wheelchair(rapid.IntRange(0, 3).Draw(t, "wheelchair")),
		Status: Status(rapid.IntRange(0, 2).Draw(t, "status")), Source: text(20).Draw(t, "source"),
	}
	s.Premises = rapid.SampledFrom(AllPremises()).Draw(t, "premises")
	if rapid.Bool().Draw(t, "cost is known") {
		s.Cost = Cost{Fen(rapid.Int64Range(0, int64(maxCost)).Draw(t, "cost")), true}
	}
	s.Division, _ = gb.Parse(rapid.SampledFrom([]string{"630102", "630103", "110101", "6301Z01", "419001"}).Draw(t, "division"))
	if rapid.Bool().Draw(t, "hours") {
		var err error
		if s.Hours, err = opening.Parse(rapid.SampledFrom(manyHours).Draw(t, "text")); err != nil {
			t.Fatal(err)
		}
	}
	if rapid.Bool().Draw(t, "checked") {
		s.Checked = calendar.On(2026, 1, rapid.IntRange(1, 365).Draw(t, "day"))
	}
	return s
}

// manyHours have everything that hours can say.
var manyHours = []string{
	"24/7", "off", "Mo-Fr 08:00-12:00,14:00-18:00; Sa 22:00-30:00; PH off; MW 09:00-12:00",
	`Mo-Su 08:00-18:00; Nov 15-Mar 15 We 09:00-17:00; 2026 Nov 23-2026 Nov 30 07:00-22:00 "寒潮延长"; 2026 Dec 25 off`,
}

func TestExportReadsBackTheSame(t *testing.T) {
	for _, l := range []lang.Lang{lang.ZH, lang.EN} {
		for name, write := range map[string]func(*bytes.Buffer, Station) error{
			"CSV":  func(b *bytes.Buffer, s Station) error { return WriteCSV(b, l, slices.Values([]Station{s})) },
			"XLSX": func(b *bytes.Buffer, s Station) error { return WriteXLSX(b, l, slices.Values([]Station{s})) },
		} {
			t.Run(name+l.Tag(), func(t *testing.T) {
				rapid.Check(t, func(t *rapid.T) {
					s := drawStation(t)
					var file bytes.Buffer
					if err := write(&file, s); err != nil {
						t.Fatal(err)
					}
					b, err := Read(context.Background(), &file, Reading{})
					if err != nil || b.Issues.Total != 0 || len(b.Stations) != 1 {
						t.Fatalf("%v %v", err, b.Issues.List)
					}
					if got := b.Stations[0].Canonical(); got != s.Canonical() {
						t.Fatalf("wrote %q\nread  %q", s.Canonical(), got)
					}
				})
			})
		}
	}
}

func TestExportGuardsFormulas(t *testing.T) {
	var file bytes.Buffer
	s := Station{Code: "A", Name: `=HYPERLINK("http://evil","x")`, Host: "-1+2", Address: "@x", Source: "\tcmd", At: geo.Point{Lon: -51.2, Lat: -30}}
	if err := WriteCSV(&file, lang.EN, slices.Values([]Station{s})); err != nil {
		t.Fatal(err)
	}
	lines := csv.NewReader(&file)
	_, _ = lines.Read()
	row, err := lines.Read()
	if err != nil {
		t.Fatal(err)
	}
	for f, cell := range row {
		if Field(f) != FieldLon && Field(f) != FieldLat && cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
			t.Errorf("%s begins like a formula: %q", Field(f).Key(), cell)
		}
	}
	if row[FieldLon] != "-51.2000000" {
		t.Errorf("a number was guarded: %q", row[FieldLon])
	}
}

func TestManyIssuesAreCounted(t *testing.T) {
	var b strings.Builder
	b.WriteString("code,name,lon,lat\n")
	for i := range 3000 {
		fmt.Fprintf(&b, "S%d,,101,36\n", i)
	}
	batch := readSheet(t, b.String(), Reading{Home: division(t, "630103")})
	if batch.Issues.Total != 3000 || len(batch.Issues.List) != maxIssues {
		t.Errorf("%d issues, %d in words", batch.Issues.Total, len(batch.Issues.List))
	}
}

func TestFromPlaces(t *testing.T) {
	places := []Place{
		{ID: "n1", Kind: "bank", Name: "建设银行", Hours: "Mo-Fr 09:00-17:00; PH off", At: geo.Point{Lon: 118.78, Lat: 32.04}, Tags: map[string]string{"wheelchair": "yes"}},
		{ID: "w2", Kind: "toilets", Hours: "sunrise-sunset", At: geo.Point{Lon: 118.79, Lat: 32.04}},
		{ID: "n3", Kind: "casino", At: geo.Point{Lon: 118.79, Lat: 32.04}},
	}
	how := PlaceReading{Division: division(t, "320102"), Status: Candidate, Source: "OpenStreetMap"}
	b, err := FromPlaces(slices.Values(places), how)
	if err != nil || b.Err() != nil || len(b.Stations) != 2 || b.Warnings.Total != 1 {
		t.Fatal(err, b.Err(), b.Stations, b.Warnings)
	}
	bank, toilet := b.Stations[0], b.Stations[1]
	if bank.Code != "OSM-n1" || bank.Hours.String() != "Mo-Fr 09:00-17:00; PH off" || bank.Wheelchair != WheelchairYes || bank.Access != AskStaff || !bank.Services.Has(ServicesOf(HotWater, Rest)) {
		t.Errorf("%q", bank.Canonical())
	}
	if toilet.Name != "公共厕所" || toilet.Hours.Known() || toilet.Status != Candidate || toilet.Services != ServicesOf(Toilet) {
		t.Errorf("%q", toilet.Canonical())
	}
	how.Kinds = []string{"casino"}
	if _, err := FromPlaces(slices.Values(places), how); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(twoStations))
	f.Add([]byte(`{"type":"FeatureCollection","features":[{"id":1,"geometry":{"type":"Point","coordinates":[1,2]},"properties":{"name":[1,{}]}}]}`))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("\xff\xfea\x00"))
	home, _ := gb.Parse("630103")
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := Read(context.Background(), bytes.NewReader(data), Reading{Home: home, NearestStreet: func(geo.Point) (float64, bool) { return 0, false }})
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		for _, s := range b.Stations {
			if flaws := s.Check(); flaws != nil {
				t.Fatalf("accepted %q with %v", s.Canonical(), flaws)
			}
		}
	})
}
