package report

import (
	"math"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/web"
)

// drawing is the report's map: light streets, cells by how many stations they
// reach, stations, and the numbers of the gaps. It is drawn here, so that it
// needs no script and prints sharp.
type drawing struct {
	width, height float64
	streets       string    // SVG path data, each
	cells         [3]string // none, one, two or more
	open, shut    string
	gaps          []spot
	bar           float64 // length of the scale bar
	barText       string
}

// spot is a place on the drawing.
type spot struct{ x, y float64 }

// The bounds of a drawing: a thousand units wide, and so much in it that a file
// stays below some megabytes.
const (
	drawnWidth    = 1000.0
	mostHeight    = 1200.0
	mostVertices  = 80_000
	mostDrawn     = 20_000 // cells, and as many stations
	aroundCityM   = 300
	stationRadius = 3.2
)

// paper projects positions onto the drawing.
type paper struct {
	plane geo.Plane
	west  geo.Fixed // the upper left corner
	scale float64   // units per metre
}

func draw(c *city.City, cov *coverage.Coverage, at time.Time) drawing {
	box := c.Network.Box().Pad(aroundCityM)
	corner := geo.Fixed{Lon: box.West, Lat: box.North}
	p := paper{plane: geo.PlaneAt(box.Center().Point().Lat), west: corner}
	wide, high := p.plane.Vector(corner, geo.Fixed{Lon: box.East, Lat: box.South})
	p.scale = min(drawnWidth/wide, mostHeight/-high)
	d := drawing{width: wide * p.scale, height: -high * p.scale}
	if c.Atlas != nil && c.Atlas.Walk != nil {
		d.streets = p.streets(c.Atlas.Walk)
	}
	for _, f := range page.DemandFeatures(c, cov, box, mostDrawn).Features {
		if at, ok := f.Geometry.Coordinates.([2]float64); ok {
			times, _ := f.Properties["covered"].(uint8)
			d.cells[min(times, 2)] += p.square(geo.Point{Lon: at[0], Lat: at[1]}, c.CellSide(cov.Question.Demand))
		}
	}
	d.open, d.shut = p.stations(c, cov, at)
	for _, g := range cov.Gaps[:min(len(cov.Gaps), page.GapsShown)] {
		d.gaps = append(d.gaps, p.at(g.Center.Fixed()))
	}
	d.bar, d.barText = p.bar(d.width)
	return d
}

func (p paper) at(f geo.Fixed) spot {
	east, north := p.plane.Vector(p.west, f)
	return spot{east * p.scale, -north * p.scale}
}

// streets draws the streets with a name first, since they are what people know a
// city by.
func (p paper) streets(g *road.Graph) string {
	var b []byte
	vertices := 0
	for _, named := range []bool{true, false} {
		for e := range road.Edge(g.Edges()) {
			if shape := g.Shape(e); (g.Name(e) != "") == named && vertices+len(shape) <= mostVertices {
				b = p.line(b, shape)
				vertices += len(shape)
			}
		}
	}
	return string(b)
}

// line appends a line, leaving out what is less than a unit long.
func (p paper) line(b []byte, shape []geo.Fixed) []byte {
	last := p.at(shape[0])
	b = last.append(append(b, 'M'))
	for i, f := range shape[1:] {
		next := p.at(f)
		if i < len(shape)-2 && math.Hypot(next.x-last.x, next.y-last.y) < 1 {
			continue
		}
		b = next.append(append(b, 'L'))
		last = next
	}
	return b
}

func (s spot) append(b []byte) []byte {
	b = strconv.AppendFloat(b, math.Round(s.x*10)/10, 'f', -1, 64)
	b = append(b, ' ')
	return strconv.AppendFloat(b, math.Round(s.y*10)/10, 'f', -1, 64)
}

// square is the square around a cell's middle, a little apart from its
// neighbours.
func (p paper) square(at geo.Point, sideM float64) string {
	side := max(sideM*p.scale*0.94, 2)
	middle := p.at(at.Fixed())
	b := spot{middle.x - side/2, middle.y - side/2}.append([]byte{'M'})
	size := strconv.FormatFloat(side, 'f', 1, 64)
	return string(b) + "h" + size + "v" + size + "h-" + size + "z"
}

func (p paper) stations(c *city.City, cov *coverage.Coverage, at time.Time) (open, shut string) {
	var o, s []byte
	for i := range c.Network.Stations[:min(len(c.Network.Stations), mostDrawn)] {
		one := &c.Network.Stations[i]
		switch {
		case one.Status == station.Candidate:
		case page.OpeningAt(one, at) == web.Open || cov.Question.AnyHour && one.Status == station.Operating:
			o = p.dot(o, one.At)
		default:
			s = p.dot(s, one.At)
		}
	}
	return string(o), string(s)
}

func (p paper) dot(b []byte, at geo.Point) []byte {
	middle := p.at(at.Fixed())
	b = spot{middle.x - stationRadius, middle.y}.append(append(b, 'M'))
	const r, d = "3.2", "6.4"
	return append(b, "a"+r+" "+r+" 0 1 0 "+d+" 0a"+r+" "+r+" 0 1 0 -"+d+" 0z"...)
}

// bar is a round length of about a fifth of the width.
func (p paper) bar(width float64) (units float64, text string) {
	metres := width / p.scale / 5
	round := math.Pow(10, math.Floor(math.Log10(metres)))
	for _, times := range []float64{5, 2} {
		if times*round <= metres {
			round *= times
			break
		}
	}
	if round >= 1000 {
		return round * p.scale, strconv.FormatFloat(round/1000, 'f', -1, 64) + " km"
	}
	return round * p.scale, strconv.FormatFloat(round, 'f', -1, 64) + " m"
}

func (d drawing) viewBox() string { return "0 0 " + unit(d.width) + " " + unit(d.height) }

func unit(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
