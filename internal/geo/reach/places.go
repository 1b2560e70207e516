package reach

import (
	"cmp"
	"slices"

	"github.com/xiadu/xiadu/internal/geo/road"
)

// Places are where people are, laid onto the streets so that a search outward
// from a station meets them: each is noted at the junctions that people there
// get to first, and on its edge for stations on the same one.
type Places struct {
	graph  *road.Graph
	at     []road.Snap
	first  []uint32 // of each node, and one past the last: into beside
	beside []entrance
	byEdge []int32 // places on a street, in order of their edges
}

// entrance is a place from whose door a node is dm decimetres away.
type entrance struct {
	place int32
	dm    uint32
}

// NewPlaces lays places onto g. A place whose onStreet is false is reached by
// nobody and reaches nothing.
func NewPlaces(g *road.Graph, at []road.Snap, onStreet []bool) *Places {
	p := &Places{graph: g, at: at, first: make([]uint32, g.Nodes()+1)}
	for i := range at {
		if onStreet[i] {
			p.byEdge = append(p.byEdge, int32(i))
			p.eachExit(i, func(x road.Exit) { p.first[x.Node+1]++ })
		}
	}
	for n := range g.Nodes() {
		p.first[n+1] += p.first[n]
	}
	slices.SortFunc(p.byEdge, func(a, b int32) int { return cmp.Or(cmp.Compare(at[a].Edge, at[b].Edge), cmp.Compare(a, b)) })
	p.beside = make([]entrance, p.first[g.Nodes()])
	next := slices.Clone(p.first[:g.Nodes()])
	for _, i := range p.byEdge {
		off := door(at[i])
		p.eachExit(int(i), func(x road.Exit) {
			p.beside[next[x.Node]] = entrance{i, off + x.Length}
			next[x.Node]++
		})
	}
	return p
}

func (p *Places) eachExit(i int, visit func(road.Exit)) {
	exits, n := p.graph.Exits(p.at[i])
	for _, x := range exits[:n] {
		visit(x)
	}
}

// Len returns how many places there are, on a street or not.
func (p *Places) Len() int { return len(p.at) }

// on returns the places on edge e.
func (p *Places) on(e road.Edge) []int32 {
	first, _ := slices.BinarySearchFunc(p.byEdge, e, func(i int32, e road.Edge) int { return cmp.Compare(p.at[i].Edge, e) })
	last := first
	for last < len(p.byEdge) && p.at[p.byEdge[last]].Edge == e {
		last++
	}
	return p.byEdge[first:last]
}

// Around finds the places from which people travel to a station. It keeps its
// memory from station to station, and serves one goroutine at a time.
type Around struct {
	places *Places
	search *Search
	seen   []uint32 // of each place: the last round that met it
	round  uint32
	begun  int
}

// NewAround returns a finder over places.
func NewAround(p *Places) *Around {
	return &Around{places: p, search: NewSearch(p.graph.Reverse()), seen: make([]uint32, p.Len())}
}

// Searches returns how many bounded searches this finder has made.
func (a *Around) Searches() int { return a.begun }

// Append appends the places from which people reach the station within budget
// decimetres from door to door, ascending: one bounded search.
func (a *Around) Append(dst []int32, station road.Snap, budget uint32) []int32 {
	off := door(station)
	budget = min(budget, MaxBudget)
	if off > budget {
		return dst
	}
	if a.round++; a.round == 0 { // once in four thousand million stations
		clear(a.seen)
		a.round = 1
	}
	a.begun++
	start, rest := len(dst), budget-off
	p := a.places
	for _, to := range a.search.Within(station, rest) {
		for _, e := range p.beside[p.first[to.Node]:p.first[to.Node+1]] {
			if e.dm <= rest-to.Length && a.seen[e.place] != a.round {
				a.seen[e.place] = a.round
				dst = append(dst, e.place)
			}
		}
	}
	for _, i := range p.on(station.Edge) {
		if l, ok := p.graph.Straight(p.at[i], station); ok && a.seen[i] != a.round && door(p.at[i])+l <= rest {
			a.seen[i] = a.round
			dst = append(dst, i)
		}
	}
	slices.Sort(dst[start:])
	return dst
}
