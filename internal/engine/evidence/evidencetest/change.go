package evidencetest

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"

	"golang.org/x/image/draw"
)

// object draws what the place has, in a place that the seed decides whether it is drawn
// or not.
func (c *canvas) object(has Object) {
	rng := rand.New(rand.NewPCG(c.rng.Uint64(), 3))
	n := newNoise(rng)
	left, foot := 0.05+0.5*rng.Float64(), 0.7+0.25*rng.Float64()
	wide, high := 0.3+0.15*rng.Float64(), 0.2+0.1*rng.Float64()
	col := (&canvas{rng: rng}).colour(0.3)
	if rng.IntN(2) == 0 {
		col = rgb{0.03, 0.03, 0.03}
	}
	var inside func(u, v float64) (shade float64, ok bool)
	switch has {
	case Nothing:
		return
	case Heap: // rough, lit from one side
		inside = func(u, v float64) (float64, bool) {
			top := math.Sin(math.Pi*u) * (0.85 + 0.3*n.many(4*u, 1))
			return 0.4 + 0.8*u + 0.9*n.many(14*u, 14*v), 1-v < top
		}
	case Fence: // sheets with posts
		wide, left = min(0.9, 2*wide), left/3
		inside = func(u, _ float64) (float64, bool) { return 0.8 + 0.7*math.Round(math.Mod(12*u, 1)*0.7), true }
	case Spill: // smooth, dark or glossy
		high *= 0.9
		inside = func(u, v float64) (float64, bool) {
			r := math.Hypot(2*u-1, 2*v-1)
			return 0.5 + 0.3*v, r < 0.95+0.2*n.many(3*u, 3*v)
		}
	}
	for y := int((foot - high) * float64(c.h)); y < int(foot*float64(c.h)); y++ {
		for x := int(left * float64(c.w)); x < int((left+wide)*float64(c.w)); x++ {
			u, v := (float64(x)/float64(c.w)-left)/wide, (float64(y)/float64(c.h)-foot+high)/high
			if shade, ok := inside(u, v); ok {
				shade = max(0.05, shade)
				c.put(x, y, rgb{col[0] * shade, col[1] * shade, col[2] * shade})
			}
		}
	}
}

// expose is what the camera makes of the light.
func (c *canvas) expose(s Scene) *image.RGBA {
	rng := rand.New(rand.NewPCG(s.Seed, 1000+s.Moment))
	gain, grain, veil := 1.0, 0.015, 0.0
	switch s.Light {
	case Night:
		gain, grain = 0.09+0.05*c.rng.Float64(), 0.03
	case Day, Wall:
	case Fog:
		veil = 0.8 + 0.1*c.rng.Float64()
	}
	out := image.NewRGBA(image.Rect(0, 0, c.w, c.h))
	for y := range c.h {
		// Fog is thick far away, which is high in the picture.
		thick := veil * (1 - 0.15*float64(y)/float64(c.h))
		for x := range c.w {
			p, q := c.at(x, y), color.RGBA{A: 255}
			for i, to := range [...]*uint8{&q.R, &q.G, &q.B} {
				v := p[i]*gain*(1-thick) + 0.75*thick
				v = math.Pow(max(0, v), 1/2.2) + grain*rng.NormFloat64()
				*to = uint8(max(0, min(255, 255*v)))
			}
			out.SetRGBA(x, y, q)
		}
	}
	return out
}

// JPEG encodes and decodes a picture.
func JPEG(img image.Image, quality int) *image.RGBA {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		panic(err) // it writes to memory
	}
	back, err := jpeg.Decode(&b)
	if err != nil {
		panic(err) // what was just encoded
	}
	out := image.NewRGBA(image.Rectangle{Max: back.Bounds().Size()})
	draw.Draw(out, out.Rect, back, back.Bounds().Min, draw.Src)
	return out
}

// Shrink scales a picture.
func Shrink(img *image.RGBA, by float64) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, int(by*float64(img.Rect.Dx())), int(by*float64(img.Rect.Dy()))))
	draw.BiLinear.Scale(out, out.Rect, img, img.Rect, draw.Src, nil)
	return out
}

// Lighten multiplies the light.
func Lighten(img *image.RGBA, by float64) *image.RGBA {
	out := image.NewRGBA(img.Rect)
	for i, v := range img.Pix {
		if out.Pix[i] = v; i%4 != 3 {
			out.Pix[i] = uint8(min(255, by*float64(v)))
		}
	}
	return out
}

// Turn turns a picture by quarters.
func Turn(img *image.RGBA, quarters int) *image.RGBA {
	for range quarters {
		w, h := img.Rect.Dx(), img.Rect.Dy()
		out := image.NewRGBA(image.Rect(0, 0, h, w))
		for y := range h {
			for x := range w {
				out.SetRGBA(h-1-y, x, img.RGBAAt(x, y))
			}
		}
		img = out
	}
	return img
}

// Mirror exchanges left and right.
func Mirror(img *image.RGBA) *image.RGBA {
	w := img.Rect.Dx()
	out := image.NewRGBA(img.Rect)
	for y := range img.Rect.Dy() {
		for x := range w {
			out.SetRGBA(w-1-x, y, img.RGBAAt(x, y))
		}
	}
	return out
}

// Blur averages a pixel with its neighbours.
func Blur(img *image.RGBA) *image.RGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := image.NewRGBA(img.Rect)
	for y := range h {
		for x := range w {
			var sum [3]int
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					c := img.RGBAAt(min(w-1, max(0, x+dx)), min(h-1, max(0, y+dy)))
					sum[0], sum[1], sum[2] = sum[0]+int(c.R), sum[1]+int(c.G), sum[2]+int(c.B)
				}
			}
			out.SetRGBA(x, y, color.RGBA{uint8(sum[0] / 9), uint8(sum[1] / 9), uint8(sum[2] / 9), 255})
		}
	}
	return out
}

// Crop takes a share off each side.
func Crop(img *image.RGBA, share float64) *image.RGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	dx, dy := int(share*float64(w)), int(share*float64(h))
	out := image.NewRGBA(image.Rect(0, 0, w-2*dx, h-2*dy))
	draw.Draw(out, out.Rect, img, image.Pt(dx, dy), draw.Src)
	return out
}

// Curve brightens or darkens as a slider does, along a curve that keeps black and white.
func Curve(img *image.RGBA, exponent float64) *image.RGBA {
	out := image.NewRGBA(img.Rect)
	for i, v := range img.Pix {
		if out.Pix[i] = v; i%4 != 3 {
			out.Pix[i] = uint8(math.Round(255 * math.Pow(float64(v)/255, exponent)))
		}
	}
	return out
}
