package geo

import (
	"math"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
)

// Datum is the system that a position was given in. WGS-84 is inside; the
// others are how maps in China give and take positions.
type Datum uint8

// The datums.
const (
	WGS84 Datum = iota // GPS, OpenStreetMap, 天地图 (CGCS2000, equal at our precision)
	GCJ02              // Amap, Tencent, WeChat
	BD09               // Baidu
)

var datumNames = [...]string{WGS84: "WGS-84", GCJ02: "GCJ-02", BD09: "BD-09"}

func (d Datum) String() string { return datumNames[d] }

// withoutJoints drops what people put between the parts of a datum's name.
var withoutJoints = strings.NewReplacer("-", "", "_", "", " ", "")

// ParseDatum reads a datum's name as offices and map services write it.
// The empty name is WGS-84.
func ParseDatum(s string) (Datum, error) {
	switch withoutJoints.Replace(strings.ToLower(strings.TrimSpace(s))) {
	case "", "wgs84", "cgcs2000", "gps", "天地图", "epsg:4326":
		return WGS84, nil
	case "gcj02", "gcj", "amap", "gaode", "高德", "腾讯", "tencent", "火星坐标":
		return GCJ02, nil
	case "bd09", "bd09ll", "baidu", "百度":
		return BD09, nil
	}
	return 0, fault.New(fault.Invalid, "坐标系“%s”不认识：请填 WGS-84、GCJ-02（高德、腾讯）或 BD-09（百度）",
		"unknown datum %q: write WGS-84, GCJ-02 (Amap, Tencent) or BD-09 (Baidu)", s)
}

// The constants of the GCJ-02 shift, as published with the common formula: the
// Krasovsky 1940 ellipsoid.
const (
	gcjA  = 6378245.0
	gcjEE = 0.00669342162296594323
	bdPi  = math.Pi * 3000.0 / 180.0
)

// FromWGS84 returns p, a WGS-84 position, as datum d gives it. Outside China
// GCJ-02 and BD-09 keep the WGS-84 position, as the map services do.
func (d Datum) FromWGS84(p Point) Point {
	if d == WGS84 || !shifted(p) {
		return p
	}
	dLon, dLat := gcjShift(p)
	p = Point{p.Lon + dLon, p.Lat + dLat}
	if d == BD09 {
		p = bdFromGCJ(p)
	}
	return p
}

// ToWGS84 returns the WGS-84 position of p, which is given in datum d. It
// inverts FromWGS84 by iteration, to well below a centimetre.
func (d Datum) ToWGS84(p Point) Point {
	if d == WGS84 || !shifted(p) {
		return p
	}
	guess := p
	for range 10 { // each round shrinks the error about a thousandfold
		got := d.FromWGS84(guess)
		dLon, dLat := p.Lon-got.Lon, p.Lat-got.Lat
		guess = Point{guess.Lon + dLon, guess.Lat + dLat}
		if math.Abs(dLon) < 1e-10 && math.Abs(dLat) < 1e-10 {
			break
		}
	}
	return guess
}

// shifted reports whether p lies in the rectangle to which the services apply
// the shift.
func shifted(p Point) bool {
	return p.Lon > 72.004 && p.Lon < 137.8347 && p.Lat > 0.8293 && p.Lat < 55.8271
}

func gcjShift(p Point) (dLon, dLat float64) {
	x, y := p.Lon-105, p.Lat-35
	r := math.Sqrt(math.Abs(x))
	wave := func(amplitude, v float64) float64 { return amplitude * math.Sin(v*math.Pi) * 2 / 3 }
	ripple := wave(20, 6*x) + wave(20, 2*x)
	dLat = -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*r + ripple +
		wave(20, y) + wave(40, y/3) + wave(160, y/12) + wave(320, y/30)
	dLon = 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*r + ripple +
		wave(20, x) + wave(40, x/3) + wave(150, x/12) + wave(300, x/30)
	lat := radians(p.Lat)
	m := 1 - gcjEE*math.Sin(lat)*math.Sin(lat)
	dLat = dLat * 180 / (gcjA * (1 - gcjEE) / (m * math.Sqrt(m)) * math.Pi)
	dLon = dLon * 180 / (gcjA / math.Sqrt(m) * math.Cos(lat) * math.Pi)
	return dLon, dLat
}

func bdFromGCJ(p Point) Point {
	z := math.Hypot(p.Lon, p.Lat) + 0.00002*math.Sin(p.Lat*bdPi)
	theta := math.Atan2(p.Lat, p.Lon) + 0.000003*math.Cos(p.Lon*bdPi)
	return Point{z*math.Cos(theta) + 0.0065, z*math.Sin(theta) + 0.006}
}
