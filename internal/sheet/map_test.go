package sheet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
)

// features reads a map: of each feature its number, id, form and properties.
func features(file string) (out []string, err error) {
	f, err := Open(strings.NewReader(file))
	if err != nil {
		return nil, err
	}
	err = f.EachFeature(context.Background(), func(f *Feature) error {
		line := []string{strconv.Itoa(f.Number), f.ID, f.Form}
		for i, name := range f.Properties {
			line = append(line, name+"="+f.Text(i))
		}
		out = append(out, strings.Join(line, " "))
		return nil
	})
	return out, err
}

func TestFeatures(t *testing.T) {
	got, err := features(`{"crs":{"a":[1]},"features":[
		{"id":617700169958293503,"geometry":{"type":"Point","coordinates":[1,2]},"properties":{"n":617700169958293519,"x":1.50,"e":1e3,"s":"a\"b","none":null,"list":["a",1.0,true],"deep":{"a":[1, 2]},"n":7}},
		{"id":"w1","properties":null},
		{}
	],"type":"FeatureCollection"} ` + "\n")
	want := []string{
		`1 617700169958293503 Point n=617700169958293519 x=1.5 e=1000 s=a"b list=a,1,true deep={"a":[1, 2]} n=7`,
		`2 w1 `, `3  `,
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestFeaturesRefused(t *testing.T) {
	const one = `{"type":"FeatureCollection","features":[]}`
	for file, want := range map[string]string{
		one + one: "GeoJSON 结束之后还有内容", one + "\n{": "GeoJSON 结束之后还有内容", one + " x": "GeoJSON 结束之后还有内容",
		`{"type":"Feature"}`: "GeoJSON 格式有误", `{"features":[]}`: "GeoJSON 格式有误", `{"type":"FeatureCollection",`: "GeoJSON 格式有误",
		`{"type":"FeatureCollection","features":[{"properties":[]}]}`:                                             "GeoJSON 格式有误",
		`{"type":"FeatureCollection","features":{}}`:                                                              "GeoJSON 格式有误",
		`{"type":"FeatureCollection","features":[` + strings.Repeat("[", 20_000):                                  "GeoJSON 格式有误",
		`{"type":"FeatureCollection","features":[{},{"properties":{"a":"` + strings.Repeat("x", 17<<20) + `"}}]}`: "第 2 个要素太大",
		`{"type":"FeatureCollection","features":[{}` + strings.Repeat(",{}", maxRows) + `]}`:                      "超过 1000000 行",
	} {
		if _, err := features(file); !strings.Contains(message(err), want) {
			t.Errorf("%.60s: %v, want %s", file, err, want)
		}
	}
	stop := errors.New("stop")
	f, _ := Open(strings.NewReader(`{"type":"FeatureCollection","features":[{}]}`))
	if err := f.EachFeature(t.Context(), func(*Feature) error { return stop }); !errors.Is(err, stop) || fault.KindOf(err) != 0 {
		t.Errorf("an error of who reads is told as one of the file: %v", err)
	}
}

func TestShapes(t *testing.T) {
	shape := func(geometry string) (s geo.Shape, err error) {
		f, err := Open(strings.NewReader(`{"type":"FeatureCollection","features":[{"geometry":` + geometry + `}]}`))
		if err != nil {
			t.Fatal(err)
		}
		if e := f.EachFeature(t.Context(), func(f *Feature) error { s, err = f.Shape(geo.WGS84); return nil }); e != nil {
			t.Fatal(e)
		}
		return s, err
	}
	s, err := shape(`{"type":"Polygon","coordinates":[[[101,36],[101.1,36],[101.1,36],[101.1,36.1],[101,36.1],[101,36]],[[101.02,36.02],[101.04,36.02],[101.02,36.04],[101.02,36.02]]]}`)
	if err != nil || len(s) != 1 || len(s[0]) != 2 || len(s[0][0]) != 5 {
		t.Fatal(s, err)
	}
	exact, err := json.Marshal(ExactOutline(s))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := shape(`{"type":"MultiPolygon","coordinates":` + string(exact) + `}`); err != nil || !cmp.Equal(s, again) {
		t.Errorf("%v is read back as %v (%v)", s, again, err)
	}
	for geometry, want := range map[string]string{
		`null`:                                                                                 "没有边界",
		`{"type":"Polygon","coordinates":[]}`:                                                  "没有边界",
		`{"type":"Polygon","coordinates":[[]]}`:                                                "只有 0 个顶点",
		`{"type":"Polygon","coordinates":"x"}`:                                                 "坐标读不懂",
		`{"type":"MultiLineString\u202e","coordinates":[]}`:                                    "几何类型“MultiLineString□”不是面",
		`{"type":"Polygon","coordinates":[[[1,2],[3],[1,2],[1,2]]]}`:                           "第 2 个顶点没有经纬度",
		`{"type":"Polygon","coordinates":[[[36,101],[36,102],[37,101],[36,101]]]}`:             "写反了",
		`{"type":"Polygon","coordinates":[[[500000,40],[500010,40],[500010,50],[500000,40]]]}`: "不在地球上",
		`{"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,2]]]}`:                         "没有闭合",
		`{"type":"Polygon","coordinates":[[[1,1],[2,2],[2,1],[1,2],[1,1]]]}`:                   "自相交",
		`{"type":"Polygon","coordinates":[[[0,0],[100,0],[100,1],[0,0]]]}`:                     "大过 90 度",
		`{"type":"Polygon","coordinates":[[[1,1],[1,1],[1,1],[1,1]]]}`:                         "面积是零",
	} {
		if _, err := shape(geometry); !strings.Contains(message(err), want) {
			t.Errorf("%s: %v, want %s", geometry, err, want)
		}
	}
}

func TestWriteMap(t *testing.T) {
	var file bytes.Buffer
	marks := []Mark{
		PointMark("a", geo.Point{Lon: 101.77820001, Lat: 36.6}, map[string]any{"name": "甲", "n": 7}),
		NewMark("", nil, "LineString", [][2]float64{{1, 2}, {3, 4}}),
	}
	if err := WriteMap(&file, map[string]any{"plan": "P-1", "left_out": 3}, slices.Values(marks)); err != nil {
		t.Fatal(err)
	}
	var read struct {
		Map
		Plan string `json:"plan"`
	}
	if err := json.Unmarshal(file.Bytes(), &read); err != nil || read.Plan != "P-1" || read.Left != 3 || len(read.Features) != 2 {
		t.Error(err, file.String())
	}
	if got, err := features(file.String()); err != nil || got[0] != "1 a Point n=7 name=甲" {
		t.Error(got, err)
	}
	file.Reset()
	if err := WriteMap(&file, nil, slices.Values([]Mark(nil))); err != nil || strings.Join(strings.Fields(file.String()), "") != `{"type":"FeatureCollection","features":[]}` {
		t.Error(err, file.String())
	}
}
