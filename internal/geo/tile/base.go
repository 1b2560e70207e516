// Package tile draws the map: a base map built from an OpenStreetMap extract,
// and vector tiles (MVT 2) cut from it or from dots that a caller gives.
//
// Build sorts the things worth drawing into layers and gives each the zoom from
// which it shows. Positions are kept in web Mercator as 32-bit integers, the
// world being 2^32 wide (a centimetre): cutting a tile is then subtracting and
// shifting. Features are in Hilbert order within three bands of zoom, each with
// its own R-tree, so that a tile of a whole province never looks at a house.
// Everything is flat arrays, saved and read by geo/flat.
//
// A tile is bounded: it holds at most maxFeatures and maxVertices, the
// important ones first. An empty tile is nil. Coasts become water: see coast.go.
package tile

import "github.com/xiadu/xiadu/internal/geo"

// Version changes when the arrays of a saved Base do.
const Version = "1"

// MaxZoom is the deepest zoom of a tile; maps enlarge tiles beyond it.
const MaxZoom = 14

// Base is the base map of one extract. It is immutable and safe for concurrent
// use. Features are numbered in band order.
type Base struct {
	class    []byte   // Class of each feature
	zoom     []byte   // the zoom from which it shows
	box      geo.Box  // all features, in Mercator units
	rings    []uint32 // end of each feature's rings in ends
	ends     []uint32 // end of each ring in vertices
	vertices []geo.Fixed
	names    []uint32 // three texts for each feature: name, name:zh, name:en; 0 is none
	textEnds []uint32 // end of each text in text
	text     []byte
	bands    [len(bandZooms)]band
}

// bandZooms are the zooms at which a band of features begins to show.
var bandZooms = [...]int{0, 10, 13}

type band struct {
	first uint32 // its first feature
	tree  geo.RTree
}

// Len returns the number of features.
func (b *Base) Len() int { return len(b.class) }

func (b *Base) feature(i uint32) (rings []uint32, firstVertex uint32) {
	var first uint32
	if i > 0 {
		first = b.rings[i-1]
	}
	rings = b.ends[first:b.rings[i]]
	if first > 0 {
		firstVertex = b.ends[first-1]
	}
	return rings, firstVertex
}

func (b *Base) textAt(i uint32) string {
	if i == 0 {
		return ""
	}
	return string(b.text[b.textEnds[i-1]:b.textEnds[i]])
}
