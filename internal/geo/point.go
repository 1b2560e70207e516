// Package geo has points on the earth, the datums that Chinese maps give them
// in, and the two orders that make looking them up fast: the Hilbert curve and
// the packed R-tree.
//
// Everything inside the product is WGS-84 (CGCS2000 differs by centimetres),
// longitude first. GCJ-02 and BD-09 exist only at the edges: convert with a
// Datum on the way in and out. The package and those below it compute on values
// and immutable loaded arrays; they touch no storage and know no user.
package geo

import "math"

// EarthRadius is the mean radius of the earth in metres (IUGG R1).
const EarthRadius = 6371008.8

// Point is a WGS-84 position in degrees.
type Point struct{ Lon, Lat float64 }

// Valid reports whether p is on the earth. NaN is not.
func (p Point) Valid() bool {
	return p.Lon >= -180 && p.Lon <= 180 && p.Lat >= -90 && p.Lat <= 90
}

// Fixed rounds p to 1e-7 degrees, which is about a centimetre.
func (p Point) Fixed() Fixed {
	return Fixed{Lon: int32(math.Round(p.Lon * fixedPerDegree)), Lat: int32(math.Round(p.Lat * fixedPerDegree))}
}

// Distance is the great-circle distance in metres (haversine).
func Distance(a, b Point) float64 {
	la, lb := radians(a.Lat), radians(b.Lat)
	s, t := math.Sin((lb-la)/2), math.Sin(radians(b.Lon-a.Lon)/2)
	h := s*s + math.Cos(la)*math.Cos(lb)*t*t
	return 2 * EarthRadius * math.Asin(math.Sqrt(min(1, h)))
}

func radians(deg float64) float64 { return deg * math.Pi / 180 }

const fixedPerDegree = 1e7

// Fixed is a WGS-84 position in units of 1e-7 degrees, the resolution that
// OpenStreetMap stores. It is what graphs and tiles keep, at 8 bytes a vertex.
type Fixed struct{ Lon, Lat int32 }

// Point returns f in degrees.
func (f Fixed) Point() Point {
	return Point{Lon: float64(f.Lon) / fixedPerDegree, Lat: float64(f.Lat) / fixedPerDegree}
}

// Plane is the local flat projection around one latitude: metres east and
// north. Within a city its distances are right to about one in ten thousand,
// at a tenth of the cost of a great circle.
type Plane struct{ east, north float64 } // metres per unit of Fixed

// PlaneAt returns the projection around latitude lat, in degrees.
func PlaneAt(lat float64) Plane {
	north := radians(1) * EarthRadius / fixedPerDegree
	return Plane{east: north * math.Cos(radians(lat)), north: north}
}

// Vector returns how far b lies east and north of a, in metres.
func (pl Plane) Vector(a, b Fixed) (east, north float64) {
	return float64(int64(b.Lon)-int64(a.Lon)) * pl.east, float64(int64(b.Lat)-int64(a.Lat)) * pl.north
}

// Onto returns the point of segment a–b nearest to p, as the share t in [0, 1]
// of the way from a to b, and its distance from p in metres.
func (pl Plane) Onto(p, a, b Fixed) (t, metres float64) {
	abx, aby := pl.Vector(a, b)
	apx, apy := pl.Vector(a, p)
	if l := abx*abx + aby*aby; l > 0 {
		t = min(1, max(0, (apx*abx+apy*aby)/l))
	}
	return t, math.Hypot(apx-t*abx, apy-t*aby)
}

// Between returns the position at share t of the way from a to b.
func Between(a, b Fixed, t float64) Fixed {
	lerp := func(x, y int32) int32 { return x + int32(math.Round(float64(int64(y)-int64(x))*t)) }
	return Fixed{Lon: lerp(a.Lon, b.Lon), Lat: lerp(a.Lat, b.Lat)}
}
