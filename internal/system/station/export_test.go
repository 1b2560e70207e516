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
