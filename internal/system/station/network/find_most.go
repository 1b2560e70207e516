package network

import (
	"cmp"
	"math/bits"
)

// FindMost returns, where no station has all of q.Needs, the one within q.Reach that
// has most of them: of those open on arrival if there are any, else of those that are so
// for a short while, and so on, and among equals the first by the order of Find. There is none in the answer if
// nothing nearby has any.
func (n *Network) FindMost(q Question) (Answer, error) {
	needs := q.Needs
	q.Needs = 0
	q.Limit = len(n.Stations) + 1 // all within q.Reach
	if !q.From.Valid() {
		return n.Find(q)
	}
	var a Answer
	if err := n.seek(&a, q, func(*finding, Place) bool { return false }); err != nil {
		return a, err
	}
	most := func(f Found) int { return bits.OnesCount64(uint64(f.Station.Services & needs)) }
	var best []Found
	for _, f := range a.Found { // in the order of Find
		if most(f) > 0 && (best == nil || cmp.Or(cmp.Compare(f.Standing, best[0].Standing), cmp.Compare(most(best[0]), most(f))) < 0) {
			best = []Found{f}
		}
	}
	a.Found = best
	return a, nil
}
