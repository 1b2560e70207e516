package station

import (
	"slices"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/geo"
)

func TestParseYuan(t *testing.T) {
	for text, want := range map[string]Fen{
		"8000": 800_000, "8,000.50": 800_050, "¥8000元": 800_000, "0.8万": 800_000, "1.25万": 1_250_000, "0": 0,
		"0.05": 5, "1.2345万": 1_234_500, "1000000000": 100_000_000_000,
	} {
		if got, err := ParseYuan(text); err != nil || got != want {
			t.Errorf("%s: %d fen, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "-1", "八千", "1.234", "1e3", "NaN", "1000000000.01", "99999999999999999999", "1.2.3", ".5万x", "万"} {
		if got, err := ParseYuan(text); err == nil {
			t.Errorf("%q passed as %d fen", text, got)
		}
	}
	if got := Fen(1_234_505).Yuan(); got != "12345.05" {
		t.Errorf("written as %s", got)
	}
}

func TestReadCandidates(t *testing.T) {
	const sheet = "编号,名称,依托单位,场所类型,区划,经度,纬度,状态,营业时间,开办费用（元）\n" +
		"C-1,东关支行,中国工商银行,银行,630102,101.79,36.62,候选,9:00-17:00,6500\n" +
		"C-2,某加油站,,fuel,630102,101.80,36.62,候选,24小时,1.2万\n" +
		"C-3,某处,,,630102,101.81,36.62,候选,,\n"
	b, err := Read(t.Context(), strings.NewReader(sheet), Reading{})
	if err != nil || b.Err() != nil {
		t.Fatal(err, b.Err())
	}
	want := []struct {
		premises Premises
		cost     Cost
	}{{Bank, Cost{650_000, true}}, {PetrolStation, Cost{1_200_000, true}}, {PremisesUnknown, Cost{}}}
	for i, s := range b.Stations {
		if s.Status != Candidate || s.Premises != want[i].premises || s.Cost != want[i].cost {
			t.Errorf("%s: %v %v %v, want %v", s.Code, s.Status, s.Premises, s.Cost, want[i])
		}
	}
	bad, err := Read(t.Context(), strings.NewReader(strings.Replace(sheet, "6500", "不贵", 1)), Reading{})
	if err != nil {
		t.Fatal(err)
	}
	if text := bad.Err().Error(); !strings.Contains(text, "row 2, cost (yuan)") || !strings.Contains(text, "不贵") {
		t.Errorf("a bad cost is told as %q", text)
	}
}

// A candidate of an extract is of the partner whose name it carries.
func TestCandidatesOfAnExtract(t *testing.T) {
	places := slices.Values([]Place{
		{ID: "n1", Kind: "bank", Name: "中国工商银行(新街口支行)", At: geo.Point{Lon: 118.78, Lat: 32.04}},
		{ID: "n2", Kind: "telecom_shop", Name: "营业厅", Operator: "中国电信", At: geo.Point{Lon: 118.78, Lat: 32.05}},
		{ID: "n3", Kind: "fuel", At: geo.Point{Lon: 118.78, Lat: 32.06}},
	})
	b, err := FromPlaces(places, PlaceReading{Division: division(t, "320106"), Status: Candidate})
	if err != nil || b.Err() != nil {
		t.Fatal(err, b.Err())
	}
	for i, want := range []struct {
		brand    string
		premises Premises
	}{{"icbc", Bank}, {"telecom", TelecomShop}, {"none", PetrolStation}} {
		if s := b.Stations[i]; s.Brand.Key() != want.brand || s.Premises != want.premises {
			t.Errorf("%s is of %s in %s", s.Name, s.Brand.Key(), s.Premises.Key())
		}
	}
}
