package atlas

import (
	"fmt"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/osm"
)

// manyPlaces are n places with names of a Chinese city.
func manyPlaces(n int) *Places {
	parts := []string{"人民", "胜利", "黄河", "昆仑", "五四", "建设", "银行", "超市", "公园", "医院", "小区", "大厦"}
	g := &gatherer{x: &osm.Extract{}, places: &Places{}, texts: map[string]uint32{}}
	for i := range n {
		name := fmt.Sprintf("%s%s%d号", parts[i%len(parts)], parts[i/7%len(parts)], i)
		g.add(int64(i)<<2, geo.Fixed{Lon: 1017000000 + int32(i%317)*1000, Lat: 366000000 + int32(i/317)*1000}, "amenity=bank", name, nil)
	}
	return g.places
}

func BenchmarkSearch(b *testing.B) {
	ps := manyPlaces(100_000)
	for _, query := range []string{"昆仑医院", "人民", "rmyh", "不存在"} {
		b.Run(query, func(b *testing.B) {
			for b.Loop() {
				ps.Search(query, geo.Point{Lon: 101.75, Lat: 36.65}, 10)
			}
		})
	}
}

func TestNearestOfEqualsComesFirst(t *testing.T) {
	g := &gatherer{x: &osm.Extract{}, places: &Places{}, texts: map[string]uint32{}}
	for i := range 5 {
		g.add(int64(i+1)<<2, geo.Fixed{Lon: 1017000000 + int32(i)*100000, Lat: 366000000}, "amenity=bank", "建设银行", nil)
	}
	got := g.places.Search("建设银行", geo.Point{Lon: 101.732, Lat: 36.6}, 2)
	if len(got) != 2 || got[0].Ref != "n4" || got[1].Ref != "n5" && got[1].Ref != "n3" {
		t.Errorf("found %v", got)
	}
	g.add(9<<2, geo.Fixed{Lon: 1017300100, Lat: 366000000}, "building=yes", "建设银行", nil)
	if got := g.places.Search("建设银行", geo.Point{Lon: 101.732, Lat: 36.6}, 9); len(got) != 5 {
		t.Errorf("a bank and its building came as two: %v", got)
	}
}

func TestEveryReadingIsIndexed(t *testing.T) {
	entry := string(appendIndex(nil, "重庆路", nil))
	for _, want := range []string{"\x02cql", "\x02zql", "\x02chongqinglu"} {
		if !strings.Contains(entry, want) {
			t.Errorf("index %q lacks %q", entry, want)
		}
	}
}
