package onepage

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/city"
)

// Frame is the size of a map in tenths of a millimetre.
type Frame struct{ Wide, High float64 }

// The frames: a map across the page, one of two beside each other, and one of two of
// which one lies over the other.
var (
	Across  = Frame{1780, 1480}
	Half    = Frame{875, 1400}
	Stacked = Frame{1780, 680}
)

// PairFor is the frame of two maps that shows a part of a city the larger.
func PairFor(box geo.Box) Frame {
	wide, high := sizeOf(box)
	scale := func(f Frame) float64 { return min(f.Wide/wide, f.High/high) }
	if scale(Stacked) > scale(Half) {
		return Stacked
	}
	return Half
}

func sizeOf(box geo.Box) (wide, high float64) {
	wide, high = geo.PlaneAt(box.Center().Point().Lat).Vector(geo.Fixed{Lon: box.West, Lat: box.South}, geo.Fixed{Lon: box.East, Lat: box.North})
	return max(wide, 1), max(high, 1)
}

// Ground is the streets of a part of a city with the names by which people know it.
// It is the same for everything that is drawn on it, and the last is kept (page.Ground).
type Ground struct {
	frame   Frame
	plane   geo.Plane
	middle  geo.Fixed
	scale   float64 // tenths of a millimetre a metre
	streets string  // SVG path data
	names   []name  // the weightiest first
	bar     float64
	barText string
}

type name struct {
	text string
	at   spot
}

type spot struct{ x, y float64 }

// The bounds of a ground, so that it weighs little in a page that few print: the
// longest streets come first.
const (
	mostVertices = 6000
	mostNames    = 60 // candidates; fewer find room
)

// placeKinds are the places that have their name on the map, the weightiest first.
var placeKinds = []string{
	"place=city", "place=town", "place=district", "place=suburb", "place=quarter", "railway=station", "place=square", "place=village", "place=neighbourhood",
}

// NewGround draws a part of a city into a frame.
func NewGround(c *city.City, l lang.Lang, box geo.Box, frame Frame) *Ground {
	g := &Ground{frame: frame, middle: box.Center(), plane: geo.PlaneAt(box.Center().Point().Lat)}
	wide, high := sizeOf(box)
	g.scale = min(frame.Wide/wide, frame.High/high)
	if c.Atlas != nil && c.Atlas.Places != nil {
		for _, kind := range placeKinds {
			for p := range c.Atlas.Places.Of(kind) {
				if at := g.at(p.At.Fixed()); p.Name != "" && g.holds(at) && len(g.names) < mostNames/2 {
					text := p.Name
					if en := p.Tags.Get("name:en"); en != "" && l == lang.EN {
						text = en
					}
					g.names = append(g.names, name{text, at})
				}
			}
		}
	}
	if c.Atlas != nil && c.Atlas.Walk != nil {
		g.draw(c, l, c.Atlas.Walk)
	}
	g.measure()
	return g
}

func (g *Ground) at(f geo.Fixed) spot {
	east, north := g.plane.Vector(g.middle, f)
	return spot{g.frame.Wide/2 + east*g.scale, g.frame.High/2 - north*g.scale}
}

func (g *Ground) holds(s spot) bool {
	return s.x >= 0 && s.y >= 0 && s.x <= g.frame.Wide && s.y <= g.frame.High
}

// course is all edges of one name in the frame.
type course struct {
	edges  []road.Edge
	length float64
	middle road.Edge // its longest edge
	most   uint32
}

// draw draws the streets whose name goes the farthest, until the bound, and names them.
func (g *Ground) draw(c *city.City, l lang.Lang, graph *road.Graph) {
	byName := map[string]*course{}
	for e := range road.Edge(graph.Edges()) {
		shape, street := graph.Shape(e), graph.Name(e)
		if street == "" || !g.holds(g.at(shape[0])) && !g.holds(g.at(shape[len(shape)-1])) {
			continue
		}
		one := byName[street]
		if one == nil {
			one = &course{}
			byName[street] = one
		}
		length := graph.EdgeLength(e)
		one.edges, one.length = append(one.edges, e), one.length+float64(length)
		if length > one.most {
			one.most, one.middle = length, e
		}
	}
	order := make([]string, 0, len(byName))
	for street := range byName {
		order = append(order, street)
	}
	slices.SortFunc(order, func(a, b string) int {
		return cmp.Or(cmp.Compare(byName[b].length, byName[a].length), cmp.Compare(a, b))
	})
	var path []byte
	vertices := 0
	for _, street := range order {
		one := byName[street]
		for _, e := range one.edges {
			var n int
			if path, n = g.line(path, graph.Shape(e)); n > 0 {
				vertices += n
			}
		}
		shape := graph.Shape(one.middle)
		if at := g.at(shape[len(shape)/2]); g.holds(at) && len(g.names) < mostNames {
			text := street
			if en := c.StreetName(l, street); l == lang.EN {
				text = en
			}
			g.names = append(g.names, name{text, at})
		}
		if vertices > mostVertices {
			break
		}
	}
	g.streets = string(path)
}

// line appends a line in whole tenths of a millimetre, leaving out what nobody sees,
// and says how many vertices it took.
func (g *Ground) line(b []byte, shape []geo.Fixed) ([]byte, int) {
	last := g.at(shape[0])
	b = last.append(append(b, 'M'))
	n := 1
	for i, f := range shape[1:] {
		next := g.at(f)
		if i < len(shape)-2 && math.Hypot(next.x-last.x, next.y-last.y) < 8 {
			continue
		}
		b = next.append(append(b, 'L'))
		last = next
		n++
	}
	return b, n
}

func (s spot) append(b []byte) []byte {
	b = strconv.AppendInt(b, int64(math.Round(s.x)), 10)
	b = append(b, ' ')
	return strconv.AppendInt(b, int64(math.Round(s.y)), 10)
}

// measure makes the scale bar: a round length of about a fifth of the width.
func (g *Ground) measure() {
	metres := g.frame.Wide / g.scale / 5
	round := math.Pow(10, math.Floor(math.Log10(metres)))
	for _, times := range []float64{5, 2} {
		if times*round <= metres {
			round *= times
			break
		}
	}
	g.bar, g.barText = round*g.scale, strconv.FormatFloat(round, 'f', -1, 64)+" m"
	if round >= 1000 {
		g.barText = strconv.FormatFloat(round/1000, 'f', -1, 64) + " km"
	}
}
