package network

import "github.com/xiadu/xiadu/internal/system/station"

// FindBySearch is Find without the lists: the search that they must agree with.
func (n *Network) FindBySearch(q Question) (Answer, error) {
	var a Answer
	err := n.find(&a, q, func(*finding, Place) bool { return false })
	return a, err
}

// FoundByLists reports whether the lists alone answer q.
func (n *Network) FoundByLists(q Question) (ok bool, err error) {
	var a Answer
	err = n.find(&a, q, func(f *finding, from Place) bool { ok = f.byLists(from); return ok })
	return ok, err
}

// HasLists reports whether the lists for needs are there already.
func (n *Network) HasLists(mode Mode, needs station.Services) bool {
	return n.Grounds[mode].lists.ready[n.rarest(needs)].Load() != nil
}

// ListBytes returns what the lists of a mode are counted as.
func (n *Network) ListBytes(mode Mode) int { return n.Grounds[mode].lists.bytes }

// LeaveListBytes lets the lists of a mode have so many bytes more.
func (n *Network) LeaveListBytes(mode Mode, left int) {
	n.Grounds[mode].lists.bytes = mostListBytes - left
}
