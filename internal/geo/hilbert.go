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
	return uint32((int64(v) - int64(low)) * 65535 / (int64(high) - int64(low)))
}

func hilbert(x, y uint32) uint32 {
	var d uint32
	for s := uint32(1 << 15); s > 0; s >>= 1 {
		var rx, ry uint32
		if x&s != 0 {
			rx = 1
		}
		if y&s != 0 {
			ry = 1
		}
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
