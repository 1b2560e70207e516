package geo

import (
	"cmp"
	"slices"
)

// SortKeys sorts keys by their upper 32 bits. Keys that are equal in those keep
// their order, which is how a place on the curve with an index below it is
// sorted whole when the indexes came in order. It is a radix sort, several times
// as fast as comparing; spare is memory to work in, at least as long, or nil. The
// sorted keys may end up in either; both are returned.
func SortKeys(keys, spare []uint64) (sorted, other []uint64) {
	const digit = 11
	if len(keys) < 1<<digit {
		slices.SortStableFunc(keys, func(a, b uint64) int { return cmp.Compare(a>>32, b>>32) })
		return keys, spare
	}
	if len(spare) < len(keys) {
		spare = make([]uint64, len(keys))
	}
	spare = spare[:len(keys)]
	var counts [3][1 << digit]uint32
	for _, k := range keys {
		counts[0][k>>32&(1<<digit-1)]++
		counts[1][k>>(32+digit)&(1<<digit-1)]++
		counts[2][k>>(32+2*digit)]++
	}
	for pass := range counts {
		shift := 32 + pass*digit
		start := &counts[pass]
		if int(start[keys[0]>>shift&(1<<digit-1)]) == len(keys) {
			continue // they all have the same digit
		}
		sum := uint32(0)
		for i, n := range start {
			start[i] = sum
			sum += n
		}
		for _, k := range keys {
			d := k >> shift & (1<<digit - 1)
			spare[start[d]] = k
			start[d]++
		}
		keys, spare = spare, keys
	}
	return keys, spare
}
