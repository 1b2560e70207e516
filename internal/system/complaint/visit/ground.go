package visit

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// mostOffM is how far from a street a site may lie.
const mostOffM = 500

// guessS is how long somebody takes for a metre as the crow flies, where no street leads: it decides an order only.
const guessS = 3

// way is what a round is on the streets.
type way struct {
	order []int // of the sites that are placed, by their index
	legs  []leg // to each of them from the one before; the first has none
	lines [][]geo.Fixed
}

type leg struct{ metres, seconds int }

var noLeg = leg{-1, -1}

// find orders sites along the streets of a mode, or leaves them in the order that they are in. A site that no street is near is ordered as the crow flies.
func find(a *atlas.Atlas, m Mode, at []geo.Point, fixed bool) way {
	graph, profile := a.Walk, a.WalkProfile
	if m == Drive {
		graph, profile = a.Ebike, a.EbikeProfile
	}
	snaps, on := make([]road.Snap, len(at)), make([]bool, len(at))
	for i, p := range at {
		snaps[i], on[i] = graph.Snap(p, mostOffM)
	}
	lengths := between(graph, snaps, on)
	cost := make([][]float64, len(at))
	for i := range at {
		cost[i] = make([]float64, len(at))
		for j := range at {
			if dm := lengths[i][j]; dm != none {
				cost[i][j] = profile.Time(dm).Seconds()
			} else if i != j {
				cost[i][j] = guessS * geo.Distance(at[i], at[j])
			}
		}
	}
	w := way{order: order(cost)}
	if fixed {
		slices.Sort(w.order)
	}
	for n, i := range w.order {
		if n == 0 || lengths[w.order[n-1]][i] == none {
			w.legs = append(w.legs, noLeg)
			continue
		}
		dm := lengths[w.order[n-1]][i]
		w.legs = append(w.legs, leg{int(math.Round(float64(dm) / 10)), int(profile.Time(dm).Round(time.Second).Seconds())})
		if path, ok := graph.Route(snaps[w.order[n-1]], snaps[i], reach.MaxBudget); ok {
			w.lines = append(w.lines, path.Line)
		}
	}
	return w
}

// none is the length where there is no way.
const none = math.MaxUint32

// between are the lengths of the ways from each place to each, in dm, the ways to the streets and from them included.
func between(g *road.Graph, snaps []road.Snap, on []bool) [][]uint32 {
	search := reach.NewSearch(g)
	all := make([][]uint32, len(snaps))
	for i := range snaps {
		all[i] = slices.Repeat([]uint32{none}, len(snaps))
		if !on[i] {
			continue
		}
		wanted := map[road.Node]bool{} // the ends of the streets where the others are
		for j := range snaps {
			if exits, n := g.Reverse().Exits(snaps[j]); on[j] {
				for _, x := range exits[:n] {
					wanted[x.Node] = true
				}
			}
		}
		search.Run(snaps[i], reach.MaxBudget, func(n road.Node, _ uint32) bool {
			delete(wanted, n)
			return len(wanted) > 0
		})
		for j := range snaps {
			if dm, ok := search.To(snaps[j]); ok && on[j] && i != j {
				all[i][j] = snaps[i].Off() + dm + snaps[j].Off()
			}
		}
	}
	return all
}

// Sketch is a small map of a round: it is drawn once and goes with its page, so that it is there without a signal.
type Sketch struct {
	Wide    int    `json:"w"`
	High    int    `json:"h"`
	Streets string `json:"s"` // SVG path data
	Way     string `json:"v"`
	Names   []Name `json:"n"`
	Spots   []Spot `json:"p"`
	Bar     int    `json:"b"`  // of the scale, as long as
	BarM    int    `json:"bm"` // so many metres
}

// Name is that of a street.
type Name struct {
	Text string `json:"t"`
	X    int    `json:"x"`
	Y    int    `json:"y"`
}

// Spot is a site, by the place of its stop.
type Spot struct {
	Place int `json:"i"`
	X     int `json:"x"`
	Y     int `json:"y"`
}

// The frame of a sketch, and its bounds: what is drawn first is what goes farthest.
const (
	frame        = 720
	margin       = 48
	aroundM      = 250
	mostVertices = 5000
	mostNames    = 9
	nameRoom     = 64
)

// sketcher puts places of the earth into the frame.
type sketcher struct {
	Sketch
	plane  geo.Plane
	corner geo.Fixed // north-west
	scale  float64   // units a metre
}

// sketch draws the streets around a way. Stops are those that are placed, in its order.
func sketch(a *atlas.Atlas, w way, stops []geo.Point) Sketch {
	box := geo.Nothing
	for _, p := range stops {
		box = box.Extend(p.Fixed())
	}
	for _, line := range w.lines {
		for _, p := range line {
			box = box.Extend(p)
		}
	}
	box = box.Pad(aroundM)
	s := sketcher{plane: geo.PlaneAt(box.Center().Point().Lat), corner: geo.Fixed{Lon: box.West, Lat: box.North}}
	wide, high := s.plane.Vector(s.corner, geo.Fixed{Lon: box.East, Lat: box.South})
	high = -high
	s.scale = (frame - 2*margin) / max(wide, high)
	s.Wide, s.High = int(wide*s.scale)+2*margin, int(high*s.scale)+2*margin
	for i, p := range stops {
		x, y := s.at(p.Fixed())
		s.Spots = append(s.Spots, Spot{i + 1, x, y})
	}
	s.draw(a.Walk)
	var path strings.Builder
	for _, line := range w.lines {
		s.trace(&path, line)
	}
	s.Way = path.String()
	for _, m := range []int{50, 100, 200, 500, 1000, 2000, 5000, 10_000} {
		if n := int(float64(m) * s.scale); n <= s.Wide/4 || s.Bar == 0 {
			s.Bar, s.BarM = n, m
		}
	}
	return s.Sketch
}

func (s *sketcher) at(p geo.Fixed) (x, y int) {
	east, north := s.plane.Vector(s.corner, p)
	return margin + int(math.Round(east*s.scale)), margin - int(math.Round(north*s.scale))
}

func (s *sketcher) holds(x, y int) bool { return x >= 0 && y >= 0 && x <= s.Wide && y <= s.High }

// trace appends a line as path data, without vertices that nobody could tell apart.
func (s *sketcher) trace(b *strings.Builder, line []geo.Fixed) (vertices int) {
	var px, py int
	for i, p := range line {
		x, y := s.at(p)
		switch {
		case i == 0:
			b.WriteString("M" + strconv.Itoa(x) + " " + strconv.Itoa(y))
		case x == px && y == py:
			continue
		default:
			b.WriteString("L" + strconv.Itoa(x) + " " + strconv.Itoa(y))
		}
		px, py = x, y
		vertices++
	}
	return vertices
}

// street is all edges of one name in the frame.
type street struct {
	name   string
	edges  []road.Edge
	length uint64
}

// draw draws the streets of which most is in the frame, until the bound, and names the first.
func (s *sketcher) draw(g *road.Graph) {
	byName := map[string]*street{}
	for e := range road.Edge(g.Edges()) {
		shape := g.Shape(e)
		if x, y := s.at(shape[0]); !s.holds(x, y) {
			if x, y = s.at(shape[len(shape)-1]); !s.holds(x, y) {
				continue
			}
		}
		name := g.Name(e)
		if byName[name] == nil {
			byName[name] = &street{name: name}
		}
		byName[name].edges = append(byName[name].edges, e)
		byName[name].length += uint64(g.EdgeLength(e))
	}
	all := make([]*street, 0, len(byName))
	for _, one := range byName {
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b *street) int { // those without a name last: they are many, and small
		return cmp.Or(cmp.Compare(btoi(a.name == ""), btoi(b.name == "")), cmp.Compare(b.length, a.length), cmp.Compare(a.name, b.name))
	})
	var path strings.Builder
	left := mostVertices
	for _, one := range all {
		for _, e := range one.edges {
			if left <= 0 {
				break
			}
			left -= s.trace(&path, g.Shape(e))
		}
		s.name(g, one)
	}
	s.Streets = path.String()
}

// name puts the name of a street at the middle of its longest edge, where there is room.
func (s *sketcher) name(g *road.Graph, one *street) {
	if one.name == "" || len(s.Names) >= mostNames {
		return
	}
	longest := slices.MaxFunc(one.edges, func(a, b road.Edge) int { return cmp.Compare(g.EdgeLength(a), g.EdgeLength(b)) })
	shape := g.Shape(longest)
	x, y := s.at(geo.Between(shape[(len(shape)-1)/2], shape[len(shape)/2], 0.5))
	if x < 2*margin || y < margin || x > s.Wide-2*margin || y > s.High-margin {
		return
	}
	for _, n := range s.Names {
		if abs(n.Y-y) < nameRoom/2 && abs(n.X-x) < 3*nameRoom {
			return
		}
	}
	for _, p := range s.Spots {
		if abs(p.Y-y) < nameRoom/2 && abs(p.X-x) < 2*nameRoom {
			return
		}
	}
	s.Names = append(s.Names, Name{one.name, x, y})
}

func abs(n int) int { return max(n, -n) }

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
