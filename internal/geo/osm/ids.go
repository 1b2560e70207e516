package osm

import "slices"

// idIndex finds the place of an id in a sorted slice. The ids of a city are
// spread thinly over billions, so a table of their leading bits narrows the
// search; and since the nodes of a way were often made one after the other,
// the place after the last one found is tried first.
type idIndex struct {
	ids   []int64
	first []uint32 // by (id-ids[0])>>shift: the first place
	shift int
}

func newIDIndex(ids []int64) *idIndex {
	x := &idIndex{ids: ids}
	if len(ids) == 0 {
		return x
	}
	span := uint64(ids[len(ids)-1]) - uint64(ids[0])
	for span>>x.shift > uint64(len(ids)) {
		x.shift++
	}
	x.first = make([]uint32, span>>x.shift+2)
	b := 0
	for i, id := range ids {
		for d := int((uint64(id) - uint64(ids[0])) >> x.shift); b <= d; b++ {
			x.first[b] = uint32(i)
		}
	}
	for ; b < len(x.first); b++ {
		x.first[b] = uint32(len(ids))
	}
	return x
}

// find returns the place of id, trying guess first.
func (x *idIndex) find(id int64, guess uint32) (uint32, bool) {
	if int(guess) < len(x.ids) && x.ids[guess] == id {
		return guess, true
	}
	if len(x.ids) == 0 || id < x.ids[0] || id > x.ids[len(x.ids)-1] {
		return 0, false
	}
	b := (uint64(id) - uint64(x.ids[0])) >> x.shift
	from := x.first[b]
	i, ok := slices.BinarySearch(x.ids[from:x.first[b+1]], id)
	return from + uint32(i), ok
}
