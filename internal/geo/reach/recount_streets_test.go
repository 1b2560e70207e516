package reach_test

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/geo/osm"
)

// recounter is the streets of a map as the page tells to cut and measure them.
type recounter struct {
	lon, lat []int32 // of each node, in 1e-7 degrees
	pieces   []piece
	loose    []bool // of each piece: it does not lead anywhere

	rules   printedRules
	kmh     float64
	barrier map[int]bool
	inner   map[int]int // of each node: how many streets and squares have it
}

// piece is what lies between two neighbouring nodes of a street.
type piece struct {
	a, b          int
	from, to      int // milestones
	ahead, behind bool
	square        bool // of its outline, or across it
}

// openSpace is a square: its outline, and holes.
type openSpace [][]int

const earth = 6_371_008.8

func recount(x *osm.Extract, rules printedRules, kmh float64) *recounter {
	r := &recounter{rules: rules, kmh: kmh, barrier: map[int]bool{}, inner: map[int]int{}}
	for _, p := range x.At {
		r.lon, r.lat = append(r.lon, p.Lon), append(r.lat, p.Lat)
	}
	for _, p := range x.Points {
		if p.Vertex != osm.NoVertex && first(rules.barriers, p.Tags, "yes") == "no" {
			r.barrier[int(p.Vertex)] = true
		}
	}
	var squares []openSpace
	for i := range x.Ways.Len() {
		w := x.Ways.At(i)
		nodes := make([]int, len(w.Vertices))
		for k, v := range w.Vertices {
			nodes[k] = int(v)
		}
		ahead, behind := r.directions(w.Tags)
		switch closed := len(nodes) > 3 && nodes[0] == nodes[len(nodes)-1]; {
		case !ahead && !behind:
		case closed && isSquare(w.Tags):
			squares = append(squares, openSpace{nodes})
		default:
			r.cut(nodes, ahead, behind, r.ownLength(w.Tags))
		}
	}
	for _, a := range x.Relations {
		if ahead, behind := r.directions(a.Tags); !ahead && !behind {
			continue
		}
		for _, polygon := range a.Polygons {
			space := make(openSpace, len(polygon))
			for i, ring := range polygon {
				for _, v := range ring {
					space[i] = append(space[i], int(v))
				}
			}
			squares = append(squares, space)
		}
	}
	r.cross(squares)
	r.findLoose()
	return r
}

func (r *recounter) directions(t osm.Tags) (ahead, behind bool) {
	if first(r.rules.ways, t, "no") != "yes" {
		return false, false
	}
	d := first(r.rules.directions, t, "both")
	return d != "only against the line", d != "only along the line"
}

func isSquare(t osm.Tags) bool {
	if area := t.Get("area"); area != "" {
		return area == "yes"
	}
	return t.Get("highway") == "" && (t.Get("railway") == "platform" || t.Get("public_transport") == "platform" || t.Get("place") == "square")
}

// ownLength is the length of ferries and lifts in metres, or 0.
func (r *recounter) ownLength(t osm.Tags) float64 {
	switch {
	case t.Get("highway") == "steps":
	case t.Get("highway") == "elevator":
		return 45 * r.kmh / 3.6
	case t.Get("route") == "ferry":
		minutes, rest, hours := strings.Cut(t.Get("duration"), ":")
		m, err := strconv.Atoi(minutes)
		if hours {
			h := m
			if m, err = strconv.Atoi(rest); err == nil {
				m += 60 * h
			}
		}
		if err == nil {
			return float64(m) * r.kmh / 0.06
		}
	}
	return 0
}

// cut adds a street, in parts between its barriers.
func (r *recounter) cut(nodes []int, ahead, behind bool, ownM float64) {
	var part []int
	for i, v := range nodes {
		if !r.barrier[v] {
			part = append(part, v)
			continue
		}
		if i > 0 {
			r.street(append(part, r.beside(v)), ahead, behind, ownM)
		}
		part = []int{r.beside(v)}
	}
	r.street(part, ahead, behind, ownM)
}

// beside adds a node where v is, at which nothing else ends.
func (r *recounter) beside(v int) int {
	r.lon, r.lat = append(r.lon, r.lon[v]), append(r.lat, r.lat[v])
	return len(r.lon) - 1
}

func (r *recounter) street(nodes []int, ahead, behind bool, ownM float64) {
	for _, v := range nodes {
		if len(nodes) > 1 {
			r.inner[v]++
		}
	}
	r.measure(nodes, ahead, behind, false, ownM)
}

// measure sets the milestones of a street.
func (r *recounter) measure(nodes []int, ahead, behind, square bool, ownM float64) {
	along := make([]float64, len(nodes))
	for i := 1; i < len(nodes); i++ {
		along[i] = along[i-1] + r.greatCircle(nodes[i-1], nodes[i])
	}
	scale := 1.0
	if ownM > 0 {
		scale = ownM / max(along[len(nodes)-1], 1e-3)
	}
	stone := 0
	for i := 1; i < len(nodes); i++ {
		next := max(stone+1, int(math.Round(along[i]*scale*10)))
		r.pieces = append(r.pieces, piece{nodes[i-1], nodes[i], stone, next, ahead, behind, square})
		stone = next
	}
}

func (r *recounter) greatCircle(a, b int) float64 {
	rad := func(units int32) float64 { return float64(units) / 1e7 * math.Pi / 180 }
	la, lb := rad(r.lat[a]), rad(r.lat[b])
	u, v := math.Sin((lb-la)/2), math.Sin((rad(r.lon[b])-rad(r.lon[a]))/2)
	return 2 * earth * math.Asin(math.Sqrt(u*u+math.Cos(la)*math.Cos(lb)*v*v))
}

// cross adds the outlines of squares and the ways across.
func (r *recounter) cross(squares []openSpace) {
	for _, s := range squares {
		for _, v := range s.corners() {
			r.inner[v]++
		}
	}
	for _, s := range squares {
		for _, ring := range s {
			r.measure(ring, true, true, true, 0)
		}
		var entrances []int
		for _, v := range s.corners() {
			if r.inner[v] > 1 && !r.barrier[v] {
				entrances = append(entrances, v)
			}
		}
		if n := len(entrances); n > 24 {
			all := entrances
			entrances = nil
			for i := range 24 {
				entrances = append(entrances, all[i*n/24])
			}
		}
		for i, a := range entrances {
			for _, b := range entrances[i+1:] {
				if !s.beside(a, b) && r.see(s, a, b) {
					r.measure([]int{a, b}, true, true, true, 0)
				}
			}
		}
	}
}

// corners are the nodes of a square by id, each once.
func (s openSpace) corners() []int {
	all := slices.Concat(s...)
	slices.Sort(all)
	return slices.Compact(all)
}

// beside reports whether the outline itself goes from a to b.
func (s openSpace) beside(a, b int) bool {
	for _, ring := range s {
		for i := 1; i < len(ring); i++ {
			if ring[i-1] == a && ring[i] == b || ring[i-1] == b && ring[i] == a {
				return true
			}
		}
	}
	return false
}

// see reports whether the line between two corners crosses nothing and has its
// middle inside.
func (r *recounter) see(s openSpace, a, b int) bool {
	inside := false
	midLon, midLat := float64(r.lon[a])/2+float64(r.lon[b])/2, float64(r.lat[a])/2+float64(r.lat[b])/2
	for _, ring := range s {
		for i := 1; i < len(ring); i++ {
			c, d := ring[i-1], ring[i]
			if r.turn(a, b, c)*r.turn(a, b, d) < 0 && r.turn(c, d, a)*r.turn(c, d, b) < 0 {
				return false
			}
			cLat, dLat := float64(r.lat[c]), float64(r.lat[d])
			if (cLat > midLat) != (dLat > midLat) {
				at := float64(r.lon[c]) + (midLat-cLat)/(dLat-cLat)*float64(r.lon[d]-r.lon[c])
				inside = inside != (midLon < at)
			}
		}
	}
	return inside
}

// turn tells on which side of the line from a to b node c is.
func (r *recounter) turn(a, b, c int) int {
	left := int64(r.lon[b]-r.lon[a])*int64(r.lat[c]-r.lat[a]) - int64(r.lat[b]-r.lat[a])*int64(r.lon[c]-r.lon[a])
	switch {
	case left > 0:
		return 1
	case left < 0:
		return -1
	}
	return 0
}
