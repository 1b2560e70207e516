package register

import (
	"net/url"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/words"
)

// app is another map that leads the way, opened with the station as the goal.
type app struct {
	name lang.Text
	href string
}

// navigation lists the maps that lead to a place. Each takes positions in a
// datum and an order of its own, which is why they are written only here:
//
//	Amap     lon,lat   WGS-84, said by coordinate=wgs84
//	Tencent  lat,lon   GCJ-02
//	Baidu    lat,lon   GCJ-02, said by coord_type=gcj02
//	geo:     lat,lon   WGS-84 (RFC 5870)
func navigation(name, city string, at geo.Point) []app {
	gcj := geo.GCJ02.FromWGS84(at)
	lonLat := func(p geo.Point) string { return words.Degrees(p.Lon) + "," + words.Degrees(p.Lat) }
	latLon := func(p geo.Point) string { return words.Degrees(p.Lat) + "," + words.Degrees(p.Lon) }
	amap := url.Values{"to": {lonLat(at) + "," + name}, "mode": {"walk"}, "coordinate": {"wgs84"}, "callnative": {"1"}, "src": {"xiadu"}}
	tencent := url.Values{"type": {"walk"}, "to": {name}, "tocoord": {latLon(gcj)}, "referer": {"xiadu"}}
	baidu := url.Values{
		"destination": {"latlng:" + latLon(gcj) + "|name:" + name}, "mode": {"walking"}, "region": {city},
		"coord_type": {"gcj02"}, "output": {"html"}, "src": {"webapp.xiadu"},
	}
	return []app{
		{lang.Text{ZH: "高德地图", EN: "Amap"}, "https://uri.amap.com/navigation?" + amap.Encode()},
		{lang.Text{ZH: "腾讯地图", EN: "Tencent Maps"}, "https://apis.map.qq.com/uri/v1/routeplan?" + tencent.Encode()},
		{lang.Text{ZH: "百度地图", EN: "Baidu Maps"}, "https://api.map.baidu.com/direction?" + baidu.Encode()},
		{lang.Text{ZH: "手机自带地图", EN: "Map on this phone"}, "geo:" + latLon(at) + "?q=" + url.QueryEscape(latLon(at)+"("+name+")")},
	}
}
