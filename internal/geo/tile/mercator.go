package tile

import (
	"math"

	"github.com/xiadu/xiadu/internal/geo"
)

// maxLat is where web Mercator is cut so that the world is a square.
const maxLat = 85.05112877980659

// project returns p in Mercator units: 2^32 across the world, x eastward and y
// southward, 0 at longitude and latitude 0.
func project(p geo.Point) geo.Fixed {
	lat := min(maxLat, max(-maxLat, p.Lat)) * math.Pi / 180
	x := p.Lon / 360
	y := -math.Asinh(math.Tan(lat)) / (2 * math.Pi)
	return geo.Fixed{Lon: unit(x), Lat: unit(y)}
}

func unit(share float64) int32 {
	return int32(min(math.MaxInt32, max(math.MinInt32, math.Round(share*(1<<32)))))
}

// unproject is the inverse of project.
func unproject(m geo.Fixed) geo.Point {
	const world = 1 << 32
	return geo.Point{
		Lon: float64(m.Lon) / world * 360,
		Lat: -math.Atan(math.Sinh(float64(m.Lat)/world*2*math.Pi)) * 180 / math.Pi,
	}
}

const (
	extent = 4096 // units across a tile
	buffer = 64   // units drawn beyond its edge, for the width of a street
)

// frame is one tile's place in the world.
type frame struct {
	z            int
	originX      int64
	originY      int64
	unitsPerStep float64 // Mercator units in one unit of the tile
}

func frameOf(z, x, y int) frame {
	size := int64(1) << (32 - z)
	return frame{
		z: z, originX: int64(x)*size - 1<<31, originY: int64(y)*size - 1<<31,
		unitsPerStep: float64(size) / extent,
	}
}

// Inside reports whether there is a tile z/x/y.
func Inside(z, x, y int) bool {
	return z >= 0 && z <= MaxZoom && x >= 0 && y >= 0 && x < 1<<z && y < 1<<z
}

// box is the tile with its buffer, in Mercator units.
func (f frame) box() geo.Box {
	pad, size := int64(buffer*f.unitsPerStep), int64(extent*f.unitsPerStep)
	clamp := func(v int64) int32 { return int32(min(math.MaxInt32, max(math.MinInt32, v))) }
	return geo.Box{
		West: clamp(f.originX - pad), South: clamp(f.originY - pad),
		East: clamp(f.originX + size + pad), North: clamp(f.originY + size + pad),
	}
}

// at returns m in units of the tile.
func (f frame) at(m geo.Fixed) (x, y float64) {
	return math.Floor(float64(int64(m.Lon)-f.originX) / f.unitsPerStep), math.Floor(float64(int64(m.Lat)-f.originY) / f.unitsPerStep)
}

// Bounds returns the part of the earth whose dots tile z/x/y shows, its buffer
// included.
func Bounds(z, x, y int) geo.Box {
	b := frameOf(z, x, y).box()
	return geo.BoxOf(
		unproject(geo.Fixed{Lon: b.West, Lat: b.South}).Fixed(),
		unproject(geo.Fixed{Lon: b.East, Lat: b.North}).Fixed(),
	)
}
