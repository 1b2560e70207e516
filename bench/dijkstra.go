package main

import "github.com/xiadu/xiadu/internal/geo/road"

// dijkstra is the textbook's search: a binary heap in which a node may lie
// several times, of which the first to come out counts. It is the peer of our
// search and the judge of its answers, so it shares no code with it: its arrays
// are its own, in the graph's order of nodes.
type dijkstra struct {
	first   []uint32
	arcs    []plainArc
	dist    []uint32
	touched []uint32
	heap    []uint64 // distance<<32 | node
}

type plainArc struct{ Head, Length uint32 } // exported for encoding/binary

const unreached = ^uint32(0)

func newDijkstra(g *road.Graph) *dijkstra {
	d := &dijkstra{first: make([]uint32, 1, g.Nodes()+1), dist: make([]uint32, g.Nodes())}
	for n := range g.Nodes() {
		d.dist[n] = unreached
		for a, end := g.Out(road.Node(n)); a < end; a++ {
			d.arcs = append(d.arcs, plainArc{g.Head(a), g.Length(a)})
		}
		d.first = append(d.first, uint32(len(d.arcs)))
	}
	return d
}

// run finds every node within budget of the starts, leaves their distances in
// dist until the next run, and returns how many there are and how far in sum.
func (d *dijkstra) run(budget uint32, starts ...road.Exit) (settled int, sum uint64) {
	for _, n := range d.touched {
		d.dist[n] = unreached
	}
	d.touched, d.heap = d.touched[:0], d.heap[:0]
	for _, s := range starts {
		d.relax(s.Node, s.Length, budget)
	}
	for len(d.heap) > 0 {
		key := d.pop()
		at, node := uint32(key>>32), uint32(key)
		if at != d.dist[node] {
			continue // a shorter way came out before
		}
		settled++
		sum += uint64(at)
		for _, a := range d.arcs[d.first[node]:d.first[node+1]] {
			d.relax(a.Head, at+a.Length, budget)
		}
	}
	return settled, sum
}

func (d *dijkstra) relax(node, dm, budget uint32) {
	known := d.dist[node]
	if dm >= known || dm > budget {
		return
	}
	if known == unreached {
		d.touched = append(d.touched, node)
	}
	d.dist[node] = dm
	d.push(uint64(dm)<<32 | uint64(node))
}

func (d *dijkstra) push(key uint64) {
	d.heap = append(d.heap, key)
	i := len(d.heap) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if d.heap[parent] <= key {
			break
		}
		d.heap[i] = d.heap[parent]
		i = parent
	}
	d.heap[i] = key
}

func (d *dijkstra) pop() uint64 {
	top, last := d.heap[0], d.heap[len(d.heap)-1]
	d.heap = d.heap[:len(d.heap)-1]
	n := len(d.heap)
	if n == 0 {
		return top
	}
	i := 0
	for {
		child := 2*i + 1
		if child >= n {
			break
		}
		if child+1 < n && d.heap[child+1] < d.heap[child] {
			child++
		}
		if last <= d.heap[child] {
			break
		}
		d.heap[i] = d.heap[child]
		i = child
	}
	d.heap[i] = last
	return top
}
