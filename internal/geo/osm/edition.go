package osm

import (
	"cmp"
	"slices"

	"github.com/xiadu/xiadu/internal/geo"
)

// edition tells the occurrences of one object in a file apart. Overpass repeats
// objects as skeletons without tags, and a history has every version, the last
// of which may be that the object was deleted.
type edition struct {
	version uint32 // 0 when the file does not say
	flags   editionFlags
}

type editionFlags uint8

const (
	tagged editionFlags = 1 << iota // it has tags, be they kept or not
	deleted
	borrowed // its course comes from a relation that has it as a member
)

func (e edition) is(f editionFlags) bool { return e.flags&f != 0 }

// nowhere is the position of a deleted node.
var nowhere = geo.Fixed{Lon: 1<<31 - 1, Lat: 1<<31 - 1}

// merged puts an occurrence of an object together with a later one. A higher
// version replaces the other altogether. Of equal or unknown versions the later
// one counts, but one without tags leaves those that are known, as one without
// a course leaves the course. It reports whether something was given up that
// both have.
func merged(a, b edition, aCourse, bCourse bool) (tagsOf, courseOf int, lost bool) {
	switch {
	case a.version > 0 && b.version > 0 && a.version != b.version:
		winner := 0
		if b.version > a.version {
			winner = 1
		}
		return winner, winner, true
	case b.is(deleted), a.is(deleted):
		return 1, 1, true
	}
	tagsOf, courseOf = 1, 1
	if !b.is(tagged) {
		tagsOf = 0
	}
	if !bCourse || b.is(borrowed) && aCourse {
		courseOf = 0
	}
	return tagsOf, courseOf, a.is(tagged) && b.is(tagged)
}

func mergeWays(a, b packedWay) (packedWay, bool) {
	tagsOf, courseOf, lost := merged(a.edition, b.edition, a.count > 0, b.count > 0)
	of := [2]packedWay{a, b}
	w := of[courseOf]
	w.set, w.flags = of[tagsOf].set, of[courseOf].flags&^tagged|of[tagsOf].flags&tagged
	w.version = max(a.version, b.version)
	return w, lost
}

func mergeRelations(a, b relation) (relation, bool) {
	tagsOf, courseOf, lost := merged(a.edition, b.edition, len(a.members) > 0, len(b.members) > 0)
	of := [2]relation{a, b}
	r := of[courseOf]
	r.tags, r.border, r.flags = of[tagsOf].tags, of[tagsOf].border, of[courseOf].flags&^tagged|of[tagsOf].flags&tagged
	r.version = max(a.version, b.version)
	return r, lost
}

// nodeEdition is an occurrence of a node, and pointEdition one with its tags.
type (
	nodeEdition struct {
		id      int64
		at      geo.Fixed
		version uint32
	}
	pointEdition struct {
		Point
		version uint32
	}
)

// mergeNodes takes the higher version, or the later of two that are equal or
// unknown.
func mergeNodes(a, b nodeEdition) nodeEdition {
	if b.version > 0 && b.version < a.version {
		return a
	}
	b.version = max(a.version, b.version)
	return b
}

// later takes the second of two, which always counts as another.
func later[T any](_, b T) (T, bool) { return b, true }

// mergeEach sorts items by id and makes one of those with the same id, telling
// again of those that differ.
func mergeEach[T any](items []T, id func(*T) int64, merge func(a, b T) (T, bool), again func(id int64)) []T {
	ascending := true // strictly, as in nearly every file
	for i := 1; i < len(items) && ascending; i++ {
		ascending = id(&items[i-1]) < id(&items[i])
	}
	if ascending {
		return items
	}
	slices.SortStableFunc(items, func(a, b T) int { return cmp.Compare(id(&a), id(&b)) })
	out := items[:0]
	for i := range items {
		n := len(out) - 1
		if n < 0 || id(&out[n]) != id(&items[i]) {
			out = append(out, items[i])
			continue
		}
		one, lost := merge(out[n], items[i])
		if out[n] = one; lost {
			again(id(&items[i]))
		}
	}
	clear(items[len(out):])
	return out
}

// locatedNode is a position that stands beside a reference of a way.
type locatedNode struct {
	id int64
	at geo.Fixed
}

// courseNode returns the id of a node that a file gives no id, only a position:
// below all ids that there are, and the same for the same position.
func courseNode(at geo.Fixed) int64 {
	const west, south, rows = -1_800_000_000, -900_000_000, 1_800_000_001
	return -1<<63 + (int64(at.Lon)-west)*rows + int64(at.Lat) - south + 1
}

// lostNode stands for a node of which a file gives neither id nor position.
const lostNode = -1 << 63

// lastCourseNode is above the ids of all nodes without one.
const lastCourseNode = -1<<63 + 3_600_000_001*1_800_000_001

// locate adds the positions that only ways bring along to the nodes of the
// file, both by id. Of a node without an id at the place of another it returns
// which that is: relations and ways of one answer share their corners.
func locate(ids []int64, at []geo.Fixed, located []locatedNode) ([]int64, []geo.Fixed, map[int64]int64) {
	if len(located) == 0 {
		return ids, at, nil
	}
	slices.SortStableFunc(located, func(a, b locatedNode) int { return cmp.Compare(a.id, b.id) })
	located = slices.CompactFunc(located, func(a, b locatedNode) bool { return a.id == b.id })
	outID, outAt := make([]int64, 0, len(ids)+len(located)), make([]geo.Fixed, 0, len(ids)+len(located))
	i := 0
	for _, l := range located {
		for ; i < len(ids) && ids[i] < l.id; i++ {
			outID, outAt = append(outID, ids[i]), append(outAt, at[i])
		}
		if i < len(ids) && ids[i] == l.id {
			continue // the node itself knows best
		}
		outID, outAt = append(outID, l.id), append(outAt, l.at)
	}
	outID, outAt = append(outID, ids[i:]...), append(outAt, at[i:]...)
	if outID[0] >= lastCourseNode {
		return outID, outAt, nil
	}
	same, place := map[int64]int64{}, map[geo.Fixed]int64{}
	for k, id := range outID {
		if id < lastCourseNode {
			place[outAt[k]] = id
		} else if nameless, ok := place[outAt[k]]; ok {
			same[nameless] = id
		}
	}
	return outID, outAt, same
}
