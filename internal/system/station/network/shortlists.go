package network

import (
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/system/station"
)

// shortlists are the nearest stations of every junction, of all stations and of
// those with one service. Each is made in the background when it is first asked
// for, and until then searches answer: a city of twenty thousand junctions waits
// a tenth of a second for it, one of half a million some seconds. They are never
// needed for an answer, only for a quick one.
type shortlists struct {
	ready [1 + maxNeeds]atomic.Pointer[reach.Shortlists] // of all stations, then by Need
	asked [1 + maxNeeds]atomic.Bool
	mu    sync.Mutex
	bytes int
}

const (
	maxNeeds = 64 // bits of Services
	// mostListBytes bounds the lists of one mode: a large city has some for every
	// service that is asked for, and half a million junctions the first three.
	mostListBytes = 256 << 20
)

// listsFor returns the lists to look for needs in, or nil while there are none.
func (n *Network) listsFor(g *Ground, needs station.Services) *reach.Shortlists {
	which := n.rarest(needs)
	lists := g.lists.ready[which].Load()
	if lists != nil {
		return lists
	}
	if g.lists.asked[which].CompareAndSwap(false, true) {
		fault.Go("making shortlists", func() { n.makeLists(g, which) }, nil)
	}
	return g.lists.ready[0].Load()
}

// rarest returns which lists serve needs best: those of the service that the
// fewest stations have, or those of all if it is more than half of them.
func (n *Network) rarest(needs station.Services) int {
	which, least := 0, n.existing/2
	for rest := uint64(needs); rest != 0; rest &= rest - 1 {
		need := bits.TrailingZeros64(rest)
		if n.having[need] <= least {
			which, least = 1+need, n.having[need]
		}
	}
	return which
}

// makeLists makes one list after another, and none beyond what may be kept.
func (n *Network) makeLists(g *Ground, which int) {
	g.lists.mu.Lock()
	defer g.lists.mu.Unlock()
	size := reach.ShortlistBytes(g.Graph)
	if g.lists.ready[which].Load() != nil || g.lists.bytes+size > mostListBytes {
		return
	}
	var needs station.Services
	if which > 0 {
		needs = station.ServicesOf(station.Need(which - 1))
	}
	var sources []int32
	for i, f := range n.facts {
		if f.status != station.Candidate && f.services.Has(needs) && g.Stations[i].OK {
			sources = append(sources, int32(i))
		}
	}
	at, _ := Apart(g.Stations)
	g.lists.bytes += size
	g.lists.ready[which].Store(reach.NewShortlists(g.Graph, at, sources, g.Profile.Budget(defaultReach)))
}

// Prepare makes the lists that quick answers to questions like q are read from,
// where Find would make them in the background, and returns when they are there.
func (n *Network) Prepare(q Question) {
	if g := n.Grounds[q.Mode]; g.Graph != nil {
		which := n.rarest(q.Needs)
		g.lists.asked[which].Store(true)
		n.makeLists(g, which)
	}
}

// Inherit takes over the lists of the network before, for each mode in which the
// same stations stand at the same places with the same services: other hours, or
// a pause, change nothing in them. Call it before the first question.
func (n *Network) Inherit(before *Network) {
	if len(before.facts) != len(n.facts) {
		return
	}
	for i, f := range n.facts {
		b := before.facts[i]
		if f.services != b.services || (f.status == station.Candidate) != (b.status == station.Candidate) {
			return
		}
	}
	for mode, g := range n.Grounds {
		if old := before.Grounds[mode]; g.Graph != old.Graph || g.Profile.SpeedKmh != old.Profile.SpeedKmh || !slices.Equal(g.Stations, old.Stations) {
			continue
		}
		for which := range g.lists.ready {
			if lists := before.Grounds[mode].lists.ready[which].Load(); lists != nil {
				g.lists.asked[which].Store(true)
				g.lists.ready[which].Store(lists)
				g.lists.bytes += reach.ShortlistBytes(g.Graph)
			}
		}
	}
}
