package complainttest

import (
	"context"
	"strconv"
	"sync"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// blocks is how many blocks the small city has each way; one is about 100 m.
const blocks = 20

// Corner is a crossing of the small city's streets: so many blocks east and north of the first.
func Corner(east, north int) geo.Point {
	return geo.Point{Lat: 36.61 + float64(north)*0.0009, Lon: 101.76 + float64(east)*0.00112}
}

// Streets are those of the small city: a grid, with a river in its middle that has one bridge, at its southern end.
var Streets = sync.OnceValue(func() *atlas.Atlas {
	var at []geo.Fixed
	for north := range blocks {
		for east := range blocks {
			at = append(at, Corner(east, north).Fixed())
		}
	}
	node := func(east, north int) uint32 { return uint32(north*blocks + east) } //nolint:gosec // a small grid
	b := road.NewBuilder(at)
	for i := range blocks {
		var west, east, up []uint32
		for j := range blocks {
			up = append(up, node(i, j))
			if j < blocks/2 {
				west = append(west, node(j, i))
			} else {
				east = append(east, node(j, i))
			}
		}
		name := "第" + strconv.Itoa(i+1)
		b.Add(road.Street{Line: up, Name: name + "大街", Forward: true, Backward: true})
		b.Add(road.Street{Line: west, Name: name + "路", Forward: true, Backward: true})
		b.Add(road.Street{Line: east, Name: name + "路", Forward: true, Backward: true})
	}
	b.Add(road.Street{Line: []uint32{node(blocks/2-1, 0), node(blocks/2, 0)}, Name: "南桥", Forward: true, Backward: true})
	g, err := b.Build(context.Background())
	if err != nil {
		panic(err)
	}
	return &atlas.Atlas{Walk: g, Ebike: g, WalkProfile: road.Walking(0), EbikeProfile: road.Ebike(0)}
})
