package geo

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// bitwise is the Hilbert curve by its definition, one bit of x and y at a time.
func bitwise(x, y uint32) uint32 {
	var d uint32
	for s := uint32(1 << 15); s > 0; s >>= 1 {
		rx, ry := x/s&1, y/s&1
		d += s * s * ((3 * rx) ^ ry)
		if ry == 0 {
			if rx == 1 {
				x, y = 65535-x, 65535-y
			}
			x, y = y, x
		}
	}
	return d
}

func TestHilbertByTable(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		x, y := random.Uint32()&65535, random.Uint32()&65535
		if got, want := hilbert(x, y), bitwise(x, y); got != want {
			t.Fatalf("%d,%d is at %d, want %d", x, y, got, want)
		}
	}
}

func TestSortKeysIsStable(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{0, 1, 2, 100, 2047, 2048, 50_000} {
		for _, bits := range []int{32, 20, 9, 0} {
			keys := make([]uint64, n)
			for i := range keys {
				keys[i] = uint64(random.Uint32())>>(32-bits)<<32 | uint64(i)
			}
			want := slices.Sorted(slices.Values(keys)) // the indexes below came in order
			if got, _ := SortKeys(keys, nil); !slices.Equal(got, want) {
				t.Errorf("%d keys of %d bits are out of order", n, bits)
			}
		}
	}
}
