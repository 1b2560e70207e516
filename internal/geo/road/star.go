package road

// Star is the arcs that leave a node, packed into 16 bytes: four nodes share a
// line of the processor's cache, and a search that handles four arcs a node,
// whether it has them or not, need not guess how many there are. Most junctions
// have three or four.
//
// An arc that is not there has Ahead and Length 0: it leads to the node itself
// and so improves nothing.
type Star struct {
	Ahead  [4]int16  // how much higher the head's number is than the node's
	Length [4]uint16 // dm, with DeadEnd
}

const (
	// DeadEnd is set in the Length of an arc from whose head there is no way on
	// but back.
	DeadEnd = 1 << 15
	// Sprawling is the first Length of a Star that the arcs do not fit into: they
	// are more than four, or one of them is longer than three kilometres or leads
	// to a node far off in number. Out has them.
	Sprawling = DeadEnd - 1
)

// Stars returns the arcs of every node, packed when first wanted.
func (g *Graph) Stars() []Star { return g.stars() }

func (g *Graph) packStars() []Star {
	all := make([]Star, len(g.at))
	for n := range all {
		if s, ok := g.star(Node(n)); ok {
			all[n] = s
		} else {
			all[n].Length[0] = Sprawling
		}
	}
	return all
}

func (g *Graph) star(n Node) (s Star, ok bool) {
	first, last := g.Out(n)
	if last-first > Arc(len(s.Ahead)) {
		return s, false
	}
	for a := first; a < last; a++ {
		ahead := int64(g.head[a]) - int64(n)
		if ahead != int64(int16(ahead)) || g.length[a] >= Sprawling {
			return s, false
		}
		s.Ahead[a-first], s.Length[a-first] = int16(ahead), uint16(g.length[a])
		if g.leadsBack(g.head[a], n) {
			s.Length[a-first] |= DeadEnd
		}
	}
	return s, true
}

// leadsBack reports whether from n there is no way but to before.
func (g *Graph) leadsBack(n, before Node) bool {
	for a, last := g.Out(n); a < last; a++ {
		if g.head[a] != before {
			return false
		}
	}
	return true
}
