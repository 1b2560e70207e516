// Package imprint says whether two pictures may be one: re-encoded, shrunk, darkened,
// turned or mirrored. Its answer is a question to a person, never a verdict.
//
//	p := imprint.Of(img)
//	hits := shelf.Search(p)
//
// A picture is 64 × 64 greys, each the mean of its part, and a print the signs of the
// 144 lowest coefficients of their cosine transform. They are held against zero, which
// is where the median of such coefficients lies, since then a turn of the picture is a
// permutation of the bits: one print is kept, and eight are looked for.
//
// Night, fog and a bare wall have hardly any coefficients, and the noise of the camera
// makes their signs. So a coefficient below a floor is not counted, in the picture that
// is searched for: of its own it knows how sure they are. One with too few sure ones is
// blank, has no print, and is found by its bytes alone. (A print of the same picture
// with its contrast stretched was measured, too: stretching changes no sign, and the
// order of the greys in their place tells changes apart worse.)
//
// The thresholds were fixed on one set of drawn scenes and are measured on another, in
// imprint_test.go, which prints the rates. 18 bytes are in memory for a picture, with its
// id; all are looked at.
package imprint

import (
	"image"
	"math"
	"math/bits"
)

const (
	side = 64 // greys
	low  = 12 // coefficients a side
	// Size is the bytes of a print.
	Size = low * low / 8
)

// Bits are a print: coefficient (u, v) is bit 12v+u from the first byte's lowest. That
// of the mean, the first, is never set.
type Bits [Size]byte

// Print is what is known of a picture that is searched for.
type Print struct {
	Bits Bits // what is kept of it
	sure Bits // those that count
}

// Blank tells that nothing is to be kept or searched for.
func (p Print) Blank() bool { return apart(p.sure.words(), [3]uint64{}) < leastSure }

// Of returns the print of a picture.
func Of(img *image.RGBA) (p Print) {
	for i, c := range waves(shrink(img)) {
		if c > 0 {
			p.Bits.set(i%low, i/low)
		}
		if max(c, -c) > floor {
			p.sure.set(i%low, i/low)
		}
	}
	return p
}

// shrink is the mean of each of 64 × 64 parts, from 0 to 255.
func shrink(img *image.RGBA) (g [side * side]float64) {
	size := img.Rect.Size()
	rows := shares(size.Y)
	columns := shares(size.X)
	line := make([]float64, side)
	for y, ys := range rows {
		clear(line)
		pix := img.Pix[y*img.Stride:]
		for x, xs := range columns {
			p := pix[4*x : 4*x+3]
			grey := 0.299*float64(p[0]) + 0.587*float64(p[1]) + 0.114*float64(p[2])
			for _, s := range xs {
				line[s.part] += s.weight * grey
			}
		}
		for _, s := range ys {
			for x, v := range line {
				g[s.part*side+x] += s.weight * v
			}
		}
	}
	return g
}

// share is how much of a part a pixel makes.
type share struct {
	part   int
	weight float64
}

// shares divides pixels among the parts; a pixel may lie across several.
func shares(pixels int) [][]share {
	out := make([][]share, pixels)
	per := float64(pixels) / side
	for part := range side {
		from, to := float64(part)*per, float64(part+1)*per
		for p := int(from); p < pixels && float64(p) < to; p++ {
			if w := min(to, float64(p+1)) - max(from, float64(p)); w > 0 {
				out[p] = append(out[p], share{part, w / per})
			}
		}
	}
	return out
}

// cosines are those of the transform.
var cosines = func() (w [low][side]float64) {
	for u := range low {
		for x := range side {
			w[u][x] = math.Cos(math.Pi * (float64(x) + 0.5) * float64(u) / side)
		}
	}
	return w
}()

// waves are the low coefficients of the transform, without the mean.
func waves(g [side * side]float64) (out [low * low]float64) {
	var across [side][low]float64
	for y := range side {
		for u := range low {
			for x, c := range cosines[u] {
				across[y][u] += c * g[y*side+x]
			}
		}
	}
	for v := range low {
		for u := range low {
			for y, w := range cosines[v] {
				out[low*v+u] += w * across[y][u]
			}
		}
	}
	out[0] = 0
	return out
}

func (b *Bits) set(u, v int)     { b[(low*v+u)/8] |= 1 << ((low*v + u) % 8) }
func (b Bits) has(u, v int) bool { return b[(low*v+u)/8]>>((low*v+u)%8)&1 == 1 }
func (b Bits) words() (w [3]uint64) {
	for i, x := range b {
		w[i/8] |= uint64(x) << (8 * (i % 8))
	}
	return w
}

func apart(a, b [3]uint64) int {
	return bits.OnesCount64(a[0]^b[0]) + bits.OnesCount64(a[1]^b[1]) + bits.OnesCount64(a[2]^b[2])
}

// turns are the prints of a picture as it is, turned by quarters, and mirrored: to mirror
// it is to flip the odd waves across, to lay it on its side to exchange u and v. Bits that
// are no signs only change places.
func (b Bits) turns(signs bool) (all [8]Bits) {
	for i := range all {
		for v := range low {
			for u := range low {
				if u+v == 0 {
					continue
				}
				from := b.has(u, v)
				if i&4 != 0 {
					from = b.has(v, u)
				}
				if signs && (i&1)*u%2 != (i>>1&1)*v%2 {
					from = !from
				}
				if from {
					all[i].set(u, v)
				}
			}
		}
	}
	return all
}
