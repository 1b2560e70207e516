package geo

// Hilbert returns p's place along a Hilbert curve over box: 32 bits in which
// near places mostly have near numbers. Points outside the box count as being
// on its edge.
func Hilbert(p Fixed, box Box) uint32 {
	return hilbert(scale16(p.Lon, box.West, box.East), scale16(p.Lat, box.South, box.North))
}

func scale16(v, low, high int32) uint32 {
	if high <= low {
		return 0
	}
	v = min(high, max(low, v))
	return uint32((uint64(int64(v)-int64(low)) * 65535) / uint64(int64(high)-int64(low)))
}

// hilbert goes down the curve four bits of x and y at a time.
func hilbert(x, y uint32) uint32 {
	var d uint32
	turn := uint32(0)
	for shift := 12; shift >= 0; shift -= 4 {
		step := curve[turn<<8|x>>shift&15<<4|y>>shift&15]
		d = d<<8 | uint32(step&255)
		turn = uint32(step >> 8)
	}
	return d
}

// curve has, for each way that a square of the curve may be turned and each of
// its 16 by 16 squares, the place of that square and the way that it is turned.
// A turn swaps the axes, flips both, or does both.
var curve = func() (table [4 << 8]uint16) {
	for turn := range uint32(4) {
		for x := range uint32(16) {
			for y := range uint32(16) {
				table[turn<<8|x<<4|y] = descend(turn, x, y)
			}
		}
	}
	return table
}()

// A turn swaps the axes, flips both, or does both.
const swapped, flipped = 1, 2

// descend follows x and y of four bits down a square that is turned.
func descend(turn, x, y uint32) uint16 {
	var d uint32
	for s := uint32(8); s > 0; s >>= 1 {
		rx, ry := x/s&1, y/s&1
		if turn&flipped != 0 {
			rx, ry = 1-rx, 1-ry
		}
		if turn&swapped != 0 {
			rx, ry = ry, rx
		}
		d = d<<2 | (3*rx ^ ry)
		if ry == 0 {
			if rx == 1 {
				turn ^= flipped
			}
			turn ^= swapped
		}
	}
	return uint16(turn<<8 | d)
}
