package station

// FindBySearch is Find without the lists: the search that they must agree with.
func (n *Network) FindBySearch(q Question) (Answer, error) {
	var a Answer
	err := n.find(&a, q, func(*finding, place) bool { return false })
	return a, err
}

// FoundByLists reports whether the lists alone answer q.
func (n *Network) FoundByLists(q Question) (ok bool, err error) {
	var a Answer
	err = n.find(&a, q, func(f *finding, from place) bool { ok = f.byLists(from); return ok })
	return ok, err
}

// HasLists reports whether the lists for needs are there already.
func (n *Network) HasLists(mode Mode, needs Services) bool {
	return n.grounds[mode].lists.ready[n.rarest(needs)].Load() != nil
}

// ListBytes returns what the lists of a mode are counted as.
func (n *Network) ListBytes(mode Mode) int { return n.grounds[mode].lists.bytes }

// LeaveListBytes lets the lists of a mode have so many bytes more.
func (n *Network) LeaveListBytes(mode Mode, left int) {
	n.grounds[mode].lists.bytes = mostListBytes - left
}
