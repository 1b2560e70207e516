package run

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
)

// Grid cuts the earth into tiles: its sides in units of geo.Fixed. Whole
// numbers put a point into the same tile on every machine.
type Grid struct {
	Lon int32 `json:"lon"`
	Lat int32 `json:"lat"`
}

// Square returns the grid whose tiles around a latitude are about so many
// metres wide and high.
func Square(lat, metres float64) Grid {
	north := geo.PlaneAt(lat)
	east, up := north.Vector(geo.Fixed{}, geo.Fixed{Lon: 1000, Lat: 1000})
	units := func(metresPer1000 float64) int32 {
		return int32(max(1, math.Round(min(1e9, metres*1000/metresPer1000))))
	}
	return Grid{Lon: units(east), Lat: units(up)}
}

func (g Grid) valid() bool { return g.Lon > 0 && g.Lat > 0 }

// of returns the tile that p lies in.
func (g Grid) of(p geo.Fixed) square { return square{floor(p.Lon, g.Lon), floor(p.Lat, g.Lat)} }

func floor(a, b int32) int32 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// square is the place of a tile on its grid.
type square struct{ x, y int32 }

// String writes the square as it is stored and sent: 12/-3.
func (s square) String() string { return strconv.Itoa(int(s.x)) + "/" + strconv.Itoa(int(s.y)) }

func parseSquare(text string) (square, error) {
	x, y, _ := strings.Cut(text, "/")
	east, err1 := strconv.ParseInt(x, 10, 32)
	north, err2 := strconv.ParseInt(y, 10, 32)
	s := square{int32(east), int32(north)}
	if err1 != nil || err2 != nil || s.String() != text {
		return s, fmt.Errorf("%q is no tile", text)
	}
	return s, nil
}

// Tile is a piece of a city with what belongs to it alone. An answer has to
// account for all of this.
type Tile struct {
	square
	Stations, Cells int64
	Day, Night      reach.Weight
}

// Cut returns the tiles of a city that have any station or demand, in order.
func Cut(in *Inputs, g Grid) []Tile {
	tiles := map[square]*Tile{}
	at := func(p geo.Fixed) *Tile {
		s := g.of(p)
		if tiles[s] == nil {
			tiles[s] = &Tile{square: s}
		}
		return tiles[s]
	}
	for _, s := range in.Stations {
		at(s.At).Stations++
	}
	for _, c := range in.Cells {
		t := at(c.At)
		t.Cells++
		t.Day += c.Day
		t.Night += c.Night
	}
	out := make([]Tile, 0, len(tiles))
	for _, t := range tiles {
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b Tile) int { return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(a.x, b.x)) })
	return out
}
