package coverage_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationtest"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
)

// What has been closed is no station any more, and what comes after it in the
// same trial is told so, and by which change.
func TestWhatIsClosedIsNoStationAnyMore(t *testing.T) {
	bank, _ := station.ParseBrand("icbc")
	n := coverage.New(network.New(stationtest.Grid(t, 5), []station.Station{
		{Code: "A-1", Name: "一", At: stationtest.Spot(0, 0), Brand: bank, Hours: stationtest.Hours(t, "24/7"), Status: station.Operating},
		{Code: "C-1", Name: "候选", At: stationtest.Spot(300, 0), Hours: stationtest.Hours(t, "24/7"), Status: station.Candidate},
	}), nil)
	for _, c := range []struct{ lines, zh, en string }{
		{"close A-1\nclose A-1", "第 2 条改动“close A-1”：A-1 已经由第 1 条改动关闭", "change 1 has closed A-1 already, and there is no such station"},
		{"close brand:icbc\nclose A-1", "已经由第 1 条改动关闭", "change 1 has closed A-1"},
		{"pause A-1 Su\nclose A-1\nhours A-1 24/7", "已经由第 2 条改动关闭", "change 2 has closed A-1"},
		{"open C-1 101.7,36.6 24/7\nclose C-1\nclose C-1", "已经由第 2 条改动关闭", "change 2 has closed C-1"},
		{"close A-1\nclose B-1", "没有编号为 B-1 的站点", "there is no station B-1"},
		{"open C-1 101.7,36.6 24/7\nclose C-1\nopen C-1 101.7,36.6 24/7\npause C-1 Su", "", ""},
	} {
		changes, err := whatif.Parse(strings.Split(c.lines, "\n"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = n.WhatIf(changes)
		if c.zh == "" {
			if err != nil {
				t.Errorf("%q: %v", c.lines, err)
			}
			continue
		}
		zh, _ := fault.In(lang.ZH, err)
		en, _ := fault.In(lang.EN, err)
		if fault.KindOf(err) != fault.NotFound || !strings.Contains(zh, c.zh) || !strings.Contains(en, c.en) {
			t.Errorf("%q: %v\n%s\n%s", c.lines, fault.KindOf(err), zh, en)
		}
	}
}
