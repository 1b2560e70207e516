package onepage

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xiadu/xiadu/internal/geo"
)

// Class is how a cell of the demand is drawn.
type Class uint8

// The classes. What a plan gains and loses is drawn where two states are compared.
const (
	None   Class = iota // no station in reach: hatched
	Once                // one
	Twice               // two or more
	Gained              // a station that it had not before
	Lost                // none that it had before: hatched and framed
	classes
)

// Cell is a cell of the demand.
type Cell struct {
	At    geo.Point
	Class Class
}

// Shape is how a place is marked.
type Shape uint8

// The shapes.
const (
	Open  Shape = iota // a station that is open
	Shut               // one that is not
	New                // one that a plan opens
	Gone               // one that a plan closes
	Other              // one that a plan changes or moves
	shapes
)

// Mark is a station or a site on the map.
type Mark struct {
	At    geo.Point
	Shape Shape
	Text  string // beside it: a site's rank
}

// Map is a map on a sheet.
type Map struct {
	Title  string // over it, where there are two
	Label  string // what it shows, in words
	ground *Ground
	side   float64
	cells  [classes]string
	dots   [shapes]string
	leads  string // from a disc to its place
	texts  []placed
	names  []placed
	taken  []rectangle // where no name may stand
}

// placed is a text that has found room.
type placed struct {
	text string
	spot
}

// Sign is a line of the key.
type Sign struct {
	Cell  bool
	Class Class
	Shape Shape
	Text  string
}

// mostCells bounds what a map draws; more are drawn in larger squares.
const mostCells = 5000

// Draw draws cells whose middles are sideM apart, and marks, onto a ground.
func Draw(g *Ground, title, label string, sideM float64, cells []Cell, marks []Mark) Map {
	m := Map{Title: title, Label: label, ground: g}
	m.square(sideM, cells)
	m.mark(marks)
	return m
}

// The sizes of marks, in tenths of a millimetre.
const (
	dotSize  = 15 // of a station
	discSize = 40 // of what a plan does
	rings    = 6  // around a place, for discs that find no room in it
)

// mark draws the stations, of which one that is open wins its place where many stand in
// it, and what a plan does over them. A disc that would lie over another stands beside
// its place, with a line to it.
func (m *Map) mark(marks []Mark) {
	g := m.ground
	type place struct{ x, y int }
	full := map[place]bool{}
	var dots [shapes][]byte
	for shape := range shapes {
		for _, mark := range marks {
			at := g.at(mark.At.Fixed())
			if mark.Shape != shape || !g.holds(at) {
				continue
			}
			if shape >= New {
				stands := m.beside(at)
				m.taken = append(m.taken, disc(stands))
				if stands != at {
					m.leads += "M" + string(at.append(nil)) + "L" + string(stands.append(nil))
				}
				if at = stands; mark.Text != "" {
					m.texts = append(m.texts, placed{mark.Text, at})
				}
			} else if k := (place{int(at.x) / dotSize, int(at.y) / dotSize}); full[k] {
				continue
			} else {
				full[k] = true
			}
			dots[shape] = append(at.append(append(dots[shape], 'M')), "h0"...)
		}
	}
	for i := range dots {
		m.dots[i] = string(dots[i])
	}
}

func disc(at spot) rectangle {
	return rectangle{at.x - discSize/2, at.y - discSize/2, at.x + discSize/2, at.y + discSize/2}
}

// beside is where a disc has room: at its place, or on a ring around it.
func (m *Map) beside(at spot) spot {
	for ring := range rings {
		turns := max(6*ring, 1) // so many discs have room on it
		for turn := range turns {
			sin, cos := math.Sincos(2 * math.Pi * float64(turn) / float64(turns))
			try := spot{at.x + float64(ring)*discSize*1.1*cos, at.y + float64(ring)*discSize*1.1*sin}
			if g := m.ground; g.holds(try) && !slices.ContainsFunc(m.taken, disc(try).meets) {
				return try
			}
		}
	}
	return at
}

// square draws each cell as a point with a square end, which is short and has the right
// size whatever its number. Where they are too many, those of a larger square are drawn
// as the class that most of them have.
func (m *Map) square(sideM float64, cells []Cell) {
	g := m.ground
	side := max(sideM*g.scale, 9) + 1 // no white between neighbours, whose places are rounded
	type at struct{ x, y int }
	counts := map[at]*[classes]int{}
	step := 1.0
	shown := 0
	for _, c := range cells {
		if g.holds(g.at(c.At.Fixed())) {
			shown++
		}
	}
	if shown > mostCells {
		step = max(math.Sqrt(g.frame.Wide*g.frame.High/mostCells), side)
		side = step + 1
	}
	for _, c := range cells {
		s := g.at(c.At.Fixed())
		if !g.holds(s) {
			continue
		}
		k := at{int(math.Floor(s.x / step)), int(math.Floor(s.y / step))}
		if counts[k] == nil {
			counts[k] = &[classes]int{}
		}
		counts[k][c.Class]++
	}
	order := make([]at, 0, len(counts))
	for k := range counts {
		order = append(order, k)
	}
	slices.SortFunc(order, func(a, b at) int { return (a.y-b.y)*1_000_000 + a.x - b.x })
	var paths [classes][]byte
	for _, k := range order {
		class := Class(0)
		for c := range classes {
			if counts[k][c] > counts[k][class] {
				class = c
			}
		}
		middle := spot{(float64(k.x) + 0.5) * step, (float64(k.y) + 0.5) * step}
		paths[class] = append(middle.append(append(paths[class], 'M')), "h1"...) // paper has no square ends without a length
	}
	for c := range classes {
		m.cells[c] = string(paths[c])
	}
	m.side = side
}

type rectangle struct{ left, top, right, bottom float64 }

func (r rectangle) meets(o rectangle) bool {
	return r.left < o.right && o.left < r.right && r.top < o.bottom && o.top < r.bottom
}

// The size of names on the map, in tenths of a millimetre, and how many find room.
const (
	nameSize   = 30
	namesShown = 16
)

// Named puts the names of the ground where nothing else of weight stands, none over
// another, and the same on each of the maps, that they can be compared.
func Named(maps ...Map) []Map {
	g := maps[0].ground
	taken := []rectangle{{0, g.frame.High - 90, g.bar + 200, g.frame.High}} // the scale bar
	for _, m := range maps {
		taken = append(taken, m.taken...)
	}
	var names []placed
	seen := map[string]bool{}
	for _, n := range g.names {
		if len(names) == namesShown || seen[n.text] {
			continue
		}
		half := textWidth(n.text) / 2
		r := rectangle{n.at.x - half - 8, n.at.y - nameSize*0.75, n.at.x + half + 8, n.at.y + nameSize*0.75}
		if r.left < 0 || r.right > g.frame.Wide || r.top < 0 || r.bottom > g.frame.High || slices.ContainsFunc(taken, r.meets) {
			continue
		}
		seen[n.text] = true
		taken = append(taken, r)
		names = append(names, placed{n.text, n.at})
	}
	for i := range maps {
		maps[i].names = names
	}
	return maps
}

// textWidth is about how wide a name is: a Chinese character is a square.
func textWidth(text string) float64 {
	wide := 0.0
	for _, r := range text {
		if utf8.RuneLen(r) > 1 {
			wide += nameSize
		} else {
			wide += nameSize * 0.56
		}
	}
	return wide
}

func (m Map) viewBox() string {
	return strings.Join([]string{"0 0", unit(m.ground.frame.Wide), unit(m.ground.frame.High)}, " ")
}

func unit(v float64) string { return strconv.FormatFloat(v, 'f', 0, 64) }
