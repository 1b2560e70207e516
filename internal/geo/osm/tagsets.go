package osm

import (
	"bytes"
	"hash/maphash"
)

// tagSets finds sets of tags by how a block packs them. It keeps slices of the
// block itself, so that nothing is copied for a set that comes again, and its own
// memory from block to block. The zero tagSets is empty.
type tagSets struct {
	seed  maphash.Seed
	slots []uint32 // entry + 1, by hash; a power of two of them, at most half of them taken
	list  []tagSet
}

type tagSet struct {
	keys, values []byte // nil until it is filled in
	hash         uint32
	set          int32
}

// find returns the entry for a set, valid until the next call. Who finds one
// without keys fills it in.
func (s *tagSets) find(keys, values []byte) *tagSet {
	if 2*len(s.list) >= len(s.slots) {
		s.grow()
	}
	hash := uint32(maphash.Bytes(s.seed, keys)*31 + maphash.Bytes(s.seed, values))
	mask := uint32(len(s.slots) - 1)
	i := hash & mask
	for ; s.slots[i] != 0; i = (i + 1) & mask {
		if e := &s.list[s.slots[i]-1]; e.hash == hash && bytes.Equal(e.keys, keys) && bytes.Equal(e.values, values) {
			return e
		}
	}
	s.list = append(s.list, tagSet{hash: hash})
	s.slots[i] = uint32(len(s.list))
	return &s.list[len(s.list)-1]
}

func (s *tagSets) grow() {
	if s.slots == nil {
		s.seed = maphash.MakeSeed()
	}
	const fewest = 1 << 10
	s.slots = make([]uint32, max(fewest, 2*len(s.slots)))
	mask := uint32(len(s.slots) - 1)
	for n := range s.list {
		i := s.list[n].hash & mask
		for s.slots[i] != 0 {
			i = (i + 1) & mask
		}
		s.slots[i] = uint32(n + 1)
	}
}

func (s *tagSets) clear() {
	clear(s.slots)
	clear(s.list)
	s.list = s.list[:0]
}
