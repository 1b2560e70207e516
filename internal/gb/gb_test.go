package gb_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
)

func parse(t *testing.T, code string) gb.Division {
	t.Helper()
	d, err := gb.Parse(code)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The codes of Xining as the brief of the trade lists them.
func TestXining(t *testing.T) {
	for code, want := range map[string]lang.Text{
		"630102":  {ZH: "青海省西宁市城东区", EN: "Chengdong District, Xining City, Qinghai"},
		"630106":  {ZH: "青海省西宁市湟中区", EN: "Huangzhong District, Xining City, Qinghai"},
		"630121":  {ZH: "青海省西宁市大通回族土族自治县", EN: "Datong Hui and Tu Autonomous County, Xining City, Qinghai"},
		"6301":    {ZH: "青海省西宁市", EN: "Xining City, Qinghai"},
		"63":      {ZH: "青海省", EN: "Qinghai"},
		"6301z01": {ZH: "青海省西宁市湟中区甘河工业园区", EN: "Ganhe Industrial Park, Huangzhong District, Xining City, Qinghai"},
		"110101":  {ZH: "北京市东城区", EN: "Dongcheng District, Beijing"},
		"419001":  {ZH: "河南省济源市", EN: "Jiyuan City, Henan"},
	} {
		if got := parse(t, code).FullName(); got != want {
			t.Errorf("%s is %v, want %v", code, got, want)
		}
	}
	if n := len(parse(t, "6301").Children()); n != 7 {
		t.Errorf("Xining has %d counties and districts, want 7", n)
	}
	if n := len(gb.Provinces()); n != 34 {
		t.Errorf("%d provinces, want 34", n)
	}
}

func TestUnits(t *testing.T) {
	units := gb.Units()
	if len(units) != 32 || units[0].Code() != "110000" || units[30].Code() != "650000" || units[31].Name().ZH != "新疆生产建设兵团" {
		t.Errorf("the units are %v", units)
	}
	for code, want := range map[string]string{
		"630103": "630000", "6301Z01": "630000", "630122": "630000", "110101": "110000", "654301": "650000",
		"659001": "660000", "659012": "660000", "660000": "660000", "650000": "650000", "820000": "820000",
	} {
		if got := parse(t, code).Unit(); got.Code() != want {
			t.Errorf("%s is told with %s, want %s", code, got.Code(), want)
		}
	}
	if (gb.Division{}).Unit().Valid() {
		t.Error("no division has a unit")
	}
}

func TestEndedCodeLeadsToItsSuccessor(t *testing.T) {
	old := parse(t, "630122")
	if !old.Ended() || old.Current() != parse(t, "630106") {
		t.Errorf("630122 leads to %v", old.Current())
	}
	before, after := calendar.On(2019, 12, 5), calendar.On(2019, 12, 6)
	if !old.ValidOn(before) || old.ValidOn(after) {
		t.Error("630122 did not end on 5 December 2019")
	}
	if d, err := gb.Resolve("西宁市湟中县", gb.Division{}); err != nil || d.Code() != "630106" {
		t.Errorf("湟中县 resolves to %v, %v", d, err)
	}
}

func TestResolve(t *testing.T) {
	xining := parse(t, "6301")
	for _, c := range []struct {
		in   string
		home gb.Division
		want string // a code, or a part of the message
	}{
		{"630103", gb.Division{}, "630103"},
		{"城中区", xining, "630103"},
		{" 青海省 西宁市 城中区 ", gb.Division{}, "630103"},
		{"西宁市城中区", gb.Division{}, "630103"},
		{"青海省城中区", gb.Division{}, "630103"},
		{"柳州市城中区", xining, "450202"},
		{"甘河工业园区", gb.Division{}, "6301Z01"},
		{"城中区", gb.Division{}, "不止一个"},
		{"西宁市青海省城中区", xining, "查不到"},
		{"海南省儋州市", gb.Division{}, "460400"},
		{"海南省儋州市儋州市", gb.Division{}, "460400"},
		{"999999", gb.Division{}, "查不到"},
		{"", gb.Division{}, "查不到"},
		{"'; DROP TABLE station; --", xining, "查不到"},
	} {
		d, err := gb.Resolve(c.in, c.home)
		if err != nil {
			if msg, ok := fault.In(lang.ZH, err); !ok || !strings.Contains(msg, c.want) {
				t.Errorf("Resolve(%q): %v, want %s", c.in, err, c.want)
			}
		} else if d.Code() != c.want {
			t.Errorf("Resolve(%q) = %v %s, want %s", c.in, d, d.Code(), c.want)
		}
	}
}

func TestFullNameResolvesToItself(t *testing.T) {
	var all []gb.Division
	var walk func([]gb.Division)
	walk = func(ds []gb.Division) {
		for _, d := range ds {
			all = append(all, d)
			walk(d.Children())
		}
	}
	walk(gb.Provinces())
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.SampledFrom(all).Draw(t, "division")
		if got, err := gb.Resolve(d.String(), gb.Division{}); err != nil || got != d {
			t.Fatalf("%v %s resolves to %v, %v", d, d.Code(), got, err)
		}
		if !d.Within(d.Parent()) || d.Parent().Within(d) || !d.Within(gb.Division{}) {
			t.Fatalf("%v and its parent are not within each other as they should be", d)
		}
	})
}

func TestNoDivisionIsHarmless(t *testing.T) {
	var none gb.Division
	if none.Valid() || none.Code() != "" || none.String() != "" || none.Level() != 0 || none.Parent() != none || none.Current() != none || none.Ended() || none.Example() {
		t.Error("the zero Division is something")
	}
	if len(none.Children()) != 34 {
		t.Error("below no division are not the provinces")
	}
}

// Offices leave the peoples of an autonomous county out, and the name still leads to it.
func TestShortNames(t *testing.T) {
	for name, code := range map[string]string{
		"大通县": "630121", "西宁市大通县": "630121", "青海省西宁市大通县": "630121", "大通回族土族自治县": "630121", "黄南州": "632300", "黄南州同仁市": "632301",
		"海西州": "632800", "积石山县": "622927", "伊犁州": "654000", "阿克塞县": "620924", "延边州": "222400",
	} {
		if d, err := gb.Resolve(name, gb.Division{}); err != nil || d.Code() != code {
			t.Errorf("%s is %v (%v), want %s", name, d, err, code)
		}
	}
	if _, err := gb.Resolve("大通", gb.Division{}); err == nil {
		t.Error("大通 alone is no name of a division")
	}
}
