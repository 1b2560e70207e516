package tile

import (
	"math"
	"slices"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/osm"
)

// The sea is no surface in OpenStreetMap: its shore is drawn, with the land on
// the left and the water on the right. Within a box, what lies to the right is
// found by following a shore to where it leaves the box, then the edge of the
// box clockwise, with the water still on the right, to where the next shore
// comes in.

// shore is a stretch of coast. One that is not closed begins and ends on the box.
type shore []geo.Fixed

// seas returns the water within box: outer rings, each followed by its islands.
func seas(x *osm.Extract, box geo.Box) [][][]geo.Fixed {
	if box.Empty() || box.West >= box.East || box.South >= box.North {
		return nil
	}
	var through, rings []shore
	for _, s := range joined(coastOf(x)) {
		if s[0] == s[len(s)-1] && len(s) > 3 && box.Union(geo.BoxOf(s...)) == box {
			rings = append(rings, s)
			continue
		}
		through = append(through, clipped(s, box)...)
	}
	water := along(through, box)
	var islands []shore
	for _, r := range rings {
		if signedArea(r) < 0 { // clockwise: the water is inside
			water = append(water, [][]geo.Fixed{r})
		} else {
			islands = append(islands, r)
		}
	}
	if len(water) == 0 && len(islands) > 0 { // nothing but islands: all around is sea
		nw, ne := geo.Fixed{Lon: box.West, Lat: box.North}, geo.Fixed{Lon: box.East, Lat: box.North}
		se, sw := geo.Fixed{Lon: box.East, Lat: box.South}, geo.Fixed{Lon: box.West, Lat: box.South}
		water = [][][]geo.Fixed{{{nw, ne, se, sw, nw}}}
	}
	for _, island := range islands {
		for i := range water {
			if osm.Inside(island[0], water[i][0]) {
				water[i] = append(water[i], island)
				break
			}
		}
	}
	if drowned(x, water) {
		return nil // a shore drawn the wrong way round
	}
	for i := range water {
		water[i] = thinned(water[i])
	}
	return water
}

// thinned leaves out corners of a sea so detailed that it alone would fill a tile
// and keep the streets off it.
func thinned(sea [][]geo.Fixed) [][]geo.Fixed {
	n := 0
	for _, ring := range sea {
		n += len(ring)
	}
	step := n/(maxVertices/4) + 1
	if step == 1 {
		return sea
	}
	for i, ring := range sea {
		last, k := ring[len(ring)-1], 0
		kept := make([]geo.Fixed, 0, len(ring)/step+5)
		for ; k < len(ring)-1; k += max(1, min(step, (len(ring)-1)/4)) {
			kept = append(kept, ring[k])
		}
		sea[i] = append(kept, last)
	}
	return sea
}

// coastOf returns the coast as it was drawn, in pieces.
func coastOf(x *osm.Extract) []shore {
	var out []shore
	for i, t := range x.Ways.Sets() {
		if !t.Is("natural", "coastline") {
			continue
		}
		for w := range x.Ways.Len() {
			if x.Ways.SetOf(w) == i {
				out = append(out, x.Line(x.Ways.Vertices(w)))
			}
		}
	}
	return out
}

// joined puts pieces together, the end of one to the beginning of another.
func joined(pieces []shore) []shore {
	begins, follows := map[geo.Fixed]int{}, make([]bool, len(pieces))
	for i, p := range pieces {
		begins[p[0]] = i
	}
	for _, p := range pieces {
		if next, ok := begins[p[len(p)-1]]; ok {
			follows[next] = true
		}
	}
	used := make([]bool, len(pieces))
	var out []shore
	take := func(i int) {
		var s shore
		for ok := true; ok && !used[i]; i, ok = begins[s[len(s)-1]] {
			used[i] = true
			if len(s) > 0 {
				s = s[:len(s)-1]
			}
			s = append(s, pieces[i]...)
		}
		if len(s) > 1 {
			out = append(out, s)
		}
	}
	for _, first := range []bool{true, false} { // rings have no first piece
		for i := range pieces {
			if !used[i] && (!first || !follows[i]) {
				take(i)
			}
		}
	}
	return out
}

// clipped returns the stretches of a shore inside box. An end inside, where the
// extract has no more of the coast, is led straight to the nearest edge.
func clipped(s shore, box geo.Box) []shore {
	var out []shore
	var open shore
	in := func(p geo.Fixed) bool {
		return p.Lon > box.West && p.Lon < box.East && p.Lat > box.South && p.Lat < box.North
	}
	ring := s[0] == s[len(s)-1]
	if ring { // begin outside, if any of it is
		if k := slices.IndexFunc(s, func(p geo.Fixed) bool { return !in(p) }); k > 0 {
			s = append(slices.Clone(s[k:]), s[1:k+1]...)
		}
	}
	if in(s[0]) {
		open = shore{edge(s[0], box), s[0]}
	}
	for i := 1; i < len(s); i++ {
		a, b := s[i-1], s[i]
		from, to, ok := within(a, b, box)
		if !ok {
			continue
		}
		if !in(a) {
			open = shore{from}
		}
		if open = append(open, to); !in(b) {
			out = append(out, open)
			open = nil
		}
	}
	if open != nil {
		out = append(out, append(open, edge(s[len(s)-1], box)))
	}
	return out
}

// within returns the part of a segment that lies in box (Liang and Barsky).
func within(a, b geo.Fixed, box geo.Box) (from, to geo.Fixed, ok bool) {
	ax, ay := float64(a.Lon), float64(a.Lat)
	dx, dy := float64(b.Lon)-ax, float64(b.Lat)-ay
	t0, t1 := 0.0, 1.0
	for _, side := range [4][2]float64{
		{-dx, ax - float64(box.West)}, {dx, float64(box.East) - ax}, {-dy, ay - float64(box.South)}, {dy, float64(box.North) - ay},
	} {
		switch p, q := side[0], side[1]; {
		case p == 0 && q <= 0:
			return from, to, false
		case p < 0:
			t0 = max(t0, q/p)
		case p > 0:
			t1 = min(t1, q/p)
		}
	}
	if t0 >= t1 {
		return from, to, false
	}
	at := func(t float64) geo.Fixed {
		return geo.Fixed{
			Lon: min(box.East, max(box.West, int32(math.Round(ax+t*dx)))),
			Lat: min(box.North, max(box.South, int32(math.Round(ay+t*dy)))),
		}
	}
	if from, to = a, b; t0 > 0 {
		from = at(t0)
	}
	if t1 < 1 {
		to = at(t1)
	}
	return from, to, true
}

// edge returns the place on the edge of box nearest to p, which lies in it.
func edge(p geo.Fixed, box geo.Box) geo.Fixed {
	best, least := p, int64(math.MaxInt64)
	for _, q := range []geo.Fixed{{Lon: box.West, Lat: p.Lat}, {Lon: box.East, Lat: p.Lat}, {Lon: p.Lon, Lat: box.South}, {Lon: p.Lon, Lat: box.North}} {
		d := max(int64(q.Lon)-int64(p.Lon), int64(p.Lon)-int64(q.Lon)) + max(int64(q.Lat)-int64(p.Lat), int64(p.Lat)-int64(q.Lat))
		if d < least {
			best, least = q, d
		}
	}
	return best
}

// along closes the shores that run through box along its edge.
func along(through []shore, box geo.Box) [][][]geo.Fixed {
	w, h := int64(box.East)-int64(box.West), int64(box.North)-int64(box.South)
	corners := []geo.Fixed{{Lon: box.East, Lat: box.North}, {Lon: box.East, Lat: box.South}, {Lon: box.West, Lat: box.South}, {Lon: box.West, Lat: box.North}}
	corner := []int64{w, w + h, 2*w + h, 2 * (w + h)} // clockwise from the north-west
	place := func(p geo.Fixed) int64 {
		switch x, y := int64(p.Lon)-int64(box.West), int64(box.North)-int64(p.Lat); {
		case y <= 0:
			return x
		case x >= w:
			return w + y
		case y >= h:
			return 2*w + h - x
		default:
			return 2*(w+h) - y
		}
	}
	ahead := func(from, to int64) int64 { return (to - from + 2*(w+h)) % (2 * (w + h)) }
	used := make([]bool, len(through))
	var out [][][]geo.Fixed
	for i := range through {
		var ring []geo.Fixed
		for k := i; !used[k]; {
			used[k] = true
			ring = append(ring, through[k]...)
			at := place(through[k][len(through[k])-1])
			next, far := i, ahead(at, place(through[i][0]))
			for j, s := range through {
				if d := ahead(at, place(s[0])); !used[j] && d < far {
					next, far = j, d
				}
			}
			for turn := range 8 { // the corners on the way, twice round at most
				c := corner[turn%4]
				if d := ahead(at, c%(2*(w+h))); d > 0 && d < far && c > at == (turn < 4) {
					ring = append(ring, corners[turn%4])
				}
			}
			k = next
		}
		if len(ring) > 2 {
			out = append(out, [][]geo.Fixed{append(ring, ring[0])})
		}
	}
	return out
}

// signedArea is positive when a ring turns counter-clockwise.
func signedArea(ring []geo.Fixed) float64 {
	sum, o := 0.0, ring[0]
	for i := 1; i < len(ring); i++ {
		ax, ay := float64(ring[i-1].Lon)-float64(o.Lon), float64(ring[i-1].Lat)-float64(o.Lat)
		bx, by := float64(ring[i].Lon)-float64(o.Lon), float64(ring[i].Lat)-float64(o.Lat)
		sum += ax*by - bx*ay
	}
	return sum
}

// drowned reports whether most streets would lie in the water.
func drowned(x *osm.Extract, water [][][]geo.Fixed) bool {
	const samples = 500
	wet, all := 0, 0
	for i := 0; i < x.Ways.Len() && len(water) > 0; i += x.Ways.Len()/samples + 1 {
		w := x.Ways.At(i)
		if w.Tags.Get("highway") == "" {
			continue
		}
		all++
		for _, sea := range water {
			in := false
			for _, ring := range sea {
				in = in != osm.Inside(x.At[w.Vertices[0]], ring)
			}
			if in {
				wet++
				break
			}
		}
	}
	return 2*wet > all
}
