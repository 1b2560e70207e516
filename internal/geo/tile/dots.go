package tile

import (
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"

	"github.com/xiadu/xiadu/internal/geo"
)

// Dot is a point of a layer that is not part of the base map, such as a
// station. Values of Attributes are strings, integers, floats or booleans.
type Dot struct {
	At         geo.Point
	Attributes map[string]any
}

// thinTo is how far apart dots must be to show both, in tile units: 4 pixels.
// It bounds a tile to 128 × 128 dots however many stations a country has.
const thinTo = 32

// Encode returns a tile with one layer of dots, gzipped, or nil if none falls
// in it. Where dots crowd, the first of them stands for all; at the deepest
// zoom all show, up to maxFeatures. Find the
// dots with Bounds.
func Encode(layer string, dots []Dot, z, x, y int) ([]byte, error) {
	if !Inside(z, x, y) {
		return nil, nil
	}
	f := frameOf(z, x, y)
	var features []*geojson.Feature
	taken := map[[2]int]bool{}
	for _, d := range dots {
		p := point(f, project(d.At))
		if f.cut(p) == nil || len(features) == maxFeatures {
			continue
		}
		if z < MaxZoom {
			cell := [2]int{int(p[0]+buffer) / thinTo, int(p[1]+buffer) / thinTo}
			if taken[cell] {
				continue
			}
			taken[cell] = true
		}
		features = append(features, &geojson.Feature{Geometry: p, Properties: d.Attributes})
	}
	if len(features) == 0 {
		return nil, nil
	}
	return marshal(mvt.Layers{{Name: layer, Version: 2, Extent: extent, Features: features}})
}
