package geo

import "math"

// Box is an axis-parallel rectangle in 1e-7 degrees, edges included. The zero
// Box is the single point 0,0; start from Nothing to collect points.
type Box struct{ West, South, East, North int32 }

// Nothing is the empty box: the identity of Union.
var Nothing = Box{West: math.MaxInt32, South: math.MaxInt32, East: math.MinInt32, North: math.MinInt32}

// BoxOf returns the smallest box that holds all points.
func BoxOf(points ...Fixed) Box {
	b := Nothing
	for _, p := range points {
		b = b.Extend(p)
	}
	return b
}

// Extend returns the smallest box that holds b and p.
func (b Box) Extend(p Fixed) Box {
	return Box{min(b.West, p.Lon), min(b.South, p.Lat), max(b.East, p.Lon), max(b.North, p.Lat)}
}

// Union returns the smallest box that holds b and c.
func (b Box) Union(c Box) Box {
	return Box{min(b.West, c.West), min(b.South, c.South), max(b.East, c.East), max(b.North, c.North)}
}

// Empty reports whether b holds no point.
func (b Box) Empty() bool { return b.West > b.East || b.South > b.North }

// Contains reports whether p is in b.
func (b Box) Contains(p Fixed) bool {
	return p.Lon >= b.West && p.Lon <= b.East && p.Lat >= b.South && p.Lat <= b.North
}

// Intersects reports whether b and c share a point.
func (b Box) Intersects(c Box) bool {
	return b.West <= c.East && c.West <= b.East && b.South <= c.North && c.South <= b.North
}

// Center returns the middle of b.
func (b Box) Center() Fixed {
	return Fixed{Lon: int32((int64(b.West) + int64(b.East)) / 2), Lat: int32((int64(b.South) + int64(b.North)) / 2)}
}

// Pad returns b grown by metres on every side, held within the earth.
func (b Box) Pad(metres float64) Box {
	pl := PlaneAt(b.Center().Point().Lat)
	dx, dy := metres/max(pl.east, 1e-6), metres/pl.north
	return Box{
		West: clampLon(float64(b.West) - dx), South: clampLat(float64(b.South) - dy),
		East: clampLon(float64(b.East) + dx), North: clampLat(float64(b.North) + dy),
	}
}

func clampLon(v float64) int32 { return int32(min(180*fixedPerDegree, max(-180*fixedPerDegree, v))) }
func clampLat(v float64) int32 { return int32(min(90*fixedPerDegree, max(-90*fixedPerDegree, v))) }

// Everywhere holds every point.
var Everywhere = Box{West: math.MinInt32, South: math.MinInt32, East: math.MaxInt32, North: math.MaxInt32}

// Degrees returns b as west, south, east and north.
func (b Box) Degrees() [4]float64 {
	low, high := (Fixed{Lon: b.West, Lat: b.South}).Point(), (Fixed{Lon: b.East, Lat: b.North}).Point()
	return [4]float64{low.Lon, low.Lat, high.Lon, high.Lat}
}
