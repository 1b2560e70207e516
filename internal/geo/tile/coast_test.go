package tile

import (
	"testing"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/osm"
)

func TestSeas(t *testing.T) {
	f := func(x, y int32) geo.Fixed { return geo.Fixed{Lon: x, Lat: y} }
	box := geo.Box{West: 0, South: 0, East: 100, North: 100}
	west := []geo.Fixed{f(50, -10), f(50, 110)} // northward: land on the left, which is west
	island := []geo.Fixed{f(70, 40), f(90, 40), f(90, 60), f(70, 60), f(70, 40)}
	lagoon := []geo.Fixed{f(20, 40), f(20, 60), f(40, 60), f(40, 40), f(20, 40)}
	for name, c := range map[string]struct {
		coast     [][]geo.Fixed
		wet, land []geo.Fixed
	}{
		"a coast through the box":    {[][]geo.Fixed{west}, []geo.Fixed{f(80, 50), f(99, 1), f(99, 99)}, []geo.Fixed{f(20, 50), f(1, 99)}},
		"the other way round":        {[][]geo.Fixed{{f(50, 110), f(50, -10)}}, []geo.Fixed{f(20, 50), f(1, 1), f(1, 99)}, []geo.Fixed{f(80, 50)}},
		"in pieces, out of order":    {[][]geo.Fixed{{f(50, 40), f(50, 110)}, {f(50, -10), f(50, 40)}}, []geo.Fixed{f(80, 50)}, []geo.Fixed{f(20, 50)}},
		"ends inside the box":        {[][]geo.Fixed{{f(50, 5), f(50, 95)}}, []geo.Fixed{f(80, 50)}, []geo.Fixed{f(20, 50)}},
		"with an island":             {[][]geo.Fixed{west, island}, []geo.Fixed{f(60, 50), f(95, 50)}, []geo.Fixed{f(80, 50), f(20, 50)}},
		"an island alone":            {[][]geo.Fixed{island}, []geo.Fixed{f(20, 50), f(1, 1)}, []geo.Fixed{f(80, 50)}},
		"a lagoon":                   {[][]geo.Fixed{lagoon}, []geo.Fixed{f(30, 50)}, []geo.Fixed{f(80, 50), f(1, 1)}},
		"a strait":                   {[][]geo.Fixed{{f(40, -1), f(40, 101)}, {f(60, 101), f(60, -1)}}, []geo.Fixed{f(50, 50)}, []geo.Fixed{f(20, 50), f(80, 50)}},
		"a tongue of land":           {[][]geo.Fixed{{f(60, -1), f(60, 101)}, {f(40, 101), f(40, -1)}}, []geo.Fixed{f(80, 50), f(20, 50)}, []geo.Fixed{f(50, 50)}},
		"a bay cut by one edge":      {[][]geo.Fixed{{f(-5, 30), f(30, 30), f(30, 70), f(-5, 70)}}, []geo.Fixed{f(80, 50), f(1, 1), f(99, 99)}, []geo.Fixed{f(10, 50)}},
		"land at one corner":         {[][]geo.Fixed{{f(30, -1), f(-1, 30)}}, []geo.Fixed{f(80, 80)}, []geo.Fixed{f(5, 5)}},
		"sea at one corner":          {[][]geo.Fixed{{f(-1, 30), f(30, -1)}}, []geo.Fixed{f(5, 5)}, []geo.Fixed{f(80, 80)}},
		"a coast that passes beside": {[][]geo.Fixed{{f(-20, -1), f(-20, 101)}}, nil, []geo.Fixed{f(50, 50)}},
	} {
		t.Run(name, func(t *testing.T) {
			x := &osm.Extract{}
			for i, line := range c.coast {
				var v []uint32
				for k, p := range line {
					if k == len(line)-1 && p == line[0] {
						v = append(v, v[0])
						continue
					}
					v = append(v, uint32(len(x.At)))
					x.At = append(x.At, p)
				}
				x.Ways.Add(int64(i+1), osm.Tags{{Key: "natural", Value: "coastline"}}, v...)
			}
			water := seas(x, box)
			for _, want := range []struct {
				wet bool
				at  []geo.Fixed
			}{{true, c.wet}, {false, c.land}} {
				for _, p := range want.at {
					in := false
					for _, sea := range water {
						for _, ring := range sea {
							in = in != osm.Inside(p, ring)
						}
					}
					if in != want.wet {
						t.Errorf("%v: wet %v, want %v; sea %v", p, in, want.wet, water)
					}
				}
			}
		})
	}
}

// A shore drawn the wrong way round would put the town under water.
func TestSeaThatWouldDrownTheStreets(t *testing.T) {
	x := &osm.Extract{At: []geo.Fixed{{Lon: 50, Lat: -10}, {Lon: 50, Lat: 110}, {Lon: 80, Lat: 40}, {Lon: 80, Lat: 60}}}
	x.Ways.Add(1, osm.Tags{{Key: "natural", Value: "coastline"}}, 0, 1)
	box := geo.Box{East: 100, North: 100}
	if len(seas(x, box)) != 1 {
		t.Fatal("no sea beside the coast")
	}
	x.Ways.Add(2, osm.Tags{{Key: "highway", Value: "path"}}, 2, 3)
	if water := seas(x, box); water != nil {
		t.Errorf("all streets are in the sea: %v", water)
	}
}
