package gallery

import (
	"net/url"

	"github.com/xiadu/xiadu/internal/web/kit"
)

type object = map[string]any

func feature(kind string, coordinates any, properties object) object {
	return object{"type": "Feature", "properties": properties, "geometry": object{"type": kind, "coordinates": coordinates}}
}

func collection(features ...object) object {
	return object{"type": "FeatureCollection", "features": features}
}

func rectangle(west, south, east, north float64) [][][2]float64 {
	return [][][2]float64{{{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}}
}

// shapes are the GeoJSON documents that the map of the preview asks for.
func shapes() map[string]object {
	at := func(lon, lat float64) [2]float64 { return [2]float64{lon, lat} }
	var cells []object
	for i := range 6 {
		for j := range 4 {
			west, south := 118.770+float64(i)*.005, 32.035+float64(j)*.0045
			cells = append(cells, feature("Polygon", rectangle(west, south, west+.005, south+.0045),
				object{"covered": max(0, 3-i/2-j%2), "weight": 100 * (i + 1)}))
		}
	}
	return map[string]object{
		"stations": collection(
			feature("Point", at(118.7875, 32.0465), object{"id": "a", "name": "新街口工会驿站", "kind": "standard", "open": "open", "rank": 1, "href": "/stations/a"}),
			feature("Point", at(118.7795, 32.0415), object{"id": "b", "name": "建行劳动者港湾", "kind": "micro", "open": "unknown", "rank": 2, "href": "/stations/b"}),
			feature("Point", at(118.7885, 32.0405), object{"id": "c", "name": "流动驿站", "kind": "mobile", "open": "closed", "rank": 3, "href": "/stations/c"}),
			feature("Point", at(118.7765, 32.0475), object{"id": "d", "name": "邮爱驿站", "kind": "standard", "open": "closed", "href": "/stations/d"}),
		),
		"path": collection(feature("LineString", [][2]float64{at(118.784, 32.044), at(118.7838, 32.0462), at(118.7866, 32.0464), at(118.7875, 32.0465)}, object{})),
		"areas": collection(
			feature("Polygon", rectangle(118.776, 32.038, 118.796, 32.050), object{"minutes": 15}),
			feature("Polygon", rectangle(118.781, 32.041, 118.792, 32.048), object{"minutes": 5})),
		"demand": collection(cells...),
	}
}

// month has a day of every kind.
func (v partsView) month() kit.Month {
	m := kit.Month{Name: v.T("2026 年 11 月", "November 2026"), Empty: 6, Days: plainDays()}
	for i, d := range []kit.MonthDay{
		{Kind: kit.DayStart, Mark: v.T("起", "0"), Says: v.T("当日不计", "does not count itself")},
		{Kind: kit.DayIn, Mark: "1", Says: v.T("计入：第 1 日", "counts: day 1")},
		{Kind: kit.DayOut, Mark: v.T("休", "–"), Says: v.T("不计：休息日", "does not count: weekend")},
		{Kind: kit.DayHeld, Mark: v.T("停", "‖"), Says: v.T("不计：中止", "does not count: paused")},
		{Kind: kit.DayEnd, Mark: v.T("止", "!"), Says: v.T("到期", "due")},
	} {
		d.Day = i + 10
		m.Days[d.Day-1] = d
	}
	return m
}

func plainDays() []kit.MonthDay {
	days := make([]kit.MonthDay, 30)
	for i := range days {
		days[i].Day = i + 1
	}
	return days
}

func (v partsView) columns() kit.Columns {
	c, _ := kit.ColumnsOf([]kit.Column{{Key: "host", Name: v.T("依托单位", "Host")}, {Key: "hours", Name: v.T("营业时间", "Hours")}, {Key: "long", Name: v.long()}}, url.Values{"cols": {"hours"}})
	return c
}

// atHand is the bar of work at hand in every state.
func (v partsView) atHand() []kit.AtHand {
	lines := func(of ...string) map[kit.WorkLine]string {
		shown := map[kit.WorkLine]string{}
		for i := 0; i+1 < len(of); i += 2 {
			shown[kit.WorkLine(of[i])] = of[i+1]
		}
		return shown
	}
	without := v.T("不在里面：地图。", "Not among them: the map.")
	return []kit.AtHand{
		{Shown: lines("online", "-", "kept", without)},
		{Shown: lines("offline", "-", "unsent", "12", "others", "3", "kept", v.long(), "lasting", "-")},
		{Shown: lines("sending", "12", "keeping", "-")},
		{Shown: lines("unsent", "1", "signin", "-", "fleeting", "-", "notkept", v.T("网络断了，有信号时再存。", "The network broke; they are kept when there is a signal."))},
		{
			Shown: lines("stopped", "2"),
			Items: []kit.WorkItem{
				{Line: v.T("挪到东墙", "To the east wall"), State: v.T("这里有了变化", "it changed meanwhile"), Wanted: v.T("挪到东墙", "To the east wall"), Now: v.long(), Again: true},
				{Line: v.long(), State: v.T("没有通过", "refused")},
			},
		},
		{Shown: lines("wiped", "4")},
		{Shown: lines("emptied", "-", "unready", "-", "full", "-", "insecure", "-")},
	}
}
