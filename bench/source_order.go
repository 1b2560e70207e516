package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/osm"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// sourceOrder returns g's nodes in the order in which the extract at path first
// has them: that of a program that numbers nodes as it reads them.
func sourceOrder(ctx context.Context, g *road.Graph, path string) ([]road.Node, error) {
	seen := map[geo.Fixed]int{}
	err := scan(ctx, path, func(o osm.Object) {
		if n, ok := o.(*osm.Node); ok {
			at := geo.Point{Lon: n.Lon, Lat: n.Lat}.Fixed()
			if _, ok := seen[at]; !ok {
				seen[at] = len(seen)
			}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	order := make([]road.Node, g.Nodes())
	for n := range order {
		order[n] = road.Node(n)
		if _, ok := seen[g.At(road.Node(n))]; !ok {
			return nil, fmt.Errorf("node %d lies where the extract has none", n)
		}
	}
	slices.SortFunc(order, func(a, b road.Node) int {
		return cmp.Or(cmp.Compare(seen[g.At(a)], seen[g.At(b)]), cmp.Compare(a, b))
	})
	return order, nil
}

// inOrder returns the same network with its nodes numbered in the given order,
// and the new number of each.
func (d *dijkstra) inOrder(order []road.Node) (*dijkstra, []road.Node) {
	number := make([]road.Node, len(order))
	for i, n := range order {
		number[n] = road.Node(i)
	}
	r := &dijkstra{first: make([]uint32, 1, len(order)+1), dist: slices.Clone(d.dist)}
	for _, n := range order {
		for _, a := range d.arcs[d.first[n]:d.first[n+1]] {
			r.arcs = append(r.arcs, plainArc{number[a.Head], a.Length})
		}
		r.first = append(r.first, uint32(len(r.arcs)))
	}
	return r, number
}
