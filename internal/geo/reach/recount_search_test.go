package reach_test

import (
	"cmp"
	"container/heap"
	"math"
	"slices"
)

// bend is a way from one node straight to the next.
type bend struct{ node, dm int }

// adjoining lists the bends that leave each node, or those that lead to it.
func (r *recounter) adjoining(leaving bool) [][]bend {
	out := make([][]bend, len(r.lon))
	for _, p := range r.pieces {
		if p.ahead {
			out[pick(leaving, p.a, p.b)] = append(out[pick(leaving, p.a, p.b)], bend{pick(leaving, p.b, p.a), p.to - p.from})
		}
		if p.behind {
			out[pick(leaving, p.b, p.a)] = append(out[pick(leaving, p.b, p.a)], bend{pick(leaving, p.a, p.b), p.to - p.from})
		}
	}
	return out
}

func pick(first bool, a, b int) int {
	if first {
		return a
	}
	return b
}

// findLoose finds the pieces of the network that lead nowhere: less than 5 km, and
// less than a tenth of all.
func (r *recounter) findLoose() {
	part := r.strongParts()
	length := map[int]int{}
	total := 0
	for _, p := range r.pieces {
		if part[p.a] == part[p.b] {
			length[part[p.a]] += p.to - p.from
			total += p.to - p.from
		}
	}
	for _, p := range r.pieces {
		own := length[part[p.a]]
		r.loose = append(r.loose, part[p.a] != part[p.b] || own < 50_000 && 10*own < total)
	}
}

// strongParts numbers the nodes so that two have the same number when there is a
// way from each to the other (Kosaraju).
func (r *recounter) strongParts() []int {
	out, in := r.adjoining(true), r.adjoining(false)
	seen, next := make([]bool, len(out)), make([]int, len(out))
	var order []int
	for start := range out {
		if seen[start] {
			continue
		}
		seen[start] = true
		for path := []int{start}; len(path) > 0; {
			v := path[len(path)-1]
			if next[v] == len(out[v]) {
				order, path = append(order, v), path[:len(path)-1]
				continue
			}
			w := out[v][next[v]].node
			if next[v]++; !seen[w] {
				seen[w] = true
				path = append(path, w)
			}
		}
	}
	part := make([]int, len(out))
	for i, start := range slices.Backward(order) {
		if part[start] != 0 {
			continue
		}
		part[start] = i + 1
		for open := []int{start}; len(open) > 0; {
			v := open[len(open)-1]
			open = open[:len(open)-1]
			for _, b := range in[v] {
				if part[b.node] == 0 {
					part[b.node] = i + 1
					open = append(open, b.node)
				}
			}
		}
	}
	return part
}

// spot is a place on a street.
type spot struct {
	piece
	off, along int
	ok         bool
}

// spotAt returns the nearest place on a street to a position in degrees.
func (r *recounter) spotAt(lon, lat float64) spot {
	x0, y0 := math.Round(lon*1e7), math.Round(lat*1e7)
	north := math.Pi / 180 / 1e7 * earth
	east := north * math.Cos(lat*math.Pi/180)
	type found struct {
		spot
		metres, towards float64
	}
	var best [2]found // on pieces that lead somewhere, and on others
	for i, p := range r.pieces {
		kind := 0
		if r.loose[i] {
			kind = 1
		}
		ax, ay := (float64(r.lon[p.a])-x0)*east, (float64(r.lat[p.a])-y0)*north
		dx, dy := float64(r.lon[p.b]-r.lon[p.a])*east, float64(r.lat[p.b]-r.lat[p.a])*north
		share := 0.0
		if l := dx*dx + dy*dy; l > 0 {
			share = min(1, max(0, -(ax*dx+ay*dy)/l))
		}
		offX, offY := ax+share*dx, ay+share*dy
		f := found{metres: math.Hypot(offX, offY)}
		if f.metres > 500 {
			continue
		}
		switch scale := math.Hypot(dx, dy) * f.metres; {
		case dx == 0 && dy == 0:
			f.towards = -2
		case share == 0 && scale > 0:
			f.towards = -(offX*dx + offY*dy) / scale
		case share == 1 && scale > 0:
			f.towards = (offX*dx + offY*dy) / scale
		}
		along := math.Round(float64(p.from) + share*float64(p.to-p.from))
		f.spot = spot{p, int(math.Round(f.metres * 10)), int(along), true}
		b := &best[kind]
		near, angle := f.metres-b.metres, f.towards-b.towards
		switch {
		case !b.ok || near < -1e-6:
			*b = f
		case near > 1e-6 || angle < -1e-9:
		case angle > 1e-9:
			*b = f
		case (p.ahead && p.behind) != (b.ahead && b.behind):
			if p.ahead && p.behind {
				*b = f
			}
		case p.square != b.square:
			if b.square {
				*b = f
			}
		case p.to-p.from < b.to-b.from:
			*b = f
		}
	}
	if best[0].ok {
		return best[0].spot
	}
	return best[1].spot
}

// ends lists the nodes that one gets to first from a spot, or that lead to it.
func (s spot) ends(leaving bool) []bend {
	var out []bend
	if s.along == s.to || pickBool(leaving, s.ahead, s.behind) {
		out = append(out, bend{s.b, s.to - s.along})
	}
	if s.along == s.from || pickBool(leaving, s.behind, s.ahead) {
		out = append(out, bend{s.a, s.along - s.from})
	}
	return out
}

func pickBool(first, a, b bool) bool { return first && a || !first && b }

// straight is the way from s to t on the piece that both are on.
func (s spot) straight(t spot) (dm int, ok bool) {
	if s.piece != t.piece {
		return 0, false
	}
	d := t.along - s.along
	return max(d, -d), d == 0 || d > 0 && s.ahead || d < 0 && s.behind
}

// bends is a queue of nodes by distance.
type bends []bend

func (q bends) Len() int           { return len(q) }
func (q bends) Less(i, j int) bool { return cmp.Compare(q[i].dm, q[j].dm) < 0 }
func (q bends) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *bends) Push(b any)        { *q = append(*q, b.(bend)) }
func (q *bends) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// to returns how far every node within budget is from a spot, walking to it
// (Dijkstra).
func (r *recounter) to(s spot, in [][]bend, budget int) map[int]int {
	dist := map[int]int{}
	q := &bends{}
	for _, b := range s.ends(false) {
		heap.Push(q, b)
	}
	for q.Len() > 0 {
		b, ok := heap.Pop(q).(bend)
		if _, done := dist[b.node]; done || !ok || b.dm > budget {
			continue
		}
		dist[b.node] = b.dm
		for _, next := range in[b.node] {
			heap.Push(q, bend{next.node, b.dm + next.dm})
		}
	}
	return dist
}

// way is the length from door to door of the way from cell to station, where dist
// is what to returned of the station; -1 beyond budget.
func (r *recounter) way(cell, station spot, dist map[int]int, budget int) int {
	best := budget + 1
	if dm, ok := cell.straight(station); ok {
		best = dm + cell.off + station.off
	}
	for _, b := range cell.ends(true) {
		if d, ok := dist[b.node]; ok {
			best = min(best, cell.off+b.dm+d+station.off)
		}
	}
	if best > budget {
		return -1
	}
	return best
}
