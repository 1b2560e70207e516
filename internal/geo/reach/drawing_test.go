package reach_test

import (
	"math"
	"strings"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// heading is a way that a street can be drawn in.
type heading struct {
	right, down     int
	strokes         string
	onward, against byte // the arrows of a one-way street
}

var headings = []heading{
	{1, 0, "-=", '>', '<'},
	{0, 1, "|", 'v', '^'},
	{1, 1, `\`, 0, 0},
	{-1, 1, "/", 0, 0},
}

// drawing makes the graph of a drawn map.
func (s *scenario) drawing(rows []string) {
	start := s.line + 1
	cell := func(x, y int) byte {
		if y < 0 || y >= len(rows) || x < 0 || x >= len(rows[y]) {
			return ' '
		}
		return rows[y][x]
	}
	vertex, name := map[[2]int]uint32{}, map[geo.Fixed]string{}
	var vertices []geo.Fixed
	for y, row := range rows {
		for x := range len(row) {
			if junction(row[x]) {
				vertex[[2]int{x, y}] = uint32(len(vertices))
				vertices = append(vertices, at(float64(x)*s.scaleM, -float64(y)*s.scaleM))
				name[vertices[len(vertices)-1]] = string(row[x])
			}
		}
	}
	b, used := road.NewBuilder(vertices), map[[2]int]bool{}
	for y, row := range rows {
		for x := range len(row) {
			for _, h := range headings {
				if !junction(row[x]) || !h.draws(cell(x+h.right, y+h.down)) {
					continue
				}
				n, street := 1, road.Street{Forward: true, Backward: true}
				for ; h.draws(cell(x+n*h.right, y+n*h.down)); n++ {
					c := cell(x+n*h.right, y+n*h.down)
					used[[2]int{x + n*h.right, y + n*h.down}] = true
					street.Forward = street.Forward && (c != h.against || c == 0)
					street.Backward = street.Backward && (c != h.onward || c == 0)
				}
				end, ok := vertex[[2]int{x + n*h.right, y + n*h.down}]
				if !ok {
					s.line = start + y
					s.fatalf("the street %q from %c at column %d ends at no junction", h.strokes, row[x], x+1)
				}
				street.Line = []uint32{vertex[[2]int{x, y}], end}
				// As drawn, to the decimetre: positions are rounded to the centimetre,
				// which would break ties. The hair keeps it from being rounded up.
				street.LengthM = math.Hypot(float64(h.right), float64(h.down))*float64(n)*s.scaleM - 1e-6
				b.Add(street)
			}
		}
	}
	for y, row := range rows {
		for x := range len(row) {
			if strings.IndexByte(`-=|/\><^v`, row[x]) >= 0 && !used[[2]int{x, y}] {
				s.line = start + y
				s.fatalf("%q at column %d belongs to no street", row[x], x+1)
			}
		}
	}
	g, err := b.Build(s.t.Context())
	if err != nil {
		s.fatalf("%v", err)
	}
	s.label(g, name)
}

func junction(c byte) bool { return c >= 'A' && c <= 'Z' || c == '+' }

func (h heading) draws(c byte) bool {
	return c != 0 && (strings.IndexByte(h.strokes, c) >= 0 || c == h.onward || c == h.against)
}

// label gives junctions and streets the names that the file uses.
func (s *scenario) label(g *road.Graph, name map[geo.Fixed]string) {
	s.graph, s.names, s.edges = g, map[road.Node]string{}, map[string]road.Edge{}
	for n := range road.Node(g.Nodes()) {
		s.names[n] = name[g.At(n)]
		if snap, ok := g.SnapNode(n); ok && s.names[n] != "+" {
			s.snaps[s.names[n]] = snap
		}
	}
	for e := range road.Edge(g.Edges()) {
		tail, head := g.Ends(e)
		s.edges[s.names[tail]+"-"+s.names[head]] = e
		s.edges[s.names[head]+"-"+s.names[tail]] = e
	}
}

// alongShape is where a place lies on a street drawn straight.
func alongShape(shape []geo.Fixed, along, length uint32) geo.Fixed {
	return geo.Between(shape[0], shape[len(shape)-1], float64(along)/float64(length))
}
