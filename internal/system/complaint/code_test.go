package complaint_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/system/complaint"
)

func TestReadCode(t *testing.T) {
	for text, want := range map[string]complaint.Code{
		"D3SX202505280018":   {Shape: complaint.Round, Channel: complaint.Call, Round: 3, Region: "SX", Serial: "0018"},
		"X2HA202105050022":   {Shape: complaint.Round, Channel: complaint.Letter, Round: 2, Region: "HA", Serial: "0022"},
		"D3QH 20231205 0007": {Shape: complaint.Round, Channel: complaint.Call, Round: 3, Region: "QH", Serial: "0007"},
		"ｄ３ｑｈ202312050007":   {Shape: complaint.Round, Channel: complaint.Call, Round: 3, Region: "QH", Serial: "0007"},
		"XND2023120501":      {Shape: complaint.Team, Channel: complaint.Call, Region: "XN", Serial: "01"},
		"D20231205001":       {Shape: complaint.Plain, Channel: complaint.Call, Serial: "001"},
		"D63010220231205001": {Shape: complaint.Division, Channel: complaint.Call, Division: "630102", Serial: "001"},
		"18":                 {Shape: complaint.Serial, Serial: "18"},
		"D3QH202313450007":   {}, // no such day: kept, and not understood
		"青环督〔2023〕18号":       {},
		"D3QH2023120":        {},
	} {
		got, err := complaint.ReadCode(" " + text + "\t")
		if err != nil {
			t.Fatal(text, err)
		}
		if got.Text != text {
			t.Errorf("%q is kept as %q", text, got.Text)
		}
		if got.Shape != want.Shape || got.Channel != want.Channel || got.Round != want.Round || got.Region != want.Region || got.Serial != want.Serial || got.Division != want.Division {
			t.Errorf("%q is read as %+v", text, got)
		}
		if dated := want.Shape != complaint.Serial && want.Shape != complaint.Other; got.Dated != dated || dated && got.Date.String()[:7] < "2021-05" {
			t.Errorf("%q is of %v", text, got.Date)
		}
	}
	for _, bad := range []string{"", " ", "*", strings.Repeat("1", 41), "D3QH\x002023"} {
		if _, err := complaint.ReadCode(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
	if a, b := complaint.CodeKey("d3qh-2023 1205．0007*"), complaint.CodeKey("Ｄ３QH202312050007"); a != b {
		t.Errorf("one code is found as %q and %q", a, b)
	}
}

func TestCitedIn(t *testing.T) {
	text := "该件与D3QH202311260003、d3qh 20231128 0012重复，此前投诉过X3QH2023112（编号不全），另见第4批。电话13812345678不是编号；再次提到D3QH202311260003。"
	var got []string
	for _, c := range complaint.CitedIn(text) {
		got = append(got, c.Key)
		if c.Key == "X3QH2023112" && c.Whole {
			t.Error("a code without its end is taken for whole")
		}
	}
	if strings.Join(got, " ") != "D3QH202311260003 D3QH202311280012" {
		t.Errorf("the text names %q", got)
	}
	if got := complaint.CitedIn("见X3QH20231126号件"); len(got) != 1 || got[0].Whole {
		t.Errorf("characters are missing: %+v", got)
	}
}

func TestReadKinds(t *testing.T) {
	for cell, want := range map[string]string{
		"大气、噪音": "air noise", "水，土壤；固废": "water soil waste", "生态破坏": "ecology", "大气污染和噪声污染": "air noise", "噪声 噪音": "noise",
		"": "", "其他类": "other", "油烟/扬尘": "fumes dust", "固体废物\n大气": "waste air", "垃圾": "waste",
	} {
		kinds, unknown := complaint.ReadKinds(cell)
		var got []string
		for _, k := range kinds {
			got = append(got, k.Key())
		}
		if strings.Join(got, " ") != want || len(unknown) > 0 {
			t.Errorf("%q is %q and %q", cell, got, unknown)
		}
	}
	if _, unknown := complaint.ReadKinds("大气、光污染"); len(unknown) != 1 || unknown[0] != "光污染" {
		t.Errorf("%q", unknown)
	}
}

func TestVerdicts(t *testing.T) {
	for s, want := range map[string]complaint.Verdict{"属实": complaint.True, "基本属实": complaint.MostlyTrue, "部分属实": complaint.PartlyTrue, "不属实": complaint.Untrue} {
		if v, ok := complaint.ParseVerdict(s); !ok || v != want {
			t.Errorf("%s is %s", s, v.Name().ZH)
		}
	}
	for _, s := range []string{"是", "否", "", "属 实", "部分"} {
		if _, ok := complaint.ParseVerdict(s); ok {
			t.Errorf("%q was taken for a verdict", s)
		}
	}
	const T, M, P, U, N = complaint.True, complaint.MostlyTrue, complaint.PartlyTrue, complaint.Untrue, complaint.Unjudged
	for _, c := range []struct {
		points []complaint.Verdict
		want   complaint.Verdict
	}{
		{nil, N},
		{[]complaint.Verdict{T}, T},
		{[]complaint.Verdict{U, U}, U},
		{[]complaint.Verdict{T, U}, P},
		{[]complaint.Verdict{T, M}, M},
		{[]complaint.Verdict{T, N}, N},
		{[]complaint.Verdict{M, M, U}, P},
		{[]complaint.Verdict{P, T}, P},
		{[]complaint.Verdict{T, M, T}, M},
	} {
		if got := complaint.Of(c.points); got != c.want {
			t.Errorf("%v is %s", c.points, got.Name().ZH)
		}
	}
}

func FuzzCode(f *testing.F) {
	for _, s := range []string{"D3SX202505280018", "XND2023120501", "d 3 q h 2023 1205 0007", "18", "＊D20231205001"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := complaint.ReadCode(s)
		if err == nil && (c.Key == "" || complaint.CodeKey(c.Text) != c.Key || complaint.CodeKey(c.Key) != c.Key) {
			t.Fatalf("%q is found as %q", s, c.Key)
		}
		for _, cited := range complaint.CitedIn(s) {
			if !strings.Contains(s, cited.Text) {
				t.Fatalf("%q does not have %q", s, cited.Text)
			}
		}
	})
}
