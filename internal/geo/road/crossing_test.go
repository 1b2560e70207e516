package road

import (
	"testing"

	"github.com/xiadu/xiadu/internal/geo"
)

func TestCrossing(t *testing.T) {
	at := []geo.Fixed{{Lon: 0, Lat: 0}, {Lon: 1000, Lat: 0}, {Lon: 2000, Lat: 0}, {Lon: 1000, Lat: 1000}, {Lon: 1100, Lat: 0}, {Lon: 1100, Lat: 1000}, {Lon: 5000, Lat: 5000}, {Lon: 6000, Lat: 5000}}
	b := NewBuilder(at)
	b.Add(Street{Line: []uint32{0, 1, 4, 2}, Name: "东西路", Forward: true, Backward: true})
	b.Add(Street{Line: []uint32{1, 3}, Name: "南北路", Forward: true})
	b.Add(Street{Line: []uint32{5, 4}, Name: "南北路", Forward: true})
	b.Add(Street{Line: []uint32{6, 7}, Name: "远路", Forward: true, Backward: true})
	g, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, names := range [][2]string{{"东西路", "南北路"}, {"南北路", "东西路"}} {
		if p, ok := g.Crossing(names[0], names[1]); !ok || p != at[1] && p != at[4] {
			t.Errorf("%v cross at %v, %v", names, p, ok)
		}
	}
	for _, names := range [][2]string{{"东西路", "远路"}, {"东西路", "东西路"}, {"东西路", ""}, {"", ""}, {"没有", "东西路"}} {
		if p, ok := g.Crossing(names[0], names[1]); ok {
			t.Errorf("%v cross at %v", names, p)
		}
	}
}
