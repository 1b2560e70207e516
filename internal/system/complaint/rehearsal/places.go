package rehearsal

import (
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
)

// place is where letters are about: a road of the drawn city, or a town of a county, which is on no map here.
type place struct {
	name     string
	division string
	at       geo.Point
}

var roads = []place{
	{"五四西路", "630104", geo.Point{Lat: 36.6275, Lon: 101.742}},
	{"昆仑大道", "630103", geo.Point{Lat: 36.605, Lon: 101.752}},
	{"海晏路", "630104", geo.Point{Lat: 36.632, Lon: 101.748}},
	{"祁连路", "630102", geo.Point{Lat: 36.633, Lon: 101.795}},
	{"南川西路", "630103", geo.Point{Lat: 36.598, Lon: 101.768}},
	{"柴达木路", "630105", geo.Point{Lat: 36.645, Lon: 101.728}},
	{"建国路", "630102", geo.Point{Lat: 36.612, Lon: 101.803}},
	{"滨河南路", "630103", geo.Point{Lat: 36.622, Lon: 101.774}},
	{"朝阳东路", "630105", geo.Point{Lat: 36.644, Lon: 101.785}},
	{"西关大街", "630104", geo.Point{Lat: 36.621, Lon: 101.763}},
	{"互助路", "630102", geo.Point{Lat: 36.617, Lon: 101.822}},
	{"德令哈路", "630102", geo.Point{Lat: 36.608, Lon: 101.79}},
}

var towns = []place{
	{"鲁沙尔镇", "630106", geo.Point{}}, {"多巴镇", "630106", geo.Point{}}, {"桥头镇", "630121", geo.Point{}}, {"东峡镇", "630121", geo.Point{}}, {"城关镇", "630123", geo.Point{}},
}

// Where on a road, and in a town.
var (
	onRoads = []string{"中段路北", "北段农贸市场旁", "南段公交首末站后面", "中学东侧", "商贸城后巷", "老家属院门口", "河边步道旁", "立交桥下", "东段十字路口", "加油站对面"}
	inTowns = []string{"主街", "河滩边", "村道旁", "集贸市场后面", "工业集中区外", "小学对面"}
)

// spot is a place, and where in it.
type spot struct {
	place
	where string
}

// spotOf picks one of a town for one letter in nine, else one of a road.
func spotOf(seed chance) spot {
	if seed.of(9) == 0 {
		return spot{towns[seed.next(1).of(len(towns))], inTowns[seed.next(2).of(len(inTowns))]}
	}
	return spot{roads[seed.next(1).of(len(roads))], onRoads[seed.next(2).of(len(onRoads))]}
}

func (s spot) name() string { return s.place.name + s.where }

// site is what a place is called where everybody reads it.
func (s spot) site() string { return s.name() + simulated }

const simulated = "（模拟）"

// near is a place on the map, a block or so from its road's.
func (s spot) near(seed chance) geo.Point {
	if s.at == (geo.Point{}) {
		return s.at
	}
	const side, step = 21, 0.0001 // some 10 m
	return geo.Point{Lat: s.at.Lat + step*float64(seed.next(3).of(side)-side/2), Lon: s.at.Lon + step*float64(seed.next(4).of(side)-side/2)}
}

func (s spot) in(home gb.Division) gb.Division {
	for _, d := range home.Children() {
		if d.Code() == s.division {
			return d
		}
	}
	return home
}

// chance is a number that looks like one by chance and is the same in every month.
type chance uint32

// next is another one, of the same letter.
func (c chance) next(n uint32) chance {
	x := uint32(c) + n*0x9e3779b9
	x ^= x >> 16
	x *= 0x7feb352d
	x ^= x >> 15
	x *= 0x846ca68b
	return chance(x ^ x>>16)
}

// of is at least 0 and less than n.
func (c chance) of(n int) int { return int(c) % n }

func pick[T any](c chance, from []T) T { return from[c.of(len(from))] }
